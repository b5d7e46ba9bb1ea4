"""A rule for the quotient

Give the tape a division. Write the rule y = a / b for two arrays of the same shape: return y and
the pullback, which takes ȳ and returns ā and b̄.
"""

import numpy as np

START = """
def divide(a, b):
    ...
"""
HINTS = (
    "∂y/∂a = 1/b and ∂y/∂b = −a/b².",
    "−a/b² = −y/b, so the pullback can use y.",
)
SOLUTION = """
def divide(a, b):
    y = a / b
    return y, lambda dy: (dy / b, -dy * y / b)
"""
MISTAKES = {
    "the sign of b̄": SOLUTION.replace("-dy * y / b", "dy * y / b"),
    "one factor b is missing": SOLUTION.replace("-dy * y / b", "-dy * y"),
    "ȳ forgotten": SOLUTION.replace("(dy / b, -dy * y / b)", "(1 / b, -y / b)"),
}


def check(divide):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    a, b, dy = rng.standard_normal(4), 1 + rng.random(4), rng.standard_normal(4)
    got = divide(a, b)
    assert got is not None, "divide() returned None"
    assert isinstance(got, tuple), f"expected a pair (y, pullback), got {type(got).__name__}"
    y, pullback = got
    assert np.allclose(y, a / b), f"y: expected {a / b}, got {y}"
    grads = pullback(dy)
    assert isinstance(grads, tuple), "pullback: expected a pair (ā, b̄)"
    assert len(grads) == 2, "pullback: expected a pair (ā, b̄)"
    h = 1e-30j
    for name, moved, mine in zip("ab", ((a + h) / b, a / (b + h)), grads, strict=True):
        right = dy * moved.imag / 1e-30
        assert np.allclose(mine, right), f"the gradient of {name}: expected {right}, got {mine}"
