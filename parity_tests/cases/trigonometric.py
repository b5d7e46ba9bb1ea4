"""The circular and hyperbolic functions, their inverses, degrees."""

from parity_tests.cases import (
    bools,
    case,
    const,
    extreme,
    in_place,
    ints,
    method,
    raises,
    randn,
    special,
    ties,
    uniform,
    values,
    wide,
)

INSIDE = uniform(3, 4, low=-0.9, high=0.9)
EDGES = values([-1.0, 1.0, 2.0, -0.5, 0.0])
SHAPES = [randn(), randn(0, 2), special(7), wide(16), const(ints(3)), bools(3)]

UNARY = {
    "tan": [randn(3, 4), *SHAPES],
    "asin": [INSIDE, EDGES, *SHAPES],
    "acos": [INSIDE, EDGES, *SHAPES],
    "atan": [randn(3, 4), extreme(12), *SHAPES],
    "sinh": [randn(3, 4), *SHAPES],
    "cosh": [randn(3, 4), *SHAPES],
    "asinh": [randn(3, 4), extreme(12), *SHAPES],
    "acosh": [uniform(3, 4, low=1.1, high=5.0), EDGES, *SHAPES],
    "atanh": [INSIDE, EDGES, *SHAPES],
    "sinc": [randn(3, 4), ties(3, 4), *(x for x in SHAPES if "wide" not in x.text)],
    "deg2rad": [randn(3, 4, scale=90.0), *SHAPES],
    "rad2deg": [randn(3, 4), *SHAPES],
}

POINTS = [
    (randn(3, 4), randn(3, 4)),
    (randn(2, 3, 4), randn(3, 1)),
    (randn(4), randn(3, 1)),
    (wide(16), wide(16)),
    (randn(), randn(0)),
    (ties(6, 6), ties(6, 6)),
    (values([1.0, -1.0, 0.0, float("nan")]), values([float("inf"), -float("inf"), -2.0, 1.0])),
    (const(ints(4)), randn(4)),
    (ints(4), ints(4)),
]

CASES = [
    *(case(n, lambda m, x, n=n: getattr(m, n)(x), x) for n, xs in UNARY.items() for x in xs),
    *(case("atan2", lambda m, a, b: m.atan2(a, b), a, b) for a, b in POINTS),
    *(
        # PyTorch has no derivative of three of them in place
        method(
            f"{n}_", in_place(f"{n}_"), const(xs[0]) if n.endswith("h") and n[0] == "a" else xs[0]
        )
        for n, xs in UNARY.items()
    ),
    method("atan2_", in_place("atan2_"), randn(2, 3), randn(3)),
    *(
        case(n, lambda m, x, n=n: getattr(m, n.replace("a", "arc", 1))(x), INSIDE)
        for n in ("asin", "acos", "atan", "asinh", "atanh")
    ),
    raises("atan2", lambda m, a: m.atan2(a, 1.0), randn(3)),
    raises("atan2", lambda m, a, b: m.atan2(a, b), randn(3), randn(2)),
    raises("Tensor.tan_", lambda m, a: a.tan_(), randn(3)),
    raises("Tensor.tan_", lambda m, a: a.tan_(), ints(3)),
]
