"""Margin losses: at the margin, targets other than ±1, duplicates, and inputs that do not fit."""

from typing import Any

from parity_tests.cases import (
    Case,
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

INF, NAN = float("inf"), float("nan")
HINGE, RANKING, COSINE = "hinge_embedding_loss", "margin_ranking_loss", "cosine_embedding_loss"
SOFT = "soft_margin_loss"
MULTI, LABELS, SOFT_LABELS = (
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
)
SIGNS = values([[1, -1, 1, -1], [-1, -1, 1, 1], [1, 1, -1, 1]])
NEITHER = values([1.0, -1.0, 0.0, 2.0, -1.0, 1.0])

HINGES = [
    *each(HINGE, randn(3, 4), SIGNS),
    *each(HINGE, randn(3, 4), SIGNS, margin=0.5),
    *each(HINGE, values([0.5, 1.0, 1.5, 3.0, 2.0, 0.0]), NEITHER),
    *each(HINGE, ties(6), NEITHER, margin=1),
    *each(HINGE, special(6), NEITHER),
    *each(HINGE, randn(3, 4), values([1, -1, 0, 1])),
    *each(HINGE, randn(4), SIGNS),
    *each(HINGE, randn(), values(-1)),
    *each(HINGE, randn(0), ints(0)),
    loss(HINGE, ints(6), NEITHER, margin=1.5, reduction="none"),
    *legacy(HINGE, randn(3, 4), SIGNS),
    wrong(HINGE, randn(3, 4), randn(5)),
    wrong(HINGE, ints(6), ints(6)),
    wrong(HINGE, randn(3), randn(3), margin="1"),
    wrong(HINGE, randn(3), randn(3), reduction="product"),
    layer("HingeEmbeddingLoss", lambda nn: nn.HingeEmbeddingLoss(), randn(3, 4), SIGNS),
    layer(
        "HingeEmbeddingLoss",
        lambda nn: nn.HingeEmbeddingLoss(0.5, reduction="sum"),
        randn(6),
        NEITHER,
    ),
    *legacy_layer("HingeEmbeddingLoss", randn(3, 4), SIGNS),
]

PAIR = randn(3, 4), randn(3, 4)
RANKINGS = [
    *each(RANKING, *PAIR, SIGNS),
    *each(RANKING, *PAIR, SIGNS, margin=0.5),
    *each(RANKING, *PAIR, randn(3, 4)),
    *each(RANKING, ties(6), ties(6), NEITHER, margin=1),
    *each(RANKING, ties(6), ties(6), NEITHER),
    *each(RANKING, special(6), randn(6), NEITHER),
    *each(RANKING, randn(3, 4), randn(1, 4), values([[1.0], [-1.0], [1.0]])),
    *each(RANKING, randn(), randn(), values(1)),
    *each(RANKING, randn(0), randn(0), ints(0)),
    loss(RANKING, ints(3), ints(3), values([1, -1, 1]), reduction="none"),
    *legacy(RANKING, *PAIR, SIGNS),
    wrong(RANKING, randn(3, 4), randn(3, 4), randn(3)),
    wrong(RANKING, randn(3, 4), randn(4), randn(3, 4)),
    wrong(RANKING, randn(3), randn(3), randn(5)),
    wrong(RANKING, randn(3), randn(3), randn(3), margin="1"),
    wrong(RANKING, randn(3), randn(3), randn(3), reduction="product"),
    layer("MarginRankingLoss", lambda nn: nn.MarginRankingLoss(), *PAIR, SIGNS),
    layer(
        "MarginRankingLoss", lambda nn: nn.MarginRankingLoss(0.5, reduction="none"), *PAIR, SIGNS
    ),
    *legacy_layer("MarginRankingLoss", *PAIR, SIGNS),
]

# equal, opposite, orthogonal, zero vectors
ANGLES = (
    values([[1.0, 2.0], [1.0, 2.0], [1.0, 0.0], [0.0, 0.0], [0.0, 0.0], [1e-30, 0.0]]),
    values([[1.0, 2.0], [-1.0, -2.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0], [1.0, 0.0]]),
)
ROWS = randn(6, 5), randn(6, 5)
COSINES = [
    *each(COSINE, *ROWS, NEITHER),
    *each(COSINE, *ROWS, NEITHER, margin=0.2),
    *each(COSINE, *ROWS, NEITHER, margin=-1),
    *each(COSINE, *ANGLES, values([1, 1, 1, 1, 1, 1])),
    *each(COSINE, *ANGLES, values([-1, -1, -1, -1, -1, -1])),
    *each(COSINE, randn(6, 5), randn(1, 5), NEITHER),
    *each(COSINE, randn(5), randn(5), values(1)),
    *each(COSINE, randn(5), randn(5), values(-1.0)),
    *each(COSINE, randn(0, 5), randn(0, 5), ints(0)),
    *each(COSINE, special(2, 3), randn(2, 3), values([1, -1])),
    *legacy(COSINE, *ROWS, NEITHER),
    wrong(COSINE, randn(3, 4), randn(3, 4), randn(3, 1)),
    wrong(COSINE, randn(3, 4), randn(4), randn(3)),
    wrong(COSINE, randn(4), randn(4), randn(1)),
    wrong(COSINE, randn(3, 4), randn(3, 4), randn()),
    wrong(COSINE, randn(3, 4), randn(3, 5), randn(3)),
    wrong(COSINE, randn(3, 4), randn(3, 4), randn(2)),
    wrong(COSINE, randn(3, 4), randn(3, 4), randn(3), reduction="product"),
    layer("CosineEmbeddingLoss", lambda nn: nn.CosineEmbeddingLoss(), *ROWS, NEITHER),
    layer(
        "CosineEmbeddingLoss",
        lambda nn: nn.CosineEmbeddingLoss(0.2, reduction="none"),
        *ROWS,
        NEITHER,
    ),
    *legacy_layer("CosineEmbeddingLoss", *ROWS, NEITHER),
]

SOFTS = [
    *each(SOFT, randn(3, 4), SIGNS),
    *each(SOFT, randn(3, 4), const(randn(3, 4))),
    *each(SOFT, randn(3, 4), const(randn(4))),
    *each(SOFT, randn(), values(-1)),
    *each(SOFT, randn(0), ints(0)),
    *each(SOFT, values([-30.0, 0.0, 30.0, 80.0, INF, NAN]), const(NEITHER)),
    loss(SOFT, values([1e4, -1e4]), values([1, 1]), reduction="none"),  # e^10⁴ overflows
    *legacy(SOFT, randn(3, 4), SIGNS),
    wrong(SOFT, randn(4), const(randn(3, 4))),
    wrong(SOFT, randn(4), const(randn(5))),
    wrong(SOFT, randn(4), randn(4)),
    wrong(SOFT, ints(4), ints(4)),
    wrong(SOFT, randn(4), ints(4), reduction="product"),
    layer("SoftMarginLoss", lambda nn: nn.SoftMarginLoss(), randn(3, 4), SIGNS),
    layer("SoftMarginLoss", lambda nn: nn.SoftMarginLoss(reduction="none"), randn(3, 4), SIGNS),
    *legacy_layer("SoftMarginLoss", randn(3, 4), SIGNS),
]

PICK = ints(5, high=4)
MULTIS = [
    *each(MULTI, randn(5, 4), PICK),
    *each(MULTI, randn(5, 4), PICK, p=2),
    *each(MULTI, randn(5, 4), PICK, margin=0.25),
    *each(MULTI, randn(5, 4), PICK, const(unit(4)), weights=("weight",), p=2, margin=2),
    *each(MULTI, ties(5, 4), PICK),
    *each(MULTI, ties(5, 4), PICK, p=2),
    *each(MULTI, extreme(3, 4), ints(3, high=4)),
    *each(MULTI, randn(4), values(2)),
    *each(MULTI, randn(4), values([2])),
    *each(MULTI, randn(), values(0)),
    *each(MULTI, randn(3, 1), values([0, 0, 0])),
    *each(MULTI, values([[NAN, 1.0, 2.0], [1.0, INF, 0.0]]), values([1, 1])),
    *each(MULTI, values([[NAN, 1.0, 2.0], [1.0, INF, 0.0]]), values([0, 0])),
    loss(MULTI, randn(0, 4), ints(0), reduction="none"),
    *legacy(MULTI, randn(5, 4), PICK),
    wrong(MULTI, randn(5, 4), PICK, p=3),
    wrong(MULTI, randn(5, 4), PICK, margin="1"),
    wrong(MULTI, randn(5, 4), PICK, reduction="product"),
    wrong(MULTI, randn(5, 4), ints(4)),
    wrong(MULTI, randn(5, 4), ints(5, 1)),
    wrong(MULTI, randn(5, 4), randn(5)),
    wrong(MULTI, randn(3, 4), values([0, 1, 4])),
    wrong(MULTI, randn(3, 4), values([0, 1, -1])),
    wrong(MULTI, randn(3, 0), ints(3)),
    wrong(MULTI, randn(2, 3, 4), ints(2)),
    wrong(MULTI, ints(5, 4), PICK),
    wrong(MULTI, randn(5, 4), PICK, const(unit(3)), weights=("weight",)),
    wrong(MULTI, randn(5, 4), PICK, const(unit(1, 4)), weights=("weight",)),
    wrong(MULTI, randn(5, 4), PICK, ints(4), weights=("weight",)),
    wrong(MULTI, randn(5, 4), PICK, unit(4), weights=("weight",)),
    layer("MultiMarginLoss", lambda nn: nn.MultiMarginLoss(), randn(5, 4), PICK),
    layer(
        "MultiMarginLoss",
        lambda nn: nn.MultiMarginLoss(2, 0.5, reduction="none"),
        randn(5, 4),
        PICK,
    ),
    layer(
        "MultiMarginLoss",
        lambda nn, m: nn.MultiMarginLoss(weight=m.tensor([0.5, 1.0, 2.0])),
        randn(5, 3),
        ints(5, high=3),
    ),
    *legacy_layer("MultiMarginLoss", randn(5, 4), PICK),
    raises("nn.MultiMarginLoss", lambda m: m.nn.MultiMarginLoss(p=3)),
    raises("nn.MultiMarginLoss", lambda m: m.nn.MultiMarginLoss(weight=m.ones(2, 2))),
]

NAMED = values([[1, 3, -1, 0], [2, -1, 2, 2], [-1, 0, 1, 2], [0, 1, 2, 3], [1, 1, 3, -1]])
LABELLED = [
    *each(LABELS, randn(5, 4), NAMED),
    *each(LABELS, ties(5, 4), NAMED),
    *each(LABELS, extreme(5, 4), NAMED),
    *each(LABELS, randn(4), values([1, 3, -1, 0])),
    *each(LABELS, randn(1), values(0)),
    *each(LABELS, randn(), values(0)),
    *each(LABELS, randn(), values([0])),
    *each(LABELS, values([NAN, 1.0, 2.0, INF]), values([1, -1, 3, -1])),
    *each(LABELS, values([NAN, 1.0, 2.0, INF]), values([0, 3, -1, -1])),
    loss(LABELS, randn(0, 4), ints(0, 4), reduction="none"),
    *legacy(LABELS, randn(5, 4), NAMED),
    wrong(LABELS, randn(4), values([1, 4, -1, 0])),
    wrong(LABELS, randn(4), values([1, -1, 4, 0])),
    wrong(LABELS, randn(4), values([1, -2, -1, 0])),
    wrong(LABELS, randn(4), values([1, 2, -1])),
    wrong(LABELS, randn(4), values([[1, 2, -1, 0]])),
    wrong(LABELS, randn(1, 4), values([1, 2, -1, 0])),
    wrong(LABELS, randn(4), values([1.0, 2.0, -1.0, 0.0])),
    wrong(LABELS, randn(3, 0), ints(3, 0)),
    wrong(LABELS, randn(2, 3, 4), ints(2, 3, 4, high=3)),
    wrong(LABELS, ints(5, 4), NAMED),
    wrong(LABELS, randn(5, 4), NAMED, reduction="product"),
    layer("MultiLabelMarginLoss", lambda nn: nn.MultiLabelMarginLoss(), randn(5, 4), NAMED),
    layer(
        "MultiLabelMarginLoss",
        lambda nn: nn.MultiLabelMarginLoss(reduction="none"),
        randn(5, 4),
        NAMED,
    ),
    *legacy_layer("MultiLabelMarginLoss", randn(5, 4), NAMED),
]

YES_OR_NO = [
    *each(SOFT_LABELS, randn(3, 4), unit(3, 4)),
    *each(SOFT_LABELS, randn(3, 4), ints(3, 4, high=2)),
    *each(SOFT_LABELS, randn(3, 4), unit(3, 4), unit(4), weights=("weight",)),
    *each(SOFT_LABELS, randn(4), unit(4)),
    *each(SOFT_LABELS, randn(2, 3, 4), unit(2, 3, 4)),
    *each(SOFT_LABELS, randn(3, 4), unit(4)),
    *each(SOFT_LABELS, randn(0, 4), unit(0, 4)),
    *each(SOFT_LABELS, extreme(3, 4), ints(3, 4, high=2)),
    loss(SOFT_LABELS, randn(3, 4), unit(3, 4), size_average=False),
    loss(SOFT_LABELS, randn(3, 4), unit(3, 4), reduce=False),
    wrong(SOFT_LABELS, randn(3, 4), unit(5)),
    wrong(SOFT_LABELS, randn(3, 4), unit(3, 4), unit(3), weights=("weight",)),
    wrong(SOFT_LABELS, randn(3, 4), unit(3, 4), reduction="product"),
    wrong(SOFT_LABELS, randn(3, 4), unit(3, 4), reduction="elementwise_mean"),
    wrong(SOFT_LABELS, randn(), unit()),
    layer(
        "MultiLabelSoftMarginLoss",
        lambda nn: nn.MultiLabelSoftMarginLoss(),
        randn(3, 4),
        unit(3, 4),
    ),
    layer(
        "MultiLabelSoftMarginLoss",
        lambda nn, m: nn.MultiLabelSoftMarginLoss(m.tensor([0.5, 1.0, 2.0]), reduction="none"),
        randn(4, 3),
        unit(4, 3),
    ),
    *legacy_layer("MultiLabelSoftMarginLoss", randn(3, 4), unit(3, 4)),
]

TRIPLET, WITH_DISTANCE = "triplet_margin_loss", "triplet_margin_with_distance_loss"
THREE = randn(4, 5), randn(4, 5), randn(4, 5)


def taxicab(a: Any, b: Any) -> Any:
    return (a - b).abs().sum(-1)


def triplets(name: str) -> list[Case]:
    """What both losses have in common."""
    return [
        *each(name, *THREE),
        *each(name, *THREE, margin=0.1),
        *each(name, *THREE, margin=3, swap=True),
        *each(name, ties(4, 3), ties(4, 3), ties(4, 3), swap=True),
        *each(name, randn(5), randn(5), randn(5), swap=True),
        *each(name, randn(4, 5), randn(1, 5), randn(4, 5)),
        *each(name, randn(2, 3, 4), randn(2, 3, 4), randn(2, 3, 4)),
        *each(name, randn(0, 5), randn(0, 5), randn(0, 5)),
        wrong(name, *THREE, margin=0.0),
        wrong(name, *THREE, margin=-1.0),
        wrong(name, *THREE, reduction="product"),
        wrong(name, randn(4, 5), randn(4, 5), randn(5)),
        wrong(name, randn(4, 5), randn(4, 3), randn(4, 5)),
    ]


TRIPLETS = [
    *triplets(TRIPLET),
    *each(TRIPLET, *THREE, p=1),
    *each(TRIPLET, *THREE, p=3.5, eps=0.1),
    *each(TRIPLET, *THREE, p=float("inf")),
    *each(TRIPLET, *THREE, p=0.5),
    *legacy(TRIPLET, *THREE),
    wrong(TRIPLET, *THREE, p="2"),
    wrong(TRIPLET, *THREE, eps="2"),
    layer("TripletMarginLoss", lambda nn: nn.TripletMarginLoss(), *THREE),
    layer(
        "TripletMarginLoss",
        lambda nn: nn.TripletMarginLoss(2.0, 1.0, 0.1, True, reduction="none"),
        *THREE,
    ),
    *legacy_layer("TripletMarginLoss", *THREE),
    raises("nn.TripletMarginLoss", lambda m: m.nn.TripletMarginLoss(margin=0)),
    *triplets(WITH_DISTANCE),
    *each(WITH_DISTANCE, *THREE, distance_function=taxicab, swap=True),
    wrong(WITH_DISTANCE, *THREE, reduction="elementwise_mean"),
    layer("TripletMarginWithDistanceLoss", lambda nn: nn.TripletMarginWithDistanceLoss(), *THREE),
    layer(
        "TripletMarginWithDistanceLoss",
        lambda nn: nn.TripletMarginWithDistanceLoss(
            distance_function=taxicab, margin=2.0, swap=True, reduction="sum"
        ),
        *THREE,
    ),
    layer(
        "TripletMarginWithDistanceLoss",
        lambda nn: nn.TripletMarginWithDistanceLoss(distance_function=nn.PairwiseDistance(p=1.0)),
        *THREE,
    ),
    raises(
        "nn.TripletMarginWithDistanceLoss", lambda m: m.nn.TripletMarginWithDistanceLoss(margin=-1)
    ),
]

CASES = [*HINGES, *RANKINGS, *COSINES, *SOFTS, *MULTIS, *LABELLED, *YES_OR_NO, *TRIPLETS]
