"""A mask for padding and for the future

Sequences of different lengths were padded to T places. Write the function that returns the masks,
(N, T, T): entry [n, i, j] is 0 if query i of sequence n may read key j, and −∞ if j is later than i
or is padding.
"""

import numpy as np

START = '''
def padding_mask(lengths, T):
    """lengths: N integers, 1 to T; returns (N, T, T) of 0 and -inf"""
    ...
'''
HINTS = (
    "Two conditions on j, joined by `&`: j <= i, and j < length. Let NumPy broadcast them.",
    "`np.where(allowed, 0.0, -np.inf)`. A product like `-np.inf * forbidden` gives NaN where "
    "forbidden is 0.",
)
SOLUTION = """
import numpy as np

def padding_mask(lengths, T):
    i, j = np.arange(T)[:, None], np.arange(T)
    allowed = (j <= i) & (j < np.asarray(lengths)[:, None, None])
    return np.where(allowed, 0.0, -np.inf)
"""
MISTAKES = {
    "a place must not read itself": SOLUTION.replace("j <= i", "j < i"),
    "the past is hidden": SOLUTION.replace("j <= i", "j >= i"),
    "the padding is read": SOLUTION.replace("j < np", "j <= np"),
    "infinity times zero": SOLUTION.replace(
        "return np.where(allowed, 0.0, -np.inf)",
        'with np.errstate(all="ignore"):\n        return -np.inf * ~allowed',
    ),
}


def check(padding_mask):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(2)
    T = 5
    lengths = [int(n) for n in rng.integers(1, T, 3)] + [T]
    got = padding_mask(list(lengths), T)
    assert got is not None, "padding_mask() returned None"
    got = np.asarray(got)
    assert got.shape == (4, T, T), f"expected the shape {(4, T, T)}, got {got.shape}"
    assert not np.isnan(got).any(), "expected 0 or −∞, got NaN: −∞ times 0 is NaN"
    for n, length in enumerate(lengths):
        for i in range(T):
            for j in range(T):
                right = 0.0 if j <= i and j < length else -np.inf
                assert got[n, i, j] == right, (
                    f"length {length}, query {i}, key {j}: expected {right}, got {got[n, i, j]}"
                )
