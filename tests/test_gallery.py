"""The pictures of the gallery and of the README are those that the code draws today.

Drawing takes minutes and PyTorch, so the tests compare what docs/figures.py recorded when it drew
them with the code of now.
"""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
GALLERY = (DOCS / "gallery.md").read_text(encoding="utf-8")
FIGURE = re.compile(
    r"^```{figure} (\S+)\n:alt: (.+)\n\n([^`]*(?:`[^`]+`[^`]*)*)\n```$", re.MULTILINE
)


def _loaded() -> Any:
    spec = importlib.util.spec_from_file_location("docs_figures", DOCS / "figures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


figures = _loaded()
PICTURES = {name: drawn for drawn in figures.ALL for name in drawn.pictures}


def test_no_picture_is_missing_or_stale() -> None:
    found = [f"docs/{name} {reason}" for name, reason in figures.stale().items()]
    assert not found, "; ".join([*found, "run nox -s figures"])


def test_the_gallery_shows_every_picture_below_its_command() -> None:
    shown = {}
    command = ""
    for block in re.findall(r"^```.*?^```$", GALLERY, re.DOTALL | re.MULTILINE):
        if block.startswith("```sh\n"):
            command = block.removeprefix("```sh\n").removesuffix("\n```")
        elif found := FIGURE.match(block):
            shown[found[1]] = command
    assert shown == {name: drawn.command for name, drawn in PICTURES.items()}
    assert GALLERY.count("```{figure}") == len(shown)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_words(name: str) -> None:
    (words,) = [found for found in FIGURE.findall(GALLERY) if found[0] == name]
    _, alt, caption = words
    assert len(alt) > 40
    assert caption.endswith(".")
    assert len(re.findall(r"\.(?:\s|$)", caption)) == 1, "a caption is one sentence"


def test_the_readme_shows_pictures_that_are_drawn_here() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^\]]*\]\(docs/([^)]+)\)", readme)
    assert pictures
    assert set(pictures) <= PICTURES.keys()


def test_pictures_are_few_and_small() -> None:
    sizes = {name: (DOCS / name).stat().st_size for name in PICTURES}
    assert max(sizes.values()) < 80_000, sizes
    assert sum(sizes.values()) < 1_000_000
    files = {f"gallery/{path.name}" for path in (DOCS / "gallery").iterdir()}
    assert files == {name for name in PICTURES if "/" in name} | {"gallery/figures.json"}


def test_a_digest_is_that_of_code_alone() -> None:
    code = 'def f(x):\n    y = "# no comment"\n    return x + 1\n'
    more = '"""A module."""\n\n\ndef f(x):  # f\n    """A\n    docstring."""\n\n    y = "# no comment"\n'
    assert figures.code(more + "    # the sum\n    return x + 1\n") == figures.code(code)
    assert figures.code(code.replace("1", "2")) != figures.code(code)


def test_a_change_of_a_source_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = figures.Drawn("refnet train", {"a.webp": "a.png", "b.webp": "b.png"}, ("plot.py",))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.webp").write_bytes(b"")
    (tmp_path / "plot.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setattr(figures, "ROOT", tmp_path)
    monkeypatch.setattr(figures, "ALL", (drawn,))
    monkeypatch.setattr(figures, "record", lambda: recorded)
    recorded = {"a.webp": figures.entry(drawn)}
    assert figures.stale() == {"b.webp": "is missing"}
    (tmp_path / "docs" / "b.webp").write_bytes(b"")
    recorded["b.webp"] = figures.entry(drawn._replace(command="refnet train --seed 1"))
    assert figures.stale() == {"b.webp": "was drawn by another command"}
    recorded["b.webp"] = recorded["a.webp"]
    (tmp_path / "plot.py").write_text("x = 1  # the same\n", encoding="utf-8")
    assert figures.stale() == {}
    (tmp_path / "plot.py").write_text("x = 2\n", encoding="utf-8")
    assert figures.stale() == dict.fromkeys(recorded, "was drawn before plot.py changed")
