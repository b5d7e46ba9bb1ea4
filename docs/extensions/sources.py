"""What the site and the tests both read: the names that a module exports, and the exercises."""

import importlib
import importlib.util
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

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
