"""Indexing: x[i], and x[i] = y."""

from parity_tests.cases import bools, const, ints, method, positive, raises, randn, ties, values


def _set(where, value):
    """y[where] = value, on a recorded copy of x."""

    def f(x, *more):
        y = x * 1
        y[where] = value if value is not None else more[0]
        return y * 2

    return f


def _written(x, where, value):
    """Without a recorded operation the memory itself is written: a view shows it."""
    y = x.clone().contiguous()
    view = y.view(-1)
    y[where] = value
    y[where] += 1
    return y, view


def _shown(x, v):
    """A recorded assignment is seen by the views that exist, and leads back through them."""
    y = x * 1
    row, column, flat = y[1], y.t()[0], y.view(-1)
    y[:, 0] = 2 * v[:3]
    row[2:] = v[3]
    return [y * 2, row * row, column, flat]


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
    # integers are taken before arrays: the dimensions stay where they are
    *(
        method("__getitem__", f, randn(4, 5, 3), values([1, 0, 1]), bools(5), bools(4, 5))
        for f in [
            lambda x, i, b, c: [x[0, :, i], x[:, 0, i], x[i, :, 0], x[i, 0, i]],
            lambda x, i, b, c: [
                x[i, :, i],
                x[None, i, :, i],
                x[i, None, i],
                x[..., i],
                x[i, ..., i],
            ],
            lambda x, i, b, c: [
                x[0, b],
                x[:, b],
                x[:, b, 0],
                x[c],
                x[c, 0],
                x[None, c],
                x[1, b, 0:2],
            ],
            lambda x, i, b, c: [
                x[i[0]],
                x[i[0], i],
                x[i[0] :],
                x[i.int()],
                x[i[:, None], i],
                x[-i],
            ],
            lambda x, i, b, c: [
                x[True],
                x[False],
                x[True, 0],
                x[0, True, i],
                x[c & (x[..., 0] > 0)],
                x[range(2)],
                x[[]],
            ],
            lambda x, i, b, c: [
                x[i.numpy()],
                x[(0, 1),],
                x[[True, False, True, True]],
                x[:, [0, -1], 1:],
                x[i, i, i],
            ],
        ]
    ),
    *(
        method("__getitem__", lambda x: [x[None], x[...], x[()], x[True], x[None, ..., None]], x)
        for x in [randn(), randn(0), randn(1), ints(2)]
    ),
    method(
        "__getitem__",
        lambda x, i: [x[i], x[:, i - 2], x[0:0], x[..., :0]],
        randn(5, 4),
        ints(0, low=2),
    ),
    *(
        method("__setitem__", f, randn(4, 5, 3), randn(3))
        for f in [
            lambda x, v: _set((0, slice(None), [2, 0, 1]), None)(x, v),
            lambda x, v: _set((slice(None), [4, 0], 1), None)(x, v[:2]),
            lambda x, v: _set((..., [2, 0]), 3.0)(x),
            lambda x, v: _set((True, 2), None)(x, v),
            lambda x, v: _set((None, 1), None)(x, v),
            lambda x, v: _set([[True, False, True, True][k] for k in range(4)], None)(x, v),
            lambda x, v: _set(x[..., 0] > 0, None)(x, v),
            lambda x, v: _set(x > 0, None)(x, v[0]),
            lambda x, v: _set((slice(0, 0),), None)(x, v),
        ]
    ),
    *(
        method(
            "__setitem__",
            lambda x, v, k=k: _written(x, k, v),
            const(randn(4, 5, 3)),
            const(randn(3)),
        )
        for k in [
            0,
            (0, 1),
            (..., 0, slice(None)),
            (0, slice(None), [2, 0, 1]),
            [1, 3],
            (True, 1),
            slice(1, 9, 2),
        ]
    ),
    method("__setitem__", lambda x, v: _written(x, (0, 1), v[0]), ints(2, 3), const(positive(2))),
    method("__setitem__", lambda x, y: _shown(x, y), randn(3, 4), randn(4)),
    raises("Tensor.__getitem__", lambda m, x: x[m.tensor([0.0])], randn(4)),
    raises("Tensor.__getitem__", lambda m, x, i: x[i, i[:2]], randn(4, 5), ints(3, high=4)),
    raises("Tensor.__getitem__", lambda m, x: x[{}], randn(4)),
    raises("Tensor.__setitem__", lambda m, x: x.detach().__setitem__(7, 1.0), randn(4)),
    raises("Tensor.__setitem__", lambda m, x: x.detach().__setitem__(0, [1.0, 2.0]), randn(4, 2)),
    raises("Tensor.__setitem__", lambda m, x: x.detach().__setitem__(0, None), randn(4, 2)),
    raises(
        "Tensor.__setitem__",
        lambda m, x: x.detach().__setitem__([0], m.zeros(1, 3, dtype=x.dtype)),
        randn(4, 2),
    ),
    raises(
        "Tensor.__setitem__",
        lambda m, x: x.detach().__setitem__([0], m.zeros(1, 2).half()),
        randn(4, 2),
    ),
    raises("Tensor.__setitem__", lambda m, x: x[0].__setitem__(0, 1.0), randn(4, 5)),
]
