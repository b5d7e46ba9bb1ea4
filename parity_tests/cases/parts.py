"""Remainders, signs, lengths, non-finite values."""

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
    values,
)

INF, NAN = float("inf"), float("nan")
WIDE = randn(4, 5, scale=3.0)
SHAPES = [randn(), randn(0, 2), special(7)]

UNARY = {
    "trunc": [WIDE, ties(3, 4), *SHAPES, ints(5, low=-3)],
    "frac": [WIDE, ties(3, 4), *SHAPES],
    "nan_to_num": [randn(3, 4), special(3, 7), *SHAPES, ints(3), bools(3)],
    "signbit": [randn(3, 4), *SHAPES, ints(5, low=-3), bools(3)],
    "isposinf": [special(3, 7), ints(3), bools(2)],
    "isneginf": [special(3, 7), ints(3), bools(2)],
    "positive": [randn(3, 4), ints(3)],
}

PAIRS = [
    (WIDE, randn(4, 5)),
    (randn(2, 3, 4), randn(3, 1)),
    (randn(4), randn(3, 1)),
    (randn(), randn(0)),
    (ties(6, 6), ties(6, 6)),
    (special(7), ties(7)),
    (extreme(12), extreme(12)),
    (const(ints(4)), randn(4)),
]

BINARY = {
    "fmod": [*PAIRS, (ints(6, low=-9, high=9), ints(6, low=1))],
    "copysign": [*PAIRS, (ints(4), ints(4, low=-3)), (randn(4), const(ints(4, low=-2)))],
    "hypot": PAIRS,
    "fmax": [*PAIRS, (special(7), special(7)), (ints(4), ints(4)), (bools(4), bools(4))],
    "fmin": [*PAIRS, (special(7), special(7)), (ints(4), ints(4)), (bools(4), bools(4))],
    "ldexp": [(randn(3, 4), const(ints(3, 4))), (randn(4), randn(3, 1)), (ints(3), ints(3))],
    "float_power": [(positive(3, 4), randn(4)), (ints(3, low=1), ints(3)), (bools(2), ints(2))],
    "heaviside": [
        (const(ties(4, 5)), const(randn(4, 5))),
        (const(special(7)), const(randn())),
        (ints(4, low=-2), ints(4)),
        (bools(4), bools(4)),
    ],
}

CASES = [
    *(case(n, lambda m, x, n=n: getattr(m, n)(x), x) for n, xs in UNARY.items() for x in xs),
    *(
        case(n, lambda m, a, b, n=n: getattr(m, n)(a, b), *x)
        for n, xs in BINARY.items()
        for x in xs
    ),
    *(method(f"{n}_", in_place(f"{n}_"), UNARY[n][0]) for n in ("trunc", "frac", "nan_to_num")),
    *(
        method(f"{n}_", in_place(f"{n}_"), randn(2, 3), positive(3))
        for n in ("fmod", "copysign", "hypot", "ldexp")
    ),
    method("heaviside_", in_place("heaviside_"), const(ties(3, 4)), const(randn(4))),
    method(
        "float_power_",
        lambda x: (x * 1).double().float_power_(3.0) * 2,
        positive(3),
    ),
    case("trunc", lambda m, x: m.fix(x), WIDE),
    case("sign", lambda m, x: [m.sgn(x), m.sign(x)], bools(3)),
    case("sign", lambda m, x: m.sgn(x), const(special(7))),
    method("sign_", in_place("sign_"), ties(4, 5)),
    method("sign_", in_place("sgn_"), const(ties(4, 5))),
    case("nan_to_num", lambda m, x: m.nan_to_num(x, nan=1.5), special(14)),
    case("nan_to_num", lambda m, x: m.nan_to_num(x, 0.5, posinf=2.0, neginf=-3.0), special(14)),
    case("nan_to_num", lambda m, x: x.nan_to_num(posinf=2.0), special(14)),
    case("fmod", lambda m, x: m.fmod(x, 1.5), WIDE),
    case("fmod", lambda m, x: m.fmod(x, -2), ties(9)),
    case("fmod", lambda m, x: x.fmod(0.7), const(ints(5, low=-5))),
    case("copysign", lambda m, x: m.copysign(x, -2.0), ties(5)),
    case("copysign", lambda m, x: m.copysign(x, -0.0), randn(5)),
    case("copysign", lambda m, x: m.copysign(x, 3), ints(5, low=-3)),
    case("float_power", lambda m, x: m.float_power(x, 2), randn(4)),
    case("float_power", lambda m, x: m.float_power(2.0, x), randn(4)),
    case("heaviside", lambda m, a, b: m.heaviside(a, b).requires_grad, randn(3), randn(3)),
    raises("heaviside", lambda m, a, b: m.heaviside(a, b).mean().backward(), randn(3), randn(3)),
    raises("heaviside", lambda m, a, b: m.heaviside(a, b), randn(3), ints(3)),
    raises("heaviside", lambda m, a: m.heaviside(a, 1.0), randn(3)),
    raises("trunc", lambda m, a: m.trunc(a), bools(3)),
    raises("frac", lambda m, a: m.frac(a), ints(3)),
    raises("positive", lambda m, a: m.positive(a), bools(3)),
    raises("fmod", lambda m, a: m.fmod(a, 0), ints(3)),
    raises("fmod", lambda m, a, b: m.fmod(a, b), ints(3), values([1, 0, 2])),
    raises("fmod", lambda m, a: m.fmod(2.0, a), randn(3)),
    raises("fmod", lambda m, a: m.fmod(a, a), bools(3)),
    raises("fmod", lambda m, a, b: m.fmod(a, b), randn(3), randn(2)),
    raises("copysign", lambda m, a: m.copysign(2.0, a), randn(3)),
    raises("copysign", lambda m, a: m.copysign(a, "1"), randn(3)),
    raises("hypot", lambda m, a: m.hypot(a, a), ints(3)),
    raises("hypot", lambda m, a: m.hypot(a, 1.0), randn(3)),
    raises("fmax", lambda m, a: m.fmax(a, 1.0), randn(3)),
    raises("fmin", lambda m, a, b: m.fmin(a, b), randn(3), randn(2)),
    raises("ldexp", lambda m, a: m.ldexp(a, 2), randn(3)),
    raises("Tensor.float_power_", lambda m, a: (a * 1).float().float_power_(2), randn(3)),
]
