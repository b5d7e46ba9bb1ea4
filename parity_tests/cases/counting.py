"""Sets, counts and places in order, one line a case."""

from parity_tests.cases import bools, case, const, ints, method, raises, randn, ties, values

NAN = float("nan")
ALL = {"return_inverse": True, "return_counts": True}

CASES = [
    *(
        case("unique", lambda m, x, o=o: m.unique(x, **o), x)
        for x in (const(ties(3, 4)), ints(6), bools(5), ints(2, 3), values(3), const(randn(0)))
        for o in ({}, {"return_inverse": True}, {"return_counts": True}, ALL)
    ),
    case("unique", lambda m, x: m.unique(x, **ALL), const(values([3.0, NAN, 1.0, NAN, 1.0]))),
    case("unique", lambda m, x: m.unique(x, dim=0, **ALL), ints(8, 2, high=2)),
    case("unique", lambda m, x: m.unique(x, dim=-1), ints(2, 8, high=2)),
    case("unique", lambda m, x: m.unique(x, dim=1, **ALL), ints(2, 8, 1, high=2)),
    case("unique", lambda m, x: m.unique(x, dim=0), const(randn(0, 2))),
    raises("unique", lambda m, x: m.unique(x, dim=2), ints(3)),
    *(
        case("unique_consecutive", lambda m, x, o=o: m.unique_consecutive(x, **o), x)
        for x in (const(ties(3, 4)), ints(12, high=2), bools(7), values(3))
        for o in ({}, {"return_inverse": True}, {"return_counts": True}, ALL)
    ),
    case(
        "unique_consecutive", lambda m, x: m.unique_consecutive(x, dim=0, **ALL), ints(9, 1, high=2)
    ),
    case("unique_consecutive", lambda m, x: m.unique_consecutive(x, dim=-1), ints(2, 9, high=2)),
    case(
        "unique_consecutive",
        lambda m, x: m.unique_consecutive(x, True, True, 1),
        ints(1, 9, high=2),
    ),
    raises("unique_consecutive", lambda m, x: m.unique_consecutive(x, dim=2), ints(3)),
    case("bincount", lambda m, x: m.bincount(x), ints(9)),
    case("bincount", lambda m, x: m.bincount(x, minlength=8), ints(9)),
    case("bincount", lambda m, x: m.bincount(x), ints(0)),
    case("bincount", lambda m, x: m.bincount(x, minlength=2), ints(0)),
    case("bincount", lambda m, x, w: m.bincount(x, w), ints(9), const(randn(9))),
    case("bincount", lambda m, x, w: m.bincount(x, w, 7), ints(9), ints(9)),
    method("bincount", lambda x: x.byte().bincount(), ints(9)),
    *(
        raises("bincount", f)
        for f in [
            lambda m: m.bincount(m.tensor([-1, 2])),
            lambda m: m.bincount(m.tensor([[1]])),
            lambda m: m.bincount(m.tensor([1.0])),
            lambda m: m.bincount(m.tensor([True])),
            lambda m: m.bincount(m.tensor([1]), minlength=-1),
            lambda m: m.bincount(m.tensor([1]), m.tensor([1.0, 2.0])),
        ]
    ),
    *(
        case("histc", lambda m, x, a=a: m.histc(x, *a), const(x))
        for x in (ties(20), randn(3, 4), values([1.0, 1.0]), randn(0))
        for a in [(), (4,), (5, -2, 2), (3, -1, 1)]
    ),
    method("histc", lambda x: x.histc(bins=2, max=1), const(ties(7))),
    *(
        raises("histc", f)
        for f in [
            lambda m: m.histc(m.tensor([1.0]), 0),
            lambda m: m.histc(m.tensor([1.0]), 2, 3, 1),
            lambda m: m.histc(m.tensor([1.0, NAN]), 2),
            lambda m: m.histc(m.tensor([1]), 2),
        ]
    ),
    case("isin", lambda m, x, y: m.isin(x, y), ints(3, 4), ints(2)),
    case(
        "isin", lambda m, x, y: m.isin(x, y.contiguous(), invert=True), const(ties(5)), ints(2, 2)
    ),
    case("isin", lambda m, x: m.isin(x, 2, assume_unique=True), ints(5)),
    case("isin", lambda m, x: m.isin(2, x), ints(5)),
    *(
        case("searchsorted", lambda m, s, x, o=o: m.searchsorted(s, x, **o), s, const(x))
        for s, x in [
            (const(values([-1.0, 0.0, 0.0, 1.5])), ties(3, 4)),
            (const(values([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0]])), ties(2, 4)),
            (values([-1, 0, 2]), ties(5)),
            (values([-1, 0, 2]), randn()),
            (const(randn(0)), randn(3)),
        ]
        for o in ({}, {"right": True}, {"side": "right", "out_int32": True}, {"side": "left"})
    ),
    case("searchsorted", lambda m, s: m.searchsorted(s, 1), values([0, 1, 1, 3])),
    case(
        "searchsorted",
        lambda m, s, x: m.searchsorted(s, x, sorter=m.argsort(s)),
        const(randn(5)),
        const(randn(4)),
    ),
    *(
        raises("searchsorted", lambda m, f=f: f(m.searchsorted, m.arange(3), m.ones(2, 2)))
        for f in [
            lambda search, s, x: search(s.expand(3, 3), x),
            lambda search, s, x: search(s, x, side="middle"),
            lambda search, s, x: search(s, x, side="left", right=True),
            lambda search, s, x: search(s, x, sorter=s[:2]),
        ]
    ),
    case("bucketize", lambda m, x, b: m.bucketize(x, b), const(ties(3, 4)), values([-1, 0, 1])),
    case(
        "bucketize",
        lambda m, x, b: m.bucketize(x, b, out_int32=True, right=True),
        const(ties(3, 4)),
        values([-1, 0, 1]),
    ),
    case("bucketize", lambda m, b: m.bucketize(3, b), values([1, 3, 5])),
    raises("bucketize", lambda m: m.bucketize(m.ones(1), m.ones(1, 1))),
]
