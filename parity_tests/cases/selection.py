"""Choosing entries: max, min, median, argmax, sort, topk."""

from parity_tests.cases import bools, case, const, ints, raises, randn, special, ties, values

SHAPES = [randn(3, 4), randn(2, 3, 4), randn(), randn(1), randn(5)]


def _names(f):
    """The fields of a result with names, too."""
    return lambda m, x: [f(m, x), f(m, x).values, f(m, x).indices]


CASES = [
    *(
        case(n, lambda m, x, n=n: getattr(m, n)(x), x)
        for n in ("amax", "amin")
        for x in [*SHAPES, ties(4, 5), ties(3, 3), ints(6)]
    ),
    *(
        case(n, lambda m, x, n=n: getattr(m, n)(x, (0, 2), keepdim=True), ties(2, 3, 4))
        for n in ("amax", "amin")
    ),
    *(case(n, lambda m, x, n=n: getattr(m, n)(x, 1), ties(4, 5)) for n in ("amax", "amin")),
    *(
        case(n, lambda m, x, n=n: getattr(m, n)(x), x)
        for n in ("max", "min")
        for x in [randn(3, 4), ties(4, 5), randn(), ints(4)]
    ),
    *(
        case(n, _names(lambda m, x, n=n: getattr(m, n)(x, 1)), x)
        for n in ("max", "min")
        for x in [randn(3, 4), ties(4, 5), ints(3, 4), values([[float("nan"), 1.0], [2.0, 3.0]])]
    ),
    *(
        case(n, lambda m, x, n=n: getattr(m, n)(x, dim=-2, keepdim=True), randn(2, 3, 4))
        for n in ("max", "min")
    ),
    *(case(n, lambda m, x, n=n: getattr(m, n)(x, 0), randn()) for n in ("max", "min")),
    *(
        case(n, lambda m, x, y, n=n: getattr(m, n)(x, y), ties(4, 5), ties(5))
        for n in ("max", "min")
    ),
    *(
        case(
            n,
            lambda m, x, n=n: (
                [f(x), f(x, 1), f(x, -2, keepdim=True)] if (f := getattr(m, n)) else None
            ),
            ties(4, 5),
        )
        for n in ("argmax", "argmin")
    ),
    case("topk", lambda m, x: m.topk(x, 2), randn(3, 4)),
    case("topk", lambda m, x: m.topk(x, 3, dim=0, largest=False), randn(4, 3)),
    case("topk", lambda m, x: m.topk(x, 2, sorted=True), randn(5)),
    case("sort", lambda m, x: m.sort(x), randn(3, 4)),
    case("sort", lambda m, x: m.sort(x, dim=0, descending=True), randn(4, 3)),
    case("sort", lambda m, x: m.sort(x, stable=True), ties(4, 5)),
    case("sort", lambda m, x: m.sort(x, stable=True, descending=True, dim=1), ties(4, 5)),
    case("argsort", lambda m, x: m.argsort(x), randn(3, 4)),
    case("argsort", lambda m, x: m.argsort(x, dim=0, descending=True, stable=True), ties(4, 3)),
    *(
        case(n, lambda m, x, n=n: getattr(m, n)(x), const(special(9)))
        for n in ("amax", "amin", "argmax", "argmin", "max", "min")
    ),
    raises("max", lambda m, x: m.max(x), randn(0)),
    raises("max", lambda m, x: m.max(x, 0), randn(0, 2)),
    raises("amax", lambda m, x: m.amax(x, 1), randn(2, 0)),
    raises("argmax", lambda m, x: m.argmax(x), randn(0)),
    raises("topk", lambda m, x: m.topk(x, 5), randn(3)),
    *(
        case(
            n,
            lambda m, x, n=n: [getattr(m, n)(x), *getattr(m, n)(x, 0), *getattr(m, n)(x, -1, True)],
            x,
        )
        for n in ("max", "min", "median")
        for x in [
            randn(3, 5),
            randn(4, 6),
            ints(1, 5),
            values([[1.0, float("nan"), 3.0], [float("nan"), 0.5, float("nan")]]),
            randn(1, 1),
        ]
    ),
    *(case(n, lambda m, x, n=n: getattr(m, n)(x), ties(4, 5)) for n in ("max", "min", "median")),
    *(
        case(n, lambda m, x, n=n: [getattr(m, n)(x), *getattr(m, n)(x, 0)], x)
        for n in ("max", "min", "median")
        for x in [randn(), randn(1)]
    ),
    *(
        case(n, lambda m, x, n=n: getattr(m, n)(x, dim=1, keepdim=True), randn(0, 2))
        for n in ("max", "min", "median")
    ),
    case("median", lambda m, x: m.median(x), randn(0)),
    case("median", lambda m, x: m.median(x, 1).values, ties(4, 6)),
    *(
        case(n, lambda m, x, y, n=n: getattr(m, n)(x, other=y), randn(3, 4), randn(4))
        for n in ("max", "min")
    ),
    *(
        case(n, lambda m, x, n=n: repr(getattr(m, n)(x, 0)), ints(2, 3))
        for n in ("max", "min", "median")
    ),
    *(
        case(
            n,
            lambda m, x, n=n: [getattr(m, n)(x), getattr(m, n)(x, 1)],
            values([[1.0, float("nan")], [2.0, 2.0]]),
        )
        for n in ("amax", "amin")
    ),
    *(
        case(n, lambda m, x, n=n: [getattr(m, n)(x, 0), getattr(m, n)(x, ())], bools(3, 4))
        for n in ("amax", "amin")
    ),
    *(
        case(n, lambda m, x, n=n: [getattr(m, n)(x, 0), getattr(m, n)(x, keepdim=True)], x)
        for n in ("argmax", "argmin")
        for x in [special(3, 4), randn(), ints(2, 3)]
    ),
    case(
        "topk",
        lambda m, x: [*m.topk(x, 0), *m.topk(x, 4, 0), *x.topk(k=1, dim=1, largest=False)],
        randn(4, 3),
    ),
    case("topk", lambda m, x: m.topk(x, 1), randn()),
    case("sort", lambda m, x: [*m.sort(x), *m.sort(x, descending=True)], randn()),
    case(
        "sort",
        lambda m, x: [*m.sort(x, dim=0), *m.sort(x, descending=True)],
        values([[3.0, float("nan"), 1.0], [0.0, 2.0, 1.5]]),
    ),
    case("sort", lambda m, x: [*m.sort(x), *m.sort(x, 0, True)], randn(0, 3)),
    raises("max", lambda m, x: m.max(x, (0, 1)), randn(3, 4)),
    raises("min", lambda m, x: m.min(x, 1), randn(2, 0)),
    raises("median", lambda m, x: m.median(x, 0), randn(0, 2)),
    raises("median", lambda m, x: m.median(x), bools(3)),
    raises("amin", lambda m, x: m.amin(x), randn(0, 2)),
    raises("amin", lambda m, x: m.amin(x, (0, 0)), randn(3)),
    raises("argmin", lambda m, x: m.argmin(x, 0), randn(0, 2)),
    raises("argmax", lambda m, x: m.argmax(x), bools(3)),
    raises("argmax", lambda m, x: m.argmax(x, (0, 1)), randn(3, 4)),
    raises("topk", lambda m, x: m.topk(x, 1.5), randn(3)),
    raises("topk", lambda m, x: m.topk(x, -1), randn(3)),
    raises("sort", lambda m, x: m.sort(x, 2), randn(3, 4)),
    raises("argsort", lambda m, x: m.argsort(x, 1), randn(3)),
]
