"""The error of a softmax layer

Write the gradient of the mean negative log likelihood of a batch with respect to z, without a loop.
The target of each example is the number of its class, counted from 0.
"""

import numpy as np

import refnet
from refnet import nn

START = '''
import numpy as np

def softmax_error(z, target):
    """z: (N, n), target: (N), integers; returns (N, n)"""
    ...
'''
HINTS = (
    "For one example δ = p − y, where y is 1 for the right class and 0 elsewhere.",
    "`p[np.arange(len(p)), target]` are the probabilities of the right classes.",
    "The cost is the mean over the examples.",
)
SOLUTION = """
import numpy as np

def softmax_error(z, target):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    delta = e / e.sum(axis=1, keepdims=True)
    delta[np.arange(len(z)), target] -= 1
    return delta / len(z)
"""
MISTAKES = {
    "the sum over the examples": SOLUTION.replace("delta / len(z)", "delta"),
    "divided by all entries": SOLUTION.replace("delta / len(z)", "delta / z.size"),
    "the softmax over the examples": SOLUTION.replace("axis=1", "axis=0"),
    "all rows, all targets": SOLUTION.replace("np.arange(len(z)), target", ":, target"),
    "y − p": SOLUTION.replace("delta / len(z)", "-delta / len(z)"),
}


def check(softmax_error):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(2)
    z, target = 2 * rng.standard_normal((5, 4)), rng.integers(0, 4, 5)
    t = refnet.tensor(z, requires_grad=True)
    nn.CrossEntropyLoss()(t, refnet.tensor(target)).backward()
    right = t.grad.numpy()
    got = softmax_error(z.copy(), target)
    assert got is not None, "softmax_error() returned None"
    got = np.asarray(got)
    assert got.shape == right.shape, f"expected the shape {right.shape}, got {got.shape}"
    assert not np.allclose(got, 5 * right), "this is the gradient of the sum; the cost is the mean"
    assert not np.allclose(got, right / 4), (
        "this is divided by all entries; the cost is the mean over the 5 examples"
    )
    assert not np.allclose(got, -right), "this is y − p, the direction of the step; δ is p − y"
    assert np.allclose(got.sum(1), 0), (
        f"expected rows with the sum 0, since p and y both have the sum 1; got {got.sum(1)}"
    )
    assert np.allclose(got, right), f"expected row 0 to be {right[0]}, got {got[0]}"
