"""Reductions over the dimensions `dim` (None: all of them), and cumulative sums and products.

Below, Σ and Π run over the reduced dimensions, n is the number of entries in them, and ȳ is
understood as repeated along them.
"""

from __future__ import annotations

import math

import numpy as np

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
    "zero_norm",
]

Dim = tuple[int, ...] | None


def entry_count(x: Array, dim: Dim) -> int:
    """n, the number of entries that are reduced to one."""
    return math.prod(x.shape if dim is None else (x.shape[i] for i in dim))


def with_kept_dims(dy: Array, shape: tuple[int, ...], dim: Dim, keepdim: bool) -> Array:
    """ȳ with size 1 at the reduced dimensions, so that it broadcasts with x."""
    if keepdim or dim is None:  # a 0-d ȳ broadcasts with everything
        return dy
    return dy.reshape([1 if i in dim else n for i, n in enumerate(shape)])


def average(x: Array, axes: Dim) -> Array:
    """Σ x / n over the n entries along the axes, which keep size 1; 0 of none"""
    y: Array = x.sum(axes, keepdims=True) / max(entry_count(x, axes), 1)
    return y


def centred(x: Array, axes: Dim) -> tuple[Array, Array]:
    """μ and x − μ, where μ is the mean over the axes, which keep size 1

    Far from 0 the rounding error of μ counts beside x − μ. It is the mean of what the first mean leaves,
    and is subtracted, too.
    """
    μ = average(x, axes)
    d = x - μ
    far = μ * μ > 16 * average(d * d, axes)
    error = np.where(far, average(d, axes), 0)
    return μ + error, d - error


@saves_nothing
def sum(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = Σ x

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 there

    Pullback:
        x̄ = ȳ
    """
    shape = x.shape

    def pullback(dy: Array) -> tuple[Array]:
        return (np.broadcast_to(with_kept_dims(dy, shape, dim, keepdim), shape).copy(),)

    return x.sum(dim, keepdims=keepdim, dtype=x.dtype), pullback


@saves_nothing
def mean(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = Σ x / n; NaN for n = 0

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 there

    Pullback:
        x̄ = ȳ / n
    """
    shape, n = x.shape, entry_count(x, dim)

    def pullback(dy: Array) -> tuple[Array]:
        return (np.broadcast_to(with_kept_dims(dy, shape, dim, keepdim) / n, shape).copy(),)

    return x.sum(dim, keepdims=keepdim) / n, pullback


def var(
    x: Array, *, dim: Dim = None, correction: float = 1, keepdim: bool = False
) -> tuple[Array, Pullback]:
    """y = Σ (x − μ)² / f   with μ = Σ x / n and f = max(n − correction, 0)

    Written out as squares, so that it stays analytic for the complex step. For f = 0 the value is
    infinite or NaN, and so is the gradient.

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 there

    Pullback:
        x̄ = 2 ȳ (x − μ) / f
    """
    f = max(entry_count(x, dim) - correction, 0)
    _, d = centred(x, dim)

    def pullback(dy: Array) -> tuple[Array]:
        return (with_kept_dims(dy, x.shape, dim, keepdim) * 2 / f * d,)

    return (d * d).sum(dim, keepdims=keepdim) / f, pullback


def std(
    x: Array, *, dim: Dim = None, correction: float = 1, keepdim: bool = False
) -> tuple[Array, Pullback]:
    """y = √ var(x)

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 there

    Pullback:
        var's with the cotangent ȳ / 2y, which is taken as 0 at the kink y = 0
    """
    v, var_pullback = var(x, dim=dim, correction=correction, keepdim=keepdim)
    if v.dtype.kind == "c" and np.any(v.real < 0):  # squares of a purely imaginary x − μ
        refuse_kink("std", x, True)
    y = np.sqrt(v)

    def pullback(dy: Array) -> tuple[Array]:
        (dx,) = var_pullback(np.where(y == 0, 0, dy / (2 * y)))
        return (dx,)

    return y, pullback


def prod(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = Π x

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 there

    Pullback:
        x̄ᵢ = ȳ y / xᵢ, NaN where xᵢ is NaN or infinite; where there are zeros in x, ȳ Πⱼ≠ᵢ xⱼ, the
        product of those before i and of those after
    """
    y = x.prod(axis=dim, keepdims=keepdim, dtype=x.dtype)

    def pullback(dy: Array) -> tuple[Array]:
        if x.ndim == 0:
            return (dy,)
        zeros = np.count_nonzero(x == 0)
        if not zeros:
            shown = [with_kept_dims(z, x.shape, dim, keepdim) for z in (dy, y)]
            return (shown[0] * (shown[1] / x),)
        if dim is None and zeros > 1:
            return (np.zeros_like(x),)
        axes = _axes(x, dim)
        last = tuple(range(x.ndim - len(axes), x.ndim))
        moved = np.moveaxis(x, axes, last)
        rows = moved.reshape(*moved.shape[: x.ndim - len(axes)], entry_count(x, dim))
        before, after = _products_before(rows), np.flip(_products_before(np.flip(rows, -1)), -1)
        others = np.moveaxis((before * after).reshape(moved.shape), last, axes)
        return (with_kept_dims(dy, x.shape, dim, keepdim) * others,)

    return y, pullback


def _products_before(x: Array) -> Array:
    """yᵢ = Πⱼ<ᵢ xⱼ along the last axis"""
    return np.cumprod(np.concatenate([np.ones_like(x[..., :1]), x[..., :-1]], -1), -1)


def _axes(x: Array, dim: Dim) -> tuple[int, ...]:
    return tuple(range(x.ndim)) if dim is None else dim


def logsumexp(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = log Σ eˣ, computed as m + log Σ eˣ⁻ᵐ with m = max x, so that nothing overflows

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 there

    Pullback:
        x̄ = ȳ eˣ⁻ʸ, ȳ times the softmax of x; NaN where both x and y are infinite
    """
    axes = _axes(x, dim)
    m = x.real.max(axes, keepdims=True, initial=-np.inf)
    m = np.where(np.isfinite(m), m, 0)
    y = m + np.log(np.exp(x - m).sum(axes, keepdims=True))

    def pullback(dy: Array) -> tuple[Array]:
        return (with_kept_dims(dy, x.shape, dim, keepdim) * np.exp(x - y),)

    return y if keepdim else y.squeeze(axes), pullback


def norm(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = √ Σ x², the Euclidean norm

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 there

    Pullback:
        x̄ = ȳ x / y, 0 at the kink y = 0
    """
    squares = (x * x).sum(dim, keepdims=True)
    if x.dtype.kind == "c" and np.any((squares.real <= 0) & (squares != 0)):
        refuse_kink("norm", x, True)
    y = np.sqrt(squares)

    def pullback(dy: Array) -> tuple[Array]:
        unit = np.where(y == 0, 0, x / y)
        return (with_kept_dims(dy, x.shape, dim, keepdim) * unit,)

    return y if keepdim else y.squeeze(_axes(x, dim)), pullback


def p_norm(x: Array, *, p: float, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = (Σ |x|ᵖ)^(1/p) for a finite p that is not 0

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 there

    Pullback:
        x̄ = ȳ sign(x) (|x| / y)ᵖ⁻¹, 0 where x = 0 or y = 0; NaN where y is, but for p = 1
        0 where x is NaN
    """
    size = modulus(x)[0]
    y = (size**p).sum(dim, keepdims=True) ** (1 / p)

    def pullback(dy: Array) -> tuple[Array]:
        sign = np.subtract(x.real > 0, x.real < 0, dtype=x.real.dtype)  # 0 for NaN
        zero = y == 0 if p >= 1 else (x == 0) & np.isfinite(y)
        slope = np.where(zero, 0, (size / y) ** (p - 1))
        return (with_kept_dims(dy, x.shape, dim, keepdim) * sign * slope,)

    return y if keepdim else y.squeeze(_axes(x, dim)), pullback


def zero_norm(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = how many entries are not 0, the norm for p = 0

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 there

    Pullback:
        none: y is recorded, but has no gradient, as in PyTorch
    """

    def pullback(dy: Array) -> tuple[None]:
        return (None,)

    return (x.real != 0).sum(dim, keepdims=keepdim, dtype=x.dtype), pullback


def _exactly(accumulate: np.ufunc, x: Array, dim: int) -> Array:
    """Partial sums or products in at least double precision, rounded once, as PyTorch does."""
    wide = np.result_type(x.dtype, np.float64) if x.dtype.kind in "fc" else x.dtype
    y: Array = accumulate.accumulate(x, axis=dim, dtype=wide).astype(x.dtype, copy=False)
    return y


@saves_nothing
def cumsum(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = Σⱼ≤ᵢ xⱼ along dim

    Shape:
        x, y: (*), at least one dimension

    Pullback:
        x̄ⱼ = Σᵢ≥ⱼ ȳᵢ
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (np.flip(_exactly(np.add, np.flip(dy, dim), dim), dim),)

    return _exactly(np.add, x, dim), pullback


def cumprod(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = Πⱼ≤ᵢ xⱼ along dim

    Shape:
        x, y: (*), at least one dimension

    Pullback:
        x̄ⱼ = (Πₖ<ⱼ xₖ) sⱼ   with sⱼ = ȳⱼ + xⱼ₊₁ sⱼ₊₁ from the last j down: nothing is divided,
        so zeros do no harm. It is 0 after a zero, and before that NaN where xⱼ is NaN or infinite.
    """

    def pullback(dy: Array) -> tuple[Array]:
        X, dY = np.moveaxis(x, dim, 0), np.moveaxis(dy, dim, 0)
        if not len(X):
            return (dy,)
        s = [dY[-1]]
        for j in range(len(X) - 1, 0, -1):
            s.append(dY[j - 1] + np.where(X[j] == 0, 0, X[j] * s[-1]))
        before = _exactly(np.multiply, np.concatenate([np.ones_like(X[:1]), X[:-1]]), 0)
        dX = np.where(np.isfinite(X.real), before * np.stack(s[::-1]), np.nan)
        zeros_before = np.cumsum(X == 0, 0) - (X == 0)
        return (np.moveaxis(np.where(zeros_before > 0, 0, dX), 0, dim),)

    return _exactly(np.multiply, x, dim), pullback
