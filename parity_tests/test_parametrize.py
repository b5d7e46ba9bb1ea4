"""Parametrizations, normalisation by hooks and functional_call against PyTorch, as programs.

What comes down to one call of a layer is in cases/parametrize.py and cases/nn_utils.py.
"""

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from parity_tests.cases.parametrize import parametrized, parts, tied
from parity_tests.outcomes import assert_same_result, assert_same_type_of_error


def P(m: Any) -> Any:  # noqa: N802 - the name PyTorch's documents give it
    return m.nn.utils.parametrize


def kinds(net: Any) -> list[str]:
    return [type(net).__name__, type(net).__mro__[1].__name__]


def registered(m: Any) -> Any:
    net = parametrized(m, "Symmetric", "Scaled")
    before = [kinds(net), repr(net), list(net.state_dict()), P(m).is_parametrized(net)]
    here = [P(m).is_parametrized(net, "weight"), P(m).is_parametrized(net, "bias")]
    return [before, here, P(m).type_before_parametrizations(net).__name__, net.weight]


def removed(m: Any) -> Any:
    net = parametrized(m, "Symmetric")
    P(m).register_parametrization(net, "bias", parts(m).Scaled())
    w, original = net.weight.detach(), net.parametrizations.weight.original
    P(m).remove_parametrizations(net, "weight")
    first = [kinds(net), list(net.state_dict()), net.weight is original, m.equal(net.weight, w)]
    P(m).remove_parametrizations(net, "bias", False)
    return [first, kinds(net), list(net.state_dict()), P(m).is_parametrized(net)]


def removed_product(m: Any) -> Any:
    net = parametrized(m, "Product", unsafe=True)
    w = net.weight.detach()
    P(m).remove_parametrizations(net, "weight")
    return [net.weight, m.equal(net.weight, w), isinstance(net.weight, m.nn.Parameter)]


def assigned(m: Any) -> Any:
    net = parametrized(m, "Symmetric")
    original = net.parametrizations.weight.original
    net.weight = m.arange(9.0).reshape(3, 3)
    return [net.weight, original, original is net.parametrizations.weight.original]


def assigned_product(m: Any) -> Any:
    net = parametrized(m, "Product", unsafe=True)
    net.weight = m.ones(3, 3)
    return [net.weight, net.state_dict()]


def cached(m: Any) -> Any:
    net = parametrized(m, "Symmetric")
    log = []
    with P(m).cached():
        with P(m).cached():
            log.append(net.weight is net.weight)
        log.append(net.weight is net.weight)
    return [*log, net.weight is net.weight]


def trained(m: Any) -> Any:
    """Three steps; the optimizer was made before the parametrization."""
    net = m.nn.Linear(3, 3)
    optim = m.optim.SGD(net.parameters(), lr=0.1)
    P(m).register_parametrization(net, "weight", parts(m).Symmetric())
    for _ in range(3):
        optim.zero_grad()
        net(m.ones(2, 3)).square().backward(m.tensor([[0.3, -1.2, 0.8], [1.5, 0.1, -0.6]]))
        optim.step()
    return [net.weight, net.weight.t()]


def copied(m: Any) -> Any:
    net = parametrized(m, "Symmetric")
    twin = copy.deepcopy(net)
    with m.no_grad():
        twin.parametrizations.weight.original.add_(1)
    return [net.weight, twin.weight, kinds(twin)]


def modes(m: Any) -> Any:
    net = m.nn.utils.parametrizations.spectral_norm(m.nn.Linear(3, 3).eval())
    return [net.parametrizations.weight[0].training, m.equal(net.weight, net.weight)]


def a_buffer(m: Any) -> Any:
    net = m.nn.BatchNorm1d(3)
    P(m).register_parametrization(net, "running_var", parts(m).Scaled())
    return [list(net.state_dict()), [n for n, _ in net.named_buffers()], net.running_var]


def transferred(m: Any, *name: str) -> Any:
    source = parametrized(m, "Symmetric", "Scaled")
    P(m).register_parametrization(source, "bias", parts(m).Scaled())
    target = m.nn.Linear(3, 3)
    del target.weight, target.bias
    P(m).transfer_parametrizations_and_params(source, target, *name)
    shared = target.parametrizations.weight.original is source.parametrizations.weight.original
    return [list(target.state_dict()), target.weight, shared]


def transferred_product(m: Any) -> Any:
    source = m.nn.utils.parametrizations.weight_norm(m.nn.Linear(3, 3))
    target = m.nn.utils.parametrizations.weight_norm(m.nn.Linear(3, 3))
    for i in range(2):
        name = f"original{i}"
        setattr(target.parametrizations.weight, name, getattr(source.parametrizations.weight, name))
    return m.equal(source.weight, target.weight)


def old_checkpoint(m: Any) -> Any:
    """weight_norm's keys of before are taken, and the dictionary stays as it was."""
    net = m.nn.utils.parametrizations.weight_norm(m.nn.Linear(2, 2))
    old = {"weight_g": m.ones(2, 1), "weight_v": m.ones(2, 2), "bias": m.zeros(2)}
    return [net.load_state_dict(old), net.weight, list(old)]


def bad(**methods: Callable[..., Any]) -> Callable[[Any], Any]:
    """Register a parametrization with these methods; say also what is left of the module."""

    def program(m: Any) -> Any:
        net = m.nn.Linear(3, 3)
        kind = type("Bad", (m.nn.Module,), {"forward": lambda self, x: x, **methods})
        try:
            return P(m).register_parametrization(net, "weight", kind())
        finally:
            assert list(net.state_dict()) == ["weight", "bias"]
            assert net.weight.shape == (3, 3) or m is torch  # PyTorch may leave it changed

    return program


def bad_second(**methods: Callable[..., Any]) -> Callable[[Any], Any]:
    def program(m: Any) -> Any:
        net = parametrized(m, "Symmetric")
        kind = type("Bad", (m.nn.Module,), {"forward": lambda self, x: x, **methods})
        try:
            return P(m).register_parametrization(net, "weight", kind())
        finally:
            assert len(net.parametrizations.weight) == 1

    return program


def bad_assignment(right_inverse: Callable[..., Any]) -> Callable[[Any], Any]:
    """A right_inverse that is wrong at the second call."""

    def program(m: Any) -> Any:
        net = parametrized(m, "Product", unsafe=True)
        type(net.parametrizations.weight[0]).right_inverse = right_inverse
        net.weight = m.ones(3, 3)

    return program


def stateful(m: Any) -> Any:
    """A module that assigns to its buffer: the dictionary sees it, the module does not keep it."""

    class Counting(m.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("count", m.zeros(()))

        def forward(self, x: Any) -> Any:
            self.count = self.count + 1
            return x + self.count

    net, given = Counting(), {"count": m.tensor(5.0)}
    return [m.func.functional_call(net, given, m.zeros(2)), given, net.count]


def an_error_inside(m: Any) -> Any:
    net = m.nn.Linear(3, 1)
    before = net.weight
    try:
        m.func.functional_call(net, {"weight": m.ones(1, 2), "extra": m.ones(1)}, m.ones(2, 3))
    except RuntimeError:
        return [net.weight is before, hasattr(net, "extra")]


def with_attribute(m: Any) -> Any:
    """A name that is no parameter's: an attribute for the time of the call."""

    class Net(m.nn.Module):
        scale = None

        def forward(self, x: Any) -> Any:
            return x * self.scale

    net = Net()
    return [m.func.functional_call(net, {"scale": m.tensor(2.0)}, m.ones(2)), net.scale]


def over_parametrized(m: Any) -> Any:
    """The value of a parametrized tensor itself."""
    net = parametrized(m, "Symmetric")
    before = net.weight.detach()
    y = m.func.functional_call(net, {"weight": m.ones(3, 3)}, m.ones(1, 3))
    return [y, m.equal(before, net.weight)]


def hooked(m: Any, name: str) -> Any:
    """The module with its hook: keys, kinds of members, which are trained."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = getattr(m.nn.utils, name)(m.nn.Linear(3, 2))
    names = [n for n, _ in net.named_parameters()], [n for n, _ in net.named_buffers()]
    before = type(net.weight).__name__, net.weight.requires_grad
    net(m.ones(1, 3)).backward(m.tensor([[0.3, -1.2]]))
    return [names, before, net.weight.requires_grad, [p.grad for p in net.parameters()]]


def tied_values(m: Any) -> Any:
    w = m.ones(3, 3)
    given = {"0.weight": w, "2.weight": w, "0.bias": m.zeros(3)}
    return m.func.functional_call(tied(m), given, m.ones(1, 3), strict=True)


PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "registered": registered,
    "removed": removed,
    "removed, of several tensors": removed_product,
    "assigned": assigned,
    "assigned, several tensors": assigned_product,
    "cached": cached,
    "trained": trained,
    "copied": copied,
    "modes": modes,
    "a buffer": a_buffer,
    "transferred": transferred,
    "transferred, one": lambda m: transferred(m, "weight"),
    "transferred, nothing": lambda m: repr(
        P(m).transfer_parametrizations_and_params(m.nn.ReLU(), m.nn.Tanh())
    ),
    "transferred, several tensors": transferred_product,
    "old checkpoint": old_checkpoint,
    "functional_call, a module with state": stateful,
    "functional_call, an error inside": an_error_inside,
    "functional_call, an attribute": with_attribute,
    "functional_call, a parametrized tensor": over_parametrized,
    "functional_call, tied values": tied_values,
    "weight_norm": lambda m: hooked(m, "weight_norm"),
    "spectral_norm": lambda m: hooked(m, "spectral_norm"),
}

ERRORS: dict[str, Callable[[Any], Any]] = {
    "no such tensor": lambda m: parametrized(m, "Scaled", on="in_features"),
    "another shape": bad(forward=lambda self, x: x[:2]),
    "another dtype": bad(forward=lambda self, x: x.double()),
    "no tensor": bad(forward=lambda self, x: 3),
    "right_inverse of another dtype": bad(right_inverse=lambda self, x: x.double()),
    "right_inverse of no tensor": bad(right_inverse=lambda self, x: 3),
    "right_inverse of no tensors": bad(right_inverse=lambda self, x: [x, 3]),
    "right_inverse of another shape": bad(right_inverse=lambda self, x: x[:1]),
    "second, another shape": bad_second(forward=lambda self, x: x[:2]),
    "second, another dtype": bad_second(forward=lambda self, x: x.double()),
    "second, no tensor": bad_second(forward=lambda self, x: 3),
    "second, right_inverse of another dtype": bad_second(right_inverse=lambda self, x: x.double()),
    "second, right_inverse of another shape": bad_second(right_inverse=lambda self, x: x[:2]),
    "second, right_inverse of no tensor": bad_second(right_inverse=lambda self, x: (x, x)),
    "assigned without right_inverse": lambda m: setattr(
        parametrized(m, "Scaled"), "weight", m.ones(3, 3)
    ),
    "assigned, one tensor for two": bad_assignment(lambda self, z: z.mean()),
    "assigned, three tensors for two": bad_assignment(lambda self, z: (z, z, z)),
    "assigned, another dtype": bad_assignment(lambda self, z: (z.double(), z)),
    "assigned, no tensors": bad_assignment(lambda self, z: (z, 3)),
    "a parameter assigned": lambda m: setattr(
        parametrized(m, "Symmetric"), "weight", m.nn.Parameter(m.ones(3, 3))
    ),
    "not parametrized": lambda m: P(m).remove_parametrizations(m.nn.Linear(1, 1), "weight"),
    "another is parametrized": lambda m: P(m).remove_parametrizations(
        parametrized(m, "Scaled"), "bias"
    ),
    "several originals": lambda m: P(m).remove_parametrizations(
        parametrized(m, "Product", unsafe=True), "weight", leave_parametrized=False
    ),
    "an empty list": lambda m: P(m).ParametrizationList([], m.ones(1)),
    "pickled": lambda m: parametrized(m, "Scaled").__getstate__(),
    "orthogonal, another shape assigned": lambda m: setattr(
        m.nn.utils.parametrizations.orthogonal(m.nn.Linear(3, 3)), "weight", m.ones(2, 2)
    ),
    "orthogonal, assigned without a base": lambda m: setattr(
        m.nn.utils.parametrizations.orthogonal(m.nn.Linear(3, 3), use_trivialization=False),
        "weight",
        m.ones(3, 3),
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    assert_same_result(PROGRAMS[name])


@pytest.mark.parametrize("name", ERRORS)
def test_error(name: str) -> None:
    assert_same_type_of_error(ERRORS[name])


@pytest.mark.parametrize("shape", [(4, 3), (3, 5), (2, 2)])
@pytest.mark.parametrize("orthogonal_map", ["matrix_exp", "cayley", "householder"])
@pytest.mark.parametrize("use_trivialization", [True, False])
def test_orthogonal_from_the_seed(
    shape: tuple[int, int], orthogonal_map: str, use_trivialization: bool
) -> None:
    """In float64 the state is PyTorch's from the same seed, and the weight is orthogonal."""
    states = []
    for m in (refnet, torch):
        m.manual_seed(0)
        net = m.nn.Linear(*shape, dtype=m.float64)
        m.nn.utils.parametrizations.orthogonal(
            net, orthogonal_map=orthogonal_map, use_trivialization=use_trivialization
        )
        states.append({k: v.detach().numpy() for k, v in net.state_dict().items()})
        q = net.weight.detach().numpy()
        q = q if shape[0] <= shape[1] else q.T
        assert np.allclose(q.T @ q, np.eye(len(q.T)), rtol=0, atol=1e-14)
    assert states[0].keys() == states[1].keys()
    for key, value in states[0].items():
        np.testing.assert_allclose(value, states[1][key], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "program",
    [
        lambda m: m.nn.utils.weight_norm(m.nn.Linear(2, 2)),
        lambda m: m.nn.utils.stateless.functional_call(m.nn.Linear(2, 2), {}, m.ones(2)),
        lambda m: m.nn.utils.clip_grad_norm([], 1.0),
        lambda m: m.nn.utils.clip_grad_norm_((x for x in []), 1.0),
    ],
)
def test_warns_where_pytorch_does(program: Callable[[Any], Any]) -> None:
    seen = []
    for m in (refnet, torch):
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            program(m)
        seen.append([(w.category, w.filename) for w in warned])
    (ours, where), (theirs, _) = seen[0][0], seen[1][0]
    assert ours is theirs
    assert where == __file__
    assert len(seen[0]) == len(seen[1]) == 1
