"""The ledger at the end of a run, and as a page: pytest parity_tests --report parity.html."""

import platform
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from refnet.testing import ledger


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("parity")
    group.addoption("--report", metavar="PATH", help="write the ledger as an HTML page")
    group.addoption(
        "--ledger", choices=("full", "totals", "none"), default="full", help="what is printed"
    )


def pytest_configure(config: pytest.Config) -> None:
    """What PyTorch says about its own insides is not ours to mend."""
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:torch")


@pytest.fixture(autouse=True)
def _quiet_torch() -> None:
    torch.set_num_threads(1)  # the arrays are tiny, and xdist's workers share the cores


def _records(reporter: Any, key: str) -> list[dict[str, Any]]:
    reports = [r for reports in reporter.stats.values() for r in reports]
    return [
        value
        for r in reports
        if getattr(r, "when", "") == "call"
        for name, value in r.user_properties
        if name == key
    ]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    found = ledger.rows(_records(terminalreporter, "parity"))
    mutants = _records(terminalreporter, "mutants")
    chosen = config.getoption("--ledger")
    if chosen != "none" and (found or mutants):
        terminalreporter.section("parity with PyTorch")
        for line in ledger.table(found) if found and chosen == "full" else []:
            terminalreporter.write_line(line)
        for line in ledger.totals(found, mutants):
            terminalreporter.write_line(line)
    path = config.getoption("--report")
    if path:
        versions = (
            f"NumPy {np.__version__}, PyTorch {torch.__version__}, "
            f"Python {platform.python_version()}, {platform.machine()}"
        )
        ledger.page(found, Path(path), mutants=mutants, versions=versions)
        terminalreporter.write_line(f"wrote {path}")
