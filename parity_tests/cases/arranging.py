"""Repeating and moving entries: repeat, flip, roll, tril, diag."""

from parity_tests.cases import bools, case, ints, method, raises, randn, special, values

CASES = [
    method("repeat", lambda x: [x.repeat(2, 3), x.repeat(2, 1, 2), x.repeat((1, 2))], randn(2, 3)),
    case("tile", lambda m, x: [m.tile(x, (2,)), m.tile(x, (2, 1, 2))], randn(2, 3)),
    case("flip", lambda m, x: [m.flip(x, (0,)), x.flip(0, 1), x.flip([-1])], randn(3, 4)),
    case(
        "roll",
        lambda m, x: [
            m.roll(x, 2),
            x.roll(1, 0),
            m.roll(x, (1, -2), dims=(0, 1)),
            m.roll(x, 7, -1),
        ],
        randn(3, 4),
    ),
    case("tril", lambda m, x: [m.tril(x), x.tril(diagonal=1)], randn(2, 3, 4)),
    case("triu", lambda m, x: [m.triu(x), x.triu(diagonal=-1)], randn(2, 3, 4)),
    raises("Tensor.repeat", lambda m, x: x.repeat(2), randn(3, 1)),
    raises("tril", lambda m, x: m.tril(x), randn(3)),
    raises("roll", lambda m, x: m.roll(x, (1, 2), (0,)), randn(3)),
    method("repeat", lambda x: x.repeat(repeats=(2, 0)), randn(3, 4)),
    method("tile", lambda x: [x.tile(dims=(2,)), x.tile(())], randn(2, 3)),
    method("flip", lambda x: [x.flip(dims=(0, 1)), x.flip(())], randn(2, 3)),
    method("repeat", lambda x: [x.repeat(3), x.repeat(2, 2)], randn()),
    *(
        case(
            "repeat_interleave",
            lambda m, x: [
                x.repeat_interleave(2),
                m.repeat_interleave(x, 3, dim=-1),
                m.repeat_interleave(x, 0, 0),
            ],
            x,
        )
        for x in [randn(3, 2), randn(2, 3, 2)]
    ),
    case(
        "repeat_interleave",
        lambda m, x, i: [
            m.repeat_interleave(x, i, 0),
            m.repeat_interleave(x, repeats=i, dim=0, output_size=4),
        ],
        randn(3, 2),
        values([1, 0, 3]),
    ),
    case(
        "repeat_interleave",
        lambda m, x, i: [m.repeat_interleave(x, 2), m.repeat_interleave(i)],
        randn(),
        values([3, 0, 2]),
    ),
    *(
        case("diag", lambda m, x: [m.diag(x), x.diag(1), m.diag(x, diagonal=-2)], x)
        for x in [randn(3), randn(0), randn(3, 4), randn(4, 2), ints(3)]
    ),
    case(
        "roll",
        lambda m, x: [
            m.roll(x, (1, 1), (0, 0)),
            m.roll(x, shifts=-8, dims=(-1,)),
            m.roll(x, 1, ()),
        ],
        randn(3, 4),
    ),
    case("roll", lambda m, x: m.roll(x, 1, 0), randn(0, 4)),
    case("tril", lambda m, x, b: [m.tril(x, -5), x.tril(9), b.tril()], special(3, 4), bools(3, 3)),
    case("triu", lambda m, x, b: [m.triu(x, -5), x.triu(9), b.triu(1)], special(3, 4), bools(3, 3)),
    raises("Tensor.repeat", lambda m, x: x.repeat(-1, 1), randn(3, 4)),
    raises("repeat_interleave", lambda m, x: m.repeat_interleave(x, -1), randn(3)),
    raises("repeat_interleave", lambda m, x, i: m.repeat_interleave(x, i, 0), randn(3), ints(2)),
    raises("diag", lambda m, x: m.diag(x), randn(2, 2, 2)),
    raises("flip", lambda m, x: x.flip(0, 0), randn(2, 2)),
    raises("roll", lambda m, x: x.roll((1, 2)), randn(3)),
]
