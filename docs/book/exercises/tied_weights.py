"""The gradient of tied weights

A layer has the matrix A. Its entry A[m, i] is the parameter number `table[m, i]` of `theta`, or 0
where the table has −1. Given ∂C/∂A of every entry as if it were free, return ∂C/∂θ.
"""

import numpy as np

START = '''
import numpy as np

def tied_gradient(dA, table, n):
    """dA: (M, I), the gradient of each entry; table: (M, I), integers; returns (n)"""
    ...
'''
HINTS = (
    "The gradient of a shared weight is the sum over its uses.",
    "`dA[table == t].sum()` is the sum over the uses of the parameter t.",
    "`theta_bar[table] += dA` counts each parameter only once; `np.add.at` adds them all.",
)
SOLUTION = """
import numpy as np

def tied_gradient(dA, table, n):
    return np.array([dA[table == t].sum() for t in range(n)])
"""
MISTAKES = {
    "the mean of the uses": """
import numpy as np

def tied_gradient(dA, table, n):
    return np.array([dA[table == t].mean() for t in range(n)])
""",
    "indexed addition, which keeps one of several": """
import numpy as np

def tied_gradient(dA, table, n):
    gradient = np.zeros(n)
    gradient[table[table >= 0]] += dA[table >= 0]
    return gradient
""",
    "the entries that are always 0 counted for the last weight": """
import numpy as np

def tied_gradient(dA, table, n):
    gradient = np.zeros(n)
    np.add.at(gradient, table, dA)
    return gradient
""",
}


def check(tied_gradient):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(3)
    n, table = 4, rng.integers(-1, 4, (6, 7))
    table[0, :5] = np.arange(-1, 4)
    dA = rng.standard_normal(table.shape)
    got = tied_gradient(dA.copy(), table.copy(), n)
    assert got is not None, "tied_gradient() returned None"
    assert np.shape(got) == (n,), f"expected the shape ({n},), got {np.shape(got)}"
    used = table >= 0
    right = np.bincount(table[used], dA[used], n)
    counts = np.bincount(table[used], minlength=n)
    assert not np.allclose(got, right / counts), "this is the mean over the uses, not the sum"
    assert np.allclose(got[:-1], right[:-1]), f"expected {right}, got {got}"
    assert np.allclose(got, right), (
        f"expected {right}, got {got}: the index −1 is the last entry of an array"
    )
