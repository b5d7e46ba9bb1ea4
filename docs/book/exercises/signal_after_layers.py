"""What is left after many layers

A ReLU network has layers of `widths[0]`, `widths[1]`, … units, and all its weights have the
variance `variance`. The mean square of the inputs is 1. Write the function that predicts the mean
square of the activations of the last layer (after ReLU), by the formulas of the chapter.
"""

from itertools import pairwise

import numpy as np

START = '''
def signal_after_layers(widths, variance):
    """widths: the number of inputs, then that of the units of each layer; returns a number"""
    ...
'''
HINTS = (
    "Each layer multiplies the mean square by n_in · Var(w) / 2.",
    "The last width is the n_in of no layer.",
)
SOLUTION = """
def signal_after_layers(widths, variance):
    signal = 1.0
    for fan_in in widths[:-1]:
        signal *= fan_in * variance / 2
    return signal
"""
MISTAKES = {
    "ReLU is forgotten": SOLUTION.replace(" / 2", ""),
    "the number of outputs is taken": SOLUTION.replace("widths[:-1]", "widths[1:]"),
    "one layer too many": SOLUTION.replace("widths[:-1]", "widths"),
}


def check(signal_after_layers):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    widths = [int(n) for n in rng.integers(300, 900, 3)] + [200]
    variance = 1 / 400
    got = signal_after_layers(list(widths), variance)
    assert got is not None, "signal_after_layers() returned None"
    a = rng.standard_normal((200, widths[0]))
    for n, m in pairwise(widths):
        a = np.maximum(a @ (variance**0.5 * rng.standard_normal((n, m))), 0)
    measured = (a**2).mean()
    assert np.isclose(got, measured, rtol=0.15), (
        f"widths {widths}: expected about {measured:.3g}, as measured on such a network, got "
        f"{got:.3g}"
    )
