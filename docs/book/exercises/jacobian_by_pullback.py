"""The Jacobian from a pullback

A rule takes a vector x with n entries to a vector y with m entries, and returns y and its pullback,
as the rules of refnet.ops do. The pullback gives Jᵀ ȳ for any ȳ. Write the function that returns
the whole J, with m rows and n columns.
"""

import numpy as np

START = '''
import numpy as np

def jacobian(rule, x):
    """rule(x) returns y and pullback; pullback(dy) returns a tuple with one array"""
    ...
'''
HINTS = (
    "If ȳ is 1 at entry i and 0 elsewhere, Jᵀ ȳ is row i of J.",
    "The rows of `np.eye(len(y))` are these ȳ.",
)
SOLUTION = """
import numpy as np

def jacobian(rule, x):
    y, pullback = rule(x)
    return np.stack([pullback(dy)[0] for dy in np.eye(len(y))])
"""
MISTAKES = {
    "the transpose": SOLUTION.replace("np.eye(len(y))])", "np.eye(len(y))], axis=1)"),
    "only the sum of the rows": SOLUTION.replace(
        "np.stack([pullback(dy)[0] for dy in np.eye(len(y))])", "pullback(np.ones(len(y)))[0]"
    ),
    "as many unit vectors as inputs": SOLUTION.replace("np.eye(len(y))", "np.eye(len(x), len(y))"),
}


def check(jacobian):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    for m, n in ((4, 4), (2, 5), (5, 2)):
        A, x = rng.standard_normal((m, n)), rng.standard_normal(n)

        def rule(x, A=A):
            y = np.sin(A @ x)
            return y, lambda dy: (A.T @ (dy * np.cos(A @ x)),)

        got = jacobian(rule, x)
        assert got is not None, "jacobian() returned None"
        right = np.cos(A @ x)[:, None] * A
        assert np.shape(got) == (m, n), (
            f"expected {m} rows and {n} columns, got the shape {np.shape(got)}"
        )
        assert m != n or not np.allclose(got, right.T), (
            "this is the transpose: row i has the derivatives of output i"
        )
        assert np.allclose(got, right), f"expected {right}, got {got}"
