"""Splitting into heads

A batch of queries has the shape (N, T, E). Each head takes E/h neighbouring numbers of each query.
Write the function that returns the queries of all heads, (N, h, T, E/h).
"""

import numpy as np

START = '''
def split_heads(x, heads):
    """x: (N, T, E), E a multiple of heads; returns (N, heads, T, E // heads)"""
    ...
'''
HINTS = (
    "Split the last dimension first: (N, T, h, E/h).",
    "Then exchange two axes. A reshape alone gives the right shape with the wrong numbers.",
)
SOLUTION = """
def split_heads(x, heads):
    N, T, E = x.shape
    return x.reshape(N, T, heads, E // heads).swapaxes(1, 2)
"""
MISTAKES = {
    "a reshape alone": """
def split_heads(x, heads):
    N, T, E = x.shape
    return x.reshape(N, heads, T, E // heads)
""",
    "every h-th number": """
def split_heads(x, heads):
    N, T, E = x.shape
    return x.reshape(N, T, E // heads, heads).transpose(0, 3, 1, 2)
""",
}


def check(split_heads):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    x = np.random.default_rng(3).standard_normal((2, 5, 6))
    for heads in (2, 3):
        got = split_heads(x, heads)
        assert got is not None, "split_heads() returned None"
        got, size = np.asarray(got), 6 // heads
        assert got.shape == (2, heads, 5, size), (
            f"expected the shape {(2, heads, 5, size)}, got {got.shape}"
        )
        for r in range(heads):
            right = x[:, :, r * size : (r + 1) * size]
            assert np.array_equal(got[:, r], right), (
                f"{heads} heads: expected head {r} at place 1 of sequence 0 to have {right[0, 1]}, "
                f"got {got[0, r, 1]}"
            )
