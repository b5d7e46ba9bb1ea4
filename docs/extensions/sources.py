"""What the site and the tests both read: the names that a module exports, the exercises, and the
package as a wheel.
"""

import ast
import importlib
import importlib.util
import io
import zipfile
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import refnet

FOLDER = Path(__file__).parent.parent / "book" / "exercises"


def load(name: str) -> ModuleType:
    """Returns an exercise as the module that it is."""
    spec = importlib.util.spec_from_file_location(f"exercise_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exported(module: str) -> dict[str, Any]:
    """Returns the functions and classes that a module exports, by name."""
    owner = importlib.import_module(module)
    names = getattr(owner, "__all__", None) or [n for n in dir(owner) if n[0] != "_"]
    found = {name: getattr(owner, name) for name in sorted(names)}
    return {
        name: x
        for name, x in found.items()
        if isinstance(x, (type, FunctionType)) and (x.__module__ or "").startswith("refnet")
    }


def checker(source: str) -> str:
    """Returns the source of an exercise without its hints, its solution and the mistakes."""
    lines = source.splitlines(keepends=True)
    for part in ast.parse(source).body:
        names = [x.id for x in getattr(part, "targets", ()) if isinstance(x, ast.Name)]
        if {"HINTS", "SOLUTION", "MISTAKES"} & set(names):
            assert part.end_lineno is not None
            for number in range(part.lineno - 1, part.end_lineno):
                lines[number] = ""
    return "".join(lines)


def wheel() -> bytes:
    """Returns the package as a wheel, the same bytes for the same source."""
    package = Path(refnet.__file__).parent
    files = {
        f"refnet/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    info = f"refnet-{refnet.__version__}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: refnet\nVersion: {refnet.__version__}\n"
    tag = "Wheel-Version: 1.0\nGenerator: refnet\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files |= {f"{info}/METADATA": metadata.encode(), f"{info}/WHEEL": tag.encode()}
    record = "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD"))
    files[f"{info}/RECORD"] = record.encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()
