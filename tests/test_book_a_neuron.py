"""The formulas of the chapter "A neuron" (docs/book/a-neuron.md)."""

import itertools

import numpy as np
import pytest
from conftest import solution

import refnet
from refnet import nn, ops

rng = np.random.default_rng(0)
N, M = 7, 3
X, Y = rng.standard_normal((N, M)), rng.standard_normal(N)
X_HAT = np.column_stack([X, np.ones(N)])


def test_mean_squared_error_and_its_gradient() -> None:
    w, b = rng.standard_normal(M), 0.3
    model = nn.Linear(M, 1, dtype=refnet.float64)
    with refnet.no_grad():
        model.weight.copy_(refnet.tensor(w[None]))
        model.bias.copy_(refnet.tensor([b], dtype=refnet.float64))
    cost = nn.MSELoss()(model(refnet.tensor(X)), refnet.tensor(Y[:, None]))
    cost.backward()
    error = X @ w + b - Y
    assert cost.item() == pytest.approx(sum(error**2) / N, rel=1e-14)
    for k in range(M):
        by_hand = 2 / N * sum(error[i] * X[i, k] for i in range(N))
        assert model.weight.grad[0, k].item() == pytest.approx(by_hand, rel=1e-13)
    assert model.bias.grad.item() == pytest.approx(2 / N * sum(error), rel=1e-13)

    F, linear = ops.linear(X, w[None], np.array([b]))  # the definitions, without a kernel
    np.testing.assert_allclose(F[:, 0], [sum(w * x) + b for x in X], rtol=1e-13)
    C, mse = ops.mse_loss(F, Y[:, None], reduction="mean")
    assert pytest.approx(sum(error**2) / N, rel=1e-14) == C
    _, dw, db = linear(mse(np.ones(()))[0])
    np.testing.assert_allclose(dw()[0], model.weight.grad[0].numpy(), rtol=1e-13)
    np.testing.assert_allclose(db(), model.bias.grad.numpy(), rtol=1e-13)


def test_the_normal_equations_give_the_lowest_point() -> None:
    least_squares = solution("least_squares")
    w, b = least_squares(X, Y)
    lowest = ((X @ w + b - Y) ** 2).mean()
    for direction in rng.standard_normal((50, M + 1)):
        moved = X @ (w + 1e-3 * direction[:-1]) + b + 1e-3 * direction[-1]
        assert ((moved - Y) ** 2).mean() > lowest
    w, b = least_squares(np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 2.0]))
    assert (w[0], b) == (pytest.approx(0.5, rel=1e-14), pytest.approx(1.5, rel=1e-14))


def test_the_cost_is_convex() -> None:
    hessian = 2 / N * X_HAT.T @ X_HAT
    theta = refnet.tensor(rng.standard_normal(M + 1))

    def cost(theta: refnet.Tensor) -> refnet.Tensor:
        return ((refnet.tensor(X_HAT) @ theta - refnet.tensor(Y)) ** 2).mean()

    recorded = refnet.autograd.functional.hessian(cost, theta)
    np.testing.assert_allclose(recorded.numpy(), hessian, rtol=1e-13, atol=1e-15)
    for v in rng.standard_normal((50, M + 1)):
        assert v @ hessian @ v == pytest.approx(2 / N * ((X_HAT @ v) ** 2).sum(), rel=1e-12)


def test_a_step_shrinks_the_distance() -> None:
    rate, theta = 0.1, rng.standard_normal(M + 1)
    best = np.append(*solution("least_squares")(X, Y))
    shrink = np.eye(M + 1) - rate * 2 / N * X_HAT.T @ X_HAT
    parameter = refnet.tensor(theta, requires_grad=True)
    ((refnet.tensor(X_HAT) @ parameter - refnet.tensor(Y)) ** 2).mean().backward()
    refnet.optim.SGD([parameter], lr=rate).step()
    np.testing.assert_allclose(
        parameter.detach().numpy() - best, shrink @ (theta - best), rtol=1e-12, atol=1e-14
    )


def test_the_logit_is_the_inverse_of_the_sigmoid() -> None:
    z = rng.standard_normal(20)
    p = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(ops.logit(p)[0], z, rtol=1e-13)
    np.testing.assert_allclose(ops.sigmoid(np.log(p / (1 - p)))[0], p, rtol=1e-13)


def test_cross_entropy_and_its_slope() -> None:
    z, y = refnet.tensor(rng.standard_normal(N), requires_grad=True), rng.integers(0, 2, N)
    a = 1 / (1 + np.exp(-z.detach().numpy()))
    target = refnet.tensor(y.astype(float))
    by_hand = -y * np.log(a) - (1 - y) * np.log(1 - a)
    for cost in (
        nn.BCELoss(reduction="none")(refnet.sigmoid(z), target),
        nn.BCEWithLogitsLoss(reduction="none")(z, target),
    ):
        np.testing.assert_allclose(cost.detach().numpy(), by_hand, rtol=1e-13)
        dy = rng.standard_normal(N)
        (slope,) = refnet.autograd.grad(cost, z, refnet.tensor(dy))
        np.testing.assert_allclose(slope.numpy(), dy * (a - y), rtol=1e-13)


def test_no_line_computes_the_exclusive_or() -> None:
    points = [*itertools.product((0, 1), repeat=2)]
    best = 0
    for w1, w2, b in rng.uniform(-1, 1, (20_000, 3)):
        inside = [w1 * x1 + w2 * x2 + b > 0 for x1, x2 in points]
        best = max(best, sum(i == (x1 != x2) for i, (x1, x2) in zip(inside, points, strict=True)))
    assert best == 3
