"""A product with the Hessian, by two gradients

Compute H v without H. If the gradient of C is known as a function, (∇C(θ + h v) − ∇C(θ − h v)) / 2h
is close to H v, with an error that falls as h². The length of v must not matter, so choose h such
that h ‖v‖ = 10⁻⁴. For v = 0 the product is 0.
"""

import numpy as np

START = '''
import numpy as np

def hessian_product(gradient, theta, v):
    """gradient: a function (p) -> (p); theta, v: (p); returns (p)"""
    ...
'''
HINTS = (
    "H v is the derivative of t ↦ ∇C(θ + t v) at t = 0.",
    "h = 1e-4 / np.linalg.norm(v), if v is not 0.",
)
SOLUTION = """
import numpy as np

def hessian_product(gradient, theta, v):
    length = np.linalg.norm(v)
    if length == 0:
        return np.zeros_like(v)
    h = 1e-4 / length
    return (gradient(theta + h * v) - gradient(theta - h * v)) / (2 * h)
"""
MISTAKES = {
    "one side only": SOLUTION.replace("gradient(theta - h * v)) / (2 * h)", "gradient(theta)) / h"),
    "half of the difference is forgotten": SOLUTION.replace("(2 * h)", "h"),
    "h whatever the length": SOLUTION.replace("1e-4 / length", "1e-4"),
}


def check(hessian_product):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(7)
    A = rng.standard_normal((6, 6))

    def gradient(theta):
        """of Σ exp(A θ)"""
        return A.T @ np.exp(A @ theta)

    for length in (1.0, 1e-3, 1e4):
        theta = 0.3 * rng.standard_normal(6)
        v = rng.standard_normal(6)
        v *= length / np.linalg.norm(v)
        right = A.T @ (np.exp(A @ theta) * (A @ v))
        got = hessian_product(gradient, theta, v)
        assert got is not None, "hessian_product() returned None"
        error = np.linalg.norm(got - right) / np.linalg.norm(right)
        assert error < 3e-7, (
            f"expected a relative error below 3e-7 for a v of the length {length:g}, got {error:.0e}"
        )
    zero = hessian_product(gradient, theta, np.zeros(6))
    assert np.array_equal(zero, np.zeros(6)), f"expected zeros for v = 0, got {zero}"
