"""The study of surfaces, small: each plane, both networks, the files, and a run that is resumed."""

import os
import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="the pictures are drawn with matplotlib, refnet[cli]")
pytest.importorskip("plotly", reason="the page is drawn with plotly, refnet[landscape]")
pytest.importorskip("sklearn", reason="the digits come with scikit-learn, refnet[cli]")

from matplotlib.figure import Figure
from rich.console import Console

from examples import claims
from refnet.cli import commands
from refnet.landscape import slices
from refnet.studies import data, surface, surface_figures
from refnet.studies.report import Report
from refnet.training.errors import InputError

SMALL = {"depths": (2,), "size": 5, "epochs": 2, "examples": 20, "processes": 1}


@pytest.mark.parametrize("plane", surface.PLANES)
def test_each_plane_is_drawn_and_measured(tmp_path: Path, plane: str) -> None:
    found = surface.run(Report(tmp_path), network="tanh", plane=plane, **SMALL)
    stem = f"surface-tanh-{plane}-data"
    names = {stem + kind for kind in ("-contour.png", "-heat.png", "-3d.png", "-line.png", ".html")}
    names |= {f"surface-tanh-2-{plane}-data-{which}.npz" for which in ("with", "without")}
    s = "s" if plane == "solutions" else ""
    names |= {f"surface-tanh-2-{which}-solution{s}.npz" for which in ("with", "without")}
    names.add(f"surface-tanh-{plane}-depths.png")
    assert {p.name for p in tmp_path.iterdir()} == names
    page = (tmp_path / f"{stem}.html").read_text(encoding="utf-8")
    assert "Plotly.newPlot" in page
    outside = re.findall(r'<(?:script|link|img)\b[^>]*="https?:', page)
    assert outside == [], "it needs no network"
    text, _, script = page.partition("<script>")
    assert '<meta name="viewport" content="width=device-width' in text
    (title,) = re.findall("<title>(.*)</title>", text)
    assert title.endswith(f": {stem}")
    assert re.findall("<h1>(.*)</h1>", text) == [title.removesuffix(f": {stem}")]
    panels = ["with shortcuts, 2 blocks", "without shortcuts, 2 blocks"]
    assert re.findall("<h2>(.*?)</h2>", text) == panels
    assert "color-scheme: light dark" in text
    assert "repeat(auto-fit, minmax(" in text, "on a phone one below the other"
    assert "prefers-color-scheme: dark" in script
    assert "responsive: true" in script
    for name in surface.NAMES:
        with np.load(tmp_path / f"surface-tanh-2-{plane}-data-{name.split()[0]}.npz") as kept:
            values, alpha, beta = kept["values"], kept["alpha"], kept["beta"]
        assert values.shape == (5, 5)
        assert np.isfinite(values).all()
        assert found[f"highest cost {name}, data, 2 blocks"] == values.max()
        if plane in {"random", "hessian"}:
            assert alpha[2] == beta[2] == 0
            assert values[2, 2] == pytest.approx(found[f"cost {name}, data, 2 blocks"], rel=1e-12)
        assert 0 <= found[f"not convex, % {name}, data, 2 blocks"] <= 100
    if plane == "trajectory":
        shares = [v for k, v in found.items() if "variance" in k and "with shortcuts" in k]
        assert sum(shares) == pytest.approx(100), "three points lie on a plane"
    if plane == "solutions":
        assert found["barrier with shortcuts, data, 2 blocks"] >= 0


def test_it_goes_deeper_until_a_slice_is_chaotic_and_draws_where_the_two_differ_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = {(2, "with"): 20, (2, "without"): 30, (3, "with"): 10, (3, "without"): 45,
             (4, "with"): 40, (4, "without"): 60, (5, "with"): 0, (5, "without"): 99}  # fmt: skip
    asked: list[int] = []

    def side(*args: Any) -> tuple[surface_figures.Side, dict[str, float]]:
        stem, name = args[1:3]
        depth = int(stem.split("-")[2])
        asked.append(depth)
        C = np.geomspace(1, 2, 25).reshape(5, 5)
        at = np.linspace(-1, 1, 5)
        found = {surface.BENT: share[depth, name.split()[0]], surface.ROUGH: 0.1,
                 surface.MINIMA: 1, "cost": 1.0}  # fmt: skip
        ratio = np.zeros((3, 3))
        return surface_figures.Side(
            name, at, at, C, ratio, np.zeros((1, 2)), at, C[0], depth
        ), found

    drawn: list[float | None] = []
    monkeypatch.setattr(surface, "_side", side)
    monkeypatch.setattr(surface, "solution", lambda *_, **__: SimpleNamespace(state={}))
    monkeypatch.setattr(
        surface_figures, "draw", lambda *args: drawn.extend(s.barrier for s in args[2])
    )
    out = StringIO()
    report = Report(tmp_path, Console(file=out, width=200))
    found = surface.run(report, network="tanh", depths=(5, 3, 2, 4))
    assert sorted(set(asked)) == [2, 3, 4], "in rising order, and none after the first chaotic one"
    assert (found["chaotic from"], found["depth"]) == (4, 3)
    assert (
        "Chaotic (not convex at more than 50 %) without shortcuts: from 4 blocks on."
        in out.getvalue()
    )
    rows = re.findall(r"^(\d) +(\d+ / \d+) ", out.getvalue(), re.MULTILINE)
    assert rows == [("2", "20 / 30"), ("3", "10 / 45"), ("4", "40 / 60")]
    assert drawn == [3, 3]
    found = surface.run(report, network="tanh", depths=(2, 3))
    assert (found["chaotic from"], found["depth"]) == (0, 3)
    assert "without shortcuts: at none of these depths, to 3 blocks." in out.getvalue()


def test_both_panels_have_one_scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two slices, one 100 times as high as the other, get the same colours, levels and heights."""
    drawn: dict[str, Figure] = {}
    monkeypatch.setattr(Report, "save", lambda _, made, name: drawn.setdefault(name, made))
    at = np.linspace(-1, 1, 7)
    C = 1 + at[:, None] ** 2 + at**2
    low, high = (
        surface_figures.Side(
            name, at, at, s * C, np.zeros((5, 5)), np.zeros((1, 2)), at, s * C[3], None
        )
        for name, s in (("with shortcuts", 0.1), ("without shortcuts", 10.0))
    )
    surface_figures.draw(Report(tmp_path), "two", [low, high], "random")
    top = float(np.percentile(10 * C, 99))
    heat = [panel.collections[0].norm for panel in drawn["two-heat"].axes[:2]]
    assert [(norm.vmin, norm.vmax) for norm in heat] == [(0.1, top)] * 2
    contours = [panel.collections[0].norm for panel in drawn["two-contour"].axes[:2]]
    assert [(norm.vmin, norm.vmax) for norm in contours] == [(0.1, top)] * 2
    heights = [panel.get_zlim() for panel in drawn["two-3d"].axes]
    assert heights[0] == heights[1] == pytest.approx((-1, np.log10(top)))
    for panel in drawn["two-3d"].axes:
        assert panel.collections[0].get_clim() == pytest.approx((-1, np.log10(top)))
    page = (tmp_path / "two.html").read_text(encoding="utf-8")
    ranges = re.findall(r'"zaxis":\{[^{}]*(?:\{[^{}]*\}[^{}]*)*"range":\[([^]]*)\]', page)
    assert len(ranges) == 2
    assert ranges[0] == ranges[1]
    colours = re.findall(r'"cm(?:in|ax)":([-\d.e]+)', page)
    assert sorted(map(float, colours)) == pytest.approx([-1, -1, np.log10(top), np.log10(top)])


def test_a_run_is_resumed_without_training_or_evaluating_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = surface.run(Report(tmp_path), network="tanh", **SMALL)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was trained again")

    monkeypatch.setattr(data, "train", never)
    assert surface.run(Report(tmp_path), network="tanh", resume=True, **SMALL) == first
    with pytest.raises(InputError, match="another network, plane or grid"):
        surface.run(Report(tmp_path), network="tanh", resume=True, **{**SMALL, "size": 6})
    with pytest.raises(AssertionError, match="trained again"):
        surface.run(Report(tmp_path), network="tanh", resume=True, **{**SMALL, "epochs": 3})


SOLUTION, GRID = "surface-tanh-2-with-solution.npz", "surface-tanh-2-random-data-with.npz"
BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "a solution that is cut": (SOLUTION, {}),
    "a solution of another network": (SOLUTION, {"state.3.bias": np.zeros(11, np.float32)}),
    "a solution in float64": (SOLUTION, {"state.3.bias": np.zeros(10)}),
    "a solution with fewer points": (SOLUTION, {"points": np.zeros((2, 4522))}),
    "a solution with NaN points": (SOLUTION, {"points": np.full((3, 4522), np.nan)}),
    "a solution with NaN": (SOLUTION, {"state.3.bias": np.full(10, np.nan, np.float32)}),
    "a solution with two accuracies": (SOLUTION, {"accuracy": np.zeros(2)}),
    "a grid that is cut": (GRID, {}),
    "a grid of negative costs": (GRID, {"values": np.full((5, 5), -1e300)}),
    "a grid of NaN": (GRID, {"values": np.full((5, 5), np.nan)}),
    "a grid of another size": (GRID, {"values": np.ones((4, 5))}),
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small run."""
    folder = tmp_path_factory.mktemp("finished")
    surface.run(Report(folder), network="tanh", **SMALL)
    return folder


@pytest.mark.parametrize("kind", BROKEN)
def test_a_damaged_file_is_one_line(
    tmp_path: Path, finished: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    folder = tmp_path / "resumed"
    shutil.copytree(finished, folder)
    name, changed = BROKEN[kind]
    with np.load(folder / name) as kept:
        arrays = {key: kept[key] for key in kept.files}
    np.savez(folder / name, **{**arrays, **changed})
    if not changed:
        (folder / name).write_bytes((folder / name).read_bytes()[:-30])
    options = [word for key, n in SMALL.items() for word in (f"--{key}", str(n).strip("(,)"))]
    command = ["landscape", "surface", "--network", "tanh", "--out", str(folder), "--resume"]
    assert commands.run([*command, *options]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"refnet: {folder / name} cannot be resumed from, remove it to ")
    assert error.count("\n") == 1


@pytest.mark.skipif(
    os.name != "posix", reason="only POSIX has modes, and tells which processes live"
)
def test_every_file_keeps_its_mode_and_what_a_killed_process_left_is_deleted(
    tmp_path: Path, finished: Path
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    names = {p.name for p in finished.iterdir()}
    for name in names:
        (tmp_path / name).touch(0o600)
        (tmp_path / f".{name}.{ended.pid}.1.0.partial").touch()
    surface.run(Report(tmp_path), network="tanh", **SMALL)
    assert {p.name for p in tmp_path.iterdir()} == names
    for path in tmp_path.iterdir():
        assert path.stat().st_size > 0
        assert path.stat().st_mode & 0o777 == 0o600, path


def test_the_two_statistics_of_batch_norm_give_two_surfaces(
    tmp_path: Path, told_on_the_page: Any
) -> None:
    found = surface.run(Report(tmp_path), **SMALL)
    told_on_the_page("surface", claims.of_surface(found))
    one, other = (found[f"highest cost with shortcuts, {s}, 2 blocks"] for s in slices.STATISTICS)
    assert one != pytest.approx(other, rel=1e-2)
    with pytest.raises(InputError, match="running is for the resnet on the planes random and"):
        surface.run(Report(tmp_path), plane="solutions", batch_norm="running")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"network": "vgg"}, "--network must be one of resnet, tanh, got 'vgg'"),
        ({"plane": "xy"}, "--plane must be one of random, hessian, trajectory, solutions, got 'xy'"),
        ({"vectors": "no"}, "--vectors must be one of zero, whole, got 'no'"),
        ({"batch_norm": "batch"}, "--batch-norm must be one of both, running, data, got 'batch'"),
        ({"size": 2}, "--size must be at least 5, got 2"),
        ({"span": 0.0}, "--span must be a positive number, got 0"),
    ],
)  # fmt: skip
def test_bad_arguments_are_input_errors(
    tmp_path: Path, given: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        surface.run(Report(tmp_path), **given)  # type: ignore[arg-type]


def test_a_grid_too_large_is_refused_before_anything_is_trained(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a grid of 4000 x 4000 points takes 0\.128 GB"):
        surface.run(Report(tmp_path), size=4000)
    assert not list(tmp_path.iterdir())


def test_a_grid_that_takes_too_long_is_refused_with_its_size(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a grid of 2000 x 2000 points takes about .* minutes"):
        surface.run(Report(tmp_path), network="tanh", minutes=0.001, **{**SMALL, "size": 2000})
