"""Calls of refnet.ops.shape and .indexing."""

import math
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from parity_tests.strategies import (
    Array,
    Call,
    DrawFn,
    broadcastable,
    drawn,
    generator,
    reals,
    shapes,
)


def reshape(draw: DrawFn) -> Call:
    shape = draw(shapes())
    n = math.prod(shape)
    divisors = [d for d in range(1, n + 1) if n % d == 0]
    first = draw(st.sampled_from(divisors)) if n else 0
    target = draw(st.sampled_from([(n,), (first, n // first) if n else (0, 3), (1, n, 1)]))
    x = reals(draw, shape)
    if draw(st.booleans()):
        x = x.T
    return Call([x], {"shape": target}, lambda x: x.reshape(target))


def permute(draw: DrawFn) -> Call:
    shape = draw(shapes(0, 4))
    dims = tuple(draw(st.permutations(range(len(shape)))))
    return Call([reals(draw, shape)], {"dims": dims}, lambda x: x.permute(dims))


def expand(draw: DrawFn) -> Call:
    target = draw(shapes(side=1))
    x = reals(draw, broadcastable(draw, target))
    return Call([x], {"shape": target}, lambda x: x.expand(target))


def repeat(draw: DrawFn) -> Call:
    shape = draw(shapes(0, 2))
    sizes = st.lists(st.integers(0, 3), min_size=len(shape), max_size=len(shape) + 1)
    repeats = tuple(draw(sizes))
    return Call([reals(draw, shape)], {"repeats": repeats}, lambda x: x.repeat(repeats))


def sliding_windows(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3, side=1))
    dim = draw(st.integers(0, len(shape) - 1))
    size, step = draw(st.integers(0, shape[dim])), draw(st.integers(1, 3))
    options = {"dim": dim, "size": size, "step": step}
    return Call([reals(draw, shape)], options, lambda x: x.unfold(dim, size, step))


def index_add(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3, side=1))
    dim = draw(st.integers(0, len(shape) - 1))
    n = draw(st.integers(0, 4))
    i = generator(draw).integers(0, shape[dim], n)
    v = reals(draw, (*shape[:dim], n, *shape[dim + 1 :]))
    where = (slice(None),) * dim + (i,)
    twin = lambda x, v: x.index_add(dim, torch.from_numpy(i), v)  # noqa: E731
    return Call([reals(draw, shape), v], {"where": where}, twin)


def scatter_reduce(reduce: str) -> st.SearchStrategy[Call]:
    @st.composite
    def strategy(draw: DrawFn) -> Call:
        shape = draw(shapes(1, 3, side=1))
        dim = draw(st.integers(0, len(shape) - 1))
        sent = tuple(draw(st.integers(0, 4)) if k == dim else n for k, n in enumerate(shape))
        i = generator(draw).integers(0, shape[dim], sent)
        more = draw(st.integers(0, 1))  # PyTorch cannot take the gradient of a larger source
        x, v = reals(draw, shape, ties=True), reals(draw, [n + more for n in sent], ties=True)
        options = {} if reduce == "prod" else {"include_self": draw(st.booleans())}
        if not options.get("include_self", True):  # to be exceeded, as the rule's docstring says
            np.put_along_axis(x, i, -1e3 if reduce == "amax" else 1e3, dim)
        twin = None if more else lambda x, i, v: x.scatter_reduce(dim, i, v, reduce, **options)
        return Call([x, i, v], {"dim": dim, **options}, twin)

    return strategy()


def cat(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3))
    dim = draw(st.integers(0, len(shape) - 1))
    sizes = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    parts = [reals(draw, (*shape[:dim], n, *shape[dim + 1 :])) for n in sizes]
    return Call(parts, {"dim": dim}, lambda *xs: torch.cat(xs, dim))


def stack(draw: DrawFn) -> Call:
    shape = draw(shapes())
    dim = draw(st.integers(0, len(shape)))
    parts = [reals(draw, shape) for _ in range(draw(st.integers(1, 3)))]
    return Call(parts, {"dim": dim}, lambda *xs: torch.stack(xs, dim))


def split(draw: DrawFn) -> Call:
    shape = list(draw(shapes(1, 3)))
    dim = draw(st.integers(0, len(shape) - 1))
    sizes = tuple(draw(st.lists(st.integers(0, 3), min_size=1, max_size=3)))
    shape[dim] = sum(sizes)
    options = {"sizes": sizes, "dim": dim}
    return Call([reals(draw, shape)], options, lambda x: torch.split(x, sizes, dim))


def unbind(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3, side=1))
    dim = draw(st.integers(0, len(shape) - 1))
    return Call([reals(draw, shape)], {"dim": dim}, lambda x: torch.unbind(x, dim))


def diagonal(draw: DrawFn) -> Call:
    shape = draw(shapes(2, 3))
    dim1, dim2 = draw(st.permutations(range(len(shape))))[:2]
    options = {"offset": draw(st.integers(-3, 3)), "dim1": dim1, "dim2": dim2}
    return Call([reals(draw, shape)], options, lambda x: torch.diagonal(x, **options))


def flip(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3))
    dims = tuple(draw(st.lists(st.integers(0, len(shape) - 1), unique=True)))
    return Call([reals(draw, shape)], {"dims": dims}, lambda x: x.flip(dims))


def roll(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3))
    n = draw(st.integers(0, len(shape)))
    if n == 0:
        shifts: tuple[int, ...] = (draw(st.integers(-5, 5)),)
        return Call(
            [reals(draw, shape)], {"shifts": shifts, "dims": None}, lambda x: x.roll(shifts)
        )
    shifts = tuple(draw(st.integers(-5, 5)) for _ in range(n))
    dims = tuple(draw(st.permutations(range(len(shape))))[:n])
    options = {"shifts": shifts, "dims": dims}
    return Call([reals(draw, shape)], options, lambda x: x.roll(shifts, dims))


def triangle(f: Any) -> Any:
    def draw_call(draw: DrawFn) -> Call:
        diagonal = draw(st.integers(-4, 4))
        x = reals(draw, draw(shapes(2, 3)))
        return Call([x], {"diagonal": diagonal}, lambda x: f(x, diagonal))

    return draw_call


# --- indexing --------------------------------------------------------------------------------


def _where(draw: DrawFn, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Slices, integers, integer arrays (with repetitions), one mask, None."""
    kind = draw(st.sampled_from(["basic", "array", "arrays", "inner", "mask", "new"]))
    rng = generator(draw)
    if kind == "mask":
        return (rng.random(shape) < 0.5,)
    if kind == "array":
        return (rng.integers(-shape[0], shape[0], draw(shapes(1, 2))),)
    if kind == "inner":
        return (slice(None),) * (len(shape) - 1) + (
            rng.integers(-shape[-1], shape[-1], draw(shapes(1, 2))),
        )
    if kind == "arrays":
        several = [rng.integers(-n, n, 5) for n in shape[:2]]
        return tuple(several)
    basic = tuple(
        draw(st.sampled_from([0, n - 1, -1, slice(None), slice(0, n, 2), slice(1, None)]))
        for n in shape
    )
    return (None, *basic) if kind == "new" else basic


def _torch_index(where: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(torch.from_numpy(w) if isinstance(w, np.ndarray) else w for w in where)


def index(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3, side=1))
    where = _where(draw, shape)
    return Call([reals(draw, shape)], {"where": where}, lambda x: x[_torch_index(where)])


def index_put(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3, side=1))
    where = _where(draw, shape)
    if any(isinstance(w, np.ndarray) and w.dtype != bool for w in where):
        where = (
            np.arange(shape[0])[::-1].copy(),
        )  # which of several values is kept is not specified
    x = reals(draw, shape)
    v = reals(draw, broadcastable(draw, x[where].shape))

    def twin(x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        y = x.clone()
        y[_torch_index(where)] = v
        return y

    return Call([x, v], {"where": where}, twin)


def _indices(draw: DrawFn, shape: tuple[int, ...], dim: int, *, unique: bool) -> Array:
    """Indices along dim, at most as large as shape elsewhere."""
    rng = generator(draw)
    sizes = [draw(st.integers(1, n)) for n in shape]
    if unique:
        order = np.argsort(rng.random(shape), axis=dim)
        return order[tuple(slice(0, n) for n in sizes)]
    return rng.integers(0, shape[dim], sizes)


def gather(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3, side=1))
    dim = draw(st.integers(0, len(shape) - 1))
    i = _indices(draw, shape, dim, unique=False)
    return Call([reals(draw, shape), i], {"dim": dim}, lambda x, i: x.gather(dim, i))


def scatter(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3, side=1))
    dim = draw(st.integers(0, len(shape) - 1))
    i = _indices(draw, shape, dim, unique=True)
    v = reals(draw, i.shape)  # PyTorch's own backward refuses a larger one
    return Call([reals(draw, shape), i, v], {"dim": dim}, lambda x, i, v: x.scatter(dim, i, v))


def scatter_add(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3, side=1))
    dim = draw(st.integers(0, len(shape) - 1))
    i = _indices(draw, shape, dim, unique=False)
    v = reals(draw, i.shape)  # PyTorch's own backward refuses a larger one
    return Call([reals(draw, shape), i, v], {"dim": dim}, lambda x, i, v: x.scatter_add(dim, i, v))


def masked_fill(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3))
    mask = generator(draw).random(broadcastable(draw, shape)) < 0.5
    v = draw(st.sampled_from([0.0, -1.5])) if draw(st.booleans()) else reals(draw, ())
    return Call([reals(draw, shape), np.asarray(mask), v], {}, lambda x, m, v: x.masked_fill(m, v))


STRATEGIES = {
    "index_add": drawn(index_add),
    "scatter_prod": scatter_reduce("prod"),
    "scatter_amax": scatter_reduce("amax"),
    "scatter_amin": scatter_reduce("amin"),
    "sliding_windows": drawn(sliding_windows),
    "reshape": drawn(reshape),
    "permute": drawn(permute),
    "expand": drawn(expand),
    "repeat": drawn(repeat),
    "cat": drawn(cat),
    "stack": drawn(stack),
    "split": drawn(split),
    "unbind": drawn(unbind),
    "diagonal": drawn(diagonal),
    "flip": drawn(flip),
    "roll": drawn(roll),
    "tril": drawn(triangle(torch.tril)),
    "triu": drawn(triangle(torch.triu)),
    "index": drawn(index),
    "index_put": drawn(index_put),
    "gather": drawn(gather),
    "scatter": drawn(scatter),
    "scatter_add": drawn(scatter_add),
    "masked_fill": drawn(masked_fill),
}
