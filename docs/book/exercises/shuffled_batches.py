"""Batches of an epoch

Write the function that shuffles the numbers 0 … N − 1 and cuts them into batches of B. Every number
is in exactly one batch. The last batch has the rest, and is smaller if B does not divide N.
"""

import numpy as np

START = '''
def shuffled_batches(N, B, rng):
    """rng: a generator of NumPy; returns a list of arrays"""
    ...
'''
HINTS = ("`rng.permutation(N)`.", "`order[i : i + B]` for i = 0, B, 2B, …")
SOLUTION = """
def shuffled_batches(N, B, rng):
    order = rng.permutation(N)
    return [order[i : i + B] for i in range(0, N, B)]
"""
MISTAKES = {
    "each batch drawn by itself": """
def shuffled_batches(N, B, rng):
    return [rng.choice(N, min(B, N - i), replace=False) for i in range(0, N, B)]
""",
    "the rest is dropped": SOLUTION.replace("range(0, N, B)", "range(0, N - B + 1, B)"),
    "not shuffled": SOLUTION.replace("rng.permutation(N)", "list(range(N))"),
}


def check(shuffled_batches):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    for N, B in ((12, 4), (23, 5), (7, 10)):
        got = shuffled_batches(N, B, rng)
        assert got is not None, "shuffled_batches() returned None"
        sizes = [len(batch) for batch in got]
        right = [min(B, N - i) for i in range(0, N, B)]
        assert sizes == right, f"N = {N}, B = {B}: expected batches of {right}, got {sizes}"
        numbers = [int(i) for batch in got for i in batch]
        assert sorted(numbers) == list(range(N)), (
            f"N = {N}, B = {B}: expected every number once, got {sorted(numbers)}"
        )
        again = [int(i) for batch in shuffled_batches(N, B, rng) for i in batch]
        assert numbers != again, f"expected another order in the next epoch, got {again} twice"
