"""Which way the imports run, and that `import refnet` loads NumPy and nothing else.

    ops ← kernels ← the engine (tape, tensor, functions, ...) ← nn, optim, utils ← models
        ← landscape, approximation ← training ← studies ← commands

The files are read, not run, so an import inside a function or for types only counts too.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import refnet

PACKAGE = Path(refnet.__file__).parent
ROOMS = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
TOP = {"__init__", "__main__", "cli", "studies", "testing", "training"}
ABOVE = {"nn", "optim", "func", "models", "utils", "landscape", "approximation"}
BELOW = {"ops", "kernels"}
ENGINE = ROOMS - TOP - ABOVE - BELOW - {"__pycache__"}

# What each room or file may import of the package, besides itself.
MAY_IMPORT = {
    "ops": set(),
    "kernels": {"ops"},
    **{room: {*BELOW, *ENGINE} for room in (*ENGINE, "nn", "optim")},
    "func": {"nn", *ENGINE},
    "models": {"ops", "nn"},
    "utils": {*BELOW, *ENGINE, "nn"},
    "landscape": {*BELOW, *ENGINE, *ABOVE},
    "approximation": {*BELOW, *ENGINE, *ABOVE},
    "compatibility/torch_modules.py": {"the whole package"},
    "optim/swa_utils.py": {*BELOW, "nn", "optim", *ENGINE},
    "testing/oracles.py": {"ops", "testing"},
    "testing/point.py": {"ops", "testing"},
}
# Which packages other than NumPy a room or file may import. Other files import NumPy only.
MAY_NEED = {
    "cli": {"rich", "typer"},
    "display/diagram.py": {"matplotlib"},
    "serialization/safetensors_file.py": {"safetensors"},
    "studies": {"matplotlib", "plotly", "rich", "typer"},
    "training": {"filelock", "matplotlib", "rich", "sklearn", "typer"},
    "training/progress.py": {"IPython"},  # which a notebook has
    "testing/parity.py": {"torch"},
    "testing/verify.py": {"pytest"},
}
RULES_NEED = {"__future__", "collections", "functools", "itertools", "math", "numpy", "typing"}


def imports(path: Path) -> Iterator[str]:
    """Each imported name in full: `from refnet import ops` is refnet.ops."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def found() -> Iterator[tuple[str, str, list[str]]]:
    """Each import of the package: the file, its room, and the parts of the imported name."""
    for path in sorted(PACKAGE.rglob("*.py")):
        file = path.relative_to(PACKAGE)
        for name in imports(path):
            yield file.as_posix(), file.parts[0].removesuffix(".py"), name.split(".")


def test_rooms_import_only_what_is_below_them() -> None:
    wrong = []
    for file, room, name in found():
        allowed = MAY_IMPORT.get(file, MAY_IMPORT.get(room))
        if name[0] == "refnet" and allowed is not None:
            target = name[1] if len(name) > 1 else "the whole package"
            if target not in allowed | {room}:
                wrong.append(f"{file} imports {'.'.join(name)}")
    assert not wrong


# Files that need each other, and why. Every other import runs one way, within the rooms too.
CIRCLES = {
    (
        "nn.module",
        "nn.module_hooks",
        "nn.module_state",
        "nn.traversal",
    ): "methods of Module that name it",
    (
        "optim.optimizer",
        "optim.optimizer_hooks",
        "optim.optimizer_state",
    ): "methods of Optimizer that name it",
    (
        "compatibility.lookup",
        "compatibility.missing_names",
    ): "an explanation is made when somebody reads it",
    ("nn", "nn.modules"): "PyTorch's second name for what is in nn",
}


def test_imports_run_one_way() -> None:
    assert {tuple(sorted(circle)) for circle in circles(graph())} == set(CIRCLES)


def graph() -> dict[str, set[str]]:
    """Which files of the package each file imports, except refnet itself, which imports all."""
    files = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    del files["__init__"]
    found: dict[str, set[str]] = {}
    for file, path in files.items():
        names = [name.removeprefix("refnet.") for name in imports(path)]
        targets = {name if name in files else name.rpartition(".")[0] for name in names}
        found[file] = targets & files.keys() - {file}
    return found


def circles(edges: dict[str, set[str]]) -> list[set[str]]:
    """The strongly connected components of the imports that have more than one file."""
    below = {file: reached(file, edges) for file in edges}
    return [
        circle
        for file in edges
        if len(circle := {other for other in below[file] if file in below[other]} | {file}) > 1
    ]


def reached(file: str, edges: dict[str, set[str]]) -> set[str]:
    """All files that a file imports, directly or not."""
    found: set[str] = set()
    waiting = [file]
    while waiting:
        new = edges[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def test_rules_need_numpy_and_plain_python_only() -> None:
    wrong = [
        f"{file} imports {'.'.join(name)}"
        for file, room, name in found()
        if room == "ops" and name[0] not in {"refnet"} | RULES_NEED
    ]
    assert not wrong


def test_rules_do_not_evaluate_annotations() -> None:
    """A rule defines its pullback in each call, which would evaluate and keep annotations."""
    later = "from __future__ import annotations"
    files = [path for path in (PACKAGE / "ops").glob("*.py") if path.name != "__init__.py"]
    assert [path.name for path in files if later not in path.read_text(encoding="utf-8")] == []


def test_other_packages_are_imported_only_where_they_belong() -> None:
    wrong = [
        f"{file} imports {'.'.join(name)}"
        for file, room, name in found()
        if name[0] not in {"numpy", "refnet", *sys.stdlib_module_names}
        and name[0] not in MAY_NEED.get(room, set()) | MAY_NEED.get(file, set())
    ]
    assert not wrong


def test_import_refnet_loads_numpy_and_the_standard_library_only() -> None:
    program = (
        "import sys; before = set(sys.modules); import refnet; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before}, "
        "*(name for name in sys.modules if name in ('refnet.testing', 'refnet.training')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) - sys.stdlib_module_names == {"numpy", "refnet"}
