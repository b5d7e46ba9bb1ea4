"""The weights of a staircase

Return the weights w, b, v of a network F(x) = Σ vᵢ σ(wᵢ x + bᵢ) with the sigmoid, which follows f
on [low, high] by n steps. All grid cells have the width h = (high − low) / n. The steps are so steep
that σ is within `eta` of 0 or 1 at the distance h/2 from its middle, and not steeper. The first unit
makes the constant f(low): it has w = 0 and b = 0.
"""

import numpy as np

START = '''
import numpy as np

def staircase_network(f, n, eta, low=0.0, high=1.0):
    """f: works on arrays; returns three arrays of n + 1 numbers: w, b, v"""
    ...
'''
HINTS = (
    "σ(−r) = η for r = log((1 − η) / η), and σ(r) = 1 − η.",
    "A step in the middle s of a cell is σ(k (x − s)): w = k, b = −k s, with k h / 2 = r.",
    "σ(0) = 1/2. So the first v is 2 f(low).",
)
SOLUTION = """
import numpy as np

def staircase_network(f, n, eta, low=0.0, high=1.0):
    t = np.linspace(low, high, n + 1)
    k = 2 * np.log((1 - eta) / eta) / ((high - low) / n)
    middle = (t[1:] + t[:-1]) / 2
    y = f(t)
    w = np.append(0.0, np.full(n, k))
    b = np.append(0.0, -k * middle)
    v = np.append(2 * y[0], np.diff(y))
    return w, b, v
"""
MISTAKES = {
    "the unit of the constant gives one half": SOLUTION.replace("2 * y[0]", "y[0]"),
    "steps at the ends of the cells": SOLUTION.replace("(t[1:] + t[:-1]) / 2", "t[1:]"),
    "steep at the distance h": SOLUTION.replace("k = 2 * np", "k = np"),
    "the width is that of [0, 1]": SOLUTION.replace("((high - low) / n)", "(1 / n)"),
}


def check(staircase_network):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(2)
    for n, eta, low, high in ((4, 0.1, 0.0, 1.0), (30, 0.001, -1.0, 3.0)):
        c = rng.standard_normal(4)
        f = np.polynomial.Polynomial(c)
        got = staircase_network(f, n, eta, low, high)
        assert got is not None, "staircase_network() returned None"
        w, b, v = (np.asarray(a, dtype=float) for a in got)
        assert w.shape == b.shape == v.shape == (n + 1,), (
            f"expected three arrays of {n + 1} numbers, got {w.shape}, {b.shape}, {v.shape}"
        )
        t = np.linspace(low, high, n + 1)
        z = lambda x, w=w, b=b: 1 / (1 + np.exp(-np.clip(np.outer(x, w) + b, -700, 700)))  # noqa: E731
        first = z(t[:1])[0, 0] * v[0]
        assert np.isclose(first, f(low)), f"expected the constant {f(low):.4f}, got {first:.4f}"
        for i in (1, n):
            ends = z(t[[i - 1, i]])[:, i]
            assert np.allclose(ends, [eta, 1 - eta], rtol=1e-6), (
                f"expected step {i} to be {eta} and {1 - eta} at the ends of its cell, got {ends}"
            )
        assert np.allclose(v[1:], np.diff(f(t))), f"expected the rises of f as v, got {v[1:4]} …"
