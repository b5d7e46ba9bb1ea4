"""The kernel of refnet.ops.regression_loss.huber_loss: clipping without np.where."""

from __future__ import annotations

from collections.abc import Callable

from refnet import ops
from refnet.kernels.masking import within
from refnet.kernels.registry import kernel
from refnet.ops.loss_reduction import reduced
from refnet.ops.rule import Array, Pullback


@kernel(ops.huber_loss, takes="real floating-point arrays")
def huber_loss(x: Array, t: Array, *, delta: float, reduction: str) -> tuple[Array, Pullback]:
    d = x - t
    if d.dtype.kind != "f":
        return ops.huber_loss(x, t, delta=delta, reduction=reduction)
    c = within(d, -delta, delta)
    y, factor = reduced(c * (d - 0.5 * c), reduction, d.size)

    def pullback(dy: Array) -> tuple[Array, Callable[[], Array]]:
        dx = c * (factor * dy)
        return dx, lambda: -dx

    return y, pullback
