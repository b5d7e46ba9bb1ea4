"""A check of your own

A rule takes an array x of n numbers and returns (y, pullback); the pullback takes ȳ and returns a
tuple with x̄. Write the function that returns whether the pullback is right at x. Use a random
cotangent and the complex step: ȳᵀ Im f(x + i h v) / h must be x̄ᵀ v, for a random direction v.
"""

import numpy as np

from refnet import ops

START = '''
def is_right(rule, x):
    """rule: x -> (y, pullback); x: (n), real; returns True or False"""
    ...
'''
HINTS = (
    "`y, pullback = rule(x)`, then a random `dy` of y's shape and a random `v` of x's shape.",
    "`rule(x + 1e-30j * v)[0].imag / 1e-30` is the derivative of y in the direction v.",
    "Compare the two numbers with `np.isclose(..., rtol=1e-9)`.",
)
SOLUTION = """
import numpy as np

def is_right(rule, x):
    rng = np.random.default_rng(5)
    y, pullback = rule(x)
    dy, v = rng.standard_normal(y.shape), rng.standard_normal(x.shape)
    dy_v = rule(x + 1e-30j * v)[0].imag / 1e-30
    return bool(np.isclose(dy @ dy_v, pullback(dy)[0] @ v, rtol=1e-9))
"""
MISTAKES = {
    "ones as the cotangent": SOLUTION.replace("rng.standard_normal(y.shape)", "np.ones(y.shape)"),
    "ones as the direction": SOLUTION.replace("rng.standard_normal(x.shape)", "np.ones(x.shape)"),
    "a wide tolerance": SOLUTION.replace("rtol=1e-9", "rtol=1e-2"),
    "everything is right": "def is_right(rule, x):\n    return True",
}


def check(is_right):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    x = np.random.default_rng(2).standard_normal(4)

    def softmax(spoil):
        def rule(x):
            y, pullback = ops.softmax(x, dim=0)
            return y, lambda dy: (spoil(pullback(dy)[0]),)

        return rule

    got = is_right(softmax(lambda dx: dx), x.copy())
    assert got is not None, "is_right() returned None"
    assert got, "the right softmax: expected True, got False"
    assert is_right(ops.tanh, x.copy()), "tanh: expected True, got False"
    wrong = {
        "is zero": lambda dx: 0 * dx,
        "has the wrong sign": lambda dx: -dx,
        "is 1.0001 times too large": lambda dx: 1.0001 * dx,
        "has a constant added": lambda dx: dx + 1,
        "is off by one place": lambda dx: np.roll(dx, 1),
    }
    for name, spoil in wrong.items():
        assert not is_right(softmax(spoil), x.copy()), (
            f"a softmax whose gradient {name}: expected False, got True"
        )
