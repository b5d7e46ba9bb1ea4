"""A weight that is used at every step

The network is h_t = x_t + u h_{t−1} with h_0 = 0, and the cost is C = h_T, the last state. Write
the function that returns ∂C/∂u for any sequence x of numbers.
"""

import numpy as np

START = '''
def shared_weight(x, u):
    """x: (T), the inputs; u: a number; returns dh_T/du"""
    ...
'''
HINTS = (
    "Compute all states first, and keep them.",
    "Go back from the last step: h̄_T = 1, h̄_{t−1} = u h̄_t. Step t contributes h̄_t h_{t−1}.",
)
SOLUTION = """
def shared_weight(x, u):
    h = [0.0]
    for x_t in x:
        h.append(x_t + u * h[-1])
    h_bar, u_bar = 1.0, 0.0
    for before in reversed(h[:-1]):
        u_bar += h_bar * before
        h_bar *= u
    return u_bar
"""
MISTAKES = {
    "the last step alone": """
def shared_weight(x, u):
    h = 0.0
    for x_t in x[:-1]:
        h = x_t + u * h
    return h
""",
    "h_t in the place of the state before it": """
def shared_weight(x, u):
    h = [0.0]
    for x_t in x:
        h.append(x_t + u * h[-1])
    h_bar, u_bar = 1.0, 0.0
    for now in reversed(h[1:]):
        u_bar += h_bar * now
        h_bar *= u
    return u_bar
""",
}


def check(shared_weight):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    for T in (3, 6):
        x, u = rng.standard_normal(T), rng.uniform(0.5, 1.0)
        got = shared_weight(x, u)
        assert got is not None, "shared_weight() returned None"
        # h_T is the polynomial Σ x_t u^(T−t)
        right = np.polyval(np.polyder(x), u)
        last = np.polyval(x[:-1], u)
        assert not np.isclose(got, last), (
            "this is the contribution of the last step; u is used at every step"
        )
        assert np.isclose(got, right), (
            f"expected {right:.6g}, got {got:.6g}; step t contributes h̄_t times h_{{t−1}}"
        )
