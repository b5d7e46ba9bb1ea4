"""Reductions over the dimensions `dim` (None: all of them), and cumulative sums.

Below, Σ runs over the reduced dimensions, n is the number of entries in them, and ȳ is
understood as repeated along them.
"""

import math
from typing import Any

import numpy as np

from refnet.ops.rule import Array, Pullback, refuse_kink

__all__ = [
    "amax",
    "amin",
    "cumsum",
    "logsumexp",
    "max",
    "mean",
    "min",
    "prod",
    "std",
    "sum",
    "topk",
    "var",
]

Dim = tuple[int, ...] | None


def _axes(x: Array, dim: Dim) -> tuple[int, ...]:
    return tuple(range(x.ndim)) if dim is None else dim


def _spread(dy: Any, axes: tuple[int, ...], keepdim: bool) -> Array:
    """ȳ with the reduced dimensions put back as size 1, so that it broadcasts with x."""
    return np.asarray(dy) if keepdim else np.expand_dims(dy, axes)


def _count(x: Array, dim: Dim) -> int:
    return math.prod(x.shape[i] for i in _axes(x, dim))


def sum(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = Σ x

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  x̄ = ȳ
    """

    axes, shape = _axes(x, dim), x.shape

    def pullback(dy: Array) -> tuple[Array]:
        return (np.broadcast_to(_spread(dy, axes, keepdim), shape),)

    return x.sum(axis=dim, keepdims=keepdim), pullback


def mean(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = Σ x / n; NaN for n = 0

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  x̄ = ȳ / n
    """
    axes, shape, n = _axes(x, dim), x.shape, _count(x, dim)
    with np.errstate(invalid="ignore", divide="ignore"):
        y = x.sum(axis=dim, keepdims=keepdim) / x.dtype.type(n)

    def pullback(dy: Array) -> tuple[Array]:
        spread = _spread(dy, axes, keepdim)
        return (np.broadcast_to(spread / n if n else spread, shape),)

    return y, pullback


def var(
    x: Array, *, dim: Dim = None, correction: float = 1, keepdim: bool = False
) -> tuple[Array, Pullback]:
    """y = Σ (x − mean x)² / max(n − correction, 0)

    Written out as squares, so that it stays analytic for the complex step.

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  x̄ = 2 ȳ (x − mean x) / max(n − correction, 0)
    """
    axes, n = _axes(x, dim), _count(x, dim)
    free = x.dtype.type(0 if n <= correction else n - correction)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = x - x.sum(axis=dim, keepdims=True) / x.dtype.type(n)
        y = (centred * centred).sum(axis=dim, keepdims=keepdim) / free

    def pullback(dy: Array) -> tuple[Array]:
        with np.errstate(invalid="ignore", divide="ignore"):
            return (_spread(dy, axes, keepdim) * (2 / free) * centred,)

    return y, pullback


def std(
    x: Array, *, dim: Dim = None, correction: float = 1, keepdim: bool = False
) -> tuple[Array, Pullback]:
    """y = √ var(x)

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  var's, with its cotangent ȳ / 2y, taken as 0 at the kink y = 0
    """
    v, var_pullback = var(x, dim=dim, correction=correction, keepdim=keepdim)
    v = np.asarray(v)
    refuse_kink("std", v, v.real == 0)
    y = np.sqrt(v)

    def pullback(dy: Array) -> tuple[Any, ...]:
        with np.errstate(invalid="ignore", divide="ignore"):
            return var_pullback(np.where(y == 0, 0 * dy, dy / (2 * y)))

    return y, pullback


def prod(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = Π x

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  x̄ᵢ = ȳ Πⱼ≠ᵢ xⱼ, from the products before and after i, so that zeros need no division
    """

    axes = _axes(x, dim)

    def pullback(dy: Array) -> tuple[Array]:
        last = np.moveaxis(x, axes, range(x.ndim - len(axes), x.ndim))
        kept = last.shape[: x.ndim - len(axes)]
        flat = last.reshape(*kept, _count(x, dim))
        before, after = np.ones_like(flat), np.ones_like(flat)
        np.cumprod(flat[..., :-1], axis=-1, out=before[..., 1:])
        np.cumprod(flat[..., :0:-1], axis=-1, out=after[..., -2::-1])
        others = np.moveaxis(
            (before * after).reshape(last.shape), range(x.ndim - len(axes), x.ndim), axes
        )
        return (_spread(dy, axes, keepdim) * others,)

    return x.prod(axis=dim, keepdims=keepdim), pullback


def logsumexp(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = log Σ eˣ, computed as m + log Σ eˣ⁻ᵐ with m = max x

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  x̄ = ȳ eˣ⁻ʸ, the softmax of x times ȳ
    """
    axes = _axes(x, dim)
    m = x.real.max(axis=axes, keepdims=True, initial=-np.inf)
    m = np.where(np.isfinite(m), m, 0).astype(m.dtype, copy=False)
    with np.errstate(divide="ignore"):
        y = np.asarray(np.log(np.exp(x - m).sum(axis=axes, keepdims=True)) + m)

    def pullback(dy: Array) -> tuple[Array]:
        with np.errstate(invalid="ignore"):
            p = np.where(x.real == -np.inf, 0, np.exp(x - y))
        return (_spread(dy, axes, keepdim) * p.astype(y.dtype, copy=False),)

    return y if keepdim else y.reshape(_reduced(x, axes)), pullback


def _reduced(x: Array, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for i, n in enumerate(x.shape) if i not in axes)


def amax(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = the largest entry

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  ȳ goes to the largest entry; at a tie, in equal parts to all of them
    """
    return _extreme("amax", x.real.max, x, dim, keepdim)


def amin(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    """y = the smallest entry

    Shapes    x: (*); y: without the dimensions dim, or with size 1 there
    Pullback  ȳ goes to the smallest entry; at a tie, in equal parts to all of them
    """
    return _extreme("amin", x.real.min, x, dim, keepdim)


def _extreme(rule: str, extreme: Any, x: Array, dim: Dim, keepdim: bool) -> tuple[Array, Pullback]:
    axes = _axes(x, dim)
    y = np.asarray(extreme(axis=axes, keepdims=True))
    at = (x.real == y) | np.isnan(x.real) if x.dtype.kind in "fc" else x == y
    ties = at.sum(axis=axes, keepdims=True)
    if x.dtype.kind == "c":
        refuse_kink(rule, x, at & (ties > 1))
        y = np.where(at, x, 0).sum(axis=axes, keepdims=True)

    def pullback(dy: Array) -> tuple[Array]:
        share = _spread(dy, axes, keepdim) / ties.astype(x.real.dtype)
        return (np.where(at, share, 0 * share),)

    return y if keepdim else y.reshape(_reduced(x, axes)), pullback


def max(x: Array, *, dim: int, keepdim: bool = False) -> tuple[tuple[Array, Array], Pullback]:
    """y, i = the largest entry along dim and its index, the first one at a tie

    Shapes    x: (*); y, i: without the dimension dim, or with size 1 there
    Pullback  x̄ = ȳ at i, else 0
    """
    return _first_extreme("max", np.argmax, x, dim, keepdim)


def min(x: Array, *, dim: int, keepdim: bool = False) -> tuple[tuple[Array, Array], Pullback]:
    """y, i = the smallest entry along dim and its index, the first one at a tie

    Shapes    x: (*); y, i: without the dimension dim, or with size 1 there
    Pullback  x̄ = ȳ at i, else 0
    """
    return _first_extreme("min", np.argmin, x, dim, keepdim)


def _first_extreme(
    rule: str, first: Any, x: Array, dim: int, keepdim: bool
) -> tuple[tuple[Array, Array], Pullback]:
    if x.ndim == 0:
        x1 = x.reshape(1)
        (y, i), pullback_of_one = _first_extreme(rule, first, x1, 0, False)
        return (y, i), lambda dy: (np.reshape(pullback_of_one(dy)[0], ()),)
    i = np.expand_dims(first(x.real, axis=dim), dim)
    y = np.take_along_axis(x, i, dim)
    if x.dtype.kind == "c":
        at = x.real == y.real
        refuse_kink(rule, x, at & (at.sum(axis=dim, keepdims=True) > 1))
    chosen = (y, i) if keepdim else (y.squeeze(dim), i.squeeze(dim))
    return chosen, _at_indices(x.shape, i, dim, keepdim)


def _at_indices(shape: tuple[int, ...], i: Array, dim: int, keepdim: bool) -> Pullback:
    """The pullback of taking the entries i along dim: ȳ is put there, 0 elsewhere."""

    def pullback(dys: Any) -> tuple[Array]:
        dy = np.asarray(dys[0])
        dx = np.zeros(shape, dtype=dy.dtype)
        np.put_along_axis(dx, i, dy if keepdim else np.expand_dims(dy, dim), dim)
        return (dx,)

    return pullback


def topk(
    x: Array, *, k: int, dim: int, largest: bool = True
) -> tuple[tuple[Array, Array], Pullback]:
    """y, i = the k largest (or smallest) entries along dim in order, and their indices

    Of equal entries the one with the smaller index comes first; NaN counts as the largest.
    With k = the size of dim this is a stable sort.

    Shapes    x: (*); y, i: with size k at dim
    Pullback  x̄ = ȳ at i, else 0
    """
    if largest:  # reversed twice, so that a stable ascending sort keeps the first of a tie first
        n = x.shape[dim]
        flipped = np.flip(x.real, dim)
        i = n - 1 - np.flip(np.argsort(flipped, axis=dim, kind="stable"), dim)
    else:
        i = np.argsort(x.real, axis=dim, kind="stable")
    i = np.take(i, range(k), axis=dim)
    y = np.take_along_axis(x, i, dim)
    if x.dtype.kind == "c":
        near = np.sort(x.real, axis=dim)
        tie = np.diff(near, axis=dim) == 0
        refuse_kink("topk", x, np.any(tie))
    return (y, i), _at_indices(x.shape, i, dim, True)


def cumsum(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = Σⱼ≤ᵢ xⱼ along dim

    Shapes    x, y: (*)
    Pullback  x̄ⱼ = Σᵢ≥ⱼ ȳᵢ
    """
    if x.ndim == 0:
        return x.copy(), lambda dy: (dy,)

    def pullback(dy: Array) -> tuple[Array]:
        return (np.flip(np.cumsum(np.flip(dy, dim), axis=dim), dim),)

    return np.cumsum(x, axis=dim), pullback
