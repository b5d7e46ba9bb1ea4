"""Indexing, gathering, scattering, masks."""

from parity_tests.cases import bools, case, const, ints, method, permutation, raises, randn, ties


def _set(where, value):
    """y[where] = value, on a recorded copy of x."""

    def f(x, *more):
        y = x * 1
        y[where] = value if value is not None else more[0]
        return y * 2

    return f


def _in_place(name, *args):
    def f(x, *more):
        y = x * 1
        z = getattr(y, name)(*args, *more)
        return y * 2, z is y

    return f


CASES = [
    *(
        method("__getitem__", lambda x, i=i: x[i], randn(4, 5, 3))
        for i in [
            0,
            -1,
            (1, 2),
            (1, 2, 0),
            slice(1, 3),
            slice(None, None, 2),
            (slice(None), 1),
            (..., 0),
            (0, ..., 1),
            None,
            (slice(None), None, 1),
            [0, 2],
            [2, 2, 0, 2],
            ([0, 1, 1], [2, 3, 3]),
            (slice(None), [1, 1]),
            ([0, 1], slice(None), [2, 2]),
            (slice(3, 1),),
            slice(2, 100),
        ]
    ),
    method("__getitem__", lambda x, i: [x[i], x[:, i[:2]]], randn(4, 5), ints(3, 2, high=4)),
    method("__getitem__", lambda x, mask: x[mask], randn(4, 5), bools(4, 5)),
    method("__getitem__", lambda x, mask: [x[mask], x[mask, 1]], randn(4, 5), bools(4)),
    method("__getitem__", lambda x: x[x > 0], ties(4, 5)),
    method("__getitem__", lambda x: x[()], randn()),
    *(
        method("__setitem__", _set(i, None), randn(4, 5), randn(*shape))
        for i, shape in [
            (0, (5,)),
            ((slice(None), 1), (4,)),
            ((1, 2), ()),
            (slice(1, 3), (1, 5)),
            (..., (5,)),
            ([0, 2], (2, 5)),
            (([0, 1], [2, 3]), (2,)),
            (slice(0, 2), (1, 1, 2, 5)),
        ]
    ),
    method("__setitem__", _set((slice(None), 0), 1.5), randn(4, 5)),
    method("__setitem__", lambda x, mask: _set(mask, 0.5)(x), randn(4, 5), bools(4, 5)),
    method(
        "__setitem__", lambda x, v: _set([1, 1], None)(x.detach(), v[:1]), randn(4, 5), randn(2, 5)
    ),
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
    raises("Tensor.__getitem__", lambda m, x: x[4], randn(4, 5)),
    raises("Tensor.__getitem__", lambda m, x: x[0, 5], randn(4, 5)),
    raises("Tensor.__getitem__", lambda m, x: x[0, 0, 0], randn(4, 5)),
    raises("Tensor.__getitem__", lambda m, x: x[::-1], randn(4, 5)),
    raises("Tensor.__getitem__", lambda m, x: x[1.5], randn(4, 5)),
    raises("Tensor.__getitem__", lambda m, x: x["a"], randn(4, 5)),
    raises("Tensor.__getitem__", lambda m, x: x[[7]], randn(4, 5)),
    raises("Tensor.__getitem__", lambda m, x, b: x[b], randn(4, 5), bools(3)),
    raises("Tensor.__getitem__", lambda m, x: x[0], randn()),
    raises(
        "Tensor.__setitem__",
        lambda m, x: x.detach().__setitem__(0, m.zeros(2, dtype=x.dtype)),
        randn(4, 5),
    ),
    raises("Tensor.__setitem__", lambda m, x: x.__setitem__(0, 1.0), randn(4, 5)),
    raises("gather", lambda m, x, i: m.gather(x, 0, i), randn(4, 5), ints(4, 5, low=4, high=6)),
    raises("gather", lambda m, x, i: m.gather(x, 0, i), randn(4, 5), ints(4)),
    raises("gather", lambda m, x, i: m.gather(x, 0, i), randn(4, 5), ints(4, 6)),
    raises("gather", lambda m, x: m.gather(x, 0, x), randn(4, 5)),
    raises("masked_fill", lambda m, x, i: m.masked_fill(x, i, 0), randn(4), ints(4)),
    raises("masked_fill", lambda m, x, b: m.masked_fill(x, b, 0), randn(4), bools(3)),
    raises(
        "index_select", lambda m, x, i: m.index_select(x, 0, i), randn(4), ints(3, low=4, high=6)
    ),
]
