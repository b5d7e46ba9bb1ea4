"""The dropout family in PyTorch's stream, one line a case."""

from collections.abc import Callable
from typing import Any

from parity_tests.cases import Input, case, functional, ints, layer, raises, randn, special

SHAPES: dict[str, list[tuple[int, ...]]] = {  # the first is the usual one
    "dropout": [(4, 5), (3, 4, 5), (30,), (), (1,), (0, 5)],
    "dropout1d": [(3, 4, 5), (4, 5), (1, 1), (4, 0), (0, 3, 2)],
    "dropout2d": [(3, 4, 2, 5), (4, 3, 5), (3, 4), (2, 3, 1, 2, 2), (0, 3, 2, 2)],
    "dropout3d": [(3, 4, 2, 1, 5), (4, 2, 3, 5), (7,), (4, 3), (2, 3, 4), (2, 3, 1, 1, 2, 2)],
    "alpha_dropout": [(4, 5), (3, 4, 5), (30,), (), (1,), (0, 5)],
    "feature_alpha_dropout": [(3, 4, 5), (4, 5), (2, 3, 2, 2), (1, 1), (0, 3)],
}

LAYERS = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout")


def call(name: str, *arguments: Any, **options: Any) -> Callable[[Any, Any], Any]:
    return lambda F, x: getattr(F, name)(x, *arguments, **options)


def warned(name: str, f: Callable[..., Any], x: Input, **options: Any) -> Any:
    """A case of a function, with the number of its warnings."""

    def run(F: Any, x: Any) -> Any:
        import warnings

        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            y = f(F, x)
        return y, len(seen)

    return functional(name, run, x, random=True, **options)


def in_place(name: str, *arguments: Any) -> Callable[[Any, Any], Any]:
    """The function's result and the tensor that it changed, which is not a leaf."""

    def run(F: Any, x: Any) -> Any:
        y = x * 2
        z = getattr(F, name)(y, *arguments, inplace=True)
        return z, y, z is y

    return run


def of_layer(name: str, *arguments: Any) -> Callable[[Any], Any]:
    return lambda nn: getattr(nn, name)(*arguments)


CASES = [
    *(
        warned(name, call(name, 0.4, True), randn(*shape))
        for name in SHAPES
        for shape in SHAPES[name]
    ),
    *(
        functional(name, f, randn(*SHAPES[name][0]), random=True)
        for name in SHAPES
        for f in (
            call(name),
            call(name, 0.9, True),
            call(name, p=0.0, training=True),
            call(name, 1, True),
            call(name, 0.5, training=False),
            in_place(name, 0.3, True),
            in_place(name, 1.0, True),
            in_place(name, 0.3, False),
        )
    ),
    *(
        functional(name, call(name, p, True), special(*SHAPES[name][0]), random=True)
        for name in SHAPES
        for p in (0.5, 1.0)
    ),
    functional("dropout", lambda F, x: F.dropout(x.t(), p=0.3), randn(4, 5), random=True),
    functional("dropout1d", in_place("dropout1d", 0.5), randn(4, 5), random=True),
    functional("dropout3d", in_place("dropout3d", 0.5), randn(4, 2, 3, 2), random=True),
    functional("dropout", call("dropout", 1.0), ints(3)),
    functional("dropout", call("dropout", 0.4, False), ints(3)),
    functional("feature_alpha_dropout", call("feature_alpha_dropout", 1.0, True), randn(3)),
    functional("feature_alpha_dropout", call("feature_alpha_dropout", 0.5), randn(3)),
    *(
        raises(f"nn.functional.{name}", lambda m, x, f=f: f(m.nn.functional, x), x)
        for name in SHAPES
        for x in [randn(*SHAPES[name][0])]
        for f in (
            call(name, 1.5),
            call(name, -0.5),
            call(name, "a"),
            call(name, 0.5, 1),
            lambda F, x, name=name: getattr(F, name)(x.long(), 0.5, True),
            lambda F, x, name=name: getattr(F, name)(x, 0.5, True, True),
        )
    ),
    *(
        raises(f"nn.functional.{name}", lambda m, x, f=f: f(m.nn.functional, x), randn(*shape))
        for name, shape in [
            ("dropout1d", ()),
            ("dropout1d", (3,)),
            ("dropout1d", (2, 2, 2, 2)),
            ("dropout2d", ()),
            ("dropout2d", (3,)),
            ("dropout3d", ()),
            ("feature_alpha_dropout", ()),
            ("feature_alpha_dropout", (3,)),
        ]
        for f in [call(name, 0.5, True)]
    ),
    raises("nn.functional.dropout", lambda m: m.nn.functional.dropout([1.0])),
    raises("nn.functional.alpha_dropout", lambda m: m.nn.functional.alpha_dropout([1.0])),
    *(
        layer(name, of_layer(name, *arguments), randn(*SHAPES[function][0]), random=True)
        for name, function in zip(LAYERS, SHAPES, strict=True)
        for arguments in ((), (0.2,), (0.0,), (1,))
    ),
    *(
        layer(
            name,
            of_layer(name, 0.4, True),
            randn(*SHAPES[function][0]),
            call=lambda f, x: (y := x * 2, f(y)),
            random=True,
        )
        for name, function in zip(LAYERS, SHAPES, strict=True)
    ),
    layer("Dropout1d", lambda nn: nn.Dropout1d(), randn(4, 5), random=True),
    layer("Dropout3d", lambda nn: nn.Dropout3d(), randn(4, 3, 2, 2), random=True),
    *(
        raises(f"nn.{name}", lambda m, f=f: f(m.nn))
        for name in LAYERS
        for f in (of_layer(name, -0.1), of_layer(name, 1.1), of_layer(name, "a"))
    ),
    case("dropout", lambda m, x: m.dropout(x, 0.4, True), randn(4, 5), random=True),
    case("dropout", lambda m, x: m.dropout(x, p=0.4, train=False), randn(4, 5)),
    raises("dropout", lambda m, x: m.dropout(x, 1.5, True), randn(3)),
    raises("dropout", lambda m, x: m.dropout(x, 1.5, False), randn(3)),
    raises("dropout", lambda m, x: m.dropout(x, "a", True), randn(3)),
    raises("dropout", lambda m, x: m.dropout(x, 0.5, 1), randn(3)),
    raises("dropout", lambda m: m.dropout([1.0], 0.5, True)),
]
