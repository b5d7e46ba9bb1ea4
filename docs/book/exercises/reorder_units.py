"""The same function with other weights

Put the hidden units of a cascade with two layers into another order, so that the network computes
the same function. New unit i is the old unit `order[i]`. Return the new W¹, b¹ and W².
"""

import numpy as np

START = '''
def reorder_units(W1, b1, W2, order):
    """W1: (n1, n0), b1: (n1), W2: (n2, n1), order: a list with the numbers 0 ... n1 - 1"""
    ...
'''
HINTS = (
    "Everything that belongs to unit j: row j of W¹, entry j of b¹, and its weights in the next "
    "layer.",
    "`W[order]` takes rows, `W[:, order]` takes columns.",
)
SOLUTION = """
def reorder_units(W1, b1, W2, order):
    return W1[order], b1[order], W2[:, order]
"""
MISTAKES = {
    "the next layer forgotten": SOLUTION.replace("W2[:, order]", "W2"),
    "the bias forgotten": SOLUTION.replace("b1[order]", "b1"),
    "the rows of W²": SOLUTION.replace("W2[:, order]", "W2[order]"),
    "nothing": "def reorder_units(W1, b1, W2, order):\n    return W1, b1, W2",
}


def check(reorder_units):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(3)
    W1, b1, W2 = rng.standard_normal((4, 3)), rng.standard_normal(4), rng.standard_normal((4, 4))
    order, x = [2, 0, 3, 1], rng.standard_normal(3)
    got = reorder_units(W1.copy(), b1.copy(), W2.copy(), order)
    assert got is not None, "reorder_units() returned None"
    assert len(got) == 3, f"expected W1, b1 and W2, got {len(got)} values"
    V1, c1, V2 = got
    shapes = [np.shape(p) for p in got]
    assert shapes == [(4, 3), (4,), (4, 4)], f"expected the same shapes as before, got {shapes}"
    hidden = np.tanh(W1 @ x + b1)
    mine = np.tanh(V1 @ x + c1)
    assert np.allclose(mine, hidden[order]), (
        f"expected the hidden units {hidden[order]}, got {mine}"
    )
    assert np.allclose(V2 @ mine, W2 @ hidden), (
        f"expected the same output {W2 @ hidden}, got {V2 @ mine}; "
        "which part of W² belongs to hidden unit j?"
    )
