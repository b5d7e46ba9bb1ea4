"""The files that the live cells fetch, which are made while the site is built.

Needs no Sphinx, so that the tests can make them too.
"""

import ast
import hashlib
import io
import json
import zipfile
from pathlib import Path

import runtime
from sources import FOLDER

import refnet

DOCS = Path(__file__).parent.parent
WHEEL = f"refnet-{refnet.__version__}-py3-none-any.whl"


def files(address: str) -> dict[str, bytes]:
    """Returns what is written into _static, by name.

    Args:
        address: what Pyodide is loaded from
    """
    made = {WHEEL: wheel(), "matplotlibrc": (DOCS / "matplotlibrc").read_bytes()}
    for path in FOLDER.glob("*.py"):
        made[f"exercises/{path.name}"] = checker(path.read_text(encoding="utf-8")).encode()
    scripts = [path.read_bytes() for path in sorted((DOCS / "_static").glob("live*"))]
    settings = {
        "runtime": address,
        "wheel": WHEEL,
        # It keeps browsers from using what they have cached of an older build.
        "mark": hashlib.sha256(b"".join([*made.values(), *scripts])).hexdigest()[:12],
        "megabytes": {
            "numpy": round((runtime.SIZES["python"] + len(made[WHEEL])) / 1e6),
            "matplotlib": round(runtime.SIZES["matplotlib"] / 1e6),
        },
    }
    made["live-settings.js"] = f"const liveSettings = {json.dumps(settings, indent=2)};\n".encode()
    return made


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
