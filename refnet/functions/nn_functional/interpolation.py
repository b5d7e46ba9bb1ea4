"""interpolate under PyTorch's name, and its older names upsample, upsample_nearest, ..."""

from collections.abc import Sequence
from typing import Any

from refnet import ops
from refnet.engine.caller_warning import warn
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.adaptive_pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
)
from refnet.functions.nn_functional.sizes import check_flag, sizes
from refnet.ops.interpolation import (
    cubic,
    keys,
    lanczos,
    linear,
    nearest,
    smooth,
    step_between,
    triangle,
)
from refnet.ops.windows import Windows

__all__ = ["interpolate", "upsample", "upsample_bilinear", "upsample_nearest"]

NEAREST = ("nearest", "nearest-exact", "area")
DIMS = {"linear": 1, "bilinear": 2, "bicubic": 2, "lanczos": 2, "trilinear": 3}
SMOOTH = ("bilinear", "bicubic", "lanczos")

Factors = Sequence[float | None]


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """The input with other sizes: `size`, or each times scale_factor and rounded down.

    The gradient is derived in `refnet.ops.interpolate`.

    Args:
        input: (N, C, n₁, …, n_d), d = 1, 2 or 3
        size, scale_factor: one for all d dimensions, or one for each; only one of the two
        mode: nearest, nearest-exact, area, linear (d = 1), bilinear and
            bicubic (d = 2), trilinear (d = 3), lanczos (d = 2, antialias)
        align_corners: the first and last entries of input and output are the same points
        recompute_scale_factor: take the ratio of the rounded sizes for the factor
        antialias: smooth before shrinking (bilinear, bicubic, lanczos)

    See refnet.ops.interpolation. Raises ValueError, NotImplementedError, RuntimeError or TypeError
    for arguments that do not fit together.
    """
    d, shape = input.ndim - 2, input._array.shape
    if mode in NEAREST and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: " + " | ".join(DIMS)
        )
    align = False if align_corners is None else align_corners
    m, factors = _output(shape, d, size, scale_factor, recompute_scale_factor)
    if antialias and not (mode in SMOOTH and d == 2):
        raise ValueError(
            "antialias is for the modes " + ", ".join(SMOOTH) + f" and 4D input, got {mode}"
        )
    if not (mode in NEAREST and d in (1, 2, 3)) and d != DIMS.get(mode):
        raise NotImplementedError(
            f"interpolate: mode {mode!r} is not there for {input.ndim}D input: nearest, "
            "nearest-exact and area take 3D, 4D and 5D, linear 3D, bilinear and bicubic 4D, "
            "trilinear 5D"
        )
    if mode == "lanczos" and (align or not antialias):
        raise ValueError("lanczos needs antialias=True, and align_corners=False")
    if mode == "area":
        return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[d - 1](input, m)
    check_flag("interpolate", "align_corners", align)
    m = sizes("interpolate", "size", m, d, single=False)
    if min(m) <= 0 or 0 in shape[1:]:
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input {list(shape)} and "
            f"output {list(m)}"
        )
    if input._array.dtype.kind not in "fc" and not (
        mode in NEAREST and input._array.dtype == "uint8"
    ):
        raise NotImplementedError(f"interpolate: mode {mode!r} is not there for {input.dtype}")
    windows = [
        _windows(mode, d, n, k, factor, align, bool(antialias))
        for n, k, factor in zip(shape[2:], m, factors, strict=True)
    ]
    return apply(ops.interpolate, input, windows=windows)


def _output(
    shape: tuple[int, ...], d: int, size: Any, scale_factor: Any, recompute: bool | None
) -> tuple[Any, Factors]:
    """The output's sizes, and the factors where they are to be used as given."""
    if (size is None) == (scale_factor is None):
        raise ValueError("exactly one of size and scale_factor should be defined")
    given = size if scale_factor is None else scale_factor
    if isinstance(given, (list, tuple)) and len(given) != d:
        raise ValueError(
            f"Input {list(shape)} has {d} spatial dimensions, but size or scale_factor has "
            f"{len(given)} numbers: {given}"
        )
    each = tuple(given) if isinstance(given, (list, tuple)) else (given,) * d
    if scale_factor is None:
        if recompute:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        return each, (None,) * d
    if not all(isinstance(factor, (int, float)) for factor in each):
        raise TypeError(
            f"interpolate: scale_factor must be a number or several, got {scale_factor!r}"
        )
    m = tuple(int(n * factor) for n, factor in zip(shape[2:], each, strict=True))
    return m, (None,) * d if recompute else tuple(float(factor) for factor in each)


def _windows(
    mode: str, d: int, n: int, m: int, factor: float | None, align: bool, antialias: bool
) -> Windows:
    """The windows and weights of one dimension of d."""
    if mode == "nearest" and d == 2 and m in (n, 2 * n):
        factor = None  # PyTorch takes the sizes' ratio here, but not for d = 1 and 3
    step = step_between(n, m, factor, align)
    if mode.startswith("nearest") or (antialias and m == n):
        return nearest(n, m, 1.0 if antialias else step, exact=mode == "nearest-exact")
    if not antialias:
        kind = cubic if mode == "bicubic" else linear
        return kind(n, m, step, align_corners=align)
    if mode == "lanczos":
        return smooth(n, m, step, lanczos, 3)
    if mode == "bicubic":
        return smooth(n, m, step, lambda d: keys(d, -0.5), 2)
    return smooth(n, m, step, triangle, 1)


def upsample(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """interpolate, under a name that PyTorch has deprecated.

    The gradient is derived in `refnet.ops.interpolate`.
    """
    _deprecated("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """interpolate(mode="nearest"), under a name that PyTorch has deprecated.

    The gradient is derived in `refnet.ops.interpolate`.
    """
    _deprecated("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """interpolate(mode="bilinear", align_corners=True), under a deprecated name.

    The gradient is derived in `refnet.ops.interpolate`.
    """
    _deprecated("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def _deprecated(name: str) -> None:
    warn(f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.")
