"""grid_sample and affine_grid under PyTorch's names."""

from collections.abc import Sequence

import numpy as np

from refnet import ops
from refnet.engine.caller_warning import warn
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import sizes_of
from refnet.functions.nn_functional.checks import check_floating
from refnet.functions.nn_functional.sizes import check_flag

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
    """The values of the input at the points of the grid; see refnet.ops.grid_sample.

    Args:
        input: (N, C, H, W) or (N, C, D, H, W)
        grid: (N, H′, W′, 2) with the points (x, y), or (N, D′, H′, W′, 3) with (x, y, z),
            from −1 to 1 across the input
        mode: bilinear (also for three dimensions), nearest, bicubic (two only)
        padding_mode: what is outside: zeros, border, reflection
        align_corners: −1 and 1 are the middles of the first and last entries, not their outer edges

    Raises ValueError for another mode, RuntimeError for shapes and dtypes that do not fit.
    """
    if mode not in MODES:
        raise ValueError(f"grid_sample: expected mode to be one of {MODES}, but got: {mode!r}")
    if padding_mode not in PADDING_MODES:
        raise ValueError(
            f"grid_sample: expected padding_mode to be one of {PADDING_MODES}, got {padding_mode!r}"
        )
    align = _aligned("grid_sample", align_corners)
    x, g = input._array, grid._array
    d = x.ndim - 2
    if g.shape[:1] != x.shape[:1] or g.shape[-1:] != (d,) or g.ndim != x.ndim or d not in (2, 3):
        raise RuntimeError(
            "grid_sample: expected input (N, C, H, W) and grid (N, H', W', 2), or input (N, C, D, H, W) "
            f"and grid (N, D', H', W', 3), but got {list(x.shape)} and {list(g.shape)}"
        )
    if 0 in x.shape[2:]:
        raise RuntimeError(
            f"grid_sample: expected input to have non-empty spatial dimensions, got {list(x.shape)}"
        )
    if mode == "bicubic" and d != 2:
        raise RuntimeError("grid_sample: bicubic interpolation only supports 4D input")
    check_floating("grid_sample", input)
    if x.real.dtype != g.real.dtype:
        raise RuntimeError(f"grid_sample: expected a grid of {input.dtype}, but got {grid.dtype}")
    return apply(
        ops.grid_sample, input, grid, mode=mode, padding_mode=padding_mode, align_corners=align
    )


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The grid for grid_sample that takes each output point v to θ (v, 1).

    The gradient is derived in `refnet.ops.matmul`.

    Args:
        theta: (N, 2, 3) or (N, 3, 4), a matrix and a shift for each image
        size: of the output, (N, C, H, W) or (N, C, D, H, W)
        align_corners: the points of v run from −1 to 1; else −1 and 1 are the edges, and the
            points are the middles of squares between them

    Returns (N, H, W, 2) or (N, D, H, W, 3). Raises ValueError for shapes that do not fit.
    """
    align = align_corners is not None and align_corners
    if align_corners is None:
        _aligned("affine_grid", None)
    if theta._array.dtype.kind not in "fc":
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    d = len(size) - 2
    if d not in (2, 3):
        raise NotImplementedError(
            f"affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms. Got {size}."
        )
    if theta.ndim != 3 or theta._array.shape[1:] != (d, d + 1):
        raise ValueError(
            f"Expected a batch of {d}D affine matrices of shape Nx{d}x{d + 1} for size {tuple(size)}. "
            f"Got {list(theta._array.shape)}."
        )
    if align and min(size[2:]) == 1:
        warn(
            "affine_grid with align_corners=True and a size of 1: the one point is at 0, which is "
            "not an intended use"
        )
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {tuple(size)}")
    check_flag("affine_grid", "align_corners", align)
    batch, _, *outputs = sizes_of((tuple(size),))
    if batch != len(theta._array):
        raise RuntimeError(f"affine_grid: got {len(theta._array)} matrices for a batch of {batch}")
    points = np.meshgrid(*(_points(m, align) for m in outputs), [1.0], indexing="ij")
    v = np.stack([*points[-2::-1], points[-1]], axis=-1).reshape(-1, d + 1)
    base = wrap(v.astype(theta._array.real.dtype))
    y: Tensor = apply(ops.matmul, base, theta.transpose(1, 2))
    return y.reshape(batch, *outputs, d)


def _points(m: int, align_corners: bool) -> np.ndarray:
    """m points from −1 to 1, or the middles of m intervals between −1 and 1."""
    if m == 1:
        return np.zeros(1)
    points = np.linspace(-1, 1, m)
    return points if align_corners else points * (m - 1) / m


def _aligned(function: str, align_corners: bool | None) -> bool:
    """The flag, False with a warning if it was not given."""
    if align_corners is None:
        warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since "
            "1.3.0. Please specify align_corners=True if the old behavior is desired."
        )
        return False
    check_flag(function, "align_corners", align_corners)
    return align_corners
