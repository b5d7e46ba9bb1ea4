"""The best line without steps

Write the function that returns the weights and the bias with the smallest mean squared error, by
the normal equations.
"""

import numpy as np

START = '''
import numpy as np

def least_squares(X, y):
    """X: (N, m), y: (N); returns w with the shape (m), and the number b"""
    ...
'''
HINTS = (
    "A bias is the weight of a feature that is 1 in every example.",
    "`np.column_stack([X, np.ones(len(X))])` adds this feature.",
    "`np.linalg.solve(A, c)` solves A θ = c. It is faster and more accurate than the inverse of A.",
)
SOLUTION = """
import numpy as np

def least_squares(X, y):
    X_hat = np.column_stack([X, np.ones(len(X))])
    theta = np.linalg.solve(X_hat.T @ X_hat, X_hat.T @ y)
    return theta[:-1], theta[-1]
"""
MISTAKES = {
    "a line through the origin": """
import numpy as np

def least_squares(X, y):
    return np.linalg.solve(X.T @ X, X.T @ y), 0.0
""",
    "the mean of y as the bias": """
import numpy as np

def least_squares(X, y):
    return np.linalg.solve(X.T @ X, X.T @ (y - y.mean())), y.mean()
""",
}


def check(least_squares):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(4)
    X = rng.standard_normal((20, 3)) + 2
    y = X @ rng.standard_normal(3) + 5 + 0.3 * rng.standard_normal(20)
    got = least_squares(X, y)
    assert got is not None, "least_squares() returned None"
    assert len(got) == 2, f"expected w and b, got {len(got)} values"
    w, b = got
    assert np.shape(w) == (3,), f"expected one weight for each of the 3 features, got {np.shape(w)}"
    assert np.ndim(b) == 0, f"expected a number for b, got the shape {np.shape(b)}"
    assert b != 0, "this is a line through the origin: the bias is missing"
    error = X @ w + b - y
    assert abs(error.mean()) < 1e-8, (
        f"∂C/∂b is not 0: expected errors with the mean 0, got the mean {error.mean():.3g}"
    )
    slope = error @ X / 10
    assert np.allclose(slope, 0, atol=1e-8), f"expected ∂C/∂w = 0, got {slope}"
