"""The gradient of max pooling

Max pooling of one row: windows of `K` neighbours, one place apart, so that they overlap. Write the
pullback: given x and ȳ, return x̄. Among equal entries the first one of the window counts.
"""

import numpy as np

import refnet

START = '''
import numpy as np

def max_pool_pullback(x, dy, K):
    """x: (n), dy: (n − K + 1); returns the gradient of x: (n)"""
    ...
'''
HINTS = (
    "`np.argmax` returns the first of equal entries.",
    "The place in the window is not the place in x: the window m begins at m.",
    "The largest entry may belong to several windows.",
)
SOLUTION = """
import numpy as np

def max_pool_pullback(x, dy, K):
    dx = np.zeros(len(x))
    for m in range(len(dy)):
        dx[m + np.argmax(x[m:m + K])] += dy[m]
    return dx
"""
MISTAKES = {
    "overlapping windows overwritten": SOLUTION.replace("+= dy", "= dy"),
    "equal entries share the gradient": """
import numpy as np

def max_pool_pullback(x, dy, K):
    dx = np.zeros(len(x))
    for m in range(len(dy)):
        top = x[m:m + K] == x[m:m + K].max()
        dx[m:m + K] += dy[m] * top / top.sum()
    return dx
""",
    "the place in the window": SOLUTION.replace("m + np.argmax", "np.argmax"),
}


def check(max_pool_pullback):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(5)
    for n, K, ties in ((8, 3, False), (12, 4, False), (12, 3, True)):
        x = rng.integers(0, 3, n).astype(float) if ties else rng.standard_normal(n)
        dy = rng.standard_normal(n - K + 1)
        got = max_pool_pullback(x.copy(), dy.copy(), K)
        assert got is not None, "max_pool_pullback() returned None"
        assert np.shape(got) == (n,), f"expected the shape ({n},), got {np.shape(got)}"
        t = refnet.tensor(x, requires_grad=True)
        refnet.nn.functional.max_pool1d(t.view(1, 1, n), K, 1).backward(
            refnet.tensor(dy).view(1, 1, -1)
        )
        why = ", with equal entries" if ties else ""
        assert np.allclose(got, t.grad.numpy()), (
            f"x = {x}{why}: expected {t.grad.numpy()}, got {got}"
        )
