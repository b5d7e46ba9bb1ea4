"""Uniform numbers in an interval

`words` are the integers of 32 bits that the twister returns. Write the function that makes of each
a number in [low, high), as PyTorch does for float32: from the lowest 24 bits.
"""

import numpy as np

import refnet

START = '''
def uniform_from_words(words, low, high):
    """words: a list of integers below 2**32; returns a list of numbers"""
    ...
'''
HINTS = (
    "`word % 2**24` are the lowest 24 bits, `word >> 8` the highest.",
    "First a number u in [0, 1), then low + (high − low) u.",
)
SOLUTION = """
def uniform_from_words(words, low, high):
    return [low + (high - low) * (word % 2**24) / 2**24 for word in words]
"""
MISTAKES = {
    "all 32 bits": """
def uniform_from_words(words, low, high):
    return [low + (high - low) * word / 2**32 for word in words]
""",
    "the highest 24 bits": SOLUTION.replace("(word % 2**24)", "(word >> 8)"),
    "from 0 to high": SOLUTION.replace("low + (high - low)", "high"),
}


def check(uniform_from_words):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    seed, (low, high) = 11, np.random.default_rng(2).uniform([-3, 1], [-1, 4])
    words = refnet.Generator().manual_seed(seed).remainders((6,), 2**32, False).tolist()
    got = uniform_from_words(words, low, high)
    assert got is not None, "uniform_from_words() returned None"
    got = np.asarray(got, float)
    right = refnet.empty(6).uniform_(low, high, generator=refnet.Generator().manual_seed(seed))
    whole = low + (high - low) * np.array(words) / 2**32
    assert got.shape == (6,), f"expected one number for each of the 6 words, got {got.shape}"
    assert not np.allclose(got, whole, atol=1e-5), (
        "this is made of the highest bits of each word; PyTorch takes the lowest 24"
    )
    assert np.allclose(got, right.numpy(), atol=1e-6), f"expected {right.tolist()}, got {got}"
