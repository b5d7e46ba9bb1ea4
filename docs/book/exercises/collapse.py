"""Layers without an activation

A cascade without σ is one layer. Write the function that returns the weights and the biases of this
layer, for any number of layers.
"""

from itertools import pairwise

import numpy as np

START = '''
def collapse(layers):
    """layers: a list of pairs (W, b), the first layer first; returns one pair (W, b)"""
    ...
'''
HINTS = (
    "Join the first two layers, then the result with the third one.",
    "W² (W¹ x + b¹) + b² = (W² W¹) x + (W² b¹ + b²).",
)
SOLUTION = """
def collapse(layers):
    W, b = layers[0]
    for weight, bias in layers[1:]:
        W, b = weight @ W, weight @ b + bias
    return W, b
"""
MISTAKES = {
    "the product in the other order": SOLUTION.replace("weight @ W", "W @ weight"),
    "the biases added": SOLUTION.replace("weight @ b + bias", "b + bias"),
    "the first bias forgotten": SOLUTION.replace("weight @ b + bias", "bias"),
}


def check(collapse):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    for sizes in ((3, 3, 3), (4, 2, 5, 3), (2, 3)):
        layers = [(rng.standard_normal((n, m)), rng.standard_normal(n)) for m, n in pairwise(sizes)]
        got = collapse(layers)
        assert got is not None, "collapse() returned None"
        assert len(got) == 2, f"expected the pair W, b, got {len(got)} values"
        W, b = (np.asarray(p) for p in got)
        assert W.shape == (sizes[-1], sizes[0]), (
            f"layers {sizes}: expected W with the shape {(sizes[-1], sizes[0])}, got {W.shape}"
        )
        x = rng.standard_normal(sizes[0])
        here, there = x, np.zeros(sizes[0])
        for weight, bias in layers:
            here, there = weight @ here + bias, weight @ there + bias
        assert np.allclose(W @ x, here - there), (
            f"layers {sizes}: W is wrong; expected W x = {here - there}, got {W @ x}"
        )
        assert np.allclose(b, there), f"layers {sizes}: expected b = {there}, got {b}"
