"""Linear interpolation

Enlarge (or shrink) a row of n numbers to m numbers by linear interpolation, with the formula of the
chapter. Where p is before the first or after the last number, that number is taken.
"""

import numpy as np

import refnet

START = '''
import numpy as np

def interpolate(x, m):
    """x: (n); returns y: (m)"""
    ...
'''
HINTS = (
    "p = (j + 1/2) n / m − 1/2 for all j at once, with `np.arange(m)`.",
    "`np.clip(p, 0, n - 1)` repeats the numbers at the edges.",
    "The neighbour after the last number is the last number: min(i + 1, n − 1).",
)
SOLUTION = """
import numpy as np

def interpolate(x, m):
    n = len(x)
    p = np.clip((np.arange(m) + 0.5) * n / m - 0.5, 0, n - 1)
    i = np.floor(p).astype(int)
    t = p - i
    return (1 - t) * x[i] + t * x[np.minimum(i + 1, n - 1)]
"""
MISTAKES = {
    "the corners aligned": SOLUTION.replace(
        "(np.arange(m) + 0.5) * n / m - 0.5", "np.arange(m) * (n - 1) / (m - 1)"
    ),
    "places without the half": SOLUTION.replace(
        "(np.arange(m) + 0.5) * n / m - 0.5", "np.arange(m) * n / m"
    ),
    "the weights exchanged": SOLUTION.replace("(1 - t) * x[i] + t *", "t * x[i] + (1 - t) *"),
}


def check(interpolate):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(2)
    for n, m in ((2, 4), (5, 10), (4, 7), (7, 3)):
        x = rng.standard_normal(n)
        got = interpolate(x.copy(), m)
        assert got is not None, "interpolate() returned None"
        assert np.shape(got) == (m,), f"expected the shape ({m},), got {np.shape(got)}"
        call = refnet.nn.functional.interpolate
        row = refnet.tensor(x).view(1, 1, n)
        right = call(row, m, mode="linear").numpy().ravel()
        corners = call(row, m, mode="linear", align_corners=True).numpy().ravel()
        assert not np.allclose(got, corners), (
            "this is align_corners=True, with p = j (n − 1)/(m − 1)"
        )
        assert np.allclose(got, right), f"{n} to {m} numbers: expected {right}, got {got}"
