"""Functions composed of other operations: cross, diff, dist, kron, trapezoid, vander, …"""

from typing import Any

import numpy as np

from refnet.engine.tensor import Tensor, wrap
from refnet.functions.arithmetic import mul, scaled, sub
from refnet.functions.comparison import logical_xor
from refnet.functions.dims import integer, one_dim
from refnet.functions.einsum import check_same_dtype
from refnet.functions.joining import cat, stack
from refnet.functions.linalg import dot
from refnet.functions.operands import check_tensors, refuse_bool, require_tensor
from refnet.functions.rearranging import roll
from refnet.functions.reduction import cumprod, norm, sum as total
from refnet.functions.splitting import narrow

__all__ = ["cross", "diff", "dist", "kron", "trapezoid", "trapz", "vander", "vdot"]


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
        RuntimeError: if the size of the dimension is not 3, or the numbers of dimensions or the
            dtypes differ
        IndexError: for a dimension out of range
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
        x: positions of the samples, a vector or a tensor that broadcasts with y
        dx: spacing of the samples if x is None; 1 if dx is None too
        dim: dimension along which to integrate

    Raises:
        RuntimeError: if the size of x does not match y, and for booleans
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
    """Returns the Vandermonde matrix of a vector: its columns are powers of the vector.

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


def diff(
    input: Tensor,
    n: int = 1,
    dim: int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
) -> Tensor:
    """Computes the differences of neighbours along a dimension, n times.

        yᵢ = xᵢ₊₁ − xᵢ

    For booleans, yᵢ is True where the neighbours differ.

    The gradient is derived in `refnet.ops.cat` and `refnet.ops.index`.

    Args:
        input: x
        n: how many times differences are taken
        dim: dimension of the differences
        prepend: tensor joined to the start of the input along `dim` before the differences
        append: tensor joined to the end of the input along `dim` before the differences

    Raises:
        RuntimeError: for n < 0, a 0-d tensor, and if `prepend` or `append` does not match the input

    Example:
        >>> x = refnet.tensor([1, 4, 9, 16])
        >>> refnet.diff(x)
        tensor([3, 5, 7])
        >>> refnet.diff(x, n=2)
        tensor([2, 2])
    """
    ends = [require_tensor(x) for x in (prepend, append) if x is not None]
    if input.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if integer(n, "n", "diff") < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    axis = one_dim(dim, input.ndim)
    if any(x.ndim != input.ndim for x in ends):
        raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    if n == 0:
        return input.clone()
    x = cat([x for x in (prepend, input, append) if x is not None], axis) if ends else input
    for _ in range(n):
        size = x._array.shape[axis]
        m = max(size - 1, 0)
        earlier, later = narrow(x, axis, 0, m), narrow(x, axis, size - m, m)
        x = logical_xor(later, earlier) if x._array.dtype.kind == "b" else later - earlier
    return x
