"""Reductions and orderings."""

from parity_tests.cases import (
    bools,
    case,
    const,
    extreme,
    ints,
    raises,
    randn,
    special,
    ties,
    values,
)

SHAPES = [randn(3, 4), randn(2, 3, 4), randn(), randn(1), randn(5)]


def _names(f):
    """The fields of a result with names, too."""
    return lambda m, x: [f(m, x), f(m, x).values, f(m, x).indices]


CASES = [
    *(case("sum", lambda m, x: m.sum(x), x) for x in [*SHAPES, randn(0, 3), ints(4), bools(3, 4)]),
    case(
        "sum",
        lambda m, x: [x.sum(0), x.sum(-1), x.sum((0, 2)), x.sum([1]), x.sum(())],
        randn(2, 3, 4),
    ),
    case("sum", lambda m, x: m.sum(x, 1, keepdim=True), randn(2, 3, 4)),
    case("sum", lambda m, x: m.sum(x, dim=(0, -1), keepdim=True, dtype=m.float64), randn(2, 3, 4)),
    case("sum", lambda m, x: m.sum(x, 0), randn(0, 3)),
    *(case("mean", lambda m, x: m.mean(x), x) for x in [*SHAPES, randn(0, 3)]),
    case("mean", lambda m, x: [x.mean(0), x.mean(-1), x.mean((0, 2))], randn(2, 3, 4)),
    case("mean", lambda m, x: m.mean(x, 1, keepdim=True), randn(2, 3, 4)),
    case("mean", lambda m, x: m.mean(x, dtype=m.float64), ints(5)),
    case("mean", lambda m, x: m.mean(x, 1), randn(3, 0)),
    *(
        case(n, lambda m, x, n=n: getattr(m, n)(x), x)
        for n in ("var", "std")
        for x in [randn(3, 4), randn(2, 3, 4), randn(5)]
    ),
    *(
        case(n, lambda m, x, n=n, o=o: getattr(m, n)(x, **o), randn(2, 3, 4))
        for n in ("var", "std")
        for o in [
            {"dim": 1},
            {"dim": (0, 2), "keepdim": True},
            {"dim": -1, "correction": 0},
            {"dim": 1, "unbiased": False},
            {"correction": 2},
        ]
    ),
    case("var", lambda m, x: m.var(x, False), randn(3, 4)),
    case("std", lambda m, x: m.std(x, 0, correction=0), values([[1.0, 2.0], [1.0, 3.0]])),
    *(case("prod", lambda m, x: m.prod(x), x) for x in [*SHAPES, ties(3, 4), ints(4, low=1)]),
    case("prod", lambda m, x: m.prod(x, 1), randn(2, 3, 4)),
    case("prod", lambda m, x: m.prod(x, -1, keepdim=True), ties(4, 5)),
    case("prod", lambda m, x: m.prod(x, 0, dtype=m.float64), randn(3, 2)),
    *(
        case("logsumexp", lambda m, x: m.logsumexp(x, 1), x)
        for x in [randn(3, 4), extreme(4, 6), randn(2, 3, 4)]
    ),
    case("logsumexp", lambda m, x: m.logsumexp(x, (0, 2), keepdim=True), randn(2, 3, 4)),
    case("logsumexp", lambda m, x: m.logsumexp(x, 0), values([float("-inf"), 1.0, 2.0])),
    *(
        case(n, lambda m, x, n=n: getattr(m, n)(x), x)
        for n in ("amax", "amin")
        for x in [*SHAPES, ties(4, 5), ints(6)]
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
        case("cumsum", lambda m, x: m.cumsum(x, 1), x)
        for x in [randn(3, 4), randn(2, 3, 4), ints(3, 4)]
    ),
    case("cumsum", lambda m, x: m.cumsum(x, 0, dtype=m.float64), randn(3, 2)),
    case("cumsum", lambda m, x: m.cumsum(x, 0), randn()),
    case(
        "norm",
        lambda m, x: [m.norm(x), x.norm(2), x.norm(1), x.norm(float("inf")), x.norm(3)],
        randn(3, 4),
    ),
    case("norm", lambda m, x: m.norm(x, p=2, dim=1, keepdim=True), randn(3, 4)),
    case(
        "all",
        lambda m, x: [m.all(x), m.all(x, 0), m.all(x, dim=1, keepdim=True)],
        bools(3, 4, p=0.8),
    ),
    case(
        "any",
        lambda m, x: [m.any(x), m.any(x, 0), m.any(x, dim=1, keepdim=True)],
        bools(3, 4, p=0.2),
    ),
    case("count_nonzero", lambda m, x: [m.count_nonzero(x), m.count_nonzero(x, dim=1)], ties(3, 4)),
    *(
        case(n, lambda m, x, n=n: getattr(m, n)(x), const(special(9)))
        for n in ("sum", "amax", "amin", "argmax", "argmin", "max", "min")
    ),
    raises("sum", lambda m, x: m.sum(x, 2), randn(3, 4)),
    raises("sum", lambda m, x: m.sum(x, (0, 0)), randn(3, 4)),
    raises("mean", lambda m, x: m.mean(x), ints(3)),
    raises("var", lambda m, x: m.var(x), ints(3)),
    raises("max", lambda m, x: m.max(x), randn(0)),
    raises("max", lambda m, x: m.max(x, 0), randn(0, 2)),
    raises("amax", lambda m, x: m.amax(x, 1), randn(2, 0)),
    raises("argmax", lambda m, x: m.argmax(x), randn(0)),
    raises("topk", lambda m, x: m.topk(x, 5), randn(3)),
    raises("logsumexp", lambda m, x: m.logsumexp(x, 3), randn(3)),
]
