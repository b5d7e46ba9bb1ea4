"""Shapes: views, joins, splits."""

from parity_tests.cases import bools, case, const, functional, ints, method, raises, randn

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
    functional(
        "pad", lambda F, x: [F.pad(x, (1, 2)), F.pad(x, (1, 0, 2, 3), value=1.5)], randn(3, 4)
    ),
    functional(
        "pad", lambda F, x: F.pad(x, [-1, 2, 1, -2], mode="constant", value=0.5), randn(3, 4)
    ),
    functional("pad", lambda F, x: F.pad(x, (0, 1)), const(ints(3))),
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
]
