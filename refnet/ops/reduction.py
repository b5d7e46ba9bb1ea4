"""Reductions over the dimensions `dim`, by default all of them, and cumulative sums and products.

In the formulas Σ and Π are over the reduced dimensions, n is the number of their entries, and ȳ is
repeated along them.
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
    """Returns n, the number of entries that are reduced to one."""
    return math.prod(x.shape if dim is None else (x.shape[i] for i in dim))


def with_kept_dims(dy: Array, shape: tuple[int, ...], dim: Dim, keepdim: bool) -> Array:
    """Returns ȳ with size 1 at the reduced dimensions, so that it broadcasts with x."""
    if keepdim or dim is None:  # a 0-d ȳ broadcasts with everything
        return dy
    return dy.reshape([1 if i in dim else n for i, n in enumerate(shape)])


def average(x: Array, axes: Dim) -> Array:
    """Returns Σ x / n over the axes, which keep size 1, and 0 for n = 0."""
    y: Array = x.sum(axes, keepdims=True) / max(entry_count(x, axes), 1)
    return y


def centred(x: Array, axes: Dim) -> tuple[Array, Array]:
    """Returns μ and x − μ, where μ is the mean over the axes, which keep size 1.

    If μ is large, its rounding error is not small relative to x − μ. It is estimated by the mean of
    x − μ and subtracted as well.
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
        x: (*); y: without the dimensions dim, or with size 1 for keepdim

    Pullback:
        x̄ = ȳ
    """
    shape = x.shape

    def pullback(dy: Array) -> tuple[Array]:
        return (np.broadcast_to(with_kept_dims(dy, shape, dim, keepdim), shape).copy(),)

    return x.sum(dim, keepdims=keepdim, dtype=x.dtype), pullback


@saves_nothing
def mean(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = Σ x / n

    y is NaN for n = 0.

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 for keepdim

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
    """y = Σ (x − μ)² / f,  μ = Σ x / n,  f = max(n − correction, 0)

    The squares are not absolute squares, so the rule is analytic. For f = 0 the value and the
    gradient are infinite or NaN.

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 for keepdim

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
        x: (*); y: without the dimensions dim, or with size 1 for keepdim

    Pullback:
        x̄ is that of var with the cotangent ȳ / 2y, and with 0 at the kink y = 0.
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
        x: (*); y: without the dimensions dim, or with size 1 for keepdim

    Pullback:
        x̄ᵢ = ȳ y / xᵢ, and NaN where xᵢ is NaN or infinite
        x̄ᵢ = ȳ Πⱼ<ᵢ xⱼ Πⱼ>ᵢ xⱼ, if x has zeros
    """
    y = x.prod(axis=dim, keepdims=keepdim, dtype=x.dtype)

    def pullback(dy: Array) -> tuple[Array]:
        if x.ndim == 0:
            return (dy,)
        zeros = np.count_nonzero(x == 0)
        if not zeros:
            dy, y_kept = (with_kept_dims(z, x.shape, dim, keepdim) for z in (dy, y))
            return (dy * (y_kept / x),)
        axes = _axes(x, dim)
        last = tuple(range(x.ndim - len(axes), x.ndim))
        moved = np.moveaxis(x, axes, last)
        rows = moved.reshape(*moved.shape[: x.ndim - len(axes)], entry_count(x, dim))
        before, after = _products_before(rows), np.flip(_products_before(np.flip(rows, -1)), -1)
        others = np.moveaxis((before * after).reshape(moved.shape), last, axes)
        if dim is None and zeros > 1:  # 0, also for 0 · ∞
            others = np.where(np.isfinite(others), others, 0)
        return (with_kept_dims(dy, x.shape, dim, keepdim) * others,)

    return y, pullback


def _products_before(x: Array) -> Array:
    """yᵢ = Πⱼ<ᵢ xⱼ along the last axis"""
    return np.cumprod(np.concatenate([np.ones_like(x[..., :1]), x[..., :-1]], -1), -1)


def _axes(x: Array, dim: Dim) -> tuple[int, ...]:
    return tuple(range(x.ndim)) if dim is None else dim


def logsumexp(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = log Σ eˣ = m + log Σ eˣ⁻ᵐ,  m = max x

    The second form does not overflow.

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 for keepdim

    Pullback:
        x̄ = ȳ eˣ⁻ʸ = ȳ softmax(x), and NaN where x = y = ±∞
    """
    axes = _axes(x, dim)
    m = x.real.max(axes, keepdims=True, initial=-np.inf)
    m = np.where(np.isfinite(m), m, 0)
    y = m + np.log(np.exp(x - m).sum(axes, keepdims=True))

    def pullback(dy: Array) -> tuple[Array]:
        return (with_kept_dims(dy, x.shape, dim, keepdim) * np.exp(x - y),)

    return y if keepdim else y.squeeze(axes), pullback


def norm(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = √ Σ x²

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 for keepdim

    Pullback:
        x̄ = ȳ x / y, and 0 at the kink y = 0
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
    """y = (Σ |x|ᵖ)^(1/p)

    p is finite and not 0.

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 for keepdim

    Pullback:
        x̄ = ȳ sign(x) (|x| / y)ᵖ⁻¹, and 0 where y = 0, or where x = 0 and y is finite
        If y is NaN, it is NaN for p ≠ 1; for p = 1 it is 0 where x is NaN, and ȳ sign(x) elsewhere.
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
    """Counts the entries that are not 0, which is the norm for p = 0.

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 for keepdim

    Pullback:
        y is recorded but has no gradient, as in PyTorch.
    """

    def pullback(dy: Array) -> tuple[None]:
        return (None,)

    return (x.real != 0).sum(dim, keepdims=keepdim, dtype=x.dtype), pullback


def _exactly(accumulate: np.ufunc, x: Array, dim: int) -> Array:
    """Returns partial sums or products, computed in double precision, as in PyTorch."""
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
        x̄ⱼ = (Πₖ<ⱼ xₖ) sⱼ,  sⱼ = ȳⱼ + xⱼ₊₁ sⱼ₊₁ from the last j down
        There is no division, so zeros need no special case. x̄ⱼ is 0 after a zero, and before it
        NaN where xⱼ is NaN or infinite.
    """

    def pullback(dy: Array) -> tuple[Array]:
        X, dY = np.moveaxis(x, dim, 0), np.moveaxis(dy, dim, 0)
        if not len(X):
            return (dy,)
        s = [dY[-1]]
        for j in range(len(X) - 1, 0, -1):
            lost = (X[j] == 0) & ~np.isfinite(s[-1])
            s.append(dY[j - 1] + np.where(lost, 0, X[j] * s[-1]))
        before = _exactly(np.multiply, np.concatenate([np.ones_like(X[:1]), X[:-1]]), 0)
        dX = np.where(np.isfinite(X.real), before * np.stack(s[::-1]), np.nan)
        zeros_before = np.cumsum(X == 0, 0) - (X == 0)
        infinite = (zeros_before > 0) & ~np.isfinite(dX)
        return (np.moveaxis(np.where(infinite, 0, dX), 0, dim),)

    return _exactly(np.multiply, x, dim), pullback
