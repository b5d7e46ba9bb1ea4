"""A chain of rules

Write reverse mode for a chain: given a list of rules of one argument, return a rule. It applies
the rules one after the other, and its pullback carries ȳ back through all of them. It must be
possible to call the pullback twice.
"""

import numpy as np

from refnet import ops

START = '''
def chain(rules):
    """rules: functions x -> (y, pullback), where pullback(dy) returns a tuple with one array"""
    def rule(x):
        ...
        return None
    return None
'''
HINTS = (
    "On the way forward, keep the pullbacks in a list.",
    "Go through `reversed(pullbacks)`. Each returns a tuple, and the next one wants its array.",
    "In the pullback, give the running gradient a name of its own.",
)
SOLUTION = """
def chain(rules):
    def rule(x):
        pullbacks = []
        for step in rules:
            x, pullback = step(x)
            pullbacks.append(pullback)

        def back(dy):
            for pullback in reversed(pullbacks):
                (dy,) = pullback(dy)
            return (dy,)
        return x, back
    return rule
"""
MISTAKES = {
    "the pullbacks in the order of the forward pass": SOLUTION.replace(
        "reversed(pullbacks)", "pullbacks"
    ),
    "only the last pullback": SOLUTION.replace("reversed(pullbacks)", "pullbacks[-1:]"),
    "a list that is used up": SOLUTION.replace(
        "for pullback in reversed(pullbacks):\n                (dy,) = pullback(dy)",
        "while pullbacks:\n                (dy,) = pullbacks.pop()(dy)",
    ),
}


def _layer(W):
    """The rule y = tanh(W x)."""

    def rule(x):
        y, back = ops.tanh(W @ x)
        return y, lambda dy: (W.T @ back(dy)[0],)

    return rule


def check(chain):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    x, dy = rng.standard_normal((2, 4))
    weights = rng.standard_normal((3, 4, 4))
    got = chain([_layer(W) for W in weights])
    assert got is not None, "chain() returned None"
    y, pullback = got(x)
    jacobian, right = np.eye(4), x
    for W in weights:
        right = np.tanh(W @ right)
        jacobian = (1 - right**2)[:, None] * W @ jacobian
    assert np.allclose(y, right), f"the value: expected {right}, got {y}"
    for time in ("first", "second"):
        (dx,) = pullback(dy)
        assert np.allclose(dx, jacobian.T @ dy), (
            f"the pullback, called the {time} time: expected {jacobian.T @ dy}, got {dx}"
        )
