"""A whole batch, any depth

Write backpropagation for a batch and any number of layers, with σ the sigmoid after every layer.
The cost of one example is ½ Σ (a − y)², and that of the batch is the mean over the N examples.
Return a list with the pair (∂C/∂W, ∂C/∂b) for each layer, the first layer first. No loop over the
examples is needed.
"""

from itertools import pairwise

import numpy as np

from refnet.models import backprop

START = '''
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def gradients(layers, X, Y):
    """layers: pairs (W, b); X: (N, n0); Y: (N, nL)"""
    activations = [X]
    for W, b in layers:
        activations.append(sigmoid(activations[-1] @ W.T + b))
    ...
'''
HINTS = (
    "`a * (1 - a)` is σ′(z). The first Δ is `(a - Y) * a * (1 - a) / N` with the last a.",
    "∂C/∂W of a layer is `delta.T @ A`, with A the activations *below* the layer; ∂C/∂b adds the "
    "rows of `delta`.",
    "To go down one layer: `delta @ W`, with the W of the layer you leave, times a (1 − a) of the "
    "layer you come to.",
)
SOLUTION = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def gradients(layers, X, Y):
    activations = [X]
    for W, b in layers:
        activations.append(sigmoid(activations[-1] @ W.T + b))
    error = (activations[-1] - Y) / len(X)
    found = []
    for (W, b), above, below in zip(layers[::-1], activations[::-1], activations[-2::-1]):
        delta = error * above * (1 - above)
        found.append((delta.T @ below, delta.sum(axis=0)))
        error = delta @ W
    return found[::-1]
"""
MISTAKES = {
    "the sum over the examples": SOLUTION.replace(" / len(X)", ""),
    "the last layer first": SOLUTION.replace("found[::-1]", "found"),
    "the weights not transposed back": SOLUTION.replace("delta @ W", "delta @ W.T"),
    "σ′ forgotten": SOLUTION.replace("error * above * (1 - above)", "error"),
}


def check(gradients):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(3)
    for sizes in ((3, 3), (4, 4, 4, 4), (2, 6, 5, 3)):
        layers = [
            backprop.Layer(rng.standard_normal((n, m)), rng.standard_normal(n))
            for m, n in pairwise(sizes)
        ]
        X, Y = rng.standard_normal((5, sizes[0])), rng.random((5, sizes[-1]))
        got = gradients(layers, X, Y)
        assert got is not None, "gradients() returned None"
        assert len(got) == len(layers), f"expected {len(layers)} pairs, got {len(got)}"
        right = backprop.backprop(layers, X, Y)
        assert len(sizes) == 2 or not (
            np.shape(got[0][1]) == right[-1].b.shape and np.allclose(got[0][1], right[-1].b)
        ), "this is the last layer first; expected the first layer first"
        for number, (mine, its) in enumerate(zip(got, right, strict=True), 1):
            for name, a, b in zip(("W", "b"), mine, its, strict=True):
                where = f"layer {number}, ∂C/∂{name}"
                assert np.shape(a) == b.shape, f"{where}: expected {b.shape}, got {np.shape(a)}"
                assert not np.allclose(a, 5 * b), (
                    f"{where}: this is the sum over the examples; the cost is their mean"
                )
                assert np.allclose(a, b), f"{where}: expected {b}, got {a}"
