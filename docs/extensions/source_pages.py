"""Pages with the source files that other pages link to, and a node for such a link.

Only the files that somebody links to have a page: all of them would make a site of 130 MB.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.writers.html5 import HTML5Translator

ROOT = Path(__file__).parent.parent.parent


class page_link(nodes.Inline, nodes.TextElement):  # noqa: N801 - docutils finds visitors by it
    """A link to a place of a page of the site: page, anchor."""


def line_of(file: str, text: str) -> int | None:
    """Returns the number of the first line that contains the text, from 1, or None.

    In "file::name" the search begins at the function or class of that name.
    """
    file, _, name = file.partition("::")
    path = ROOT / file
    if not path.is_file():
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    start = re.compile(rf"\s*(def|class) {name}\b")
    first = next((i for i, line in enumerate(lines) if not name or start.match(line)), None)
    if first is None:
        return None
    return next((i + 1 for i in range(first, len(lines)) if text in lines[i]), None)


def link(env: BuildEnvironment, file: str, line: int, *children: nodes.Node) -> page_link:
    """Returns a link, and notes that the file needs a page."""
    env.note_dependency(str(ROOT / file))
    wanted: dict[str, set[str]] = env.__dict__.setdefault("source_pages", {})
    wanted.setdefault(env.docname, set()).add(file)
    node = page_link(page=f"source/{file.removesuffix('.py')}", anchor=f"L-{line}")
    node += list(children)
    return node


def visit(self: HTML5Translator, node: page_link) -> None:
    here = self.builder.current_docname
    uri = self.builder.get_relative_uri(here, node["page"])
    self.body.append(f'<a class="reference internal" href="{uri}#{node["anchor"]}">')


def depart(self: HTML5Translator, node: page_link) -> None:
    self.body.append("</a>")


def ignore(self: Any, node: page_link) -> None:
    """Other builders show the text without a link."""


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    env.__dict__.get("source_pages", {}).pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, docs: list[str], other: BuildEnvironment) -> None:
    env.__dict__.setdefault("source_pages", {}).update(other.__dict__.get("source_pages", {}))


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    wanted: dict[str, set[str]] = app.env.__dict__.get("source_pages", {})
    formatter = HtmlFormatter(linenos="inline", anchorlinenos=True, lineanchors="L")
    for file in sorted(set().union(*wanted.values())):
        code = highlight((ROOT / file).read_text(encoding="utf-8"), PythonLexer(), formatter)
        context = {"title": file, "body": f"<h1>{file}</h1>{code}", "parents": []}
        yield f"source/{file.removesuffix('.py')}", context, "page.html"


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(page_link, html=(visit, depart), latex=(ignore, ignore), text=(ignore, ignore))
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": True}
