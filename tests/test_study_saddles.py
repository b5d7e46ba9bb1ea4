"""The study of saddles runs small, and finds what is known."""

from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="the pictures are drawn with matplotlib, refnet[cli]")
pytest.importorskip("sklearn", reason="the digits come with scikit-learn, refnet[cli]")

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.console import Console

import refnet
from examples import claims
from refnet import nn
from refnet.cli import commands
from refnet.landscape import Surface, critical
from refnet.studies import critical_points, escape, saddles, steps
from refnet.studies.report import Report
from refnet.training.errors import InputError

MOST = 80  # steps from a saddle
FIGURES = {
    "saddles-escape.png", "saddles-index.png", "saddles-network.png", "saddles-share.png",
    "saddles-times.png", "critical-points.npz",
}  # fmt: skip


class Ran(NamedTuple):
    """What a small study measured, printed and drew, by the figure's name."""

    found: dict[str, Any]
    text: str
    drawn: dict[str, Figure]
    folder: Path


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    out, folder, drawn = StringIO(), tmp_path_factory.mktemp("saddles"), {}
    save = Report.save
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(escape, "MOST", MOST)
        patch.setattr(
            Report, "save", lambda self, made, name: save(self, drawn.setdefault(name, made), name)
        )
        report = Report(folder, Console(file=out, width=200))
        found = saddles.run(report, data="breast-cancer", depths=(1, 2), widths=(2,), starts=1)
    return Ran(found, out.getvalue(), drawn, folder)


def test_the_study_counts_and_writes_all_its_files(ran: Ran) -> None:
    shares = ran.found["shares"]
    minima, every = shares["by layers"][1]
    assert minima == every > 0, "one layer: C is convex"
    assert shares["of descents"][""] == (1, 1)
    assert 0 <= ran.found["stuck"] <= 1
    on_it, noisy, *_ = ran.found["steps"].values()
    stay = {name for name, n in on_it.items() if np.isinf(n)}
    assert stay == set(steps.ALL) - {"entropy-SGD"}, "no gradient, no step"
    assert np.isfinite(noisy["SGD"]) or escape.predicted(escape.NOISE) > MOST
    assert {path.name for path in ran.folder.iterdir()} == FIGURES
    for path in ran.folder.glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG\r\n")
    with np.load(ran.folder / "critical-points.npz") as numbers:
        assert len(numbers["loss"]) == sum(n for _, n in shares["by layers"].values())


def test_the_table_and_the_pictures_name_their_starts_and_agree(ran: Ran) -> None:
    taken = ran.found["steps"]
    assert list(taken) == list(escape.STARTS)
    header = next(line for line in ran.text.splitlines() if line.startswith("optimizer"))
    assert all(start in header for start in escape.STARTS)

    beside, distant = taken["(1, 10⁻³)"], taken["(0, 10⁻³)"]
    assert beside["Laplacian SGD"] < distant["Laplacian SGD"], "the start matters"
    panels = ran.drawn["saddles-escape"].axes
    for panel, (name, n) in zip(panels, beside.items(), strict=True):
        end = f"left in {n:.0f} steps" if np.isfinite(n) else f"not left in {MOST}"
        assert panel.get_title() == f"{name}: {end}", "the picture has the table's number"
        path = panel.lines[-1].get_xydata()
        np.testing.assert_array_equal(path[0], (1, 1e-3))
        left = np.flatnonzero(abs(path[:, 1]) >= escape.LEFT)
        assert left[:1].tolist() == [n] * bool(np.isfinite(n))
    falls, times = ran.drawn["saddles-times"].axes
    assert "(1, 10⁻³)" in falls.get_title()
    assert "(0, δ)" in times.get_title()
    assert "(0, δ)" in times.get_xlabel()
    at = np.flatnonzero(np.isclose(escape.DISTANCES, 1e-3))[0]
    for n, line in zip(sorted(distant.values()), sorted(_heights(times, at)), strict=True):
        assert n == line


def _heights(panel: Axes, at: int) -> list[float]:
    """Where the curves of the optimizers are at this point; the dotted one is the prediction."""
    return [float(line.get_ydata()[at]) for line in panel.lines if line.get_linestyle() != ":"]


def test_the_page_of_claims_has_its_figures(ran: Ran, told_on_the_page: Any) -> None:
    told_on_the_page("saddles", claims.of_saddles(ran.found))


def test_the_network_is_that_of_modules() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((9, 4)), rng.integers(0, 3, 9)
    net = nn.Sequential(nn.Linear(4, 2), nn.Tanh(), nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 3))

    def cost(output: refnet.Tensor, y: refnet.Tensor) -> refnet.Tensor:
        squares = sum((p * p).sum() for p in net.parameters())
        return nn.functional.cross_entropy(output, y) + 0.05 * squares

    surface = Surface(net, cost, refnet.from_numpy(x), refnet.from_numpy(y))
    stacked = saddles.network([4, 2, 2, 3], x, y, 0.1)
    parts = surface.split(θ := rng.standard_normal(stacked.size))
    at = np.concatenate([a.T.ravel() for a in parts])  # a matrix is (out, in) in a module
    np.testing.assert_allclose(stacked.value(at), surface.value(θ), rtol=1e-12)
    np.testing.assert_allclose(
        np.linalg.eigvalsh(stacked.hessian(at)), np.linalg.eigvalsh(surface.hessian(θ)), rtol=1e-9
    )


@pytest.mark.parametrize(("depth", "kind"), [(1, "minimum"), (2, "saddle"), (3, "minimum")])
def test_zero_is_a_minimum_but_for_two_layers(depth: int, kind: str) -> None:
    x, y = saddles.components("breast-cancer", 0)
    C = saddles.network([4, *[2] * (depth - 1), 2], x, y, 1e-3)
    origin = critical.newton(C, np.zeros(C.size))
    assert origin.converged
    assert origin.kind == kind


@pytest.mark.parametrize("δ", [1e-2, 1e-6, 1e-10])
def test_gradient_descent_leaves_a_saddle_after_the_predicted_steps(δ: float) -> None:
    assert abs(escape.steps_to_leave("SGD", np.array([0.0, δ])) - escape.predicted(δ)) <= 2
    assert escape.steps_to_leave("Adam", np.array([0.0, δ])) <= 10


@pytest.mark.parametrize("name", [name for name in steps.ALL if name != "entropy-SGD"])
def test_on_the_saddle_nothing_moves_and_noise_leaves_it(name: str) -> None:
    still = steps.walk(escape.STRICT_SADDLE.C, steps.ALL[name], escape.rate(name), np.zeros(2), 5)
    np.testing.assert_array_equal(still.points, 0)
    left = escape.steps_to_leave(name, np.zeros(2), escape.NOISE)
    assert np.isfinite(left) == (name != "SAM")


def test_sam_leaves_a_saddle_from_beyond_rho_only() -> None:
    assert np.isinf(escape.steps_to_leave("SAM", np.array([0.0, 0.04])))
    assert np.isfinite(escape.steps_to_leave("SAM", np.array([0.0, 0.06])))


def test_the_rank_correlation_and_the_interval_are_the_known_ones() -> None:
    assert critical_points.rank_correlation([1, 2, 3], [10, 20, 15]) == pytest.approx(0.5)
    assert critical_points.rank_correlation([1, 1, 2, 3], [5, 5, 6, 9]) == pytest.approx(1)
    uneven = critical_points.rank_correlation([1, 1, 2, 3], [1, 2, 3, 4])  # ranks 1.5, 1.5, 3, 4
    assert uneven == pytest.approx(4.5 / 22.5**0.5)
    assert np.isnan(critical_points.rank_correlation([1, 2], [3, 3]))
    assert critical_points.interval(0, 0) == (0, 1)
    low, high = critical_points.interval(5, 20)  # Wilson's for 5 of 20
    assert (low, high) == pytest.approx((0.1119, 0.4687), abs=1e-4)


def test_shares_count_what_has_converged() -> None:
    C = saddles.network([1, 2], np.ones((2, 1)), np.array([0, 1]), 1e-2)

    def end(λ: float, converged: bool) -> critical.Critical:
        return critical.Critical(np.zeros(4), 0.0, 0.0, np.array([λ, 1.0]), 1, converged)

    minimum, saddle, stuck = end(1.0, True), end(-1.0, True), end(1.0, False)
    searches = [(0, minimum), (0, saddle), (0, stuck), (1, saddle), (1, saddle), (1, minimum)]
    found = critical_points.Found(1, 0, C, searches, [minimum, stuck, saddle], minimum)
    assert critical_points.share([found]) == (2, 5)
    assert critical_points.share([found], 0) == (1, 2)
    assert critical_points.share([found, found], 1) == (2, 6)
    assert critical_points.ends([found]) == (1, 3)


def test_other_data_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match="--data must be one of digits, breast-cancer, got 'diabetes'"
    ):
        saddles.run(Report(tmp_path), data="diabetes")


def test_one_layer_alone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--depths must include 2 or more, got 1"):
        saddles.run(Report(tmp_path), depths=(1,))


def test_the_command_names_a_number_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run(["landscape", "saddles", "--depths", "2,x"]) == 2
    error = capsys.readouterr().err
    assert "--depths must be whole numbers with commas between them, got '2,x'" in error


@pytest.mark.parametrize(
    "wrong", [{"starts": 0}, {"decay": 0.0}, {"depths": (0, 2)}, {"widths": (0,)}]
)
def test_numbers_that_are_not_positive_are_errors(tmp_path: Path, wrong: dict[str, object]) -> None:
    (name,) = wrong
    with pytest.raises(InputError, match=f"--{name} must be a positive number, got 0"):
        saddles.run(Report(tmp_path), **wrong)
