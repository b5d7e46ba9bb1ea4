"""The sessions: nox -l lists them, `nox -s tests parity` runs every test.

Each makes its own environment with pip, so a fresh machine needs Python and `pip install nox`.
"""

import shutil
import subprocess

import nox

nox.needs_version = ">=2024.4"
nox.options.default_venv_backend = "venv"  # pip is the installer that finds PyTorch's CPU build
nox.options.sessions = ["lint", "types", "tests", "parity"]
nox.options.error_on_missing_interpreters = False

PYTHONS = ["3.11", "3.12", "3.13"]
TWIN = "3.11"  # the Python that PyTorch's pinned build is for


def runs(python: str) -> bool:
    """Whether this Python is on the machine and starts: a version manager's stub may not."""
    command = shutil.which(f"python{python}")
    if command is None:
        return False
    return subprocess.run([command, "-c", ""], capture_output=True, check=False).returncode == 0


@nox.session(python=TWIN)
def lint(session: nox.Session) -> None:
    """The form of the code."""
    session.install("ruff~=0.17.0")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(python=TWIN)
def types(session: nox.Session) -> None:
    """The types of the package, strictly."""
    session.install("-e", ".[cli,lint,test]")
    session.run("mypy")


@nox.session(python=[p for p in PYTHONS if runs(p)] or [TWIN])
def tests(session: nox.Session) -> None:
    """What needs no PyTorch, on every Python of the machine from 3.11 to 3.13."""
    session.install("-e", ".[cli,test]")
    session.run(
        "python",
        "-c",
        "import importlib.util as u, sys; sys.exit(u.find_spec('torch') and 'PyTorch is installed')",
    )
    session.run("pytest", "tests", *session.posargs)


@nox.session(python=TWIN)
def parity(session: nox.Session) -> None:
    """The parity suite beside PyTorch; `-- --report parity.html` writes the ledger as a page."""
    session.install("-e", ".[cli,twin,test]")
    session.run("pytest", "parity_tests", "-n", "2", *session.posargs)


@nox.session(python=TWIN)
def bench(session: nox.Session) -> None:
    """The benchmarks, refnet and PyTorch in turn; ends in a table of ratios and a picture."""
    session.install("-e", ".[cli,twin,bench]")
    quick = "--quick" in session.posargs
    if quick:
        session.run("pytest", "benchmarks", "--benchmark-disable", "-q")
        return
    results = f"{session.create_tmp()}/bench.json"
    session.run("pytest", "benchmarks", f"--benchmark-json={results}", "-q", *session.posargs)
    session.run("python", "-m", "benchmarks.report", results)


@nox.session(python=TWIN)
def demo(session: nox.Session) -> None:
    """Train the three networks on real data, each beside its PyTorch twin."""
    session.install("-e", ".[cli,twin]")
    session.run("refnet", "train", "--twin", *session.posargs)
