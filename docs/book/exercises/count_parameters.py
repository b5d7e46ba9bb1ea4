"""How many parameters

Write the function that returns the number of parameters of a cascade, weights and biases, from the
sizes n⁰, n¹, …, nᴸ.
"""

import numpy as np

import refnet
from refnet.models import cascade

START = '''
def count_parameters(sizes):
    """sizes: a list such as [784, 30, 10]"""
    ...
'''
HINTS = (
    "Layer ℓ has a matrix with nˡ rows and nˡ⁻¹ columns, and nˡ biases.",
    "`zip(sizes, sizes[1:])` gives the pairs of neighbours.",
)
SOLUTION = """
def count_parameters(sizes):
    return sum(n * (m + 1) for m, n in zip(sizes, sizes[1:]))
"""
MISTAKES = {
    "without the biases": SOLUTION.replace("(m + 1)", "m"),
    "a bias for each input": SOLUTION.replace("n * (m + 1)", "m * (n + 1)"),
    "the units": "def count_parameters(sizes):\n    return sum(sizes)",
}


def check(count_parameters):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    for length in (2, 3, 5):
        sizes = [int(n) for n in rng.integers(1, 20, length)]
        got = count_parameters(list(sizes))
        assert got is not None, "count_parameters() returned None"
        parameters = list(cascade.build(refnet, sizes).parameters())
        right = sum(p.numel() for p in parameters)
        weights = sum(p.numel() for p in parameters if p.ndim == 2)
        assert got != weights, f"{sizes}: this is the number of weights, without the biases"
        assert got == right, f"{sizes}: expected {right}, got {got}"
