"""The kernel of nan_to_num: it writes only the entries that are replaced."""

from __future__ import annotations

import numpy as np

from refnet import ops
from refnet.kernels.masking import kept
from refnet.kernels.registry import kernel
from refnet.ops.rule import Array, Pullback


@kernel(ops.nan_to_num, takes="real floating-point arrays")
def nan_to_num(
    x: Array, *, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)
    most = np.finfo(x.dtype).max
    y = x.copy()
    np.copyto(y, nan, where=np.isnan(x))
    np.copyto(y, most if posinf is None else posinf, where=x == np.inf)
    np.copyto(y, -most if neginf is None else neginf, where=x == -np.inf)

    def pullback(dy: Array) -> tuple[Array]:
        return (kept(dy, np.isfinite(x)),)

    return y, pullback
