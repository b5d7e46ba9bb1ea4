"""Picking and placing entries by name: gather, scatter, index_select, masks."""

from parity_tests.cases import (
    bools,
    case,
    const,
    ints,
    method,
    permutation,
    positive,
    raises,
    randn,
    special,
    ties,
    values,
)


def _in_place(name, *args):
    def f(x, *more):
        y = x * 1
        z = getattr(y, name)(*args, *more)
        return y * 2, z is y

    return f


CASES = [
    case("gather", lambda m, x, i: m.gather(x, 1, i), randn(4, 5), ints(3, 6)),
    case("gather", lambda m, x, i: m.gather(x, dim=-2, index=i), randn(4, 5, 2), ints(3, 7, 2)),
    case("take_along_dim", lambda m, x, i: m.take_along_dim(x, i, 1), randn(4, 5), ints(4, 3)),
    case(
        "scatter",
        lambda m, x, i, v: m.scatter(x, 0, i[:, None], v),
        randn(5, 2),
        permutation(4),
        randn(4, 1),
    ),
    case("scatter", lambda m, x, i: m.scatter(x, 0, i[:, None], 2.5), randn(5, 2), permutation(4)),
    case(
        "scatter_add",
        lambda m, x, i, v: m.scatter_add(x, 1, i, v),
        randn(4, 5),
        ints(3, 6),
        randn(3, 6),
    ),
    method(
        "scatter_",
        lambda x, i: _in_place("scatter_", 0, i[:, None], 2.5)(x),
        randn(5, 2),
        permutation(4),
    ),
    method(
        "scatter_add_",
        lambda x, i, v: _in_place("scatter_add_", 1, i)(x, v),
        randn(4, 5),
        ints(4, 5),
        randn(4, 5),
    ),
    case("masked_fill", lambda m, x, mask: m.masked_fill(x, mask, 2.0), randn(4, 5), bools(4, 5)),
    case("masked_fill", lambda m, x, mask: x.masked_fill(mask, -1), randn(4, 5), bools(5)),
    case(
        "masked_fill",
        lambda m, x, mask, v: m.masked_fill(x, mask, v),
        randn(4, 5),
        bools(4, 1),
        randn(),
    ),
    method(
        "masked_fill_",
        lambda x, mask: _in_place("masked_fill_", mask, 3.0)(x),
        randn(4, 5),
        bools(4, 5),
    ),
    case(
        "index_select",
        lambda m, x, i: [m.index_select(x, 0, i), x.index_select(-1, i)],
        randn(4, 5),
        ints(3, high=4),
    ),
    case("masked_select", lambda m, x, mask: m.masked_select(x, mask), randn(4, 5), bools(5)),
    case("nonzero", lambda m, x: [m.nonzero(x), m.nonzero(x, as_tuple=True)], const(ties(4, 5))),
    raises("gather", lambda m, x, i: m.gather(x, 0, i), randn(4, 5), ints(4, 5, low=4, high=6)),
    raises("gather", lambda m, x, i: m.gather(x, 0, i), randn(4, 5), ints(4)),
    raises("gather", lambda m, x, i: m.gather(x, 0, i), randn(4, 5), ints(4, 6)),
    raises("gather", lambda m, x: m.gather(x, 0, x), randn(4, 5)),
    raises("masked_fill", lambda m, x, i: m.masked_fill(x, i, 0), randn(4), ints(4)),
    raises("masked_fill", lambda m, x, b: m.masked_fill(x, b, 0), randn(4), bools(3)),
    raises(
        "index_select", lambda m, x, i: m.index_select(x, 0, i), randn(4), ints(3, low=4, high=6)
    ),
    # gather and related functions: sizes, dtypes, 0-d
    case(
        "gather",
        lambda m, x, i: [m.gather(x, 0, i), m.gather(x, -1, i.int())],
        randn(3, 4),
        ints(2, 4, high=3),
    ),
    case("gather", lambda m, x, i: m.gather(x, 0, i), randn(), values([0, 0])),
    case("gather", lambda m, x, i: m.gather(x, 0, i), randn(3), values(2)),
    case("gather", lambda m, x, i: m.gather(x, 1, i), randn(3, 4), ints(3, 0)),
    case(
        "take_along_dim",
        lambda m, x, i: [m.take_along_dim(x, i, dim=0), m.take_along_dim(x.contiguous(), i)],
        randn(4, 5),
        ints(1, 5, high=4),
    ),
    case(
        "take_along_dim",
        lambda m, x, i: m.take_along_dim(x, i, -1),
        randn(4, 1),
        values([[0, -1, 0]]),
    ),
    case("scatter", lambda m, x, i: m.scatter(x, 0, i, 1.5), randn(), values(0)),
    case(
        "scatter",
        lambda m, x, i, v: m.scatter(x, -1, i[None], v),
        randn(2, 5),
        permutation(3),
        randn(1, 3),
    ),
    case("scatter", lambda m, x, i: m.scatter(x, 1, i, 2.5), ints(2, 3), ints(2, 2, high=3)),
    case(
        "scatter_add",
        lambda m, x, i, v: m.scatter_add(x, -2, i, v),
        randn(5, 2),
        ints(7, 2),
        randn(7, 2),
    ),
    case(
        "scatter_add",
        lambda m, x, i, v: m.scatter_add(x, 0, i, v),
        ints(3),
        ints(4, high=3),
        ints(4),
    ),
    *(
        case(
            "masked_fill",
            lambda m, x, b, v: [m.masked_fill(x, b, v), x.masked_fill(b, value=-1)],
            x,
            b,
            randn(),
        )
        for x, b in [
            (randn(2, 3), bools(4, 2, 3)),
            (randn(), bools(2)),
            (randn(2, 3), bools()),
            (special(3, 4), bools(3, 1)),
            (randn(0, 2), bools(2)),
        ]
    ),
    case(
        "masked_fill",
        lambda m, i, b, v: [i.masked_fill(b, 2.5), b.masked_fill(b, 0), i.masked_fill(b, v)],
        ints(4),
        bools(4),
        const(positive()),
    ),
    case(
        "index_select",
        lambda m, x, i: [m.index_select(x, dim=1, index=i.int()), x.index_select(0, i[0])],
        randn(3, 4),
        values([2, 2, 0]),
    ),
    case("index_select", lambda m, x, i: m.index_select(x, 0, i), randn(), values([0])),
    case("masked_select", lambda m, x, b: m.masked_select(x, b), randn(), bools()),
    case("masked_select", lambda m, x, b: m.masked_select(x, b), randn(3, 1), bools(2, 1, 4)),
    case(
        "nonzero",
        lambda m, x, b: [m.nonzero(x), *m.nonzero(x, as_tuple=True), b.nonzero()],
        const(values(2.0)),
        bools(2, 3, 2),
    ),
    raises("gather", lambda m, x, i: m.gather(x, 0, i - 1), randn(4), values([0])),
    raises("gather", lambda m, x, i: m.gather(x, 1, i), randn(4, 5), ints(5, 2)),
    raises("scatter", lambda m, x, i: m.scatter(x, 0, i, 1.0), randn(4, 5), ints(2)),
    raises(
        "scatter",
        lambda m, x, i: m.scatter(x, 0, i, m.zeros(1, 5, dtype=x.dtype)),
        randn(4, 5),
        ints(2, 5, high=4),
    ),
    raises(
        "scatter",
        lambda m, x, i: m.scatter(x, 0, i, m.zeros(2, 5).half()),
        randn(4, 5),
        ints(2, 5, high=4),
    ),
    raises("scatter_add", lambda m, x, i: m.scatter_add(x, 0, i, 1.0), randn(4), ints(2)),
    raises("Tensor.scatter_", lambda m, x, i: x.scatter_(0, i, 1.0), randn(4), ints(2, high=4)),
    raises("Tensor.masked_fill_", lambda m, x, b: x.masked_fill_(b, 1.0), randn(4), bools(4)),
    raises("masked_fill", lambda m, x, b: m.masked_fill(x, b, x), randn(4), bools(4)),
    raises("masked_fill", lambda m, x, b: m.masked_fill(x, b, "a"), randn(4), bools(4)),
    raises("masked_select", lambda m, x, b: m.masked_select(x, b), randn(4), bools(3)),
    raises("masked_select", lambda m, x, i: m.masked_select(x, i), randn(4), ints(4)),
    raises("index_select", lambda m, x, i: m.index_select(x, 0, i), randn(4), ints(2, 2)),
    raises("index_select", lambda m, x: m.index_select(x, 0, x), randn(4)),
    raises("take_along_dim", lambda m, x, i: m.take_along_dim(x, i, 0), randn(4, 2), ints(2)),
    raises("take_along_dim", lambda m, x: m.take_along_dim(x, x, 0), randn(4)),
]
