"""The test of the suite: the cases notice every mistake that is planted in a rule.

Mistakes are planted in the definition, while no kernels are in use, and in the rule's kernel, if it
has one. A mutant that changes nothing in any case does not count. One that changes something and is
not noticed is a gap in the cases, or it is equivalent for a reason in exemptions.MUTANTS.
"""

import functools
from typing import Any

import pytest

from parity_tests.exemptions import MUTANTS
from parity_tests.mutants import Mutant, mutants, unchanged
from parity_tests.planting import planted
from parity_tests.tracing import rules, traces
from parity_tests.twins import CASES, twin
from refnet import kernels
from refnet.kernels.registry import active

RULES = rules()
PLACES = [
    *((rule, "plain", f) for rule, f in RULES.items()),
    *((rule, "numpy", active[f]) for rule, f in RULES.items() if f in active),
]


@functools.cache
def sound(key: str, dtype: str, kernels_in_use: str) -> bool:
    """Whether a case passes without a mutant; a case that always fails notices nothing."""
    try:
        return not twin(key).compare(dtype).problems
    except Exception:  # noqa: BLE001 - test_cases.py reports it
        return False


def cases_of(rule: str, mutant: Mutant) -> list[str]:
    """The cases in which the mutant may change something, those with the fewest other rules first."""
    used = [
        key
        for key, t in traces().items()
        if rule in t.forward
        and mutant.dtype in CASES[key].dtypes
        and CASES[key].kind != "error"
        and (mutant.needs is None or mutant.needs in t.reach.get(rule, ()))
    ]
    return sorted(used, key=lambda key: (len(traces()[key].forward), key))


def noticed(rule: str, place: Any, mutant: Mutant, most: int | None = None) -> bool:
    """Whether one of the (at most this many) cases fails with the mutant in this place."""
    for key in cases_of(rule, mutant)[:most]:
        if sound(key, mutant.dtype, kernels.in_use()):
            with planted(place, mutant.wrap):
                if twin(key).compare(mutant.dtype).problems:
                    return True
    return False


@pytest.mark.parametrize(
    ("rule", "name", "place"), PLACES, ids=[f"{rule}-{name}" for rule, name, _ in PLACES]
)
def test_every_mistake_is_noticed(
    rule: str, name: str, place: Any, record_property: pytest.FixtureRequest
) -> None:
    with kernels.use(name):
        check(rule, name, place, record_property)


def check(rule: str, name: str, place: Any, record_property: Any) -> None:
    entries = set().union(*(t.entries.get(rule, set()) for t in traces().values()))
    assert not noticed(rule, place, unchanged(), most=5), "planting alone makes a case fail"
    planted_count = killed = excused = 0
    survived = []
    for mutant in mutants(entries):
        known = (rule, mutant.name) in MUTANTS  # equivalent ones are tried on a few cases
        if noticed(rule, place, mutant, most=20 if known else None):
            planted_count += 1
            killed += 1
        elif mutant.changed:
            planted_count += 1
            if known:
                excused += 1
            else:
                survived.append(mutant.name)
    record_property(
        "mutants",
        {
            "rule": rule if name == "plain" else f"{rule} (kernel)",
            "planted": planted_count,
            "killed": killed,
            "excused": excused,
            "survived": survived,
        },
    )
    stale = [name for r, name in MUTANTS if r == rule and name not in _names(entries)]
    assert not stale, f"exemptions.MUTANTS names mutants of {rule} that do not exist: {stale}"
    if not survived:
        return
    used = ", ".join(cases_of(rule, unchanged())[:5]) or "none"
    pytest.fail(
        f"{rule}: nobody noticed that its {'; its '.join(survived)} (cases: {used})", pytrace=False
    )


def _names(entries: set[int]) -> set[str]:
    return {mutant.name for mutant in mutants(entries)}
