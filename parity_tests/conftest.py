"""The ledger at the end of a run, as a page (--report parity.html), and as plain data (--record)."""

import json
import platform
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
import torch

from parity_tests import versions
from parity_tests.twins import CASES
from refnet import kernels
from refnet.kernels import tuning
from refnet.serialization.atomic_write import written_whole
from refnet.testing import ledger, page


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("parity")
    group.addoption("--name", metavar="PATTERN", help="only the cases of matching public names")
    group.addoption(
        "--kernels", metavar="NAME", help="the set of kernels that runs: plain, numpy, or your own"
    )
    group.addoption("--report", metavar="PATH", help="write the ledger as an HTML page")
    group.addoption("--record", metavar="PATH", help="write the ledger as JSON, for the site")
    group.addoption(
        "--ledger", choices=("full", "totals", "none"), default="full", help="what is printed"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Ignore PyTorch's warnings about its own code; stop early if an option is invalid."""
    torch.set_warn_always(True)  # each time, as refnet does
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:torch")
    config.addinivalue_line("filterwarnings", "ignore:.torch.jit.script. is deprecated")
    if config.getoption("--kernels"):
        try:
            kernels.use(config.getoption("--kernels"))
        except ValueError as error:
            raise pytest.UsageError(str(error)) from error
    for path in filter(None, map(config.getoption, ("--report", "--record"))):
        try:
            page.require_writable(Path(path))
        except OSError as error:
            raise pytest.UsageError(str(error)) from error
    config.addinivalue_line("filterwarnings", "ignore:enable_nested_tensor is True:UserWarning")


@pytest.fixture(scope="session", autouse=True)
def _installed_version() -> Iterator[None]:
    """Give refnet the changes of the installed PyTorch since 2.13."""
    with versions.amended(versions.present()):
        yield


@pytest.fixture(scope="session", autouse=True)
def _small_sizes() -> Iterator[None]:
    """Make kernels accept small arrays, which they leave to their definitions otherwise."""
    with mock.patch.multiple(tuning, **tuning.SMALL):
        yield


@pytest.fixture(autouse=True)
def _quiet_torch() -> None:
    torch.set_num_threads(1)  # the arrays are tiny, and xdist's workers share the cores


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the cases whose public name matches --name, a part of it or a shell pattern."""
    pattern = config.getoption("--name")
    if pattern:
        whole = pattern.lower() if set(pattern) & set("*?[") else f"*{pattern.lower()}*"
        fits = [fnmatchcase(_name(item).lower(), whole) for item in items]
        config.hook.pytest_deselected(
            items=[item for item, ok in zip(items, fits, strict=True) if not ok]
        )
        items[:] = [item for item, ok in zip(items, fits, strict=True) if ok]


def _name(item: pytest.Item) -> str:
    """The public name of a case; for other tests the test's name."""
    call = getattr(item, "callspec", None)
    return CASES[call.params["key"]].name if call and "key" in call.params else item.name


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
    made_with = (
        f"NumPy {np.__version__}, PyTorch {torch.__version__}, "
        f"Python {platform.python_version()}, {platform.machine()}"
    )
    path = config.getoption("--report")
    if path and (found or mutants):
        page.write(found, Path(path), mutants=mutants, versions=made_with)
        terminalreporter.write_line(f"wrote {path}")
    path = config.getoption("--record")
    if path and (found or mutants):
        with written_whole(Path(path)) as partial:
            partial.write_text(_lines(ledger.as_dict(found, mutants, made_with)), encoding="utf-8")
        terminalreporter.write_line(f"wrote {path}")


def _lines(record: dict[str, Any]) -> str:
    """JSON with a line for each name, so that a difference is read easily."""
    names = [
        f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}"
        for k, v in record["names"].items()
    ]
    head = {k: v for k, v in record.items() if k != "names"}
    text = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    return text + ',\n "names": {\n' + ",\n".join(names) + "\n }\n}\n"
