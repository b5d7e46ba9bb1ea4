"""Calls of refnet.ops.strided: the windows of views; some contain an element more than once."""

import numpy as np
import torch
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

from parity_tests.strategies import Array, Call, DrawFn, drawn, reals, shapes


def _view(draw: DrawFn, x: Array, *, repeats: bool) -> Array:
    """A view of x: sliced, transposed and, with repeats, expanded or with sliding windows."""
    kinds = ["sliced", "transposed", *(["expanded", "slid over"] if repeats else [])]
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=3)):
        if kind == "sliced" and x.ndim:
            start, step = draw(st.integers(0, x.shape[0])), draw(st.integers(1, 2))
            x = x[start::step]
        elif kind == "transposed":
            x = x.T
        elif kind == "expanded":
            x = np.broadcast_to(x, (2, *x.shape))
        elif kind == "slid over" and x.ndim == 2 and x.shape[0] > 1:
            x = sliding_window_view(x, 2, axis=0)
    return x


def _window(view: Array, x: Array) -> dict[str, object]:
    size = x.itemsize
    return {
        "order": tuple(sorted(range(x.ndim), key=lambda axis: -x.strides[axis])),
        "offset": (view.ctypes.data - x.ctypes.data) // size if view.size else 0,
        "shape": view.shape,
        "strides": tuple(s // size for s in view.strides),
    }


def read_window(draw: DrawFn) -> Call:
    x = reals(draw, draw(shapes(1, 2, side=1)))
    w = _window(_view(draw, x, repeats=True), x)
    return Call([x], w, lambda x: torch.as_strided(x, w["shape"], w["strides"], w["offset"]))


def write_window(draw: DrawFn) -> Call:
    x = reals(draw, draw(shapes(1, 2, side=1)))
    w = _window(_view(draw, x, repeats=False), x)
    v = reals(draw, w["shape"])

    def twin(x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        y = x.clone()
        torch.as_strided(y, w["shape"], w["strides"], w["offset"]).copy_(v)
        return y

    return Call([x, v], w, twin)


STRATEGIES = {"read_window": drawn(read_window), "write_window": drawn(write_window)}
