"""The files for the live cells of the site: the wheel, the settings, the copy of the runtime."""

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import live_files
import pytest
import runtime

import refnet


def test_the_wheel_is_the_package_of_this_source(tmp_path: Path) -> None:
    data = live_files.wheel()
    assert data == live_files.wheel(), "the same bytes, so that browsers keep what they have"
    wheel = tmp_path / live_files.WHEEL
    wheel.write_bytes(data)
    package = Path(refnet.__file__).parent
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        for path in package.rglob("*.py"):
            name = f"refnet/{path.relative_to(package).as_posix()}"
            assert archive.read(name) == path.read_bytes()
    assert "refnet/py.typed" in names
    assert not [name for name in names if "__pycache__" in name]
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index")
    if subprocess.run([sys.executable, "-m", "pip", "--version"], check=False).returncode == 0:
        subprocess.run([*pip, "--no-compile", f"--target={tmp_path / 'to'}", wheel], check=True)
        program = "import refnet; print(refnet.__file__, refnet.ones(2).sum().item())"
        shown = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path / "to",
            env={"PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert shown.startswith(str(tmp_path))
        assert shown.endswith("2.0\n")


def test_the_settings_name_the_runtime_and_change_with_the_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def settings(address: str) -> dict[str, object]:
        text = live_files.files(address)["live-settings.js"].decode()
        return dict(json.loads(text.removeprefix("const liveSettings = ").rstrip().rstrip(";")))

    first = settings(runtime.CDN)
    assert first["runtime"] == runtime.CDN
    assert first["wheel"] in live_files.files("pyodide/")
    other = settings("pyodide/")
    assert other["runtime"] == "pyodide/"
    assert other["mark"] == first["mark"]
    monkeypatch.setattr(live_files, "wheel", lambda: b"another")
    assert settings("pyodide/")["mark"] != first["mark"]


def courier(folder: Path, numpy: bytes) -> Path:
    """A package that carries a runtime of one file and NumPy."""
    file = folder / "courier.whl"
    entry = {
        "file_name": "numpy.whl",
        "sha256": hashlib.sha256(b"numpy").hexdigest(),
        "depends": [],
    }
    lock = json.dumps({"packages": {"numpy": entry, "other": entry}})
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in (("pyodide-lock.json", lock), ("numpy.whl", numpy), ("other.whl", "")):
            archive.writestr(runtime.INSIDE + name, data)
    return file


def test_a_file_of_the_runtime_must_have_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "PACKAGES", ("numpy",))
    monkeypatch.setattr(runtime, "SHA256", {})
    runtime.unpack(courier(tmp_path, b"numpy"), tmp_path)
    assert (tmp_path / "numpy.whl").read_bytes() == b"numpy"
    assert not (tmp_path / "other.whl").exists()
    with pytest.raises(ValueError, match="expected the SHA-256"):
        runtime.unpack(courier(tmp_path, b"another"), tmp_path)
    monkeypatch.setattr(runtime, "SHA256", {"pyodide-lock.json": "0" * 64})
    with pytest.raises(ValueError, match=r"of pyodide-lock\.json, got"):
        runtime.unpack(courier(tmp_path, b"numpy"), tmp_path)
