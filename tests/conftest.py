"""Fixtures and helpers for all tests, and a check of each picture that a test writes.

In a picture, no text is cut, overlaps another one, or is missing.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import refnet

Captured = pytest.CaptureFixture[str]
Ran = tuple[dict[str, Any], Path, str]  # figures, folder of the files, printed text
DOCS = Path(__file__).parent.parent / "docs"
KEPT = DOCS / "claims.json"
# Modules of the site that tests import: `sources`, `live_session`, ...
sys.path[:0] = [str(DOCS / "extensions"), str(DOCS / "_static")]


def randn(*shape: int, seed: int = 0) -> np.ndarray:
    """Normal values, the same for the same shape and seed."""
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def solution(exercise: str, function: str | None = None) -> Any:
    """Returns a function of the solution of an exercise; None means the one with its name."""
    from sources import load

    names: dict[str, Any] = {}
    exec(load(exercise).SOLUTION, names)
    return names[function or exercise]


def run_study(run: Callable[..., dict[str, Any]], folder: Path, **options: Any) -> Ran:
    """Runs a study and returns its figures, the folder of its files, and the printed text."""
    from rich.console import Console

    from refnet.studies.report import Report

    out = StringIO()
    found = run(Report(folder, Console(file=out, width=200)), **options)
    return found, folder, out.getvalue()


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """Seeds refnet's generator, so that the order of the tests does not matter."""
    refnet.manual_seed(0)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs the test in an empty folder, 100 columns wide, and returns the folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture
def told_on_the_page() -> Callable[[str, Mapping[str, float]], None]:
    """Checks that figures of a study have the names of those that docs/claims.md is made of."""
    from examples import claims_page

    def check(study: str, figures: Mapping[str, float]) -> None:
        (kept, *_) = json.loads(KEPT.read_text(encoding="utf-8"))["studies"][study]["figures"]
        names, expected = (
            {re.sub(r"\d+", "#", name) for name in group} for group in (figures, kept)
        )
        assert names == expected, "run python -m examples.claims again"
        rows = [claim for claim in claims_page.CLAIMS if claim.study == study]
        assert rows
        for claim in rows:
            verdict, text = claims_page.found(claim, [figures])
            assert verdict.endswith(("(0 of 1)", "(1 of 1)"))
            assert "{" not in text

    return check


@pytest.fixture(scope="session", autouse=True)
def _pictures_are_looked_at() -> Iterator[None]:
    try:
        from matplotlib.figure import Figure

        from refnet.training.plots import Folder
    except ModuleNotFoundError:  # no matplotlib, so no pictures
        yield
        return
    save = Folder.save

    def looked_at(self: Any, figure: Any, name: str) -> Any:
        if isinstance(figure, Figure):
            assert faults(figure) == [], f"{name}: {faults(figure)}"
        return save(self, figure, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Folder, "save", looked_at)
        yield


def faults(figure: Any) -> list[str]:
    """The faults of a figure: text that is cut or overlaps, an axis without a name, a legend over a
    mark.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.transforms import Bbox

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    found = []
    extents = []
    for where, text in _texts(figure):
        box = text.get_window_extent(renderer)
        if text.get_clip_on() and text.get_clip_box() is not None:  # a contour's label at the edge
            box = Bbox.intersection(box, text.get_clip_box()) or Bbox([[0, 0], [0, 0]])
        edge = figure.bbox.padded(1)
        if box.x0 < edge.x0 or box.y0 < edge.y0 or box.x1 > edge.x1 or box.y1 > edge.y1:
            found.append(f"{text.get_text()!r} is cut")
        extents.append((where, text.get_text(), box.padded(0 if where == "title" else -1)))
    for (where, text, box), (_, other, other_box) in combinations(extents, 2):
        if box.overlaps(other_box):
            found.append(f"{text!r} and {other!r} overlap ({where})")
    for axes in figure.axes:
        if axes.get_legend() and axes.name == "rectilinear":
            box = axes.get_legend().get_window_extent(renderer)
            for line in axes.lines:
                at = line.get_transform().transform(np.column_stack(line.get_data()))
                if line.get_marker() not in ("", "None") and box.count_contains(at):
                    found.append(f"the legend of {axes.get_title()!r} covers {line.get_label()!r}")
        if axes.axison and axes.name == "rectilinear":
            found += [
                f"the {name} axis of {axes.get_title()!r} has no name"
                for name, axis in (("x", axes.xaxis), ("y", axes.yaxis))
                if _labels(axis)
                and not axis.get_label_text()
                # words as labels say what they are
                and all(_number(label.get_text()) for label in _labels(axis))
            ]
    return found


def _number(text: str) -> bool:
    return not any(c.isalpha() for c in text.replace("mathdefault", "").replace("times", ""))


def _labels(axis: Any) -> list[Any]:
    """The labels of ticks that are drawn."""
    ticks = axis._update_ticks()
    labels = [label for tick in ticks for label in (tick.label1, tick.label2)]
    return [label for label in labels if label.get_visible() and label.get_text()]


def _texts(figure: Any) -> Iterator[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [("title", figure._suptitle)] if figure._suptitle else []
    for legend in figure.legends:
        found += [("legend", text) for text in legend.get_texts()]
    for axes in figure.axes:
        if not axes.axison and not axes.get_legend():
            continue
        found += [("title", axes.title), *(("text", text) for text in axes.texts)]
        if axes.get_legend():
            found += [("legend", text) for text in axes.get_legend().get_texts()]
        if axes.axison and axes.name == "rectilinear":
            for axis in (axes.xaxis, axes.yaxis):
                found += [("axis", axis.label), *(("tick", label) for label in _labels(axis))]
    return iter([(w, t) for w, t in found if t.get_visible() and t.get_text().strip()])
