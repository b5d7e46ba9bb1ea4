"""The gradient of layer norm

Write the pullback of layer norm over the last dimension of x: (N, n). Given γ and ȳ, return x̄, γ̄
and β̄. `check` compares with refnet's tape.
"""

import numpy as np

import refnet

START = '''
import numpy as np

def layer_norm_pullback(x, gamma, dy, eps):
    """x, dy: (N, n), gamma: (n); returns the gradients of x: (N, n), gamma: (n), beta: (n)"""
    ...
'''
HINTS = (
    "First compute x̂ and r as in the forward pass, with `keepdims=True`.",
    "h is γ ȳ, and the means go over the last axis.",
    "γ and β are used by every example: their gradients are sums over the rows.",
)
SOLUTION = """
import numpy as np

def mean(a):
    return a.mean(axis=-1, keepdims=True)

def layer_norm_pullback(x, gamma, dy, eps):
    d = x - mean(x)
    r = 1 / np.sqrt(mean(d * d) + eps)
    xhat, h = d * r, gamma * dy
    dx = r * (h - mean(h) - xhat * mean(h * xhat))
    return dx, (dy * xhat).sum(axis=0), dy.sum(axis=0)
"""
MISTAKES = {
    "μ and σ² taken as constants": SOLUTION.replace("(h - mean(h) - xhat * mean(h * xhat))", "h"),
    "γ forgotten in h": SOLUTION.replace("d * r, gamma * dy", "d * r, dy"),
    "σ² taken as a constant": SOLUTION.replace(" - xhat * mean(h * xhat)", ""),
    "the mean over the examples": SOLUTION.replace("(dy * xhat).sum", "(dy * xhat).mean"),
}


def check(layer_norm_pullback):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    x, dy = rng.standard_normal((2, 3, 5))
    gamma, eps = rng.standard_normal(5), 0.01
    got = layer_norm_pullback(x.copy(), gamma.copy(), dy.copy(), eps)
    assert got is not None, "layer_norm_pullback() returned None"
    assert len(got) == 3, f"expected three gradients, got {len(got)}"
    r = 1 / np.sqrt(x.var(axis=1, keepdims=True) + eps)
    assert not np.allclose(got[0], r * gamma * dy), (
        "this is the gradient of x for constant μ and σ², but they depend on x"
    )
    leaves = [refnet.tensor(a, requires_grad=True) for a in (x, gamma, np.zeros(5))]
    y = refnet.nn.functional.layer_norm(leaves[0], (5,), leaves[1], leaves[2], eps)
    y.backward(refnet.tensor(dy))
    for name, mine, leaf in zip(("x", "gamma", "beta"), got, leaves, strict=True):
        right = leaf.grad.numpy()
        assert np.shape(mine) == right.shape, (
            f"{name}: expected {right.shape}, got {np.shape(mine)}"
        )
        assert np.allclose(mine, right), f"{name}: expected {right}, got {mine}"
