"""A chain of units

Each layer has one unit with the sigmoid and the weight w^ℓ. Without shortcuts a^ℓ = σ(w^ℓ a^{ℓ−1}).
With them a^ℓ = a^{ℓ−1} + σ(w^ℓ a^{ℓ−1}). Return ∂a^L/∂a⁰, and see for w = 1 and 20 layers how much
a shortcut changes.
"""

import numpy as np

import refnet

START = '''
import numpy as np

def chain_gradient(weights, a, shortcuts):
    """weights: w¹ … w^L; a: the number a⁰; returns the derivative of the last a"""
    ...
'''
HINTS = (
    "Go forwards, and multiply the derivative by one factor in each layer.",
    "The factor is w σ′(z) with z = w a, and σ′ = σ (1 − σ).",
    "With a shortcut the factor is 1 + w σ′(z).",
)
SOLUTION = """
import numpy as np

def chain_gradient(weights, a, shortcuts):
    gradient = 1.0
    for w in weights:
        s = 1 / (1 + np.exp(-w * a))
        gradient *= shortcuts + w * s * (1 - s)
        a = shortcuts * a + s
    return gradient
"""
MISTAKES = {
    "the weight forgotten": SOLUTION.replace("w * s * (1 - s)", "s * (1 - s)"),
    "the shortcut missing in the derivative": SOLUTION.replace("shortcuts + w *", "w *"),
    "the shortcut missing in the values": SOLUTION.replace("shortcuts * a + s", "s"),
}


def check(chain_gradient):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    for depth in (1, 3, 8):
        weights, start = rng.standard_normal(depth), rng.standard_normal()
        for shortcuts in (False, True):
            got = chain_gradient(weights.copy(), start, shortcuts)
            assert got is not None, "chain_gradient() returned None"
            x = refnet.tensor(start, dtype=refnet.float64, requires_grad=True)
            a = x
            for w in weights:
                s = refnet.sigmoid(float(w) * a)
                a = a + s if shortcuts else s
            a.backward()
            assert np.allclose(got, x.grad.item()), (
                f"{depth} layers, shortcuts={shortcuts}: expected {x.grad.item()}, got {got}"
            )
