"""Comparisons and logic."""

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
    values,
)

NAMES = ("eq", "ne", "lt", "le", "gt", "ge")

CASES = [
    *(case(n, lambda m, a, b, n=n: getattr(m, n)(a, b), ties(4, 5), ties(5)) for n in NAMES),
    *(case(n, lambda m, a, b, n=n: getattr(m, n)(a, b), special(9), special(9)) for n in NAMES),
    *(case(n, lambda m, a, n=n: getattr(m, n)(a, 1), ints(6)) for n in NAMES),
    method("__eq__", lambda a: [a == 1.0, a != 1.0, a < 1, a <= 1, a > 1, a >= 1, a > 1], ties(5)),
    case("equal", lambda m, a, b: [m.equal(a, b), m.equal(a, a)], ties(5), ties(5)),
    case(
        "isclose",
        lambda m, a, b: m.isclose(a, a + 1e-5 * b, rtol=0.0, atol=1e-5),
        const(randn(9)),
        const(randn(9)),
    ),
    case("isclose", lambda m, a: m.isclose(a, a, equal_nan=True), const(special(9))),
    case("allclose", lambda m, a: [m.allclose(a, a), m.allclose(a, a + 1)], const(randn(4))),
    case(
        "allclose",
        lambda m, a: [
            m.allclose(a, a + d, rtol=0.25, atol=0.5, equal_nan=True) for d in (0.4, 0.7, 1.5)
        ],
        const(values([0.5, -1.0, float("nan")])),
    ),
    *(
        raises(name, lambda m, a, b, name=name: getattr(m, name)(a, b), x, y)
        for name in ("isclose", "allclose")
        for x, y in ((randn(2), randn(3)), (ints(2, 3), ints(2, 1, 2)), (bools(0), bools(2)))
    ),
    case("isnan", lambda m, a: m.isnan(a), special(9)),
    case("isinf", lambda m, a: m.isinf(a), special(9)),
    case("isfinite", lambda m, a: m.isfinite(a), special(9)),
    case("bitwise_and", lambda m, a, b: [m.bitwise_and(a, b), a & b], bools(5), bools(5)),
    case("bitwise_and", lambda m, a, b: m.bitwise_and(a, b), ints(5), ints(5)),
    case("bitwise_or", lambda m, a, b: [m.bitwise_or(a, b), a | b], bools(5), bools(5)),
    case("bitwise_xor", lambda m, a, b: [m.bitwise_xor(a, b), a ^ b], bools(5), bools(5)),
    case("bitwise_left_shift", lambda m, a, b: m.bitwise_left_shift(a, b), ints(4, 5), ints(5)),
    case("bitwise_left_shift", lambda m, a: [a << 2, 3 << a, a << a, 1 << a], ints(5, low=-3)),
    case("bitwise_right_shift", lambda m, a, b: m.bitwise_right_shift(a, b), ints(4, 5), ints(5)),
    case("bitwise_right_shift", lambda m, a: [a >> 1, -9 >> a, a >> a], ints(5, low=-70, high=70)),
    raises("bitwise_left_shift", lambda m, a: a << 1, randn(3)),
    raises("bitwise_right_shift", lambda m, a: a >> a, bools(3)),
    case("bitwise_not", lambda m, a: m.bitwise_not(a), bools(5)),
    case("bitwise_not", lambda m, a: m.bitwise_not(a), ints(5)),
    case("logical_and", lambda m, a, b: m.logical_and(a, b), ties(5), ties(5)),
    case("logical_or", lambda m, a, b: m.logical_or(a, b), ties(5), ties(5)),
    case("logical_xor", lambda m, a, b: m.logical_xor(a, b), ties(5), ties(5)),
    case("logical_not", lambda m, a: m.logical_not(a), ties(5)),
    raises("eq", lambda m, a, b: m.eq(a, b), randn(3), randn(2)),
    raises("bitwise_and", lambda m, a: a & a, randn(3)),
]
