"""Each entry of versions.py, a change since the PyTorch that refnet follows, and the page."""

from pathlib import Path

import pytest
import torch

import refnet
from parity_tests import versions
from parity_tests.twins import ALL, CASES, run, variants
from parity_tests.versions import CHANGES, Change, amended, page, reached, shown

EXAMPLES = [
    pytest.param(change, example, id=example) for change in CHANGES for example in change.examples
]


@pytest.mark.parametrize(("change", "example"), EXAMPLES)
def test_an_example_gives_what_is_written(change: Change, example: str) -> None:
    """PyTorch what its version has; refnet what was before, and amended what is since."""
    before, since = change.examples[example]
    assert shown(example, torch) == (since if reached(change.since) else before)
    with amended([]):
        assert shown(example, refnet) == before
    with amended([change]):
        assert shown(example, refnet) == (since if change.amendment else before)


def test_every_example_tells_the_versions_apart() -> None:
    for change in CHANGES:
        assert change.examples
        assert all(before != since for before, since in change.examples.values()), change.names


def test_a_case_of_some_versions_names_a_change() -> None:
    """And a change without an amendment has cases that hold until then."""
    until = {(c.until, c.name) for c in ALL.values() if c.until}
    since = {(c.since, c.name) for c in ALL.values() if c.since}
    written = [{(change.since, name) for name in change.names} for change in CHANGES]
    assert until | since <= set().union(*written)
    for change, entries in zip(CHANGES, written, strict=True):
        assert change.amendment or entries & until, change.names


@pytest.mark.parametrize("key", sorted(ALL.keys() - CASES.keys()))
def test_a_case_that_does_not_hold_fails(key: str) -> None:
    """Otherwise its since= or until= is wrong."""
    assert any(fails(key, variant) for variant in variants(ALL[key]))


def fails(key: str, variant: str) -> bool:
    try:
        return bool(run(key, variant).problems)
    except Exception:  # noqa: BLE001 - PyTorch may refuse it
        return True


def test_the_page_is_the_table() -> None:
    shown = (Path(__file__).parent.parent / "docs" / "versions.md").read_text(encoding="utf-8")
    assert shown == page(), versions.__doc__


def test_versions_are_compared_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "__version__", "2.14.1+cu130")
    assert [reached(v) for v in ("2.9", "2.14", "2.14.1", "2.14.2", "2.15", "3.0")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
