"""The shapes of a U-Net

The level ℓ of a U-Net has w · 2^ℓ channels and pictures of size n / 2^ℓ. Return the shapes
(channels, size) of the inputs of f⁰ … f^L and of g^{L−1} … g⁰, in the order in which they run. The
picture has `c` channels; `up` gives the channels of the level that it goes to.
"""

import numpy as np

import refnet

START = '''
def unet_inputs(c, n, w, L):
    """returns a list of 2 L + 1 pairs (channels, size)"""
    ...
'''
HINTS = (
    "f⁰ has (c, n); f^ℓ has the channels of the level above, and the picture after the pooling.",
    "g^ℓ sees d^ℓ and up(u^{ℓ+1}), side by side: twice the channels of its level.",
)
SOLUTION = """
def unet_inputs(c, n, w, L):
    down = [(c, n)] + [(w * 2 ** (l - 1), n // 2**l) for l in range(1, L + 1)]
    up = [(2 * w * 2**l, n // 2**l) for l in reversed(range(L))]
    return down + up
"""
MISTAKES = {
    "the connection across forgotten": SOLUTION.replace("(2 * w * 2**l", "(w * 2**l"),
    "the size before the pooling": SOLUTION.replace(
        "(w * 2 ** (l - 1), n // 2**l)", "(w * 2 ** (l - 1), n // 2 ** (l - 1))"
    ),
    "the channels after f": SOLUTION.replace("w * 2 ** (l - 1)", "w * 2**l"),
}


def check(unet_inputs):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    from refnet.models import unet

    rng = np.random.default_rng(3)
    for L in (1, 2, 3):
        c, w, n = int(rng.integers(1, 5)), int(rng.integers(1, 5)), 8 * int(rng.integers(1, 3))
        got = unet_inputs(c, n, w, L)
        assert got is not None, "unet_inputs() returned None"
        net, right = unet.build(refnet, channels=c, depth=L, width=w), []
        for part in [*net.down, *net.join]:
            part.register_forward_hook(
                lambda _, inputs, __, seen=right: seen.append(
                    (inputs[0].shape[1], inputs[0].shape[2])
                )
            )
        net(refnet.zeros(2, c, n, n))
        assert len(got) == len(right), f"L = {L}: expected {len(right)} pairs, got {len(got)}"
        for place, (mine, its) in enumerate(zip(got, right, strict=True)):
            assert tuple(mine) == its, (
                f"c = {c}, n = {n}, w = {w}, L = {L}, pair {place}: expected {its}, got {mine}"
            )
