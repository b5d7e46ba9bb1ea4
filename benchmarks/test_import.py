"""`import refnet` beside `import numpy`: seconds of the import alone, each in a fresh process."""

import os
import subprocess
import sys
from pathlib import Path

from conftest import ROUNDS, Compare


def import_seconds(module: str, cache: Path) -> float:
    """Returns how long a new Python takes to import the module, with the byte code in the cache."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(cache)
    program = (
        "import time; start = time.perf_counter(); "
        f"import {module}; print(time.perf_counter() - start)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def test_import(compare: Compare, tmp_path: Path) -> None:
    benchmark = compare.benchmark
    ours: list[float] = []
    theirs: list[float] = []
    for module in ("refnet", "numpy"):
        import_seconds(module, tmp_path)  # the first compiles
    benchmark.pedantic(
        lambda: ours.append(import_seconds("refnet", tmp_path)),
        setup=lambda: theirs.append(import_seconds("numpy", tmp_path)),
        rounds=1 if benchmark.disabled else ROUNDS,
    )
    if not benchmark.disabled:
        compare.note(ours, theirs, target=1.4, group="import", label="import refnet / import numpy")
