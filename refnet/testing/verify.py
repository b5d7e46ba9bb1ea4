"""Run the parity suite from a program: what `refnet verify` does."""

import contextlib
import importlib.util
from pathlib import Path

import refnet
from refnet.testing.page import require_writable

__all__ = ["verify"]

NEEDED = (
    ("torch", "PyTorch"),
    ("pytest", "pytest"),
    ("xdist", "pytest-xdist"),
    ("hypothesis", "hypothesis"),
)
"""Modules that the suite needs, and their packages."""


def verify(pattern: str = "", *, report: str | Path | None = None, workers: int = 2) -> int:
    """Run the cases of the public names that fit the pattern, print the ledger, return pytest's exit code.

    Args:
        pattern: a part of the name, "softmax", or a shell pattern, "nn.*Loss", in any case; ""
            for the whole suite with its completeness nets and mutation test
        report: where to write the HTML page
        workers: processes for the whole suite

    The cases are not part of an installed package: they are beside it in the source tree, and need
    what NEEDED lists. Raises FileNotFoundError without the source tree, ImportError
    without a package, each with all that is missing in one line; and OSError if the report cannot be
    written.
    """
    if report is not None:
        report = Path(report).absolute()
        require_writable(report)
    suite = Path(refnet.__file__).parent.parent / "parity_tests"
    packages = [name for module, name in NEEDED if importlib.util.find_spec(module) is None]
    install = "pip install -e '.[cli,test,twin]'"
    if not (suite / "test_cases.py").is_file():
        raise FileNotFoundError(
            f"refnet verify needs {', '.join(['a clone of the project', *packages])}: the parity suite "
            f"is part of refnet's source tree, not of an installed package, and is not at {suite}; in "
            f"a clone: {install}"
        )
    if packages:
        raise ImportError(
            f"refnet verify needs {', '.join(packages)}; in {suite.parent}: {install}"
        )
    import pytest

    chosen = [f"--name={pattern}", str(suite / "test_cases.py")] if pattern else [str(suite)]
    arguments = [*chosen, "-q", "--no-header", f"--rootdir={suite.parent}"]
    if report is not None:
        arguments.append(f"--report={report}")
    if workers > 1 and not pattern:
        arguments += ["-n", str(workers)]
    with contextlib.chdir(suite.parent):  # where its tools keep what they remember
        return int(pytest.main(arguments))
