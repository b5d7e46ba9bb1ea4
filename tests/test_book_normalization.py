"""What docs/book/normalization.md says, checked group by group."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import refnet
from refnet import nn

EPS = 1e-2
# Each norm of x: (4, 6, 5), and its groups as slices of x.
NORMS: dict[str, tuple[Callable[[], Any], list[Any]]] = {
    "batch": (lambda: nn.BatchNorm1d(6, EPS), [np.s_[:, c] for c in range(6)]),
    "layer": (lambda: nn.LayerNorm((6, 5), EPS), [np.s_[n] for n in range(4)]),
    "group": (
        lambda: nn.GroupNorm(2, 6, EPS),
        [np.s_[n, c : c + 3] for n in range(4) for c in (0, 3)],
    ),
    "instance": (
        lambda: nn.InstanceNorm1d(6, EPS, affine=True),
        [np.s_[n, c] for n in range(4) for c in range(6)],
    ),
    "rms": (lambda: nn.RMSNorm((6, 5), EPS), [np.s_[n] for n in range(4)]),
}


def layer(name: str) -> tuple[Any, Any, Any]:
    """The layer with random parameters, and γ and β in a shape that broadcasts with x."""
    refnet.manual_seed(0)
    made = NORMS[name][0]().double()
    for p in made.parameters():
        nn.init.normal_(p)
    gamma, beta = (
        0.0 if p is None else p.detach().numpy().reshape((6, -1))
        for p in (made.weight, getattr(made, "bias", None))
    )
    return made, gamma, beta


def normalised(a: Any, name: str) -> tuple[Any, float]:
    d = a - (0 if name == "rms" else a.mean())
    r = 1 / np.sqrt((d * d).mean() + EPS)
    return d * r, r


@pytest.mark.parametrize("name", NORMS)
def test_each_norm_normalises_its_groups(name: str) -> None:
    x = 3 + np.random.default_rng(0).standard_normal((4, 6, 5))
    made, gamma, beta = layer(name)
    xhat = np.empty_like(x)
    for group in NORMS[name][1]:
        xhat[group] = normalised(x[group], name)[0]
    y = made(refnet.tensor(x)).detach().numpy()
    np.testing.assert_allclose(y, gamma * xhat + beta, rtol=1e-11)


@pytest.mark.parametrize("name", NORMS)
def test_the_gradient_is_that_of_each_group(name: str) -> None:
    rng = np.random.default_rng(1)
    data, dy = rng.standard_normal((2, 4, 6, 5))
    made, gamma, _ = layer(name)
    x = refnet.tensor(data, requires_grad=True)
    made(x).backward(refnet.tensor(dy))
    expected, h = np.empty_like(data), gamma * dy
    for group in NORMS[name][1]:
        xhat, r = normalised(data[group], name)
        a = h[group].ravel()
        ones = 0 if name == "rms" else np.ones((a.size, a.size))
        u = xhat.ravel()
        jacobian = r * (np.eye(a.size) - (ones + np.outer(u, u)) / a.size)
        expected[group] = (jacobian.T @ a).reshape(xhat.shape)
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-9, atol=1e-13)


def test_running_statistics() -> None:
    rng = np.random.default_rng(2)
    norm = nn.BatchNorm1d(3, momentum=0.3, dtype=refnet.float64)
    mean, var = np.zeros(3), np.ones(3)
    for n in (4, 7):
        x = rng.standard_normal((n, 3, 2))
        norm(refnet.tensor(x))
        mean = 0.7 * mean + 0.3 * x.mean(axis=(0, 2))
        var = 0.7 * var + 0.3 * x.var(axis=(0, 2), ddof=1)
    np.testing.assert_allclose(norm.running_mean.numpy(), mean, rtol=1e-13)
    np.testing.assert_allclose(norm.running_var.numpy(), var, rtol=1e-13)
    x, r = rng.standard_normal((1, 3, 2)), 1 / np.sqrt(var + norm.eps)
    y = norm.eval()(refnet.tensor(x)).detach().numpy()
    np.testing.assert_allclose(y, (x - mean[:, None]) * r[:, None], rtol=1e-12)
