"""Shapes: views, permutations, expansions."""

from parity_tests.cases import case, const, method, raises, randn

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
    case("diagonal", lambda m, x: [m.diagonal(x), x.diagonal(1), x.diagonal(-1)], randn(3, 4)),
    case("diagonal", lambda m, x: m.diagonal(x, offset=1, dim1=2, dim2=0), randn(3, 2, 4)),
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
    raises("squeeze", lambda m, x: m.squeeze(x, 2), randn(3)),
    raises("unflatten", lambda m, x: m.unflatten(x, 0, (2, 2)), randn(6)),
    # the keyword forms
    method("reshape", lambda x: [x.reshape(shape=(4, 3)), x.reshape(shape=[-1])], randn(3, 4)),
    method("view", lambda x: x.detach().clone().view(size=(2, -1)), randn(3, 4)),
    method("permute", lambda x: [x.permute(dims=(1, 0)), x.permute([0, 1])], randn(3, 4)),
    method("expand", lambda x: x.expand(size=(2, 3, 4)), randn(3, 1)),
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
    case(
        "diagonal",
        lambda m, x: [x.diagonal(9), x.diagonal(-2, 0, 1), m.diagonal(x, 0, -1, -2)],
        randn(2, 3, 4),
    ),
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
    raises("diagonal", lambda m, x: x.diagonal(0, 0, 0), randn(2, 2)),
    raises("diagonal", lambda m, x: x.diagonal(), randn(2)),
]
