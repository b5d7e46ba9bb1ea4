"""F.pad and the padding layers, one line a case."""

from typing import Any

from parity_tests.cases import (
    Case,
    Input,
    bools,
    const,
    functional,
    ints,
    layer,
    raises,
    randn,
    special,
)


def refused(*args: Any, **options: Any) -> Any:
    """F.pad with these arguments, which raises."""
    x, *rest = args
    return raises("nn.functional.pad", lambda m, t: m.nn.functional.pad(t, *rest, **options), x)


CONSTANT = [
    functional(
        "pad", lambda F, x: [F.pad(x, (1, 2)), F.pad(x, (1, 0, 2, 3), value=1.5)], randn(3, 4)
    ),
    functional(
        "pad", lambda F, x: F.pad(x, [-1, 2, 1, -2], mode="constant", value=0.5), randn(3, 4)
    ),
    functional("pad", lambda F, x: F.pad(x, (0, 1)), const(ints(3))),
    functional(
        "pad",
        lambda F, x: [F.pad(x, ()), F.pad(x, (-1, -2)), F.pad(x, (0, 0, 1, -2, 2, 0), value=-1)],
        randn(2, 3, 4),
    ),
    functional(
        "pad",
        lambda F, i, b: [F.pad(i, (1, 1), value=2.5), F.pad(b, (0, 2), value=1)],
        ints(2, 3),
        bools(3),
    ),
    functional("pad", lambda F, x: F.pad(x, (1, 0, 2, 0)), randn(0, 2)),
    refused(randn(3), (1,)),
    refused(randn(3), (1, 1, 1, 1)),
    refused(randn(3), (-2, -2)),
    refused(randn(3), (1, 1), "mirror"),
    refused(randn(3), (1,), "mirror"),
    refused(randn(3), (1, 1), None),
    refused(randn(3), 1),
    refused(randn(3), (1.0, 1)),
    refused(randn(3), (1, 1), value="0"),
]


def extended(mode: str) -> list[Case]:
    """The cases that the three modes which continue the input share."""

    def pad(*widths: int) -> Any:
        return lambda F, x: F.pad(x, widths, mode=mode)

    return [
        functional("pad", pad(2, 1), randn(2, 5)),
        functional("pad", pad(0, 3), randn(2, 3, 4)),
        functional("pad", pad(3, 0), randn(2, 1, 4)),
        functional("pad", pad(-1, 2), randn(2, 5)),
        functional("pad", pad(2, -2), randn(2, 5)),
        functional("pad", pad(-1, -2), randn(2, 5)),
        functional("pad", pad(0, 0), randn(2, 1)),
        functional("pad", pad(1, 2, 3, 0), randn(2, 4, 3)),
        functional("pad", pad(1, 1, -1, 2), randn(2, 3, 4, 5)),
        functional("pad", pad(0, 0, 1, 1), special(1, 2, 4, 5)),
        functional("pad", pad(1, 0, 0, 2, 1, 1), randn(2, 2, 3, 2)),
        functional("pad", pad(1, 2, -1, 1, 0, 1), randn(1, 2, 3, 4, 3)),
        functional("pad", pad(1, 1, 1, 1), randn(0, 2, 3, 3)),
        functional("pad", pad(1, 1), ints(2, 3)),
        functional("pad", lambda F, x: F.pad(x, (1, 1), mode, 0), randn(2, 3)),
        refused(randn(2, 3), (1, 1), mode, 1.0),
        refused(randn(2, 3), (1, 1), mode, "0"),
        refused(randn(2, 3), (1,), mode),
        refused(randn(2, 3), (), mode),
        refused(randn(3), (1, 1), mode),
        refused(randn(3), (1, 1, 1, 1), mode),
        refused(randn(2, 3), (1, 1, 1, 1), mode),
        refused(randn(1, 2, 3, 3), (1, 1), mode),
        refused(randn(2, 2, 2, 2, 2, 2), (1, 1, 1, 1, 1, 1), mode),
        refused(randn(2, 0), (1, 1), mode),
        refused(randn(2, 2, 0), (1, 1), mode),
        refused(randn(2, 5), (-3, -3), mode),
    ]


EXTENDED = [
    *extended("reflect"),
    *extended("replicate"),
    *extended("circular"),
    functional("pad", lambda F, x: F.pad(x, (4, 4), "reflect"), randn(2, 5)),
    functional("pad", lambda F, x: F.pad(x, (-3, 4), "reflect"), randn(2, 5)),
    functional("pad", lambda F, x: F.pad(x, (9, 7), "replicate"), randn(2, 1, 2)),
    functional("pad", lambda F, x: F.pad(x, (-5, 5, 0, 0), "replicate"), randn(2, 3, 4)),
    functional("pad", lambda F, x: F.pad(x, (5, 5), "circular"), randn(2, 5)),
    functional("pad", lambda F, x: F.pad(x, (-3, -2), "circular"), randn(2, 5)),
    functional("pad", lambda F, x: F.pad(x, (-3, 2), "circular"), randn(2, 5)),
    functional("pad", lambda F, x: F.pad(x, (1, 1), "circular"), randn(2, 0, 3)),
    functional("pad", lambda F, x: F.pad(x, (1, 1), "circular"), bools(2, 3)),
    refused(randn(2, 5), (5, 0), "reflect"),
    refused(randn(2, 5), (0, 6), "reflect"),
    refused(randn(2, 4, 4), (-5, 5, 0, 0), "reflect"),
    refused(randn(2, 5), (-3, -2), "reflect"),
    refused(randn(2, 0, 3, 3), (1, 1, 1, 1), "reflect"),
    refused(bools(2, 3), (1, 1), "reflect"),
    refused(randn(2, 5), (-3, -2), "replicate"),
    refused(randn(0, 3, 3), (1, 1, 1, 1), "replicate"),
    refused(bools(2, 3), (1, 1), "replicate"),
    refused(randn(2, 5), (0, 6), "circular"),
]


def build(name: str, *args: Any) -> Any:
    return lambda nn: getattr(nn, name)(*args)


def layers(kind: str, *value: Any) -> list[Case]:
    """kind1d, kind2d and kind3d, with a number and with a width for each side."""
    batches: list[Input] = [randn(2, 2, 4), randn(2, 2, 3, 4), randn(1, 2, 3, 2, 4)]
    samples: list[Input] = [randn(2, 4), randn(2, 3, 4), randn(2, 3, 4, 3)]
    found = []
    for d, batch, sample in zip((1, 2, 3), batches, samples, strict=True):
        name, widths = f"{kind}{d}d", (1, 2, 0, 1, 2, -1)[: 2 * d]
        found += [
            layer(name, build(name, 1, *value), batch),
            layer(name, build(name, widths, *value), sample),
            layer(name, build(name, list(widths), *value), batch),
        ]
    return found


LAYERS = [
    *layers("ConstantPad", 1.5),
    *layers("ZeroPad"),
    *layers("ReflectionPad"),
    *layers("ReplicationPad"),
    *layers("CircularPad"),
    layer("ConstantPad1d", lambda nn: nn.ConstantPad1d(padding=2, value=-1), randn(3)),
    layer("ZeroPad2d", lambda nn: nn.ZeroPad2d(2), randn(3, 4)),
    raises("nn.ZeroPad2d", lambda m, x: m.nn.ZeroPad2d(1)(x), randn(3)),
    raises("nn.ReflectionPad1d", lambda m, x: m.nn.ReflectionPad1d(4)(x), randn(2, 4)),
    raises("nn.ReflectionPad2d", lambda m, x: m.nn.ReflectionPad2d(1)(x), randn(2, 4)),
    raises("nn.ReplicationPad3d", lambda m, x: m.nn.ReplicationPad3d(1)(x), randn(2, 4, 3)),
    raises("nn.ReplicationPad2d", lambda m, x: m.nn.ReplicationPad2d((1, 2, 3))(x), randn(2, 4, 3)),
    raises("nn.CircularPad1d", lambda m, x: m.nn.CircularPad1d(1)(x), randn(4)),
    raises("nn.CircularPad2d", lambda m, x: m.nn.CircularPad2d(1)(x), randn(2, 4)),
    raises("nn.CircularPad3d", lambda m, x: m.nn.CircularPad3d(1)(x), randn(2, 4, 3)),
]

CASES = [*CONSTANT, *EXTENDED, *LAYERS]
