"""Less memory for more time

A pullback holds values of the forward pass. Write a function that takes a rule of one argument and
returns a rule with the same results that keeps its input only: when the pullback is called, it runs
the given rule once more. This is what a checkpoint does, for many layers at once.
"""

import numpy as np

from refnet.ops.rule import held_arrays

START = '''
def recompute(rule):
    """rule(x) returns y and pullback; returns a rule"""
    def again(x):
        return None
    return None
'''
HINTS = (
    "In the forward pass run the rule and drop its pullback.",
    "The new pullback is a function of dy that calls `rule(x)` again, and calls the pullback it "
    "then gets. It must not use the y of the forward pass.",
)
SOLUTION = """
def recompute(rule):
    def again(x):
        def pullback(dy):
            return rule(x)[1](dy)
        return rule(x)[0], pullback
    return again
"""
MISTAKES = {
    "the pullback is kept": """
def recompute(rule):
    def again(x):
        y, pullback = rule(x)
        return y, lambda dy: pullback(dy)
    return again
""",
    "the rule runs again with the gradient": SOLUTION.replace("rule(x)[1](dy)", "rule(dy)[1](dy)"),
    "the rule itself": "def recompute(rule):\n    return lambda x: rule(x)",
}


def check(recompute):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    runs = 0

    def rule(x):
        nonlocal runs
        runs += 1
        inner, y = np.exp(x), np.sin(np.exp(x))
        return y, lambda dy: (dy * np.cos(inner) * inner,)

    again = recompute(rule)
    assert again is not None, "recompute() returned None"
    x, dy = np.random.default_rng(0).standard_normal((2, 5))
    got = again(x)
    assert isinstance(got, tuple), f"expected a pair (y, pullback), got {type(got).__name__}"
    y, pullback = got
    assert np.allclose(y, np.sin(np.exp(x))), f"y: expected {np.sin(np.exp(x))}, got {y}"
    assert runs == 1, f"expected one run of the rule in the forward pass, got {runs}"
    held = {id(array) for _, array in held_arrays(pullback)} - {id(x)}
    right = dy * np.cos(np.exp(x)) * np.exp(x)
    assert np.allclose(pullback(dy)[0], right), f"expected {right}, got {pullback(dy)[0]}"
    assert not held, f"expected a pullback that keeps x only, got one with {len(held)} other arrays"
    assert runs == 2, f"expected the pullback to run the rule once, got {runs - 1} times"
