"""float16: rules compute in float32, and their results are rounded once.

PyTorch's CPU kernels do the same. In float16 itself, sums and squares overflow (the largest number
is 65504) where the result does not, and a formula of ten steps would round ten times. The engine
(refnet.engine.tape) sends every operation on float16 arrays through `run`, so rules need no code
for float16.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet.ops.rule import Pullback, Rule

HALF, WIDE = np.dtype(np.float16), np.dtype(np.float32)


def run(
    rule: Rule, kernel: Rule, arrays: Sequence[Any], options: dict[str, Any]
) -> tuple[Any, Pullback]:
    """Runs the kernel of a rule, in float32 where an array is float16.

    The value and the gradients are float16 again. If the value is a view, it is a view of the input
    itself, not of the float32 copy.
    """
    narrow = [hasattr(a, "__array_function__") and a.dtype == HALF for a in arrays]
    if not any(narrow) or hasattr(rule, "keeps_dtypes"):  # int16 comes here, too
        return kernel(*arrays, **options)
    wide = [a.astype(WIDE) if half else a for a, half in zip(arrays, narrow, strict=True)]
    value, wide_pullback = kernel(*wide, **options)
    parts = value if type(value) is tuple else (value,)
    copies = [a for a, half in zip(wide, narrow, strict=True) if half]
    if any(np.may_share_memory(part, copy) for part in parts for copy in copies):
        value, _ = kernel(*arrays, **options)
    else:
        value = tuple(map(_rounded, value)) if type(value) is tuple else _rounded(value)

    def pullback(dy: Any) -> tuple[Any, ...]:
        dys = tuple(map(_widened, dy)) if type(dy) is tuple else _widened(dy)
        dxs = wide_pullback(dys)
        return tuple(_entry(dx) if half else dx for dx, half in zip(dxs, narrow, strict=True))

    return value, pullback


def _rounded(value: Any) -> Any:
    array = value if hasattr(value, "__array_function__") else np.asarray(value)
    return array.astype(HALF) if array.dtype == WIDE else array


def _widened(dy: Any) -> Any:
    return dy.astype(WIDE) if dy is not None and dy.dtype == HALF else dy


def _entry(dx: Any) -> Any:
    """Returns an entry of a pullback, rounded; a thunk becomes a thunk that rounds."""
    if callable(dx):
        return lambda: _rounded(dx())
    return None if dx is None else _rounded(dx)
