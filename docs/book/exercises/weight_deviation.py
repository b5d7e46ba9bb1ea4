"""The standard deviation of the weights

Write the function that returns the standard deviation of the weights of a linear layer or a
convolution, so that the mean square of the activations keeps its size when a leaky ReLU follows:
a = z for z > 0, and a = slope · z otherwise.
"""

import numpy as np

from refnet import nn

START = '''
def weight_deviation(shape, slope):
    """shape: (out, in, *kernel), the shape of the weights; returns a number"""
    ...
'''
HINTS = (
    "E[a²] = (1 + slope²) / 2 · E[z²]: one half of E[z²] stays, the other is multiplied by slope².",
    "Each output of a convolution sums in · |kernel| products.",
)
SOLUTION = """
import math

def weight_deviation(shape, slope):
    fan_in = math.prod(shape[1:])
    return math.sqrt(2 / ((1 + slope ** 2) * fan_in))
"""
MISTAKES = {
    "the variance": SOLUTION.replace("math.sqrt(2", "(2"),
    "the kernel is forgotten": SOLUTION.replace("math.prod(shape[1:])", "shape[1]"),
    "the outputs are counted": SOLUTION.replace(
        "math.prod(shape[1:])", "shape[0] * math.prod(shape[2:])"
    ),
    "the slope is forgotten": SOLUTION.replace("1 + slope ** 2", "1"),
}


def check(weight_deviation):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    for kernel in ((), (3, 3)):
        out, inner = (int(n) for n in rng.integers(5, 60, 2))
        slope = rng.uniform(0.1, 0.5)
        shape = (out, inner, *kernel)
        got = weight_deviation(shape, slope)
        assert got is not None, "weight_deviation() returned None"
        fan_in = inner * int(np.prod(kernel))
        right = nn.init.calculate_gain("leaky_relu", slope) / np.sqrt(fan_in)
        assert not np.isclose(got, right**2), "this is the variance"
        assert np.isclose(got, right), (
            f"shape {shape}, slope {slope:.3f}: each output sums {fan_in} products; expected "
            f"{right:.5f}, got {got:.5f}"
        )
