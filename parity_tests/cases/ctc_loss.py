"""CTC: lengths of every form, repeated labels, targets that do not fit, certain frames."""

from typing import Any

from parity_tests.cases import (
    Case,
    Input,
    const,
    functional,
    ints,
    layer,
    raises,
    randn,
    values,
)

INF = float("inf")
_ROUNDED = {
    "ulp": 5.0,
    "reason": "sums of exponentials over a few frames: on AVX2 up to 3.4 ulp beyond twice PyTorch's "
    "error were needed",
}
REDUCTIONS = ("none", "mean", "sum")


def ctc(x: Input, targets: Input, frames: Any, lengths: Any, **options: Any) -> Case:
    """F.ctc_loss of the log-softmax of x. PyTorch misreads concatenated targets that have gaps."""
    return functional(
        "ctc_loss",
        lambda F, x, t: F.ctc_loss(
            F.log_softmax(x, -1), t.contiguous(), frames, lengths, **options
        ),
        x,
        targets,
        **_ROUNDED,
    )


def each(*args: Any, **options: Any) -> list[Case]:
    return [ctc(*args, reduction=r, **options) for r in REDUCTIONS]


def of_log_probs(x: Input, targets: Input, *lengths: Any, **options: Any) -> Case:
    """Of x itself, which need not be normalised; the gradient is PyTorch's there too."""
    return functional(
        "ctc_loss",
        lambda F, x, t: F.ctc_loss(x, t, *lengths, reduction="none", **options),
        x,
        targets,
    )


def refused(x: Input, targets: Input, *lengths: Any, **options: Any) -> Case:
    return raises(
        "nn.functional.ctc_loss",
        lambda m, x, t: m.nn.functional.ctc_loss(x, t, *lengths, **options),
        x,
        targets,
    )


X, LABELS = randn(7, 3, 5), values([[1, 2, 2, 0], [3, 1, 4, 4], [2, 0, 0, 0]])
FRAMES, LENGTHS = (7, 5, 6), (3, 2, 1)

ORDINARY = [
    *each(X, LABELS, FRAMES, LENGTHS),
    *each(X, LABELS, list(FRAMES), list(LENGTHS)),
    *each(X, values([1, 2, 2, 3, 1, 2]), FRAMES, LENGTHS),
    *each(X, values([[0, 1, 1], [2, 4, 0], [1, 3, 3]]), FRAMES, LENGTHS, blank=2),
    ctc(X, ints(3, 3, low=1), (7, 7, 7), (3, 3, 3)),
    ctc(X, LABELS, FRAMES, LENGTHS, reduction="none", zero_infinity=True),
    ctc(
        randn(6, 2, 4),
        values([[1.0, 2.0], [3.0, 1.0]]),
        (6, 6),
        (2, 2),
    ),
    functional(
        "ctc_loss",
        lambda F, x, t, i, n: F.ctc_loss(F.log_softmax(x, -1), t, i, n, reduction="none"),
        X,
        LABELS,
        values(FRAMES),
        values(LENGTHS),
    ),
    functional(
        "ctc_loss",
        lambda F, x, t, i, n: F.ctc_loss(F.log_softmax(x, -1), t.int(), i.int(), n.byte()),
        X,
        LABELS,
        values(FRAMES),
        values(LENGTHS),
    ),
]

EDGES = [
    # without a batch dimension
    *each(randn(6, 4), values([1, 1, 3]), (6,), (3,)),
    functional(
        "ctc_loss",
        lambda F, x, t, i, n: F.ctc_loss(F.log_softmax(x, -1), t, i, n, reduction="none"),
        randn(6, 4),
        values([1, 2]),
        values(6),
        values(2),
    ),
    # nothing to read, no frames
    *each(randn(4, 3, 3), ints(3, 2, low=1, high=3), (4, 3, 2), (0, 1, 0)),
    *each(randn(4, 2, 3), ints(2, 0), (4, 3), (0, 0)),
    *each(randn(4, 2, 3), ints(0), (4, 3), (0, 0)),
    *each(randn(4, 2, 3), ints(2, 2, low=1, high=3), (0, 4), (0, 2)),
    *each(randn(1, 1, 2), values([[1]]), (1,), (1,)),
    *each(randn(3, 1, 1), ints(1, 0), (3,), (0,)),
    # targets that are too long: just fits, repeats itself, no frames at all
    *each(randn(3, 3, 4), values([[1, 2, 3], [1, 1, 2], [2, 2, 0]]), (3, 3, 3), (3, 3, 2)),
    *each(
        randn(3, 3, 4),
        values([[1, 2, 3], [1, 1, 2], [1, 0, 0]]),
        (3, 3, 0),
        (3, 3, 1),
        zero_infinity=True,
    ),
    # long, far from certain and certain
    ctc(randn(50, 2, 6), ints(2, 12, low=1, high=6), (50, 40), (12, 9), reduction="none"),
    ctc(randn(12, 2, 4, scale=30.0), ints(2, 3, low=1, high=4), (12, 9), (3, 2), reduction="none"),
    of_log_probs(randn(7, 3, 5), LABELS, FRAMES, LENGTHS),
    of_log_probs(randn(7, 3, 5, scale=20.0), LABELS, FRAMES, LENGTHS),
    of_log_probs(
        values([[[0.0, -INF, -INF]], [[-INF, 0.0, -1.0]], [[-1.0, -INF, -0.5]]]),
        values([[1]]),
        (3,),
        (1,),
    ),
    of_log_probs(
        values([[[-INF, 0.0]], [[0.0, -INF]], [[-INF, 0.0]]]), values([[1, 1]]), (3,), (2,)
    ),
    of_log_probs(
        values([[[0.0, -INF]], [[0.0, -INF]]]), values([[1]]), (2,), (1,), zero_infinity=True
    ),
]

Y = const(randn(5, 2, 4))
TWO = values([[1, 2], [3, 1]])
REFUSED = [
    refused(Y, TWO, (6, 4), (2, 1)),
    refused(Y, TWO, (-1, 4), (2, 1)),
    refused(Y, TWO, (5, 4), (-2, 1)),
    refused(Y, TWO, (5, 4), (3, 1)),
    refused(Y, TWO, (5, 4, 3), (2, 1)),
    refused(Y, TWO, (5, 4), (2, 1, 1)),
    refused(Y, TWO, (5.0, 4.0), (2, 1)),
    refused(Y, TWO, 5, (2, 1)),
    refused(Y, TWO, None, (2, 1)),
    refused(Y, TWO, (5, 4), (2, 1), 4),
    refused(Y, TWO, (5, 4), (2, 1), -1),
    refused(Y, TWO, (5, 4), (2, 1), 1.5),
    refused(Y, TWO, (5, 4), (2, 1), reduction="product"),
    refused(Y, values([1, 2]), (5, 4), (2, 1)),
    refused(Y, values([1, 2, 3, 1]), (5, 4), (2, 1)),
    refused(Y, ints(3, 2), (5, 4), (2, 1)),
    refused(Y, ints(2, 2, 2), (5, 4), (2, 1)),
    refused(Y, ints(), (5, 4), (2, 1)),
    refused(ints(5, 2, 4), TWO, (5, 4), (2, 1)),
    refused(randn(4), values([1]), (4,), (1,)),
    refused(randn(2, 5, 2, 4), TWO, (5, 4), (2, 1)),
    refused(randn(0, 2, 4), TWO, (0, 0), (0, 0)),
    refused(randn(5, 0, 4), ints(0, 2), (), ()),
    raises(
        "nn.functional.ctc_loss",
        lambda m, x, t, i, n: m.nn.functional.ctc_loss(x, t, i, n),
        Y,
        TWO,
        values([5.0, 4.0]),
        values([2, 1]),
    ),
    raises(
        "nn.functional.ctc_loss",
        lambda m, x, t, i: m.nn.functional.ctc_loss(x, t, i, (2, 1)),
        Y,
        TWO,
        values([5, 4]),
    ),
]


def called(layer: Any, x: Any, targets: Any, frames: Any, lengths: Any) -> Any:
    return layer(x.log_softmax(-1), targets, frames, lengths)


FITTED = X, LABELS, values(FRAMES), values(LENGTHS)
LAYERS = [
    layer("CTCLoss", lambda nn: nn.CTCLoss(), *FITTED, call=called),
    layer("CTCLoss", lambda nn: nn.CTCLoss(4, "none"), *FITTED, call=called),
    layer(
        "CTCLoss",
        lambda nn: nn.CTCLoss(reduction="sum", zero_infinity=True),
        randn(3, 2, 4),
        values([[1, 1, 2], [3, 1, 0]]),
        values([3, 3]),
        values([3, 2]),
        call=called,
    ),
]

CASES = [*ORDINARY, *EDGES, *REFUSED, *LAYERS]
