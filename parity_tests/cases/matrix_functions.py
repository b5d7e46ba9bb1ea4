"""linalg: functions of square matrices, one line a case."""

from typing import Any

from parity_tests.cases import case, const, ints, method, raises, randn, values


def invertible(m: Any, x: Any) -> Any:
    """x with a larger diagonal."""
    return x + 4 * m.eye(x.shape[-1], dtype=x.dtype)


def solving(*inputs: Any, **options: Any) -> Any:
    """A case of A X = B."""
    return case(
        "linalg.solve",
        lambda m, a, b: m.linalg.solve(invertible(m, a), b, **options),
        *inputs,
    )


CASES = [
    case("matrix_exp", lambda m, x: m.matrix_exp(x), randn(3, 3)),
    case("matrix_exp", lambda m, x: m.matrix_exp(x), randn(2, 4, 4, scale=0.01)),
    case(
        "matrix_exp",
        lambda m, x: m.linalg.matrix_exp(x - x.mT),
        randn(2, 1, 5, 5, scale=5.0),
        dtypes=("float64", "float32"),
        reason="PyTorch's float16 result is NaN; without its error to compare with, refnet's is up to 7.3e-3",
    ),
    case(
        "matrix_exp", lambda m, x: m.matrix_exp(x), values([[[0.0, 0], [0, 0]], [[50, 1], [2, 3]]])
    ),
    case("matrix_exp", lambda m, x: m.matrix_exp(x), randn(1, 1)),
    case("matrix_exp", lambda m, x: m.matrix_exp(x), randn(0, 2, 2)),
    case("matrix_exp", lambda m, x: m.matrix_exp(x), randn(2, 0, 0)),
    method("matrix_exp", lambda x: x.matrix_exp(), const(randn(2, 2))),
    raises("matrix_exp", lambda m, x: m.matrix_exp(x), randn(2, 3)),
    raises("matrix_exp", lambda m, x: m.matrix_exp(x), randn(2)),
    raises("matrix_exp", lambda m, x: m.matrix_exp(x), ints(2, 2)),
    raises("matrix_exp", lambda m: m.matrix_exp(3)),
    solving(randn(3, 3), randn(3, 2)),
    solving(randn(3, 3), randn(3)),
    solving(randn(4, 3, 3), randn(4, 3)),
    solving(randn(4, 3, 3), randn(4, 3, 2)),
    solving(randn(4, 3, 3), randn(3, 2)),
    solving(randn(3, 3), randn(2, 3, 1)),
    solving(randn(1, 2, 2), randn(3, 2, 4)),
    solving(randn(3, 3), randn(2, 3), left=False),
    solving(randn(2, 2, 2), randn(2, 3, 2), left=False),
    solving(randn(1, 1), randn(1, 1)),
    solving(randn(0, 0), randn(0, 2)),
    solving(randn(2, 3, 3), randn(2, 3, 0)),
    solving(const(randn(3, 3)), randn(3, 2)),
    *(
        raises("linalg.solve", lambda m, f=f: f(m, m.eye(3), m.ones(2, 3), m.linalg.solve))
        for f in [
            lambda m, a, b, solve: solve(a, b),
            lambda m, a, b, solve: solve(a, b[0], left=False),
            lambda m, a, b, solve: solve(b, b),
            lambda m, a, b, solve: solve(b[0], b),
            lambda m, a, b, solve: solve(a.long(), b.t().long()),
            lambda m, a, b, solve: solve(a, b.t().double()),
            lambda m, a, b, solve: solve(a.expand(2, 3, 3), m.ones(4, 3, 1)),
            lambda m, a, b, solve: solve(m.ones(3, 3), b.t()),
            lambda m, a, b, solve: solve(3, b),
        ]
    ),
    case("linalg.inv", lambda m, x: m.linalg.inv(invertible(m, x)), randn(3, 3)),
    case("linalg.inv", lambda m, x: m.linalg.inv(invertible(m, x)), randn(2, 1, 4, 4)),
    case("linalg.inv", lambda m, x: m.linalg.inv(x), randn(0, 0)),
    case("inverse", lambda m, x: m.inverse(invertible(m, x)), randn(3, 3)),
    method("inverse", lambda x: x.inverse(), values([[1.0, 2], [3, 5]])),
    raises("linalg.inv", lambda m: m.linalg.inv(m.ones(2, 2))),
    raises("linalg.inv", lambda m, x: m.linalg.inv(x), randn(2, 3)),
    raises("linalg.inv", lambda m, x: m.linalg.inv(x), ints(2, 2)),
    raises("linalg.inv", lambda m: m.linalg.inv([[1.0]])),
]
