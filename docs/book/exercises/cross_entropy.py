"""Why the cross entropy

With the sigmoid and the cost C = −Σ y log a + (1 − y) log(1 − a), equation (1) becomes δᴸ = aᴸ −
y: σ′ is gone, so a unit that is sure and wrong still learns. Write the function that returns δᴸ
for any cost, given its gradient ∇ₐC, and see that this holds.
"""

import numpy as np

START = '''
def output_error(gradient_of_cost, a, y):
    """a = σ(z): the activations; gradient_of_cost(a, y): ∇ₐC; returns ∂C/∂z"""
    ...
'''
HINTS = ("Equation (1), with σ′(z) written by a.",)
SOLUTION = """
def output_error(gradient_of_cost, a, y):
    return gradient_of_cost(a, y) * a * (1 - a)
"""
MISTAKES = {
    "∇ₐC alone": "def output_error(gradient_of_cost, a, y):\n    return gradient_of_cost(a, y)",
    "a − y for every cost": "def output_error(gradient_of_cost, a, y):\n    return a - y",
}


def check(output_error):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(2)
    a, y = 0.05 + 0.9 * rng.random(6), rng.random(6)
    got = output_error(lambda a, y: (a - y) / (a * (1 - a)), a, y)
    assert got is not None, "output_error() returned None"
    assert np.allclose(got, a - y), f"cross entropy: expected a − y = {a - y}, got {got}"
    got = output_error(lambda a, y: a - y, a, y)
    assert np.allclose(got, (a - y) * a * (1 - a)), "quadratic cost: expected (a − y) σ′(z)"
