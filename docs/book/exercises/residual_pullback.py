"""The pullback of a residual block

A block computes y = x + V tanh(W x) for one example. Given ȳ, return x̄, W̄ and V̄. `check` compares
with refnet's tape.
"""

import numpy as np

import refnet

START = '''
import numpy as np

def residual_pullback(x, W, V, dy):
    """x, dy: (n), W: (m, n), V: (n, m); returns the gradients of x, W and V"""
    a = np.tanh(W @ x)
    ...
'''
HINTS = (
    "V is a layer with the input a and the error dy.",
    "δ = (Vᵀ ȳ) ⊙ (1 − a²) is the error of z = W x.",
    "x has two uses: in the shortcut and in W x.",
)
SOLUTION = """
import numpy as np

def residual_pullback(x, W, V, dy):
    a = np.tanh(W @ x)
    delta = (V.T @ dy) * (1 - a * a)
    return dy + W.T @ delta, np.outer(delta, x), np.outer(dy, a)
"""
MISTAKES = {
    "the shortcut forgotten": SOLUTION.replace("dy + W.T @ delta", "W.T @ delta"),
    "the slope of tanh forgotten": SOLUTION.replace(" * (1 - a * a)", ""),
    "the slope of the sigmoid": SOLUTION.replace("(1 - a * a)", "a * (1 - a)"),
}


def check(residual_pullback):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    arrays = [rng.standard_normal(shape) for shape in ((4,), (3, 4), (4, 3))]
    dy = rng.standard_normal(4)
    got = residual_pullback(*(a.copy() for a in arrays), dy.copy())
    assert got is not None, "residual_pullback() returned None"
    assert len(got) == 3, f"expected three gradients, got {len(got)}"
    x, W, V = leaves = [refnet.tensor(a, requires_grad=True) for a in arrays]
    (x + V @ refnet.tanh(W @ x)).backward(refnet.tensor(dy))
    assert not np.allclose(got[0], x.grad.numpy() - dy), (
        "this is the gradient of x through the branch; the shortcut is missing"
    )
    for name, mine, leaf in zip("xWV", got, leaves, strict=True):
        right = leaf.grad.numpy()
        assert np.shape(mine) == right.shape, (
            f"{name}: expected {right.shape}, got {np.shape(mine)}"
        )
        assert np.allclose(mine, right), f"{name}: expected {right}, got {mine}"
