"""Shapes: views, joins, splits."""

from parity_tests.cases import (
    bools,
    case,
    const,
    ints,
    method,
    raises,
    randn,
    special,
    values,
)

CASES = [
    case(
        "reshape", lambda m, x: [m.reshape(x, (4, 3)), x.reshape(-1), x.reshape(2, -1)], randn(3, 4)
    ),
    case("reshape", lambda m, x: x.reshape(()), randn(1)),
    case("reshape", lambda m, x: x.reshape(0, 5), randn(0, 3)),
    method("view", lambda x: [x.view(-1), x.view(2, 6), x.view([4, 3])], randn(3, 4)),
    method("view_as", lambda x, y: x.view_as(y), randn(3, 4), randn(4, 3)),
    method("reshape_as", lambda x, y: x.t().reshape_as(y), randn(3, 4), randn(6, 2)),
    case(
        "flatten",
        lambda m, x: [
            m.flatten(x),
            m.flatten(x, 1),
            m.flatten(x, 0, 1),
            x.flatten(start_dim=1, end_dim=-1),
        ],
        randn(2, 3, 4),
    ),
    case("flatten", lambda m, x: m.flatten(x), randn()),
    case("ravel", lambda m, x: m.ravel(x), randn(2, 3)),
    case(
        "unflatten", lambda m, x: [m.unflatten(x, 1, (2, 3)), x.unflatten(-1, (3, -1))], randn(2, 6)
    ),
    case("permute", lambda m, x: [m.permute(x, (2, 0, 1)), x.permute(1, 0, -1)], randn(2, 3, 4)),
    case("transpose", lambda m, x: [m.transpose(x, 0, 2), x.transpose(-1, -2)], randn(2, 3, 4)),
    case("swapaxes", lambda m, x: m.swapaxes(x, 0, 1), randn(2, 3)),
    case("t", lambda m, x: [m.t(x), x.T, x.mT], randn(2, 3)),
    case("t", lambda m, x: m.t(x), randn(3)),
    case("movedim", lambda m, x: [m.movedim(x, 0, 2), x.movedim((0, 1), (-1, 0))], randn(2, 3, 4)),
    case(
        "squeeze",
        lambda m, x: [m.squeeze(x), x.squeeze(0), x.squeeze(1), x.squeeze((0, 2))],
        randn(1, 3, 1),
    ),
    case(
        "unsqueeze", lambda m, x: [m.unsqueeze(x, 0), x.unsqueeze(-1), x.unsqueeze(1)], randn(2, 3)
    ),
    method(
        "expand", lambda x: [x.expand(2, 3, 4), x.expand(3, -1), x.expand((5, 3, 4))], randn(3, 1)
    ),
    method("expand", lambda x: x.expand(4), randn()),
    method("expand_as", lambda x, y: x.expand_as(y), randn(1, 3), randn(2, 3)),
    method("repeat", lambda x: [x.repeat(2, 3), x.repeat(2, 1, 2), x.repeat((1, 2))], randn(2, 3)),
    case("tile", lambda m, x: [m.tile(x, (2,)), m.tile(x, (2, 1, 2))], randn(2, 3)),
    case("cat", lambda m, x, y: [m.cat([x, y]), m.cat((x, y, x), dim=0)], randn(2, 3), randn(4, 3)),
    case("cat", lambda m, x, y: m.cat([x, y], -1), randn(2, 3), randn(2, 1)),
    case("cat", lambda m, x, y: m.cat([x, y], 0), randn(0), randn(2, 3)),
    case("cat", lambda m, x, y: m.cat([x, y]), ints(3), randn(2)),
    case("concat", lambda m, x, y: m.concat([x, y], dim=1), randn(2, 3), randn(2, 1)),
    case(
        "stack",
        lambda m, x, y: [m.stack([x, y]), m.stack((x, y), 1), m.stack([x, y], dim=-1)],
        randn(2, 3),
        randn(2, 3),
    ),
    case("hstack", lambda m, x, y: m.hstack([x, y]), randn(2, 3), randn(2, 1)),
    case("hstack", lambda m, x, y: m.hstack([x, y]), randn(2), randn(3)),
    case("vstack", lambda m, x, y: m.vstack([x, y]), randn(3), randn(2, 3)),
    case("split", lambda m, x: [m.split(x, 2), x.split([1, 4], 0), x.split(3, dim=1)], randn(5, 4)),
    case("chunk", lambda m, x: [m.chunk(x, 2), x.chunk(3, 1), x.chunk(7, dim=-1)], randn(5, 4)),
    case("unbind", lambda m, x: [m.unbind(x), x.unbind(1)], randn(3, 4)),
    method("__iter__", lambda x: list(x), randn(3, 4)),
    case("select", lambda m, x: [m.select(x, 0, 1), x.select(-1, -2)], randn(3, 4)),
    case("narrow", lambda m, x: [m.narrow(x, 0, 1, 2), x.narrow(1, -3, 2)], randn(3, 4)),
    case("diagonal", lambda m, x: [m.diagonal(x), x.diagonal(1), x.diagonal(-1)], randn(3, 4)),
    case("diagonal", lambda m, x: m.diagonal(x, offset=1, dim1=2, dim2=0), randn(3, 2, 4)),
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
    raises("reshape", lambda m, x: m.reshape(x, (5,)), randn(3, 4)),
    raises("reshape", lambda m, x: x.reshape(-1, -1), randn(3, 4)),
    raises("Tensor.view", lambda m, x: x.t().view(-1), randn(3, 4)),
    raises("Tensor.view", lambda m, x: x.view(7), randn(3, 4)),
    raises("transpose", lambda m, x: m.transpose(x, 0, 2), randn(3, 4)),
    raises("permute", lambda m, x: m.permute(x, (0, 0)), randn(3, 4)),
    raises("permute", lambda m, x: m.permute(x, (0,)), randn(3, 4)),
    raises("t", lambda m, x: m.t(x), randn(3, 4, 2)),
    raises("Tensor.expand", lambda m, x: x.expand(2, 4), randn(3, 1)),
    raises("Tensor.expand", lambda m, x: x.expand(4), randn(3, 1)),
    raises("Tensor.repeat", lambda m, x: x.repeat(2), randn(3, 1)),
    raises("cat", lambda m, x, y: m.cat([x, y]), randn(2, 3), randn(2, 4)),
    raises("cat", lambda m, x, y: m.cat([x, y]), randn(2, 3), randn(2)),
    raises("cat", lambda m, x: m.cat([x, x], 2), randn(2, 3)),
    raises("cat", lambda m, x: m.cat([x, 1.0]), randn(2, 3)),
    raises("stack", lambda m, x, y: m.stack([x, y]), randn(2, 3), randn(3, 2)),
    raises("split", lambda m, x: m.split(x, [1, 1]), randn(5)),
    raises("chunk", lambda m, x: m.chunk(x, 0), randn(5)),
    raises("unbind", lambda m, x: m.unbind(x), randn()),
    raises("select", lambda m, x: m.select(x, 0, 3), randn(3)),
    raises("narrow", lambda m, x: m.narrow(x, 0, 2, 2), randn(3)),
    raises("squeeze", lambda m, x: m.squeeze(x, 2), randn(3)),
    raises("unflatten", lambda m, x: m.unflatten(x, 0, (2, 2)), randn(6)),
    raises("tril", lambda m, x: m.tril(x), randn(3)),
    raises("roll", lambda m, x: m.roll(x, (1, 2), (0,)), randn(3)),
    case("cat", lambda m, x, y: m.cat([x, y]), bools(2), bools(3)),
    # the keyword forms
    method("reshape", lambda x: [x.reshape(shape=(4, 3)), x.reshape(shape=[-1])], randn(3, 4)),
    method("view", lambda x: x.detach().clone().view(size=(2, -1)), randn(3, 4)),
    method("permute", lambda x: [x.permute(dims=(1, 0)), x.permute([0, 1])], randn(3, 4)),
    method("expand", lambda x: x.expand(size=(2, 3, 4)), randn(3, 1)),
    method("repeat", lambda x: x.repeat(repeats=(2, 0)), randn(3, 4)),
    method("tile", lambda x: [x.tile(dims=(2,)), x.tile(())], randn(2, 3)),
    method("flip", lambda x: [x.flip(dims=(0, 1)), x.flip(())], randn(2, 3)),
    # views: nothing is copied, and the strides are PyTorch's
    method(
        "view",
        lambda x: [
            y.data_ptr() == x.data_ptr()
            for y in (
                x.view(-1),
                x.t(),
                x.squeeze(),
                x.unsqueeze(1),
                x.expand(2, 3, 4),
                x.narrow(1, 0, 2),
                x.select(1, 0),
                x.diagonal(),
                x.unflatten(1, (2, 2)),
                x.flatten(),
                x.movedim(0, 1),
                *x.split(4, 1),
                x.unbind(1)[0],
                x[0],
                x[None],
            )
        ],
        const(randn(3, 4)),
    ),
    method(
        "stride",
        lambda x: [
            y.stride()
            for y in (x.t(), x.diagonal(), x.expand(2, 3, 4), x.unbind(1)[0], x.narrow(1, 1, 2))
        ],
        const(randn(3, 4)),
    ),
    # sizes 0 and 1, 0-d
    *(
        case("reshape", lambda m, x: [x.reshape(-1), m.ravel(x), x.flatten(), x.view_as(x)], x)
        for x in [randn(), randn(0), randn(1, 1), randn(2, 0, 3)]
    ),
    case(
        "reshape",
        lambda m, x: [x.reshape(3, 0, 5), x.reshape(-1, 2), x.unflatten(1, (0, 7))],
        randn(2, 0),
    ),
    case("flatten", lambda m, x: [x.flatten(1, 1) is x, x.flatten(-2, -1)], randn(2, 3, 4)),
    *(
        case("squeeze", lambda m, x: [x.squeeze(), x.unsqueeze(0), x.unsqueeze(-1)], x)
        for x in [randn(), randn(1), randn(1, 1), randn(0, 1)]
    ),
    case(
        "squeeze",
        lambda m, x: [x.squeeze(()), x.squeeze(-1), m.squeeze(x, dim=(0, 1))],
        randn(1, 3, 1),
    ),
    case(
        "transpose",
        lambda m, x: [
            x.transpose(0, -1),
            x.permute(()),
            x.t(),
            m.movedim(x, 0, 0),
            x.squeeze(0),
            x.flip(0),
            x.roll(1),
        ],
        randn(),
    ),
    case(
        "movedim",
        lambda m, x: [x.movedim(-1, 0), m.movedim(x, (2, 0), (0, 1)), m.movedim(x, 1, 1)],
        randn(2, 3, 4),
    ),
    method("expand", lambda x: [x.expand(0, 1), x.expand(-1, -1), x.expand(2, 1, 5)], randn(1, 1)),
    method("expand_as", lambda x, y: x.expand_as(y), randn(), randn(2, 0, 3)),
    method("repeat", lambda x: [x.repeat(3), x.repeat(2, 2)], randn()),
    case("cat", lambda m, x, y: m.cat([x, y]), randn(0), randn(0)),
    case(
        "cat",
        lambda m, x, y, i: [m.cat([x, y, x], dim=-1), m.cat([i, x])],
        randn(2, 0),
        randn(2, 3),
        ints(1, 0),
    ),
    case(
        "stack",
        lambda m, x, y: [m.stack([x, y]), m.hstack([x, y]), m.vstack((x, y))],
        randn(),
        randn(),
    ),
    case("stack", lambda m, x, i: m.stack([x, i], 1), randn(2), ints(2)),
    case("split", lambda m, x: [*m.split(x, 2), *x.split((0, 3, 0), 1), *x.chunk(5)], randn(0, 3)),
    case(
        "split",
        lambda m, x: [p * (k + 1) for k, p in enumerate(x.split([2, 1, 3], dim=-1))][::2],
        randn(2, 6),
    ),
    case("unbind", lambda m, x: [len(m.unbind(x)), *x.unbind(dim=-1)], randn(0, 3)),
    case(
        "unbind",
        lambda m, x: [a * b for a, b in zip(x.unbind(1), x.unbind(1)[::-1], strict=True)][:2],
        randn(3, 4, 2),
    ),
    case(
        "narrow",
        lambda m, x, i: [
            x.narrow(0, 3, 0),
            x.narrow(1, i, 1),
            m.narrow(x, dim=0, start=-1, length=1),
        ],
        randn(3, 4),
        values(2),
    ),
    # the rest
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
        "diagonal",
        lambda m, x: [x.diagonal(9), x.diagonal(-2, 0, 1), m.diagonal(x, 0, -1, -2)],
        randn(2, 3, 4),
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
    raises("reshape", lambda m, x: x.reshape(-2, 6), randn(3, 4)),
    raises("reshape", lambda m, x: x.reshape(), randn(3, 4)),
    raises("reshape", lambda m, x: x.reshape(0, -1), randn(0)),
    raises("reshape", lambda m, x: x.reshape(2.0, 6), randn(3, 4)),
    raises("flatten", lambda m, x: x.flatten(1, 0), randn(3, 4)),
    raises("flatten", lambda m, x: x.flatten(2), randn(3, 4)),
    raises("unflatten", lambda m, x: x.unflatten(0, ()), randn(3)),
    raises("permute", lambda m, x: x.permute(0, 2), randn(3, 4)),
    raises("movedim", lambda m, x: x.movedim((0, 1), (0,)), randn(3, 4)),
    raises("movedim", lambda m, x: x.movedim((0, 0), (0, 1)), randn(3, 4)),
    raises("unsqueeze", lambda m, x: x.unsqueeze(3), randn(3, 4)),
    raises("squeeze", lambda m, x: x.squeeze((0, 0)), randn(1, 4)),
    raises("Tensor.expand", lambda m, x: x.expand(-1, 3, 4), randn(3, 4)),
    raises("Tensor.expand", lambda m, x: x.expand(3, -2), randn(3, 4)),
    raises("Tensor.repeat", lambda m, x: x.repeat(-1, 1), randn(3, 4)),
    raises("cat", lambda m, x: m.cat([]), randn(1)),
    raises("cat", lambda m, x: m.cat([x, x]), randn()),
    raises("cat", lambda m, x: m.cat(x), randn(3, 4)),
    raises("stack", lambda m, x: m.stack([]), randn(1)),
    raises("stack", lambda m, x: m.stack([x, x], 3), randn(3)),
    raises("hstack", lambda m, x, y: m.hstack([x, y]), randn(2, 3), randn(3, 3)),
    raises("vstack", lambda m, x: m.vstack([]), randn(1)),
    raises("split", lambda m, x: x.split(0), randn(3)),
    raises("split", lambda m, x: x.split(-1), randn(3)),
    raises("split", lambda m, x: x.split([4, -1]), randn(3)),
    raises("split", lambda m, x: x.split(1), randn()),
    raises("chunk", lambda m, x: x.chunk(2, 1), randn(3)),
    raises("select", lambda m, x: x.select(0, 0), randn()),
    raises("narrow", lambda m, x: x.narrow(0, 0, -1), randn(3)),
    raises("narrow", lambda m, x: x.narrow(0, 5, 0), randn(3)),
    raises("repeat_interleave", lambda m, x: m.repeat_interleave(x, -1), randn(3)),
    raises("repeat_interleave", lambda m, x, i: m.repeat_interleave(x, i, 0), randn(3), ints(2)),
    raises("diag", lambda m, x: m.diag(x), randn(2, 2, 2)),
    raises("diagonal", lambda m, x: x.diagonal(0, 0, 0), randn(2, 2)),
    raises("diagonal", lambda m, x: x.diagonal(), randn(2)),
    raises("flip", lambda m, x: x.flip(0, 0), randn(2, 2)),
    raises("roll", lambda m, x: x.roll((1, 2)), randn(3)),
]
