"""The formulas of the chapter "Loss landscapes, saddle points and plateaus"
(docs/book/landscapes.md).
"""

import math

import numpy as np
import pytest

import refnet
from refnet import nn
from refnet.landscape import Surface, slices, stacked

rng = np.random.default_rng(0)
X, Y = refnet.tensor(rng.standard_normal((7, 3))), refnet.tensor(rng.integers(0, 4, 7))
refnet.manual_seed(0)
MODEL = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 4)).double()
SURFACE = Surface(MODEL, nn.CrossEntropyLoss(), X, Y)
THETA = rng.standard_normal(SURFACE.size)


def test_the_product_of_two_weights() -> None:
    C = stacked.Stacked(lambda w: 0.5 * (w[:, 0] * w[:, 1] - 1) ** 2, 2)
    for w1, w2 in rng.standard_normal((5, 2)):
        w = np.array([w1, w2])
        gradient = (w1 * w2 - 1) * np.array([w2, w1])
        H = np.array([[w2**2, 2 * w1 * w2 - 1], [2 * w1 * w2 - 1, w1**2]])
        np.testing.assert_allclose(C.gradient(w), gradient, rtol=1e-13)
        np.testing.assert_allclose(C.hessian(w), H, rtol=1e-13)
        valley = np.linalg.eigvalsh(C.hessian(np.array([w1, 1 / w1])))
        np.testing.assert_allclose(valley, [0, w1**2 + w1**-2], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(np.linalg.eigvalsh(C.hessian(np.zeros(2))), [-1, 1], rtol=1e-13)


def test_a_slice_is_the_cost_on_a_plane() -> None:
    plane = slices.random_plane(SURFACE, THETA, seed=1)
    for α, β in rng.standard_normal((4, 2)):
        moved = THETA + α * plane.a + β * plane.b
        np.testing.assert_allclose(plane.at(α, β), moved, rtol=1e-14)
    values = slices.line(SURFACE.value, THETA, plane.a, np.array([0.0, 0.5]))
    expected = [SURFACE.value(THETA), SURFACE.value(THETA + 0.5 * plane.a)]
    np.testing.assert_allclose(values, expected, rtol=1e-14)


def test_taylors_formula_up_to_the_third_order() -> None:
    """Half of the step leaves an eighth of the rest."""
    d, H = rng.standard_normal(SURFACE.size), SURFACE.hessian(THETA)
    rest = []
    for t in (0.02, 0.01):
        s = t * d
        second = SURFACE.value(THETA) + SURFACE.gradient(THETA) @ s + 0.5 * s @ H @ s
        rest.append(SURFACE.value(THETA + s) - second)
    assert rest[0] / rest[1] == pytest.approx(8, rel=0.1)


def test_two_eigenvalues_of_a_random_matrix() -> None:
    t, u, w = np.random.default_rng(0).standard_normal((3, 200_000))
    A = np.array([[t + u, w], [w, t - u]]).transpose(2, 0, 1)
    λ = np.linalg.eigvalsh(A)
    np.testing.assert_allclose(λ[:, 0], t - np.hypot(u, w), atol=1e-12, rtol=1e-9)
    share = 0.5 * (1 - 1 / math.sqrt(2))
    error = math.sqrt(share * (1 - share) / len(t))
    assert abs((λ[:, 0] > 0).mean() - share) < 4 * error


def test_the_hessian_is_gauss_newton_and_the_curvature_of_the_network() -> None:
    """H = G + the errors times the Hessians of the outputs, each computed on its own."""
    H = SURFACE.hessian(THETA)
    G = np.array([SURFACE.gauss_newton(THETA, e) for e in np.eye(SURFACE.size)])
    z = SURFACE.outputs(THETA)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    errors = p - np.eye(4)[Y.numpy()]  # ∂c/∂F

    def weighted(out: refnet.Tensor, _: refnet.Tensor) -> refnet.Tensor:
        return (out * refnet.tensor(errors)).sum() / len(errors)

    rest = Surface(MODEL, weighted, X, Y).hessian(THETA)
    np.testing.assert_allclose(G + rest, H, rtol=1e-10, atol=1e-12)
    assert np.linalg.eigvalsh((G + G.T) / 2)[0] > -1e-12
    assert np.linalg.eigvalsh(H)[0] < -1e-3, "the other term makes negative curvature here"
    J = np.array([[Surface(MODEL, lambda o, _, n=n, k=k: o[n, k], X, Y).gradient(THETA)  # type: ignore[misc]
                   for k in range(4)] for n in range(len(X))])  # fmt: skip
    middle = np.array([np.diag(row) - np.outer(row, row) for row in p])
    by_hand = np.einsum("nkp,nkl,nlq->pq", J, middle, J) / len(X)
    np.testing.assert_allclose(G, by_hand, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("start", [1e-1, 1e-4, 3e-8])
@pytest.mark.parametrize(("η", "λ"), [(0.1, -1.0), (0.3, -0.5)])
def test_steps_to_leave_a_saddle(start: float, η: float, λ: float) -> None:
    θ = refnet.tensor([1.0, start], dtype=refnet.float64, requires_grad=True)
    curvature = refnet.tensor([1.0, λ], dtype=refnet.float64)
    optimizer, steps = refnet.optim.SGD([θ], lr=η), 0
    while abs(θ[1].item()) < 1:
        before = θ.detach().numpy().copy()
        optimizer.zero_grad()
        (0.5 * curvature * θ * θ).sum().backward()
        optimizer.step()
        np.testing.assert_allclose(θ.detach().numpy(), (1 - η * curvature.numpy()) * before)
        steps += 1
    expected = math.ceil(math.log(1 / start) / math.log(1 + η * abs(λ)))
    assert steps == expected


def test_the_cost_of_one_layer_has_no_negative_curvature() -> None:
    model = nn.Linear(3, 4).double()
    C = Surface(model, nn.CrossEntropyLoss(), X, Y)
    for _ in range(3):
        assert np.linalg.eigvalsh(C.hessian(2 * rng.standard_normal(C.size)))[0] > -1e-12
