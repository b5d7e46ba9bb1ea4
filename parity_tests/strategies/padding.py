"""Calls of refnet.ops.padding."""

import torch.nn.functional as F
from hypothesis import strategies as st

from parity_tests.strategies import Call, DrawFn, drawn, reals, shapes


def pad(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3, side=2))
    widths = tuple((draw(st.integers(-1, 2)), draw(st.integers(-1, 2))) for _ in shape)
    value = draw(st.sampled_from([0.0, 1.5]))
    flat = [w for pair in reversed(widths) for w in pair]
    twin = lambda x: F.pad(x, flat, value=value)  # noqa: E731
    return Call([reals(draw, shape)], {"widths": widths, "value": value}, twin)


def extend(draw: DrawFn) -> Call:
    batch, sizes = draw(shapes(1, 2, side=1)), draw(shapes(1, 3, side=1))
    mode = draw(st.sampled_from(["reflect", "replicate", "circular"]))
    most = {"reflect": -1, "replicate": 2, "circular": 0}[mode]  # beyond the size
    width = lambda n: draw(st.integers(0, n + most))  # noqa: E731
    padded = tuple((width(n), width(n)) for n in sizes)
    flat = [w for pair in reversed(padded) for w in pair]
    options = {"widths": ((0, 0),) * len(batch) + padded, "mode": mode}
    return Call([reals(draw, (*batch, *sizes))], options, lambda x: F.pad(x, flat, mode))


STRATEGIES = {"pad": drawn(pad), "extend": drawn(extend)}
