"""nn.utils and func: clipping, vectors, fusion, normalised weights, parametrizations, one line a case."""

import warnings
from typing import Any

from parity_tests.cases import case, const, extreme, layer, raises, randn, special, ties, uniform


def parameters(m: Any, *gradients: Any) -> list[Any]:
    """Parameters with these gradients, and one without."""
    params = [m.nn.Parameter(m.zeros_like(x)) for x in gradients]
    for p, x in zip(params, gradients, strict=True):
        p.grad = x.detach().clone()
    return [*params, m.nn.Parameter(m.zeros(2, dtype=gradients[0].dtype))]


def clipped(m: Any, name: str, gradients: Any, *args: Any, **options: Any) -> Any:
    """The function's result, and the gradients after it."""
    params = parameters(m, *gradients)
    return getattr(m.nn.utils, name)(params, *args, **options), [p.grad for p in params]


def clip_norm(max_norm: float, *args: Any, **options: Any) -> Any:
    return lambda m, *xs: clipped(m, "clip_grad_norm_", xs, max_norm, *args, **options)


def clip_value(value: float, **options: Any) -> Any:
    return lambda m, *xs: clipped(m, "clip_grad_value_", xs, value, **options)


INF = float("inf")

CLIPPING = [
    case("nn.utils.clip_grad_norm_", clip_norm(1.0), randn(3, 4), randn(2)),
    case("nn.utils.clip_grad_norm_", clip_norm(100.0), randn(3, 4), randn(2)),
    case("nn.utils.clip_grad_norm_", clip_norm(0.5, 1.0, foreach=True), randn(3, 4), randn(2, 1)),
    case("nn.utils.clip_grad_norm_", clip_norm(0.5, 3.5, foreach=False), randn(3, 4), randn(0)),
    case("nn.utils.clip_grad_norm_", clip_norm(1, INF, True), randn(3, 4), randn(2)),
    case("nn.utils.clip_grad_norm_", clip_norm(1, "inf"), extreme(12)),
    case("nn.utils.clip_grad_norm_", clip_norm(1, 0), ties(3, 4), randn()),
    case("nn.utils.clip_grad_norm_", clip_norm(1.0), special(7)),
    case("nn.utils.clip_grad_norm_", clip_norm(1.0), const(ties(1))),
    case(
        "nn.utils.clip_grad_norm_",
        lambda m, x: (p := parameters(m, x)[0], m.nn.utils.clip_grad_norm_(p, 0.1))[1] * p.grad,
        randn(5),
    ),
    case(
        "nn.utils.clip_grad_norm_",
        lambda m, x, y: clipped(m, "clip_grad_norm_", [x, y.double()], 0.1),
        randn(5),
        randn(2),
    ),
    case("nn.utils.clip_grad_norm_", lambda m: m.nn.utils.clip_grad_norm_([], 1.0)),
    case("nn.utils.clip_grad_norm_", lambda m: m.nn.utils.clip_grad_norm_(iter(()), 1.0)),
    case(
        "nn.utils.clip_grad_norm",
        lambda m, x: clipped(m, "clip_grad_norm", [x], 1.0, 3.0, True, True),
        randn(3, 4),
    ),
    raises("nn.utils.clip_grad_norm_", clip_norm(1.0, 2.0, True), special(7)),
    raises("nn.utils.clip_grad_norm_", clip_norm("a lot"), randn(3)),
    raises("nn.utils.clip_grad_norm_", clip_norm(1.0, "a norm"), randn(3)),
    raises("nn.utils.clip_grad_norm_", clip_norm(1.0, INF), randn(0)),
    raises("nn.utils.clip_grad_norm_", lambda m: m.nn.utils.clip_grad_norm_(3, 1.0)),
    case("nn.utils.clip_grad_value_", clip_value(0.5), randn(3, 4), ties(2)),
    case("nn.utils.clip_grad_value_", clip_value(1, foreach=True), special(7), extreme(12)),
    case(
        "nn.utils.clip_grad_value_",
        lambda m, x: (p := parameters(m, x)[0], m.nn.utils.clip_grad_value_(p, 1))[0].grad,
        ties(5),
    ),
    raises("nn.utils.clip_grad_value_", clip_value("a lot"), randn(3)),
    case(
        "nn.utils.get_total_norm",
        lambda m, x, y: m.nn.utils.get_total_norm([x, y]),
        randn(3, 4),
        randn(2),
    ),
    case(
        "nn.utils.get_total_norm",
        lambda m, x, y: m.nn.utils.get_total_norm((t for t in (x, y)), 1.5, True, True),
        randn(3, 4),
        randn(2),
    ),
    case("nn.utils.get_total_norm", lambda m, x: m.nn.utils.get_total_norm(x), randn(3)),
    case("nn.utils.get_total_norm", lambda m: m.nn.utils.get_total_norm([])),
    raises(
        "nn.utils.get_total_norm",
        lambda m, x: m.nn.utils.get_total_norm(x, error_if_nonfinite=True),
        special(7),
    ),
    case(
        "nn.utils.clip_grads_with_norm_",
        lambda m, x, y: clipped(m, "clip_grads_with_norm_", [x, y], 2.0, x.norm(), True),
        randn(3, 4),
        randn(2),
    ),
    case(
        "nn.utils.clip_grads_with_norm_",
        lambda m, x: (
            (p := parameters(m, x)[0], m.nn.utils.clip_grads_with_norm_(p, 1, x.max()))[0].grad
        ),
        randn(5),
    ),
    case(
        "nn.utils.clip_grads_with_norm_",
        lambda m, x: m.nn.utils.clip_grads_with_norm_([], 1, x.max()),
        randn(5),
    ),
]


def given_back(m: Any, vec: Any, *shapes: tuple[int, ...]) -> Any:
    """Parameters of these shapes with the entries of vec."""
    params = [m.nn.Parameter(m.zeros(shape, dtype=vec.dtype)) for shape in shapes]
    m.nn.utils.vector_to_parameters(vec, params)
    return [p.detach() for p in params]


VECTORS = [
    case(
        "nn.utils.parameters_to_vector",
        lambda m, x, y, z: m.nn.utils.parameters_to_vector(t.contiguous() for t in (x, y, z)),
        randn(3, 4),
        randn(),
        randn(0, 2),
    ),
    raises("nn.utils.parameters_to_vector", lambda m: m.nn.utils.parameters_to_vector([])),
    raises(
        "nn.utils.parameters_to_vector",
        lambda m, x: m.nn.utils.parameters_to_vector([x.t()]),
        randn(3, 4),
    ),
    case(
        "nn.utils.vector_to_parameters",
        lambda m, v: given_back(m, v, (2, 3), (), (0, 2), (4,)),
        randn(12),
    ),
    case(
        "nn.utils.vector_to_parameters",
        lambda m, v: m.nn.utils.vector_to_parameters(v, []),
        randn(3),
    ),
    raises(
        "nn.utils.vector_to_parameters", lambda m, v: given_back(m, v, (2, 3), (2, 3)), randn(8)
    ),
    raises("nn.utils.vector_to_parameters", lambda m: m.nn.utils.vector_to_parameters([1.0], [])),
]


# --- fusion ------------------------------------------------------------------------------------


def fusing(name: str, first: Any, norm: Any, *inputs: Any, **options: Any) -> Any:
    """A case of a layer and a batch normalisation, each with its state, and of the two fused."""

    def build(nn: Any) -> Any:
        class Both(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.first, self.norm = first(nn), norm(nn)

            def forward(self, x: Any) -> Any:
                fused = getattr(nn.utils, name)(self.first, self.norm, **options)
                self.shown = repr(fused)
                return fused(x), self.norm(self.first(x)), [*fused.parameters()]

        return Both()

    return layer(f"utils.{name}", build, *inputs, modes=("eval",))


FUSION = [
    fusing(
        "fuse_conv_bn_eval",
        lambda nn: nn.Conv2d(4, 6, 3, padding=1, groups=2),
        lambda nn: nn.BatchNorm2d(6),
        randn(2, 4, 5, 5),
    ),
    fusing(
        "fuse_conv_bn_eval",
        lambda nn: nn.Conv1d(2, 3, 2, bias=False),
        lambda nn: nn.BatchNorm1d(3, eps=0.1, affine=False),
        randn(2, 2, 5),
    ),
    fusing(
        "fuse_conv_bn_eval",
        lambda nn: nn.ConvTranspose1d(2, 3, 2, stride=2),
        lambda nn: nn.BatchNorm1d(3),
        randn(2, 2, 5),
        transpose=True,
    ),
    fusing(
        "fuse_linear_bn_eval",
        lambda nn: nn.Linear(4, 3),
        lambda nn: nn.BatchNorm1d(3),
        randn(5, 4),
    ),
    fusing(
        "fuse_linear_bn_eval",
        lambda nn: nn.Linear(4, 3, bias=False),
        lambda nn: nn.BatchNorm1d(3, eps=0.1),
        randn(5, 4),
    ),
    case(
        "nn.utils.fuse_linear_bn_eval",
        lambda m, x: m.nn.utils.fuse_linear_bn_eval(
            m.nn.Linear(4, 3).eval().to(x.dtype), m.nn.BatchNorm1d(1).eval().to(x.dtype)
        )(x),
        randn(5, 4),
        random=True,
    ),
    case(
        "nn.utils.fuse_conv_bn_weights",
        lambda m, w, b, mean, var, g, h: m.nn.utils.fuse_conv_bn_weights(
            w, b, mean, var, 1e-3, g, h
        ),
        randn(3, 2, 4),
        randn(3),
        randn(3),
        uniform(3, low=0.5, high=2.0),
        randn(3),
        const(randn(3)),
    ),
    case(
        "nn.utils.fuse_conv_bn_weights",
        lambda m, w, mean, var: m.nn.utils.fuse_conv_bn_weights(
            w, None, mean, var.double(), 1e-3, None, None, transpose=True
        ),
        randn(2, 3, 4),
        randn(3),
        uniform(3, low=0.5, high=2.0),
    ),
    case(
        "nn.utils.fuse_linear_bn_weights",
        lambda m, w, mean, var, g, h: m.nn.utils.fuse_linear_bn_weights(
            w, None, mean, var, 1e-3, g, h
        ),
        const(randn(3, 2)),
        randn(3),
        uniform(3, low=0.5, high=2.0),
        randn(3),
        randn(3),
    ),
    *(
        raises(
            "nn.utils.fuse_conv_bn_eval",
            lambda m, a=a, b=b, o=o: m.nn.utils.fuse_conv_bn_eval(
                m.nn.Conv1d(2, 3, 1).train(a), m.nn.BatchNorm1d(3, **o).train(b)
            ),
        )
        for a, b, o in [
            (True, False, {}),
            (False, True, {}),
            (False, False, {"track_running_stats": False}),
        ]
    ),
    *(
        raises(
            "nn.utils.fuse_linear_bn_eval",
            lambda m, mode=mode, n=n: m.nn.utils.fuse_linear_bn_eval(
                m.nn.Linear(2, 3).train(mode), m.nn.BatchNorm1d(n).eval()
            ),
        )
        for mode, n in [(True, 3), (False, 2)]
    ),
]


# --- weights that are normalised by a hook ------------------------------------------------------


def normed(build: Any, *inputs: Any, of: str = "weight", **options: Any) -> Any:
    """A case of nn.utils.weight_norm."""
    return layer("utils.weight_norm", lambda nn: weight_norm(nn, build(nn), of, **options), *inputs)


def weight_norm(nn: Any, *args: Any, **options: Any) -> Any:
    """nn.utils.weight_norm without its deprecation warning, which test_parametrize.py tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nn.utils.weight_norm(*args, **options)


def spectral(build: Any, *inputs: Any, of: str = "weight", **options: Any) -> Any:
    """A case of nn.utils.spectral_norm."""
    return layer(
        "utils.spectral_norm",
        lambda nn: nn.utils.spectral_norm(build(nn), of, **options),
        *inputs,
        call=twice,
    )


def spectral_linear(m: Any, x: Any) -> Any:
    return m.nn.utils.spectral_norm(m.nn.Linear(4, 3).to(x.dtype))


def unspectral(m: Any, net: Any, x: Any, *name: str) -> Any:
    """A call with spectral_norm, one after its removal, and the module's state then."""
    before = net(x)
    m.nn.utils.remove_spectral_norm(net, *name)
    return before, net(x), net.state_dict(), list(net._forward_pre_hooks.values()) == []


def twice(net: Any, *inputs: Any) -> Any:
    """Two calls, then the weight: the second call starts from the first one's vectors."""
    return net(*inputs), net(*inputs), net.weight if hasattr(net, "weight") else None


HOOKS = [
    normed(lambda nn: nn.Linear(4, 3), randn(2, 4)),
    normed(lambda nn: nn.Linear(4, 3), randn(2, 4), dim=None),
    normed(lambda nn: nn.Linear(4, 3), randn(2, 4), dim=1),
    layer(
        "utils.weight_norm",
        lambda nn: weight_norm(nn, nn.Linear(4, 3), "bias"),
        randn(2, 4),
        floor=1.0,
        reason="with one entry a norm, v / ‖v‖ is its sign and v̄ is 0; PyTorch's "
        "is 2e-16, which is rounding",
    ),
    normed(lambda nn: nn.Conv2d(2, 3, (2, 3)), randn(2, 2, 4, 5)),
    normed(lambda nn: nn.ConvTranspose1d(2, 3, 3), randn(2, 2, 4), dim=1),
    normed(lambda nn: nn.Conv1d(2, 3, 3), randn(2, 2, 4), dim=-2),
    normed(lambda nn: nn.LSTMCell(2, 3), randn(4, 2), of="weight_hh"),
    raises("nn.utils.weight_norm", lambda m: weight_norm(m.nn, m.nn.Linear(2, 3), "w")),
    raises("nn.utils.weight_norm", lambda m: weight_norm(m.nn, m.nn.Linear(2, 3), dim=2)),
    raises("nn.utils.weight_norm", lambda m: weight_norm(m.nn, m.nn.Linear(2, 3), "in_features")),
    raises(
        "nn.utils.weight_norm",
        lambda m: weight_norm(m.nn, m.nn.Linear(2, 3, bias=False), "bias"),
    ),
    raises(
        "nn.utils.weight_norm",
        lambda m: weight_norm(m.nn, weight_norm(m.nn, m.nn.Linear(2, 3))),
    ),
    raises("nn.utils.weight_norm", lambda m: weight_norm(m.nn, m.nn.LazyLinear(3))),
    layer(
        "utils.remove_weight_norm",
        lambda nn: nn.utils.remove_weight_norm(weight_norm(nn, nn.Linear(4, 3))),
        randn(2, 4),
    ),
    layer(
        "utils.remove_weight_norm",
        lambda nn: nn.utils.remove_weight_norm(
            weight_norm(nn, weight_norm(nn, nn.Linear(4, 3)), "bias", None), "bias"
        ),
        randn(2, 4),
    ),
    raises("nn.utils.remove_weight_norm", lambda m: m.nn.utils.remove_weight_norm(m.nn.ReLU())),
    raises(
        "nn.utils.remove_weight_norm",
        lambda m: m.nn.utils.remove_weight_norm(weight_norm(m.nn, m.nn.Linear(1, 1)), "bias"),
    ),
    spectral(lambda nn: nn.Linear(4, 3), randn(2, 4)),
    spectral(lambda nn: nn.Linear(4, 3), randn(2, 4), n_power_iterations=3),
    spectral(lambda nn: nn.Linear(4, 3), randn(2, 4), dim=1, eps=0.5),
    spectral(lambda nn: nn.Linear(4, 3), randn(2, 4), of="bias"),
    spectral(lambda nn: nn.Conv2d(2, 3, (2, 3)), randn(2, 2, 4, 5)),
    spectral(lambda nn: nn.ConvTranspose2d(2, 3, 2), randn(2, 2, 4, 4)),
    raises("nn.utils.spectral_norm", lambda m: m.nn.utils.spectral_norm(m.nn.Linear(2, 3), "w")),
    raises(
        "nn.utils.spectral_norm",
        lambda m: m.nn.utils.spectral_norm(m.nn.Linear(2, 3), n_power_iterations=0),
    ),
    raises("nn.utils.spectral_norm", lambda m: m.nn.utils.spectral_norm(m.nn.Linear(2, 3), dim=2)),
    raises(
        "nn.utils.spectral_norm",
        lambda m: m.nn.utils.spectral_norm(m.nn.Linear(2, 3, bias=False), "bias"),
    ),
    raises(
        "nn.utils.spectral_norm",
        lambda m: m.nn.utils.spectral_norm(m.nn.utils.spectral_norm(m.nn.Linear(2, 3))),
    ),
    raises("nn.utils.spectral_norm", lambda m: m.nn.utils.spectral_norm(m.nn.LazyLinear(3))),
    # not as layers: PyTorch's load_state_dict goes on asking for the keys of before
    case(
        "nn.utils.remove_spectral_norm",
        lambda m, x: unspectral(m, spectral_linear(m, x), x),
        randn(2, 4),
        random=True,
    ),
    case(
        "nn.utils.remove_spectral_norm",
        lambda m, x: unspectral(
            m, m.nn.utils.spectral_norm(spectral_linear(m, x), "bias"), x, "bias"
        ),
        randn(2, 4),
        random=True,
    ),
    raises("nn.utils.remove_spectral_norm", lambda m: m.nn.utils.remove_spectral_norm(m.nn.ReLU())),
]
CASES = [*CLIPPING, *VECTORS, *FUSION, *HOOKS]
