"""What model files and scripts use besides layers: custom functions, checkpoints, queries of cuda."""

from typing import Any

from parity_tests.cases import case, layer, method, raises, randn


def function(m: Any) -> Any:
    """A Function with two inputs, an option and three outputs, one of which is an index."""

    class Scaled(m.autograd.Function):  # type: ignore[misc, name-defined]
        @staticmethod
        def forward(ctx: Any, x: Any, y: Any, k: float) -> Any:
            index = x.argmax()
            ctx.mark_non_differentiable(index)
            ctx.save_for_backward(x, y)
            ctx.k = k
            return x * y * k, x + y, index

        @staticmethod
        def backward(ctx: Any, a: Any, b: Any, _: Any) -> Any:
            x, y = ctx.saved_tensors
            dx = a * y * ctx.k + b if ctx.needs_input_grad[0] else None
            dy = a * x * ctx.k + b if ctx.needs_input_grad[1] else None
            return dx, dy, None

    return Scaled


def with_setup(m: Any, materialize: bool = True) -> Any:
    """A Function with setup_context; its second output may be unused."""

    class Cubed(m.autograd.Function):  # type: ignore[misc, name-defined]
        @staticmethod
        def forward(x: Any) -> Any:
            return x**3, x**2

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.set_materialize_grads(materialize)
            ctx.save_for_backward(inputs[0], output[1])

        @staticmethod
        def backward(ctx: Any, a: Any, b: Any) -> Any:
            x, square = ctx.saved_tensors
            dx = 3 * square * a
            return dx if b is None else dx + 2 * x * b

    return Cubed


def wrong(m: Any, dxs: Any) -> Any:
    """A Function whose backward gives dxs(m)."""

    class Wrong(m.autograd.Function):  # type: ignore[misc, name-defined]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            return dxs(m)

    return Wrong


def through(m: Any) -> Any:
    """A Function that returns its input and reverses the gradient's sign."""

    class Through(m.autograd.Function):  # type: ignore[misc, name-defined]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            return -dy

    return Through


def noted(m: Any) -> Any:
    """A Function with non-tensor outputs, which are returned unchanged."""

    class Noted(m.autograd.Function):  # type: ignore[misc, name-defined]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return "doubled", x * 2, None

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> Any:
            assert [c is None for c in cotangents] == [True, False, True]
            return 2 * cotangents[1]

    return Noted


def net(m: Any, x: Any) -> Any:
    """Three stretches with dropout, the inner ones checkpoints, one of which sees x from outside."""
    m.manual_seed(3)
    layers = [m.nn.Linear(4, 4).to(x.dtype) for _ in range(3)]
    h = layers[0](x)
    stretch = lambda a: m.nn.functional.dropout(m.tanh(layers[1](a)) * h, 0.4, True)  # noqa: E731
    checkpoint = m.utils.checkpoint.checkpoint
    y, z = checkpoint(lambda a, b: (stretch(a), b * 2), h, x, use_reentrant=False)
    out = layers[2](y) * z
    return [out, *(w.weight for w in layers)], out + 0 * m.rand(out.shape, dtype=x.dtype)


def gradients(m: Any, x: Any) -> Any:
    """The gradients of net, of its parameters too."""
    (out, *weights), _ = net(m, x)
    dy = m.linspace(-1, 2, out.numel(), dtype=out.dtype).reshape(out.shape)
    return m.autograd.grad(out, [x, *weights], dy)


def with_others(m: Any, x: Any, *others: Any) -> Any:
    """A checkpoint whose function also returns non-tensors."""
    f = lambda a: (*others, a * a, "squared")  # noqa: E731
    return m.utils.checkpoint.checkpoint(f, x, use_reentrant=False)


CASES = [
    case("autograd.Function", lambda m, x, y: function(m).apply(x, y, 0.7), randn(3), randn(3)),
    case("autograd.Function", lambda m, x, y: function(m).apply(x, y, 0.7)[0], randn(3), randn(3)),
    case("autograd.Function", lambda m, x: with_setup(m).apply(x), randn(3)),
    case("autograd.Function", lambda m, x: with_setup(m, False).apply(x)[0], randn(3)),
    case("autograd.Function", lambda m, x: with_setup(m, True).apply(x)[0], randn(3)),
    case("autograd.Function", lambda m, x: through(m).apply(x * 1), randn(3)),
    case("autograd.Function", lambda m, x: through(m).apply(x) is x, randn(3)),
    case("autograd.Function", lambda m, x: noted(m).apply(x), randn(3)),
    case("utils.checkpoint.checkpoint", lambda m, x: with_others(m, x, None, 2), randn(3)),
    raises("autograd.Function", lambda m, x: m.autograd.Function.apply(x), randn(3)),
    *(
        raises(
            "autograd.Function",
            lambda m, x, dxs=dxs: wrong(m, dxs).apply(x).backward(x.detach().cos()),
            randn(2),
        )
        for dxs in (lambda m: (m.ones(2), m.ones(2)), lambda m: m.ones(3), lambda m: ())
    ),
    case(
        "autograd.Variable",
        lambda m, x: [
            m.autograd.Variable(x * 2).requires_grad,
            m.autograd.Variable(x, requires_grad=True).is_leaf,
            isinstance(x * 2, m.autograd.Variable),
            isinstance(3, m.autograd.Variable),
        ],
        randn(3),
    ),
    raises("autograd.Variable", lambda m, x: m.autograd.Variable(3), randn(3)),
    case("utils.checkpoint.checkpoint", lambda m, x: net(m, x)[1], randn(2, 4)),
    case("utils.checkpoint.checkpoint", gradients, randn(2, 4)),
    case(
        "utils.checkpoint.checkpoint",
        lambda m, x: m.utils.checkpoint.checkpoint(m.exp, x, use_reentrant=True),
        randn(3),
    ),
    case(
        "utils.checkpoint.checkpoint",
        lambda m, x: m.utils.checkpoint.checkpoint(
            lambda a: a * 2, x, use_reentrant=True, preserve_rng_state=False
        ),
        randn(3),
    ),
    raises(
        "utils.checkpoint.checkpoint",
        lambda m, x: m.utils.checkpoint.checkpoint(m.exp, x, use_reentrant=True, k=1),
        randn(3),
    ),
    *(
        case(
            "utils.checkpoint.checkpoint_sequential",
            lambda m, x, n=n: m.utils.checkpoint.checkpoint_sequential(
                [m.exp, m.sin, m.tanh, m.cos, m.sigmoid],
                n,
                x,
                use_reentrant=False,
                preserve_rng_state=n > 1,
            ),
            randn(3),
        )
        for n in (1, 2, 3)
    ),
    case(
        "cuda.is_available", lambda m, x: [m.cuda.is_available(), m.cuda.device_count()], randn(1)
    ),
    case(
        "cuda.manual_seed",
        lambda m, x: [m.cuda.manual_seed(3), m.cuda.manual_seed_all(3), m.cuda.empty_cache()],
        randn(1),
    ),
    case(  # a PyTorch built for CUDA has cuDNN where there is no GPU, too
        "backends.cudnn.is_available",
        lambda m, x: m.backends.cudnn.is_available() and m.cuda.is_available(),
        randn(1),
    ),
    layer("DataParallel", lambda nn: nn.DataParallel(nn.Linear(3, 2)), randn(4, 3)),
    layer("DataParallel", lambda nn: nn.DataParallel(nn.Linear(3, 2), []), randn(4, 3)),
    raises(
        "nn.parallel.data_parallel",
        lambda m, x: m.nn.parallel.data_parallel(m.nn.Identity(), (x,)),
        randn(3),
    ),
    case(
        "zeros", lambda m, x: [m.zeros(size=(2, 3)), m.ones(size=[2]), m.empty(size=(0,))], randn(1)
    ),
    raises("zeros", lambda m, x: m.zeros(2, size=(2,)), randn(1)),
    raises("ones", lambda m, x: m.ones(), randn(1)),
    method("__eq__", lambda x: [x == None, x != None, x == "a"], randn(2)),  # noqa: E711 - scripts do
    method("type", lambda x: x.type("torch.DoubleTensor").type("torch.LongTensor"), randn(2)),
    raises("Tensor.type", lambda m, x: x.type("foo"), randn(2)),
]
