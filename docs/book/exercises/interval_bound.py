"""Bounds that hold for every x

Return a lower and an upper bound of F(x) = Σ vᵢ σ(wᵢᵀ x + bᵢ) for all x in a box, for a σ that never
falls. Treat each unit alone: find the interval of its wᵀx + b, then that of σ, then that of v σ.
Add them up.
"""

import numpy as np

START = '''
import numpy as np

def interval_bound(sigma, w, b, v, low, high):
    """w: (N, m); b, v: (N); low, high: (m), the corners of the box; returns (lower, upper)"""
    ...
'''
HINTS = (
    "The middle of wᵀx + b is w @ (low + high) / 2 + b, and it moves by at most |w| @ (high − low) / 2.",
    "Where v is negative, the upper bound needs the lower end of σ.",
    "`np.where(v > 0, v * above, v * below).sum()`",
)
SOLUTION = """
import numpy as np

def interval_bound(sigma, w, b, v, low, high):
    middle, radius = w @ (low + high) / 2 + b, abs(w) @ (high - low) / 2
    below, above = sigma(middle - radius), sigma(middle + radius)
    ends = np.stack([v * below, v * above])
    return ends.min(0).sum(), ends.max(0).sum()
"""
MISTAKES = {
    "w without its sign's absolute value": SOLUTION.replace("abs(w) @", "w @"),
    "the sign of v": SOLUTION.replace("ends.min(0).sum(), ends.max(0).sum()", "*ends.sum(1),"),
    "the corners of the box only": '''
import numpy as np

def interval_bound(sigma, w, b, v, low, high):
    """The largest value at two corners is not a bound."""
    F = [sigma(w @ x + b) @ v for x in (low, high)]
    return min(F), max(F)
''',
    "the limits of σ": SOLUTION.replace(
        "sigma(middle - radius), sigma(middle + radius)",
        "sigma(middle - 1e3), sigma(middle + 1e3)",
    ),
}


def check(interval_bound):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(4)
    for m in (1, 3):
        for _ in range(10):
            w, b, v = rng.standard_normal((20, m)), rng.standard_normal(20), rng.standard_normal(20)
            low = rng.standard_normal(m)
            high = low + rng.uniform(0.1, 2, m)
            got = interval_bound(np.tanh, w, b, v, low, high)
            assert got is not None, "interval_bound() returned None"
            lower, upper = got
            corners = np.stack(np.meshgrid(*zip(low, high, strict=True)), -1).reshape(-1, m)
            units = np.tanh(corners @ w.T + b) * v  # each unit has its extremes in corners
            right = units.min(0).sum(), units.max(0).sum()
            x = rng.uniform(low, high, (500, m))
            seen = np.tanh(x @ w.T + b) @ v
            inside = lower <= seen.min() and seen.max() <= upper
            assert inside, (
                f"expected bounds around the values {seen.min():.3f} … {seen.max():.3f} in the "
                f"box, got {lower:.3f} and {upper:.3f}"
            )
            assert np.allclose([lower, upper], right), (
                f"expected {right[0]:.4f} and {right[1]:.4f}, the best of this kind, got "
                f"{lower:.4f} and {upper:.4f}"
            )
