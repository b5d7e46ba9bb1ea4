"""Each chapter and guide as a notebook, beside its page: text, programs and their outputs.

MyST's directives become plain Markdown, which every notebook program shows.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import parity
from definition import code, rule
from docutils import nodes
from sources import load
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.directives.code import LiteralIncludeReader

ROOT = Path(__file__).parent.parent.parent
_FENCE = re.compile(r"^(?P<marks>`{3,}|:{3,})\s*\{(?P<name>[\w-]+)\}\s*(?P<argument>.*)$")
_ROLE = re.compile(r"\{(?P<role>[\w:]+)\}`(?P<text>[^`]+)`")
_LABEL = re.compile(r"^\$\$ \((?P<label>[\w-]+)\)$")
FIRST = "Run this once where refnet is not installed: `%pip install refnet matplotlib`"


def pages(app: Sphinx) -> list[str]:
    """Returns the chapters and guides."""
    names = (name for name in app.env.found_docs if name.startswith(("book/", "guides/")))
    return sorted(name for name in names if not name.endswith("/index"))


def notebook(text: str, numbers: dict[str, Any], outputs: Iterator[Any]) -> Any:
    """Returns a page as a notebook.

    Args:
        text: the page in MyST
        numbers: the number of each formula by its label
        outputs: the executed code cells, in order
    """
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    cells: list[Any] = [nbformat.v4.new_markdown_cell(FIRST)]
    words: list[str] = []

    def close() -> None:
        if plain := "\n".join(words).strip():
            cells.append(nbformat.v4.new_markdown_cell(plain))
        words.clear()

    lines = iter(text.splitlines())
    for line in lines:
        fence = _FENCE.match(line)
        if not fence:
            words.append(_plain(line, numbers))
            continue
        body = _body(lines, fence["marks"])
        if fence["name"] == "code-cell":
            close()
            cells.append(next(outputs))
        elif fence["name"] == "exercise":
            close()
            cells += _exercise(fence["argument"].strip())
        else:
            words += _block(fence["name"], fence["argument"].strip(), body, numbers)
    close()
    if next(outputs, None) is not None:
        raise ValueError("notebook(): expected as many code cells in the page as were executed")
    made = nbformat.v4.new_notebook(cells=cells)
    for i, cell in enumerate(made.cells):
        cell["id"] = f"cell-{i}"  # the same at every build
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    return made


def _body(lines: Iterator[str], marks: str) -> list[str]:
    """Returns the lines of a block up to its closing fence."""
    found = []
    for line in lines:
        if line.strip() == marks:
            return found
        found.append(line)
    return found


def _plain(line: str, numbers: dict[str, Any]) -> str:
    if label := _LABEL.match(line):
        return rf"\tag{{{numbers.get(label['label'], label['label'])}}}" + "\n$$"

    def shown(m: re.Match[str]) -> str:
        if m["role"] == "eq":
            return f"({numbers.get(m['text'], m['text'])})"
        return f"`{m['text'].partition(' <')[0].lstrip('~')}`"

    return _ROLE.sub(shown, line)


def _block(name: str, argument: str, body: list[str], numbers: dict[str, Any]) -> list[str]:
    """Returns a directive as plain Markdown."""
    if name == "definition":
        return ["```python", code(rule(argument)).rstrip(), "```"]
    if name == "literalinclude":
        return _included(argument.removeprefix("../../"), body)
    if name == "parity":
        rows = [_row(name) for name in argument.split()]
        head = ["| " + " | ".join(parity.TITLES) + " |", "|" + " --- |" * len(parity.TITLES)]
        return ["", *head, *rows, ""]
    if name == "checked":
        rows = [line.replace("::", " ") for line in body if line.strip()]
        return [
            "",
            "| formula | file | code | test |",
            "| --- | --- | --- | --- |",
            *map(_bars, rows),
        ]
    options = [line for line in body if not re.match(r":[\w-]+:", line)]
    title = [f"**{argument}**", ""] if argument and name != "widget" else []
    return ["", *(f"> {_plain(line, numbers)}" for line in [*title, *options]), ""]


def _included(file: str, options: list[str]) -> list[str]:
    """Returns a part of a file, as literalinclude shows it."""
    given: dict[str, Any] = {}
    for line in options:
        if m := re.match(r":([\w-]+):\s*(.*)", line):
            given[m[1]] = (int(m[2]) if m[2] else None) if m[1] == "dedent" else m[2]
    text, _ = LiteralIncludeReader(str(ROOT / file), given, Config()).read()
    return [f"`{file}`:", "", "```python", text.rstrip(), "```"]


def _bars(line: str) -> str:
    label, file, text, test = (part.strip() for part in line.split(" | "))
    return f"| {label} | {file} | `{text}` | {test} |"


def _row(name: str) -> str:
    return f"| `{name}` | {' | '.join(parity.cells(name))} |"


def _exercise(name: str) -> list[Any]:
    """The text, a cell to write the answer in, and the hints and the solution, folded."""
    exercise = load(name)
    title, _, text = (exercise.__doc__ or "").partition("\n")
    folded = "".join(
        f"<details><summary>{summary}</summary>\n\n{inside}\n\n</details>\n\n"
        for summary, inside in [
            *((f"Hint {i}", hint) for i, hint in enumerate(exercise.HINTS, 1)),
            ("Solution", f"```python\n{exercise.SOLUTION.strip()}\n```"),
        ]
    )
    return [
        nbformat.v4.new_markdown_cell(f"### Exercise: {title}\n\n{text.strip()}"),
        nbformat.v4.new_code_cell(exercise.START.strip()),
        nbformat.v4.new_markdown_cell(folded.strip()),
    ]


def _executed(app: Sphinx, name: str) -> Path:
    """Returns the file in which MyST-NB keeps the executed cells of a page."""
    return Path(app.outdir).parent / "jupyter_execute" / f"{name}.ipynb"


def link(app: Sphinx, doctree: nodes.document) -> None:
    """Puts the link below the title."""
    name = app.env.docname
    if name not in pages(app) or not _executed(app, name).is_file():
        return
    section = next(iter(doctree.findall(nodes.section)), None)
    if section is not None:
        file = name.rpartition("/")[2]
        text = f'<p class="notebook"><a href="{file}.ipynb" download>Download as a notebook</a></p>'
        section.insert(1, nodes.raw("", text, format="html"))


def write(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    equations = app.env.get_domain("math").equations  # type: ignore[attr-defined]
    numbers = {label: place[1] for label, place in equations.items()}
    for name in pages(app):
        if not _executed(app, name).is_file():
            continue  # a page without cells
        text = Path(app.env.doc2path(name)).read_text(encoding="utf-8")
        outputs = nbformat.read(_executed(app, name), as_version=4).cells
        codes = (cell for cell in outputs if cell.cell_type == "code")
        made = notebook(text, numbers, codes)
        nbformat.validate(made)
        nbformat.write(made, Path(app.outdir) / f"{name}.ipynb")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", link)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True}
