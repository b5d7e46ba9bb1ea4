"""Continue a function, from above and from below

f is known at some points pⱼ and has there the Lipschitz constant L with respect to the distance
Σᵢ |xᵢ − pᵢ|. Many functions with this constant continue it. At any x they all lie between a smallest
value, maxⱼ (f(pⱼ) − L d(x, pⱼ)), and a largest value, minⱼ (f(pⱼ) + L d(x, pⱼ)). Return the *mean* of
these two, which is a continuation too, for each row of x.
"""

import numpy as np

START = '''
import numpy as np

def continued(points, values, L, x):
    """points: (n, m); values: (n); x: (P, m); returns (P)"""
    ...
'''
HINTS = (
    "`abs(x[:, None, :] - points).sum(2)` holds all distances, (P, n).",
    "The minimum and the maximum run over the axis of the points.",
)
SOLUTION = """
import numpy as np

def continued(points, values, L, x):
    distance = abs(x[:, None, :] - points).sum(2)
    largest = (values + L * distance).min(1)
    smallest = (values - L * distance).max(1)
    return (largest + smallest) / 2
"""
MISTAKES = {
    "the largest only": SOLUTION.replace("(largest + smallest) / 2", "largest"),
    "the other distance": SOLUTION.replace(
        "abs(x[:, None, :] - points).sum(2)", "np.sqrt(((x[:, None, :] - points) ** 2).sum(2))"
    ),
    "the nearest point": SOLUTION.replace("(largest + smallest) / 2", "values[distance.argmin(1)]"),
    "minimum and maximum exchanged": SOLUTION.replace(".min(1)", ".MAX(1)")
    .replace(".max(1)", ".min(1)")
    .replace(".MAX(1)", ".max(1)"),
}


def check(continued):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(5)
    for m in (1, 2, 4):
        points, c = rng.standard_normal((15, m)), rng.uniform(-1, 1, m)
        values = np.sin(points @ c)
        L = abs(c).max()
        x = 2 * rng.standard_normal((40, m))
        got = continued(points, values, L, x)
        assert got is not None, "continued() returned None"
        assert np.shape(got) == (40,), f"expected the shape (40,), got {np.shape(got)}"
        same = continued(points, values, L, points)
        assert np.allclose(same, values), "expected the values of f at the points themselves"
        right = []
        for row in x:
            d = [sum(abs(row - p)) for p in points]
            above = min(f + L * e for f, e in zip(values, d, strict=True))
            below = max(f - L * e for f, e in zip(values, d, strict=True))
            right.append((above + below) / 2)
        worst = abs(got - np.array(right)).argmax()
        assert np.allclose(got, right), (
            f"expected {right[worst]:.4f} at {x[worst].round(3)}, got {got[worst]:.4f}"
        )
