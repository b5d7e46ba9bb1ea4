"""The largest learning rate

For a quadratic cost with the Hessian H, gradient descent with momentum μ converges if and only if
0 < η < 2 (1 + μ) / λ for each eigenvalue λ of H. Return this limit, from gradients only: start with
a random vector and multiply it by H again and again (it turns towards the eigenvector of the largest
eigenvalue), then use λ = vᵀ H v / vᵀ v. All eigenvalues are positive.
"""

import numpy as np

START = '''
import numpy as np

def largest_rate(product, p, momentum, steps=200):
    """product: v -> H v, for v of p numbers; returns the limit of the learning rate"""
    ...
'''
HINTS = (
    "`v = np.random.default_rng(0).standard_normal(p)` is a start that no eigenvector is orthogonal to.",
    "Divide v by its length in each step, or it overflows.",
)
SOLUTION = """
import numpy as np

def largest_rate(product, p, momentum, steps=200):
    v = np.random.default_rng(0).standard_normal(p)
    for _ in range(steps):
        v = product(v)
        v = v / np.linalg.norm(v)
    return 2 * (1 + momentum) / (v @ product(v))
"""
MISTAKES = {
    "without momentum": SOLUTION.replace("2 * (1 + momentum)", "2"),
    "the length of a step": SOLUTION.replace("2 * (1 + momentum)", "2 / (1 - momentum)"),
    "one product is not enough": SOLUTION.replace("range(steps)", "range(1)"),
    "v grows without end": SOLUTION.replace("        v = v / np.linalg.norm(v)\n", ""),
}


def check(largest_rate):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(8)
    for momentum in (0.0, 0.5, 0.9):
        V = np.linalg.qr(rng.standard_normal((12, 12)))[0]
        eigenvalues = np.append(rng.uniform(0.1, 60.0, 11), rng.uniform(80.0, 120.0))
        H = (V * eigenvalues) @ V.T
        with np.errstate(all="ignore"):
            got = largest_rate(lambda v, H=H: H @ v, 12, momentum)
        assert got is not None, "largest_rate() returned None"
        right = 2 * (1 + momentum) / eigenvalues.max()
        assert abs(got - right) < 1e-6 * right, (
            f"expected {right:.6f} for the largest eigenvalue {eigenvalues.max():.3f} and the "
            f"momentum {momentum}, got {got:.6f}"
        )
