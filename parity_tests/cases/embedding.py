"""Embeddings, one line a case."""

from typing import Any

from parity_tests.cases import (
    case,
    extreme,
    functional,
    ints,
    layer,
    raises,
    randn,
    special,
    ties,
    values,
)

BAGS = values([0, 2, 2, 5])  # of seven indices; one is empty
ZIPF = values([2, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 0, 2, 0, 0])
# scale_grad_by_freq of bags is compared where all rows are named equally often: PyTorch's issue 190063.
TWICE = values([2, 0, 0, 5, 3, 5, 2, 3])


def looked_up(*inputs: Any, **options: Any) -> Any:
    """A case of embedding."""
    return functional("embedding", lambda F, i, W: F.embedding(i, W, **options), *inputs)


def shortened(*inputs: Any, **options: Any) -> Any:
    """A case of embedding that changes its weight, which is not a leaf here."""

    def run(F: Any, i: Any, W: Any) -> Any:
        W = W * 1
        return F.embedding(i, W, **options), W

    return functional("embedding", run, *inputs)


def bag(*inputs: Any, **options: Any) -> Any:
    """A case of embedding_bag: the indices, the weight, and perhaps offsets."""
    run = lambda F, i, W, *offsets: F.embedding_bag(i, W, *offsets, **options)  # noqa: E731
    return functional("embedding_bag", run, *inputs)


def weighted(*inputs: Any, **options: Any) -> Any:
    """A case of embedding_bag: the indices, the weight, the factors, and perhaps offsets."""

    def run(F: Any, i: Any, W: Any, w: Any, *offsets: Any) -> Any:
        return F.embedding_bag(i, W, *offsets, mode="sum", per_sample_weights=w, **options)

    return functional("embedding_bag", run, *inputs)


EMBEDDING = [
    looked_up(ints(3, 4), randn(5, 3)),
    looked_up(ints(7, high=4), randn(4, 4)),
    looked_up(ints(high=5), randn(5, 2)),
    looked_up(ints(2, 3, 2, high=1), randn(1, 1)),
    looked_up(ZIPF, randn(6, 3)),
    looked_up(ints(200, high=70), randn(70, 2)),
    looked_up(ints(20, low=65530, high=65545), randn(65550, 1)),
    looked_up(ints(0, 3), randn(5, 2)),
    looked_up(ints(0), randn(0, 2)),
    looked_up(ints(3, 2), randn(5, 0)),
    looked_up(values([0, 1, 2, 1]), special(3, 4)),
    looked_up(values([0, 1, 2, 1]), extreme(3, 4)),
    functional("embedding", lambda F, i, W: F.embedding(i.int(), W), ints(3, 4), randn(5, 3)),
    functional("embedding", lambda F, i, W: F.embedding(i.t(), W.t()), ints(3, 4), randn(3, 5)),
    functional("embedding", lambda F, i, W: F.embedding(i, W), ints(3, high=4), ints(4, 2)),
    functional(
        "embedding",
        lambda F, i, j, W: F.embedding(i, W) * F.embedding(j, W),
        ints(3, 4),
        ints(3, 4),
        randn(5, 3),
    ),
    looked_up(ZIPF, randn(6, 3), padding_idx=0),
    looked_up(ZIPF, randn(6, 3), padding_idx=3),
    looked_up(ZIPF, randn(6, 3), padding_idx=-1),
    looked_up(ZIPF, randn(6, 3), padding_idx=-6),
    looked_up(values([[0, 1], [0, 2]]), special(3, 4), padding_idx=0),
    looked_up(ints(0), randn(0, 2), padding_idx=0),
    looked_up(ZIPF, randn(6, 3), scale_grad_by_freq=True),
    looked_up(ZIPF, randn(6, 3), padding_idx=2, scale_grad_by_freq=True),
    shortened(ZIPF, randn(6, 3), max_norm=1.0),
    shortened(ZIPF, randn(6, 3), max_norm=1.5, norm_type=1.0),
    shortened(ZIPF, randn(6, 3), max_norm=1.0, norm_type=3.0, padding_idx=0),
    shortened(ZIPF, randn(6, 3), max_norm=0.8, norm_type=float("inf")),
    shortened(ZIPF, randn(6, 3), max_norm=1.0, norm_type=0.0),
    shortened(ZIPF, randn(6, 3), max_norm=0.1, norm_type=-1.0),
    shortened(ZIPF, randn(6, 3), max_norm=0.0),
    shortened(ZIPF, randn(6, 3), max_norm=-1.0),
    shortened(values([0, 1, 2]), special(3, 4), max_norm=1.0),
    shortened(values([0, 1, 2]), extreme(3, 4), max_norm=1.0),
    shortened(ints(0), randn(3, 4), max_norm=1.0),
    shortened(ints(2, 2, high=3), randn(3, 4), max_norm=1),
    layer("Embedding", lambda nn: nn.Embedding(5, 3), ints(3, 4)),
    layer("Embedding", lambda nn: nn.Embedding(6, 1, 3), ZIPF),
    layer("Embedding", lambda nn: nn.Embedding(6, 4, padding_idx=-2), ZIPF),
    layer("Embedding", lambda nn: nn.Embedding(6, 3, 0, 0.7, 1.0, True), ZIPF),
    layer("Embedding", lambda nn: nn.Embedding(6, 3, norm_type=3, scale_grad_by_freq=True), ZIPF),
    layer("Embedding", lambda nn: nn.Embedding(0, 3), ints(0, 2)),
    layer("Embedding", lambda nn: nn.Embedding(5, 0, 1), ints(2)),
    layer(
        "Embedding",
        lambda nn, m: nn.Embedding(5, 3, device="cpu", dtype=m.float64),
        ints(2, 3),
    ),
    layer("Embedding", lambda nn, m: nn.Embedding(5, 3, _weight=m.ones(5, 3)), ints(2, 3)),
    layer("Embedding", lambda nn: nn.Embedding(5, 3, 1, _freeze=True), ints(2, 3)),
    layer(
        "Embedding",
        lambda nn, m: nn.Embedding.from_pretrained(m.ones(5, 3)),
        ints(2, 3),
    ),
    layer(
        "Embedding",
        lambda nn, m: nn.Embedding.from_pretrained(m.ones(6, 3), False, -1, 1.0, 1.0, True),
        ZIPF,
    ),
    layer(
        "Embedding",
        lambda nn, m: nn.Embedding.from_pretrained(m.arange(10).reshape(5, 2)),
        ints(2, 3),
    ),
    *(
        raises("nn.functional.embedding", f, ints(3, high=4), randn(4, 3))
        for f in (
            lambda m, i, W: m.nn.functional.embedding(i + 1, W[:1]),
            lambda m, i, W: m.nn.functional.embedding(i - 4, W),
            lambda m, i, W: m.nn.functional.embedding(i + 9, W.detach(), max_norm=1.0),
            lambda m, i, W: m.nn.functional.embedding(i, W[:0]),
            lambda m, i, W: m.nn.functional.embedding(W, W),
            lambda m, i, W: m.nn.functional.embedding(i.to(m.int16), W),
            lambda m, i, W: m.nn.functional.embedding(i > 1, W),
            lambda m, i, W: m.nn.functional.embedding(i, W[0]),
            lambda m, i, W: m.nn.functional.embedding(i, W[None]),
            lambda m, i, W: m.nn.functional.embedding(i, W[0], max_norm=1.0),
            lambda m, i, W: m.nn.functional.embedding([1, 2], W),
            lambda m, i, W: m.nn.functional.embedding(i, [[1.0]]),
            lambda m, i, W: m.nn.functional.embedding(i, W, 4),
            lambda m, i, W: m.nn.functional.embedding(i, W, -5),
            lambda m, i, W: m.nn.functional.embedding(i, W, 1.5),
            lambda m, i, W: m.nn.functional.embedding(i, W, True),
            lambda m, i, W: m.nn.functional.embedding(i, W, "a"),
            lambda m, i, W: m.nn.functional.embedding(i, W, None, "a"),
            lambda m, i, W: m.nn.functional.embedding(i, W.detach(), None, 1.0, "a"),
            lambda m, i, W: m.nn.functional.embedding(i, W.detach().long(), None, 1.0),
            lambda m, i, W: m.nn.functional.embedding(i, W, scale_grad_by_freq=1),
            lambda m, i, W: m.nn.functional.embedding(i, W, sparse=1),
        )
    ),
    *(
        raises("nn.Embedding", f)
        for f in (
            lambda m: m.nn.Embedding(-1, 3),
            lambda m: m.nn.Embedding(3, -1),
            lambda m: m.nn.Embedding(2.0, 3),
            lambda m: m.nn.Embedding(0, 3, 0),
            lambda m: m.nn.Embedding(2, 3, 2),
            lambda m: m.nn.Embedding(2, 3, -3),
            lambda m: m.nn.Embedding(2, 3, _weight=m.zeros(3, 2)),
            lambda m: m.nn.Embedding.from_pretrained(m.zeros(3)),
            lambda m: m.nn.Embedding.from_pretrained(m.zeros(3, 2).long(), False),
            lambda m: m.nn.Embedding.from_pretrained(m.zeros(3, 2), padding_idx=3),
        )
    ),
]

BAG = [
    bag(ints(7), randn(5, 3), BAGS, mode="sum"),
    bag(ints(7), randn(5, 3), BAGS),
    bag(ints(7), randn(5, 3), BAGS, mode="max"),
    bag(ints(3, 4), randn(5, 3), mode="sum"),
    bag(ints(3, 4), randn(5, 5)),
    bag(ints(3, 4), randn(5, 3), mode="max"),
    *(
        bag(*inputs, mode=mode)
        for mode in ("sum", "mean", "max")
        for inputs in (
            (ints(2, 9), randn(5, 3)),
            (ints(1, 1, high=1), randn(1, 1)),
            (ints(0, 3), randn(5, 3)),
            (ints(0), randn(5, 3), values([0, 0])),
            (ints(0), randn(5, 3), ints(0)),
            (ints(3), randn(5, 0), values([0, 2])),
            (values([0, 1, 2, 1, 0]), special(3, 4), values([0, 1, 4])),
            (values([1, 0, 2, 2]), extreme(3, 4), values([0, 3])),
            (values([1, 0, 2, 2, 0, 1]), ties(3, 4), values([0, 3])),
        )
    ),
    *(
        bag(ZIPF, randn(6, 3), values([0, 1, 9, 9, 12]), mode=mode, padding_idx=padding)
        for mode in ("sum", "mean", "max")
        for padding in (0, 3, -1, -6)
    ),
    bag(values([[0, 1], [0, 0], [2, 0]]), randn(3, 2), padding_idx=0),
    bag(TWICE, randn(6, 3), values([0, 1, 3]), scale_grad_by_freq=True, mode="sum"),
    bag(TWICE, randn(6, 3), values([0, 1, 3]), scale_grad_by_freq=True),
    bag(TWICE, randn(6, 3), values([0, 1, 3]), scale_grad_by_freq=True, padding_idx=0),
    bag(ZIPF, randn(6, 3), values([0, 1, 9, 15]), include_last_offset=True),
    bag(ints(0), randn(6, 3), values([0]), include_last_offset=True),
    bag(ints(3, 4), randn(5, 3), include_last_offset=True),
    weighted(ints(7), randn(5, 3), randn(7), BAGS),
    weighted(ints(3, 4), randn(5, 3), randn(3, 4)),
    weighted(ints(6, 6), randn(5, 6), randn(6, 6)),
    weighted(ZIPF, randn(6, 3), randn(15), values([0, 1, 9, 9, 12]), padding_idx=0),
    weighted(TWICE, randn(6, 3), randn(8), values([0, 1, 3]), scale_grad_by_freq=True),
    weighted(ZIPF, randn(6, 3), randn(15), values([0, 1, 9, 15]), include_last_offset=True),
    weighted(ints(0), randn(5, 3), randn(0), values([0, 0])),
    functional(
        "embedding_bag",
        lambda F, i, W, o: F.embedding_bag(i.int(), W, o.int()),
        ints(7),
        randn(5, 3),
        BAGS,
    ),
    case(
        "nn.functional.embedding_bag",
        lambda m, i, W, o: m.nn.functional.embedding_bag(i.to(m.int16), W, o),
        ints(7),
        randn(5, 3),
        BAGS,
    ),
    functional("embedding_bag", lambda F, i, W: F.embedding_bag(W, i), ints(3, 4), randn(5, 3)),
    *(
        functional("embedding_bag", f, ZIPF, randn(6, 3))
        for f in (
            lambda F, i, W: F.embedding_bag(i[None], W * 1, max_norm=1.0, mode="sum"),
            lambda F, i, W: F.embedding_bag(i[None], W * 1, None, 1.5, 1.0),
            lambda F, i, W: F.embedding_bag(i[None], W * 1, max_norm=1.0, mode="max"),
            lambda F, i, W: F.embedding_bag(i[None], W * 1, max_norm=1.0, padding_idx=0),
        )
    ),
    layer("EmbeddingBag", lambda nn: nn.EmbeddingBag(5, 3), ints(7), BAGS),
    layer("EmbeddingBag", lambda nn: nn.EmbeddingBag(5, 3, mode="sum"), ints(3, 4)),
    layer("EmbeddingBag", lambda nn: nn.EmbeddingBag(6, 3, 0.7, 1.0, True, "sum"), TWICE, BAGS),
    layer(
        "EmbeddingBag",
        lambda nn: nn.EmbeddingBag(6, 3, mode="max", include_last_offset=True, padding_idx=-1),
        ints(5, high=6),
        values([0, 3, 5]),
    ),
    layer(
        "EmbeddingBag",
        lambda nn: nn.EmbeddingBag(5, 3, mode="sum", norm_type=3.0),
        ints(7),
        BAGS,
        randn(7),
    ),
    layer(
        "EmbeddingBag",
        lambda nn, m: nn.EmbeddingBag(5, 3, device="cpu", dtype=m.float64, padding_idx=2),
        ints(2, 3),
    ),
    layer("EmbeddingBag", lambda nn, m: nn.EmbeddingBag(5, 3, _weight=m.ones(5, 3)), ints(2, 3)),
    layer(
        "EmbeddingBag",
        lambda nn, m: nn.EmbeddingBag.from_pretrained(m.ones(5, 3)),
        ints(2, 3),
    ),
    layer(
        "EmbeddingBag",
        lambda nn, m: nn.EmbeddingBag.from_pretrained(
            m.ones(6, 3), False, 1.0, 1.0, True, "sum", False, True, -1
        ),
        TWICE,
        values([0, 2, 8]),
    ),
    *(
        raises("nn.functional.embedding_bag", f, ints(2, high=4), randn(4, 3), values([0]))
        for f in (
            lambda m, i, W, o: m.nn.functional.embedding_bag(i + 9, W, o),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i - 4, W, o, mode="sum"),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o + 1),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, m.tensor([0, 3])),
            lambda m, i, W, o: m.nn.functional.embedding_bag(
                i, W, m.tensor([0, 3]), include_last_offset=True
            ),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o[:0], include_last_offset=True),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i[None, :0], W),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o, padding_idx=4),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o, padding_idx=-5),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o, padding_idx="a"),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o, padding_idx=1.5),
            lambda m, i, W, o: m.nn.functional.embedding_bag(W[0], W, o),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, W[0]),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i.to(m.int16), W, o.to(m.int16)),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i > 1, W, o > 1),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W.long(), o),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W[0], o),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i[None], W, o),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o[None]),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i[0], W, o),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i[None, None], W),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o, mode="min"),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o, mode=None),
            lambda m, i, W, o: m.nn.functional.embedding_bag(
                i, W, o, mode="max", scale_grad_by_freq=True
            ),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o, scale_grad_by_freq=1),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o, include_last_offset=1),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o, "a"),
            lambda m, i, W, o: m.nn.functional.embedding_bag(i, W, o, per_sample_weights=W[0, :2]),
            lambda m, i, W, o: m.nn.functional.embedding_bag(
                i, W, o, mode="max", per_sample_weights=W[0, :2]
            ),
            lambda m, i, W, o: m.nn.functional.embedding_bag(
                i, W, o, mode="sum", per_sample_weights=W[0]
            ),
            lambda m, i, W, o: m.nn.functional.embedding_bag(
                i, W, o, mode="sum", per_sample_weights=W[0, :2].float()
            ),
            lambda m, i, W, o: m.nn.functional.embedding_bag(
                i, W, o, mode="sum", per_sample_weights=i
            ),
        )
    ),
    *(
        raises("nn.EmbeddingBag", f)
        for f in (
            lambda m: m.nn.EmbeddingBag(-1, 3),
            lambda m: m.nn.EmbeddingBag(2, 3, padding_idx=2),
            lambda m: m.nn.EmbeddingBag(2, 3, padding_idx=-3),
            lambda m: m.nn.EmbeddingBag(2, 3, _weight=m.zeros(3, 2)),
            lambda m: m.nn.EmbeddingBag.from_pretrained(m.zeros(3)),
            lambda m: m.nn.EmbeddingBag.from_pretrained(m.zeros(3, 2).long()),
            lambda m: m.nn.EmbeddingBag(2, 3, mode="min")(m.tensor([[1]])),
        )
    ),
]

CASES = [*EMBEDDING, *BAG]
