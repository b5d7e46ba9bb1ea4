"""How much does an output see?

Convolutions follow one another. Write the function that returns the size of the last output and
the *receptive field*: how many neighbouring inputs one number of the last output depends on. Each
layer has a window of `K` entries, a stride and a padding; the dilation is 1. One step of a later
output is the product of all strides before it, counted in inputs.
"""

import numpy as np

START = '''
def size_and_field(n, layers):
    """n: size of the input; layers: a list of (K, stride, padding); returns (size, field)"""
    ...
'''
HINTS = (
    "The size follows the formula of the size, layer after layer, with // for ⌊ ⌋.",
    "The field begins as 1. A layer adds (K − 1) steps to it.",
    "Keep the length of a step: it is 1 at first, and each layer multiplies it by its stride.",
)
SOLUTION = """
def size_and_field(n, layers):
    field, step = 1, 1
    for K, stride, padding in layers:
        n = (n + 2 * padding - K) // stride + 1
        field += (K - 1) * step
        step *= stride
    return n, field
"""
MISTAKES = {
    "the padding on one side only": SOLUTION.replace("2 * padding", "padding"),
    "the strides left out of the field": SOLUTION.replace("step *= stride", "pass"),
    "the layer's own stride counted too early": SOLUTION.replace(
        "        field += (K - 1) * step\n        step *= stride",
        "        step *= stride\n        field += (K - 1) * step",
    ),
}


def check(size_and_field):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        layers = [(int(rng.integers(1, 6)), int(rng.integers(1, 4)), int(rng.integers(0, 3)))]
        layers += [(3, int(rng.integers(1, 3)), 1) for _ in range(int(rng.integers(0, 3)))]
        n = int(rng.integers(30, 60))
        got = size_and_field(n, list(layers))
        assert got is not None, "size_and_field() returned None"
        assert len(got) == 2, f"expected two numbers, got {got}"
        size, seen = n, {0}  # the inputs of the output 0, from the last layer to the first
        for K, stride, padding in layers:
            size = len(range(-padding, size + padding - K + 1, stride))
        for K, stride, _ in reversed(layers):
            seen = {i * stride + k for i in seen for k in range(K)}
        field = max(seen) - min(seen) + 1
        assert got[0] == size, f"n = {n}, {layers}: expected the size {size}, got {got[0]}"
        assert got[1] == field, f"{layers}: expected the receptive field {field}, got {got[1]}"
