"""All four equations

Write backpropagation for the cascade with two layers and the quadratic cost C = ½ Σ (a − y)² of
one example. Return the gradients of W1, b1, W2 and b2, in this order. `check` compares them with
refnet's tape.
"""

import numpy as np

import refnet

START = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def gradients(W1, b1, W2, b2, x, y):
    a1 = sigmoid(W1 @ x + b1)
    a2 = sigmoid(W2 @ a1 + b2)
    ...
"""
HINTS = (
    "σ′(z) = σ(z) (1 − σ(z)), which the activations give without another exponential.",
    "δ² = (a² − y) ⊙ σ′(z²) by (1), and δ¹ = (W²)ᵀ δ² ⊙ σ′(z¹) by (2).",
    "`np.outer(delta, a)` is δ aᵀ.",
)
SOLUTION = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def gradients(W1, b1, W2, b2, x, y):
    a1 = sigmoid(W1 @ x + b1)
    a2 = sigmoid(W2 @ a1 + b2)
    delta2 = (a2 - y) * a2 * (1 - a2)
    delta1 = (W2.T @ delta2) * a1 * (1 - a1)
    return np.outer(delta1, x), delta1, np.outer(delta2, a1), delta2
"""
MISTAKES = {
    "σ′ of the last layer forgotten": SOLUTION.replace("(a2 - y) * a2 * (1 - a2)", "a2 - y"),
    "σ′ of the first layer forgotten": SOLUTION.replace(
        "(W2.T @ delta2) * a1 * (1 - a1)", "W2.T @ delta2"
    ),
}


def check(gradients):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    W1, b1, W2, b2 = (rng.standard_normal(s) for s in ((4, 3), (4,), (2, 4), (2,)))
    x, y = rng.standard_normal(3), rng.random(2)
    got = gradients(W1, b1, W2, b2, x, y)
    assert got is not None, "gradients() returned None"
    assert len(got) == 4, f"expected four gradients, got {len(got)}"
    tensors = [refnet.tensor(array, requires_grad=True) for array in (W1, b1, W2, b2)]
    first = refnet.sigmoid(tensors[0] @ refnet.tensor(x) + tensors[1])
    second = refnet.sigmoid(tensors[2] @ first + tensors[3])
    (0.5 * ((second - refnet.tensor(y)) ** 2).sum()).backward()
    for name, mine, tensor in zip(("W1", "b1", "W2", "b2"), got, tensors, strict=True):
        right = tensor.grad.numpy()
        assert np.shape(mine) == right.shape, (
            f"{name}: expected {right.shape}, got {np.shape(mine)}"
        )
        assert np.allclose(mine, right), f"{name}: expected {right}, got {mine}"
