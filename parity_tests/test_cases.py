"""Every case of every table: float64, float32, non-contiguous inputs, one gradient only."""

import pytest

from parity_tests.twins import CASES, run, variants


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
            "compared": found.compared,
            "problems": found.problems,
            "reason": c.reason,
        },
    )
    if found.problems:
        pytest.fail("\n".join([f"{c.name}{c.inputs}", *found.problems]), pytrace=False)
