"""The rest of nn.functional: activations with their arguments, one_hot."""

import warnings
from collections.abc import Callable
from typing import Any

from parity_tests.cases import (
    case,
    extreme,
    functional,
    ints,
    raises,
    randn,
    special,
    ties,
    values,
)
from parity_tests.cases.activation import FUSED


def implicit(f: Callable[..., Any]) -> Callable[..., Any]:
    """f without the warning that it chose a dimension."""

    def run(*args: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return f(*args)

    return run


def changed(F: Any, f: Callable[..., Any], x: Any) -> tuple[Any, Any]:
    """The result of f(F, y) and y after it, for y = 2x, which is not a leaf."""
    y = 2 * x
    return f(F, y), y


CASES = [
    functional("relu", lambda F, x: F.relu(x), ties(3, 5)),
    functional("relu", lambda F, x: F.relu(x), extreme(3, 5)),
    functional("relu", lambda F, x: F.relu(x), special(9)),
    functional("relu", lambda F, x: F.relu(x), ints(4, low=-3)),
    functional("relu", lambda F, x: changed(F, lambda F, y: F.relu(y, inplace=True), x), ties(7)),
    functional("relu_", lambda F, x: changed(F, lambda F, y: F.relu_(y), x), ties(7)),
    raises("nn.functional.relu", lambda m, x: m.nn.functional.relu(x, inplace=True), randn(3)),
    raises("nn.functional.relu", lambda m, x: m.nn.functional.relu(x), values([True])),
    functional("leaky_relu", lambda F, x: F.leaky_relu(x), ties(3, 5)),
    functional("leaky_relu", lambda F, x: F.leaky_relu(x, 0.2), extreme(3, 5)),
    functional("leaky_relu", lambda F, x: F.leaky_relu(x, negative_slope=-0.5), special(9)),
    functional(
        "leaky_relu",
        lambda F, x: changed(F, lambda F, y: F.leaky_relu(y, 0.1, inplace=True), x),
        ties(7),
    ),
    functional(
        "leaky_relu_", lambda F, x: changed(F, lambda F, y: F.leaky_relu_(y, 0.1), x), ties(7)
    ),
    raises("nn.functional.leaky_relu", lambda m, x: m.nn.functional.leaky_relu(x), ints(3)),
    functional("sigmoid", lambda F, x: F.sigmoid(x), extreme(3, 5)),
    functional("sigmoid", lambda F, x: F.sigmoid(x), special(9)),
    functional("tanh", lambda F, x: F.tanh(x), extreme(3, 5), **FUSED),
    functional("tanh", lambda F, x: F.tanh(x), special(9), **FUSED),
    functional("logsigmoid", lambda F, x: F.logsigmoid(x), randn(3, 5)),
    functional("logsigmoid", lambda F, x: F.logsigmoid(x), extreme(3, 5)),
    functional("softplus", lambda F, x: F.softplus(x), randn(3, 5)),
    functional("softplus", lambda F, x: F.softplus(x), extreme(3, 5)),
    functional("softplus", lambda F, x: F.softplus(x, beta=2, threshold=1.5), randn(20)),
    functional("softplus", lambda F, x: F.softplus(x, 0.5, 5.0), ties(9)),
    functional(
        "bipolar_sigmoid",  # refnet's own: (1 − e⁻ˣ)/(1 + e⁻ˣ)
        lambda F, x: F.bipolar_sigmoid(x) if hasattr(F, "bipolar_sigmoid") else F.tanh(x / 2),
        extreme(3, 5),
    ),
    functional(
        "bipolar_sigmoid",
        lambda F, x: (
            F.bipolar_sigmoid(x)
            if hasattr(F, "bipolar_sigmoid")
            else (1 - (-x).exp()) / (1 + (-x).exp())
        ),
        randn(3, 5),
    ),
    # softmax and its logarithm
    functional("softmax", lambda F, x: F.softmax(x, 1), randn(3, 5)),
    functional("softmax", lambda F, x: F.softmax(x, dim=0), extreme(3, 5)),
    functional("softmax", lambda F, x: F.softmax(x, -2), ties(2, 3, 4)),
    functional("softmax", lambda F, x: F.softmax(x, 0), randn()),
    functional("softmax", implicit(lambda F, x: F.softmax(x)), randn(4)),
    functional("softmax", implicit(lambda F, x: F.softmax(x)), randn(3, 4)),
    functional("softmax", implicit(lambda F, x: F.softmax(x, _stacklevel=5)), randn(3, 4, 2)),
    functional("softmax", implicit(lambda F, x: F.softmax(x)), randn(2, 3, 4, 2)),
    functional("log_softmax", lambda F, x: F.log_softmax(x, 1), randn(3, 5)),
    functional("log_softmax", lambda F, x: F.log_softmax(x, dim=0), extreme(3, 5)),
    functional("log_softmax", lambda F, x: F.log_softmax(x, -2), ties(2, 3, 4)),
    functional("log_softmax", implicit(lambda F, x: F.log_softmax(x)), randn(3, 4)),
    functional("log_softmax", implicit(lambda F, x: F.log_softmax(x, _stacklevel=5)), randn(3)),
    case(
        "nn.functional.softmax",
        lambda m, x: m.nn.functional.softmax(x, 1, dtype=m.float64),
        randn(3, 4),
    ),
    case(
        "nn.functional.softmax",
        lambda m, x: m.nn.functional.softmax(x, 1, dtype=m.float64),
        ints(3, 4),
    ),
    case(
        "nn.functional.log_softmax",
        lambda m, x: m.nn.functional.log_softmax(x, 0, dtype=m.float32),
        ints(3, 4),
    ),
    raises("nn.functional.softmax", lambda m, x: m.nn.functional.softmax(x, 2), randn(3, 4)),
    raises("nn.functional.log_softmax", lambda m, x: m.nn.functional.log_softmax(x, 2), randn(3)),
    # one_hot
    functional("one_hot", lambda F, t: F.one_hot(t), ints(2, 5)),
    functional("one_hot", lambda F, t: F.one_hot(t, 7), ints(4)),
    functional("one_hot", lambda F, t: F.one_hot(t, num_classes=5), ints()),
    functional("one_hot", lambda F, t: F.one_hot(t, 3), ints(0, 2)),
    raises("nn.functional.one_hot", lambda m, t: m.nn.functional.one_hot(t, 3), values([0, 3])),
    raises("nn.functional.one_hot", lambda m, t: m.nn.functional.one_hot(t), values([0, -1])),
    raises("nn.functional.one_hot", lambda m, t: m.nn.functional.one_hot(t), ints(0)),
    raises("nn.functional.one_hot", lambda m, t: m.nn.functional.one_hot(t), randn(3)),
]
