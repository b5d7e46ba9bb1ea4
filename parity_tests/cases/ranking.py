"""Entries by their rank, and sums without NaN, one line a case."""

from typing import Any

from parity_tests.cases import (
    bools,
    case,
    const,
    ints,
    method,
    raises,
    randn,
    special,
    ties,
    unit,
    values,
)

NAN = float("nan")
MIXED = values([[3.0, NAN, 1.0, 5.0], [2.0, 2.0, NAN, NAN], [NAN, 0.0, 4.0, -1.0]])


def named(f: Any) -> Any:
    """The fields of a result with names, too."""
    return lambda m, x: [r := f(m, x), r.values, r.indices]


def only_values(f: Any) -> Any:
    return lambda m, x: f(m, x).values


CASES = [
    *(
        case(n, named(lambda m, x, n=n: getattr(m, n)(x, -1)), x)
        for n in ("cummax", "cummin")
        for x in (randn(3, 4), ties(4, 6), special(21), ints(3, 4), bools(5), randn(), randn(0))
    ),
    *(
        case(n, named(lambda m, x, n=n: getattr(m, n)(x, 1)), x)
        for n in ("cummax", "cummin")
        for x in (ties(2, 5, 3), MIXED, randn(2, 0, 3))
    ),
    *(method(n, lambda x, n=n: getattr(x, n)(dim=0), ties(5, 2)) for n in ("cummax", "cummin")),
    *(raises(n, lambda m, x, n=n: getattr(m, n)(x, 1), randn(3)) for n in ("cummax", "cummin")),
    case("kthvalue", named(lambda m, x: m.kthvalue(x, 2)), randn(3, 4)),
    case("kthvalue", named(lambda m, x: m.kthvalue(x, 3, 0, keepdim=True)), randn(3, 4)),
    case("kthvalue", named(lambda m, x: m.kthvalue(x, 1, 1)), randn(2, 3, 2)),
    case("kthvalue", named(lambda m, x: m.kthvalue(x, 1)), randn()),
    case("kthvalue", named(lambda m, x: m.kthvalue(x, 4)), MIXED),
    case("kthvalue", only_values(lambda m, x: m.kthvalue(x, 3)), const(ties(4, 6))),
    case("kthvalue", only_values(lambda m, x: m.kthvalue(x, 3)), ints(4, 6)),
    *(
        raises("kthvalue", lambda m, x, k=k: m.kthvalue(x, *k), randn(3, 2))
        for k in [(0,), (3,), (1, 2), (1, -3)]
    ),
    raises("kthvalue", lambda m, x: m.kthvalue(x, 1), bools(3)),
    raises("kthvalue", lambda m, x: m.kthvalue(x, 1, 0), randn(0, 2)),
    case("mode", named(lambda m, x: m.mode(x)), ties(4, 7)),
    case("mode", named(lambda m, x: m.mode(x, 0, True)), ties(7, 3)),
    case("mode", named(lambda m, x: m.mode(x, 1)), ties(2, 6, 3)),
    case("mode", named(lambda m, x: m.mode(x)), ints(5, 6, high=3)),
    case("mode", named(lambda m, x: m.mode(x)), special(4, 9)),
    case("mode", named(lambda m, x: m.mode(x)), values([[NAN, NAN, 1.0], [2.0, NAN, 2.0]])),
    case("mode", named(lambda m, x: m.mode(x)), randn()),
    case("mode", named(lambda m, x: m.mode(x)), randn(3, 1)),
    raises("mode", lambda m, x: m.mode(x, 2), randn(3)),
    raises("mode", lambda m, x: m.mode(x), randn(2, 0)),
    case("msort", lambda m, x: m.msort(x), randn(4, 3)),
    case("msort", lambda m, x: m.msort(x), randn()),
    case("msort", lambda m, x: m.msort(x), ints(6)),
    *(
        case("quantile", lambda m, x, q=q: m.quantile(x, q), randn(3, 4))
        for q in (0.0, 0.3, 0.5, 1, 0.99)
    ),
    *(
        case(
            "quantile",
            lambda m, x, i=i: m.quantile(
                x, m.tensor([0.1, 0.5, 0.75, 1.0], dtype=x.dtype), -1, interpolation=i
            ),
            randn(3, 5),
        )
        for i in ("linear", "lower", "higher", "midpoint", "nearest")
    ),
    case("quantile", lambda m, x: m.quantile(x, 0.4, 0, keepdim=True), randn(3, 4)),
    case("quantile", lambda m, x: m.quantile(x, 0.4, keepdim=True), randn(3, 4)),
    case(
        "quantile",
        lambda m, x: m.quantile(x, m.tensor([0.4, 0.2], dtype=x.dtype), 1, True),
        randn(2, 3, 2),
    ),
    case(
        "quantile",
        lambda m, x: m.quantile(x, m.tensor([0.4, 0.2], dtype=x.dtype), keepdim=True),
        randn(2, 3),
    ),
    case(
        "quantile", lambda m, x: m.quantile(x, m.tensor(0.4, dtype=x.dtype)), ties(7), until="2.14"
    ),
    *(
        case(
            "quantile",
            lambda m, x, q, i=i: m.quantile(x, q, 1, interpolation=i),
            randn(3, 5),
            unit(4),
        )
        for i in ("linear", "lower", "midpoint", "nearest")
    ),
    case("quantile", lambda m, x, q: m.quantile(x, q), const(randn(3, 5)), unit()),
    case("quantile", lambda m, x, q: m.quantile(x, q), ties(7), values([0.0, 0.5, 1.0])),
    case("quantile", lambda m, x, q: m.quantile(x, q, 1), MIXED, unit(4)),
    case("quantile", lambda m, x: m.quantile(x, 0.4, 1), MIXED, until="2.14"),
    case("quantile", lambda m, x: m.quantile(x, 0.4), randn()),
    case("quantile", lambda m, x: m.quantile(x, 0.4, 0), randn()),
    *(
        raises("quantile", f, x)
        for f, x in [
            (lambda m, x: m.quantile(x, 1.5), randn(3)),
            (lambda m, x: m.quantile(x, -0.1), randn(3)),
            (lambda m, x: m.quantile(x, m.tensor([0.5, NAN], dtype=x.dtype)), randn(3)),
            (lambda m, x: m.quantile(x, 0.5), ints(3)),
            (lambda m, x: m.quantile(x, 0.5), randn(0)),
            (lambda m, x: m.quantile(x, 0.5, 1), randn(3)),
            (lambda m, x: m.quantile(x, m.tensor([[0.5]], dtype=x.dtype)), randn(3)),
            (lambda m, x: m.quantile(x, m.tensor([0.5])), randn(3)),
            (lambda m, x: m.quantile(x, 0.5, interpolation="cubic"), randn(3)),
        ]
    ),
    case("nansum", lambda m, x: m.nansum(x), MIXED),
    case("nansum", lambda m, x: m.nansum(x, 1, True), MIXED),
    case("nansum", lambda m, x: m.nansum(x, (0, 1), dtype=m.float64), special(3, 4)),
    case("nansum", lambda m, x: m.nansum(x, 0), ints(3, 4)),
    case("nansum", lambda m, x: m.nansum(x), bools(5)),
    case("nansum", lambda m, x: m.nansum(x), randn()),
    case("nanmean", lambda m, x: m.nanmean(x), MIXED),
    case("nanmean", lambda m, x: m.nanmean(x, 1, True), MIXED),
    case("nanmean", lambda m, x: m.nanmean(x, (0, -1), dtype=m.float64), MIXED),
    case("nanmean", lambda m, x: m.nanmean(x), randn()),
    case("nanmean", lambda m, x: m.nanmean(x, 0), randn(0, 2)),
    raises("nanmean", lambda m, x: m.nanmean(x), ints(3)),
    case("aminmax", lambda m, x: [r := m.aminmax(x), r.min, r.max], ties(4, 5)),
    case("aminmax", lambda m, x: m.aminmax(x, dim=1, keepdim=True), ties(4, 5)),
    case("aminmax", lambda m, x: m.aminmax(x, dim=-1), ints(4, 5)),
    case("aminmax", lambda m, x: m.aminmax(x), randn()),
    case("aminmax", lambda m, x: m.aminmax(x, dim=0), randn()),
    raises("aminmax", lambda m, x: m.aminmax(x), randn(0)),
    raises("aminmax", lambda m, x: m.aminmax(x, dim=0), randn(0, 2)),
    raises("aminmax", lambda m, x: m.aminmax(x, dim=2), randn(3, 2)),
]
