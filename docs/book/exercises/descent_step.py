"""One step of gradient descent

Write one step of gradient descent for linear regression with m features. The cost is the mean
squared error of N examples. Return the new `w` and the new `b`. Compute both gradients before you
change anything.
"""

import numpy as np

import refnet

START = '''
def descent_step(X, y, w, b, lr):
    """X: (N, m), y: (N), w: (m), b: a number, lr: η; returns the new w and b"""
    ...
'''
HINTS = (
    "`X @ w + b` gives F(x) of all examples, with the shape (N).",
    "With the errors e = F − y, the sum over the examples of e_i x_ik is `e @ X`.",
)
SOLUTION = """
def descent_step(X, y, w, b, lr):
    error = X @ w + b - y
    return w - lr * 2 / len(X) * (error @ X), b - lr * 2 / len(X) * error.sum()
"""
MISTAKES = {
    "up the slope": SOLUTION.replace("w - lr", "w + lr").replace("b - lr", "b + lr"),
    "the sum over the examples": SOLUTION.replace("2 / len(X)", "2"),
    "the factor 2 forgotten": SOLUTION.replace("2 / len(X)", "1 / len(X)"),
    "the new w used for b": SOLUTION.replace(
        "return w - lr * 2 / len(X) * (error @ X), b",
        "w = w - lr * 2 / len(X) * (error @ X)\n    error = X @ w + b - y\n    return w, b",
    ),
}


def check(descent_step):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((6, 3)), rng.standard_normal(6)
    w, b, lr = rng.standard_normal(3), rng.standard_normal(), 0.05
    got = descent_step(X, y, w.copy(), b, lr)
    assert got is not None, "descent_step() returned None"
    assert len(got) == 2, f"expected the new w and the new b, got {len(got)} values"
    W, B = (refnet.tensor(p, requires_grad=True) for p in (w, b))
    ((refnet.tensor(X) @ W + B - refnet.tensor(y)) ** 2).mean().backward()
    gradients = W.grad.numpy(), B.grad.numpy()
    names = "wb"
    for name, new, old, gradient in zip(names, got, (w, b), gradients, strict=True):
        step = np.asarray(new) - old
        right = -lr * gradient
        assert step.shape == right.shape, (
            f"{name}: expected the shape {right.shape}, got {step.shape}"
        )
        assert not np.allclose(step, -right), f"{name}: this is a step up the slope"
        assert not np.allclose(step, 6 * right), (
            f"{name}: this is the sum over the 6 examples; the cost is their mean"
        )
        assert not np.allclose(step, right / 2), f"{name}: this is half of the step; (e²)′ = 2e e′"
        assert np.allclose(step, right), f"{name}: expected the step {right}, got {step}"
