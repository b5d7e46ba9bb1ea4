"""The ledger as one HTML page that needs no other file; its layout is in page.html."""

import html
import math
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

from refnet.serialization import atomic_write
from refnet.testing.ledger import NARROW, Row, error, multiple, score, totals, worst

__all__ = ["require_writable", "write"]

GOOD, BAD = (f'<span aria-hidden="true">{mark} </span>' for mark in "✓✗")
"""Marks for people who do not see the colours."""
TEMPLATE = Path(__file__).with_name("page.html")


def require_writable(path: Path) -> None:
    """Raises OSError if the page cannot be written, for a check before a long run."""
    try:
        atomic_write.require_writable(path)
    except OSError as error:
        raise OSError(f"cannot write the report {path}: {error.strerror}") from error


def write(
    found: Sequence[Row],
    path: Path,
    *,
    mutants: Sequence[dict[str, Any]] = (),
    versions: str = "",
) -> None:
    """Writes the ledger as a page, whole or not at all."""
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        versions=html.escape(versions),
        tiles="".join(_tiles(found, mutants)),
        facts="".join(f"<li>{html.escape(line)}</li>" for line in totals(found, mutants)),
        families="".join(_families(found)),
        rows="".join(_row(row) for row in found),
        mutation=_mutation(mutants) if mutants else "",
    )
    atomic_write.delete_abandoned(path)
    with atomic_write.written_whole(path) as partial:
        partial.write_text(text, encoding="utf-8")


def _tiles(found: Sequence[Row], mutants: Sequence[dict[str, Any]]) -> list[str]:
    equal = sum(not row.problems for row in found)
    tiles = [
        (f"{equal:,} / {len(found):,}", "names equal", equal == len(found)),
        (f"{sum(len(row.cases) for row in found):,}", "cases", True),
        (f"{sum(row.runs for row in found):,}", "runs", True),
        (f"{sum(row.compared for row in found):,}", "arrays compared", True),
        (error(worst(found)), "worst float64 error", True),
    ]
    if mutants:
        killed, planted = score(mutants)
        tiles.append((f"{killed:,} / {planted:,}", "mistakes noticed", killed == planted))
    return [
        f'<div class="tile{"" if good else " bad"}"><b>{"" if good else BAD}{value}</b>'
        f"<span>{label}</span></div>"
        for value, label, good in tiles
    ]


def _family(name: str) -> str:
    return name.rpartition(".")[0] or "refnet"


def _families(found: Sequence[Row]) -> list[str]:
    names = [_family(row.name) for row in found]
    counts = [("all", len(names)), *((f, names.count(f)) for f in dict.fromkeys(names))]
    if any(row.verdict != "equal" for row in found):
        counts.append(("notes", sum(row.verdict != "equal" for row in found)))
    return [
        f'<button type="button" data-family="{html.escape(family)}" '
        f'aria-pressed="{"true" if family == "all" else "false"}">'
        f"{html.escape('with a note' if family == 'notes' else family)} <i>{count}</i></button>"
        for family, count in counts
    ]


def _row(row: Row) -> str:
    notes = [*row.problems, *sorted(row.reasons)]
    name = html.escape(row.name)
    more = "".join(f"<div class=note>{html.escape(note)}</div>" for note in notes)
    # The bars: float64 from 1e-18 to the allowed 1e-12; the others up to four times PyTorch's.
    bar64 = (math.log10(row.error64) + 18) / 6 if row.error64 else 0.0
    measured = [row.multiples.get(dtype) for dtype in NARROW]
    kind, mark = ("bad", BAD) if row.verdict == "differs" else ("good", GOOD)
    return (
        f'<tr id="{name}" data-family="{html.escape(_family(row.name))}"'
        f"{' data-notes' if row.verdict != 'equal' else ''}>"
        f'<td><a href="#{name}">{name}</a>{more}</td>'
        f"<td data-v={len(row.cases)}>{len(row.cases)}</td>"
        f"{_measure(row.error64, error(row.error64), bar64)}"
        f"{''.join(_measure(x, multiple(x), (x or 0.0) / 4) for x in measured)}"
        f"<td class={kind}>{mark}{row.verdict}</td></tr>\n"
    )


def _measure(value: float | None, text: str, bar: float) -> str:
    width = f' style="--n:{min(1.0, max(0.02, bar)):.2f}"' if value and bar == bar else ""
    soft = "" if value else " class=soft"
    number = "-1" if value is None or math.isnan(value) else repr(value)
    return f"<td data-v={number}{soft}{width}>{text}</td>"


def _mutation(mutants: Sequence[dict[str, Any]]) -> str:
    survivors = [f"{m['rule']}: {s}" for m in mutants for s in m["survived"]]
    listed = "".join(f"<li>{html.escape(s)}</li>" for s in survivors)
    planted = "".join(
        f"<tr><td>{html.escape(m['rule'])}</td>"
        + "".join(f"<td data-v={m[k]}>{m[k]}</td>" for k in ("planted", "killed", "excused"))
        + "</tr>\n"
        for m in sorted(mutants, key=lambda m: m["rule"])
    )
    return (
        "<h2>The suite itself</h2>\n<p>Each rule was changed on purpose: by a factor, a sign, a "
        "missing term, a transposed or zeroed gradient. The cases that use the rule have to detect "
        "this. <i>Equivalent</i> mistakes change no result, for a reason written in "
        "<code>parity_tests/exemptions.py</code>.</p>"
        + (f"<p class=bad>{BAD}Not noticed:</p><ul class=bad>{listed}</ul>" if listed else "")
        + '<div class="wide"><table><thead><tr><th>rule</th><th>planted</th><th>noticed</th>'
        f"<th>equivalent</th></tr></thead><tbody>\n{planted}</tbody></table></div>"
    )
