"""Directives with the parity ledger: the rows of some names, and the whole of it.

    ```{parity} nn.Linear nn.functional.linear
    ```

    ```{ledger}
    ```

docs/ledger.json has the ledger of the last run of the parity suite (`--record docs/ledger.json`).
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from source_pages import line_of, link, page_link
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole
from tables import row, table

FILE = Path(__file__).parent.parent / "ledger.json"
TITLES = (
    *("name", "cases", "float64 error"),
    *("float32: refnet", "PyTorch", "float16: refnet", "PyTorch", "verdict"),
)


@cache
def ledger() -> dict[str, Any]:
    """Returns the ledger: versions, totals, and the row of each name."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def ulp(row: dict[str, Any], dtype: str) -> tuple[str, str]:
    """Returns the largest error of refnet and of PyTorch, in ulp of the largest entry."""
    if dtype not in row["ulp"]:
        return "–", "–"
    ours, theirs = (f"{x:,.0f}" if x >= 100 else f"{x:g}" for x in row["ulp"][dtype])
    return ours, theirs


def cells(name: str) -> list[str]:
    """Returns what the ledger says of a name, in the order of TITLES, without the name."""
    found = ledger()["names"][name]
    errors = [found["float64 error"], *ulp(found, "float32"), *ulp(found, "float16")]
    return [str(found["cases"]), *errors, found["verdict"]]


def ledger_table(names: Iterable[str], docname: str, *, anchors: bool = False) -> nodes.table:
    """Returns the rows of some names as a table; each name leads to its place in the reference."""
    rows = []
    for name in names:
        where = nodes.literal(name, name)
        target = addnodes.pending_xref(
            "", where, refdomain="py", reftype="obj", reftarget=f"refnet.{name}", refwarn=False
        )
        target["refdoc"] = docname
        target["optional"] = True  # constants and legacy constructors have no place there
        line = row([target, *map(nodes.Text, cells(name))])
        if anchors:
            line["ids"] = [f"ledger-{name}"]
        rows.append(line)
    return table(map(nodes.Text, TITLES), rows, (1,) * len(TITLES), "parity")


class Parity(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(FILE))
        names = self.arguments[0].split()
        for name in names:
            if name not in ledger()["names"]:
                raise self.error(f"parity: expected a name of the ledger, got {name!r}")
        note = nodes.paragraph(classes=["source-of"])
        self.state.nested_parse(
            StringList(["[What the columns mean](/ledger.md)"], "parity"), 0, note
        )
        return [ledger_table(names, self.env.docname), *(child for child in note.children)]


class Ledger(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(FILE))
        found = ledger()
        facts = nodes.bullet_list()
        for line in [*found["totals"], found["versions"]]:
            facts += nodes.list_item("", nodes.paragraph("", line))
        whole = ledger_table(found["names"], self.env.docname, anchors=True)
        whole["classes"].append("ledger")
        reasons = nodes.definition_list()
        by_reason: dict[str, list[str]] = {}
        for name, measured in found["names"].items():
            for reason in measured["reasons"]:
                by_reason.setdefault(reason, []).append(name)
        for reason, names in by_reason.items():
            reasons += nodes.definition_list_item(
                "",
                nodes.term("", nodes.Text(", ".join(names))),
                nodes.definition("", nodes.paragraph("", reason)),
            )
        return [facts, whole, nodes.rubric("", "Reasons for tolerances of their own"), reasons]


class LedgerRole(SphinxRole):
    """:ledger:`text <name>` leads to the row of a name."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        text, name = _parts(self.text)
        return [page_link("", nodes.Text(text), page="ledger", anchor=f"ledger-{name}")], []


class CaseRole(SphinxRole):
    """:case:`file <name>` leads to the first case of a name in a file of parity_tests/cases."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        file, name = _parts(self.text)
        path = f"parity_tests/cases/{file}.py"
        last = name.rpartition(".")[2]
        line = line_of(path, f'"{name}"') or line_of(path, f'"{last}"') or 1
        return [link(self.env, path, line, nodes.literal("", f"{file}.py"))], []


def _parts(text: str) -> tuple[str, str]:
    shown, _, name = text.partition(" <")
    return shown, name.removesuffix(">")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_role("ledger", LedgerRole())
    app.add_role("case", CaseRole())
    app.add_directive("parity", Parity)
    app.add_directive("ledger", Ledger)
    return {"parallel_read_safe": True}
