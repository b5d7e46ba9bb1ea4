"""The study of optimizers runs small, and its counts are right."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="the pictures are drawn with matplotlib, refnet[cli]")
pytest.importorskip("sklearn", reason="the digits come with scikit-learn, refnet[cli]")

import refnet
from examples import claims
from refnet.landscape import classic
from refnet.studies import ends, optimizers, steps
from refnet.studies.report import Report
from refnet.training.errors import InputError

FIGURES = {
    "optimizers.gif", "optimizers-minima.png", "optimizers-network.png", "optimizers-smoothing.png",
}  # fmt: skip


def test_the_study_measures_and_writes_all_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told_on_the_page: Any
) -> None:
    monkeypatch.setattr(optimizers, "RATES", (0.01, 0.3))
    monkeypatch.setattr(ends, "RATES", (0.1,))
    found = optimizers.run(Report(tmp_path), most=50, frames=3, epochs=1, seeds=1)
    told_on_the_page("optimizers", claims.of_optimizers(found))
    assert set(found["steps"]) == {s.name for s in optimizers.SURFACES}
    assert found["steps"]["strict saddle"]["SGD"] < 50
    assert np.isinf(found["steps"]["Rosenbrock"]["SGD"])
    for computed, white, *_ in found["smoothing"].values():
        assert white == pytest.approx(computed, rel=0.02)
    assert found["mean"] < 1e-12
    assert set(found["network"]) == set(ends.NAMES)
    for trained in found["network"].values():
        assert np.isfinite(trained["largest λ"]).all()
    assert {path.name for path in tmp_path.iterdir()} == FIGURES
    assert (tmp_path / "optimizers.gif").read_bytes().startswith(b"GIF89a")


def test_settled_is_the_first_of_ten_steps_within_the_tolerance() -> None:
    surface = classic.QUADRATIC
    far, near = surface.start, np.zeros(2)
    points = np.array([far] * 3 + [near] * 9 + [far] + [near] * 12)
    assert optimizers.settled(surface, points) == 13
    assert np.isinf(optimizers.settled(surface, points[:12]))
    edge = surface.start * np.sqrt(optimizers.TOLERANCE)  # C is of second order
    assert optimizers.settled(surface, np.array([edge * 0.999] * 10)) == 0
    assert np.isinf(optimizers.settled(surface, np.array([edge * 1.001] * 10)))


def test_the_average_is_that_of_the_later_half() -> None:
    points = np.arange(12.0).reshape(6, 2)
    expected = [points[(t + 1) // 2 : t + 1].mean(0) for t in range(6)]
    np.testing.assert_allclose(optimizers.averaged(points), expected, rtol=1e-12)


def test_the_best_run_has_the_fewest_steps_or_else_the_lowest_end() -> None:
    run = lambda steps, excess: optimizers.Run(0.1, np.zeros((1, 2)), steps, excess, 1.0)  # noqa: E731
    assert optimizers.best([run(9, 0.0), run(7, 1e-4), run(np.inf, 0.0)]).steps == 7
    assert optimizers.best([run(np.inf, 2.0), run(np.inf, 1.0)]).excess == 1.0


def test_a_run_knows_how_many_gradients_a_step_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimizers, "RATES", (0.001, 0.01))
    for name, expected in (("SGD", 1), ("SAM", 2), ("entropy-SGD", steps.INNER)):
        runs = optimizers.attempts(classic.QUADRATIC, name, steps.ALL[name], 3, 0)
        assert [r.gradients for r in runs] == [expected] * 2


def test_the_minimum_is_told_by_its_distance() -> None:
    points = ([-0.9, 0.1], [1.5, 0.5], [-0.6, 0.0], [0.0, 0.5])
    assert [optimizers.which_minimum(np.array(p)) for p in points] == [0, 1, -1, -1]


def test_walk_takes_the_steps_of_gradient_descent_and_counts_gradients() -> None:
    C, start = classic.ROSENBROCK.C, classic.ROSENBROCK.start
    path = steps.walk(C, steps.ALL["SGD"], 1e-3, start, 3)
    expected = [start]
    for _ in range(3):
        expected.append(expected[-1] - 1e-3 * C.gradient(expected[-1]))
    np.testing.assert_allclose(path.points, expected, rtol=1e-12)
    assert path.gradients == 3
    assert steps.walk(C, steps.ALL["SAM"], 1e-3, start, 3).gradients == 6
    assert steps.walk(C, steps.ALL["entropy-SGD"], 1e-3, start, 3).gradients == 3 * steps.INNER


def test_walk_ends_where_it_diverges() -> None:
    path = steps.walk(classic.ROSENBROCK.C, steps.ALL["SGD"], 1.0, classic.ROSENBROCK.start, 50)
    assert 1 < len(path.points) < 10
    assert np.linalg.norm(path.points, axis=1).max() < 1e6


def test_noise_is_added_to_the_gradient() -> None:
    C = classic.QUADRATIC.C
    steps_ = np.diff(
        steps.walk(C, steps.ALL["SGD"], 1e-9, np.ones(2), 2000, noise=2.0).points, axis=0
    )
    np.testing.assert_allclose(steps_.std(0) / 1e-9, 2.0, rtol=0.1)


@pytest.mark.parametrize("name", ends.NAMES)
def test_every_optimizer_of_the_network_takes_as_many_gradients(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ends.classes("digits", 0).first(160)
    seen = []
    cross_entropy = refnet.nn.CrossEntropyLoss.forward

    def counted(self: object, input: refnet.Tensor, target: refnet.Tensor) -> refnet.Tensor:
        seen.append(len(input))
        return cross_entropy(self, input, target)

    monkeypatch.setattr(refnet.nn.CrossEntropyLoss, "forward", counted)
    ends.train(data, name, 0.1, 2, 0)
    assert seen == [ends.BATCH] * 10


def test_swa_is_the_mean_of_sgds_points_of_the_later_half(monkeypatch: pytest.MonkeyPatch) -> None:
    data = ends.classes("digits", 0).first(160)
    points = []
    update = ends.AveragedModel.update_parameters

    def recorded(self: ends.AveragedModel, model: refnet.nn.Module) -> None:
        points.append([p.detach().numpy().copy() for p in model.parameters()])
        update(self, model)

    monkeypatch.setattr(ends.AveragedModel, "update_parameters", recorded)
    model = ends.train(data, "SWA", 0.1, 2, 0)
    last = ends.train(data, "SGD", 0.1, 2, 0)
    assert len(points) == 5
    for p, *each in zip(model.parameters(), *points, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), np.mean(each, 0), rtol=1e-5, atol=1e-7)
    for p, end in zip(last.parameters(), points[-1], strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), end)


def test_smoothing_is_measured_on_noise_and_gradient_apart() -> None:
    rng = np.random.default_rng(0)
    wave = 1e4 * (-1.0) ** np.arange(512)  # of the eigenvalue 1 + 4σ
    factors, change = optimizers.smoothing_factors(wave + rng.standard_normal((200, 512)), 0)
    assert change < 1e-12
    for σ, (computed, white, noise, gradient) in factors.items():
        np.testing.assert_allclose([white, noise], computed, rtol=0.02)
        np.testing.assert_allclose(gradient, (1 + 4 * σ) ** -2, rtol=1e-5)


@pytest.mark.parametrize("name", ["most", "frames", "epochs", "seeds"])
def test_a_number_below_1_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=f"--{name} must be at least 1, got 0"):
        optimizers.run(Report(tmp_path), **{name: 0})
