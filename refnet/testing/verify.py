"""Run the parity suite from a program: what `refnet verify` does."""

import contextlib
import importlib.util
from pathlib import Path

import refnet
from refnet.testing.page import require_writable

__all__ = ["verify"]


def verify(pattern: str = "", *, report: str | Path | None = None, workers: int = 2) -> int:
    """Run the cases of the public names that fit the pattern, print the ledger, return pytest's exit code.

    Arguments
        pattern  a part of the name, "softmax", or a shell pattern, "nn.*Loss", in any case; ""
                 for the whole suite with its completeness nets and mutation test
        report   where to write the HTML page
        workers  processes, if pytest-xdist is installed

    The cases are not part of an installed package: they need PyTorch and stand beside it in
    the source tree. Raises FileNotFoundError or ImportError, in one line, if one is missing, and
    OSError if the report cannot be written.
    """
    if report is not None:
        report = Path(report).absolute()
        require_writable(report)
    suite = Path(refnet.__file__).parent.parent / "parity_tests"
    if not (suite / "test_cases.py").is_file():
        raise FileNotFoundError(
            f"the parity suite is not at {suite}: it is part of refnet's source tree, not of an "
            "installed package; clone the project and run `refnet verify` there"
        )
    for module, package in (("torch", "torch"), ("pytest", "pytest"), ("hypothesis", "hypothesis")):
        if importlib.util.find_spec(module) is None:
            raise ImportError(f"refnet verify needs {package}: pip install {package}")
    import pytest

    chosen = [f"--name={pattern}", str(suite / "test_cases.py")] if pattern else [str(suite)]
    arguments = [*chosen, "-q", "--no-header", f"--rootdir={suite.parent}"]
    if report is not None:
        arguments.append(f"--report={report}")
    if workers > 1 and not pattern and importlib.util.find_spec("xdist") is not None:
        arguments += ["-n", str(workers)]
    with contextlib.chdir(suite.parent):  # where its tools keep what they remember
        return int(pytest.main(arguments))
