"""The kernel of dropout: products in place."""

from __future__ import annotations

from refnet import ops
from refnet.kernels.registry import kernel
from refnet.ops.rule import Array, Pullback


@kernel(ops.dropout, takes="real floating-point arrays")
def dropout(x: Array, mask: Array, *, p: float) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.dropout(x, mask, p=p)
    scale = 0.0 if p == 1 else 1 / (1 - p)

    def masked(z: Array) -> Array:
        y: Array = z * mask
        y *= scale
        return y

    def pullback(dy: Array) -> tuple[Array, None]:
        return masked(dy), None

    return masked(x), pullback
