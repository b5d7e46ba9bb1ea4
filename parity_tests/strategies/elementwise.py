"""Calls of refnet.ops.arithmetic, .transcendental, .piecewise and .error_function."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from parity_tests.strategies import (
    Call,
    DrawFn,
    binary,
    broadcastable,
    drawn,
    generator,
    reals,
    shapes,
    unary,
)


def power(draw: DrawFn) -> Call:
    """A positive base, or any base with a whole number as a constant exponent."""
    shape = draw(shapes())
    if draw(st.booleans()):
        n = draw(st.sampled_from([0, 1, 2, 3, 5, -1, -2, -3, -4, 0.5, -0.5, 1.5, 2.0, -2.7]))
        signs = [1.0, -1.0] if float(n).is_integer() else [1.0]
        base = reals(draw, shape, 0.3, 2.0) * draw(st.sampled_from(signs))
        return Call([base, n], {}, torch.pow)
    a, b = shape, broadcastable(draw, shape)
    return Call([reals(draw, a, 0.3, 2.0), reals(draw, b)], {}, torch.pow)


def clamp(draw: DrawFn) -> Call:
    shape = draw(shapes())
    x = reals(draw, shape, ties=True)
    kind = draw(st.sampled_from(["number", "array"]))
    low, high = -0.7, 1.0
    if kind == "array":
        bounds = broadcastable(draw, shape)
        low, high = reals(draw, bounds, -2.0, 0.0), reals(draw, bounds, 0.0, 2.0)
    given = draw(st.sampled_from(["both", "low", "high"]))
    low, high = (None if given == "high" else low), (None if given == "low" else high)

    def twin(x, *bounds):
        bounds = list(bounds)
        return torch.clamp(
            x,
            None if low is None else bounds.pop(0),
            None if high is None else bounds.pop(0),
        )

    return Call([x, low, high], {}, twin)


def where(draw: DrawFn) -> Call:
    shape = draw(shapes())
    condition = generator(draw).random(shape) < 0.5
    a, b = reals(draw, broadcastable(draw, shape)), reals(draw, broadcastable(draw, shape))
    return Call([np.asarray(condition), a, b], {}, torch.where)


def lerp(draw: DrawFn) -> Call:
    shape = draw(shapes())
    w = draw(st.sampled_from([0.0, 0.3, 0.5, 0.9, -1.5])) if draw(st.booleans()) else None
    weight = reals(draw, broadcastable(draw, shape)) if w is None else w
    return Call(
        [reals(draw, shape), reals(draw, broadcastable(draw, shape)), weight], {}, torch.lerp
    )


def by_number(twin: Callable[..., Any]) -> st.SearchStrategy[Call]:
    """A function of an array and a number."""

    @st.composite
    def strategy(draw: DrawFn) -> Call:
        number = draw(st.sampled_from([2, -0.5, 1.25]))
        return Call([reals(draw, draw(shapes())), number], {}, twin)

    return strategy()


def scale(draw: DrawFn) -> Call:
    factor = draw(st.sampled_from([2, -0.5, 0, 1.25]))
    return Call([reals(draw, draw(shapes()))], {"factor": factor}, lambda x: x * factor)


STRATEGIES = {
    "lerp": drawn(lerp),
    "add": binary(torch.add) | by_number(torch.add),
    "sub": binary(torch.sub) | by_number(torch.sub),
    "mul": binary(torch.mul) | by_number(torch.mul),
    "div": binary(torch.div, low2=0.4, high2=3.0) | by_number(torch.div),
    "pow": drawn(power),
    "neg": unary(torch.neg),
    "scale": drawn(scale),
    "exp": unary(torch.exp),
    "expm1": unary(torch.expm1),
    "log": unary(torch.log, 0.1, 5.0),
    "log1p": unary(torch.log1p, -0.8, 5.0),
    "sqrt": unary(torch.sqrt, 0.1, 5.0),
    "rsqrt": unary(torch.rsqrt, 0.1, 5.0),
    "square": unary(torch.square),
    "reciprocal": unary(torch.reciprocal, 0.3, 4.0),
    "sin": unary(torch.sin),
    "cos": unary(torch.cos),
    "abs": unary(torch.abs, ties=True),
    "maximum": binary(torch.maximum, ties=True),
    "minimum": binary(torch.minimum, ties=True),
    "clamp": drawn(clamp),
    "where": drawn(where),
    "erf": unary(torch.erf),
}
