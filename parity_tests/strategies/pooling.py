"""Calls of refnet.ops.pooling."""

import math
from typing import Any

import numpy as np
import torch.nn.functional as F
from hypothesis import strategies as st

from parity_tests.strategies import Call, DrawFn, drawn, generator, reals, shapes
from refnet.ops.windows import Windows, adaptive, grid, sliding


def _sliding(draw: DrawFn) -> tuple[list[int], list[Windows], dict[str, Any]]:
    """The sizes of a plane, its windows, and PyTorch's arguments for them."""
    sizes, windows = [], []
    given: dict[str, Any] = {name: [] for name in ("kernel_size", "stride", "padding")}
    for _ in range(draw(st.integers(1, 3))):
        k, s = draw(st.integers(1, 3)), draw(st.integers(1, 3))
        p = draw(st.integers(0, k // 2))
        n = k + draw(st.integers(0, 3))
        m = (n + 2 * p - k) // s + 1
        sizes.append(n)
        windows.append(sliding(n, m, kernel=k, stride=s, padding=p, dilation=1))
        for name, size in zip(given, (k, s, p), strict=True):
            given[name].append(size)
    return sizes, windows, given


def _batch(draw: DrawFn) -> tuple[int, ...]:
    """(C,) or (N, C), where N may be 0."""
    batch: tuple[int, ...] = draw(shapes(1, 2, side=1))
    return (batch[0] - 1, *batch[1:]) if len(batch) == 2 else batch


def _size(windows: list[Windows]) -> tuple[int, ...]:
    return tuple(w.place.shape[1] for w in windows)


def max_pool(draw: DrawFn) -> Call:
    batch = _batch(draw)
    if draw(st.booleans()):
        sizes, windows, given = _sliding(draw)
        given["return_indices"] = True
        twin = getattr(F, f"max_pool{len(sizes)}d")
    else:
        sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
        windows = [adaptive(n, draw(st.integers(1, 4))) for n in sizes]
        given = {"output_size": _size(windows), "return_indices": True}
        twin = getattr(F, f"adaptive_max_pool{len(sizes)}d")
    x = reals(draw, (*batch, *sizes), ties=True)
    options = {"windows": grid(windows, sizes), "size": _size(windows)}
    return Call([x], options, lambda x: twin(x, **given))


def max_unpool(draw: DrawFn) -> Call:
    batch, m = draw(shapes(1, 2, side=1)), draw(shapes(1, 3, side=1))
    size = tuple(n + draw(st.integers(0, 2)) for n in m)
    rng, places = generator(draw), np.arange(math.prod(size))
    count = math.prod(batch)
    i = np.stack([rng.permutation(places)[: math.prod(m)] for _ in range(count)])
    i = i.reshape(*batch, *m).astype(np.int64)
    twin = getattr(F, f"max_unpool{len(m)}d")
    kernel = [n - (k - 1) for n, k in zip(size, m, strict=True)]  # with stride 1
    inputs = [reals(draw, (*batch, *m)), i]
    return Call(inputs, {"size": size}, lambda x, i: twin(x, i, kernel, 1))


def avg_pool(draw: DrawFn) -> Call:
    batch = _batch(draw)
    if draw(st.booleans()):
        sizes, windows, given = _sliding(draw)
        divisor: Any = math.prod(given["kernel_size"])
        twin = getattr(F, f"avg_pool{len(sizes)}d")
    else:
        sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
        windows = [adaptive(n, draw(st.integers(1, 4))) for n in sizes]
        divisor = np.ones((), int)
        for w in windows:
            divisor = divisor[..., None] * w.inside.sum(axis=0)
        given = {"output_size": _size(windows)}
        twin = getattr(F, f"adaptive_avg_pool{len(sizes)}d")
    x = reals(draw, (*batch, *sizes))
    return Call([x], {"windows": windows, "divisor": divisor}, lambda x: twin(x, **given))


STRATEGIES = {
    "max_pool": drawn(max_pool),
    "max_unpool": drawn(max_unpool),
    "avg_pool": drawn(avg_pool),
}
