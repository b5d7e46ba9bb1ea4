"""Critical points that are known in closed form are found, and called what they are."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

import refnet
from refnet.engine.tensor import Tensor
from refnet.landscape import Surface, classic, critical
from refnet.landscape.stacked import Stacked

Search = Callable[..., critical.Critical]
SEARCHES = [critical.gradient_norm, critical.newton, critical.saddle_free]


def product(θ: Tensor) -> Tensor:
    """½ (w₁ w₂ − 1)²: the smallest linear network of two layers."""
    return (θ[:, 0] * θ[:, 1] - 1) ** 2 / 2


def quadratic(signs: list[float]) -> Stacked:
    λ = refnet.tensor(signs, dtype=refnet.float64)
    return Stacked(lambda θ: (λ * θ * θ).sum(1) / 2, len(signs))


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize(
    ("signs", "kind", "index"),
    [
        ([1, 2, 3], "minimum", 0),
        ([-1, -2, -3], "maximum", 1),
        ([-1, 2, 3, 4], "saddle", 1 / 4),
        ([-1, 0, 3, 4], "saddle", 1 / 4),
        ([0, 2, 3], "degenerate", 0),
        ([0, -2, 3e-7, -3], "degenerate", 2 / 4),
    ],
)
def test_the_kind_is_that_of_the_signs(
    search: Search, signs: list[float], kind: str, index: float
) -> None:
    found = search(quadratic(signs), np.zeros(len(signs)))
    assert found.converged
    assert found.steps == 1, "nothing moves where the gradient is zero"
    assert (found.kind, found.index) == (kind, index)
    assert found.signs == (
        sum(s < 0 for s in signs),
        sum(abs(s) < 1e-6 for s in signs),
        sum(s > 1e-6 for s in signs),
    )


def test_an_eigenvalue_is_zero_up_to_a_share_of_the_largest() -> None:
    C = quadratic([-1e-4, 1e3])
    assert critical.newton(C, np.zeros(2), flat=1e-8).kind == "saddle"
    assert critical.newton(C, np.zeros(2), flat=1e-6).kind == "degenerate"


@pytest.mark.parametrize("search", [critical.gradient_norm, critical.newton])
def test_the_product_of_two_weights_has_a_strict_saddle_and_a_valley(search: Search) -> None:
    C = Stacked(product, 2)
    saddle = search(C, np.array([0.1, -0.2]))
    np.testing.assert_allclose(saddle.theta, 0, atol=1e-8, rtol=1e-12)
    np.testing.assert_allclose(saddle.eigenvalues, [-1, 1], atol=1e-8, rtol=1e-12)
    assert saddle.kind == "saddle"
    valley = search(C, np.array([2.0, 0.7]))
    w = valley.theta
    np.testing.assert_allclose(w[0] * w[1], 1, atol=1e-7)
    assert valley.kind == "degenerate", "w₁w₂ = 1 is a curve"


def test_saddle_free_newton_leaves_the_saddle_that_newton_goes_to() -> None:
    C, near = Stacked(product, 2), np.array([0.3, -0.2])
    assert critical.newton(C, near).kind == "saddle"
    assert critical.gradient_norm(C, near).kind == "saddle"
    found = critical.saddle_free(C, near)
    assert found.converged
    assert found.value < 1e-12
    start = np.array([0.5, 1e-9])
    ends = critical.saddle_free(classic.STRICT_SADDLE.C, start)
    np.testing.assert_allclose(ends.theta, [0, 1], atol=1e-7)
    assert ends.kind == "minimum"


def test_the_nine_critical_points_of_himmelblau_are_found_with_their_kinds() -> None:
    rng = np.random.default_rng(0)
    ends = [critical.gradient_norm(classic.HIMMELBLAU.C, rng.uniform(-5, 5, 2)) for _ in range(120)]
    # In a degenerate point of ½‖∇C‖², where H ∇C = 0, the search is stuck, and says so.
    points = {tuple(np.round(e.theta, 4)): e.kind for e in ends if e.converged}
    kinds = list(points.values())
    assert (kinds.count("minimum"), kinds.count("saddle"), kinds.count("maximum")) == (4, 4, 1)
    for minimum in classic.HIMMELBLAU.minima:
        assert points[tuple(np.round(minimum, 4))] == "minimum"
    assert points[-0.2708, -0.923] == "maximum"
    for e in ends:
        assert e.converged == (e.norm <= 1e-8)


@pytest.mark.parametrize("search", [critical.gradient_norm, critical.newton])
def test_a_factorisation_has_the_index_that_is_known(search: Search) -> None:
    """¼ ‖u uᵀ − A‖² is critical at 0 and at ±√λᵢ vᵢ, with λⱼ > λᵢ as often as a negative
    eigenvalue.
    """
    rng = np.random.default_rng(0)
    V = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    λ = np.array([4.0, 3.0, 2.0, 1.0])
    A = refnet.from_numpy((V * λ) @ V.T)

    def f(u: Tensor) -> Tensor:
        return ((u[:, :, None] * u[:, None, :] - A) ** 2).sum((1, 2)) / 4

    C = Stacked(f, 4)
    for i in range(4):
        start = np.sqrt(λ[i]) * V[:, i] + 0.05 * rng.standard_normal(4)
        found = search(C, start)
        np.testing.assert_allclose(found.theta, np.sqrt(λ[i]) * V[:, i], atol=1e-7)
        known = [2 * λ[i] if j == i else λ[i] - λ[j] for j in range(4)]
        np.testing.assert_allclose(found.eigenvalues, np.sort(known), atol=1e-6)
        assert found.signs[0] == i
    found = search(C, 0.05 * rng.standard_normal(4))
    np.testing.assert_allclose(found.eigenvalues, -λ, atol=1e-6, rtol=1e-12)
    assert found.kind == "maximum"


def test_every_critical_point_of_a_linear_network_is_a_choice_of_eigenvectors() -> None:
    """Baldi and Hornik 1989: its cost is tr Σ_yy − Σ_{i ∈ I} λᵢ, and but for the best choice, a
    saddle.
    """
    rng = np.random.default_rng(0)
    X, E = rng.standard_normal((60, 3)), rng.standard_normal((60, 3))
    Y = X @ np.diag([2.0, 1.2, 0.6]) @ np.linalg.qr(rng.standard_normal((3, 3)))[0] + 0.3 * E
    net = refnet.nn.Sequential(
        refnet.nn.Linear(3, 2, bias=False), refnet.nn.Linear(2, 3, bias=False)
    )
    C = Surface(net, refnet.nn.MSELoss(), refnet.from_numpy(X), refnet.from_numpy(Y))
    Syx, Sxx = Y.T @ X, X.T @ X
    λ = np.linalg.eigvalsh(Syx @ np.linalg.inv(Sxx) @ Syx.T)[::-1] / Y.size
    rest = np.trace(Y.T @ Y) / Y.size
    known = {
        chosen: rest - sum(λ[list(chosen)])
        for size in range(3)
        for chosen in combinations(range(3), size)
    }
    seen = set()
    for _ in range(40):
        found = critical.gradient_norm(C, rng.standard_normal(C.size), tolerance=1e-7)
        if not found.converged:
            continue
        off = {chosen: abs(found.value - cost) for chosen, cost in known.items()}
        chosen = min(off, key=lambda c: off[c])
        assert off[chosen] < 1e-7
        seen.add(chosen)
        # The network is the same for W₂ A⁻¹ and A W₁, so no critical point but 0 is isolated.
        assert found.kind == ("degenerate" if chosen == (0, 1) else "saddle")
    assert {(0, 1), (0, 2), (1, 2)} <= seen


def test_a_search_that_is_stuck_says_so() -> None:
    """C = θ³ + θ has no critical point; ½C′² is flat at 0."""
    C = Stacked(lambda θ: (θ**3 + θ).sum(1), 1)
    for search in (critical.gradient_norm, critical.newton):
        found = search(C, np.array([1.0]))
        assert not found.converged
        assert found.norm >= 1
    np.testing.assert_allclose(
        critical.gradient_norm(C, np.array([1.0])).norm, 1, atol=1e-3, rtol=1e-12
    )


@pytest.mark.parametrize("name", ["longest", "tolerance", "steps", "flat"])
def test_a_number_that_is_not_positive_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match=f"expected {name} > 0, got 0"):
        critical.newton(quadratic([1]), np.zeros(1), **{name: 0})


def test_newtons_steps_are_no_longer_than_is_said() -> None:
    C, start = quadratic([1, -2]), np.array([3.0, 4.0])
    for steps, distance in ((2, 4), (4, 2), (6, 0)):
        found = critical.newton(C, start, longest=1, steps=steps)
        np.testing.assert_allclose(np.linalg.norm(found.theta), distance, atol=1e-12, rtol=1e-12)


def test_the_search_ends_after_its_steps() -> None:
    found = critical.newton(classic.ROSENBROCK.C, classic.ROSENBROCK.start, steps=2)
    assert found.steps == 2
    assert not found.converged
