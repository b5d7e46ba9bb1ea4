"""Losses between numbers: the threshold, ties, weights, and inputs that do not fit."""

from typing import Any

from parity_tests.cases import (
    Case,
    bools,
    case,
    const,
    extreme,
    ints,
    layer,
    raises,
    randn,
    special,
    ties,
    unit,
    values,
)
from parity_tests.cases.loss import each, legacy, legacy_layer, loss, wrong

THRESHOLD = values([-3.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 3.0]), values([0.0] * 8)


def between_numbers(name: str) -> list[Case]:
    """The cases of a loss of an output and a target of the same shape."""
    return [
        *each(name, randn(3, 4), randn(3, 4)),
        *each(name, randn(), randn()),
        *each(name, randn(0), randn(0)),
        *each(name, randn(1, 1), randn(1, 1)),
        *each(name, ties(3, 4), ties(3, 4)),
        *each(name, *THRESHOLD),
        *each(name, extreme(9), extreme(9)),
        *each(name, special(9), randn(9)),
        *each(name, randn(3, 4), randn(4)),
        *each(name, randn(4), randn(3, 1)),
        wrong(name, randn(3, 4), randn(5)),
        wrong(name, randn(3, 4), randn(3, 4), reduction="product"),
    ]


def weighted(name: str) -> list[Case]:
    return [
        *each(name, randn(3, 4), randn(3, 4), unit(3, 4), weights=("weight",)),
        *each(name, randn(4), randn(3, 4), unit(4), weights=("weight",)),
        wrong(name, randn(3, 4), randn(3, 4), unit(4), weights=("weight",)),
        wrong(name, randn(4), randn(3, 4), unit(3, 4), weights=("weight",)),
        wrong(name, randn(3), randn(3), unit(3), weights=("weight",), reduction="elementwise_mean"),
    ]


def not_implemented(m: Any, x: Any, t: Any) -> bool | None:
    """Returns whether the error of huber_loss is NotImplementedError; None without an error."""
    try:
        m.nn.functional.huber_loss(x, t)
    except RuntimeError as error:
        return isinstance(error, NotImplementedError)
    return None


L1 = [
    *between_numbers("l1_loss"),
    *weighted("l1_loss"),
    *legacy("l1_loss", randn(3, 4), randn(3, 4)),
    loss("l1_loss", randn(3, 4), ints(3, 4)),
    loss("l1_loss", ints(3, 4), ints(3, 4), reduction="sum"),
    loss("l1_loss", ints(3, 4), ints(3, 4), reduction="none"),
    wrong("l1_loss", ints(3), ints(3)),
]

SMOOTH = [
    *between_numbers("smooth_l1_loss"),
    *legacy("smooth_l1_loss", randn(3, 4), randn(3, 4)),
    *each("smooth_l1_loss", randn(3, 4), randn(3, 4), beta=0.25),
    *each("smooth_l1_loss", *THRESHOLD, beta=0.5),
    *each("smooth_l1_loss", *THRESHOLD, beta=0),
    loss("smooth_l1_loss", randn(3, 4), ints(3, 4)),
    loss("smooth_l1_loss", randn(3), randn(3), beta=float("inf")),
    wrong("smooth_l1_loss", randn(3), randn(3), beta=-1.0),
    wrong("smooth_l1_loss", randn(3), randn(3), beta=float("nan")),
    wrong("smooth_l1_loss", randn(3), randn(3), beta="1"),
    wrong("smooth_l1_loss", ints(3), ints(3)),
]

HUBER = [
    *between_numbers("huber_loss"),
    *weighted("huber_loss"),
    loss("huber_loss", randn(3, 4), randn(3, 4), reduction="elementwise_mean"),
    *each("huber_loss", randn(3, 4), randn(3, 4), delta=0.25),
    *each("huber_loss", *THRESHOLD, delta=0.5),
    *each("huber_loss", randn(3, 4), randn(3, 4), unit(3, 4), weights=("weight",), delta=3),
    loss("huber_loss", const(randn(3, 4)), ints(3, 4)),
    loss("huber_loss", randn(3), randn(3), delta=float("inf")),
    wrong("huber_loss", randn(3), randn(3), delta=0.0),
    wrong("huber_loss", randn(3), randn(3), delta=-1.0),
    wrong("huber_loss", randn(3), randn(3), delta="1"),
    wrong("huber_loss", ints(3), ints(3)),
    # `wrong` accepts NotImplementedError for RuntimeError, of which it is a subclass.
    *(
        case("nn.functional.huber_loss", lambda m, x, t: not_implemented(m, x, t), *pair)
        for pair in ((ints(3), ints(3)), (ints(3), const(randn(3))), (bools(3), ints(3)))
    ),
]

MSE = [*weighted("mse_loss"), loss("mse_loss", ints(3), ints(3), unit(3), weights=("weight",))]

XT = randn(3, 4), randn(3, 4)
LAYERS = [
    layer("L1Loss", lambda nn: nn.L1Loss(), *XT),
    layer("L1Loss", lambda nn: nn.L1Loss(reduction="none"), *XT),
    layer("L1Loss", lambda nn: nn.L1Loss(reduction="sum"), ties(5), ties(5)),
    *legacy_layer("L1Loss", *XT),
    *legacy_layer("SmoothL1Loss", *XT),
    raises("nn.HuberLoss", lambda m: m.nn.HuberLoss(delta="1")),
    layer("SmoothL1Loss", lambda nn: nn.SmoothL1Loss(), *XT),
    layer("SmoothL1Loss", lambda nn: nn.SmoothL1Loss(reduction="none", beta=0.5), *XT),
    layer("SmoothL1Loss", lambda nn: nn.SmoothL1Loss(reduction="sum", beta=0), ties(5), ties(5)),
    layer("HuberLoss", lambda nn: nn.HuberLoss(), *XT),
    layer("HuberLoss", lambda nn: nn.HuberLoss("none", 0.5), *XT),
    layer("HuberLoss", lambda nn: nn.HuberLoss(reduction="sum", delta=2), randn(5), randn(5)),
]

CASES = [*L1, *SMOOTH, *HUBER, *MSE, *LAYERS]
