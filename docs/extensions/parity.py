"""A directive with the rows of the parity ledger for some names.

    ```{parity} nn.Linear nn.functional.linear
    ```

docs/ledger.json has the ledger of the last run of the parity suite.
"""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FILE = Path(__file__).parent.parent / "ledger.json"


def ledger() -> dict[str, dict[str, Any]]:
    """Returns the row of each name."""
    rows: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["names"]
    return rows


class Parity(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(FILE))
        rows = ledger()
        names = self.arguments[0].split()
        for name in names:
            if name not in rows:
                raise self.error(f"parity: expected a name of the ledger, got {name!r}")
        titles = ("name", "cases", "float64 error", "float32 / PyTorch", "float16", "verdict")
        table = [list(titles)] + [
            [name, *(str(rows[name][key]) for key in titles[1:])] for name in names
        ]
        lines = [nodes.row("", *[_entry(x) for x in line]) for line in table]
        group = nodes.tgroup("", *[nodes.colspec(colwidth=1) for _ in titles], cols=len(titles))
        group += nodes.thead("", lines[0])
        group += nodes.tbody("", *lines[1:])
        return [nodes.table("", group, classes=["parity"])]


def _entry(text: str) -> nodes.entry:
    return nodes.entry("", nodes.paragraph(text, text))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("parity", Parity)
    return {"parallel_read_safe": True}
