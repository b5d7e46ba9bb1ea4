"""Four norms, one formula

Write one function that normalises x of the shape (N, C, L), without γ and β and with ε = 0. `kind`
is "batch", "layer", "group" or "instance". Layer norm takes the channels and the places of an
example together. Group norm has `groups` groups of neighbouring channels.
"""

import numpy as np

from refnet import ops

START = '''
import numpy as np

def normalise(x, kind, groups=2):
    """x: (N, C, L); returns the normalised numbers in the same shape"""
    ...
'''
HINTS = (
    "`x.mean(axis=(0, 2), keepdims=True)` is the mean of each channel in the batch.",
    "For group norm, reshape to (N, groups, C // groups, L) and take the last two axes.",
    "`x.var` divides by the number of entries, as the formula does.",
)
SOLUTION = """
import numpy as np

def normalise(x, kind, groups=2):
    N, C, L = x.shape
    axes = {"batch": (0, 2), "layer": (1, 2), "group": (2, 3), "instance": 2}[kind]
    parts = x.reshape(N, groups, C // groups, L) if kind == "group" else x
    d = parts - parts.mean(axis=axes, keepdims=True)
    return (d / np.sqrt((d * d).mean(axis=axes, keepdims=True))).reshape(x.shape)
"""
MISTAKES = {
    "batch norm over the examples only": SOLUTION.replace('"batch": (0, 2)', '"batch": 0'),
    "layer norm over the channels of a place": SOLUTION.replace('"layer": (1, 2)', '"layer": 1'),
    "divided by the variance": SOLUTION.replace("np.sqrt((d", "((d"),
}


def check(normalise):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    x = 3 + 2 * np.random.default_rng(0).standard_normal((4, 6, 5))
    right = {
        "batch": ops.batch_norm(x, None, None, eps=0.0)[0][0],
        "layer": ops.layer_norm(x, None, None, dims=2, eps=0.0)[0],
        "group": ops.group_norm(x, None, None, groups=3, eps=0.0)[0],
        "instance": ops.group_norm(x, None, None, groups=6, eps=0.0)[0],
    }
    for kind, expected in right.items():
        got = normalise(x.copy(), kind, 3)
        assert got is not None, "normalise() returned None"
        assert np.shape(got) == x.shape, f"{kind}: expected the shape {x.shape}, got {got.shape}"
        assert np.allclose(got, expected), (
            f"{kind}: expected {expected[0, 0]} for the first channel of the first example, "
            f"got {got[0, 0]}"
        )
