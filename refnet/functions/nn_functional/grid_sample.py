"""grid_sample and affine_grid of nn.functional."""

from collections.abc import Sequence

import numpy as np

from refnet import ops
from refnet.engine.caller_warning import warn
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import sizes_of
from refnet.functions.nn_functional.sizes import check_flag
from refnet.functions.operands import need_float

__all__ = ["affine_grid", "grid_sample"]

MODES = ("bilinear", "nearest", "bicubic")
PADDING_MODES = ("zeros", "border", "reflection")


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Samples the input at the points of a grid, by interpolation.

    The coordinates go from −1 to 1 across the input. The gradient is derived in
    `refnet.ops.grid_sample`.

    Shape:
        input: (N, C, H, W) or (N, C, D, H, W)
        grid: (N, H′, W′, 2) with points (x, y), or (N, D′, H′, W′, 3) with points (x, y, z)
        output: (N, C, H′, W′) or (N, C, D′, H′, W′)

    Args:
        input: the images or volumes
        grid: the points
        mode: "bilinear" (also in three dimensions), "nearest", or "bicubic" (two dimensions only)
        padding_mode: the values outside the input: "zeros", "border" or "reflection"
        align_corners: if True, −1 and 1 are the centres of the first and last entries; if False,
            their outer edges; None means False, with a warning

    Raises:
        ValueError: a mode is unknown
        RuntimeError: shapes or dtypes do not fit

    Example:
        >>> x = refnet.tensor([[[[0.0, 10.0]]]])
        >>> points = refnet.tensor([[[[-1.0, 0.0], [0.0, 0.0], [0.5, 0.0]]]])
        >>> F.grid_sample(x, points, align_corners=True)
        tensor([[[[0.0000, 5.0000, 7.5000]]]])
    """
    if mode not in MODES:
        raise ValueError(f"grid_sample(): expected mode in {MODES}, got {mode!r}")
    if padding_mode not in PADDING_MODES:
        raise ValueError(
            f"grid_sample(): expected padding_mode in {PADDING_MODES}, got {padding_mode!r}"
        )
    align = _aligned("grid_sample", align_corners)
    x, g = input._array, grid._array
    d = x.ndim - 2
    if g.shape[:1] != x.shape[:1] or g.shape[-1:] != (d,) or g.ndim != x.ndim or d not in (2, 3):
        raise RuntimeError(
            "grid_sample(): expected input (N, C, H, W) and grid (N, H′, W′, 2), or input "
            f"(N, C, D, H, W) and grid (N, D′, H′, W′, 3), got {list(x.shape)} and {list(g.shape)}"
        )
    if 0 in x.shape[2:]:
        raise RuntimeError(
            f"grid_sample(): expected an input with non-zero spatial sizes, got {list(x.shape)}"
        )
    if mode == "bicubic" and d != 2:
        raise RuntimeError(f"grid_sample(): expected a 4D input for bicubic, got {input.ndim}D")
    need_float("grid_sample", input)
    if x.real.dtype != g.real.dtype:
        raise RuntimeError(f"grid_sample(): expected a grid of {input.dtype}, got {grid.dtype}")
    return apply(
        ops.grid_sample, input, grid, mode=mode, padding_mode=padding_mode, align_corners=align
    )


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """Computes the grid of an affine map, for grid_sample.

        p = θ (v, 1) for each point v of the output

    The gradient is derived in `refnet.ops.matmul`.

    Shape:
        theta θ: (N, 2, 3) or (N, 3, 4), a matrix and a shift for each image
        p: (N, H, W, 2) or (N, D, H, W, 3)

    Args:
        theta: θ
        size: shape of the output of grid_sample, (N, C, H, W) or (N, C, D, H, W)
        align_corners: if True, the first and last points v are at −1 and 1; if False, −1 and 1 are
            the outer edges; None means False, with a warning

    Raises:
        ValueError: θ is not floating-point, its shape does not fit, or a size is not positive
        NotImplementedError: size has neither 4 nor 5 entries
        RuntimeError: the number of matrices is not N

    Example:
        >>> theta = refnet.tensor([[[1.0, 0.0, 0.5], [0.0, 1.0, 0.0]]])  # a shift to the right
        >>> F.affine_grid(theta, (1, 1, 2, 2), align_corners=True)
        tensor([[[[-0.5000, -1.0000],
                  [ 1.5000, -1.0000]],
        <BLANKLINE>
                 [[-0.5000,  1.0000],
                  [ 1.5000,  1.0000]]]])
    """
    align = align_corners is not None and align_corners
    if align_corners is None:
        _aligned("affine_grid", None)
    if theta._array.dtype.kind not in "fc":
        raise ValueError(f"affine_grid(): expected a floating-point theta, got {theta.dtype}")
    d = len(size) - 2
    if d not in (2, 3):
        raise NotImplementedError(
            f"affine_grid(): expected a size of 4 or 5 dimensions, got {size}"
        )
    if theta.ndim != 3 or theta._array.shape[1:] != (d, d + 1):
        raise ValueError(
            f"affine_grid(): expected theta of shape (N, {d}, {d + 1}) for size {tuple(size)}, got "
            f"{list(theta._array.shape)}"
        )
    if align and min(size[2:]) == 1:
        warn(
            "affine_grid(): align_corners=True with a size of 1 puts its only point at 0, between "
            "the corners"
        )
    elif min(size) <= 0:
        raise ValueError(f"affine_grid(): expected a positive size, got {tuple(size)}")
    check_flag("affine_grid", "align_corners", align)
    batch, _, *outputs = sizes_of((tuple(size),))
    if batch != len(theta._array):
        raise RuntimeError(f"affine_grid(): expected {batch} matrices, got {len(theta._array)}")
    points = np.meshgrid(*(_points(m, align) for m in outputs), [1.0], indexing="ij")
    v = np.stack([*points[-2::-1], points[-1]], axis=-1).reshape(-1, d + 1)
    base = wrap(v.astype(theta._array.real.dtype))
    y: Tensor = apply(ops.matmul, base, theta.transpose(1, 2))
    return y.reshape(batch, *outputs, d)


def _points(m: int, align_corners: bool) -> np.ndarray:
    """Returns m points from −1 to 1, or the centres of m intervals between −1 and 1."""
    if m == 1:
        return np.zeros(1)
    points = np.linspace(-1, 1, m)
    return points if align_corners else points * (m - 1) / m


def _aligned(function: str, align_corners: bool | None) -> bool:
    """Returns the flag; False with a warning if it is None."""
    if align_corners is None:
        warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since "
            "1.3.0. Please specify align_corners=True if the old behavior is desired."
        )
        return False
    check_flag(function, "align_corners", align_corners)
    return align_corners
