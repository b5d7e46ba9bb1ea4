"""The pullback of a scale

A layer multiplies each of m features by a number of its own: y = x ⊙ s, where x has the shape
(N, m) and s the shape (m). NumPy uses the same s for every row. Write the rule: return y and the
pullback, which takes ȳ and returns x̄ and s̄.
"""

import numpy as np

START = """
def scale(x, s):
    ...
"""
HINTS = (
    "s is copied to N rows. What the forward pass copies, the backward pass adds.",
    "`s̄_j = Σ_i ȳ_ij x_ij`. Each gradient has the shape of its input.",
)
SOLUTION = """
def scale(x, s):
    def pullback(dy):
        return dy * s, (dy * x).sum(axis=0)
    return x * s, pullback
"""
MISTAKES = {
    "the rows are not added": SOLUTION.replace(".sum(axis=0)", ""),
    "the mean of the rows": SOLUTION.replace(".sum(axis=0)", ".mean(axis=0)"),
    "the two exchanged": SOLUTION.replace(
        "dy * s, (dy * x).sum(axis=0)", "dy * x, (dy * s).sum(axis=0)"
    ),
}


def check(scale):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    x, s, dy = rng.standard_normal((5, 3)), rng.standard_normal(3), rng.standard_normal((5, 3))
    got = scale(x, s)
    assert got is not None, "scale() returned None"
    assert isinstance(got, tuple), f"expected a pair (y, pullback), got {type(got).__name__}"
    y, pullback = got
    assert np.allclose(y, x * s), f"y: expected {x * s}, got {y}"
    grads = pullback(dy)
    assert isinstance(grads, tuple), "pullback: expected a pair (x̄, s̄)"
    for name, given, mine in zip(("x", "s"), (x, s), grads, strict=True):
        assert np.shape(mine) == given.shape, (
            f"the gradient of {name}: expected its shape {given.shape}, got {np.shape(mine)}"
        )
        v = rng.standard_normal(given.shape)  # a pullback and the complex step agree along v
        moved = x * (s + 1e-30j * v) if name == "s" else (x + 1e-30j * v) * s
        along = float((dy * moved.imag / 1e-30).sum())
        assert np.isclose((mine * v).sum(), along), (
            f"the gradient of {name}, along a direction: expected {along:.6f}, "
            f"got {float((mine * v).sum()):.6f}"
        )
