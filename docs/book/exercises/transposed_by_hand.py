"""Copies of a window

Write the transposed convolution of a row, for one channel, with a stride `s` and a padding `p`. The
padding cuts `p` numbers off at each end.
"""

import numpy as np

import refnet

START = '''
import numpy as np

def transposed(x, W, s, p):
    """x: (m), W: (K); returns y: ((m − 1) s + K − 2 p)"""
    ...
'''
HINTS = (
    "Begin with (m − 1) s + K zeros.",
    "Add x[m] * W to the K numbers that begin at m s.",
    "At the end cut off p numbers on both sides: y[p : len(y) - p], which is right for p = 0 too.",
)
SOLUTION = """
import numpy as np

def transposed(x, W, s, p):
    y = np.zeros((len(x) - 1) * s + len(W))
    for m, value in enumerate(x):
        y[m * s : m * s + len(W)] += value * W
    return y[p : len(y) - p]
"""
MISTAKES = {
    "overlaps overwritten": SOLUTION.replace("+= value", "= value"),
    "the window reversed": SOLUTION.replace("value * W", "value * W[::-1]"),
    "zeros added instead of cut off": SOLUTION.replace(
        "y[p : len(y) - p]", "np.concatenate([np.zeros(p), y, np.zeros(p)])"
    ),
}


def check(transposed):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    for m, K, s, p in ((4, 3, 1, 0), (4, 3, 2, 1), (3, 4, 2, 1), (3, 2, 3, 0)):
        x, W = rng.standard_normal(m), rng.standard_normal(K)
        got = transposed(x.copy(), W.copy(), s, p)
        assert got is not None, "transposed() returned None"
        right = refnet.nn.functional.conv_transpose1d(
            refnet.tensor(x).view(1, 1, m), refnet.tensor(W).view(1, 1, K), stride=s, padding=p
        )
        right = right.numpy().ravel()
        where = f"K = {K}, s = {s}, p = {p}"
        assert np.shape(got) == right.shape, f"{where}: expected {right.shape}, got {np.shape(got)}"
        assert np.allclose(got, right), f"{where}: expected {right}, got {got}"
