"""Kernels of refnet.ops.indexing: sums by indices of the flattened array, and no second copies."""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet import ops
from refnet.kernels.grouping import add_into, added
from refnet.kernels.registry import kernel
from refnet.ops.indexing import Index, along, filled, view_of
from refnet.ops.rule import Array, Pullback, unbroadcast

ALL, ONE = "all arrays", "arrays of one dtype"


@kernel(ops.index, takes=ALL)
def index(x: Array, *, where: Index) -> tuple[Array, Pullback]:
    shape = x.shape

    def pullback(dy: Array) -> tuple[Any]:
        return (lambda: added(shape, where, dy),)

    y: Any = x[where]
    return y if type(y) is np.ndarray else view_of(x, where), pullback


@kernel(ops.index_put, takes=ONE)
def index_put(x: Array, v: Array, *, where: Index) -> tuple[Array, Pullback]:
    if x.dtype != v.dtype:
        return ops.index_put(x, v, where=where)
    y, v_shape = x.copy(), v.shape
    y[where] = v

    def pullback(dy: Array) -> tuple[Any, Any]:
        return (
            lambda: _without(dy, where),
            lambda: unbroadcast(view_of(dy, where), v_shape),
        )

    return y, pullback


def _without(dy: Array, where: Index) -> Array:
    dx = dy.copy()
    dx[where] = 0
    return dx


@kernel(ops.index_add, takes=ONE)
def index_add(x: Array, v: Array, *, where: Index) -> tuple[Array, Pullback]:
    if x.dtype != v.dtype:
        return ops.index_add(x, v, where=where)
    y = x.copy()
    add_into(y, where, v)

    def pullback(dy: Array) -> tuple[Array, Any]:
        return dy, lambda: view_of(dy, where)

    return y, pullback


@kernel(ops.gather, takes=ALL)
def gather(x: Array, i: Array, *, dim: int) -> tuple[Array, Pullback]:
    where, shape = along(i, dim), x.shape

    def pullback(dy: Array) -> tuple[Any, None]:
        return lambda: added(shape, where, dy), None

    return x[where], pullback


@kernel(ops.scatter_add, takes=ONE)
def scatter_add(x: Array, i: Array, v: Array, *, dim: int) -> tuple[Array, Pullback]:
    if x.dtype != v.dtype:
        return ops.scatter_add(x, i, v, dim=dim)
    where, part = along(i, dim), tuple(slice(n) for n in i.shape)
    v_shape, y = v.shape, x.copy()
    add_into(y, where, v[part])

    def pullback(dy: Array) -> tuple[Array, None, Any]:
        return dy, None, lambda: filled(v_shape, part, dy[where])

    return y, pullback
