"""A tape of numbers

If all values are numbers, a tape can be a plain list. Entry i is a list of pairs (j, d): the entry
used entry j < i, and d is the derivative of its value with respect to that of entry j. A leaf is an
empty list. Write the function that returns the derivatives of the last entry with respect to every
entry.
"""

import numpy as np

START = '''
def gradients(tape):
    """tape: [[(j, derivative), ...], ...]; returns a list with one number for each entry"""
    ...
'''
HINTS = (
    "Begin with 0 for all entries and 1 for the last one.",
    "Go from the last entry to the first. Entry i sends `d * bar[i]` to entry j.",
    "An entry can occur twice, in two entries or in one, as in x · x. Add.",
)
SOLUTION = """
def gradients(tape):
    bar = [0.0] * (len(tape) - 1) + [1.0]
    for i in reversed(range(len(tape))):
        for j, d in tape[i]:
            bar[j] += d * bar[i]
    return bar
"""
MISTAKES = {
    "the last one wins": SOLUTION.replace("+=", "="),
    "from the first to the last": SOLUTION.replace(
        "reversed(range(len(tape)))", "range(len(tape))"
    ),
    "a dictionary for the pairs": SOLUTION.replace("in tape[i]", "in dict(tape[i]).items()"),
}


def check(gradients):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    tapes = [[[], [(0, 3.0), (0, 3.0)], [(0, 2.0), (1, 5.0)]]]
    for size in (4, 9, 15):
        tapes.append(
            [
                [(int(rng.integers(i)), float(rng.integers(-3, 4))) for _ in range(2)] if i else []
                for i in range(size)
            ]
        )
    for tape in tapes:
        got = gradients([list(entry) for entry in tape])
        assert got is not None, "gradients() returned None"
        D = np.zeros((len(tape), len(tape)))  # forward mode: all derivatives of each entry
        for i, entry in enumerate(tape):
            D[i, i] = 1
            for j, d in entry:
                D[i] += d * D[j]
        assert np.shape(got) == (len(tape),), f"expected {len(tape)} numbers, got {got}"
        assert np.allclose(got, D[-1]), f"{tape}: expected {D[-1].tolist()}, got {list(got)}"
