"""The sessions: `nox -l` lists them, `nox` runs all that a change must pass.

Each makes its own environment with pip, so a fresh machine needs Python and `pip install nox`.
"""

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import nox
from packaging.requirements import Requirement

nox.needs_version = ">=2024.4"
nox.options.default_venv_backend = "venv"  # pip is the installer that finds PyTorch's CPU build
nox.options.sessions = ["lint", "types", "tests", "parity"]
# A Python that the machine lacks is named and skipped, in CI too.
nox.options.error_on_missing_interpreters = False

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
RESULTS = Path("bench-out", "benchmarks.json")
# What the tests need besides NumPy and matplotlib and is pure Python, for Pyodide.
NO_EXTENSIONS = ("filelock", "hypothesis", "plotly", "pytest", "rich", "typer")


def words(*command: str) -> list[str]:
    """Returns the words that a command prints."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()


def runs(python: str) -> bool:
    """Tells whether this Python starts: a version manager's stub may not."""
    command = shutil.which(f"python{python}")
    if command is None:
        return False
    return subprocess.run([command, "-c", ""], capture_output=True, check=False).returncode == 0


def offer_pyenv_pythons() -> None:
    """Activates pyenv's newest 3.11, 3.12 and 3.13: its python3.12 starts only an active version."""
    if shutil.which("pyenv") is None or "PYENV_VERSION" in os.environ:
        return
    installed = words("pyenv", "versions", "--bare")
    chosen = words("pyenv", "version-name")[:1]
    for python in PYTHONS:
        chosen += [version for version in installed if version.startswith(f"{python}.")][-1:]
    os.environ["PYENV_VERSION"] = ":".join(dict.fromkeys(chosen))


offer_pyenv_pythons()
# The parity is published for 3.11; a machine without it proves it on the Python that runs nox.
TWIN = "3.11" if runs("3.11") else None


@nox.session(python=TWIN)
def lint(session: nox.Session) -> None:
    """The form of the code."""
    session.install("-e", ".[lint]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(python=TWIN)
def types(session: nox.Session) -> None:
    """The types of the package, strictly, and what a type checker finds in a user's program."""
    session.install("-e", ".[landscape,lint,test]")
    session.run("mypy")
    session.run("mypy", "tests/typing")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """What needs no PyTorch, without it, on every Python of the machine from 3.11 to 3.14."""
    session.install("-e", ".[landscape,test]")
    no_torch = "import importlib.util as u, sys; sys.exit(u.find_spec('torch') and 'torch is here')"
    session.run("python", "-c", no_torch)
    session.run("pytest", "tests", *session.posargs)


def lowest_versions() -> list[str]:
    """The lowest version that pyproject.toml allows of each package, as pip's constraints."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    needed = [Requirement(line) for part in (project["dependencies"], *extras) for line in part]
    return sorted(
        {
            f"{r.name}=={limit.version}"
            for r in needed
            for limit in r.specifier
            if limit.operator in (">=", "~=", "==")
        }
    )


@nox.session(python=TWIN)
def lowest(session: nox.Session) -> None:
    """The tests with the lowest version of every package that pyproject.toml allows."""
    file = Path(session.create_tmp(), "lowest.txt").resolve()
    file.write_text("\n".join(lowest_versions()), encoding="utf-8")
    session.install("-e", ".[landscape,test]", "-c", str(file))
    # An old package's use of deprecated functions of a newer one is not refnet's fault.
    session.run("pytest", "tests", "-W", "ignore::DeprecationWarning", *session.posargs)


@nox.session(python=TWIN)
def parity(session: nox.Session) -> None:
    """The parity suite beside PyTorch; `-- --report parity.html` writes the ledger as a page."""
    session.install("-e", ".[landscape,test,twin]")
    session.run("pytest", "-n", "2", "parity_tests", *session.posargs)


@nox.session(name="parity-versions", python=TWIN)
def parity_versions(session: nox.Session) -> None:
    """The parity suite beside another PyTorch: `-- 2.14.1` (gigabytes: never in CI)."""
    version, *options = session.posargs or ["2.14.1"]
    session.install("-e", ".[landscape,test]", f"torch=={version}")
    no_gpu = {"CUDA_VISIBLE_DEVICES": ""}  # compare with PyTorch on the CPU
    session.run("pytest", "-n", "2", "parity_tests", *options, env=no_gpu)


@nox.session(python=TWIN)
def bench(session: nox.Session) -> None:
    """The benchmarks, ending in a table and a picture; `-- --benchmark-disable` tries each once."""
    session.install("-e", ".[bench,twin]")
    if "--benchmark-disable" in session.posargs:
        session.run("pytest", "benchmarks", *session.posargs)
        return
    RESULTS.parent.mkdir(exist_ok=True)
    session.run("pytest", "benchmarks", f"--benchmark-json={RESULTS}", *session.posargs)
    session.run("python", "benchmarks/report.py", str(RESULTS))


@nox.session(python=TWIN)
def docs(session: nox.Session) -> None:
    """The site, in docs/_build/html, and refnet-docs.zip to read offline; a warning is an error."""
    session.install("-e", ".[docs]")
    options = ["--fail-on-warning", "--keep-going", "--quiet", "--builder", "html"]
    options += ["-D", "nb_execution_mode=force"]  # a cached output can be that of older code
    session.run("sphinx-build", *options, "docs", "docs/_build/html", *session.posargs)
    shutil.make_archive("docs/_build/refnet-docs", "zip", "docs/_build", "html")


@nox.session(python=TWIN)
def figures(session: nox.Session) -> None:
    """Draw the gallery's and the README's pictures that the code has left behind; `-- --all`."""
    session.install("-e", ".[landscape,twin]")
    session.run("python", "docs/figures.py", *session.posargs)


@nox.session(python=TWIN)
def pdf(session: nox.Session) -> None:
    """The book as docs/_build/refnet-book.pdf, printed by Chromium; needs `nox -s docs` before."""
    session.install("pypdf>=5")
    session.run("python", "docs/pdf.py", "docs/_build/html", "docs/_build/refnet-book.pdf")


@nox.session(python=TWIN)
def package(session: nox.Session) -> None:
    """Build the wheel and the sdist in dist/, check them, and test each where it is installed.

    `-- 0.1.0` also checks that this is the version. Takes minutes: never in CI.
    """
    session.install("build", "twine")
    shutil.rmtree("dist", ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", "dist")
    wheel, sdist = (str(next(Path("dist").glob(end)).resolve()) for end in ("*.whl", "*.tar.gz"))
    if session.posargs and f"-{session.posargs[0]}-" not in wheel:
        session.error(f"expected a wheel of version {session.posargs[0]}, got {Path(wheel).name}")
    session.run("twine", "check", "--strict", wheel, sdist)
    session.run("pip", "uninstall", "--yes", "--quiet", "build", "twine")
    # The wheel alone: NumPy is all that it needs, and its types come with it.
    session.install(wheel)
    folder = Path(session.create_tmp()).resolve()
    with session.chdir(folder):
        first = "import refnet; print(refnet.__version__, refnet.nn.Linear(2, 1)(refnet.ones(1, 2)).shape)"
        session.run("python", "-c", first)
        shutil.unpack_archive(sdist, folder)
    tree = folder / Path(sdist).name.removesuffix(".tar.gz")
    session.install("-e", f"{tree}[landscape,test]")
    with session.chdir(tree):
        session.run("pytest", "tests", "-n", "2", "-q")


@nox.session(python=TWIN)
def browser(session: nox.Session) -> None:
    """Every page and live cell in Chromium, after `nox -s docs`; `-- -m quick` is for CI."""
    session.install("-e", ".[browser]")
    session.run("pytest", "browser_tests", *session.posargs)


@nox.session(python=TWIN)
def wasm(session: nox.Session) -> None:
    """The tests in WebAssembly, as in a reader's browser; `-- tests/test_tape.py` runs one file.

    Needs Node.js and the runtime of the live cells (docs/extensions/runtime.py).
    tests/wasm_skips.py has what is skipped. Takes three minutes: never in CI.
    """
    node = shutil.which("node")
    if node is None:
        session.error("expected Node.js 20 or later on the path, got no program named node")
    try:
        runtime = session.run("python", "docs/extensions/runtime.py", silent=True)
    except nox.command.CommandFailed:
        session.error("expected the Python runtime of the live cells, which pip could not download")
    folder = Path(session.create_tmp()).resolve()
    packages, log = folder / "packages", folder / "wasm.txt"
    shutil.rmtree(packages, ignore_errors=True)
    pure = ("--platform=any", "--implementation=py", "--abi=none", "--python-version=3.14")
    session.run(
        *("python", "-m", "pip", "install", "--quiet", "--no-compile", f"--target={packages}"),
        *("--only-binary=:all:", *pure, *NO_EXTENSIONS),
    )
    print(f"All that pytest prints goes to {log}")
    options = [
        str(runtime).splitlines()[-1],
        str(packages),
        str(log),
        *(session.posargs or ["tests"]),
    ]
    session.run(node, "tests/wasm.mjs", *options, external=True)


@nox.session(python=TWIN)
def claims(session: nox.Session) -> None:
    """Writes docs/claims.md anew; `-- saddles` runs one study (all take minutes: never in CI)."""
    session.install("-e", ".[landscape]")
    session.run("python", "-m", "examples.claims", *session.posargs)


@nox.session(python=TWIN)
def demo(session: nox.Session) -> None:
    """Trains the three networks on real data, each beside its PyTorch twin."""
    session.install("-e", ".[cli,twin]")
    session.run("refnet", "train", "--twin", *session.posargs)
