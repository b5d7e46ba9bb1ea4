"""The kernel of refnet.ops.interpolation."""

from __future__ import annotations

from collections.abc import Sequence

from refnet import ops
from refnet.kernels.registry import kernel
from refnet.kernels.windows import weighted_sum
from refnet.ops.rule import Array, Pullback
from refnet.ops.windows import Windows, transposed


@kernel(ops.interpolate, takes="real floating-point arrays")
def interpolate(x: Array, *, windows: Sequence[Windows]) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.interpolate(x, windows=windows)
    first = x.ndim - len(windows)
    sizes = x.shape[first:]

    def pullback(dy: Array) -> tuple[Array]:
        for axis, (w, n) in enumerate(zip(windows, sizes, strict=True), first):
            dy = weighted_sum(dy, transposed(w, n), axis)
        return (dy,)

    y = x
    for axis, w in reversed(list(enumerate(windows, first))):
        y = weighted_sum(y, w, axis)
    return y, pullback
