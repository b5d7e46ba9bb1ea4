"""Losses: every reduction, weights, ignored targets, and extreme inputs."""

import warnings
from collections.abc import Callable
from typing import Any

from parity_tests.cases import (
    Case,
    Input,
    case,
    const,
    extreme,
    functional,
    ints,
    raises,
    randn,
    simplex,
    special,
    ties,
    unit,
    values,
)

INF, NAN = float("inf"), float("nan")
BCE, LOGITS = "binary_cross_entropy", "binary_cross_entropy_with_logits"


def called(name: str, weights: tuple[str, ...], options: dict[str, Any]) -> Callable[..., Any]:
    """F.name(*inputs, **options); the last inputs are passed under the names of weights."""

    def run(F: Any, x: Any, *rest: Any) -> Any:
        n = len(rest) - len(weights)
        with warnings.catch_warnings():  # tests/test_loss.py has the warnings
            warnings.simplefilter("ignore")
            # PyTorch's backward of a loss over pixels refuses an input with gaps
            x = x.contiguous() if x.ndim == 4 else x
            named = dict(zip(weights, rest[n:], strict=True))
            return getattr(F, name)(x, *rest[:n], **named, **options)

    return run


def loss(name: str, *inputs: Input, weights: tuple[str, ...] = (), **options: Any) -> Case:
    return functional(name, called(name, weights, options), *inputs)


def each(name: str, *inputs: Input, **options: Any) -> list[Case]:
    """The loss in every reduction."""
    return [loss(name, *inputs, reduction=r, **options) for r in ("none", "mean", "sum")]


def legacy(name: str, *inputs: Input) -> list[Case]:
    """The deprecated arguments, which override the reduction."""
    return [
        loss(name, *inputs, size_average=False),
        loss(name, *inputs, reduce=False),
        loss(name, *inputs, size_average=True, reduce=True),
        loss(name, *inputs, size_average=False, reduce=False),
        loss(name, *inputs, reduction="elementwise_mean"),
    ]


def legacy_layer(name: str, *inputs: Input) -> list[Case]:
    """The layer with the deprecated arguments."""
    return [
        case(f"nn.{name}", lambda m, *xs: getattr(m.nn, name)(size_average=False)(*xs), *inputs),
        case(f"nn.{name}", lambda m, *xs: getattr(m.nn, name)(reduce=False)(*xs), *inputs),
    ]


def wrong(name: str, *inputs: Input, weights: tuple[str, ...] = (), **options: Any) -> Case:
    """The loss raises on these inputs."""
    run = called(name, weights, options)
    return raises(f"nn.functional.{name}", lambda m, *xs: run(m.nn.functional, *xs), *inputs)


MSE = [
    *each("mse_loss", randn(3, 4), randn(3, 4)),
    *each("mse_loss", randn(), randn()),
    *each("mse_loss", randn(0), randn(0)),
    *each("mse_loss", ties(3, 4), ties(3, 4)),
    *each("mse_loss", extreme(9), extreme(9)),
    *each("mse_loss", special(9), randn(9)),
    *each("mse_loss", randn(3, 4), randn(4)),
    *each("mse_loss", randn(3, 4), randn(3, 4), unit(3, 4), weights=("weight",)),
    loss("mse_loss", randn(3, 4), ints(3, 4)),
    *legacy("mse_loss", randn(3, 4), randn(3, 4)),
    wrong("mse_loss", randn(3, 4), randn(3, 4), reduction="product"),
    wrong("mse_loss", ints(3), ints(3)),
]

# the clamped logarithm and the guarded divisor; infinite and nan logits
CERTAIN = values([0.0, 1.0, 0.0, 1.0, 1e-13, 0.5]), values([0.0, 0.0, 1.0, 1.0, 0.25, 0.5])
FAR = (
    values([INF, -INF, INF, -INF, 1e4, -1e4, 1e4, -1e4, NAN, 0.0, 40.0, -40.0]),
    values([0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.5, 0.0, 1.0]),
)

BINARY = [
    *each(BCE, unit(3, 4), unit(3, 4)),
    *each(BCE, unit(3, 4), unit(3, 4), const(unit(4)), weights=("weight",)),
    *each(BCE, unit(), unit()),
    *each(BCE, unit(0), unit(0)),
    *each(BCE, *CERTAIN),
    *legacy(BCE, unit(3, 4), unit(3, 4)),
    wrong(BCE, unit(3, 4), unit(4)),
    wrong(BCE, values([0.5, 1.5]), unit(2)),
    wrong(BCE, values([0.5, NAN]), unit(2)),
    wrong(BCE, unit(2), values([0.5, -0.5])),
    wrong(BCE, unit(2), ints(2, high=2)),
    wrong(BCE, unit(3, 4), unit(3, 4), const(unit(2, 3, 4))),
    wrong(BCE, unit(3, 4), unit(3, 4), unit(4)),
    *each(LOGITS, randn(3, 4), unit(3, 4)),
    *each(LOGITS, randn(3, 4), unit(3, 4), const(unit(3, 1)), weights=("weight",)),
    *each(LOGITS, randn(3, 4), unit(3, 4), const(unit(4)), weights=("pos_weight",)),
    *each(
        LOGITS,
        randn(2, 3, 4),
        unit(2, 3, 4),
        const(unit(4)),
        const(unit(3, 1)),
        weights=("weight", "pos_weight"),
    ),
    *each(LOGITS, randn(0), unit(0)),
    *each(LOGITS, *FAR),
    *each(LOGITS, *FAR, const(values([3.0])), weights=("pos_weight",)),
    *legacy(LOGITS, randn(3, 4), unit(3, 4)),
    wrong(LOGITS, randn(3, 4), unit(4)),
    wrong(LOGITS, randn(3), ints(3, high=2)),
    wrong(LOGITS, randn(3, 4), unit(3, 4), const(unit(2, 3, 4))),
    wrong(LOGITS, randn(3, 4), unit(3, 4), unit(4)),
]

# one row of each: far apart, a class that is impossible, a tie, far below zero
EDGES = values([[1e4, -1e4, 0.0], [-INF, 0.0, 1.0], [0.0, 0.0, 0.0], [-1e4, -1e4, -1e4]])


def over_classes(name: str) -> list[Case]:
    """The cases of a loss whose target is a class."""
    pick = ints(6, high=3)
    return [
        *each(name, randn(6, 5), ints(6)),
        *each(name, randn(5), ints()),
        *each(name, randn(2, 3, 4), ints(2, 4, high=3)),
        *each(name, randn(2, 3, 4, 5), ints(2, 4, 5, high=3), const(unit(3)), weights=("weight",)),
        *each(name, randn(6, 3), pick, const(unit(3)), weights=("weight",), ignore_index=1),
        *each(name, randn(2, 3, 4), ints(2, 4, high=3), ignore_index=1),
        *each(name, values([[NAN, 0.0, 1.0], [0.5, 0.0, 1.0]]), values([-100, 1])),
        *each(name, randn(3, 4), values([2, 2, 2]), ignore_index=2),
        *each(name, randn(0, 4), ints(0, high=4)),
        *each(name, randn(2, 3, 0), ints(2, 0, high=3)),
        *each(name, EDGES, values([0, 1, 2, 0])),
        *each(name, EDGES, values([1, 0, 2, 1])),
        *each(name, randn(3, 2), values([0, 0, 0]), const(values([0.0, 1.0])), weights=("weight",)),
        functional(
            name, lambda F, x, t: getattr(F, name)(x, t.byte()), randn(4, 3), ints(4, high=3)
        ),
        *legacy(name, randn(6, 5), ints(6)),
        wrong(name, randn(3, 4), values([1, 2, 4])),
        wrong(name, randn(3, 4), values([1, 2, -1])),
        wrong(name, randn(2, 3, 4), ints(2, 4, low=3, high=4)),
        wrong(name, randn(3, 4), ints(2, high=4)),
        wrong(name, randn(3, 4), ints(3, 2, high=4)),
        wrong(name, randn(3, 4), ints(high=4)),
        wrong(name, randn(3), ints(2, high=3)),
        wrong(name, randn(2, 3, 4), ints(2, 5, high=3)),
        wrong(name, randn(3, 4), randn(3)),
        wrong(name, randn(3, 4), values([True, False, True])),
        wrong(name, ints(3, 4), ints(3, high=4)),
        wrong(name, randn(3, 4), ints(3, high=4), const(unit(3))),
        wrong(name, randn(3, 4), ints(3, high=4), unit(4)),
        wrong(name, randn(3, 4), ints(3, high=4), reduction="product"),
    ]


CE = "cross_entropy"
SMOOTHED = [
    *each(CE, randn(6, 5), ints(6), label_smoothing=0.1),
    *each(CE, randn(5), ints(), label_smoothing=1.0),
    *each(
        CE,
        randn(2, 3, 4),
        ints(2, 4, high=3),
        const(unit(3)),
        weights=("weight",),
        label_smoothing=0.3,
        ignore_index=2,
    ),
    *each(CE, EDGES, values([0, 1, 2, 0]), label_smoothing=0.1),
    loss(CE, randn(3, 4), ints(3, high=4), label_smoothing=-0.5),
    wrong(CE, randn(3, 4), ints(3, high=4), label_smoothing=1.5),
]

PROBABILITIES = [
    *each(CE, randn(6, 5), simplex(6, 5)),
    *each(CE, randn(5), simplex(5)),
    *each(CE, randn(6, 5), unit(6, 5), unit(5), weights=("weight",), label_smoothing=0.2),
    *each(CE, randn(2, 3, 4, 5), unit(2, 3, 4, 5), unit(3), weights=("weight",)),
    *each(CE, randn(0, 5), unit(0, 5)),
    *each(CE, EDGES, simplex(4, 3)),
    *each(
        CE, values([[NAN, 0.0, 1.0], [0.5, 0.0, 1.0]]), values([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]])
    ),
    *each(CE, EDGES, values([[1.0, 0.0, 0.0]] * 4), label_smoothing=0.1),
    wrong(CE, randn(3, 4), ints(3, 4)),
    wrong(CE, randn(3, 4), unit(3, 4), ignore_index=1),
    wrong(CE, randn(3, 4), unit(3, 4), label_smoothing=1.5),
    wrong(CE, randn(3, 4), unit(3, 4), unit(3)),
    wrong(CE, randn(), unit()),
]

OLD_NAME = [
    case(
        "nn.NLLLoss2d",
        lambda m, x, t: m.nn.NLLLoss2d(reduction="sum")(x, t),
        randn(2, 3, 4),
        ints(2, 4, high=3),
    ),
    case(
        "nn.NLLLoss2d",
        lambda m, x, t: m.nn.NLLLoss2d(m.ones(3).double(), False, 1, True)(x.double(), t),
        randn(4, 3),
        ints(4, high=3),
    ),
]

CASES = [
    *OLD_NAME,
    *MSE,
    *BINARY,
    *over_classes("nll_loss"),
    *over_classes("cross_entropy"),
    *SMOOTHED,
    *PROBABILITIES,
]
