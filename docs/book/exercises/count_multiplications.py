"""Count the multiplications

A cascade has layers of the sizes n⁰, n¹, …, nᴸ, and the Jacobians Jˡ of its layers are nˡ × nˡ⁻¹
matrices of numbers. Their product is computed from the left, as in reverse mode, or from the right,
as in forward mode. Write the function that returns the number of multiplications of both. A product
of a p × q and a q × r matrix takes p q r multiplications.
"""

from itertools import pairwise

import numpy as np

START = '''
def multiplications(sizes):
    """sizes: [n0, n1, ..., nL]; returns (from the left, from the right)"""
    ...
'''
HINTS = (
    "From the left, the matrix on the left always has nᴸ rows. Which products are still to be made "
    "when you hold Jᴸ?",
    "From the left: nᴸ Σ nˡ nˡ⁻¹ over l = 1 … L − 1. From the right the roles of nᴸ and n⁰ are "
    "exchanged.",
)
SOLUTION = """
def multiplications(sizes):
    inputs, outputs = sizes[0], sizes[-1]
    pairs = [m * n for m, n in zip(sizes, sizes[1:])]
    return outputs * sum(pairs[:-1]), inputs * sum(pairs[1:])
"""
MISTAKES = {
    "all pairs on both sides": SOLUTION.replace("[:-1])", ")").replace("[1:])\n", ")\n"),
    "left and right exchanged": SOLUTION.replace(
        "outputs * sum(pairs[:-1]), inputs * sum(pairs[1:])",
        "inputs * sum(pairs[1:]), outputs * sum(pairs[:-1])",
    ),
    "one pass only": SOLUTION.replace("outputs * ", "").replace("inputs * ", ""),
}


def _count(sizes):
    """Multiplies the matrices' shapes one by one."""
    shapes = [(n, m) for m, n in pairwise(sizes)]
    left, (rows, columns) = 0, shapes[-1]
    for p, q in reversed(shapes[:-1]):
        left += rows * p * q
        columns = q
    right, (rows, columns) = 0, shapes[0]
    for p, q in shapes[1:]:
        right += p * q * columns
    return left, right


def check(multiplications):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    for length in (3, 4, 6):
        sizes = [int(n) for n in rng.integers(1, 9, length)]
        sizes[-1] = sizes[0] + 3  # so that the two differ
        got = multiplications(sizes)
        assert got is not None, "multiplications() returned None"
        assert len(got) == 2, f"expected two numbers, got {len(got)}"
        right = _count(sizes)
        assert right[0] == right[1] or tuple(got) != right[::-1], (
            "this is forward mode first; expected reverse mode first"
        )
        assert tuple(got) == right, f"sizes {sizes}: expected {right}, got {tuple(got)}"
