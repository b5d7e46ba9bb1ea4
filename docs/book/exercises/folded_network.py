"""Teeth of any number

The tent doubles the number of teeth. The fold g₃ triples the number of straight pieces: on [0, 1] it
goes up from 0 to 1, down to 0 and up to 1 again, each in a third of the way. Build it from three
ReLUs, g₃(x) = Σ vᵢ max(0, x − tᵢ), compose it L times, and return the values of the composition
at x.
"""

import numpy as np

START = '''
import numpy as np

def folded(x, L):
    """x: (P), numbers in [0, 1]; returns (P)"""
    ...
'''
HINTS = (
    "The slopes of g₃ are 3, −3, 3. The vᵢ are the changes of the slope.",
    "The bends are at 0, 1/3 and 2/3.",
    "Composition: `for _ in range(L): x = fold(x)`.",
)
SOLUTION = """
import numpy as np

def folded(x, L):
    for _ in range(L):
        x = 3 * np.maximum(0, x) - 6 * np.maximum(0, x - 1 / 3) + 6 * np.maximum(0, x - 2 / 3)
    return x
"""
MISTAKES = {
    "slopes instead of their changes": SOLUTION.replace("- 6", "- 3").replace("+ 6", "+ 3"),
    "the tent": SOLUTION.replace(
        "3 * np.maximum(0, x) - 6 * np.maximum(0, x - 1 / 3) + 6 * np.maximum(0, x - 2 / 3)",
        "2 * np.maximum(0, x) - 4 * np.maximum(0, x - 1 / 2)",
    ),
    "L times the same fold": SOLUTION.replace(
        "    for _ in range(L):\n        x = 3", "    for _ in range(1):\n        x = 3"
    ),
}


def check(folded):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    for L in (1, 2, 5):
        points = np.arange(3**L + 1) / 3**L
        x = np.concatenate([points[:: max(1, 3**L // 27)], rng.random(30)])
        got = folded(x.copy(), L)
        assert got is not None, "folded() returned None"
        assert np.shape(got) == x.shape, f"expected the shape {x.shape}, got {np.shape(got)}"
        right = np.interp(x, points, np.arange(3**L + 1) % 2)
        worst = abs(got - right).argmax()
        assert np.allclose(got, right, atol=1e-9), (
            f"expected {right[worst]:.4f} at x = {x[worst]:.4f} with L = {L}, got {got[worst]:.4f}"
        )
