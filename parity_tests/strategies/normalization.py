"""Calls of refnet.ops.normalization and .local_response_norm."""

import math
from typing import Any

import torch.nn.functional as F
from hypothesis import strategies as st

from parity_tests.strategies import Call, DrawFn, drawn, maybe, reals, shapes

EPS = st.sampled_from([1e-5, 0.1])
# Entries that share a mean: with two, x̂ is about ±1, and the terms of x̄ cancel.
LEAST = 3


def channels(draw: DrawFn, entries: int) -> list[int]:
    """A shape (N, C, *) with at least this many entries in each channel."""
    shape = [draw(st.integers(0, 4)), draw(st.integers(1, 4)), *draw(shapes(0, 3, side=1))]
    if shape[0] * math.prod(shape[2:]) < entries:
        shape[0] = entries
    return shape


def parameters(draw: DrawFn, *shape: int) -> list[Any]:
    return [maybe(draw, reals(draw, shape)) for _ in range(2)]


def given(names: list[str], inputs: list[Any]) -> list[str]:
    """The names of the inputs that are not None, which Call's twin gets."""
    return [name for name, x in zip(names, inputs, strict=True) if x is not None]


def batch_norm(draw: DrawFn) -> Call:
    shape = channels(draw, LEAST)
    inputs = [reals(draw, shape), *parameters(draw, shape[1])]
    names, eps = given(["input", "weight", "bias"], inputs), draw(EPS)

    def twin(*xs: Any) -> Any:
        named = dict(zip(names, xs, strict=True))
        x = named["input"].transpose(0, 1).flatten(1)
        y = F.batch_norm(running_mean=None, running_var=None, training=True, eps=eps, **named)
        return y, x.mean(1), x.var(1, correction=0)

    return Call(inputs, {"eps": eps}, twin)


def fixed_batch_norm(draw: DrawFn) -> Call:
    shape = channels(draw, 0)
    c = shape[1]
    inputs = [
        reals(draw, shape),
        reals(draw, [c]),
        reals(draw, [c], 0.2, 2.0),
        *parameters(draw, c),
    ]
    names = given(["input", "running_mean", "running_var", "weight", "bias"], inputs)
    eps = draw(EPS)

    def twin(*xs: Any) -> Any:
        named = dict(zip(names, xs, strict=True))
        for name in ("running_mean", "running_var"):
            named[name] = named[name].detach()
        return F.batch_norm(eps=eps, **named)

    return Call(inputs, {"eps": eps}, twin, check={"constant": (1, 2)})


def group_norm(draw: DrawFn) -> Call:
    groups, width = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    c = groups * width
    shape = (draw(st.integers(1, 3)), c, LEAST, *draw(shapes(0, 2, side=1)))
    inputs = [reals(draw, shape), *parameters(draw, c)]
    if inputs[1] is None:
        inputs[2] = None  # PyTorch has no gradient for a bias alone
    eps = draw(EPS)

    def twin(x: Any, *others: Any) -> Any:
        named = dict(zip(given(["weight", "bias"], inputs[1:]), others, strict=True))
        return F.group_norm(x, groups, eps=eps, **named)

    return Call(inputs, {"groups": groups, "eps": eps}, twin)


def last_dims(draw: DrawFn) -> tuple[tuple[int, ...], tuple[int, ...]]:
    batch, last = draw(shapes(0, 2)), draw(shapes(1, 2, side=1))
    return batch, (*last[:-1], last[-1] + LEAST - 1)


def layer_norm(draw: DrawFn) -> Call:
    batch, last = last_dims(draw)
    inputs = [reals(draw, batch + last), *parameters(draw, *last)]
    names, eps = given(["input", "weight", "bias"], inputs), draw(EPS)

    def twin(*xs: Any) -> Any:
        return F.layer_norm(normalized_shape=last, eps=eps, **dict(zip(names, xs, strict=True)))

    return Call(inputs, {"dims": len(last), "eps": eps}, twin)


def rms_norm(draw: DrawFn) -> Call:
    batch, last = last_dims(draw)
    inputs = [reals(draw, batch + last), maybe(draw, reals(draw, last))]
    eps = draw(EPS)
    twin = lambda x, *w: F.rms_norm(x, last, *w, eps=eps)  # noqa: E731
    return Call(inputs, {"dims": len(last), "eps": eps}, twin)


def local_response_norm(draw: DrawFn) -> Call:
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 4)), *draw(shapes(1, 2, side=1)))
    options = {
        "size": draw(st.integers(1, 6)),
        "alpha": draw(st.sampled_from([1e-4, 0.5])),
        "beta": draw(st.sampled_from([0.75, 2.0])),
        "k": draw(st.sampled_from([1.0, 0.3])),
    }
    return Call([reals(draw, shape)], options, lambda x: F.local_response_norm(x, **options))


STRATEGIES = {
    "batch_norm": drawn(batch_norm),
    "fixed_batch_norm": drawn(fixed_batch_norm),
    "group_norm": drawn(group_norm),
    "layer_norm": drawn(layer_norm),
    "local_response_norm": drawn(local_response_norm),
    "rms_norm": drawn(rms_norm),
}
