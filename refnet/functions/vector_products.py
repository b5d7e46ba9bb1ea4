"""Products and distances that are composed of other operations: cross, kron, trapezoid, …"""

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
    """Computes the scalar product of two vectors, as `refnet.dot` does.

    The gradient is derived in `refnet.ops.matmul`.

    Args:
        input: first vector
        other: second vector, of the same size and dtype

    Raises:
        RuntimeError: if an argument is not a vector, or the sizes or dtypes differ
        NotImplementedError: for booleans

    Example:
        >>> refnet.vdot(refnet.tensor([1, 2, 3]), refnet.tensor([4, 5, 6]))
        tensor(32)
    """
    return dot(input, other)


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """Computes the norm of the difference of two tensors.

        y = ‖a − b‖ₚ

    The gradient is derived in `refnet.ops.norm`, `refnet.ops.p_norm`, `refnet.ops.zero_norm`,
    `refnet.ops.amax` and `refnet.ops.amin`.

    Args:
        input: a
        other: b; the two broadcast
        p: order of the norm, as in `refnet.norm`

    Raises:
        RuntimeError: for integers

    Example:
        >>> refnet.dist(refnet.tensor([1.0, 2.0]), refnet.tensor([4.0, 6.0]))
        tensor(5.)
    """
    check_tensors("dist", input=input, other=other)
    return norm(sub(input, other), p)


def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """Computes the cross product of vectors of three entries.

        y = (a₁b₂ − a₂b₁,  a₂b₀ − a₀b₂,  a₀b₁ − a₁b₀)

    The gradient is derived in `refnet.ops.sub` and `refnet.ops.mul`.

    Args:
        input: a
        other: b, of the same number of dimensions and dtype
        dim: dimension along which the vectors lie; if None, the first one of size 3

    Raises:
        RuntimeError: if the dimension does not have size 3, or numbers of dimensions or dtypes
            differ
        NotImplementedError: for booleans

    Example:
        >>> refnet.cross(refnet.tensor([1, 0, 0]), refnet.tensor([0, 1, 0]))
        tensor([0, 0, 1])
    """
    check_tensors("cross", input=input, other=other)
    if dim is None:
        if 3 not in input.shape:
            raise RuntimeError(f"cross(): expected a dimension of size 3, got {list(input.shape)}")
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
    """Computes the Kronecker product: replaces each entry of `input` by its product with `other`.

    The tensors may have any number of dimensions. If one has fewer, dimensions of size 1 are added
    in front.

    The gradient is derived in `refnet.ops.mul`.

    Shape:
        input: (n, m)
        other: (k, l)
        result: (n k, m l)

    Args:
        input: first factor
        other: second factor

    Example:
        >>> refnet.kron(refnet.eye(2), refnet.tensor([[1.0, 2.0]]))
        tensor([[1., 2., 0., 0.],
                [0., 0., 1., 2.]])
    """
    check_tensors("kron", input=input, other=other)
    d = max(input.ndim, other.ndim)
    a, b = ([1] * (d - x.ndim) + list(x.shape) for x in (input, other))
    outer = input.reshape([n for size in a for n in (size, 1)])
    inner = other.reshape([n for size in b for n in (1, size)])
    return mul(outer, inner).reshape([n * m for n, m in zip(a, b, strict=True)])


def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """Integrates samples by the trapezoidal rule.

        Σᵢ (yᵢ + yᵢ₊₁)/2 · (xᵢ₊₁ − xᵢ)

    `trapz` is the same function.

    The gradient is derived in `refnet.ops.sum` and `refnet.ops.scale`.

    Args:
        y: samples of the integrand
        x: places of the samples, a vector or a tensor that broadcasts with y
        dx: distance of the samples if x is None; 1 if dx is None too
        dim: dimension along which to integrate

    Raises:
        RuntimeError: for an x that does not match, and for booleans
        IndexError: for a 0-d y
        TypeError: if both x and dx are given

    Example:
        >>> refnet.trapezoid(refnet.tensor([0.0, 1.0, 4.0]))
        tensor(3.)
        >>> refnet.trapezoid(refnet.tensor([0.0, 1.0, 4.0]), x=refnet.tensor([0.0, 1.0, 3.0]))
        tensor(5.5000)
    """
    if y.ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    for name, samples in (("y", y), ("x", x)):
        if samples is not None and samples._array.dtype.kind == "b":
            raise RuntimeError(f"trapezoid(): expected numbers in {name}, got booleans")
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
        raise TypeError("trapezoid(): expected x or dx, got both")
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
    """Returns the Vandermonde matrix of a vector, whose columns are its powers.

        yᵢⱼ = xᵢᴺ⁻¹⁻ʲ,   j = 0, …, N − 1

    The gradient is derived in `refnet.ops.cumprod`.

    Args:
        x: vector of size n
        N: number of columns; n if None
        increasing: whether the powers ascend from left to right

    Raises:
        RuntimeError: if x is not a vector, and for N < 0

    Example:
        >>> refnet.vander(refnet.tensor([2, 3]), N=3)
        tensor([[4, 2, 1],
                [9, 3, 1]])
    """
    if x.ndim != 1:
        raise RuntimeError(f"vander(): expected a vector, got {x.ndim} dimensions")
    count = len(x) if N is None else integer(N, "N", "vander")
    if count < 0:
        raise RuntimeError(f"vander(): expected N >= 0, got {count}")
    if count == 0:
        return cumprod(x.new_empty(len(x), 0), 1)  # in the dtype of products
    powers = cumprod(stack([x.new_ones(len(x)), *[x] * (count - 1)], 1), 1)
    return powers if increasing else powers.flip(1)
