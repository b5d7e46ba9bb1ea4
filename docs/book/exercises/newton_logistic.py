"""Logistic regression in a few steps

Gradient descent needs hundreds of steps, because it does not know how the cost curves. Newton's
method uses the matrix of second derivatives H as well: θ ← θ − H⁻¹ ∇C. Write the training of
logistic regression with it. Start at θ = 0 and return θ = (w, b) after `steps` steps. Eight steps
are enough for data that no line separates.
"""

import numpy as np

START = '''
import numpy as np

def newton_logistic(X_hat, y, steps=8):
    """X_hat: (N, m + 1), the last column is 1; y: (N), 0 or 1; returns (m + 1)"""
    ...
'''
HINTS = (
    "∇C = X̂ᵀ (a − y) / N, where a = σ(X̂ θ).",
    "H is the mean of a_i (1 − a_i) x̂_i x̂_iᵀ. As a product: `(X_hat.T * (a * (1 - a))) @ X_hat / N`.",
    "`np.linalg.solve(H, gradient)` is H⁻¹ ∇C.",
)
SOLUTION = """
import numpy as np

def newton_logistic(X_hat, y, steps=8):
    theta = np.zeros(X_hat.shape[1])
    for _ in range(steps):
        a = 1 / (1 + np.exp(-X_hat @ theta))
        gradient = X_hat.T @ (a - y) / len(y)
        H = (X_hat.T * (a * (1 - a))) @ X_hat / len(y)
        theta = theta - np.linalg.solve(H, gradient)
    return theta
"""
MISTAKES = {
    "gradient descent": SOLUTION.replace("np.linalg.solve(H, gradient)", "gradient"),
    "the curvature of the squared error": SOLUTION.replace(
        "(X_hat.T * (a * (1 - a))) @ X_hat", "X_hat.T @ X_hat"
    ),
    "a mean in the gradient and a sum in H": SOLUTION.replace("@ X_hat / len(y)", "@ X_hat"),
}


def check(newton_logistic):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(6)
    X_hat = np.column_stack([rng.standard_normal((200, 2)), np.ones(200)])
    p = 1 / (1 + np.exp(-X_hat @ np.array([1.0, -0.7, 0.3])))
    y = (rng.random(200) < p).astype(float)
    y[:20] = np.resize([0.0, 1.0], 20)  # no line separates these
    X_hat[:20, :2] *= 0.1
    got = newton_logistic(X_hat, y)
    assert got is not None, "newton_logistic() returned None"
    got = np.asarray(got)
    assert got.shape == (3,), f"expected one number for each of the 3 columns, got {got.shape}"
    slope = X_hat.T @ (1 / (1 + np.exp(-X_hat @ got)) - y) / 200
    assert np.abs(slope).max() < 1e-9, (
        f"expected a gradient of 0 after 8 steps, got {slope}: is H that of this cost, "
        "and are H and the gradient both means?"
    )
