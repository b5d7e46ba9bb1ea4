"""Every case of every table: in each dtype, with non-contiguous inputs, one gradient only."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from parity_tests import exemptions
from parity_tests.cases import Case
from parity_tests.twins import CASES, drawn, made, run, special, takes_special, variants


@pytest.mark.parametrize(
    ("key", "variant"), [(key, variant) for key, c in CASES.items() for variant in variants(c)]
)
def test_case(key: str, variant: str, record_property: pytest.FixtureRequest) -> None:
    c = CASES[key]
    found = run(key, variant)
    record_property(
        "parity",
        {
            "name": c.name,
            "case": key,
            "variant": variant,
            "error64": found.error64,
            "multiple": found.multiple,
            "ulp": (found.ours, found.theirs),
            "compared": found.compared,
            "problems": found.problems,
            "reason": c.reason,
        },
    )
    if found.problems:
        pytest.fail("\n".join([f"{c.name}{c.inputs}", *found.problems]), pytrace=False)


# --- NaN and infinities: nothing is forgotten, and no exemption is stale ------------------------


def test_every_function_of_numbers_meets_nan_and_infinities() -> None:
    """Except for those in exemptions.SPECIAL, and those whose cases all say why they do not."""
    asked = {c.name for c in CASES.values() if "special" in variants(c)}
    exempt = {
        c.name
        for c in CASES.values()
        if c.special and any(not takes_special(c, i) for i in range(len(c.inputs)))
    }
    assert not {c.name for c, _ in floating()} - asked - exempt


CRASHING = "nn.functional.grid_sample@1"  # where PyTorch may end the process


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        (kind, pattern)
        for kind in ("SPECIAL", "ORDER", "ENTRIES")
        for patterns in getattr(exemptions, kind).values()
        for pattern in patterns.split()
        if pattern != CRASHING
    ],
)
def test_every_exemption_is_needed(kind: str, pattern: str) -> None:
    """At least one of its cases fails without it."""

    def fails(c: Case, i: int) -> bool:
        if kind == "ENTRIES":
            t = made(c, drawn(c), entries=True) if "float32" in c.dtypes else None
            return t is not None and bool(t.compare("float32").problems)
        try:
            return bool(special(c, i, either=kind == "SPECIAL").problems)
        except Exception:  # noqa: BLE001 - PyTorch's own
            return True

    names = ((c, i, c.name if kind == "ENTRIES" else f"{c.name}@{i}") for c, i in floating())
    assert any(fnmatchcase(name, pattern) and fails(c, i) for c, i, name in names)


def floating() -> Iterator[tuple[Case, int]]:
    """Each floating-point input of each case."""
    for c in CASES.values():
        if c.kind != "error" and c.special:
            yield from ((c, i) for i, x in enumerate(drawn(c)) if x.dtype.kind == "f" and x.size)
