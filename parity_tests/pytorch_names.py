"""PyTorch's names, module by module, as in refnet/compatibility/pytorch_names.txt.

    python -m parity_tests.pytorch_names

writes the file. It contains the modules that refnet has under the same name, and the classes Tensor
and nn.Module. Names that PyTorch's modules import from other packages (`math`, `Callable`, ...) are
left out.
"""

import importlib
import inspect
import pkgutil
import textwrap
import types
import warnings
from pathlib import Path
from typing import Any

import torch

import refnet

FILE = Path(refnet.__file__).parent / "compatibility" / "pytorch_names.txt"
CLASSES = {"Tensor": torch.Tensor, "nn.Module": torch.nn.Module}
# Modules of refnet whose name PyTorch uses for something else.
UNRELATED = {"ops"}


def modules() -> dict[str, tuple[types.ModuleType, types.ModuleType]]:
    """The public modules of both libraries by name, as (refnet's, PyTorch's); "" is the root."""
    found = {"": (refnet, torch)}
    for info in pkgutil.walk_packages(refnet.__path__, "refnet."):
        path = info.name.removeprefix("refnet.")
        if path in UNRELATED or any(part.startswith("_") for part in path.split(".")):
            continue
        try:
            theirs = importlib.import_module(f"torch.{path}")
        except ModuleNotFoundError:
            continue
        found[path] = (importlib.import_module(f"refnet.{path}"), theirs)
    return found


def names(owner: Any) -> list[str]:
    """The public names of a class, or of a module of PyTorch with its submodules, imported or not."""
    if inspect.isclass(owner):
        return sorted(n for n in {*dir(owner), *owner.__annotations__} if n[0] != "_")
    listed = getattr(owner, "__all__", [])
    below = [m.name for m in pkgutil.iter_modules(getattr(owner, "__path__", []))]
    own = [n for n in dir(owner) if n in listed or not _imported(n, getattr(owner, n))]
    return sorted(n for n in {*listed, *below, *own} if n[0] != "_")


def _imported(name: str, value: Any) -> bool:
    """Whether a module's attribute comes from another package, or is PyTorch itself."""
    if name == "TYPE_CHECKING" or value is torch:
        return True
    if isinstance(value, types.ModuleType):
        return value.__name__.split(".")[0] != "torch"
    home = getattr(value, "__module__", None)
    return isinstance(home, str) and home.split(".")[0] != "torch"


def table() -> dict[str, list[str]]:
    """The names by module and class."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated names are names
        owners = {path: theirs for path, (_, theirs) in modules().items()}
        return {path: names(owner) for path, owner in (owners | CLASSES).items()}


def text() -> str:
    """The file's text: a line with the module's name, then lines with its names."""
    sections = [
        f"torch{'.' * bool(path)}{path}\n"
        + textwrap.fill(" ".join(found), 100, initial_indent=" ", subsequent_indent=" ")
        for path, found in sorted(table().items())
    ]
    return "\n".join(sections) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
