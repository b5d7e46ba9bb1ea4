"""The lowest versions that pyproject.toml allows: `nox -s lowest` takes these, of each package."""

import runpy
import sys
import tomllib
from pathlib import Path
from unittest import mock

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]


def needed() -> list[Requirement]:
    """What the package and its extras need, but for extras that name other extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = [project["dependencies"], *project["optional-dependencies"].values()]
    found = [Requirement(line) for part in parts for line in part]
    return [r for r in found if r.name != project["name"]]


def test_the_session_installs_the_lowest_version_of_every_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one version of each, whichever extra asks for it."""
    monkeypatch.chdir(ROOT)
    nox = mock.MagicMock()  # which the tests do not need
    nox.session = lambda **options: lambda function: function
    monkeypatch.setitem(sys.modules, "nox", nox)
    session = mock.MagicMock()
    session.create_tmp.return_value = tmp_path
    session.posargs = []
    runpy.run_path("noxfile.py")["lowest"](session)
    (installed,) = session.install.call_args_list
    assert installed.args[:3] == ("-e", ".[landscape,test]", "-c")
    assert session.run.call_args.args[:2] == ("pytest", "tests")

    lines = Path(installed.args[3]).read_text(encoding="utf-8").split()
    versions = {r.name: str(r.specifier).removeprefix("==") for r in map(Requirement, lines)}
    assert len(versions) == len(lines)
    assert set(versions) == {r.name for r in needed()}
    for r in needed():
        assert r.specifier.contains(versions[r.name]), f"{versions[r.name]}: {r}"
        *first, last = Version(versions[r.name]).release
        below = ".".join(map(str, (*first, last - 1)))
        assert last == 0 or not r.specifier.contains(below), f"{below} is allowed too: {r}"
