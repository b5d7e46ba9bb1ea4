"""Products and distances of vectors that are made of other operations: cross, kron, trapezoid, ..."""

from typing import Any

import numpy as np

from refnet.engine.tensor import Tensor, wrap
from refnet.functions.arithmetic import mul, scaled, sub
from refnet.functions.dims import integer, one_dim
from refnet.functions.einsum import check_same_dtype, check_tensors
from refnet.functions.joining import stack
from refnet.functions.linalg import dot
from refnet.functions.operands import refuse_bool
from refnet.functions.rearranging import roll
from refnet.functions.reduction import cumprod, norm, sum as total

__all__ = ["cross", "dist", "kron", "trapezoid", "trapz", "vander", "vdot"]


def vdot(input: Tensor, other: Tensor) -> Tensor:
    """dot. (n,), (n,) -> ()

    The gradient is derived in `refnet.ops.matmul`.
    """
    return dot(input, other)


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """‖input − other‖_p over all entries of the difference, which may broadcast

    Raises RuntimeError for integers.

    The gradient is derived in `refnet.ops.amax`, `refnet.ops.amin` and `refnet.ops.zero_norm`.
    """
    check_tensors("dist", input=input, other=other)
    return norm(sub(input, other), p)


def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """(a₁b₂ − a₂b₁, a₂b₀ − a₀b₂, a₀b₁ − a₁b₀) along dim; without dim the first one of size 3

    Raises RuntimeError for a dim of another size, for other numbers of dimensions and for two dtypes.

    The gradient is derived in `refnet.ops.sub` and `refnet.ops.mul`.
    """
    check_tensors("cross", input=input, other=other)
    if dim is None:
        if 3 not in input.shape:
            raise RuntimeError(f"cross: no dimension of size 3 in input {list(input.shape)}")
        dim = input.shape.index(3)
    if input.ndim != other.ndim:
        raise RuntimeError(
            "linalg.cross: inputs must have the same number of dimensions, got "
            f"{list(input.shape)} and {list(other.shape)}"
        )
    refuse_bool("cross", input)
    check_same_dtype(input, other)
    if input.ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    axis = one_dim(dim, input.ndim)
    if not input.size(axis) == other.size(axis) == 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {axis} must have length 3. Got {input.size(axis)} "
            f"and {other.size(axis)}"
        )

    def moved(x: Tensor, n: int) -> Tensor:
        return roll(x, -n, axis)

    return sub(mul(moved(input, 1), moved(other, 2)), mul(moved(input, 2), moved(other, 1)))


def kron(input: Tensor, other: Tensor) -> Tensor:
    """Every entry of input times all of other, as a block in its place. (n, m), (k, l) -> (nk, ml)

    Any number of dimensions; the tensor with fewer gets 1s in front.

    The gradient is derived in `refnet.ops.mul`.
    """
    check_tensors("kron", input=input, other=other)
    d = max(input.ndim, other.ndim)
    a, b = ([1] * (d - x.ndim) + list(x.shape) for x in (input, other))
    outer = input.reshape([n for size in a for n in (size, 1)])
    inner = other.reshape([n for size in b for n in (1, size)])
    return mul(outer, inner).reshape([n * m for n, m in zip(a, b, strict=True)])


def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """Σᵢ (yᵢ + yᵢ₊₁)/2 · (xᵢ₊₁ − xᵢ) along dim; without x the samples are dx apart, dx = 1

    Raises RuntimeError for an x that does not fit and for booleans, IndexError for a 0-d y.

    The gradient is derived in `refnet.ops.sum` and `refnet.ops.scale`.
    """
    if y.ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    for name, samples in (("y", y), ("x", x)):
        if samples is not None and samples._array.dtype.kind == "b":
            raise RuntimeError(f"trapezoid: booleans are not supported, got them for `{name}`")
    axis = one_dim(dim, y.ndim)
    n = y.size(axis)
    if n == 0:
        return wrap(np.zeros(y.shape[:axis] + y.shape[axis + 1 :], y._real().dtype))
    if x is None:
        ends = y.narrow(axis, 0, min(1, n)) + y.narrow(axis, max(n - 1, 0), min(1, n))
        inner = total(y, axis) - total(_halved(ends), axis)
        result: Tensor = scaled(inner, 1 if dx is None else dx)
        return result
    means = _halved(y.narrow(axis, 0, max(n - 1, 0)) + y.narrow(axis, min(1, n), max(n - 1, 0)))
    if dx is not None:
        raise TypeError("trapezoid(): give x or dx, not both")
    if x.ndim == 1:
        if len(x) != n:
            raise RuntimeError(
                "trapezoid: There must be one `x` value for each sample point, got "
                f"{len(x)} for {n}"
            )
        return total(means.movedim(axis, -1) * x.diff(), -1)
    return total(means * x.diff(dim=axis - y.ndim), axis)


def _halved(x: Tensor) -> Tensor:
    result: Tensor = scaled(x, 0.5) if x.is_floating_point() else x / 2
    return result


trapz = trapezoid


def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each entry: x^(N−1), …, x, 1, or in increasing order. (n,) -> (n, N), N = n by default

    Raises RuntimeError for another x than a vector, and for N < 0.

    The gradient is derived in `refnet.ops.cumprod`.
    """
    if x.ndim != 1:
        raise RuntimeError(f"x must be a one-dimensional tensor, got {x.ndim} dimensions")
    count = len(x) if N is None else integer(N, "N", "vander")
    if count < 0:
        raise RuntimeError(f"N must be non-negative, got {count}")
    if count == 0:
        return cumprod(x.new_empty(len(x), 0), 1)  # the dtype of products
    powers = cumprod(stack([x.new_ones(len(x)), *[x] * (count - 1)], 1), 1)
    return powers if increasing else powers.flip(1)
