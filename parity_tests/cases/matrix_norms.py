"""linalg: norms of vectors and matrices, one line a case."""

from parity_tests.cases import case, ints, raises, randn, special, ties

INF = float("inf")

CASES = [
    *(
        case("linalg.vector_norm", lambda m, x, a=a: m.linalg.vector_norm(x, *a), randn(2, 3, 4))
        for a in [
            (),
            (1,),
            (3.5, 1),
            (INF, (0, 2)),
            (-INF, -1, True),
            (2, (0, 1, 2), True),
            (-1, 0),
        ]
    ),
    case("linalg.vector_norm", lambda m, x: m.linalg.vector_norm(x, dtype=m.float64), randn(3)),
    case("linalg.vector_norm", lambda m, x: m.linalg.vector_norm(x, 1), special(7)),
    case("linalg.vector_norm", lambda m, x: m.linalg.vector_norm(x), ties(1)),
    case("linalg.vector_norm", lambda m, x: m.linalg.vector_norm(x), randn()),
    *(
        raises("linalg.vector_norm", lambda m, x, a=a: m.linalg.vector_norm(x, *a), x)
        for a, x in [
            (("fro",), randn(3)),
            ((), ints(3)),
            ((2, 1), randn(3)),
            ((INF,), randn(0)),
            ((2, (0, 0)), randn(3, 2)),
        ]
    ),
    raises("linalg.vector_norm", lambda m: m.linalg.vector_norm(3.0)),
    *(
        case("linalg.matrix_norm", lambda m, x, o=o: m.linalg.matrix_norm(x, o), randn(2, 3, 4))
        for o in ("fro", 1, -1, INF, -INF)
    ),
    *(
        case(
            "linalg.matrix_norm",
            lambda m, x, o=o: m.linalg.matrix_norm(x, o, (2, 0), keepdim=True, dtype=m.float64),
            randn(2, 3, 4),
        )
        for o in ("fro", 1, -INF)
    ),
    case("linalg.matrix_norm", lambda m, x: m.linalg.matrix_norm(x, 1), ties(4, 4)),
    case("linalg.matrix_norm", lambda m, x: m.linalg.matrix_norm(x), randn(2, 0)),
    *(
        raises("linalg.matrix_norm", lambda m, x, a=a: m.linalg.matrix_norm(x, *a), x)
        for a, x in [
            ((3,), randn(2, 2)),
            (("x",), randn(2, 2)),
            ((), randn(2)),
            ((), ints(2, 2)),
            (("fro", (0, 0)), randn(2, 2)),
            (("fro", (0, 2)), randn(2, 2)),
            (("fro", 1), randn(2, 2)),
        ]
    ),
    *(
        case("linalg.norm", lambda m, x, a=a: m.linalg.norm(x, *a), randn(3, 4))
        for a in [
            (),
            (2, 1),
            (1,),
            ("fro",),
            ("fro", (0, 1), True),
            (None, (1, 0)),
            (3, (0,)),
            (INF,),
        ]
    ),
    case("linalg.norm", lambda m, x: m.linalg.norm(x, dtype=m.float64), randn(2, 3, 4)),
    case("linalg.norm", lambda m, x: m.linalg.norm(x, dim=1, keepdim=True), randn(2, 3, 4)),
    case("linalg.norm", lambda m, x: m.linalg.norm(x, 3), randn(4)),
    *(
        raises("linalg.norm", lambda m, x, a=a: m.linalg.norm(x, *a), x)
        for a, x in [
            (("fro",), randn(3)),
            ((3,), randn(3, 2)),
            ((3,), randn(3, 2, 2)),
            ((2,), randn()),
            ((2, (0, 1, 2)), randn(3, 2, 2)),
            ((), ints(3)),
        ]
    ),
]
