"""The ledger of a parity run: one line for each public name (refnet/testing/page.py shows it).

A record has the measurements of one test (parity_tests/test_cases.py makes them). The ledger
combines the records of one name in a row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

NARROW = ("float32", "float16")  # compared with the float64 result of the same rounded inputs

__all__ = ["NARROW", "Row", "as_dict", "error", "multiple", "rows", "table", "totals"]


@dataclass
class Row:
    """The measurements of one public name.

    Attributes:
        name: the name
        cases: the keys of its cases, file/name/number
        runs: the number of runs
        compared: the number of compared arrays
        error64: the largest float64 error, or None
        multiples: the largest float32 and float16 errors in units of PyTorch's
        ulp: refnet's and PyTorch's largest error in float32 and float16, in ulp of the largest
            entry
        refused: the number of float16 runs that PyTorch does not support
        problems: the differences from PyTorch
        reasons: the reasons for tolerances of their own
    """

    name: str
    cases: set[str] = field(default_factory=set)
    runs: int = 0
    compared: int = 0
    error64: float | None = None
    multiples: dict[str, float] = field(default_factory=dict)
    ulp: dict[str, tuple[float, float]] = field(default_factory=dict)
    refused: int = 0
    problems: list[str] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)

    @property
    def verdict(self) -> str:
        """equal or differs; equal* if a case has a tolerance of its own."""
        return "differs" if self.problems else "equal*" if self.reasons else "equal"


def rows(records: Iterable[dict[str, Any]]) -> list[Row]:
    """Combines records in rows, in the order of the names."""
    found: dict[str, Row] = {}
    for r in records:
        row = found.setdefault(r["name"], Row(r["name"]))
        row.cases.add(r["case"])
        row.runs += 1
        row.compared += r["compared"]
        row.problems += r["problems"]
        if r["reason"]:
            row.reasons.add(r["reason"])
        dtype = r["variant"]
        if dtype in NARROW and r["compared"]:
            row.multiples[dtype] = max(row.multiples.get(dtype, 0.0), r["multiple"])
            ours, theirs = row.ulp.get(dtype, (0.0, 0.0))
            row.ulp[dtype] = max(ours, r["ulp"][0]), max(theirs, r["ulp"][1])
        elif r["compared"]:
            row.error64 = max(row.error64 or 0.0, r["error64"])
        elif dtype == "float16":
            row.refused += 1
    return sorted(found.values(), key=lambda row: _key(row.name))


def _key(name: str) -> tuple[str, str]:
    family, _, last = name.rpartition(".")
    return family, last


def error(x: float | None) -> str:
    """Returns the text of a float64 error; None means that no run compared it."""
    return "–" if x is None else "0" if x == 0 else f"{x:.1e}"


def multiple(x: float | None) -> str:
    """Returns the text of a float32 or float16 error in units of PyTorch's."""
    return "–" if x is None else "0" if x == 0 else f"{x:.2f}×"


def totals(found: Sequence[Row], mutants: Sequence[dict[str, Any]] = ()) -> list[str]:
    """Returns a summary of the run in a few lines."""
    lines = []
    if found:
        equal = sum(not row.problems for row in found)
        lines += [
            f"{equal:,} of {len(found):,} names equal PyTorch's, in "
            f"{sum(len(row.cases) for row in found):,} cases, {sum(row.runs for row in found):,} "
            f"runs, {sum(row.compared for row in found):,} arrays",
            f"float64: the largest error is {error(worst(found))} of the largest entry",
        ]
        for dtype in NARROW:
            multiples = [row.multiples[dtype] for row in found if dtype in row.multiples]
            if multiples:
                closer = sum(x <= 1 for x in multiples)
                lines.append(
                    f"{dtype}: {closer:,} of {len(multiples):,} names are as close to the float64 "
                    "result as PyTorch's (or within 1 ulp), the furthest is "
                    f"{max(multiples):.2f} times as far"
                )
        refused = sum(row.refused for row in found)
        if refused:
            lines.append(
                f"float16: {refused:,} cases are not compared: PyTorch does not support them"
            )
    if mutants:
        killed, planted = score(mutants)
        excused = sum(m["excused"] for m in mutants)
        lines.append(
            f"mutation score {killed:,}/{planted:,} ({killed / max(1, planted):.1%}) in "
            f"{len(mutants)} rules; {excused} mutants are equivalent for a written reason"
        )
    return lines


def worst(found: Sequence[Row]) -> float:
    """Returns the largest float64 error of all names."""
    return max((row.error64 or 0.0 for row in found), default=0.0)


def score(mutants: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """Returns the number of mutants that were detected, and of those that should be."""
    planted = sum(m["planted"] - m["excused"] for m in mutants)
    return sum(m["killed"] for m in mutants), planted


def as_dict(
    found: Sequence[Row], mutants: Sequence[dict[str, Any]], versions: str
) -> dict[str, Any]:
    """Returns the ledger as plain data, which the site shows; the errors are rounded."""
    return {
        "versions": versions,
        "totals": totals(found, mutants),
        "names": {
            row.name: {
                "cases": len(row.cases),
                "files": sorted({key.partition("/")[0] for key in row.cases}),
                "float64 error": error(row.error64),
                "ulp": {
                    dtype: [float(f"{x:.2g}") for x in pair] for dtype, pair in row.ulp.items()
                },
                "verdict": row.verdict,
                "reasons": sorted(row.reasons),
            }
            for row in found
        },
    }


def table(found: Sequence[Row]) -> list[str]:
    """Returns the ledger as lines of text."""
    width = max([4, *(len(row.name) for row in found)])
    lines = [f"{'name':<{width}}  cases  float64 error  float32 / PyTorch  float16  verdict"]
    lines.append("─" * len(lines[0]))
    for row in found:
        lines.append(
            f"{row.name:<{width}}  {len(row.cases):>5}  {error(row.error64):>13}  "
            f"{multiple(row.multiples.get('float32')):>17}  "
            f"{multiple(row.multiples.get('float16')):>7}  {row.verdict}"
        )
    reasons = sorted({(reason, row.name) for row in found for reason in row.reasons})
    lines += [f"* {name}: {reason}" for reason, name in reasons]
    return lines
