"""Exponentials and logarithms to other bases, logaddexp, logit, xlogy."""

from parity_tests.cases import (
    bools,
    case,
    const,
    extreme,
    in_place,
    ints,
    method,
    positive,
    raises,
    randn,
    special,
    ties,
    unit,
    values,
    wide,
)

INF, NAN = float("inf"), float("nan")
SHAPES = [positive(), positive(0, 2), special(9), wide(16), const(ints(3)), bools(3)]

UNARY = {
    "exp2": [randn(3, 4), *SHAPES],
    "log2": [positive(3, 4), *SHAPES],
    "log10": [positive(3, 4), *SHAPES],
    "logit": [unit(3, 4), values([0.0, 1.0, -0.5, 1.5]), *SHAPES],
}

CASES = [
    *(case(n, lambda m, x, n=n: getattr(m, n)(x), x) for n, xs in UNARY.items() for x in xs),
    *(method(f"{n}_", in_place(f"{n}_"), xs[0]) for n, xs in UNARY.items()),
    *(
        case("logit", lambda m, x, eps=eps: m.logit(x, eps), x)
        for eps in (0.1, 0.0, 0.6, -1.0)
        for x in (unit(4, 5), randn(3, 4), values([0.0, 0.1, 0.9, 1.0, NAN]))
    ),
    method("logit_", in_place("logit_", eps=0.2), unit(4, 5)),
    case("logit", lambda m, x: m.logit(x, eps=0.2), ints(5)),
    *(
        case("logaddexp", lambda m, a, b: m.logaddexp(a, b), a, b)
        for a, b in [
            (randn(3, 4), randn(3, 4)),
            (randn(2, 3, 4), randn(3, 1)),
            (randn(4), randn(3, 1)),
            (randn(), randn(0)),
            (ties(5, 5), ties(5, 5)),
            (extreme(12), extreme(12)),
            (wide(16), wide(16)),
            (values([INF, -INF, INF, NAN]), values([INF, -INF, 1.0, 1.0])),
            (const(ints(4)), randn(4)),
        ]
    ),
    *(
        case("xlogy", lambda m, a, b: m.xlogy(a, b), a, b)
        for a, b in [
            (randn(3, 4), positive(3, 4)),
            (randn(2, 3, 4), positive(3, 1)),
            (ties(4), positive(3, 1)),
            (positive(), positive(0)),
            (ties(6, 6), ties(6, 6)),
            (values([0.0, 0.0, 0.0, NAN, 1.0]), values([NAN, INF, -1.0, 0.0, INF])),
            (ints(4), ints(4)),
            (const(ints(4)), positive(4)),
        ]
    ),
    case("xlogy", lambda m, a: m.xlogy(a, 2), ties(4)),
    case("xlogy", lambda m, a: m.xlogy(a, 0.0), ties(9)),
    case("xlogy", lambda m, a: m.xlogy(2.5, a), positive(4)),
    case("xlogy", lambda m, a: m.xlogy(0, a), ties(9)),
    method("xlogy_", in_place("xlogy_"), randn(2, 3), positive(3)),
    raises("logaddexp", lambda m, a: m.logaddexp(a, a), ints(3)),
    raises("logaddexp", lambda m, a: m.logaddexp(a, 1.0), randn(3)),
    raises("logaddexp", lambda m, a, b: m.logaddexp(a, b), randn(3), randn(2)),
    raises("xlogy", lambda m, a: m.xlogy(a, "2"), randn(3)),
    raises("xlogy", lambda m: m.xlogy(1.0, 2.0)),
]
