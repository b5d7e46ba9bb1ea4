"""A mistake that ones do not see

J is a Jacobian with at least two rows. Write the function that returns another matrix of the same
shape, wrong in *every* entry, for which the cotangent (1, …, 1) gives the right gradient.
"""

import numpy as np

START = '''
def hidden_from_ones(J):
    """J: (m, n), m >= 2; returns (m, n)"""
    ...
'''
HINTS = (
    "The gradient under ones is the sum of the rows. The difference D must have columns of sum 0.",
    "For m rows: add 1 to every row but the last, and subtract m − 1 from the last.",
)
SOLUTION = """
def hidden_from_ones(J):
    wrong = J + 1
    wrong[-1] -= len(J)
    return wrong
"""
MISTAKES = {
    "a scaled Jacobian": "def hidden_from_ones(J):\n    return 1.001 * J",
    "two rows exchanged": """
def hidden_from_ones(J):
    wrong = J.copy()
    wrong[[0, 1]] = J[[1, 0]]
    return wrong
""",
    "the Jacobian itself": "def hidden_from_ones(J):\n    return J.copy()",
}


def check(hidden_from_ones):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    for m in (4, 3):
        J = rng.standard_normal((m, 3))
        got = hidden_from_ones(J.copy())
        assert got is not None, "hidden_from_ones() returned None"
        got = np.asarray(got)
        assert got.shape == J.shape, f"expected the shape {J.shape}, got {got.shape}"
        ones = np.ones(m)
        assert np.allclose(got.T @ ones, J.T @ ones), (
            f"ones see it: expected the gradient {J.T @ ones}, got {got.T @ ones}"
        )
        assert (np.abs(got - J) > 1e-6).all(), (
            f"expected every entry to be wrong, {int((np.abs(got - J) <= 1e-6).sum())} are right"
        )
