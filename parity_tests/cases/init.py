"""nn.init: the same seed fills a tensor with PyTorch's values. See test_init.py for their bits."""

from typing import Any

from parity_tests.cases import Case, Input, case, const, raises as raises_, randn, ties, values

QR = "in float32 PyTorch's QR is less exact than NumPy's: 2.1e-6 of the largest entry; see test_init.py"
SCALED = ("xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_")


def fills(name: str, f: Any, *inputs: Input, **options: Any) -> Case:
    """f(init, x), which fills x and returns it; x is an input, and is compared after the call."""
    run = lambda m, *xs: f(m.nn.init, *xs)  # noqa: E731
    return case(f"nn.init.{name}", run, *(const(x) for x in inputs), random=True, **options)


def raises(name: str, f: Any, *inputs: Input) -> Case:
    return raises_(f"nn.init.{name}", lambda m, *xs: f(m.nn.init, *xs), *inputs)


def _own_stream(name: str, **options: Any) -> Case:
    """A generator of one's own, and a parameter that requires a gradient."""

    def run(m: Any) -> list[Any]:
        generator = m.Generator().manual_seed(11)
        p = m.nn.Parameter(m.zeros(6, 5))
        same = getattr(m.nn.init, name)(p, generator=generator, **options) is p
        return [p.detach(), same, p.requires_grad, m.rand(3)]

    return case(f"nn.init.{name}", run, random=True)


CASES = [
    *(
        case("nn.init.calculate_gain", lambda m, n=n: m.nn.init.calculate_gain(n))
        for n in (
            "linear",
            "conv1d",
            "conv2d",
            "conv3d",
            "conv_transpose1d",
            "conv_transpose2d",
            "conv_transpose3d",
            "sigmoid",
            "tanh",
            "relu",
            "leaky_relu",
            "selu",
        )
    ),
    case(
        "nn.init.calculate_gain",
        lambda m: [m.nn.init.calculate_gain("leaky_relu", p) for p in (0, 0.2, 3)],
    ),
    fills("uniform_", lambda init, x: init.uniform_(x), randn(4, 5)),
    fills("uniform_", lambda init, x: init.uniform_(x, a=-2, b=3), randn(4, 5)),
    fills("normal_", lambda init, x: init.normal_(x), randn(4, 5)),
    fills("normal_", lambda init, x: init.normal_(x, mean=-2, std=3), randn(3, 3)),
    fills("constant_", lambda init, x: init.constant_(x, 2.5), randn(4, 5)),
    fills("ones_", lambda init, x: init.ones_(x), randn(4, 5)),
    fills("zeros_", lambda init, x: init.zeros_(x), randn(4, 5)),
    *(
        fills("eye_", lambda init, x: init.eye_(x), x)
        for x in (randn(4, 5), randn(5, 4), randn(3, 3), randn(0, 2))
    ),
    *(
        fills("dirac_", lambda init, x: init.dirac_(x), x)
        for x in (randn(4, 3, 5), randn(3, 4, 2, 3), randn(2, 2, 1, 3, 2))
    ),
    *(
        fills("dirac_", lambda init, x: init.dirac_(x, groups=2), x)
        for x in (randn(4, 3, 5), randn(6, 2, 3, 3))
    ),
    *(
        fills(n, lambda init, x, n=n: getattr(init, n)(x), x)
        for n in SCALED
        for x in (randn(6, 5), randn(4, 2, 3), randn(2, 3, 2, 2))
    ),
    *(
        fills(n, lambda init, x, n=n: getattr(init, n)(x, gain=0.7), randn(6, 5))
        for n in SCALED[:2]
    ),
    *(fills(n, lambda init, x, n=n: getattr(init, n)(x, a=0.2), randn(6, 5)) for n in SCALED[2:]),
    *(
        fills(
            n,
            lambda init, x, n=n: getattr(init, n)(x, mode="fan_out", nonlinearity="relu"),
            randn(6, 5),
        )
        for n in SCALED[2:]
    ),
    *(fills(n, lambda init, x, n=n: getattr(init, n)(x), randn(0, 5)) for n in SCALED),
    fills("trunc_normal_", lambda init, x: init.trunc_normal_(x), randn(20, 5)),
    fills(
        "trunc_normal_",
        lambda init, x: init.trunc_normal_(x, mean=1, std=2, a=0.5, b=4),
        randn(4, 5),
    ),
    fills("trunc_normal_", lambda init, x: init.trunc_normal_(x, a=2.5, b=4), randn(4, 5)),
    fills(
        "trunc_normal_", lambda init, x: init.trunc_normal_(x, std=0.5, a=1.5, b=1.9), randn(4, 5)
    ),
    *(
        fills(
            "orthogonal_",
            lambda init, x: init.orthogonal_(x, gain=1.5),
            x,
            dtypes=("float64",),
            reason=QR,
        )
        for x in (randn(6, 5), randn(5, 6), randn(20, 20), randn(0, 3))
    ),
    case(
        "nn.init.orthogonal_",
        lambda m: m.nn.init.orthogonal_(m.empty(8, 3, 2, dtype=m.float64)),
        random=True,
    ),
    fills("sparse_", lambda init, x: init.sparse_(x, 0.3), randn(6, 5)),
    fills("sparse_", lambda init, x: init.sparse_(x, sparsity=0.9, std=2.0), randn(7, 3)),
    *(_own_stream(n) for n in ("uniform_", "normal_", "trunc_normal_", *SCALED)),
    _own_stream("sparse_", sparsity=0.4),
    case(
        "nn.init.orthogonal_",
        lambda m: m.nn.init.orthogonal_(m.empty(1, 1), generator=m.Generator()),
        random=True,
    ),
    *(
        fills(n, lambda init, x, n=n: getattr(init, n)(x), randn(6, 5))
        for n in (
            "uniform",
            "normal",
            "eye",
            "xavier_uniform",
            "xavier_normal",
            "kaiming_uniform",
            "kaiming_normal",
        )
    ),
    fills("orthogonal", lambda init, x: init.orthogonal(x), randn(4, 1)),
    fills("constant", lambda init, x: init.constant(x, val=2), randn(3)),
    fills("dirac", lambda init, x: init.dirac(x), randn(3, 2, 3)),
    fills("sparse", lambda init, x: init.sparse(x, 0.3), randn(6, 5)),
    raises("calculate_gain", lambda init: init.calculate_gain("softmax")),
    raises("calculate_gain", lambda init: init.calculate_gain("leaky_relu", "a")),
    raises("calculate_gain", lambda init: init.calculate_gain("leaky_relu", True)),
    *(
        raises(n, lambda init, x, n=n: getattr(init, n)(x), randn(3))
        for n in (*SCALED, "eye_", "dirac_", "orthogonal_")
    ),
    raises("sparse_", lambda init, x: init.sparse_(x, 0.1), randn(3)),
    raises("dirac_", lambda init, x: init.dirac_(x, 2), randn(3, 2, 3)),
    raises("kaiming_uniform_", lambda init, x: init.kaiming_uniform_(x, mode="fan"), randn(3, 2)),
    raises(
        "kaiming_normal_",
        lambda init, x: init.kaiming_normal_(x, nonlinearity="softmax"),
        randn(3, 2),
    ),
    raises("xavier_uniform_", lambda init, x: init.xavier_uniform_(x), values([[1, 2]])),
    raises("normal_", lambda init, x: init.normal_(x, std=-1), ties(3)),
]
