"""Surface optimizers: their claims, and the arguments that they refuse."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import refnet
from refnet.optim.surface import SAM, EntropySGD, LaplacianSGD
from refnet.optim.surface.laplacian_sgd import noise_factor, smooth, spectrum

rng = np.random.default_rng(0)


def laplacian(N: int) -> Any:
    """(L x)ᵢ = 2 xᵢ − xᵢ₋₁ − xᵢ₊₁ as a matrix; the neighbours of one or two coincide."""
    L = np.zeros((N, N))
    for i in range(N):
        L[i, i] += 2
        L[i, (i - 1) % N] -= 1
        L[i, (i + 1) % N] -= 1
    return L


RINGS = [(N, σ, n) for N in (1, 2, 3, 4, 7, 16, 25) for σ in (0.0, 0.5, 10.0) for n in (1, 2, 3)]


@pytest.mark.parametrize(("N", "σ", "n"), RINGS)
def test_smoothing_solves_the_dense_system(N: int, σ: float, n: int) -> None:
    A = np.eye(N) + σ * np.linalg.matrix_power(laplacian(N), n)
    x = rng.standard_normal(N)
    np.testing.assert_allclose(smooth(x, σ, n), np.linalg.solve(A, x), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(np.sort(spectrum(N, σ, n)), np.linalg.eigvalsh(A), rtol=1e-8)


@pytest.mark.parametrize(("N", "σ", "n"), RINGS)
def test_the_mean_is_kept_and_the_variance_of_noise_falls_by_the_factor(
    N: int, σ: float, n: int
) -> None:
    x = rng.standard_normal(N)
    assert smooth(x, σ, n).mean() == pytest.approx(x.mean(), abs=1e-14)
    assert np.abs(smooth(x, σ, n)).max() <= np.abs(x).max() * (1 + 1e-12) or n > 1
    inverse = np.array([smooth(e, σ, n) for e in np.eye(N)])  # covariance A⁻¹ A⁻ᵀ of white noise
    variances = np.diag(inverse @ inverse.T)
    np.testing.assert_allclose(variances, noise_factor(N, σ, n), rtol=1e-12)
    assert noise_factor(N, σ, n) <= 1


def test_the_factor_of_many_entries_and_of_drawn_noise() -> None:
    for σ in (0.5, 1.0, 4.0):
        limit = (1 + 2 * σ) / (1 + 4 * σ) ** 1.5
        assert noise_factor(1000, σ) == pytest.approx(limit, rel=1e-9)
        drawn = smooth(rng.standard_normal(200_000), σ).var()
        assert drawn == pytest.approx(limit, rel=0.03)


def test_smoothing_keeps_shape_and_dtype_and_goes_row_by_row() -> None:
    x = rng.standard_normal((3, 4)).astype(np.float32)
    y = smooth(x, 2.0)
    assert y.shape == x.shape
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y.reshape(-1), smooth(x.reshape(-1), 2.0))
    assert smooth(np.zeros((0, 2)), 1.0).shape == (0, 2)


# --- steps -------------------------------------------------------------------------------------


def parameter(*values: float) -> Any:
    return refnet.nn.Parameter(refnet.tensor(values, dtype=refnet.float64))


def closure_of(optimizer: Any, loss_of: Callable[[], Any], calls: list[Any] | None = None) -> Any:
    def closure() -> Any:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        if calls is not None:
            calls.append(optimizer.param_groups[0]["params"][0].tolist())
        return loss

    return closure


def test_without_smoothing_it_is_sgd() -> None:
    params = [parameter(1.0, -2.0, 0.5) for _ in range(2)]
    for p, make in zip(
        params,
        (
            lambda p: LaplacianSGD(p, 0.1, 0.0, momentum=0.9),
            lambda p: refnet.optim.SGD(p, 0.1, 0.9),
        ),
        strict=True,
    ):
        optimizer = make([p])
        for _ in range(10):
            p.grad = (p.detach() ** 3).sin()
            optimizer.step()
    np.testing.assert_allclose(params[0].detach().numpy(), params[1].detach().numpy(), rtol=1e-13)


def test_sam_takes_the_gradient_at_the_distance_rho_and_steps_from_where_it_was() -> None:
    p, q = parameter(3.0, 0.0), parameter(4.0)
    optimizer = SAM([{"params": [p, q]}], refnet.optim.SGD, rho=0.5, lr=0.1)
    calls: list[Any] = []
    loss = optimizer.step(
        closure_of(optimizer, lambda: (p * p).sum() / 2 + (q * q).sum() / 2, calls)
    )
    assert loss.item() == 12.5
    np.testing.assert_allclose(calls, [[3.0, 0.0], [3.3, 0.0]], rtol=1e-12)  # ‖g‖ = 5
    np.testing.assert_allclose(p.tolist(), [3.0 - 0.33, 0.0], rtol=1e-12)
    np.testing.assert_allclose(q.tolist(), [4.0 - 0.44], rtol=1e-12)


def test_adaptive_sam_does_not_depend_on_the_scale_of_a_weight() -> None:
    """f(θ) and f(θ/c) are the same surface, so the points of second gradients correspond."""
    points = []
    for c in (1.0, 8.0):
        p = parameter(0.7 * c, -0.4)
        optimizer = SAM([p], refnet.optim.SGD, rho=0.3, adaptive=True, lr=0.0)
        scale = refnet.tensor([1 / c, 1.0], dtype=refnet.float64)
        calls: list[Any] = []
        loss_of = lambda p=p, scale=scale: ((p * scale).exp() + (p * scale) ** 2).sum()  # noqa: E731
        optimizer.step(closure_of(optimizer, loss_of, calls))
        points.append(np.array(calls[1]) * scale.numpy())
    np.testing.assert_allclose(points[0], points[1], rtol=1e-12)


def test_sam_shares_groups_and_state_with_its_base() -> None:
    p = parameter(1.0, 2.0)
    optimizer = SAM([p], refnet.optim.Adam, lr=0.1)
    schedule = refnet.optim.lr_scheduler.StepLR(optimizer, 1)
    closure = closure_of(optimizer, lambda: (p**4).sum())
    optimizer.step(closure)
    schedule.step()
    assert optimizer.base_optimizer.param_groups[0]["lr"] == pytest.approx(0.01)
    q = parameter(5.0)
    optimizer.add_param_group({"params": q, "lr": 0.5})
    assert optimizer.base_optimizer.param_groups[1]["params"] == [q]
    assert set(optimizer.state_dict()["state"][0]) == {"step", "exp_avg", "exp_avg_sq"}

    p2, q2 = parameter(1.0, 2.0), parameter(5.0)
    resumed = SAM([{"params": p2}, {"params": q2}], refnet.optim.Adam, lr=0.7)
    with refnet.no_grad():
        p2.copy_(p)
    resumed.load_state_dict(optimizer.state_dict())
    optimizer.step(closure_of(optimizer, lambda: (p**4).sum() + (q**2).sum()))
    resumed.step(closure_of(resumed, lambda: (p2**4).sum() + (q2**2).sum()))
    assert (p.tolist(), q.tolist()) == (p2.tolist(), q2.tolist())
    assert repr(resumed) == repr(optimizer)

    twin = copy.deepcopy(optimizer)
    (mine,) = twin.param_groups[0]["params"]
    assert twin.base_optimizer.param_groups[0]["params"][0] is mine
    assert twin.base_optimizer.state is twin.state


def test_an_error_in_the_closure_leaves_the_parameters_as_they_were() -> None:
    for make in (
        lambda p: SAM([p], refnet.optim.SGD, lr=0.1),
        lambda p: EntropySGD([p], inner_steps=3),
    ):
        p = parameter(1.0, -2.0)
        optimizer = make(p)
        good = closure_of(optimizer, lambda p=p: (p * p).sum())
        calls = []

        def closure(good: Any = good, calls: list[int] = calls) -> Any:
            calls.append(1)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return good()

        with pytest.raises(KeyboardInterrupt):
            optimizer.step(closure)
        assert p.tolist() == [1.0, -2.0]


def test_entropy_sgd_goes_to_the_mean_of_its_walk() -> None:
    p = parameter(1.0)
    optimizer = EntropySGD([p], 1.0, 0.25, 2, 0.0, averaging=0.5, noise=0.0)
    optimizer.step(closure_of(optimizer, lambda: (p * p).sum() / 2))
    # θ′: 1, 0.75, 0.5625;  μ: 1, 0.875, 0.71875
    assert p.item() == pytest.approx(0.71875)


def test_entropy_sgds_scope_grows_and_goes_on_after_loading() -> None:
    losses = []
    for broken in (False, True):
        refnet.manual_seed(0)
        p = parameter(1.0, -0.5)
        make = lambda p=p: EntropySGD([p], scope=0.5, scope_growth=0.5, noise=0.1)  # noqa: E731
        optimizer = make()
        for i in range(6):
            if broken and i == 3:
                state = optimizer.state_dict()
                optimizer = make()
                optimizer.load_state_dict(state)
            loss = optimizer.step(closure_of(optimizer, lambda p=p: (p**4).sum()))
        losses.append(loss.item())
        assert optimizer.state[p]["step"].item() == 6
    assert losses[0] == losses[1]


REFUSED: dict[str, tuple[type[Exception], Callable[[], Any]]] = {
    "learning rate": (ValueError, lambda: LaplacianSGD([parameter(1.0)], lr=-1)),
    "sigma value: -1": (ValueError, lambda: LaplacianSGD([parameter(1.0)], sigma=-1)),
    "momentum value": (ValueError, lambda: LaplacianSGD([parameter(1.0)], momentum=-1)),
    "weight_decay value": (ValueError, lambda: LaplacianSGD([parameter(1.0)], weight_decay=-1)),
    "order: 0, expected a positive int": (
        ValueError,
        lambda: LaplacianSGD([parameter(1.0)], order=0),
    ),
    "rho value": (ValueError, lambda: SAM([parameter(1.0)], refnet.optim.SGD, rho=-1)),
    "expected a call of first_step": (
        RuntimeError,
        lambda: SAM([parameter(1.0)], refnet.optim.SGD).second_step(),
    ),
    "closure": (TypeError, lambda: SAM([parameter(1.0)], refnet.optim.SGD).step()),
    "inner_lr value": (ValueError, lambda: EntropySGD([parameter(1.0)], inner_lr=-1)),
    "inner_steps: 2.5, expected": (
        ValueError,
        lambda: EntropySGD([parameter(1.0)], inner_steps=2.5),
    ),
    "averaging value: 0": (ValueError, lambda: EntropySGD([parameter(1.0)], averaging=0)),
    "noise value": (ValueError, lambda: EntropySGD([parameter(1.0)], noise=-1)),
    "scope value": (ValueError, lambda: EntropySGD([parameter(1.0)], scope=-1)),
    "scope_growth value": (ValueError, lambda: EntropySGD([parameter(1.0)], scope_growth=-1)),
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    kind, call = REFUSED[text]
    with pytest.raises(kind, match=text):
        call()
