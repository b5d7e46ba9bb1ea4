"""Runs the parity suite from a program, as `refnet verify` does."""

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
"""The modules that the suite needs, and their packages."""


def verify(pattern: str = "", *, report: str | Path | None = None, workers: int = 2) -> int:
    """Runs the cases of the public names that match the pattern, and prints the ledger.

    The cases are not part of an installed package. They are in the source tree, and need the
    packages in NEEDED.

    Args:
        pattern: a part of the name, "softmax", or a shell pattern, "nn.*Loss", ignoring case; ""
            for the whole suite with its completeness checks and mutation test
        report: the file for the HTML page
        workers: the number of processes for the whole suite

    Returns:
        pytest's exit code

    Raises:
        FileNotFoundError: without the source tree
        ImportError: without a package; both errors name everything that is missing
        OSError: if the report cannot be written
    """
    if report is not None:
        report = Path(report).absolute()
        require_writable(report)
    suite = Path(refnet.__file__).parent.parent / "parity_tests"
    packages = [name for module, name in NEEDED if importlib.util.find_spec(module) is None]
    install = "pip install -e '.[cli,test,twin]'"
    if not (suite / "test_cases.py").is_file():
        raise FileNotFoundError(
            f"refnet verify needs {', '.join(['a clone of the project', *packages])}: the parity "
            "suite is part of refnet's source tree, not of an installed package, and is not at "
            f"{suite}; in a clone: {install}"
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
    with contextlib.chdir(suite.parent):  # where its tools keep their caches
        return int(pytest.main(arguments))
