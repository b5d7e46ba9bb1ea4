"""Progress bars: HTML in a notebook, none in a file, and no codes for a terminal in either."""

import builtins
import io
import sys
import types
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib", reason="the studies draw with matplotlib, refnet[cli]")
pytest.importorskip("rich", reason="the terminal is written to with rich, refnet[cli]")

from refnet.cli import commands
from refnet.studies.report import Report
from refnet.training import progress


class ZMQInteractiveShell:
    """By the name of this class rich knows a notebook."""


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A kernel without ipywidgets; returns what it displays."""
    found: list[Any] = []

    class Handle:
        def update(self, x: Any) -> None:
            found.append(x._repr_html_())

    def display(*xs: Any, display_id: bool = False, **_: Any) -> Handle:
        found.extend(x._repr_html_() if hasattr(x, "_repr_html_") else x for x in xs)
        return Handle()

    ipython = types.ModuleType("IPython")
    ipython.version_info = (9, 0)  # type: ignore[attr-defined]  # which matplotlib asks for
    ipython.display = types.ModuleType("IPython.display")  # type: ignore[attr-defined]
    ipython.display.display = display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", ipython.display)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    monkeypatch.setattr(builtins, "get_ipython", ZMQInteractiveShell, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")  # as kernels do
    return found


def test_a_study_in_a_notebook_has_bars_and_no_escape_codes(
    tmp_path: Path, shown: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report(tmp_path)
    assert list(report.track(iter("ab"), "<two>", 2)) == ["a", "b"]
    report.table("a title", ["a", "b"], [[1, "x"]])
    assert 'value="0" max="2"' in shown[0]
    assert 'value="2" max="2"' in shown[-1]
    assert all("<progress" in page and "&lt;two&gt;" in page for page in shown)
    assert "#" not in "".join(shown), "the colours are the notebook's"
    out, err = capsys.readouterr()
    assert out == "\na title\na  b\n1  x\n"
    assert err == ""


def test_a_training_in_a_notebook_has_a_bar(
    tmp_path: Path, shown: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        commands.run(["train", "--data", "diabetes", "--epochs", "2", "--out", str(tmp_path)]) == 0
    )
    assert 'value="24" max="24"' in shown[-1]
    assert "24/24 steps" in shown[-1]
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert "On the test part" in out


def test_a_command_that_a_cell_starts_writes_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert progress.console().is_terminal
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    assert not progress.console().is_terminal


def test_a_file_gets_no_bar_and_a_terminal_does() -> None:
    for terminal in (False, True):
        written = io.StringIO()
        console = progress.Console(file=written, force_terminal=terminal, width=80)
        assert list(progress.track([1, 2, 3], "counting", None, console)) == [1, 2, 3]
        assert ("counting" in written.getvalue()) is terminal


def test_a_bar_says_how_much_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress.time, "monotonic", lambda: 0.0)
    with progress.Bar(progress.Console(file=io.StringIO()), "training", 1000, "steps") as bar:
        monkeypatch.setattr(progress.time, "monotonic", lambda: 10.0)
        assert repr(bar) == "training: 0/1,000 steps, 10 s"
        bar.update(250)
        assert repr(bar) == "training: 250/1,000 steps, 10 s, 30 s left"
        bar.update(1000)
        assert repr(bar) == "training: 1,000/1,000 steps, 10 s"


def test_items_without_a_length_need_a_total() -> None:
    with pytest.raises(TypeError, match=r"track\(\): expected total for items without a length"):
        list(progress.track(iter([1]), "counting", None, progress.console()))
