"""nn.utils.parametrize and parametrizations, func.functional_call, one line a case.

What does not come down to numbers is in test_parametrize.py.
"""

import warnings
from typing import Any

from parity_tests.cases import case, layer, raises, randn


def twice(net: Any, *inputs: Any) -> Any:
    """Two calls, and the weight: in training spectral_norm changes its vectors at each access."""
    return net(*inputs), net(*inputs), net.weight


def of(name: str, build: Any, *inputs: Any, on: str = "weight", **options: Any) -> Any:
    """A case of one of the parametrizations."""
    checks = options.pop("checks", {})
    return layer(
        f"utils.parametrizations.{name}",
        lambda nn: getattr(nn.utils.parametrizations, name)(build(nn), on, **options),
        *inputs,
        call=twice if on == "weight" else None,
        **checks,
    )


def orthogonal(build: Any, *inputs: Any, **options: Any) -> Any:
    """A case of orthogonal."""
    return of("orthogonal", build, *inputs, checks=_BASE, **options)


_BASE = {
    "init": False,
    "reason": "the initial base is computed in float64; test_parametrize.py compares it",
}

WEIGHT_NORM = [
    of("weight_norm", lambda nn: nn.Linear(4, 3), randn(2, 4)),
    of("weight_norm", lambda nn: nn.Linear(4, 3), randn(2, 4), dim=None),
    of("weight_norm", lambda nn: nn.Linear(4, 3), randn(2, 4), dim=1),
    of("weight_norm", lambda nn: nn.LSTMCell(2, 3), randn(4, 2), on="weight_hh"),
    of("weight_norm", lambda nn: nn.Conv2d(2, 3, (2, 3)), randn(2, 2, 4, 5)),
    of("weight_norm", lambda nn: nn.ConvTranspose1d(2, 3, 3), randn(2, 2, 4), dim=1),
    of("weight_norm", lambda nn: nn.Conv1d(2, 3, 3), randn(2, 2, 4), dim=-2),
    raises(
        "nn.utils.parametrizations.weight_norm",
        lambda m: m.nn.utils.parametrizations.weight_norm(m.nn.Linear(2, 3), "w"),
    ),
    raises(
        "nn.utils.parametrizations.weight_norm",
        lambda m: m.nn.utils.parametrizations.weight_norm(m.nn.Linear(2, 3), dim=2),
    ),
]

SPECTRAL_NORM = [
    of("spectral_norm", lambda nn: nn.Linear(4, 3), randn(2, 4)),
    of(
        "spectral_norm",
        lambda nn: nn.Linear(4, 3),
        randn(2, 4),
        n_power_iterations=3,
    ),
    of("spectral_norm", lambda nn: nn.Linear(4, 3), randn(2, 4), dim=-1, eps=0.5),
    of("spectral_norm", lambda nn: nn.Linear(4, 3), randn(2, 4), on="bias"),
    of("spectral_norm", lambda nn: nn.Conv2d(2, 3, 2), randn(2, 2, 4, 5)),
    of("spectral_norm", lambda nn: nn.ConvTranspose2d(2, 3, 2), randn(2, 2, 4, 4)),
    *(
        raises(
            "nn.utils.parametrizations.spectral_norm",
            lambda m, o=o: m.nn.utils.parametrizations.spectral_norm(m.nn.Linear(2, 3), **o),
        )
        for o in [{"name": "w"}, {"n_power_iterations": 0}, {"dim": 2}, {"dim": -3}]
    ),
]

ORTHOGONAL = [
    orthogonal(lambda nn: nn.Linear(4, 4), randn(2, 4)),
    orthogonal(lambda nn: nn.Linear(4, 3), randn(2, 4)),
    orthogonal(lambda nn: nn.Linear(3, 5), randn(2, 3)),
    *(
        orthogonal(
            lambda nn, n=n, k=k: nn.Linear(n, k),
            randn(3, n),
            orthogonal_map=name,
            use_trivialization=b,
        )
        for name in ("matrix_exp", "cayley", "householder")
        for n, k, b in [(3, 3, True), (4, 2, False), (2, 4, True)]
    ),
    orthogonal(lambda nn: nn.Linear(1, 1), randn(2, 1)),
    orthogonal(lambda nn: nn.Bilinear(2, 3, 2), randn(4, 2), randn(4, 3)),
    *(
        raises(
            "nn.utils.parametrizations.orthogonal",
            lambda m, o=o: m.nn.utils.parametrizations.orthogonal(m.nn.Linear(2, 3), **o),
        )
        for o in [{"name": "w"}, {"name": "bias"}, {"orthogonal_map": "qr"}]
    ),
]


# --- parametrize -------------------------------------------------------------------------------


def parts(m: Any) -> Any:
    """Parametrizations as a user would write them."""

    class Parts:
        class Symmetric(m.nn.Module):
            def forward(self, x: Any) -> Any:
                return x.triu() + x.triu(1).t()

            def right_inverse(self, x: Any) -> Any:
                return x.triu()

        class Scaled(m.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.scale = m.nn.Parameter(m.ones(()))

            def forward(self, x: Any) -> Any:
                return x * self.scale

        class Product(m.nn.Module):
            def forward(self, x: Any, y: Any) -> Any:
                return x @ y

            def right_inverse(self, z: Any) -> Any:
                return z[:, :2].clone(), z[:2].clone()

    return Parts


def parametrized(m: Any, *names: str, on: str = "weight", unsafe: bool = False) -> Any:
    """A linear layer with these parametrizations, one after the other."""
    net = m.nn.Linear(3, 3)
    for name in names:
        m.nn.utils.parametrize.register_parametrization(
            net, on, getattr(parts(m), name)(), unsafe=unsafe
        )
    return net


def in_cache(m: Any, net: Any, x: Any) -> Any:
    """Two uses of one weight, and the gradient that reaches what it is computed from."""
    with m.nn.utils.parametrize.cached():
        y = net(x) * net.weight.sum()
    y.sum().backward(retain_graph=True)
    return y, net.parametrizations.weight.original.grad


def registered(*names: str, **options: Any) -> Any:
    return layer(
        "utils.parametrize.register_parametrization",
        lambda nn, m: parametrized(m, *names, **options),
        randn(2, 3),
    )


PARAMETRIZE = [
    registered("Symmetric"),
    registered("Scaled"),
    registered("Symmetric", "Scaled"),
    registered("Product", unsafe=True),
    registered("Product", "Scaled"),
    registered("Scaled", on="bias"),
    layer(
        "utils.parametrize.remove_parametrizations",
        lambda nn, m: nn.utils.parametrize.remove_parametrizations(
            parametrized(m, "Symmetric"), "weight"
        ),
        randn(2, 3),
    ),
    layer(
        "utils.parametrize.remove_parametrizations",
        lambda nn, m: nn.utils.parametrize.remove_parametrizations(
            parametrized(m, "Symmetric"), "weight", leave_parametrized=False
        ),
        randn(2, 3),
    ),
    layer(
        "utils.parametrize.ParametrizationList",
        lambda nn, m: nn.utils.parametrize.ParametrizationList(
            [parts(m).Symmetric(), parts(m).Scaled()], nn.Parameter(m.ones(3, 3)), unsafe=True
        ),
    ),
    case(
        "nn.utils.parametrize.cached",
        lambda m, x: in_cache(m, parametrized(m, "Symmetric").to(x.dtype), x),
        randn(2, 3),
        random=True,
    ),
    case(
        "nn.utils.parametrize.is_parametrized",
        lambda m: [
            m.nn.utils.parametrize.is_parametrized(net, *name)
            for net in (parametrized(m, "Scaled"), m.nn.Linear(1, 1))
            for name in ((), ("weight",), ("bias",), (None,))
        ],
    ),
    case(
        "nn.utils.parametrize.type_before_parametrizations",
        lambda m: [
            m.nn.utils.parametrize.type_before_parametrizations(net) is m.nn.Linear
            for net in (parametrized(m, "Scaled"), m.nn.Linear(1, 1), m.nn.ReLU())
        ],
    ),
    layer(
        "utils.parametrize.transfer_parametrizations_and_params",
        lambda nn, m: nn.utils.parametrize.transfer_parametrizations_and_params(
            parametrized(m, "Symmetric", "Scaled"), nn.Linear(3, 3), "weight"
        ),
        randn(2, 3),
    ),
]

# --- functional_call ---------------------------------------------------------------------------


def tied(m: Any) -> Any:
    """Two layers with one weight."""
    net = m.nn.Sequential(m.nn.Linear(3, 3), m.nn.Tanh(), m.nn.Linear(3, 3, bias=False))
    net[2].weight = net[0].weight
    return net


def deprecated_call(m: Any, *args: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return m.nn.utils.stateless.functional_call(*args, **options)


FUNCTIONAL_CALL = [
    case(
        "func.functional_call",
        lambda m, w, b, x: m.func.functional_call(
            m.nn.Linear(4, 3), {"weight": w, "bias": b}, x, strict=True
        ),
        randn(3, 4),
        randn(3),
        randn(2, 4),
    ),
    case(
        "func.functional_call",
        lambda m, w, b, x, y: m.func.functional_call(
            m.nn.Bilinear(2, 3, 2), ({"weight": w}, {"bias": b}), (x,), {"input2": y}
        ),
        randn(2, 2, 3),
        randn(2),
        randn(4, 2),
        randn(4, 3),
    ),
    case(
        "func.functional_call",
        lambda m, w, b, x: m.func.functional_call(tied(m), {"2.weight": w, "0.bias": b}, x),
        randn(3, 3),
        randn(3),
        randn(2, 3),
    ),
    case(
        "func.functional_call",
        lambda m, w, b, v, x: m.func.functional_call(
            tied(m), {"0.weight": w, "0.bias": b, "2.weight": v}, x, tie_weights=False
        ),
        randn(3, 3),
        randn(3),
        randn(3, 3),
        randn(2, 3),
    ),
    case(
        "func.functional_call",
        lambda m, w, x: m.func.functional_call(
            parametrized(m, "Symmetric").to(x.dtype),
            {"parametrizations.weight.original": w},
            x,
        ),
        randn(3, 3),
        randn(2, 3),
        random=True,
    ),
    case(
        "nn.utils.stateless.functional_call",
        lambda m, w, b, x: deprecated_call(
            m, tied(m), {"0.weight": w, "0.bias": b}, (), {"input": x}, tie_weights=True
        ),
        randn(3, 3),
        randn(3),
        randn(2, 3),
    ),
    case(
        "nn.utils.stateless.functional_call",
        lambda m, w, b, v, x: deprecated_call(
            m,
            tied(m),
            {"0.weight": w, "0.bias": b, "2.weight": v},
            x,
            tie_weights=False,
            strict=True,
        ),
        randn(3, 3),
        randn(3),
        randn(3, 3),
        randn(2, 3),
    ),
    *(
        raises("func.functional_call", lambda m, f=f: f(m, m.func.functional_call, m.ones(2, 3)))
        for f in [
            lambda m, call, x: call(tied(m), {"0.weight": x, "2.weight": x + 1}, x),
            lambda m, call, x: call(tied(m), {"0.bias": m.ones(3)}, x, strict=True),
            lambda m, call, x: call(m.nn.Linear(3, 1), {"weight": x, "w": x}, x, strict=True),
            lambda m, call, x: call(m.nn.Linear(3, 1), [{"weight": x}, {"weight": x}], x),
            lambda m, call, x: call(m.nn.Linear(3, 1), [{"weight": x}, 3], x),
            lambda m, call, x: call(m.nn.Linear(3, 1), 3, x),
            lambda m, call, x: call(m.nn.Linear(3, 1), {"weight": [1.0]}, x),
            lambda m, call, x: call(m.nn.Linear(3, 1), {"a.weight": x}, x),
            lambda m, call, x: call(m.nn.Linear(3, 1), {"in_features": x}, x),
            lambda m, call, x: call(m.nn.Linear(3, 1), {"": x}, x),
        ]
    ),
]

UTILS = [
    case(
        "nn.modules.utils.consume_prefix_in_state_dict_if_present",
        lambda m: (
            d := {"module.a": 1, "b": 2, "module.module.c": 3, "amodule.": 4},
            m.nn.modules.utils.consume_prefix_in_state_dict_if_present(d, "module."),
        ),
    ),
]

SKIP_INIT = [
    layer(
        "utils.skip_init",
        lambda nn, m: nn.utils.skip_init(nn.Linear, 4, out_features=3, dtype=m.float64),
        randn(2, 4),
        init=False,
        reason="it is not initialised",
    ),
    case(
        "nn.utils.skip_init",
        lambda m: (m.nn.utils.skip_init(m.nn.BatchNorm1d, 3).weight.shape, m.rand(3))[1],
        random=True,
    ),
    raises("nn.utils.skip_init", lambda m: m.nn.utils.skip_init(m.nn.ReLU)),
    raises("nn.utils.skip_init", lambda m: m.nn.utils.skip_init(m.Tensor, 3)),
]

CASES = [
    *WEIGHT_NORM,
    *SPECTRAL_NORM,
    *ORTHOGONAL,
    *PARAMETRIZE,
    *FUNCTIONAL_CALL,
    *UTILS,
    *SKIP_INIT,
]
