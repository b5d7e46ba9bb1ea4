"""A product from folds

x y = ½ ((x + y)² − x² − y²). Write the square as x − Σ g_s(x) / 4ˢ, s = 1 … L, with the tent g composed
s times, and the product of two numbers x, y from [0, 1] with it. The square works on [0, 1] only. So
write (x + y)² as 4 ((x + y) / 2)².
"""

import numpy as np

START = '''
import numpy as np

def deep_product(x, y, L):
    """x, y: (P), numbers in [0, 1]; returns (P)"""
    ...
'''
HINTS = (
    "Write a function square(t) first: keep `g` and `total`, and compose in a loop.",
    "The tent: `2 * np.maximum(0, t) - 4 * np.maximum(0, t - 0.5)`.",
    "The product is 2 square((x + y) / 2) − (square(x) + square(y)) / 2.",
)
SOLUTION = """
import numpy as np

def square(t, L):
    g, total = t, t
    for s in range(1, L + 1):
        g = 2 * np.maximum(0, g) - 4 * np.maximum(0, g - 0.5)
        total = total - g / 4**s
    return total

def deep_product(x, y, L):
    return 2 * square((x + y) / 2, L) - (square(x, L) + square(y, L)) / 2
"""
MISTAKES = {
    "outside of [0, 1]": SOLUTION.replace("2 * square((x + y) / 2, L)", "square(x + y, L) / 2"),
    "the fold is not composed": SOLUTION.replace(
        "g = 2 * np.maximum(0, g) - 4 * np.maximum(0, g - 0.5)",
        "g = 2 * np.maximum(0, t) - 4 * np.maximum(0, t - 0.5)",
    ),
    "the weights fall too slowly": SOLUTION.replace("4**s", "2**s"),
    "one fold is missing": SOLUTION.replace("range(1, L + 1)", "range(1, L)"),
}


def check(deep_product):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    x, y = np.random.default_rng(3).random((2, 400))
    for L in (1, 2, 4, 8):
        got = deep_product(x, y, L)
        assert got is not None, "deep_product() returned None"
        error, bound = abs(got - x * y).max(), 2 / 4 ** (L + 1)
        assert error <= bound, (
            f"expected an error of at most 2 / 4^{L + 1} = {bound:.1e} with L = {L}, got {error:.1e}"
        )
        grid = np.arange(2**L + 1) / 2**L
        line = lambda t, grid=grid: np.interp(t, grid, grid**2)  # noqa: E731
        right = 2 * line((x + y) / 2) - (line(x) + line(y)) / 2
        assert np.allclose(got, right, atol=1e-12), (
            f"expected the broken lines with {2**L} pieces for L = {L}; the largest difference is "
            f"{abs(got - right).max():.1e}"
        )
