"""Kernels of refnet.ops.padding: slices are copied, and a margin is filled row by row."""

from __future__ import annotations

import numpy as np

from refnet import ops
from refnet.kernels.registry import kernel
from refnet.ops.padding import Widths
from refnet.ops.rule import Array, Pullback


@kernel(ops.pad, takes="real floating-point arrays")
def pad(x: Array, *, widths: Widths, value: float = 0.0) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.pad(x, widths=widths, value=value)
    sizes = x.shape
    inner = tuple(
        slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(widths, sizes, strict=True)
    )
    outer = tuple(
        slice(max(a, 0), max(a, 0) + max(s.stop - s.start, 0))
        for (a, _), s in zip(widths, inner, strict=True)
    )
    y = np.full([a + n + b for (a, b), n in zip(widths, sizes, strict=True)], value, x.dtype)
    y[outer] = x[inner]

    def pullback(dy: Array) -> tuple[Array]:
        dx = np.zeros(sizes, dy.dtype)
        dx[inner] = dy[outer]
        return (dx,)

    return y, pullback


@kernel(ops.extend, takes="real floating-point arrays")
def extend(x: Array, *, widths: Widths, mode: str) -> tuple[Array, Pullback]:
    """x is copied into y. Then, one axis after another, each row of the margins is copied from
    another row of y, so the corners are copies of copies.
    """
    if x.dtype.kind != "f":
        return ops.extend(x, widths=widths, mode=mode)
    inner = tuple(slice(a, a + n) for (a, _), n in zip(widths, x.shape, strict=True))
    copies = [
        ((slice(None),) * axis + (row,), (slice(None),) * axis + (source,))
        for axis, ((before, after), n) in enumerate(zip(widths, x.shape, strict=True))
        for row, source in _margin(mode, before, n, after)
    ]
    y = np.empty([a + n + b for (a, b), n in zip(widths, x.shape, strict=True)], x.dtype)
    y[inner] = x
    for row, source in copies:
        y[row] = y[source]

    def pullback(dy: Array) -> tuple[Array]:
        dy = np.array(dy)
        for row, source in copies:
            dy[source] += dy[row]
        return (np.ascontiguousarray(dy[inner]),)

    return y, pullback


def _margin(mode: str, before: int, n: int, after: int) -> list[tuple[int, int]]:
    """Returns the rows of the margins of an axis, from the inside out, each with its source row."""
    first, last = before, before + n - 1
    rows = [*range(first - 1, -1, -1), *range(last + 1, last + 1 + after)]
    if mode == "reflect":
        return [(i, 2 * first - i if i < first else 2 * last - i) for i in rows]
    if mode == "replicate":
        return [(i, first if i < first else last) for i in rows]
    return [(i, i + n if i < first else i - n) for i in rows]
