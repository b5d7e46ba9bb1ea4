"""The cross entropy of a linear layer's output: all at once and a few rows at a time."""

from typing import Any

from parity_tests.cases import (
    Case,
    Input,
    case,
    const,
    functional,
    ints,
    layer,
    never_special,
    raises,
    randn,
    simplex,
    unit,
    values,
)
from parity_tests.cases.loss import each, wrong

NAME = "linear_cross_entropy"
OPTIONS: dict[str, dict[str, Any]] = {
    "in one piece": {"batch_chunk_size": None, "chunking_method": None},
    "by pairs": {"batch_chunk_size": 2},
    "more than there are": {"batch_chunk_size": 9},
    "automatic": {"allow_retain_graph": True},
    "as large as the input": {"chunking_method": "aspect_ratio", "acc_policy": "accurate"},
    "a third of that": {"chunking_method": "aspect_ratio:3", "acc_policy": "balanced"},
}


def chunked(how: dict[str, Any], *inputs: Input, names: tuple[str, ...] = (), **more: Any) -> Case:
    """In pieces; inputs beyond the third are passed under these names."""

    def run(m: Any, x: Any, W: Any, t: Any, *rest: Any) -> Any:
        given = dict(zip(names, rest, strict=True))
        options = m.nn.LinearCrossEntropyOptions(**how)
        return m.nn.functional.linear_cross_entropy(x, W, t, options=options, **given, **more)

    until = "2.14" if how.get("acc_policy") == "balanced" else ""
    return case(f"nn.functional.{NAME}", run, *inputs, until=until)


def refused(how: dict[str, Any], *inputs: Input, names: tuple[str, ...] = (), **more: Any) -> Case:
    good = chunked(how, *inputs, names=names, **more)
    return raises(good.name, good.run, *inputs)


X, W, CLASSES = randn(5, 4), randn(3, 4), ints(5, high=3)
IGNORED = values([0, 2, 1, 2, 0])
BIASED = {"names": ("linear_bias", "weight")}

AT_ONCE = [
    *each(NAME, X, W, CLASSES),
    *each(NAME, X, W, CLASSES, randn(3), const(unit(3)), weights=("linear_bias", "weight")),
    *each(NAME, X, W, IGNORED, ignore_index=2, label_smoothing=0.1),
    *each(NAME, X, W, simplex(5, 3)),
    *each(NAME, randn(4), W, values(1)),
    *each(NAME, randn(4), W, simplex(3)),
    *each(NAME, X, randn(3, 2, 4), ints(5, 2, high=3), randn(3, 2), weights=("linear_bias",)),
    *each(NAME, X, randn(3, 2, 2, 4), simplex(5, 3, 2, 2)),
    *each(NAME, randn(0, 4), W, ints(0)),
    wrong(NAME, X, W, simplex(5, 3), ignore_index=1),
    wrong(NAME, X, W, simplex(5, 3), ignore_index=-100),
    wrong(NAME, randn(2, 5, 4), W, ints(2, 5, high=3)),
    wrong(NAME, randn(), W, values(1)),
    wrong(NAME, X, randn(4), CLASSES),
    wrong(NAME, X, randn(3, 5), CLASSES),
    wrong(NAME, X, W, CLASSES, randn(4), weights=("linear_bias",)),
    wrong(NAME, X, randn(3, 2, 4), ints(5, 2, high=3), randn(6), weights=("linear_bias",)),
    wrong(NAME, randn(4), randn(3, 2, 4), ints(2, high=3)),
    wrong(NAME, X, W, CLASSES, reduction="product"),
    wrong(NAME, X, W, CLASSES, label_smoothing=2.0),
    wrong(NAME, X, W, values([0, 1, 3, 0, 0])),
    wrong(NAME, ints(5, 4), ints(3, 4), CLASSES),
]

IN_PIECES = [
    *(
        chunked(how, X, W, CLASSES, reduction=r)
        for how in OPTIONS.values()
        for r in ("none", "mean", "sum")
    ),
    *(
        never_special(
            chunked(
                OPTIONS["by pairs"],
                X,
                W,
                IGNORED,
                randn(3),
                const(unit(3)),
                ignore_index=2,
                reduction=r,
                **BIASED,
            ),
            "PyTorch multiplies ignored losses by 0, which leaves NaN",
        )
        for r in ("none", "mean", "sum")
    ),
    chunked(OPTIONS["by pairs"], randn(4), W, values(1), reduction="none"),
    chunked(OPTIONS["by pairs"], randn(4), W, values(1)),
    *(
        chunked(OPTIONS["automatic"], randn(0, 4), W, ints(0), reduction=r)
        for r in ("none", "mean", "sum")
    ),
    # the mean of nothing: without gradients, for PyTorch's are NaN in pieces and 0 at once
    chunked(OPTIONS["by pairs"], const(randn(3, 4)), const(W), values([-100, -100, -100])),
    # what chunks are not for: the options are ignored, with a warning
    chunked(OPTIONS["by pairs"], X, W, CLASSES, label_smoothing=0.1),
    chunked(OPTIONS["by pairs"], X, W, simplex(5, 3)),
    chunked(OPTIONS["by pairs"], X, randn(3, 2, 4), ints(5, 2, high=3)),
    refused(OPTIONS["by pairs"], X, W, values([0, 1, 3, 0, 0])),
    refused(OPTIONS["by pairs"], X, W, values([0, 1, -1, 0, 0])),
    refused(OPTIONS["by pairs"], X, W, ints(4, high=3)),
    refused(OPTIONS["by pairs"], X, W, ints(5, 1, high=3)),
    refused(OPTIONS["by pairs"], X, W, values(1)),
    refused(OPTIONS["by pairs"], randn(4), W, values([1])),
    refused(OPTIONS["by pairs"], X, W, CLASSES, randn(4), names=("linear_bias",)),
    refused(OPTIONS["by pairs"], X, W, CLASSES, reduction="product"),
    refused({"batch_chunk_size": 1, "chunking_method": "aspect_ratio"}, X, W, CLASSES),
    raises(
        f"nn.functional.{NAME}",
        lambda m, x, W, t: m.nn.functional.linear_cross_entropy(
            x, W, t, options=m.nn.LinearCrossEntropyOptions(acc_dtype=m.float32)
        ),
        X,
        W,
        CLASSES,
    ),
    raises(
        f"nn.functional.{NAME}",
        lambda m, x, W, t: m.nn.functional.linear_cross_entropy(
            x, W.float(), t, options=m.nn.LinearCrossEntropyOptions()
        ),
        X,
        W,
        CLASSES,
    ),
    functional(
        NAME,
        lambda F, x, W, t: F.linear_cross_entropy(x.half(), W.half(), t),
        const(values([[0.0, 1.0], [1.0, 0.5]])),
        const(values([[0.0, 0.0], [0.0, 0.0]])),
        values([0, 1]),
    ),
]


def shown(**options: Any) -> Case:
    return case(
        "nn.LinearCrossEntropyOptions",
        lambda m: repr(m.nn.LinearCrossEntropyOptions(**options)),
    )


def invalid(**options: Any) -> Case:
    return raises(
        "nn.LinearCrossEntropyOptions", lambda m: m.nn.LinearCrossEntropyOptions(**options)
    )


def compared(m: Any) -> list[bool]:
    of = m.nn.LinearCrossEntropyOptions
    a, b, c = of(), of(), of(True)
    return [a == b, a == c, a == 1, hash(a) == hash(b), len({a, b, c}) == 2]


def set_afterwards(m: Any) -> None:
    m.nn.LinearCrossEntropyOptions().acc_policy = "compact"


CHOICES = [
    shown(),
    shown(allow_retain_graph=True, batch_chunk_size=3, chunking_method=None, acc_policy="compact"),
    case("nn.LinearCrossEntropyOptions", compared),
    case(
        "nn.LinearCrossEntropyOptions",
        lambda m: m.nn.LinearCrossEntropyOptions(acc_dtype=m.float64).acc_dtype == m.float64,
    ),
    invalid(acc_policy="exact"),
    invalid(chunking_method="fast"),
    invalid(chunking_method="aspect_ratio:0"),
    invalid(chunking_method="aspect_ratio:"),
    invalid(batch_chunk_size=0),
    invalid(batch_chunk_size=1.5),
    invalid(acc_dtype="float33"),
]

LAYER = "LinearCrossEntropyLoss"
LAYERS = [
    layer(LAYER, lambda nn: nn.LinearCrossEntropyLoss(4, 3), X, CLASSES),
    layer(
        LAYER, lambda nn: nn.LinearCrossEntropyLoss(4, 3, bias=True, reduction="none"), X, CLASSES
    ),
    layer(
        LAYER,
        lambda nn, m: nn.LinearCrossEntropyLoss(
            4,
            3,
            bias=True,
            weight=m.tensor([0.5, 1.0, 2.0]),
            ignore_index=1,
            label_smoothing=0.2,
            dtype=m.float32,
            device="cpu",
        ),
        X,
        CLASSES,
    ),
    layer(
        LAYER,
        lambda nn: nn.LinearCrossEntropyLoss(4, 3, out_features=(2,), bias=True, reduction="sum"),
        X,
        ints(5, 2, high=3),
    ),
    layer(
        LAYER,
        lambda nn: nn.LinearCrossEntropyLoss(
            4, 3, bias=True, options=nn.LinearCrossEntropyOptions(batch_chunk_size=2)
        ),
        X,
        CLASSES,
    ),
    layer(LAYER, lambda nn: nn.LinearCrossEntropyLoss(4, 3), randn(4), values(2)),
    raises(
        "nn.LinearCrossEntropyLoss", lambda m: m.nn.LinearCrossEntropyLoss(4, 3, weight=m.ones(4))
    ),
    raises(
        "nn.LinearCrossEntropyLoss", lambda m: m.nn.LinearCrossEntropyLoss(4, 3, label_smoothing=2)
    ),
    raises(
        "nn.LinearCrossEntropyLoss",
        lambda m: m.nn.LinearCrossEntropyLoss(4, 3, label_smoothing=-0.5),
    ),
]

CASES = [*AT_ONCE, *IN_PIECES, *CHOICES, *LAYERS]
