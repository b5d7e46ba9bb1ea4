"""Activations as functions and methods of tensors; nn.functional's are in linear.py and nn.py."""

from typing import Any

from parity_tests.cases import (
    case,
    extreme,
    functional,
    ints,
    method,
    raises,
    randn,
    special,
    ties,
    wide,
)


def _in_place(name):
    def f(x):
        y = x * 1
        z = getattr(y, name)()
        return y * 2, z is y

    return f


SHAPES = [
    randn(3, 4),
    randn(),
    randn(0, 3),
    randn(1),
    extreme(12),
    special(9),
    ties(4, 5),
    wide(16),
]
FUSED: dict[str, Any] = {
    "ulp": 4.0,
    "reason": "PyTorch rounds 1 − y² once, NumPy y² as well: over five draws of each input an entry was up "
    "to 3.7 ulp beyond twice PyTorch's error",
}

CASES = [
    *(case("tanh", lambda m, x: m.tanh(x), x, **FUSED) for x in SHAPES),
    *(case("sigmoid", lambda m, x: m.sigmoid(x), x) for x in SHAPES),
    *(case("relu", lambda m, x: m.relu(x), x) for x in SHAPES),
    case("relu", lambda m, x: m.relu(x), ints(5, low=-3)),
    case("sigmoid", lambda m, x: m.sigmoid(x), ints(5, low=-3)),
    *(
        case("softmax", lambda m, x: m.softmax(x, 1), x)
        for x in [randn(3, 4), randn(2, 3, 4), extreme(4, 6), ties(3, 3), randn(3, 1), randn(0, 3)]
    ),
    case("softmax", lambda m, x: m.softmax(x, 0), randn()),
    case("softmax", lambda m, x: m.softmax(x, -2), randn(2, 3, 4)),
    case("softmax", lambda m, x: m.softmax(x, 0, dtype=m.float64), randn(3)),
    *(
        case("log_softmax", lambda m, x: m.log_softmax(x, 1), x)
        for x in [randn(3, 4), randn(2, 3, 4), extreme(4, 6), ties(3, 3), randn(3, 1), randn(0, 3)]
    ),
    case("log_softmax", lambda m, x: m.log_softmax(x, 0), randn()),
    case("log_softmax", lambda m, x: m.log_softmax(x, -3), randn(2, 3, 4)),
    case("log_softmax", lambda m, x: m.log_softmax(x, 0, dtype=m.float64), randn(3)),
    *(
        functional("leaky_relu", lambda F, x: F.leaky_relu(x, 0.2), x)
        for x in [randn(3, 4), ties(4, 5), special(9), extreme(12)]
    ),
    *(
        functional("logsigmoid", lambda F, x: F.logsigmoid(x), x)
        for x in [randn(3, 4), extreme(12), randn(0)]
    ),
    method("tanh_", _in_place("tanh_"), randn(3)),
    method("sigmoid_", _in_place("sigmoid_"), randn(3)),
    method("relu_", _in_place("relu_"), randn(3)),
    raises("softmax", lambda m, x: m.softmax(x, 2), randn(3, 4)),
    raises("log_softmax", lambda m, x: m.log_softmax(x, 0), ints(3)),
]
