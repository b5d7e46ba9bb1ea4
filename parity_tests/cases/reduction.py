"""Reductions: sums, products, spreads, norms, running sums, truth."""

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
    uniform,
    values,
)

SHAPES = [randn(3, 4), randn(2, 3, 4), randn(), randn(1), randn(5)]

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
    case("norm", lambda m, x: [m.norm(x), x.norm(dim=1)], randn(3, 3)),
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
    case("sum", lambda m, x: m.sum(x), const(special(9))),
    raises("sum", lambda m, x: m.sum(x, 2), randn(3, 4)),
    raises("sum", lambda m, x: m.sum(x, (0, 0)), randn(3, 4)),
    raises("mean", lambda m, x: m.mean(x), ints(3)),
    raises("var", lambda m, x: m.var(x), ints(3)),
    raises("logsumexp", lambda m, x: m.logsumexp(x, 3), randn(3)),
    # sums: dims, sizes, precision
    case("sum", lambda m, x: [x.sum((), True), x.sum(-1, keepdim=True)], randn(2, 0, 3)),
    case("sum", lambda m, x: [x.sum(0), x.sum((0, 1))], uniform(300, 4, 3)),
    case("sum", lambda m, x: [m.sum(x, -2), x.mean((0, 1), keepdim=True)], uniform(2, 700, 3)),
    case(
        "sum",
        lambda m, x, i: [m.sum(x, dtype=m.float64), i.sum(dtype=m.float32)],
        randn(3),
        ints(4),
    ),
    case("mean", lambda m, x: m.mean(x, dim=(0, -1), keepdim=True), special(3, 2, 4)),
    case("logsumexp", lambda m, x: m.logsumexp(x, 1), special(6, 2)),
    case(
        "logsumexp", lambda m, x: [m.logsumexp(x, 0), m.logsumexp(x, 1, keepdim=True)], randn(0, 3)
    ),
    case("logsumexp", lambda m, x, i: [m.logsumexp(x, 0), m.logsumexp(i, 0)], randn(), ints(4)),
    *(
        case(n, lambda m, x, n=n, o=o: getattr(m, n)(x, **o), x)
        for n in ("var", "std", "var_mean", "std_mean")
        for x, o in [
            (randn(3, 4), {}),
            (randn(2, 3, 4), {"dim": (0, -1), "keepdim": True}),
            (randn(4, 3), {"dim": 0, "correction": 0.5}),
            (randn(4, 3), {"dim": 1, "unbiased": False}),
            (ties(3, 4), {"dim": 1, "correction": 0}),
        ]
    ),
    *(case(n, lambda m, x, n=n: getattr(m, n)(x, 0), special(3, 4)) for n in ("var", "std")),
    case("std", lambda m, x: [m.std(x), m.std(x, 0)], values([[2.0, 2.0], [2.0, 2.0]])),
    case(
        "prod",
        lambda m, x: [m.prod(x), m.prod(x, 0), m.prod(x, -1)],
        values([[0.0, 2.0], [0.0, 3.0], [1.5, 4.0]]),
    ),
    case("prod", lambda m, x: [m.prod(x), m.prod(x, 1)], randn(2, 0)),
    case("prod", lambda m, b, i: [m.prod(b, 0), i.prod(1, keepdim=True)], bools(3, 2), ints(3, 2)),
    *(
        case("cumsum", lambda m, x: [x.cumsum(0), m.cumsum(x, dim=-1)], x)
        for x in [randn(4, 3), bools(2, 3), randn(0, 2), uniform(400, 2)]
    ),
    *(
        case("cumprod", lambda m, x: [x.cumprod(0), m.cumprod(x, dim=-1)], x)
        for x in [randn(4, 3), ties(4, 5), ints(2, 3), bools(2, 3), randn(0, 2)]
    ),
    case("cumprod", lambda m, x: m.cumprod(x, 1, dtype=m.float64), randn(3, 2)),
    case("cumprod", lambda m, x: m.cumprod(x, 0), randn()),
    # norms: the conventions at 0, ties and infinity
    *(
        case(
            "norm",
            lambda m, x, p=p: [m.norm(x, p), m.norm(x, p=p, dim=1), x.norm(p, (0, -1), True)],
            x,
        )
        for p in (1, 1.5, 2, 3, 0.5, -1, float("inf"), float("-inf"), "fro")
        for x in [randn(3, 4), ties(4, 3)]
    ),
    *(
        case(
            "norm", lambda m, x, p=p: m.norm(x, p, 1), values([[0.0, 0.0], [0.0, 2.0], [-3.0, 3.0]])
        )
        for p in (1, 1.5, 2, 2.5, 0.5, float("inf"))
    ),
    case("norm", lambda m, x: [x.norm(), x.norm(1, 1)], special(3, 4)),
    case(
        "norm",
        lambda m, x: [x.norm(0), x.norm(0, 1), x.norm(0, 0, keepdim=True)],
        ties(3, 4),
    ),
    case("norm", lambda m, x: [m.norm(x), m.norm(x, 1, 0)], randn()),
    case("norm", lambda m, x: m.norm(x, 1, dtype=m.float64), randn(3)),
    case(
        "all",
        lambda m, x, b, u: [x.all(), b.all((0, 1)), u.byte().all(0)],
        ties(3, 4),
        bools(2, 2, 3),
        ints(2, 3),
    ),
    case(
        "any",
        lambda m, x, b, u: [x.any(), b.any((0, 1)), u.byte().any(0)],
        ties(3, 4),
        bools(2, 2, 3),
        ints(2, 3),
    ),
    case("all", lambda m, x: [x.all(), x.all(0), x.any(), x.any(0)], randn(0, 2)),
    case(
        "count_nonzero",
        lambda m, x, b: [m.count_nonzero(x, (0, 1)), b.count_nonzero()],
        ties(3, 4),
        bools(5),
    ),
    raises("sum", lambda m, x: m.sum(x, (0, -2)), randn(3, 4)),
    raises("sum", lambda m, x: m.sum(x, 1.0), randn(3, 4)),
    raises("sum", lambda m, x: m.sum(x, 1), randn()),
    raises("mean", lambda m, x: m.mean(x, dtype=m.int64), randn(3)),
    raises("std", lambda m, x: m.std(x), bools(3)),
    raises("std_mean", lambda m, x: m.std_mean(x), ints(3)),
    raises("var_mean", lambda m, x: m.var_mean(x, 2), randn(3, 4)),
    raises("prod", lambda m, x: m.prod(x, (0, 1)), randn(3, 4)),
    raises("norm", lambda m, x: m.norm(x), ints(3)),
    raises("norm", lambda m, x: m.norm(x, float("inf")), randn(0)),
    raises("norm", lambda m, x: m.norm(x, "x"), randn(3)),
    raises("cumsum", lambda m, x: m.cumsum(x, 2), randn(3, 4)),
    raises("cumprod", lambda m, x: m.cumprod(x, -3), randn(3, 4)),
]
