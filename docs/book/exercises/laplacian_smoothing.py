"""Laplacian smoothing without a matrix

Solve (I + σ L) u = g, where (L u)ᵢ = 2 uᵢ − uᵢ₋₁ − uᵢ₊₁ on a ring: the first entry is a neighbour of
the last. A matrix would have N² entries. Jacobi's iteration needs none: write row i as
(1 + 2σ) uᵢ = gᵢ + σ (uᵢ₋₁ + uᵢ₊₁), start with u = g, and compute new uᵢ from the old ones until they
change by less than 10⁻¹².
"""

import numpy as np

from refnet.optim.surface.laplacian_sgd import smooth

START = '''
import numpy as np

def smoothed(g, sigma):
    """g: (N), N >= 3; returns u: (N)"""
    ...
'''
HINTS = (
    "`np.roll(u, 1)` and `np.roll(u, -1)` are the neighbours on a ring.",
    "Each step multiplies the error by at most 2σ / (1 + 2σ), so it ends for every σ ≥ 0.",
)
SOLUTION = """
import numpy as np

def smoothed(g, sigma):
    u = np.asarray(g, dtype=float)
    while True:
        new = (g + sigma * (np.roll(u, 1) + np.roll(u, -1))) / (1 + 2 * sigma)
        if abs(new - u).max() < 1e-12:
            return new
        u = new
"""
MISTAKES = {
    "one average only": SOLUTION.replace("< 1e-12", "< np.inf"),
    "the ends have no neighbours": SOLUTION.replace(
        "(np.roll(u, 1) + np.roll(u, -1))", "(np.r_[0, u[:-1]] + np.r_[u[1:], 0])"
    ),
    "the sum of the weights is not 1": SOLUTION.replace(
        "(1 + 2 * sigma)", "(1 + 2 * sigma) ** 1.01"
    ),
}


def check(smoothed):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    got = smoothed(np.array([0.0, 0.0, 15.0, 0.0]), 1.0)
    assert got is not None, "smoothed() returned None"
    assert np.allclose(got, [2, 3, 7, 3]), f"expected [2, 3, 7, 3] for (0, 0, 15, 0), got {got}"
    rng = np.random.default_rng(6)
    for n, sigma in ((3, 0.5), (50, 1.0), (40, 10.0), (7, 0.0)):
        g = rng.standard_normal(n)
        got = smoothed(g, sigma)
        assert abs(np.sum(got) - g.sum()) < 1e-8, (
            f"expected the sum {g.sum():.6f} of g to stay, got {np.sum(got):.6f}"
        )
        assert np.allclose(got, smooth(g, sigma), atol=1e-9), (
            f"expected (I + σ L) u = g for N = {n} and σ = {sigma}; the largest difference of u is "
            f"{abs(got - smooth(g, sigma)).max():.1e}"
        )
