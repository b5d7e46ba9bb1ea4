"""A directive that says where each formula of a chapter is computed, and which test checks it.

    ```{checked}
    eq-relu | refnet/ops/rectifier.py | def relu( | tests/test_definitions.py::test_name
    ```

A row is the label of the formula, the file or file::function, a part of the line that computes it,
and the test. The build fails if the line or the test does not exist, so that no row can go stale.
"""

import re

from docutils import nodes
from docutils.statemachine import StringList
from source_pages import ROOT, line_of, link
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from tables import row, table


class Checked(SphinxDirective):
    has_content = True

    def run(self) -> list[nodes.Node]:
        rows = [self._row(line) for line in self.content if line.strip()]
        titles = [nodes.strong(x, x) for x in ("formula", "code", "test")]
        return [table(titles, rows, (1, 5, 4), "checked")]

    def _row(self, line: str) -> nodes.row:
        parts = [part.strip() for part in re.split(r"\s\|\s", line)]
        if len(parts) != 4:
            raise self.error(f"checked: expected label | file | code | test, got {line!r}")
        label, file, code, test = parts
        formula = nodes.paragraph()
        self.state.nested_parse(StringList([f"{{eq}}`{label}`"], "checked"), 0, formula)
        number = line_of(file, code)
        if number is None:
            raise self.error(f"checked: {file} has no line with {code!r}")
        file = file.partition("::")[0]
        text = (ROOT / file).read_text(encoding="utf-8").splitlines()[number - 1].strip()
        test_file, _, name = test.partition("::")
        test_line = line_of(test, "")
        if test_line is None:
            raise self.error(f"checked: {test_file} has no test {name!r}")
        cells = (
            link(self.env, file, number, nodes.literal(text, text)),
            link(self.env, test_file, test_line, nodes.literal(name, name or test_file)),
        )
        return nodes.row("", nodes.entry("", *formula.children), *row(cells).children)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("checked", Checked)
    return {"parallel_read_safe": True}
