"""Calls of refnet.ops.sigmoid, .rectifier, .gate, .shrinkage and .softmax."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from hypothesis import strategies as st

from parity_tests.strategies import Call, DrawFn, drawn, generator, reals, shapes, unary


def optioned(
    twin: Callable[..., Any],
    choices: Sequence[dict[str, Any]],
    low: float = -3.0,
    high: float = 3.0,
    *,
    ties: bool = True,
) -> st.SearchStrategy[Call]:
    """A function of one array with some choices of options, which the twin takes too."""

    @st.composite
    def strategy(draw: DrawFn) -> Call:
        options = draw(st.sampled_from(choices))
        x = reals(draw, draw(shapes()), low, high, ties=ties)
        return Call([x], dict(options), lambda x: twin(x, **options))

    return strategy()


def elu_twin(x: Any, alpha: float = 1.0, scale: float = 1.0, steepness: float = 1.0) -> Any:
    return torch.ops.aten.elu(x, alpha, scale, steepness)


def prelu(draw: DrawFn) -> Call:
    """One slope, or one for each channel."""
    shape = draw(shapes(2, 3, side=1))
    w = reals(draw, (1, shape[1], *(1,) * (len(shape) - 2)) if draw(st.booleans()) else (1,))
    return Call([reals(draw, shape, ties=True), w], {}, lambda x, w: F.prelu(x, w.flatten()))


def rrelu(draw: DrawFn) -> Call:
    shape = draw(shapes())
    slopes = generator(draw).uniform(0.1, 0.4, shape)
    x = reals(draw, shape, ties=True)
    twin = lambda x, r: torch.where(x > 0, x, x * r.detach())  # noqa: E731
    return Call([x, np.asarray(slopes)], {}, twin, {"constant": (1,)})


def glu(draw: DrawFn) -> Call:
    shape = list(draw(shapes(1, 3)))
    dim = draw(st.integers(0, len(shape) - 1))
    shape[dim] *= 2
    return Call([reals(draw, shape)], {"dim": dim}, lambda x: F.glu(x, dim))


def along(f: Callable[..., Any]) -> st.SearchStrategy[Call]:
    """A function along one dimension."""

    @st.composite
    def strategy(draw: DrawFn) -> Call:
        shape = draw(shapes(1, 3, side=1))
        dim = draw(st.integers(0, len(shape) - 1))
        x = reals(draw, shape, -9.0, 9.0, ties=True)
        return Call([x], {"dim": dim}, lambda x: f(x, dim))

    return strategy()


STRATEGIES = {
    "tanh": unary(torch.tanh),
    "sigmoid": unary(torch.sigmoid),
    "bipolar_sigmoid": unary(lambda x: torch.tanh(x / 2)),
    # F.hardsigmoid's gradient holds 1/6 in single precision
    "hardsigmoid": unary(lambda x: F.hardtanh(x, -3, 3) / 6 + 0.5, -5.0, 5.0, ties=True),
    "softsign": unary(F.softsign, ties=True),
    "softplus": optioned(
        F.softplus,
        [
            {},
            {"beta": 2.0, "threshold": 1.0},
            {"beta": 0.5, "threshold": 5.0},
            {"beta": -1.5},
        ],
        -30.0,
        30.0,
        ties=False,
    ),
    "logsigmoid": unary(F.logsigmoid, -9.0, 9.0, ties=True),
    "relu": unary(torch.relu, ties=True),
    "leaky_relu": optioned(
        F.leaky_relu, [{"negative_slope": s} for s in (0.01, 0.3, 0.0, -0.5, 2.0)]
    ),
    "prelu": drawn(prelu),
    "rrelu": drawn(rrelu),
    "elu": optioned(
        elu_twin,
        [
            {},
            {"alpha": 2.0},
            {"alpha": -0.5},
            {"alpha": 2.0, "steepness": 0.5},
            {"alpha": 1.5, "scale": 1.25, "steepness": 0.7},
        ],
    ),
    "threshold": optioned(
        F.threshold,
        [{"threshold": 0.5, "value": -2.0}, {"threshold": -1.0, "value": 0.25}],
    ),
    "hardtanh": optioned(
        lambda x, low=-1.0, high=1.0: F.hardtanh(x, low, high),
        [{}, {"low": -2.0, "high": 0.5}, {"low": 1.0, "high": 1.0}],
    ),
    "silu": unary(F.silu),
    "gelu": unary(F.gelu),
    "gelu_tanh": unary(lambda x: F.gelu(x, approximate="tanh")),
    "mish": unary(F.mish),
    "hardswish": unary(F.hardswish, -5.0, 5.0, ties=True),
    "glu": drawn(glu),
    "hardshrink": optioned(F.hardshrink, [{}, {"lambd": 1.0}]),
    "softshrink": optioned(F.softshrink, [{}, {"lambd": 1.0}]),
    "tanhshrink": unary(F.tanhshrink),
    "softmax": along(torch.softmax),
    "log_softmax": along(torch.log_softmax),
}
