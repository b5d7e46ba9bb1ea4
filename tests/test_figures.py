"""What all pictures share: colours that everybody tells apart, and titles that fit."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="the pictures are drawn with matplotlib, refnet[cli]")

from conftest import faults
from matplotlib.colors import to_rgb

from refnet.display import diagram
from refnet.studies import paths
from refnet.studies.report import Report
from refnet.training import figures, plots
from refnet.training.display import COLOURS

# How linear RGB looks without the cones for long, middle or short waves: Machado, Oliveira and
# Fernandes 2009, "A physiologically-based model for simulation of color vision deficiency",
# severity 1.
SEEN = {
    "with all cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]
    ],
}  # fmt: skip
PALETTE = ("BLUE", "ORANGE", "GREEN", "RED", "PURPLE", "GREY")
TERMINAL = {"cyan": "#00cdcd", "yellow": "#cdcd00", "magenta": "#cd00cd", "green": "#00cd00",
            "red": "#cd0000"}  # fmt: skip


def linear(color: str) -> Any:
    c = np.array(to_rgb(color))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb: Any) -> Any:
    """CIELAB of linear sRGB under D65: distances of 2 are just seen, of 10 at a glance."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize(
    "colors",
    [
        {name: getattr(figures, name) for name in PALETTE},
        {word: TERMINAL[style.split()[-1]] for word, style in COLOURS.items()},
    ],
    ids=["pictures", "terminal"],
)
def test_the_colours_are_told_apart(colors: dict[str, str], seen: str) -> None:
    for (name, a), (other, b) in combinations(colors.items(), 2):
        distance = np.linalg.norm(lab(SEEN[seen] @ linear(a)) - lab(SEEN[seen] @ linear(b)))
        assert distance > 19, f"{name} and {other}: {distance:.0f}"


def test_the_boxes_of_a_diagram_have_the_colours_of_the_pictures_and_shapes_of_their_own() -> None:
    assert set(diagram.EDGE.values()) == {figures.BLUE, figures.ORANGE, figures.GREEN}
    assert figures.GREY == diagram.GREY
    assert len(set(diagram.SHAPE.values())) == len(diagram.SHAPE)


@pytest.mark.parametrize("whole", [True, False])
def test_a_long_title_goes_on_in_the_next_line(whole: bool) -> None:
    made, axes = figures.figure(4, 3)
    axes[0, 0].set(title="of the panel", xlabel="x", ylabel="y")
    title = "a title of many words, which are far too many for one line of the figure"
    if whole:
        figures.headline(made, title)
        assert faults(made) == []
    else:
        made.suptitle(title)
        assert faults(made) == [f"{title!r} is cut"]


def test_the_minima_are_told_by_words(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(Report, "save", lambda self, figure, name: drawn.append(figure))
    paths.draw_minima(Report(tmp_path), {"SGD": [-1, 0, 1]}, [0.1, 0.2, 0.3])
    (panel,) = drawn[0].axes
    assert [text.get_text() for text in panel.texts] == ["neither", "sharp", "flat"]
    assert faults(drawn[0]) == []


def test_each_optimizer_has_a_mark_of_its_own() -> None:
    assert len({mark for _, mark in paths.STYLE.values()}) == len(paths.STYLE)


def test_the_title_of_the_animation_keeps_its_place(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was drawn over the titles of the upper panels in each frame."""
    frames = []

    def look(writer: Any, **_: Any) -> None:
        frames.append(faults(writer.fig))

    monkeypatch.setattr(paths.OnePalette, "grab_frame", look)
    monkeypatch.setattr(paths.OnePalette, "finish", lambda writer: None)
    monkeypatch.setattr(Report, "write", lambda self, name, to: to(tmp_path / name))
    from refnet.studies.optimizers import SURFACES

    moves = {s.name: {"SGD": np.linspace(s.start, s.minima[0], 5)} for s in SURFACES}
    monkeypatch.setattr(paths, "HOLD", 0)
    paths.animate(Report(tmp_path), SURFACES, moves, 2, 4)
    assert frames == [[], []]


def test_the_names_of_curves_stand_at_their_ends() -> None:
    """What is drawn after the names must not move the axis away from them."""
    ends = {"losses": 2e-7, "gradients": 3e-6, "outputs": 8e-4}
    made, panels = figures.figure(6, 4)
    axes = panels[0, 0]
    for end in ends.values():
        axes.plot([1, 2], [1.5e-7, end])
    axes.set_yscale("log")
    figures.whole_decades(axes.yaxis)
    plots._name_ends(axes, {name: (end, "black", "o") for name, end in ends.items()})
    made.draw_without_rendering()
    low, high = axes.get_ylim()
    assert (low, high) == pytest.approx((1e-7, 1e-3))
    for text in axes.texts:
        place = low * (high / low) ** text.get_position()[1]
        assert place == pytest.approx(ends[text.get_text()])
