"""Reductions over the dimensions `dim` (None: all of them), and cumulative sums and products.

Below, Σ and Π run over the reduced dimensions, n is the number of entries in them, and ȳ is
understood as repeated along them.
"""

from __future__ import annotations

import math

import numpy as np

from refnet.kernels.summation import deviations, total
from refnet.ops.piecewise import abs as modulus
from refnet.ops.rule import Array, Pullback, refuse_kink, saves_nothing

__all__ = [
    "cumprod",
    "cumsum",
    "logsumexp",
    "mean",
    "norm",
    "p_norm",
    "prod",
    "std",
    "sum",
    "var",
]

Dim = tuple[int, ...] | None


def _count(x: Array, dim: Dim) -> int:
    """n, the number of entries that are reduced to one."""
    return math.prod(x.shape if dim is None else (x.shape[i] for i in dim))


def _shown(dy: Array, shape: tuple[int, ...], dim: Dim, keepdim: bool) -> Array:
    """ȳ with size 1 at the reduced dimensions, so that it broadcasts with x."""
    if keepdim or dim is None:  # a 0-d ȳ broadcasts with everything
        return dy
    return dy.reshape([1 if i in dim else n for i, n in enumerate(shape)])


def _repeated(dy: Array, shape: tuple[int, ...]) -> Array:
    """ȳ in an array of its own: a view with strides of zero would slow down the GEMM it may meet."""
    dx: Array = np.empty(shape, dy.dtype)
    dx[...] = dy
    return dx


@saves_nothing
def sum(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = Σ x

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  x̄ = ȳ
    """
    shape = x.shape
    y = total(x, dim, keepdim)

    def pullback(dy: Array) -> tuple[Array]:
        return (_repeated(_shown(dy, shape, dim, keepdim), shape),)

    return y, pullback


@saves_nothing
def mean(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = Σ x / n; NaN for n = 0

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  x̄ = ȳ / n
    """
    shape, n = x.shape, _count(x, dim)
    y = total(x, dim, keepdim) / n

    def pullback(dy: Array) -> tuple[Array]:
        return (_repeated(_shown(dy, shape, dim, keepdim) / n, shape),)

    return y, pullback


def var(
    x: Array, *, dim: Dim = None, correction: float = 1, keepdim: bool = False
) -> tuple[Array, Pullback]:
    """y = Σ (x − μ)² / f   with μ = Σ x / n and f = max(n − correction, 0)

    Written out as squares, so that it stays analytic for the complex step. For f = 0 the value is
    infinite or NaN, and so is the gradient.

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  x̄ = 2 ȳ (x − μ) / f
    """
    shape, n = x.shape, _count(x, dim)
    f = n - correction if n > correction else 0
    centred, squares = deviations(x, dim, n)
    y = (squares if keepdim else squares.squeeze(_axes(x, dim))) / f

    def pullback(dy: Array) -> tuple[Array]:
        return (_shown(dy, shape, dim, keepdim) * 2 / f * centred,)

    return y, pullback


def std(
    x: Array, *, dim: Dim = None, correction: float = 1, keepdim: bool = False
) -> tuple[Array, Pullback]:
    """y = √ var(x)

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  var's with the cotangent ȳ / 2y, which is taken as 0 at the kink y = 0
    """
    v, var_pullback = var(x, dim=dim, correction=correction, keepdim=keepdim)
    v = np.asarray(v)
    if v.dtype.kind == "c" and np.any(v.real < 0):  # squares of a purely imaginary x − μ
        refuse_kink("std", x, True)
    y = np.sqrt(v)

    def pullback(dy: Array) -> tuple[Array]:
        dv = np.where(y == 0, dy.dtype.type(0), dy / (2 * y))
        (dx,) = var_pullback(dv)
        return (dx,)

    return y, pullback


def prod(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = Π x

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  x̄ᵢ = ȳ y / xᵢ, NaN where xᵢ is NaN or infinite; where there are zeros in x, ȳ Πⱼ≠ᵢ xⱼ, the
              product of those before i and of those after
    """
    y = x.prod(axis=dim, keepdims=keepdim, dtype=x.dtype)

    def pullback(dy: Array) -> tuple[Array]:
        if x.ndim == 0:
            return (dy,)
        zeros = np.count_nonzero(x == 0)
        if not zeros:
            shown = [_shown(z, x.shape, dim, keepdim) for z in (dy, y)]
            return (shown[0] * (shown[1] / x),)
        if dim is None and zeros > 1:
            return (np.zeros_like(x),)
        axes = tuple(range(x.ndim)) if dim is None else dim
        last = tuple(range(x.ndim - len(axes), x.ndim))
        moved = np.moveaxis(x, axes, last)
        flat = moved.reshape(*moved.shape[: x.ndim - len(axes)], _count(x, dim))
        before, after = np.ones_like(flat), np.ones_like(flat)
        np.cumprod(flat[..., :-1], axis=-1, out=before[..., 1:])
        np.cumprod(flat[..., :0:-1], axis=-1, out=after[..., -2::-1])
        others = np.moveaxis((before * after).reshape(moved.shape), last, axes)
        return (_shown(dy, x.shape, dim, keepdim) * others,)

    return y, pullback


def _axes(x: Array, dim: Dim) -> tuple[int, ...]:
    return tuple(range(x.ndim)) if dim is None else dim


def logsumexp(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = log Σ eˣ, computed as m + log Σ eˣ⁻ᵐ with m = max x, so that nothing overflows

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  x̄ = ȳ eˣ⁻ʸ, ȳ times the softmax of x; NaN where both x and y are infinite
    """
    axes = _axes(x, dim)
    m = np.maximum.reduce(x.real, axis=axes, keepdims=True, initial=-np.inf)
    m = np.where(np.isfinite(m), m, m.dtype.type(0))
    y = m + np.log(total(np.exp(x - m), axes, True))

    def pullback(dy: Array) -> tuple[Array]:
        return (_shown(dy, x.shape, dim, keepdim) * np.exp(x - y),)

    return y if keepdim else y.squeeze(axes), pullback


def norm(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = √ Σ x², the Euclidean norm

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  x̄ = ȳ x / y, 0 at the kink y = 0
    """
    squares = np.asarray(total(x * x, dim, True))
    if x.dtype.kind == "c" and np.any((squares.real <= 0) & (squares != 0)):
        refuse_kink("norm", x, True)
    y = np.sqrt(squares)

    def pullback(dy: Array) -> tuple[Array]:
        unit = np.where(y == 0, y.dtype.type(0), x / y)
        return (_shown(dy, x.shape, dim, keepdim) * unit,)

    return y if keepdim else y.squeeze(_axes(x, dim)), pullback


def p_norm(x: Array, *, p: float, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = (Σ |x|ᵖ)^(1/p) for a finite p that is not 0

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  x̄ = ȳ sign(x) (|x| / y)ᵖ⁻¹, 0 where x = 0 or y = 0; NaN where y is, but for p = 1
              0 where x is NaN
    """
    size = modulus(x)[0]
    y = np.asarray(total(size**p, dim, True)) ** (1 / p)

    def pullback(dy: Array) -> tuple[Array]:
        sign = np.subtract(x.real > 0, x.real < 0, dtype=x.real.dtype)  # 0 for NaN
        zero = y == 0 if p >= 1 else (x == 0) & np.isfinite(y)
        slope = np.where(zero, y.dtype.type(0), (size / y) ** (p - 1))
        return (_shown(dy, x.shape, dim, keepdim) * sign * slope,)

    return y if keepdim else y.squeeze(_axes(x, dim)), pullback


def _exactly(accumulate: np.ufunc, x: Array, dim: int) -> Array:
    """Partial sums or products in at least double precision, rounded once, as PyTorch does."""
    wide = np.result_type(x.dtype, np.float64) if x.dtype.kind in "fc" else x.dtype
    y: Array = accumulate.accumulate(x, axis=dim, dtype=wide).astype(x.dtype, copy=False)
    return y


@saves_nothing
def cumsum(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = Σⱼ≤ᵢ xⱼ along dim

    Shapes    x, y: (*), at least one dimension
    Pullback  x̄ⱼ = Σᵢ≥ⱼ ȳᵢ
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (np.flip(_exactly(np.add, np.flip(dy, dim), dim), dim),)

    return _exactly(np.add, x, dim), pullback


def cumprod(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = Πⱼ≤ᵢ xⱼ along dim

    Shapes    x, y: (*), at least one dimension
    Pullback  x̄ⱼ = (Πₖ<ⱼ xₖ) sⱼ   with sⱼ = ȳⱼ + xⱼ₊₁ sⱼ₊₁ from the last j down: nothing is divided,
              so zeros do no harm. It is 0 after a zero, and before that NaN where xⱼ is NaN or infinite.
    """

    def pullback(dy: Array) -> tuple[Array]:
        first = np.moveaxis(x, dim, 0)
        zero, after_zero = first == 0, np.zeros(first.shape, bool)
        s = np.array(np.moveaxis(dy, dim, 0), dtype=np.result_type(x, dy))
        for j in range(len(first) - 2, -1, -1):
            s[j] += np.where(zero[j + 1], 0, first[j + 1] * s[j + 1])
        s[1:] *= _exactly(np.multiply, first, 0)[:-1]
        after_zero[1:] = np.logical_or.accumulate(zero, axis=0)[:-1]
        s[~np.isfinite(first.real)] = np.nan
        s[after_zero] = 0
        return (np.moveaxis(s, 0, dim),)

    return _exactly(np.multiply, x, dim), pullback
