"""A random order

The shuffle of Fisher and Yates: for i = 0, 1, …, n − 2, exchange entry i with the entry i + (word
mod (n − i)), where each i takes the next word. All n! orders have (nearly) the same probability.
Write it; it gives PyTorch's `randperm`.
"""

import refnet

START = '''
def shuffle_from_words(words, n):
    """words: a list of n - 1 integers; returns the numbers 0 to n - 1 in their new order"""
    ...
'''
HINTS = (
    "Start from `order = list(range(n))`.",
    "At step i there are n − i candidates: the entry itself and those after it.",
)
SOLUTION = """
def shuffle_from_words(words, n):
    order = list(range(n))
    for i in range(n - 1):
        j = i + words[i] % (n - i)
        order[i], order[j] = order[j], order[i]
    return order
"""
MISTAKES = {
    "any entry is a candidate": SOLUTION.replace("i + words[i] % (n - i)", "words[i] % n"),
    "an entry cannot stay": SOLUTION.replace(
        "i + words[i] % (n - i)", "i + 1 + words[i] % (n - i - 1)"
    ),
}


def check(shuffle_from_words):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    for seed, n in ((3, 5), (4, 9), (5, 30)):
        bits = refnet.Generator().manual_seed(seed).remainders((n - 1,), 2**32, False).tolist()
        got = shuffle_from_words(bits, n)
        assert got is not None, "shuffle_from_words() returned None"
        got = [int(i) for i in got]
        assert sorted(got) == list(range(n)), (
            f"expected each of 0 to {n - 1} exactly once, got {got}"
        )
        right = refnet.randperm(n, generator=refnet.Generator().manual_seed(seed)).tolist()
        assert got == right, f"n = {n}: expected {right}, got {got}"
