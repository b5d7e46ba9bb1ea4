"""The formulas of the chapter "Cost functions" (docs/book/costs.md)."""

import math
from typing import Any

import numpy as np
import pytest

import refnet
from refnet import nn, ops
from refnet.models import backprop
from refnet.nn import functional as F
from refnet.ops.rule import Array
from refnet.testing import check_pullback

N, K = 6, 4
rng = np.random.default_rng(0)
Z, TARGET = 2 * rng.standard_normal((N, K)), rng.integers(0, K, N)
P = np.exp(Z) / np.exp(Z).sum(1, keepdims=True)
ONE_HOT = np.eye(K)[TARGET]
PLAIN: dict[str, Any] = {"ignore_index": -100, "label_smoothing": 0.0}


def sigma(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def test_the_quadratic_cost() -> None:
    a, y = sigma(Z[0]), rng.random(K)
    assert backprop.QUADRATIC.value(a, y) == pytest.approx(0.5 * sum((a - y) ** 2), rel=1e-14)
    network = [backprop.Layer(np.eye(K), np.zeros(K))]
    (gradient,) = backprop.backprop_example(network, Z[0], y)
    np.testing.assert_allclose(gradient.b, (a - y) * a * (1 - a), rtol=1e-13)
    z = refnet.tensor(Z[0], requires_grad=True)
    cost = 0.5 * ((refnet.sigmoid(z) - refnet.tensor(y)) ** 2).sum()
    np.testing.assert_allclose(refnet.autograd.grad(cost, z)[0].numpy(), gradient.b, rtol=1e-13)


def test_how_the_costs_curve() -> None:
    """Second derivatives: the complex step through the pullback."""
    z = np.linspace(-6, 6, 49)
    a, h = sigma(z), 1e-30
    curvature = a * (1 - a)
    moved = z + 1j * h
    for y in (0.0, 0.3, 1.0):
        t = np.full_like(z, y)
        _, pullback = ops.binary_cross_entropy_with_logits(
            moved, t.astype(complex), None, None, reduction="sum"
        )
        second = pullback(np.ones((), complex))[0].imag / h
        np.testing.assert_allclose(second, curvature, rtol=1e-12)
    quadratic: Array = (sigma(moved) * sigma(moved) * (1 - sigma(moved))).imag / h
    np.testing.assert_allclose(quadratic, (2 * a - 3 * a * a) * a * (1 - a), rtol=1e-11)
    assert ((quadratic < 0) == (a > 2 / 3)).all()


def test_softmax_and_its_derivatives() -> None:
    y, _ = ops.softmax(Z, dim=1)
    np.testing.assert_allclose(y, P, rtol=1e-13)
    z = refnet.tensor(Z[0])
    jacobian = refnet.autograd.functional.jacobian(lambda z: refnet.softmax(z, 0), z).numpy()
    p = P[0]
    by_hand = [[p[i] * ((i == k) - p[k]) for k in range(K)] for i in range(K)]
    np.testing.assert_allclose(jacobian, by_hand, rtol=1e-12, atol=1e-15)
    check_pullback(ops.softmax, [Z], dim=1)
    np.testing.assert_allclose(ops.softmax(Z + 3.7, dim=1)[0], y, rtol=1e-13)


def test_the_sigmoid_is_the_softmax_of_two_classes() -> None:
    y, _ = ops.softmax(Z[:, :2], dim=1)
    np.testing.assert_allclose(y[:, 0], sigma(Z[:, 0] - Z[:, 1]), rtol=1e-13)


def test_negative_log_likelihood_and_its_slope() -> None:
    z, target = refnet.tensor(Z, requires_grad=True), refnet.tensor(TARGET)
    right = -np.log(P[np.arange(N), TARGET])
    dy = rng.standard_normal(N)
    for cost in (
        F.cross_entropy(z, target, reduction="none"),
        F.nll_loss(F.log_softmax(z, 1), target, reduction="none"),
    ):
        np.testing.assert_allclose(cost.detach().numpy(), right, rtol=1e-13)
        (slope,) = refnet.autograd.grad(cost, z, refnet.tensor(dy))
        np.testing.assert_allclose(
            slope.numpy(), dy[:, None] * (P - ONE_HOT), rtol=1e-12, atol=1e-15
        )
    loss, pullback = ops.cross_entropy(Z, TARGET, None, **PLAIN, reduction="none")
    np.testing.assert_allclose(loss, right, rtol=1e-13)
    np.testing.assert_allclose(pullback(dy)[0], dy[:, None] * (P - ONE_HOT), rtol=1e-12, atol=1e-15)


def test_large_numbers_lose_nothing() -> None:
    z = np.array([[1000.0, 0.0, -1000.0], [-750.0, -751.0, -752.0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y, _ = ops.log_softmax(z, dim=1)
        e = math.log(1 + math.exp(-1) + math.exp(-2))
        np.testing.assert_allclose(y, [[0, -1000, -2000], [-e, -1 - e, -2 - e]], rtol=1e-12)
        logits, t = np.array([1000.0, -1000.0, 50.0, -50.0]), np.array([0.0, 1.0, 1.0, 0.0])
        cost, pullback = ops.binary_cross_entropy_with_logits(
            logits, t, None, None, reduction="none"
        )
        tiny = math.log1p(math.exp(-50))
        np.testing.assert_allclose(cost, [1000, 1000, tiny, tiny], rtol=1e-12)
        np.testing.assert_allclose(pullback(np.ones(4))[0][:2], [1, -1], rtol=1e-15)
    a = refnet.tensor(1.0, requires_grad=True)  # what the text says about BCELoss
    assert F.binary_cross_entropy(a, refnet.tensor(0.0)).item() == 100


def test_what_the_mean_divides_by() -> None:
    a, y = rng.standard_normal((N, K)), rng.random((N, K))
    x, t = refnet.tensor(a, requires_grad=True), refnet.tensor(y)
    book = (0.5 * ((a - y) ** 2).sum(1)).mean()
    cost = nn.MSELoss()(x, t)
    assert cost.item() == pytest.approx(2 / K * book, rel=1e-13)
    cost.backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * (a - y) / (N * K), rtol=1e-13)
    singly = F.binary_cross_entropy_with_logits(x, t, reduction="none").sum().item()
    assert nn.BCEWithLogitsLoss()(x, t).item() == pytest.approx(singly / (N * K), rel=1e-13)
    probabilities = refnet.tensor(sigma(a))
    assert nn.BCELoss()(probabilities, t).item() == pytest.approx(singly / (N * K), rel=1e-12)

    z, target = refnet.tensor(Z, requires_grad=True), refnet.tensor(TARGET)
    right = -np.log(P[np.arange(N), TARGET])
    cost = nn.CrossEntropyLoss()(z, target)
    assert cost.item() == pytest.approx(right.mean(), rel=1e-13)
    cost.backward()
    np.testing.assert_allclose(z.grad.numpy(), (P - ONE_HOT) / N, rtol=1e-12, atol=1e-15)
    w = 0.5 + rng.random(K)
    weighted = (w[TARGET] * right).sum() / w[TARGET].sum()
    for cost in (
        nn.CrossEntropyLoss(weight=refnet.tensor(w))(z, target),
        nn.NLLLoss(weight=refnet.tensor(w))(F.log_softmax(z, 1), target),
    ):
        assert cost.item() == pytest.approx(weighted, rel=1e-13)
    loss, _ = ops.cross_entropy(Z, TARGET, w, **PLAIN, reduction="mean")
    assert loss == pytest.approx(weighted, rel=1e-13)
    loss, _ = ops.nll_loss(np.log(P), TARGET, w, ignore_index=-100, reduction="mean")
    assert loss == pytest.approx(weighted, rel=1e-13)


def test_numbers_of_the_text() -> None:
    a = sigma(5.0)
    assert a == pytest.approx(0.993, abs=5e-4)
    assert 0.5 * a * a == pytest.approx(0.493, abs=5e-4)
    assert a * a * (1 - a) == pytest.approx(0.0066, abs=5e-5)
    assert -math.log(1 - a) == pytest.approx(5.007, abs=5e-4)
    assert 1 / (a * (1 - a)) == pytest.approx(150, abs=1)
    p = ops.softmax(np.array([2.0, 1.0, 0.0]), dim=0)[0]
    np.testing.assert_allclose(p, [0.67, 0.24, 0.09], atol=5e-3)
    np.testing.assert_allclose(p - [0, 1, 0], [0.67, -0.76, 0.09], atol=5e-3)
    best = F.cross_entropy(refnet.eye(10)[:1], refnet.tensor([0]))  # softmax twice: p = (1, 0 … 0)
    assert best.item() == pytest.approx(math.log(math.e + 9) - 1, rel=1e-6)
    assert best.item() == pytest.approx(1.46, abs=5e-3)
