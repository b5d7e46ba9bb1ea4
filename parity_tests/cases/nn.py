"""Layers and losses of refnet.nn, one line a case."""

from typing import Any

import numpy as np

from parity_tests.cases import (
    Input,
    case,
    const,
    extreme,
    ints,
    layer,
    positive,
    raises,
    randn,
    simplex,
    ties,
    uniform,
    unit,
    values,
)

LINEAR = [
    layer("Identity", lambda nn: nn.Identity(), randn(2, 3)),
    layer("Identity", lambda nn: nn.Identity(54, unused=0.1), ints(4)),
    layer("Linear", lambda nn: nn.Linear(4, 3), randn(2, 4)),
    layer("Linear", lambda nn: nn.Linear(4, 3), randn(4)),
    layer("Linear", lambda nn: nn.Linear(3, 5), randn(2, 0, 3)),
    layer("Linear", lambda nn: nn.Linear(2, 6), randn(3, 1, 4, 2)),
    layer("Linear", lambda nn: nn.Linear(5, 1), extreme(7, 5)),
    layer("Linear", lambda nn: nn.Linear(4, 3, bias=False), randn(5, 4)),
    layer("Linear", lambda nn, m: nn.Linear(4, 3, device="cpu", dtype=m.float64), randn(2, 4)),
    raises("nn.Linear", lambda m, x: m.nn.Linear(4, 3)(x), randn(2, 3)),
    raises("nn.Linear", lambda m, x: m.nn.Linear(4, 3).double()(x.float()), randn(2, 4)),
    raises("nn.Linear", lambda m: m.nn.Linear(4, 3, device="nowhere")),
    layer("Bilinear", lambda nn: nn.Bilinear(3, 2, 4), randn(5, 3), randn(5, 2)),
    layer("Bilinear", lambda nn: nn.Bilinear(2, 3, 1), randn(2, 4, 2), randn(2, 4, 3)),
    layer("Bilinear", lambda nn: nn.Bilinear(3, 2, 4, bias=False), randn(1, 3), randn(1, 2)),
    layer(
        "Bilinear",
        lambda nn, m: nn.Bilinear(3, 2, 4, device="cpu", dtype=m.float64),
        randn(3),
        randn(2),
    ),
    raises("nn.Bilinear", lambda m: m.nn.Bilinear(0, 2, 3)),
    raises("nn.Bilinear", lambda m, x, y: m.nn.Bilinear(3, 2, 4)(x, y), randn(5, 2), randn(5, 2)),
]

SHAPE = [
    layer("Flatten", lambda nn: nn.Flatten(), randn(2, 3, 4)),
    layer("Flatten", lambda nn: nn.Flatten(0), randn(2, 3)),
    layer("Flatten", lambda nn: nn.Flatten(start_dim=-3, end_dim=-2), randn(2, 3, 4, 5)),
    layer("Flatten", lambda nn: nn.Flatten(0, -1), randn()),
    layer("Flatten", lambda nn: nn.Flatten(), randn(0, 3, 2)),
    raises("nn.Flatten", lambda m, x: m.nn.Flatten(3, 1)(x), randn(2, 3, 4, 5)),
    layer("Unflatten", lambda nn: nn.Unflatten(1, (2, 3)), randn(4, 6)),
    layer("Unflatten", lambda nn: nn.Unflatten(-1, (2, -1)), randn(2, 3, 8)),
    layer("Unflatten", lambda nn: nn.Unflatten(0, [3, 1]), randn(3, 2)),
    raises("nn.Unflatten", lambda m, x: m.nn.Unflatten(1, (2, 4))(x), randn(4, 6)),
    raises("nn.Unflatten", lambda m: m.nn.Unflatten(1, (2, 1.5))),
    raises("nn.Unflatten", lambda m: m.nn.Unflatten(1, 6)),
]


def bipolar_sigmoid(m: Any) -> Any:
    """The layer; PyTorch has none, but tanh(x/2)."""
    return m.nn.BipolarSigmoid() if hasattr(m.nn, "BipolarSigmoid") else lambda x: m.tanh(x / 2)


ACTIVATIONS = [
    layer("Sigmoid", lambda nn: nn.Sigmoid(), randn(3, 4)),
    layer("Sigmoid", lambda nn: nn.Sigmoid(), extreme(20)),
    layer("Tanh", lambda nn: nn.Tanh(), randn(3, 4)),
    layer("Tanh", lambda nn: nn.Tanh(), extreme(20)),
    layer("ReLU", lambda nn: nn.ReLU(), ties(3, 4)),
    layer("ReLU", lambda nn: nn.ReLU(), extreme(20)),
    layer("ReLU", lambda nn: nn.ReLU(inplace=True), ties(3, 4), call=lambda f, x: f(x * 2)),
    raises("nn.ReLU", lambda m, x: m.nn.ReLU(inplace=True)(x), randn(3)),
    layer("LeakyReLU", lambda nn: nn.LeakyReLU(), ties(3, 4)),
    layer("LeakyReLU", lambda nn: nn.LeakyReLU(0.2), extreme(20)),
    layer("LeakyReLU", lambda nn: nn.LeakyReLU(negative_slope=-0.5), randn(2, 3)),
    layer(
        "LeakyReLU",
        lambda nn: nn.LeakyReLU(0.3, inplace=True),
        ties(3, 4),
        call=lambda f, x: f(x * 2),
    ),
    layer("LogSigmoid", lambda nn: nn.LogSigmoid(), randn(3, 4)),
    layer("LogSigmoid", lambda nn: nn.LogSigmoid(), extreme(20)),
    layer("Softplus", lambda nn: nn.Softplus(), randn(3, 4)),
    layer("Softplus", lambda nn: nn.Softplus(beta=2.5, threshold=1.0), randn(5, 4)),
    layer("Softplus", lambda nn: nn.Softplus(0.5, 3), extreme(20)),
    layer("Softmax", lambda nn: nn.Softmax(dim=1), randn(3, 4)),
    layer("Softmax", lambda nn: nn.Softmax(0), extreme(5, 4)),
    layer("Softmax", lambda nn: nn.Softmax(-2), randn(2, 3, 4)),
    layer("LogSoftmax", lambda nn: nn.LogSoftmax(dim=1), randn(3, 4)),
    layer("LogSoftmax", lambda nn: nn.LogSoftmax(0), extreme(5, 4)),
    layer("LogSoftmax", lambda nn: nn.LogSoftmax(-2), randn(2, 3, 4)),
    case("nn.BipolarSigmoid", lambda m, x: bipolar_sigmoid(m)(x), randn(3, 4)),
    case("nn.BipolarSigmoid", lambda m, x: bipolar_sigmoid(m)(x), extreme(20)),
]


def two_probabilities(*shape: int) -> Input:
    """Probabilities with exact zeros and ones among them."""
    pool = np.array([0.0, 1.0, 0.25, 0.9, 1e-8])
    return Input(f"probabilities{shape}", lambda rng: rng.choice(pool, shape))


def weight(m: Any) -> Any:
    """A weight for each of three classes; m is refnet or torch."""
    return m.tensor([0.25, 1.5, 0.75])


TWO_CLASS = [
    layer("MSELoss", lambda nn: nn.MSELoss(), randn(3, 4), randn(3, 4)),
    layer("MSELoss", lambda nn: nn.MSELoss(reduction="sum"), randn(5), randn(5)),
    layer(
        "MSELoss", lambda nn: nn.MSELoss(reduction="none"), randn(2, 1, 3), const(randn(2, 1, 3))
    ),
    layer("BCELoss", lambda nn: nn.BCELoss(), unit(3, 4), unit(3, 4)),
    layer("BCELoss", lambda nn: nn.BCELoss(reduction="sum"), two_probabilities(9), const(unit(9))),
    layer(
        "BCELoss",
        lambda nn: nn.BCELoss(reduction="none"),
        unit(2, 3),
        values([[1.0, 0, 1], [0, 0, 1]]),
    ),
    layer(
        "BCELoss", lambda nn, m: nn.BCELoss(weight=m.linspace(0.5, 2, 4)), unit(3, 4), unit(3, 4)
    ),
    raises("nn.BCELoss", lambda m, x, t: m.nn.BCELoss()(x, t), unit(3, 4), unit(4)),
    raises("nn.BCELoss", lambda m, x, t: m.nn.BCELoss()(x + 1, t), unit(3), unit(3)),
    layer("BCEWithLogitsLoss", lambda nn: nn.BCEWithLogitsLoss(), randn(3, 4), unit(3, 4)),
    layer(
        "BCEWithLogitsLoss", lambda nn: nn.BCEWithLogitsLoss(reduction="sum"), extreme(9), unit(9)
    ),
    layer(
        "BCEWithLogitsLoss",
        lambda nn, m: nn.BCEWithLogitsLoss(m.linspace(0.5, 2, 4), reduction="none"),
        randn(3, 4),
        const(unit(3, 4)),
    ),
    layer(
        "BCEWithLogitsLoss",
        lambda nn, m: nn.BCEWithLogitsLoss(pos_weight=m.linspace(0.5, 3, 4)),
        randn(3, 4),
        unit(3, 4),
    ),
    raises(
        "nn.BCEWithLogitsLoss", lambda m, x, t: m.nn.BCEWithLogitsLoss()(x, t), randn(3), unit(4)
    ),
]

MANY_CLASS = [
    layer("NLLLoss", lambda nn: nn.NLLLoss(), randn(5, 3), ints(5, high=3)),
    layer("NLLLoss", lambda nn: nn.NLLLoss(reduction="sum"), randn(2, 3, 4), ints(2, 4, high=3)),
    layer("NLLLoss", lambda nn: nn.NLLLoss(reduction="none"), randn(4), ints(high=4)),
    layer("NLLLoss", lambda nn, m: nn.NLLLoss(weight(m)), randn(6, 3), ints(6, high=3)),
    layer(
        "NLLLoss",
        lambda nn, m: nn.NLLLoss(weight(m), ignore_index=1, reduction="mean"),
        randn(8, 3),
        ints(8, high=3),
    ),
    raises("nn.NLLLoss", lambda m, x, t: m.nn.NLLLoss()(x, t), randn(2, 3), values([0, 3])),
    layer("CrossEntropyLoss", lambda nn: nn.CrossEntropyLoss(), randn(5, 3), ints(5, high=3)),
    layer("CrossEntropyLoss", lambda nn: nn.CrossEntropyLoss(), extreme(6, 4), ints(6, high=4)),
    layer("CrossEntropyLoss", lambda nn: nn.CrossEntropyLoss(), randn(3), ints(high=3)),
    layer("CrossEntropyLoss", lambda nn: nn.CrossEntropyLoss(), randn(4, 3), simplex(4, 3)),
    layer(
        "CrossEntropyLoss",
        lambda nn, m: nn.CrossEntropyLoss(weight(m), reduction="sum", label_smoothing=0.1),
        randn(4, 3),
        simplex(4, 3),
    ),
    layer(
        "CrossEntropyLoss",
        lambda nn, m: nn.CrossEntropyLoss(weight=weight(m), ignore_index=2, label_smoothing=0.2),
        randn(9, 3),
        ints(9, high=3),
    ),
    layer(
        "CrossEntropyLoss",
        lambda nn: nn.CrossEntropyLoss(ignore_index=0, reduction="none"),
        randn(2, 3, 4, 2),
        ints(2, 4, 2, high=3),
    ),
    raises(
        "nn.CrossEntropyLoss",
        lambda m, x, t: m.nn.CrossEntropyLoss()(x, t),
        randn(2, 3),
        values([0, 5]),
    ),
    raises(
        "nn.CrossEntropyLoss",
        lambda m, x, t: m.nn.CrossEntropyLoss(label_smoothing=1.5)(x, t),
        randn(2, 3),
        values([0, 1]),
    ),
]

CONTAINERS = [
    layer(
        "Sequential",
        lambda nn: nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2, bias=False)),
        randn(5, 4),
    ),
    layer("Sequential", lambda nn: nn.Sequential(), randn(2)),
    layer(
        "Sequential",
        lambda nn: nn.Sequential(nn.Linear(3, 3), nn.Sigmoid()) * 3,  # shared parameters
        uniform(4, 3),
    ),
    layer(
        "ModuleList",
        lambda nn: nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3), nn.Linear(3, 2)]),
        randn(4, 3),
        call=lambda layers, x: layers[-1](layers[0](x) * layers[1](x)),
    ),
    layer(
        "ModuleDict",
        lambda nn: nn.ModuleDict({"b": nn.Linear(3, 2), "a": nn.ReLU()}),
        randn(4, 3),
        call=lambda layers, x: layers["a"](layers["b"](x)),
    ),
    layer(
        "ParameterList",
        lambda nn, m: nn.ParameterList([m.ones(3), m.zeros(3, 1)]),
        randn(3, 3),
        call=lambda p, x: (x * p[0]) @ p[1],
    ),
    layer(
        "ParameterDict",
        lambda nn, m: nn.ParameterDict({"w": m.ones(3), "b": m.zeros(2, 1)}),
        randn(2, 3),
        call=lambda p, x: x * p["w"] + p["b"],
    ),
    case(
        "nn.Parameter",
        lambda m, x: m.nn.Parameter(x.detach(), requires_grad=False) * x,
        positive(3),
    ),
    case("nn.Buffer", lambda m, x: m.nn.Buffer(x.detach(), persistent=False) * x, positive(3)),
]

CLASSES = ints(4, high=3)


def legacy_bce(m: Any) -> Any:
    """With the deprecated arguments that `reduction` replaces."""
    return m.nn.BCEWithLogitsLoss(size_average=False, reduce=True)


def legacy_cross_entropy(m: Any) -> Any:
    """With the deprecated arguments that `reduction` replaces."""
    return m.nn.CrossEntropyLoss(size_average=True, reduce=False)


def bare_module(m: Any, x: Any) -> Any:
    """A Module that was given its members from outside."""
    module = m.nn.Module()
    module.part = m.nn.Tanh()
    module.register_buffer("twice", 2 * x.detach())
    return module.part(x) * module.twice


LEGACY = [
    case("nn.MSELoss", lambda m, x, t: m.nn.MSELoss(size_average=False)(x, t), randn(5), randn(5)),
    case("nn.MSELoss", lambda m, x, t: m.nn.MSELoss(reduce=False)(x, t), randn(5), randn(5)),
    case("nn.BCELoss", lambda m, x, t: m.nn.BCELoss(None, False, True)(x, t), unit(5), unit(5)),
    case("nn.BCEWithLogitsLoss", lambda m, x, t: legacy_bce(m)(x, t), randn(5), unit(5)),
    case(
        "nn.NLLLoss", lambda m, x, t: m.nn.NLLLoss(None, True, 1, False)(x, t), randn(4, 3), CLASSES
    ),
    case(
        "nn.CrossEntropyLoss", lambda m, x, t: legacy_cross_entropy(m)(x, t), randn(4, 3), CLASSES
    ),
]

BASES = [
    case("nn.Module", bare_module, randn(4, 3)),
    raises("nn.Module", lambda m, x: m.nn.Module()(x), randn(2)),
]


CASES = [
    *LINEAR,
    *SHAPE,
    *ACTIVATIONS,
    *TWO_CLASS,
    *MANY_CLASS,
    *CONTAINERS,
    *LEGACY,
    *BASES,
]
