"""The formulas of the chapter "Step and surface optimizers" (docs/book/optimizers.md)."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import refnet
from refnet.ops.rule import Array
from refnet.optim import SGD, Adagrad, Adam, AdamW, RMSprop
from refnet.optim.lr_scheduler import CosineAnnealingLR
from refnet.optim.surface import EntropySGD
from refnet.optim.swa_utils import get_swa_avg_fn

G = np.random.default_rng(0).standard_normal((30, 4)) * np.array([1e-3, 1.0, 10.0, 1e3])


def parameter(values: Any) -> Any:
    return refnet.tensor(values, dtype=refnet.float64, requires_grad=True)


def follow(make: Callable[[Any], Any], gradients: Array, start: float = 0.0) -> Array:
    """Returns the positions of an optimizer that is given these gradients."""
    θ = parameter(np.full(gradients.shape[1], start))
    optimizer, path = make([θ]), [θ.detach().numpy().copy()]
    for g in gradients:
        θ.grad = refnet.tensor(g)
        optimizer.step()
        path.append(θ.detach().numpy().copy())
    return np.array(path)


def descend(λ: float, η: float, μ: float, steps: int) -> Array:
    """Returns the positions of a descent on ½ λ t² from t = 1."""
    t = parameter([1.0])
    optimizer, path = SGD([t], lr=η, momentum=μ), [1.0]
    for _ in range(steps):
        optimizer.zero_grad()
        (0.5 * λ * t * t).sum().backward()
        optimizer.step()
        path.append(t.item())
    return np.array(path)


@pytest.mark.parametrize("μ", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("λ", [0.3, 10.0])
def test_the_largest_stable_rate(λ: float, μ: float) -> None:
    limit = 2 * (1 + μ) / λ
    assert abs(descend(λ, 0.99 * limit, μ, 1500)[-1]) < 1e-2
    assert abs(descend(λ, 1.01 * limit, μ, 1500)[-1]) > 1e2


def test_the_best_single_rate() -> None:
    low, high = 0.4, 6.0
    κ, best = high / low, 2 / (high + low)

    def worst(η: float) -> float:
        return float(max(abs(descend(λ, η, 0.0, 1)[1]) for λ in (low, high)))

    assert worst(best) == pytest.approx((κ - 1) / (κ + 1), rel=1e-13)
    assert worst(best) < min(worst(0.98 * best), worst(1.02 * best))


@pytest.mark.parametrize("μ", [0.3, 0.9])
def test_momentum_is_a_recurrence(μ: float) -> None:
    η, λ = 0.2, 1.7
    t = descend(λ, η, μ, 40)
    assert t[1] == pytest.approx(1 - η * λ)
    np.testing.assert_allclose(
        t[2:], (1 + μ - η * λ) * t[1:-1] - μ * t[:-2], rtol=1e-11, atol=1e-15
    )
    roots = np.roots([1, -(1 + μ - η * λ), μ])
    assert np.prod(roots).real == pytest.approx(μ)
    if μ == 0.9:
        np.testing.assert_allclose(abs(roots), math.sqrt(μ), rtol=1e-13)
    constant = follow(lambda p: SGD(p, lr=1.0, momentum=μ), np.ones((400, 1)))
    assert constant[-2, 0] - constant[-1, 0] == pytest.approx(1 / (1 - μ), rel=1e-9)


def test_a_rate_for_each_parameter() -> None:
    v, θ = np.zeros(4), np.zeros(4)
    by_refnet = follow(lambda p: Adagrad(p, lr=0.1, eps=1e-10), G)
    for t, g in enumerate(G, 1):
        v = v + g**2
        θ = θ - 0.1 * g / (np.sqrt(v) + 1e-10)
        np.testing.assert_allclose(by_refnet[t], θ, rtol=1e-12)
    v, θ = np.zeros(4), np.zeros(4)
    by_refnet = follow(lambda p: RMSprop(p, lr=0.1, alpha=0.99, eps=1e-8), G)
    for t, g in enumerate(G, 1):
        v = 0.99 * v + 0.01 * g**2
        θ = θ - 0.1 * g / (np.sqrt(v) + 1e-8)
        np.testing.assert_allclose(by_refnet[t], θ, rtol=1e-12)
    np.testing.assert_allclose(by_refnet[1], -0.1 * 10 * np.sign(G[0]), rtol=1e-3)
    same = follow(lambda p: Adagrad(p, lr=0.1), np.full((9, 2), [3.0, -500.0]))
    np.testing.assert_allclose(np.diff(same, axis=0)[8], [-0.1 / 3, 0.1 / 3], rtol=1e-9)


def test_adam_and_the_weights_of_its_averages() -> None:
    β1, β2, ε, η = 0.8, 0.95, 1e-8, 0.1
    path = follow(lambda p: Adam(p, lr=η, betas=(β1, β2), eps=ε), G)
    for t in range(1, len(G) + 1):
        powers = np.arange(t)[::-1]
        weights = (1 - β1) * β1**powers
        assert weights.sum() == pytest.approx(1 - β1**t, rel=1e-12)
        m = weights @ G[:t]
        v = (1 - β2) * β2**powers @ G[:t] ** 2
        step = η * (m / (1 - β1**t)) / (np.sqrt(v / (1 - β2**t)) + ε)
        np.testing.assert_allclose(path[t], path[t - 1] - step, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(path[1], -η * np.sign(G[0]), rtol=1e-4)


def test_weight_decay() -> None:
    """For SGD in the gradient or apart is the same; for Adam it is not, and AdamW has it apart."""
    η, λ = 0.01, 0.1
    path = follow(lambda p: SGD(p, lr=η, weight_decay=λ), G, start=1.0)
    for t, g in enumerate(G, 1):
        np.testing.assert_allclose(path[t], (1 - η * λ) * path[t - 1] - η * g, rtol=1e-11)
    apart = follow(lambda p: AdamW(p, lr=η, weight_decay=λ), G, start=1.0)
    plain = follow(lambda p: Adam(p, lr=η), G, start=1.0)
    steps = np.diff(plain, axis=0)
    for t in range(1, len(G) + 1):
        np.testing.assert_allclose(apart[t], (1 - η * λ) * apart[t - 1] + steps[t - 1], rtol=1e-11)
    inside = follow(lambda p: Adam(p, lr=η, weight_decay=λ), G, start=1.0)
    assert abs(inside[-1] - apart[-1]).max() > 0.01


@pytest.mark.parametrize(("η", "λ"), [(0.1, 1.0), (0.5, 2.0)])
def test_noise_at_a_constant_rate(η: float, λ: float) -> None:
    rng, n, s = np.random.default_rng(0), 40_000, 1.5
    θ = parameter(np.zeros(n))
    optimizer = SGD([θ], lr=η)
    for _ in range(100):
        θ.grad = λ * θ.detach() + s * refnet.tensor(rng.standard_normal(n))
        optimizer.step()
    variance = η * s**2 / (λ * (2 - η * λ))
    assert θ.detach().numpy().var() == pytest.approx(variance, rel=4 * math.sqrt(2 / n))


def test_the_cosine_schedule() -> None:
    T, high, low = 12, 0.7, 0.1
    optimizer = SGD([parameter([0.0])], lr=high)
    schedule = CosineAnnealingLR(optimizer, T, eta_min=low)
    for t in range(T + 1):
        η = low + (high - low) / 2 * (1 + math.cos(math.pi * t / T))
        assert schedule.get_last_lr()[0] == pytest.approx(η, rel=1e-12)
        optimizer.step()
        schedule.step()


def test_the_running_mean() -> None:
    average, values = get_swa_avg_fn(), np.random.default_rng(0).standard_normal((9, 3))
    mean = refnet.tensor(values[0])
    for n, row in enumerate(values[1:], 1):
        mean = average(mean, refnet.tensor(row), n)
        np.testing.assert_allclose(mean.numpy(), values[: n + 1].mean(0), rtol=1e-12)


def free_energy(C: Callable[[Array], Array], γ: float, θ: Array) -> tuple[Array, Array]:
    """Returns F and ⟨θ′⟩ by a sum over a fine grid."""
    t = np.linspace(-12, 12, 24_001)
    weights = np.exp(-C(t) - 0.5 * γ * (θ[:, None] - t) ** 2)
    mean: Array = (weights * t).sum(1) / weights.sum(1)
    return -np.log(weights.sum(1) * (t[1] - t[0])), mean


@pytest.mark.parametrize(("λ", "γ"), [(0.5, 3.0), (100.0, 1.0)])
def test_the_free_energy_of_a_parabola(λ: float, γ: float) -> None:
    θ = np.linspace(-2, 2, 9)
    F, mean = free_energy(lambda t: 0.5 * λ * t**2, γ, θ)
    closed = 0.5 * λ * γ / (λ + γ) * θ**2 + 0.5 * math.log((λ + γ) / (2 * math.pi))
    np.testing.assert_allclose(F, closed, rtol=1e-9)
    np.testing.assert_allclose(γ * (θ - mean), λ * γ / (λ + γ) * θ, rtol=1e-9, atol=1e-12)


def test_the_walk_finds_the_gradient_of_the_free_energy() -> None:
    """Many walks at once, with the noise √(2 η′) of a walk that samples the density exactly."""
    λ, γ, n = 2.0, 3.0, 2000
    θ = parameter(np.full(n, 1.5))
    refnet.manual_seed(0)
    optimizer = EntropySGD(
        [θ], lr=1.0, inner_lr=0.01, inner_steps=200, scope=γ, scope_growth=0.0, averaging=0.02,
        noise=math.sqrt(2),
    )  # fmt: skip

    def closure() -> Any:
        optimizer.zero_grad()
        cost = (0.5 * λ * θ * θ).sum()
        cost.backward()
        return cost

    optimizer.step(closure)
    moved = 1.5 - θ.detach().numpy().mean()  # ∇F / γ
    F = free_energy(lambda t: 0.5 * λ * t**2, γ, np.array([1.5 - 1e-4, 1.5 + 1e-4]))[0]
    assert γ * moved == pytest.approx((F[1] - F[0]) / 2e-4, rel=0.06)
