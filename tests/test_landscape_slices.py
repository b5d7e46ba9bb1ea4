"""Directions and planes through a cost, and how rough a slice is, where the answers are known."""

import numpy as np
import pytest

import refnet
from refnet import nn
from refnet.landscape import Surface, slices


def surface(*layers: nn.Module, features: int = 6) -> Surface:
    refnet.manual_seed(0)
    model = nn.Sequential(*layers)
    refnet.manual_seed(1)
    return Surface(
        model, nn.CrossEntropyLoss(), refnet.randn(30, features), refnet.randint(0, 3, (30,))
    )


def small() -> Surface:
    return surface(
        nn.Unflatten(1, (1, 2, 3)), nn.Conv2d(1, 4, 2), nn.BatchNorm2d(4), nn.Tanh(), nn.Flatten(),
        nn.Linear(8, 3),
    )  # fmt: skip


@pytest.mark.parametrize("vectors", slices.VECTORS)
def test_each_filter_of_a_direction_has_the_norm_of_the_networks(vectors: str) -> None:
    C = small()
    θ = C.theta + 1.0  # so that no vector is 0
    d = slices.random_direction(C, θ, 0, vectors)
    plain = np.random.default_rng(0).standard_normal(C.size)
    for w, u, g in zip(C.split(θ), C.split(d), C.split(plain), strict=True):
        if w.ndim == 1:
            norm = 0 if vectors == "zero" else np.linalg.norm(w)
            assert np.linalg.norm(u) == pytest.approx(norm)
            continue
        for filter_, part, drawn in zip(w, u, g, strict=True):
            assert np.linalg.norm(part) == pytest.approx(np.linalg.norm(filter_))
            np.testing.assert_allclose(
                part / np.linalg.norm(part), drawn / np.linalg.norm(drawn), rtol=1e-12
            )


def test_a_vector_of_zeros_stays_and_a_filter_of_zeros_has_no_norm() -> None:
    C = small()
    θ = C.theta
    β = np.flatnonzero(θ == 0)
    assert len(β) == 4, "batch norm begins with β = 0"
    assert np.all(slices.random_direction(C, θ, 0, "whole")[β] == 0)
    with pytest.raises(ValueError, match="without filters of zeros"):
        slices.filter_normalised(C, θ, np.zeros(C.size))
    with pytest.raises(ValueError, match="expected vectors zero or whole, got 'none'"):
        slices.random_direction(C, θ, 0, "none")


def test_filter_normalised_slices_do_not_depend_on_the_scale_of_layers() -> None:
    """Linear, ReLU, Linear, without biases: the same function, its layers scaled by 7 and 1/7."""
    C = surface(nn.Linear(6, 5, bias=False), nn.ReLU(), nn.Linear(5, 3, bias=False))
    θ = C.theta
    scaled = np.concatenate([7 * C.split(θ)[0].ravel(), C.split(θ)[1].ravel() / 7])
    at = np.linspace(-1, 1, 5)
    same = [slices.line(C.value, t, slices.random_direction(C, t, 3), at) for t in (θ, scaled)]
    np.testing.assert_allclose(*same, rtol=1e-12)
    drawn = np.random.default_rng(3).standard_normal(C.size)
    other = [slices.line(C.value, t, drawn, at) for t in (θ, scaled)]
    assert np.abs(other[0] - other[1]).max() > 0.1


def test_the_hessian_plane_has_the_two_largest_eigenvalues() -> None:
    C = surface(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3))
    θ = C.theta
    H = C.hessian(θ)
    λ, Q = np.linalg.eigh(H)
    plane, found = slices.hessian_plane(C, θ, steps=C.size)
    np.testing.assert_allclose(found, λ[[-1, -2]], rtol=1e-9)
    assert abs(plane.a @ Q[:, -1]) == pytest.approx(1)
    assert abs(plane.b @ Q[:, -2]) == pytest.approx(1)
    h = 1e-3  # and so is the curvature of the slice
    along = slices.line(C.value, θ, plane.a, np.array([-h, 0, h]))
    assert (along[0] - 2 * along[1] + along[2]) / h**2 == pytest.approx(λ[-1], rel=1e-4)


def test_the_trajectory_plane_is_that_of_most_variance() -> None:
    rng = np.random.default_rng(0)
    axes, _ = np.linalg.qr(rng.standard_normal((50, 3)))
    s = rng.standard_normal((20, 3))
    s = np.linalg.qr(s - s.mean(0))[0] * [5, 2, 1]  # uncorrelated, with variances 25 : 4 : 1
    points = s @ axes.T + 3
    plane, explained = slices.trajectory_plane(points)
    np.testing.assert_allclose(explained, [25 / 30, 4 / 30], rtol=1e-12)
    assert abs(plane.a @ axes[:, 0]) == pytest.approx(1)
    assert abs(plane.b @ axes[:, 1]) == pytest.approx(1)
    found = plane.coordinates(points)
    np.testing.assert_allclose(found[-1], 0, atol=1e-12, rtol=1e-12)
    np.testing.assert_allclose(np.abs(found), np.abs((s - s[-1])[:, :2]), atol=1e-12, rtol=1e-12)


def test_two_axes_of_a_long_random_walk_explain_what_antognini_says() -> None:
    walk = np.cumsum(np.random.default_rng(0).standard_normal((200, 5000)), axis=0)
    _, explained = slices.trajectory_plane(walk)
    np.testing.assert_allclose(explained, slices.RANDOM_WALK, atol=0.01)


def test_a_plane_through_three_points_has_them_where_it_says() -> None:
    θ0, θ1, θ2 = np.random.default_rng(0).standard_normal((3, 9))
    plane = slices.through(θ0, θ1, θ2)
    np.testing.assert_allclose(plane.at(1, 0), θ1, rtol=1e-12)
    α, β = plane.coordinates(θ2[None])[0]
    np.testing.assert_allclose(plane.at(α, β), θ2, rtol=1e-12)
    assert plane.a @ plane.b == pytest.approx(0, abs=1e-12)
    assert np.linalg.norm(plane.a) == pytest.approx(np.linalg.norm(plane.b))


def test_points_on_a_line_span_no_plane() -> None:
    θ, d = np.random.default_rng(0).standard_normal((2, 9))
    with pytest.raises(ValueError, match="on one line"):
        slices.through(θ, θ + d, θ + 2 * d)
    with pytest.raises(ValueError, match="on one line"):
        slices.through(θ, θ, θ + d)
    with pytest.raises(ValueError, match="on one line"):
        slices.trajectory_plane(np.array([θ, θ + d, θ + 2 * d]))
    with pytest.raises(ValueError, match="expected at least 3 points, got 2"):
        slices.trajectory_plane(np.array([θ, θ + d]))


def test_batch_norm_uses_the_statistics_that_it_is_told_and_keeps_its_own() -> None:
    C = surface(nn.Linear(6, 4), nn.Dropout(0.5), nn.BatchNorm1d(4), nn.Linear(4, 3))
    θ = C.theta
    for name in ("running_mean", "running_var"):
        C.model[2].get_buffer(name).fill_(2.0)
    before = {name: t.numpy().copy() for name, t in C.model.state_dict().items()}
    modes = [module.training for module in C.model.modules()]
    W, b, γ, β, V, c = C.split(θ)
    z = C.x.numpy() @ W.T + b
    for statistics, μ, v in (("running", 2.0, 2.0), ("data", z.mean(0), z.var(0))):
        with slices.batch_norm(C.model, statistics):
            out = C.outputs(θ)  # dropout is off in both
        expected = ((z - μ) / np.sqrt(v + 1e-5) * γ + β) @ V.T + c
        np.testing.assert_allclose(out, expected, rtol=1e-10)
    assert [module.training for module in C.model.modules()] == modes
    for name, t in C.model.state_dict().items():
        np.testing.assert_array_equal(t.numpy(), before[name], err_msg=name)
    wrong = slices.batch_norm(C.model, "batch")
    with pytest.raises(ValueError, match="expected statistics running or data, got 'batch'"):
        wrong.__enter__()


def test_only_with_the_datas_statistics_the_scale_before_a_norm_does_not_matter() -> None:
    C = surface(nn.Linear(6, 4, bias=False), nn.BatchNorm1d(4, eps=1e-30), nn.Linear(4, 3))
    θ = C.theta
    twice = np.concatenate([2 * θ[:24], θ[24:]])
    with slices.batch_norm(C.model, "data"):
        assert C.value(twice) == pytest.approx(C.value(θ), rel=1e-12)
    with slices.batch_norm(C.model, "running"):
        assert abs(C.value(twice) - C.value(θ)) > 1e-3


# --- how rough -------------------------------------------------------------------------------


def on_a_grid(f: object, n: int = 21, m: int = 31) -> tuple[np.ndarray, float, float]:
    a, b = np.linspace(-1, 1, n), np.linspace(-2, 2, m)
    return f(a[:, None], b[None]), a[1] - a[0], b[1] - b[0]  # type: ignore[operator]


def test_curvatures_of_a_quadratic_are_its_eigenvalues() -> None:
    A = np.array([[3.0, 2.0], [2.0, -1.0]])
    C, da, db = on_a_grid(
        lambda a, b: (A[0, 0] * a * a + 2 * A[0, 1] * a * b + A[1, 1] * b * b) / 2
    )
    low, high = slices.curvatures(C, da, db)
    assert low.shape == (19, 29)
    λ = np.linalg.eigvalsh(A)
    np.testing.assert_allclose(low, λ[0], rtol=1e-10)
    np.testing.assert_allclose(high, λ[1], rtol=1e-10)
    np.testing.assert_allclose(slices.ratio(low, high), -λ[0] / λ[1], rtol=1e-10)


def test_the_ratio_is_0_where_convex_and_infinite_where_concave() -> None:
    low, high = np.array([1.0, -1.0, -3.0]), np.array([2.0, 2.0, -1.0])
    assert slices.ratio(low, high).tolist() == [0, 0.5, np.inf]


def test_minima_are_counted() -> None:
    C, *_ = on_a_grid(lambda a, b: np.cos(3 * np.pi * a) + np.cos(2 * np.pi * b), 61, 81)
    inner = 2 * 4  # a = ±1/3 (and ±1, on the border), b = ±1/2, ±3/2
    assert slices.minima(C) == inner
    assert slices.minima(on_a_grid(lambda a, b: a * a + b * b)[0]) == 1
    assert slices.minima(on_a_grid(lambda a, b: a + b)[0]) == 0
