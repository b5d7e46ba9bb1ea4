"""Rules that only move entries: views if NumPy has them, and otherwise copies.

They are linear, and their pullbacks move the cotangent back.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, pairwise

import numpy as np

from refnet.ops.primitives import put_at, writable_as
from refnet.ops.rule import Array, Pullback, saves_nothing, unbroadcast

__all__ = [
    "cat",
    "diagonal",
    "expand",
    "flip",
    "permute",
    "repeat",
    "reshape",
    "roll",
    "split",
    "stack",
    "tril",
    "triu",
    "unbind",
]


@saves_nothing
def reshape(x: Array, *, shape: tuple[int, ...]) -> tuple[Array, Pullback]:
    """Returns the entries of x in another shape, as a view if possible.

    Shape:
        x: (*); y: shape

    Pullback:
        x̄ = ȳ in the shape of x
    """
    x_shape = x.shape

    def pullback(dy: Array) -> tuple[Array]:
        return (dy.reshape(x_shape),)

    return x.reshape(shape), pullback


@saves_nothing
def permute(x: Array, *, dims: tuple[int, ...]) -> tuple[Array, Pullback]:
    """y[i_{dims 0}, i_{dims 1}, …] = x[i_0, i_1, …]

    y is a view.

    Shape:
        x: (*); y: the sizes of x in the order dims

    Pullback:
        x̄ = ȳ in the inverse order
    """
    inverse = tuple(int(i) for i in np.argsort(dims))

    def pullback(dy: Array) -> tuple[Array]:
        return (dy.transpose(inverse),)

    return x.transpose(dims), pullback


@saves_nothing
def expand(x: Array, *, shape: tuple[int, ...]) -> tuple[Array, Pullback]:
    """Repeats x along new dimensions and those of size 1, as a view.

    Shape:
        x: (*); y: shape

    Pullback:
        x̄ = Σ ȳ over the repeated dimensions
    """
    x_shape = x.shape

    def pullback(dy: Array) -> tuple[Array]:
        return (unbroadcast(dy, x_shape),)

    return writable_as(np.broadcast_to(x, shape), x), pullback


@saves_nothing
def repeat(x: Array, *, repeats: tuple[int, ...]) -> tuple[Array, Pullback]:
    """Repeats x as a whole, repeats[i] times along dimension i.

    Shape:
        x: (n₀, …), with leading dimensions of size 1 for further repeats; y: (r₀ n₀, …)

    Pullback:
        x̄ = Σ ȳ over the copies
    """
    x_shape = x.shape
    full = (1,) * (len(repeats) - x.ndim) + x_shape

    def pullback(dy: Array) -> tuple[Array]:
        folded = tuple(k for r, n in zip(repeats, full, strict=True) for k in (r, n))
        dx = dy.reshape(folded).sum(axis=tuple(range(0, 2 * len(repeats), 2)))
        return (dx.reshape(x_shape),)

    return np.tile(x.reshape(full), repeats), pullback


def _parts(x: Array, sizes: Iterable[int], dim: int) -> tuple[Array, ...]:
    """Returns views of consecutive parts of x along dim."""
    ends = tuple(accumulate(sizes, initial=0))
    before = (slice(None),) * dim
    return tuple(x[(*before, slice(a, b))] for a, b in pairwise(ends))


@saves_nothing
def cat(*xs: Array, dim: int) -> tuple[Array, Pullback]:
    """Concatenates the xs along dim; empty vectors are left out.

    Shape:
        xᵢ: equal except at dim; y: the sum of the sizes at dim

    Pullback:
        x̄ᵢ = the part of ȳ that belongs to xᵢ
    """
    vector = all(x.shape == (0,) for x in xs)
    joined = [x for x in xs if vector or x.shape != (0,)]
    sizes = [x.shape[dim] if vector or x.shape != (0,) else None for x in xs]

    def pullback(dy: Array) -> tuple[Array, ...]:
        parts = iter(_parts(dy, (n for n in sizes if n is not None), dim))
        return tuple(np.zeros(0, dy.dtype) if n is None else next(parts) for n in sizes)

    return np.concatenate(joined, axis=dim), pullback


@saves_nothing
def stack(*xs: Array, dim: int) -> tuple[Array, Pullback]:
    """Stacks the xs along a new dimension dim.

    Shape:
        xᵢ: (*), all equal; y: with their number at dim

    Pullback:
        x̄ᵢ = ȳ[i] along dim
    """

    def pullback(dy: Array) -> tuple[Array, ...]:
        return tuple(np.moveaxis(dy, dim, 0))

    return np.stack(xs, axis=dim), pullback


@saves_nothing
def split(x: Array, *, sizes: tuple[int, ...], dim: int) -> tuple[tuple[Array, ...], Pullback]:
    """Returns consecutive parts y₀, y₁, … of x along dim, as views.

    Shape:
        x: (*); yᵢ: with sizes[i] at dim

    Pullback:
        x̄ = cat(ȳ₀, ȳ₁, …)
    """

    def pullback(dys: tuple[Array, ...]) -> tuple[Array]:
        return (np.concatenate(dys, axis=dim),)

    return _parts(x, sizes, dim), pullback


@saves_nothing
def unbind(x: Array, *, dim: int) -> tuple[tuple[Array, ...], Pullback]:
    """Returns the slices y₀, y₁, … of x along dim, as views.

    Shape:
        x: (*), with n > 0 at dim; yᵢ: without the dimension dim, for i < n

    Pullback:
        x̄ = stack(ȳ₀, ȳ₁, …)
    """

    def pullback(dys: tuple[Array, ...]) -> tuple[Array]:
        return (np.stack(dys, axis=dim),)

    moved = np.moveaxis(x, dim, 0)
    return tuple(moved[i, ...] for i in range(len(moved))), pullback


@saves_nothing
def diagonal(x: Array, *, offset: int, dim1: int, dim2: int) -> tuple[Array, Pullback]:
    """y[…, i] = x[…, i, …, i + offset, …],   x[…, i − offset, …, i, …] for offset < 0

    The indices are at dim1 and dim2, and y is a view.

    Shape:
        x: (*); y: without dim1 and dim2, and with the length of the diagonal at the end

    Pullback:
        x̄ = ȳ on the diagonal, else 0
    """
    n, m = x.shape[dim1], x.shape[dim2]
    y = np.diagonal(x, offset, dim1, dim2)

    def pullback(dy: Array) -> tuple[Array]:
        i = np.arange(dy.shape[-1])
        nothing = np.zeros((*dy.shape[:-1], n, m), dy.dtype)
        dx = put_at(nothing, (..., i + max(-offset, 0), i + max(offset, 0)), dy)
        return (np.moveaxis(dx, (-2, -1), (dim1, dim2)),)

    return writable_as(y, x), pullback


@saves_nothing
def flip(x: Array, *, dims: tuple[int, ...]) -> tuple[Array, Pullback]:
    """Reverses x along dims. y is a copy, as in PyTorch.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ reversed along dims
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (np.flip(dy, dims),)

    return np.flip(x, dims).copy(), pullback


@saves_nothing
def roll(
    x: Array, *, shifts: tuple[int, ...], dims: tuple[int, ...] | None
) -> tuple[Array, Pullback]:
    """Shifts x along dims; entries that leave at one end enter at the other.

    Without dims all entries are shifted as one vector.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ shifted back
    """
    shift = shifts if dims is not None else shifts[0]
    back = tuple(-s for s in shifts) if dims is not None else -shifts[0]

    def pullback(dy: Array) -> tuple[Array]:
        return (np.roll(dy, back, dims),)

    return np.roll(x, shift, dims), pullback


@saves_nothing
def tril(x: Array, *, diagonal: int = 0) -> tuple[Array, Pullback]:
    """y = x on and below the diagonal, 0 above

    Shape:
        x, y: (*, n, m)

    Pullback:
        x̄ = ȳ on and below the diagonal, 0 above
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (np.tril(dy, diagonal),)

    return np.tril(x, diagonal), pullback


@saves_nothing
def triu(x: Array, *, diagonal: int = 0) -> tuple[Array, Pullback]:
    """y = x on and above the diagonal, 0 below

    Shape:
        x, y: (*, n, m)

    Pullback:
        x̄ = ȳ on and above the diagonal, 0 below
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (np.triu(dy, diagonal),)

    return np.triu(x, diagonal), pullback
