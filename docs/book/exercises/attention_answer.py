"""The answer to the queries

Write dot-product attention with the factor 1/√E and without a mask. The scores may be as large as
1000, so the exponential must not overflow.
"""

import numpy as np

from refnet import ops

START = '''
def attention_answer(Q, K, V):
    """Q: (L, E), K: (S, E), V: (S, F); returns (L, F)"""
    ...
'''
HINTS = (
    "The scores are a matrix (L, S): one row for each query.",
    "A constant subtracted from a row of scores does not change its weights. Subtract the largest.",
)
SOLUTION = """
import numpy as np

def attention_answer(Q, K, V):
    Z = Q @ K.T / np.sqrt(Q.shape[1])
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = P / P.sum(axis=1, keepdims=True)
    return P @ V
"""
MISTAKES = {
    "without the factor": SOLUTION.replace(" / np.sqrt(Q.shape[1])", ""),
    "softmax over the queries": SOLUTION.replace("axis=1", "axis=0"),
    "it overflows": """
import numpy as np

def attention_answer(Q, K, V):
    with np.errstate(all="ignore"):
        P = np.exp(Q @ K.T / np.sqrt(Q.shape[1]))
        return P / P.sum(axis=1, keepdims=True) @ V
""",
}


def check(attention_answer):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    Q, K, V = (rng.standard_normal(s) for s in [(3, 4), (5, 4), (5, 2)])
    for factor in (1.0, 1000.0):
        got = attention_answer(factor * Q, K, V)
        assert got is not None, "attention_answer() returned None"
        right, _ = ops.attention(factor * Q, K, V, None, None, scale=0.5)
        unscaled, _ = ops.attention(factor * Q, K, V, None, None, scale=1.0)
        assert np.shape(got) == (3, 2), f"expected the shape (3, 2), got {np.shape(got)}"
        assert np.isfinite(got).all(), "expected finite numbers for scores near 1000, got NaN"
        assert factor > 1 or not np.allclose(got, unscaled), (
            "this is the answer without the factor 1/√E"
        )
        assert np.allclose(got, right), f"expected row 0 {right[0]}, got {got[0]}"
