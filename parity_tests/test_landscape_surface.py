"""The cost as a function of the parameters has PyTorch's derivatives."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from refnet.landscape import Surface

NETWORKS: dict[str, Callable[[Any], Any]] = {
    "tanh": lambda nn: nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3)),
    "batch norm": lambda nn: nn.Sequential(
        nn.Linear(4, 5), nn.BatchNorm1d(5), nn.GELU(), nn.Linear(5, 3)
    ),
    "convolution": lambda nn: nn.Sequential(
        nn.Unflatten(1, (1, 2, 2)),
        nn.Conv2d(1, 3, 2, padding=1),
        nn.SiLU(),
        nn.Flatten(),
        nn.Linear(27, 3),
    ),
}
COSTS = {"cross entropy": "CrossEntropyLoss", "squares": "MSELoss"}


def sides(network: str, cost: str, mode: bool = True) -> tuple[Surface, Any, Any, np.ndarray]:
    """refnet's surface; PyTorch's outputs and cost as functions of θ; a direction."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20, 4))
    Y = rng.integers(0, 3, 20) if cost == "CrossEntropyLoss" else rng.standard_normal((20, 3))
    models = []
    for m in (refnet, torch):
        m.manual_seed(0)
        models.append(NETWORKS[network](m.nn).to(m.float64).train(mode))
    ours, theirs = models
    surface = Surface(ours, getattr(refnet.nn, cost)(), refnet.from_numpy(X), refnet.from_numpy(Y))
    names = [(name, p.shape, p.numel()) for name, p in theirs.named_parameters()]

    def outputs(theta: Any) -> Any:
        parts = torch.split(theta, [n for *_, n in names])
        state = {
            name: part.view(shape) for (name, shape, _), part in zip(names, parts, strict=True)
        }
        return torch.func.functional_call(theirs, state, (torch.from_numpy(X),))

    def value(out: Any) -> Any:
        return getattr(torch.nn, cost)()(out, torch.from_numpy(Y))

    return surface, outputs, value, rng.standard_normal(surface.size)


@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
@pytest.mark.parametrize("network", NETWORKS)
def test_every_derivative_is_pytorchs(network: str, cost: str) -> None:
    surface, outputs, value, v = sides(network, cost)
    theta = surface.theta + 0.3 * np.random.default_rng(1).standard_normal(surface.size)
    t = torch.from_numpy(theta)
    C = lambda t: value(outputs(t))  # noqa: E731
    close = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(surface.value(theta), C(t).item(), **close)
    np.testing.assert_allclose(surface.outputs(theta), outputs(t), **close)
    (g,) = torch.autograd.grad(C(t.requires_grad_()), t)
    np.testing.assert_allclose(surface.gradient(theta), g, **close)
    H = torch.autograd.functional.hessian(C, t.detach()).numpy()
    np.testing.assert_allclose(surface.hvp(theta, v), H @ v, **close)
    np.testing.assert_allclose(surface.hessian(theta), H, **close)
    F = outputs(t.detach()).detach()
    J = torch.autograd.functional.jacobian(outputs, t.detach()).reshape(F.numel(), -1).numpy()
    L = torch.autograd.functional.hessian(value, F).reshape(F.numel(), F.numel()).numpy()
    np.testing.assert_allclose(surface.gauss_newton(theta, v), J.T @ (L @ (J @ v)), **close)


def test_the_empirical_fisher_is_the_mean_of_the_examples_squares() -> None:
    surface, outputs, _, v = sides("tanh", "CrossEntropyLoss")
    t = torch.from_numpy(surface.theta).requires_grad_()
    losses = torch.nn.functional.cross_entropy(
        outputs(t), torch.from_numpy(surface.y.numpy()), reduction="none"
    )
    G = np.array([torch.autograd.grad(loss, t, retain_graph=True)[0].numpy() for loss in losses])
    np.testing.assert_allclose(
        surface.empirical_fisher(surface.theta, v), G.T @ (G @ v) / len(G), rtol=1e-12, atol=1e-13
    )


def test_the_model_is_left_as_it_was() -> None:
    surface, *_, v = sides("batch norm", "CrossEntropyLoss")
    before = {name: t.numpy().copy() for name, t in surface.model.state_dict().items()}
    theta = surface.theta
    surface.gradient(theta + 1)
    surface.hvp(theta + 1, v)
    with pytest.raises(ValueError, match=r"theta of the shape \(53,\), got \(3,\)"):
        surface.value(np.ones(3))
    for name, t in surface.model.state_dict().items():
        np.testing.assert_array_equal(t.numpy(), before[name], err_msg=name)


def test_a_kink_on_the_point_is_an_error() -> None:
    model = refnet.nn.Sequential(refnet.nn.Linear(2, 2), refnet.nn.ReLU())
    x = refnet.zeros(3, 2)
    surface = Surface(model, refnet.nn.MSELoss(), x, refnet.ones(3, 2))
    with pytest.raises(refnet.NotAnalyticError):
        surface.hvp(np.zeros(surface.size), np.ones(surface.size))


def test_a_model_without_parameters_is_an_error() -> None:
    with pytest.raises(ValueError, match="a model with parameters that require a gradient"):
        Surface(refnet.nn.ReLU(), refnet.nn.MSELoss(), refnet.ones(1), refnet.ones(1))
