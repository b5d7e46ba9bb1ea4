"""interpolate of nn.functional, and its older names upsample, upsample_nearest, ..."""

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
    """Resizes the last d dimensions by interpolation.

        p_j = (j + ½) n/m − ½,   with align_corners p_j = j (n − 1)/(m − 1)

    p_j is the position of output j of m in a dimension of n entries, and y_j is a weighted sum of
    the entries around it; refnet.ops.interpolation has the weights. The gradient is derived in
    `refnet.ops.interpolate`.

    Shape:
        input x: (N, C, n₁, …, n_d), d = 1, 2 or 3
        y: (N, C, m₁, …, m_d)

    Args:
        input: x
        size: m, an int for all dimensions or one for each
        scale_factor: a number for all dimensions or one for each, in place of size:
            m = ⌊n · scale_factor⌋
        mode: "nearest", "nearest-exact", "area", "linear" (d = 1), "bilinear" or "bicubic" (d = 2),
            "trilinear" (d = 3), "lanczos" (d = 2, with antialias)
        align_corners: if True, the first and last entries of x and y are at the same positions
        recompute_scale_factor: if True, n/m in p_j is the ratio of the sizes; otherwise it is
            1 / scale_factor where that is given
        antialias: if True, the input is smoothed before it shrinks ("bilinear", "bicubic",
            "lanczos")

    Raises:
        ValueError: size and scale_factor are both given, or neither; or an option does not fit the
            mode
        NotImplementedError: the mode does not support this number of dimensions or dtype
        RuntimeError: a size is not positive
        TypeError: an argument has the wrong type

    Example:
        >>> x = refnet.tensor([[[0.0, 4.0]]])
        >>> F.interpolate(x, scale_factor=2)
        tensor([[[0., 0., 4., 4.]]])
        >>> F.interpolate(x, 5, mode="linear", align_corners=True)
        tensor([[[0., 1., 2., 3., 4.]]])
    """
    d, shape = input.ndim - 2, input._array.shape
    if mode in NEAREST and align_corners is not None:
        raise ValueError(
            f"interpolate(): expected align_corners=None for the mode {mode!r}, got {align_corners}"
        )
    align = False if align_corners is None else align_corners
    m, factors = _output(shape, d, size, scale_factor, recompute_scale_factor)
    if antialias and not (mode in SMOOTH and d == 2):
        raise ValueError(
            f"interpolate(): expected a mode in {SMOOTH} and a 4D input with antialias, got "
            f"{mode!r}"
        )
    if not (mode in NEAREST and d in (1, 2, 3)) and d != DIMS.get(mode):
        raise NotImplementedError(
            "interpolate(): expected 3D, 4D or 5D input for nearest, nearest-exact and area, 3D "
            "for linear, 4D for bilinear, bicubic and lanczos, 5D for trilinear, got "
            f"{input.ndim}D for {mode!r}"
        )
    if mode == "lanczos" and (align or not antialias):
        raise ValueError("interpolate(): expected antialias=True, align_corners=False for lanczos")
    if mode == "area":
        return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[d - 1](input, m)
    check_flag("interpolate", "align_corners", align)
    m = sizes("interpolate", "size", m, d, single=False)
    if min(m) <= 0 or 0 in shape[1:]:
        raise RuntimeError(
            f"interpolate(): expected positive sizes, got input {list(shape)} and output {list(m)}"
        )
    if input._array.dtype.kind not in "fc" and not (
        mode in NEAREST and input._array.dtype == "uint8"
    ):
        raise NotImplementedError(
            f"interpolate(): expected a floating-point input for {mode!r}, got {input.dtype}"
        )
    windows = [
        _windows(mode, d, n, k, factor, align, bool(antialias))
        for n, k, factor in zip(shape[2:], m, factors, strict=True)
    ]
    return apply(ops.interpolate, input, windows=windows)


def _output(
    shape: tuple[int, ...], d: int, size: Any, scale_factor: Any, recompute: bool | None
) -> tuple[Any, Factors]:
    """Returns the sizes of the output, and the factors; None means the ratio of the sizes."""
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate(): expected either size or scale_factor, got both or neither")
    given = size if scale_factor is None else scale_factor
    if isinstance(given, (list, tuple)) and len(given) != d:
        raise ValueError(
            f"interpolate(): expected {d} numbers in size or scale_factor for input {list(shape)}, "
            f"got {given}"
        )
    each = tuple(given) if isinstance(given, (list, tuple)) else (given,) * d
    if scale_factor is None:
        if recompute:
            raise ValueError(
                "interpolate(): expected recompute_scale_factor only with scale_factor"
            )
        return each, (None,) * d
    if not all(isinstance(factor, (int, float)) for factor in each):
        raise TypeError(f"interpolate(): expected scale_factor in numbers, got {scale_factor!r}")
    m = tuple(int(n * factor) for n, factor in zip(shape[2:], each, strict=True))
    return m, (None,) * d if recompute else tuple(float(factor) for factor in each)


def _windows(
    mode: str, d: int, n: int, m: int, factor: float | None, align: bool, antialias: bool
) -> Windows:
    """Returns the windows and weights of one of the d dimensions."""
    if mode == "nearest" and d == 2 and m in (n, 2 * n):
        factor = None  # PyTorch uses the ratio of the sizes here, but not for d = 1 and 3
    step = step_between(n, m, factor, align)
    if mode.startswith("nearest") or (antialias and m == n):
        return nearest(n, m, 1.0 if antialias else step, exact=mode == "nearest-exact")
    if not antialias:
        kind = cubic if mode == "bicubic" else linear
        return kind(n, m, step, align_corners=align)
    if mode == "lanczos":
        return smooth(n, m, step, lanczos, 3)
    if mode == "bicubic":
        return smooth(n, m, step, lambda t: keys(t, -0.5), 2)
    return smooth(n, m, step, triangle, 1)


def upsample(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """Calls interpolate, under a name that PyTorch has deprecated.

    The gradient is derived in `refnet.ops.interpolate`.

    Args:
        input: as in interpolate
        size: as in interpolate
        scale_factor: as in interpolate
        mode: as in interpolate
        align_corners: as in interpolate

    Example:
        >>> import warnings
        >>> with warnings.catch_warnings(action="ignore", category=UserWarning):
        ...     F.upsample(refnet.tensor([[[0.0, 4.0]]]), scale_factor=2)
        tensor([[[0., 0., 4., 4.]]])
    """
    _deprecated("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """Calls interpolate with mode="nearest", under a name that PyTorch has deprecated.

    The gradient is derived in `refnet.ops.interpolate`.

    Args:
        input: as in interpolate
        size: as in interpolate
        scale_factor: as in interpolate

    Example:
        >>> import warnings
        >>> with warnings.catch_warnings(action="ignore", category=UserWarning):
        ...     F.upsample_nearest(refnet.tensor([[[0.0, 4.0]]]), scale_factor=2)
        tensor([[[0., 0., 4., 4.]]])
    """
    _deprecated("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """Calls interpolate with mode="bilinear" and align_corners=True, under a deprecated name.

    The gradient is derived in `refnet.ops.interpolate`.

    Args:
        input: as in interpolate
        size: as in interpolate
        scale_factor: as in interpolate

    Example:
        >>> import warnings
        >>> with warnings.catch_warnings(action="ignore", category=UserWarning):
        ...     F.upsample_bilinear(refnet.tensor([[[[0.0, 4.0]]]]), size=(1, 3))
        tensor([[[[0., 2., 4.]]]])
    """
    _deprecated("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def _deprecated(name: str) -> None:
    """Warns that a name is deprecated."""
    warn(f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.")
