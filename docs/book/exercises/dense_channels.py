"""The channels of a dense network

A dense network starts with `c` channels. Each dense block has some layers, and each layer adds
`growth` channels by a 3 × 3 convolution without bias. Between two blocks a 1 × 1 convolution
without bias halves the number of channels, rounded down. Return the number of channels at the end,
and the number of all weights of these convolutions.
"""

import numpy as np

import refnet

START = '''
def dense_network(c, blocks, growth):
    """blocks: the number of layers of each block; returns (channels, weights)"""
    ...
'''
HINTS = (
    "A layer sees all channels that there are: it has c · growth · 9 weights.",
    "A transition from c to c // 2 channels has c · (c // 2) weights.",
    "There is no transition before the first block, and none after the last.",
)
SOLUTION = """
def dense_network(c, blocks, growth):
    weights = 0
    for i, count in enumerate(blocks):
        if i > 0:
            weights += c * (c // 2)
            c = c // 2
        for _ in range(count):
            weights += 9 * c * growth
            c += growth
    return c, weights
"""
MISTAKES = {
    "each layer sees the block's input only": SOLUTION.replace(
        "for _ in range(count):\n            weights += 9 * c * growth\n            c += growth",
        "weights += 9 * c * growth * count\n        c += count * growth",
    ),
    "a transition before the first block": SOLUTION.replace("i > 0", "i >= 0"),
    "the outputs replace the channels": SOLUTION.replace("c += growth", "c = growth"),
}


def check(dense_network):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    from refnet.models import densenet

    rng = np.random.default_rng(3)
    for _ in range(4):
        growth = int(rng.integers(1, 6))
        blocks = [int(b) for b in rng.integers(1, 4, rng.integers(1, 4))]
        got = dense_network(2 * growth, list(blocks), growth)
        assert got is not None, "dense_network() returned None"
        assert len(got) == 2, f"expected two numbers, got {got}"
        net = densenet.build(refnet, blocks=blocks, growth=growth)
        convs = [m for m in net.modules() if isinstance(m, refnet.nn.Conv2d)][1:]  # not the first
        channels, weights = net[-1].in_features, sum(m.weight.numel() for m in convs)
        where = f"c = {2 * growth}, blocks = {blocks}, growth = {growth}"
        assert got[0] == channels, f"{where}: expected {channels} channels, got {got[0]}"
        assert got[1] == weights, f"{where}: expected {weights} weights, got {got[1]}"
