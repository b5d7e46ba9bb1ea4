"""A directive that shows a definition as it is in the source: no page has a copy of it.

```{definition} relu
```
"""

import ast
import inspect
import textwrap
from pathlib import Path
from typing import Any

from docutils import nodes
from source_pages import ROOT, link
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from refnet import ops


def code(rule: Any) -> str:
    """Returns the source of a rule without its docstring, which the page typesets."""
    text = textwrap.dedent(inspect.getsource(rule))
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    doc = function.body[0]
    if isinstance(doc, ast.Expr) and isinstance(doc.value, ast.Constant):
        lines = text.splitlines()
        assert doc.end_lineno is not None
        text = "\n".join(lines[: doc.lineno - 1] + lines[doc.end_lineno :])
    return text.rstrip() + "\n"


def rule(name: str) -> Any:
    """Returns the rule of refnet.ops, or None."""
    return getattr(ops, name, None)


class Definition(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        (name,) = self.arguments
        shown = rule(name)
        if shown is None:
            raise self.error(f"definition: expected a rule of refnet.ops, got {name!r}")
        path = str(Path(inspect.getsourcefile(shown) or "").relative_to(ROOT))
        line = inspect.getsourcelines(shown)[1]
        text = code(shown)
        where = nodes.paragraph(classes=["source-of"])
        where += link(self.env, path, line, nodes.Text(f"{path}, line {line}"))
        return [nodes.literal_block(text, text, language="python"), where]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("definition", Definition)
    return {"parallel_read_safe": True}
