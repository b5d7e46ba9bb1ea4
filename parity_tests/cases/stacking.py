"""Joining and splitting in NumPy's ways, diagonals, differences."""

from parity_tests.cases import bools, case, const, ints, raises, randn, values

SHAPES = [randn(), randn(3), randn(2, 3), randn(2, 3, 4), randn(1, 2, 1, 2)]
ATLEAST = ("atleast_1d", "atleast_2d", "atleast_3d")

CASES = [
    *(case(n, lambda m, x, n=n: getattr(m, n)(x), x) for n in ATLEAST for x in SHAPES),
    *(case(n, lambda m, a, b, n=n: getattr(m, n)(a, b), randn(), randn(2)) for n in ATLEAST),
    *(case(n, lambda m, a, b, n=n: getattr(m, n)((a, b)), randn(3), randn(2, 1)) for n in ATLEAST),
    *(case(n, lambda m, n=n: getattr(m, n)()) for n in ATLEAST),
    case("cat", lambda m, a, b: m.concatenate([a, b], 1), randn(2, 3), randn(2, 1)),
    case("vstack", lambda m, a, b: m.row_stack([a, b]), randn(3), randn(2, 3)),
    case("dstack", lambda m, a, b: m.dstack((a, b)), randn(3), randn(3)),
    case("dstack", lambda m, a, b: m.dstack([a, b]), randn(2, 3, 2), randn(2, 3)),
    case("column_stack", lambda m, a, b: m.column_stack((a, b)), randn(3), randn(3, 2)),
    case("column_stack", lambda m, a, b: m.column_stack((a, b)), randn(), const(ints())),
    case(
        "block_diag",
        lambda m, a, b, c: m.block_diag(a, b, c),
        randn(2, 3),
        randn(2),
        randn(),
    ),
    case("block_diag", lambda m, a, b: m.block_diag(a, b), randn(0), const(ints(2, 2))),
    case("block_diag", lambda m: m.block_diag()),
    case("cartesian_prod", lambda m, a, b: m.cartesian_prod(a, b), randn(3), randn(2)),
    case("cartesian_prod", lambda m, a: m.cartesian_prod(a, a, a), ints(2)),
    case("cartesian_prod", lambda m, a: m.cartesian_prod(a), randn(3)),
    *(
        case("tensor_split", lambda m, x, args=args: m.tensor_split(x, *args), randn(5, 3))
        for args in [(2,), (3, 0), (7,), ((3, 1),), ([-3, 7],), ((1,), 1), (2, -1), ((),)]
    ),
    case("tensor_split", lambda m, x, i: x.tensor_split(i), randn(5), values([1, 3])),
    case("tensor_split", lambda m, x, i: x.tensor_split(i, dim=1), randn(2, 5), values(2)),
    case("hsplit", lambda m, x: m.hsplit(x, 2), randn(3, 4)),
    case("hsplit", lambda m, x: x.hsplit([1, 2]), randn(4)),
    case("vsplit", lambda m, x: m.vsplit(x, 2), randn(4, 3)),
    case("vsplit", lambda m, x: m.vsplit(x, (1,)), randn(4, 3)),
    case("dsplit", lambda m, x: m.dsplit(x, 3), randn(2, 1, 3)),
    case("dsplit", lambda m, x: m.dsplit(x, [2]), randn(2, 1, 3)),
    case("split_with_sizes", lambda m, x: m.split_with_sizes(x, [2, 3]), randn(5, 2)),
    case("split_with_sizes", lambda m, x: x.split_with_sizes((1, 0, 1), dim=1), randn(5, 2)),
    *(
        case("diag_embed", lambda m, x, args=args: m.diag_embed(x, *args), randn(2, 3))
        for args in [(), (1,), (-2,), (0, 0, 2), (1, -1, 0), (-1, 1, 0), (2, 0, 1)]
    ),
    case("diag_embed", lambda m, x: m.diag_embed(x), ints(3)),
    case("diag_embed", lambda m, x: x.diag_embed(offset=1, dim1=0, dim2=1), randn(0)),
    case("diagflat", lambda m, x: m.diagflat(x, -1), randn(2, 2)),
    case("diagflat", lambda m, x: m.diagflat(x), randn()),
    *(case("trace", lambda m, x: m.trace(x), x) for x in [randn(3, 4), randn(0, 3), ints(3, 3)]),
    *(
        case("diff", lambda m, x, o=o: m.diff(x, **o), x)
        for o in [{}, {"n": 2}, {"dim": 0}, {"n": 0}, {"n": 5, "dim": 0}]
        for x in [randn(3, 4), ints(3, 4), bools(3, 4)]
    ),
    case("diff", lambda m, x, a: m.diff(x, prepend=a), randn(3, 4), randn(3, 2)),
    case(
        "diff",
        lambda m, x, a, b: m.diff(x, 2, 0, a, b),
        randn(3, 4),
        randn(1, 4),
        randn(2, 4),
    ),
    case("diff", lambda m, x, a: x.diff(append=a), ints(3), const(randn(1))),
    raises("atleast_1d", lambda m: m.atleast_1d(3)),
    raises("dstack", lambda m: m.dstack(())),
    raises("column_stack", lambda m: m.column_stack([])),
    raises("block_diag", lambda m, x: m.block_diag(x), randn(2, 2, 2)),
    raises("block_diag", lambda m: m.block_diag(3)),
    raises("cartesian_prod", lambda m, x: m.cartesian_prod(x), randn(2, 2)),
    raises("cartesian_prod", lambda m, a, b: m.cartesian_prod(a, b), randn(2), ints(2)),
    raises("cartesian_prod", lambda m: m.cartesian_prod()),
    raises("tensor_split", lambda m, x: m.tensor_split(x, 2), randn()),
    raises("tensor_split", lambda m, x: m.tensor_split(x, 0), randn(3)),
    raises("tensor_split", lambda m, x: m.tensor_split(x, 2.0), randn(3)),
    raises("tensor_split", lambda m, x, i: m.tensor_split(x, i.int()), randn(3), ints(2)),
    raises("tensor_split", lambda m, x, i: m.tensor_split(x, i), randn(3), ints(2, 2)),
    raises("tensor_split", lambda m, x: m.tensor_split(x, 2, 1), randn(3)),
    raises("hsplit", lambda m, x: m.hsplit(x, 2), randn(5)),
    raises("hsplit", lambda m, x: m.hsplit(x, 0), randn(4)),
    raises("hsplit", lambda m, x: m.hsplit(x, -2), randn(4)),
    raises("hsplit", lambda m, x: m.hsplit(x, 2), randn()),
    raises("vsplit", lambda m, x: m.vsplit(x, 2), randn(4)),
    raises("dsplit", lambda m, x: m.dsplit(x, 2), randn(4, 4)),
    raises("split_with_sizes", lambda m, x: m.split_with_sizes(x, [2, 2]), randn(5)),
    raises("diag_embed", lambda m, x: m.diag_embed(x, 0, 1, 1), randn(2, 3)),
    raises("diag_embed", lambda m, x: m.diag_embed(x), randn()),
    raises("trace", lambda m, x: m.trace(x), randn(3)),
    raises("trace", lambda m, x: m.trace(x), bools(3, 3)),
    raises("diff", lambda m, x: m.diff(x), randn()),
    raises("diff", lambda m, x: m.diff(x, -1), randn(3)),
    raises("diff", lambda m, x, a: m.diff(x, prepend=a), randn(2, 3), randn(2)),
    raises("diff", lambda m, x, a: m.diff(x, prepend=a), randn(2, 3), randn(3, 1)),
]
