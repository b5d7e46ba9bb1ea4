"""From weights back to scores

P are the weights of attention, the softmax of each row of Z, and P_bar is the gradient with respect
to P. Write the function that returns Z_bar. Note what the sum of each of its rows is.
"""

import numpy as np

from refnet import ops

START = '''
def scores_gradient(P, P_bar):
    """P, P_bar: (L, S); returns (L, S)"""
    ...
'''
HINTS = (
    "A score acts on every weight of its row, because the sum of the row is in the denominator.",
    "Z̄_ij = P_ij (P̄_ij − Σ_k P̄_ik P_ik)",
)
SOLUTION = """
def scores_gradient(P, P_bar):
    return P * (P_bar - (P_bar * P).sum(axis=1, keepdims=True))
"""
MISTAKES = {
    "P(1 − P), as for a sigmoid": "def scores_gradient(P, P_bar):\n    return P_bar * P * (1 - P)",
    "the sum over the queries": SOLUTION.replace("axis=1", "axis=0"),
}


def check(scores_gradient):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    P, pullback = ops.softmax(rng.standard_normal((3, 4)), dim=1)
    P_bar = rng.standard_normal((3, 4))
    got = scores_gradient(P, P_bar)
    assert got is not None, "scores_gradient() returned None"
    got = np.asarray(got)
    assert got.shape == (3, 4), f"expected the shape (3, 4), got {got.shape}"
    (right,) = pullback(P_bar)
    assert not np.allclose(got, P_bar * P * (1 - P)), (
        "this is what each score does to its own weight; it changes the other weights of the row"
    )
    assert np.allclose(got, right), f"expected row 0 {right[0]}, got {got[0]}"
