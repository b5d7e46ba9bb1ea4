"""Count the straight pieces

Within a straight piece of a ReLU network the same units are active (their z is positive). Count the
pieces that the network shows on a grid of growing x: one more than the number of places where the
set of active units changes from one grid point to the next.
"""

import itertools

import numpy as np

START = '''
import numpy as np

def count_pieces(layers, x):
    """layers: list of (W, b) with W: (n_out, n_in); all but the last are followed by ReLU;
    x: (P), growing; returns the number of pieces"""
    ...
'''
HINTS = (
    "Begin with `a = x[:, None]`; then z = a @ W.T + b for all hidden layers, the last layer not.",
    "Collect z > 0 of every hidden layer, side by side: `np.concatenate(active, axis=1)`.",
    "Several units may change at the same place. It counts once: `.any(axis=1).sum()`.",
)
SOLUTION = """
import numpy as np

def count_pieces(layers, x):
    a, active = x[:, None], []
    for W, b in layers[:-1]:
        z = a @ W.T + b
        active.append(z > 0)
        a = np.maximum(0, z)
    active = np.concatenate(active, axis=1)
    return 1 + (active[1:] != active[:-1]).any(axis=1).sum()
"""
MISTAKES = {
    "places are counted, pieces are not": SOLUTION.replace("return 1 + ", "return "),
    "each unit counts": SOLUTION.replace(".any(axis=1).sum()", ".sum()"),
    "the last hidden layer only": SOLUTION.replace("np.concatenate(active, axis=1)", "active[-1]"),
    "the output layer counts too": SOLUTION.replace("layers[:-1]", "layers"),
}


def check(count_pieces):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(2)
    # Two units bend at the same place, so this is a line with two bends.
    same = [(np.ones((3, 1)), np.array([-1.0, -1.0, -2.0])), (np.ones((1, 3)), np.zeros(1))]
    cases = [(same, np.linspace(0, 3.001, 3001), 3)]
    for widths in ((6,), (3, 5), (4, 4, 4)):
        sizes = (1, *widths, 1)
        layers = [
            (rng.standard_normal((o, i)), rng.standard_normal(o))
            for i, o in itertools.pairwise(sizes)
        ]
        x = np.linspace(-4, 4, 4001)
        words = []
        for number in x:
            a, word = np.array([number]), []
            for W, b in layers[:-1]:
                z = W @ a + b
                word += (z > 0).tolist()
                a = np.maximum(0, z)
            words.append(word)
        cases.append((layers, x, 1 + sum(p != q for p, q in itertools.pairwise(words))))
    for layers, x, right in cases:
        got = count_pieces(layers, x)
        assert got is not None, "count_pieces() returned None"
        shape = [W.shape[0] for W, _ in layers]
        assert got == right, f"expected {right} pieces for layers with {shape} units, got {got}"
