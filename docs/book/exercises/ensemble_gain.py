"""How good is a mean of networks?

The errors of M networks on the same examples are known: outputs F of the shape (M, N) and answers y
(N). Return three numbers, each a mean over the examples: the squared error of one network on
average, the squared error of the mean of the networks, and what you expect for a *very large*
ensemble. The disagreement of M networks is too small by the factor (M − 1) / M; for infinitely many
it would be the disagreement times M / (M − 1), and the error the first number minus this.
"""

import numpy as np

START = '''
import numpy as np

def ensemble(F, y):
    """F: (M, N); y: (N); returns (alone, together, limit)"""
    ...
'''
HINTS = (
    "`F.mean(0)` is the output of the ensemble for each example.",
    "The disagreement is the mean of (F − F.mean(0))². It is the first number minus the second.",
    "`F.var(0, ddof=1)` divides by M − 1.",
)
SOLUTION = """
import numpy as np

def ensemble(F, y):
    alone = ((F - y) ** 2).mean()
    together = ((F.mean(0) - y) ** 2).mean()
    limit = alone - F.var(0, ddof=1).mean()
    return alone, together, limit
"""
MISTAKES = {
    "the limit is the mean of these": SOLUTION.replace("ddof=1", "ddof=0"),
    "the square of the mean error": SOLUTION.replace(
        "((F - y) ** 2).mean()", "(F - y).mean() ** 2"
    ),
    "the mean over the examples first": SOLUTION.replace("F.mean(0)", "F.mean(1, keepdims=True)"),
}


def check(ensemble):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(4)
    for M, N in ((2, 40), (5, 7), (20, 100)):
        y = rng.standard_normal(N)
        F = y + 0.5 * rng.standard_normal(N) + rng.uniform(0.2, 2) * rng.standard_normal((M, N))
        got = ensemble(F, y)
        assert got is not None, "ensemble() returned None"
        alone = sum(((row - y) ** 2).mean() for row in F) / M
        mean = sum(F) / M
        together = sum((mean - y) ** 2) / N
        right = alone, together, alone - (alone - together) * M / (M - 1)
        for name, a, b in zip(("alone", "together", "the limit"), got, right, strict=True):
            assert np.isclose(a, b), f"expected {b:.5f} for {name} with M = {M}, got {a:.5f}"
