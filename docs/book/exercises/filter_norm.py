"""A direction with the norms of the network

Give each filter of a random direction d the norm of the same filter of the weights. `weights` and
`d` are lists of arrays. The filters of an array with two or more dimensions are its parts along the
first dimension: rows of a matrix, kernels of a convolution (n, channels, height, width). An array
with one dimension is a bias: there the direction becomes zero.
"""

import numpy as np

import refnet
from refnet import nn
from refnet.landscape import Surface, slices

START = '''
import numpy as np

def filter_norm(weights, d):
    """weights, d: lists of arrays of the same shapes; returns a list of arrays"""
    ...
'''
HINTS = (
    "`len(w.shape)` or `w.ndim` is the number of dimensions.",
    "`w.reshape(len(w), -1)` has one row for each filter, whatever the number of dimensions.",
    "With `keepdims=True` the norms of the rows divide the rows without a loop.",
)
SOLUTION = """
import numpy as np

def filter_norm(weights, d):
    result = []
    for w, u in zip(weights, d):
        if w.ndim < 2:
            result.append(np.zeros_like(u))
            continue
        rows, filters = u.reshape(len(u), -1), w.reshape(len(w), -1)
        norms = np.linalg.norm(filters, axis=1, keepdims=True)
        own = np.linalg.norm(rows, axis=1, keepdims=True)
        result.append((rows * norms / own).reshape(u.shape))
    return result
"""
MISTAKES = {
    "one norm for the layer": SOLUTION.replace(", axis=1, keepdims=True", ""),
    "the norms of the columns": SOLUTION.replace("axis=1", "axis=0"),
    "its own norm is not divided out": SOLUTION.replace(" / own", ""),
    "biases move": SOLUTION.replace("np.zeros_like(u)", "u"),
}


def check(filter_norm):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(5)
    refnet.manual_seed(5)
    model = nn.Sequential(nn.Conv2d(2, 3, 2), nn.Flatten(), nn.Linear(12, 4)).double()
    x, y = refnet.zeros(1, 2, 3, 3), refnet.zeros(1, dtype=refnet.int64)
    C = Surface(model, nn.CrossEntropyLoss(), x, y)
    theta = C.theta * rng.uniform(0.2, 3, C.size)
    d = rng.standard_normal(C.size)
    got = filter_norm(C.split(theta), C.split(d))
    assert got is not None, "filter_norm() returned None"
    assert len(got) == 4, f"expected 4 arrays, got {len(got)}"
    for part, right in zip(got, C.split(slices.filter_normalised(C, theta, d)), strict=True):
        assert np.shape(part) == right.shape, (
            f"expected the shape {right.shape}, got {np.shape(part)}"
        )
        if right.ndim < 2:
            assert not np.any(part), "expected zeros for a bias"
            continue
        norms = np.linalg.norm(np.reshape(part, (len(part), -1)), axis=1)
        expected = np.linalg.norm(right.reshape(len(right), -1), axis=1)
        assert np.allclose(norms, expected), (
            f"expected filters with the norms {expected.round(3)}, got {norms.round(3)}"
        )
        assert np.allclose(part, right), "expected the direction of d in each filter, only longer"
