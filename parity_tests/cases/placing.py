"""Values put at indices, at a mask, in a slice; scatter_reduce."""

from parity_tests.cases import (
    bools,
    case,
    const,
    in_place,
    ints,
    method,
    permutation,
    raises,
    randn,
    special,
    ties,
    values,
)

INDEX = values([2, 0, 2])
PAIR = values([3, 0])


def _all(reduce, **options):
    return lambda m, x, i, v: m.scatter_reduce(x, 1, i, v, reduce, **options)


def _on_index(name, **options):
    """name(0, index, value) in place."""
    return lambda x, i, v: getattr(x * 1, name)(0, i, v, **options) * 2


REDUCTIONS = ("sum", "prod", "mean", "amax", "amin")

CASES = [
    case("index_add", lambda m, x, i, v: m.index_add(x, 0, i, v), randn(4, 5), INDEX, randn(3, 5)),
    case(
        "index_add",
        lambda m, x, i, v: x.index_add(-1, i, v, alpha=-2.5),
        randn(2, 4, 3),
        INDEX,
        randn(2, 4, 3),
    ),
    case("index_add", lambda m, x, i, v: m.index_add(x, 0, i, v), randn(), values([0]), randn()),
    case("index_add", lambda m, x, i, v: x.index_add(0, i, v), randn(3), values(1), randn(1)),
    case("index_add", lambda m, x, i, v: x.index_add(0, i.int(), v), randn(3), INDEX, randn(3)),
    case("index_add", lambda m, x, i, v: x.index_add(0, i, v, alpha=2.7), ints(3), INDEX, ints(3)),
    case("index_add", lambda m, x, i, v: x.index_add(0, i, v), bools(3), INDEX, bools(3)),
    case("index_add", lambda m, x, i, v: x.index_add(0, i, v), randn(3), ints(0), randn(0)),
    case("index_copy", lambda m, x, i, v: m.index_copy(x, 0, i, v), randn(4, 5), PAIR, randn(2, 5)),
    case("index_copy", lambda m, x, i, v: x.index_copy(-1, i, v), randn(2, 4), PAIR, randn(2, 2)),
    case("index_copy", lambda m, x, i, v: x.index_copy(0, i, v), randn(3), values([2]), randn()),
    case("index_copy", lambda m, x, i, v: x.index_copy(0, i, v), randn(), values([0]), randn(1)),
    case(
        "index_copy", lambda m, x, i, v: x.index_copy(1, i, v), randn(3, 2), values(0), randn(3, 1)
    ),
    case("index_fill", lambda m, x, i: m.index_fill(x, 0, i, 2.5), randn(4, 5), INDEX),
    case("index_fill", lambda m, x, i: x.index_fill(1, i, 2), randn(2, 4), values([3, -4])),
    case(
        "index_fill",
        lambda m, x, i, v: x.index_fill(1, i, v),
        randn(2, 4),
        values([3, 0]),
        randn(),
    ),
    case("index_fill", lambda m, x, i: x.index_fill(0, i, 1.5), ints(3), values(1)),
    case(
        "index_fill", lambda m, x, i, v: x.index_fill(0, i, v), ints(3), values([0]), const(randn())
    ),
    case("index_fill", lambda m, x, i: x.index_fill(0, i, 1), randn(), values([0])),
    case("index_fill", lambda m, x, i: x.index_fill(0, i, True), randn(3), ints(0)),
    case("index_put", lambda m, x, i, v: m.index_put(x, (i,), v), randn(4, 5), PAIR, randn(2, 5)),
    case("index_put", lambda m, x, i, v: x.index_put([i], v), randn(4, 5), PAIR, randn(5)),
    case("index_put", lambda m, x, i, v: x.index_put((i,), v), randn(4, 5), bools(4, 5), randn()),
    case(
        "index_put",
        lambda m, x, i, j, v: m.index_put(x, (i, j), v, accumulate=True),
        randn(3, 4),
        INDEX,
        values([1, -1, 1]),
        randn(3),
    ),
    case(
        "index_put",
        lambda m, x, i, v: x.index_put((i,), v, True),
        randn(3, 4),
        INDEX,
        randn(4),
    ),
    case(
        "index_put",
        lambda m, x, i, v: x.index_put((i,), v, True),
        randn(3, 4),
        bools(3, 4),
        randn(),
    ),
    case(
        "index_put", lambda m, x, i, v: x.index_put((i,), v, True), randn(3, 4), bools(3), randn(4)
    ),
    case(
        "masked_scatter",
        lambda m, x, mask, v: m.masked_scatter(x, mask, v),
        randn(3, 4),
        bools(3, 4),
        randn(4, 3),
    ),
    case(
        "masked_scatter",
        lambda m, x, mask, v: x.masked_scatter(mask, v),
        randn(4),
        bools(3, 1),
        randn(20),
    ),
    case(
        "masked_scatter",
        lambda m, x, mask, v: x.masked_scatter(mask, v),
        randn(2, 4),
        bools(4),
        randn(8),
    ),
    case(
        "masked_scatter",
        lambda m, x, mask, v: x.masked_scatter(mask, v),
        ints(5),
        bools(5),
        ints(5),
    ),
    case("take", lambda m, x, i: m.take(x, i), randn(3, 4), values([[0, -1], [11, 0]])),
    case("take", lambda m, x, i: x.take(i), randn(), values(0)),
    case("take", lambda m, x, i: m.take(x, i), ints(3), permutation(3)),
    case("take", lambda m, x, i: m.take(x, i), randn(0), ints(0)),
    case("select_scatter", lambda m, x, v: m.select_scatter(x, v, 1, -1), randn(3, 4), randn(3)),
    case("select_scatter", lambda m, x, v: x.select_scatter(v, 0, 1), ints(3, 4), const(randn(4))),
    case(
        "slice_scatter", lambda m, x, v: m.slice_scatter(x, v, 1, 1, 4, 2), randn(3, 5), randn(3, 2)
    ),
    case("slice_scatter", lambda m, x, v: x.slice_scatter(v, start=-2), randn(5), randn(2)),
    case("slice_scatter", lambda m, x, v: x.slice_scatter(v, end=-1), randn(5), randn(4)),
    case("slice_scatter", lambda m, x, v: x.slice_scatter(v), randn(5), randn(5)),
    case("diagonal_scatter", lambda m, x, v: m.diagonal_scatter(x, v, 1), randn(3, 4), randn(3)),
    case(
        "diagonal_scatter",
        lambda m, x, v: x.diagonal_scatter(v, -1, 2, 0),
        randn(2, 3, 4),
        randn(3, 2),
    ),
    *(
        case("scatter_reduce", _all(r, **o), x, ints(3, 6, high=4), v)
        for r in REDUCTIONS
        for o in ({}, {"include_self": False})
        for x, v in [(randn(3, 4), randn(3, 6)), (const(randn(5, 4)), const(randn(4, 7)))]
    ),
    *(
        case("scatter_reduce", _all(r), ties(3, 4), ints(3, 6, high=4), ties(3, 6))
        for r in REDUCTIONS
    ),
    *(
        case("scatter_reduce", _all(r), ints(3, 4), ints(3, 6, high=4), ints(3, 6))
        for r in REDUCTIONS
    ),
    *(
        case("scatter_reduce", _all(r, include_self=False), x, i, v)
        for r in REDUCTIONS
        for x, i, v in [
            (ints(3, 4, low=-5), ints(3, 6, high=4), ints(3, 6, low=-5)),
            (randn(3, 4), ints(3, 0, high=4), randn(3, 0)),
            (const(randn(3, 4)), ints(3, 6, high=4), ties(3, 6)),
        ]
    ),
    *(
        case(
            "scatter_reduce",
            lambda m, x, i, v, r=r: x.scatter_reduce(0, i, v, r),
            special(7),
            ints(9, high=7),
            special(9),
        )
        for r in ("sum", "mean", "amax", "amin")
    ),
    case(
        "scatter_reduce",
        lambda m, x, i, v: x.scatter_reduce(0, i, v, "max"),
        const(randn()),
        ints(high=1),
        const(randn()),
    ),
    case(
        "scatter_reduce",
        lambda m, x, i, v: x.scatter_reduce(0, i, v, "min"),
        bools(4),
        ints(6, high=4),
        bools(6),
    ),
    method("index_add_", _on_index("index_add_", alpha=2.0), randn(4), INDEX, randn(3)),
    method("index_copy_", _on_index("index_copy_"), randn(4), PAIR, randn(2)),
    method("index_fill_", _on_index("index_fill_"), randn(4), INDEX, randn()),
    method("index_put_", lambda x, i, v: (x * 1).index_put_((i,), v) * 2, randn(4), PAIR, randn(2)),
    method(
        "index_put_",
        lambda x, i, v: (x * 1).index_put_((i,), v, accumulate=True) * 2,
        randn(4),
        INDEX,
        randn(3),
    ),
    method("masked_scatter_", in_place("masked_scatter_"), randn(3, 4), bools(4), randn(12)),
    method(
        "scatter_reduce_",
        lambda x, i, v: (x * 1).scatter_reduce_(0, i, v, "amax", include_self=False) * 2,
        randn(4),
        INDEX,
        randn(3),
    ),
    *(
        method("fill_diagonal_", in_place("fill_diagonal_", *a), x)
        for a, x in [
            ((1.5,), randn(3, 4)),
            ((2,), randn(5, 2)),
            ((2,), randn(3, 3, 3)),
            ((2,), ints(3, 3)),
        ]
    ),
    method("fill_diagonal_", lambda x: (x * 1).fill_diagonal_(0.5, wrap=True), randn(5, 2)),
    raises("index_add", lambda m, x, i, v: m.index_add(x, 0, i, v), randn(2), INDEX, randn(3)),
    raises(
        "index_add", lambda m, x, i, v: m.index_add(x, 0, i, v), randn(4), values([-1]), randn(1)
    ),
    raises("index_add", lambda m, x, i, v: m.index_add(x, 0, i, v), randn(4), ints(1, 2), randn(2)),
    raises("index_add", lambda m, x, i, v: m.index_add(x, 0, i, v), randn(4), INDEX, randn(2)),
    raises("index_add", lambda m, x, i, v: m.index_add(x, 0, i, v), randn(4), values(1), randn()),
    raises("index_add", lambda m, x, i, v: m.index_add(x, 0, i, v), randn(4), randn(2), randn(2)),
    raises("index_add", lambda m, x, i, v: m.index_add(x, 0, i, v), randn(4), INDEX, ints(3)),
    raises(
        "index_add", lambda m, x, i, v: m.index_add(x, 0, i, v), randn(4, 2), INDEX, randn(3, 3)
    ),
    raises("index_add", lambda m, x, i, v: m.index_add(x, 1, i, v), randn(4), INDEX, randn(3)),
    raises("index_add", lambda m, x, i: m.index_add(x, 0, i, 1.0), randn(4), INDEX),
    raises(
        "Tensor.index_add_", lambda m, x, i, v: x.index_add_(0, i, v), randn(4), INDEX, randn(3)
    ),
    raises("index_copy", lambda m, x, i, v: m.index_copy(x, 0, i, v), randn(3), PAIR, randn(2)),
    raises(
        "index_copy", lambda m, x, i, v: m.index_copy(x, 0, i, v), randn(4), values([-1]), randn(1)
    ),
    raises(
        "index_copy", lambda m, x, i, v: m.index_copy(x, 0, i, v), randn(4), ints(1, 2), randn(2)
    ),
    raises(
        "index_copy", lambda m, x, i, v: m.index_copy(x, 0, i.int(), v), randn(4), PAIR, randn(2)
    ),
    raises("index_copy", lambda m, x, i, v: m.index_copy(x, 0, i, v), randn(4), PAIR, randn(3)),
    raises("index_copy", lambda m, x, i, v: m.index_copy(x, 0, i, v), randn(4), PAIR, ints(2)),
    raises("index_copy", lambda m, x, i, v: m.index_copy(x, 0, i, v), randn(4, 2), PAIR, randn(2)),
    raises("index_copy", lambda m, x, i, v: m.index_copy(x, 0, i, v), randn(4), PAIR, randn()),
    raises(
        "index_copy", lambda m, x, i, v: m.index_copy(x, 0, i, v), randn(4, 2), PAIR, randn(2, 3)
    ),
    raises("index_fill", lambda m, x, i: m.index_fill(x, 0, i, 1), randn(2), INDEX),
    raises("index_fill", lambda m, x, i: m.index_fill(x, 0, i, 1), randn(4), ints(1, 2)),
    raises("index_fill", lambda m, x, i: m.index_fill(x, 0, i.int(), 1), randn(4), INDEX),
    raises("index_fill", lambda m, x, i, v: m.index_fill(x, 0, i, v), randn(4), INDEX, randn(1)),
    raises("index_fill", lambda m, x, i: m.index_fill(x, 0, i, "a"), randn(4), INDEX),
    raises("index_put", lambda m, x, i, v: m.index_put(x, i, v), randn(4), INDEX, randn(3)),
    raises("index_put", lambda m, x, i, v: m.index_put(x, (i,), v), randn(3), PAIR, randn(2)),
    raises("index_put", lambda m, x, i: m.index_put(x, (i,), 1.0), randn(4), INDEX),
    raises("index_put", lambda m, x, v: m.index_put(x, (0,), v), randn(4), randn()),
    raises("index_put", lambda m, x, i, v: m.index_put(x, (i, i), v), randn(4), INDEX, randn(3)),
    *(
        raises("index_put", lambda m, x, i, v, a=a: m.index_put(x, (i,), v, a), randn(4), INDEX, v)
        for a in (False, True)
        for v in (randn(2), ints(3))
    ),
    raises("index_put", lambda m, x, i, v: m.index_put(x, (i,), v), randn(4), randn(2), randn(2)),
    raises(
        "masked_scatter",
        lambda m, x, k, v: m.masked_scatter(x, k, v),
        randn(3),
        values([True] * 3),
        randn(2),
    ),
    raises(
        "masked_scatter", lambda m, x, k, v: m.masked_scatter(x, k, v), randn(3), ints(3), randn(3)
    ),
    raises(
        "masked_scatter", lambda m, x, k, v: m.masked_scatter(x, k, v), randn(3), bools(3), ints(3)
    ),
    raises(
        "masked_scatter", lambda m, x, k, v: m.masked_scatter(x, k, v), randn(3), bools(2), randn(3)
    ),
    raises(
        "Tensor.masked_scatter_",
        lambda m, x, k, v: (x * 1).masked_scatter_(k, v),
        randn(3),
        bools(2, 1),
        randn(6),
    ),
    raises("take", lambda m, x, i: m.take(x, i), randn(3), values([3])),
    raises("take", lambda m, x, i: m.take(x, i), randn(0), values([0])),
    raises("take", lambda m, x, i: m.take(x, i.int()), randn(3), values([0])),
    raises("select_scatter", lambda m, x, v: m.select_scatter(x, v, 0, 1), randn(2, 3), randn(2)),
    raises("select_scatter", lambda m, x, v: m.select_scatter(x, v, 0, 2), randn(2, 3), randn(3)),
    raises("slice_scatter", lambda m, x, v: m.slice_scatter(x, v), randn(5), randn(4)),
    raises("slice_scatter", lambda m, x, v: m.slice_scatter(x, v, step=0), randn(5), randn(5)),
    raises("diagonal_scatter", lambda m, x, v: m.diagonal_scatter(x, v, 1), randn(2, 2), randn(2)),
    raises("Tensor.fill_diagonal_", lambda m, x: x.fill_diagonal_(1.0), const(randn(3))),
    raises("Tensor.fill_diagonal_", lambda m, x: x.fill_diagonal_(1.0), const(randn(2, 2, 3))),
    raises("scatter_reduce", _all("median"), randn(3, 4), ints(3, 6, high=4), randn(3, 6)),
    raises("scatter_reduce", _all("sum"), randn(3, 4), ints(3, 6, low=4), randn(3, 6)),
    raises("scatter_reduce", _all("sum"), randn(3, 4), ints(3, 6, high=4), ints(3, 6)),
    raises(
        "scatter_reduce", lambda m, x, i: m.scatter_reduce(x, 0, i, 1.0, "sum"), randn(3), INDEX
    ),
]
