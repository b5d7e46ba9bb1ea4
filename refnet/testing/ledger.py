"""The ledger of a parity run: one line for each public name, on the terminal and as a page.

A record is what one test measured (parity_tests/test_cases.py makes them); the ledger folds
the records of one name into a row.
"""

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Row", "page", "rows", "table", "totals"]


@dataclass
class Row:
    """What is known of one public name."""

    name: str
    cases: set[str] = field(default_factory=set)
    runs: int = 0
    compared: int = 0
    error64: float | None = None
    multiple: float | None = None
    problems: list[str] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)

    @property
    def verdict(self) -> str:
        """equal, or differs; with a star where a case states a tolerance of its own."""
        return "differs" if self.problems else "equal*" if self.reasons else "equal"


def rows(records: Iterable[dict[str, Any]]) -> list[Row]:
    """Fold records into rows, in the order of the names."""
    found: dict[str, Row] = {}
    for r in records:
        row = found.setdefault(r["name"], Row(r["name"]))
        row.cases.add(r["case"])
        row.runs += 1
        row.compared += r["compared"]
        row.problems += r["problems"]
        if r["reason"]:
            row.reasons.add(r["reason"])
        if r["compared"] and r["variant"] != "float32":
            row.error64 = max(row.error64 or 0.0, r["error64"])
        elif r["compared"]:
            row.multiple = max(row.multiple or 0.0, r["multiple"])
    return sorted(found.values(), key=lambda row: _key(row.name))


def _key(name: str) -> tuple[str, str]:
    family, _, last = name.rpartition(".")
    return family, last


def _error(x: float | None) -> str:
    return "–" if x is None else "0" if x == 0 else f"{x:.1e}"


def _multiple(x: float | None) -> str:
    return "–" if x is None else "0" if x == 0 else f"{x:.2f}×"


def totals(found: Sequence[Row], mutants: Sequence[dict[str, Any]] = ()) -> list[str]:
    """The whole run in a few lines."""
    if not found and not mutants:
        return []
    lines = []
    if found:
        equal = sum(not row.problems for row in found)
        worst64 = max((row.error64 or 0.0 for row in found), default=0.0)
        multiples = [row.multiple for row in found if row.multiple is not None]
        lines.append(
            f"{equal} of {len(found)} names equal PyTorch's, in {sum(len(r.cases) for r in found)} "
            f"cases, {sum(r.runs for r in found)} runs, {sum(r.compared for r in found)} arrays"
        )
        lines.append(f"largest float64 error {_error(worst64)} of the largest entry")
        if multiples:
            closer = sum(x <= 1 for x in multiples)
            lines.append(
                f"in float32 {closer} of {len(multiples)} names are as close to the float64 result as "
                f"PyTorch (or within 1 ulp), and the furthest is {max(multiples):.2f} times as far"
            )
    if mutants:
        killed, planted = (sum(m[k] for m in mutants) for k in ("killed", "planted"))
        excused = sum(m["excused"] for m in mutants)
        lines.append(
            f"mutation score {killed}/{planted - excused} ({killed / max(1, planted - excused):.1%}) "
            f"in {len(mutants)} rules; {excused} mutants equivalent for a written reason"
        )
    return lines


def table(found: Sequence[Row]) -> list[str]:
    """The ledger as lines of text."""
    width = max([4, *(len(row.name) for row in found)])
    lines = [f"{'name':<{width}}  cases  float64 error  float32 / PyTorch  verdict"]
    lines.append("─" * len(lines[0]))
    for row in found:
        lines.append(
            f"{row.name:<{width}}  {len(row.cases):>5}  {_error(row.error64):>13}  "
            f"{_multiple(row.multiple):>17}  {row.verdict}"
        )
    reasons = sorted({(reason, row.name) for row in found for reason in row.reasons})
    lines += [f"* {name}: {reason}" for reason, name in reasons]
    return lines


def page(
    found: Sequence[Row],
    path: Path,
    *,
    mutants: Sequence[dict[str, Any]] = (),
    versions: str = "",
) -> None:
    """Write the ledger as one self-contained HTML page."""
    lines = "".join(_html_row(row) for row in found)
    facts = "".join(
        f"<p>{html.escape(line[0].upper() + line[1:])}.</p>" for line in totals(found, mutants)
    )
    survivors = [f"{m['rule']}: {s}" for m in mutants for s in m["survived"]]
    listed = "".join(f"<li>{html.escape(s)}</li>" for s in survivors)
    planted = "".join(
        f"<tr><td>{html.escape(m['rule'])}</td><td data-v={m['planted']}>{m['planted']}</td>"
        f"<td data-v={m['killed']}>{m['killed']}</td><td data-v={m['excused']}>{m['excused']}</td></tr>"
        for m in sorted(mutants, key=lambda m: m["rule"])
    )
    mutation = (
        "<h2>The suite itself</h2><p>Each rule was sabotaged on purpose, and the cases that use "
        "it had to notice.</p>"
        + (f"<p>Not noticed:</p><ul>{listed}</ul>" if listed else "")
        + "<table><thead><tr><th>rule</th><th>mutants</th><th>killed</th><th>equivalent</th></tr>"
        f"</thead><tbody>{planted}</tbody></table>"
        if mutants
        else ""
    )
    path.write_text(
        _PAGE.format(facts=facts, rows=lines, mutation=mutation, versions=html.escape(versions)),
        encoding="utf-8",
    )


def _html_row(row: Row) -> str:
    notes = [*row.problems, *sorted(row.reasons)]
    more = "".join(f"<div class=note>{html.escape(note)}</div>" for note in notes)
    kind = "bad" if row.problems else "good"
    return (
        f"<tr><td>{html.escape(row.name)}{more}</td><td data-v={len(row.cases)}>{len(row.cases)}</td>"
        f"<td data-v={_value(row.error64)}>{_error(row.error64)}</td>"
        f"<td data-v={_value(row.multiple)}>{_multiple(row.multiple)}</td>"
        f"<td class={kind}>{row.verdict}</td></tr>\n"
    )


def _value(x: float | None) -> str:
    return "-1" if x is None or math.isnan(x) else repr(x)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>refnet: parity with PyTorch</title>
<style>
:root {{ color-scheme: light dark; --line: #8884; --good: light-dark(#146c2e, #7fd99a);
  --bad: light-dark(#b3261e, #ff9b90); --soft: light-dark(#5b6066, #a3a9b0); }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2.5rem auto; padding: 0 1rem;
  background: light-dark(#fff, #15181b); color: light-dark(#1b1d1f, #e6e8ea); }}
h1 {{ font-size: 1.6rem; margin-bottom: .4rem; }} h2 {{ font-size: 1.2rem; margin-top: 2.5rem; }}
p {{ margin: .3rem 0; }} .soft {{ color: var(--soft); }}
input {{ font: inherit; margin: 1.2rem 0 .6rem; padding: .35rem .6rem; width: 18rem; max-width: 100%;
  border: 1px solid var(--line); border-radius: .4rem; background: transparent; color: inherit; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: right; padding: .3rem .7rem; border-bottom: 1px solid var(--line);
  vertical-align: top; white-space: nowrap; }}
th:first-child, td:first-child {{ text-align: left; white-space: normal; }}
td:first-child {{ font-family: ui-monospace, monospace; font-size: .9em; }}
th {{ cursor: pointer; font-weight: 600; }} th:hover {{ text-decoration: underline; }}
.good {{ color: var(--good); }} .bad {{ color: var(--bad); font-weight: 600; }}
.note {{ font: .85em/1.4 system-ui, sans-serif; color: var(--soft); }}
</style></head><body>
<h1>refnet: parity with PyTorch</h1>
<p class="soft">{versions}</p>
{facts}
<p class="soft">Each case runs the same line on both libraries: outputs, all gradients under random
cotangents, buffers, dtypes, shapes. float64 error: the largest difference over the largest entry. float32
/ PyTorch: refnet's distance from the float64 result over PyTorch's own.
* : a case has a tolerance of its own.</p>
<input type="search" placeholder="Filter by name" aria-label="Filter by name">
<div class="wide"><table id="ledger"><thead><tr><th>name</th><th>cases</th><th>float64 error</th>
<th>float32 / PyTorch</th><th>verdict</th></tr></thead>
<tbody>
{rows}</tbody></table></div>
{mutation}
<script>
document.querySelectorAll("th").forEach((th) => th.addEventListener("click", () => {{
  const body = th.closest("table").tBodies[0], i = th.cellIndex, down = th.dataset.down !== "1";
  th.dataset.down = down ? "1" : "0";
  const value = (tr) => tr.cells[i].dataset.v;
  [...body.rows].sort((a, b) => (down ? 1 : -1) * (value(a) === undefined
    ? a.cells[i].textContent.localeCompare(b.cells[i].textContent) : value(b) - value(a)))
    .forEach((tr) => body.append(tr));
}}));
document.querySelector("input").addEventListener("input", (e) => {{
  const wanted = e.target.value.toLowerCase();
  for (const tr of document.querySelector("#ledger").tBodies[0].rows)
    tr.hidden = !tr.cells[0].textContent.toLowerCase().includes(wanted);
}});
</script></body></html>
"""
