"""The trace of a matrix that nobody has

The trace of H is the mean of vᵀ H v over random vectors v whose entries are −1 or 1, each with the
probability ½. (E[vᵢ vⱼ] is 1 for i = j and 0 otherwise, so E[Σ vᵢ Hᵢⱼ vⱼ] = Σ Hᵢᵢ.) Write this
estimator. Return the mean over `draws` vectors and the standard error of this mean.
"""

import numpy as np

START = '''
import numpy as np

def trace(product, p, draws, rng):
    """product: v -> H v; rng: np.random.default_rng(...); returns (mean, standard error)"""
    ...
'''
HINTS = (
    "`rng.choice([-1.0, 1.0], p)` draws a vector of signs.",
    "The standard error of a mean of n numbers is their standard deviation divided by √n.",
    "The standard deviation of a sample: `np.std(samples, ddof=1)`.",
)
SOLUTION = """
import numpy as np

def trace(product, p, draws, rng):
    samples = []
    for _ in range(draws):
        v = rng.choice([-1.0, 1.0], p)
        samples.append(v @ product(v))
    return np.mean(samples), np.std(samples, ddof=1) / np.sqrt(draws)
"""
MISTAKES = {
    "the deviation of one draw": SOLUTION.replace(" / np.sqrt(draws)", ""),
    "normal numbers have a larger spread": SOLUTION.replace(
        "rng.choice([-1.0, 1.0], p)", "rng.standard_normal(p)"
    ),
    "the squared length of H v": SOLUTION.replace("v @ product(v)", "product(v) @ product(v)"),
}


def check(trace):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(11)
    diagonal = rng.uniform(-1, 3, 30)
    got = trace(lambda v: diagonal * v, 30, 10, np.random.default_rng(0))
    assert got is not None, "trace() returned None"
    mean, error = got
    right = diagonal.sum()
    assert abs(mean - right) < 1e-9, (
        f"expected exactly {right:.4f} for a diagonal matrix, because vᵢ² = 1, got {mean:.4f}"
    )
    assert abs(error) < 1e-9, f"expected no error for a diagonal matrix, got {error:.2g}"
    A = rng.standard_normal((30, 30))
    A = A + A.T
    mean, error = trace(lambda v: A @ v, 30, 2000, np.random.default_rng(1))
    deviation = np.sqrt(2 * ((A**2).sum() - (np.diag(A) ** 2).sum()) / 2000)
    assert 0.9 * deviation < error < 1.1 * deviation, (
        f"expected a standard error near {deviation:.3f}, got {error:.3f}"
    )
    assert abs(mean - np.trace(A)) < 4.5 * deviation, (
        f"expected a mean near {np.trace(A):.2f}, got {mean:.2f}"
    )
