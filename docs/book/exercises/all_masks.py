"""The mean of all thinned networks

A layer with n units is followed by dropout with the probability p and by a network `rest`. Compute
the mean output over all 2ⁿ masks. The masks are not equally likely if p is not ½: a mask that keeps k
units has the probability (1 − p)ᵏ pⁿ⁻ᵏ. Kept units are divided by 1 − p.
"""

from itertools import product

import numpy as np

START = '''
from itertools import product

import numpy as np

def mean_over_masks(a, p, rest):
    """a: (n), the activations; rest: a function (masks, n) -> (masks); returns a number"""
    ...
'''
HINTS = (
    "`np.array(list(product([0, 1], repeat=n)))` has all masks as rows.",
    "The probability of a row: `np.where(masks, 1 - p, p).prod(1)`.",
    "The mean is the sum of probability times output.",
)
SOLUTION = """
from itertools import product

import numpy as np

def mean_over_masks(a, p, rest):
    masks = np.array(list(product([0, 1], repeat=len(a))))
    chance = np.where(masks, 1 - p, p).prod(1)
    return chance @ rest(masks * a / (1 - p))
"""
MISTAKES = {
    "all masks alike": SOLUTION.replace(
        "np.where(masks, 1 - p, p).prod(1)", "np.full(len(masks), 1 / len(masks))"
    ),
    "p is the probability to keep": SOLUTION.replace(
        "np.where(masks, 1 - p, p)", "np.where(masks, p, 1 - p)"
    ),
    "no division": SOLUTION.replace(" / (1 - p)", ""),
    "the whole network": SOLUTION.replace("chance @ rest(masks * a / (1 - p))", "rest(a[None])[0]"),
}


def check(mean_over_masks):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(5)
    for n, p in ((1, 0.3), (4, 0.5), (7, 0.2)):
        a, W, v = rng.standard_normal(n) + 1, rng.standard_normal((3, n)), rng.standard_normal(3)
        rest = lambda x, W=W, v=v: np.tanh(x @ W.T) @ v  # noqa: E731
        got = mean_over_masks(a, p, rest)
        assert got is not None, "mean_over_masks() returned None"
        right = 0.0
        for mask in product((False, True), repeat=n):
            kept = sum(mask)
            thinned = np.array([x / (1 - p) if m else 0.0 for x, m in zip(a, mask, strict=True)])
            right += (1 - p) ** kept * p ** (n - kept) * rest(thinned[None])[0]
        assert np.isclose(got, right), (
            f"expected {right:.6f} for {n} units and p = {p}, got {np.ravel(got)[0]:.6f}"
        )
