"""The ledger of a parity run: one line for each public name. refnet/testing/page.py makes a page of it.

A record is what one test measured (parity_tests/test_cases.py makes them); the ledger folds
the records of one name into a row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

NARROW = ("float32", "float16")  # judged by the float64 result of the same, rounded inputs

__all__ = ["NARROW", "Row", "error", "multiple", "rows", "table", "totals"]


@dataclass
class Row:
    """What is known of one public name."""

    name: str
    cases: set[str] = field(default_factory=set)
    runs: int = 0
    compared: int = 0
    error64: float | None = None
    multiples: dict[str, float] = field(default_factory=dict)  # of float32 and float16
    refused: int = 0  # runs in float16, which PyTorch does not have for everything
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
        dtype = r["variant"]
        if dtype in NARROW and r["compared"]:
            row.multiples[dtype] = max(row.multiples.get(dtype, 0.0), r["multiple"])
        elif r["compared"]:
            row.error64 = max(row.error64 or 0.0, r["error64"])
        elif dtype == "float16":
            row.refused += 1
    return sorted(found.values(), key=lambda row: _key(row.name))


def _key(name: str) -> tuple[str, str]:
    family, _, last = name.rpartition(".")
    return family, last


def error(x: float | None) -> str:
    """A float64 error as it is shown; None is what no run compared."""
    return "–" if x is None else "0" if x == 0 else f"{x:.1e}"


def multiple(x: float | None) -> str:
    """A float32 or float16 error in units of PyTorch's, as it is shown."""
    return "–" if x is None else "0" if x == 0 else f"{x:.2f}×"


def totals(found: Sequence[Row], mutants: Sequence[dict[str, Any]] = ()) -> list[str]:
    """The whole run in a few lines."""
    lines = []
    if found:
        equal = sum(not row.problems for row in found)
        lines += [
            f"{equal:,} of {len(found):,} names equal PyTorch's, in "
            f"{sum(len(row.cases) for row in found):,} cases, {sum(row.runs for row in found):,} runs, "
            f"{sum(row.compared for row in found):,} arrays",
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
            lines.append(f"float16: {refused:,} cases are not compared, for PyTorch refuses them")
    if mutants:
        killed, planted = score(mutants)
        excused = sum(m["excused"] for m in mutants)
        lines.append(
            f"mutation score {killed:,}/{planted:,} ({killed / max(1, planted):.1%}) in {len(mutants)} "
            f"rules; {excused} mutants are equivalent for a written reason"
        )
    return lines


def worst(found: Sequence[Row]) -> float:
    """The largest float64 error of all."""
    return max((row.error64 or 0.0 for row in found), default=0.0)


def score(mutants: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """How many mutants were noticed, and how many were to be."""
    planted = sum(m["planted"] - m["excused"] for m in mutants)
    return sum(m["killed"] for m in mutants), planted


def table(found: Sequence[Row]) -> list[str]:
    """The ledger as lines of text."""
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
