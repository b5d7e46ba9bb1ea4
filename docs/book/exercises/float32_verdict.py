"""Is a float32 result good enough?

Write the function that returns whether refnet's float32 result passes: its error, relative to the
largest entry of the truth, is at most twice PyTorch's error plus 2 ulp, where one ulp is 2⁻²³.
"""

import numpy as np

START = '''
def float32_verdict(ours, theirs, truth):
    """three arrays of one shape, all as float64; returns True or False"""
    ...
'''
HINTS = (
    "Both errors are measured against the truth. Neither library is compared with the other.",
    "e = max |got − truth| / max |truth|",
)
SOLUTION = """
import numpy as np

def float32_verdict(ours, theirs, truth):
    def error(got):
        return np.abs(got - truth).max() / np.abs(truth).max()
    return bool(error(ours) <= 2 * error(theirs) + 2 * 2.0**-23)
"""
MISTAKES = {
    "compared with PyTorch": """
import numpy as np

def float32_verdict(ours, theirs, truth):
    return bool(np.abs(ours - theirs).max() / np.abs(theirs).max() <= 2 * 2.0**-23)
""",
    "an absolute error": SOLUTION.replace(" / np.abs(truth).max()", ""),
    "2 ulp alone": SOLUTION.replace("2 * error(theirs) + ", ""),
}


def check(float32_verdict):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(3)
    ulp = 2.0**-23
    for size in (1.0, 1000.0):
        truth = size * np.append(rng.uniform(-1, 1, 5), 1.0)
        off = size * np.eye(6)[int(rng.integers(5))]
        for mine, other in [(1.9, 0.0), (2.1, 0.0), (9.0, 4.0), (11.0, 4.0), (6.0, -3.0)]:
            got = float32_verdict(truth + mine * ulp * off, truth + other * ulp * off, truth)
            assert got is not None, "float32_verdict() returned None"
            right = mine <= 2 * abs(other) + 2
            assert bool(got) == right, (
                f"the largest entry is {size:g}, refnet is off by {mine} ulp of it, PyTorch by "
                f"{abs(other)}: expected {right}, got {bool(got)}"
            )
