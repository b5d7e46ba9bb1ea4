"""refnet under PyTorch's name, for model files that contain `import torch`."""

import contextlib
import importlib
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any, NoReturn

import refnet
from refnet.compatibility.missing_names import pytorch_names

__all__ = ["as_torch"]

_OWN = ("ops", "testing")  # PyTorch has other modules of these names


@contextlib.contextmanager
def as_torch() -> Iterator[ModuleType]:
    """Makes every `import torch` in a `with` block import refnet.

    Imports inside the block keep refnet. Afterwards, a PyTorch that was imported before is restored
    with all its submodules. as_torch() is a decorator, too. It changes sys.modules, which all
    threads share. An `import torch` that runs later, for example inside a function, is outside of
    the block.

    Raises:
        ImportError: at the import of a submodule that refnet leaves out, with the reason

    Example:
        >>> with refnet.as_torch():
        ...     import torch  # or a file that imports torch
        >>> torch is refnet
        True
    """
    tops = pytorch_names()[""].difference(_OWN)
    names = [
        info.name.removeprefix("refnet.")
        for info in pkgutil.walk_packages(refnet.__path__, "refnet.", onerror=_raise)
        if info.name.split(".")[1] in tops
    ]
    ours: dict[str, ModuleType] = {"torch": refnet}
    for name in names:
        ours[f"torch.{name}"] = importlib.import_module(f"refnet.{name}")
    previous = _take_away()
    finder = _Refuse()
    sys.modules.update(ours)
    sys.meta_path.insert(0, finder)
    try:
        yield refnet
    finally:
        sys.meta_path.remove(finder)
        _take_away()
        sys.modules.update(previous)


def _take_away() -> dict[str, ModuleType]:
    """Removes torch and its submodules from sys.modules and returns them."""
    names = [name for name in sys.modules if name == "torch" or name.startswith("torch.")]
    return {name: sys.modules.pop(name) for name in names}


def _raise(name: str) -> NoReturn:
    raise ImportError(f"cannot import {name}")


class _Refuse:
    """The first finder of modules; it explains the absence of a submodule of torch."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: Any = None
    ) -> None:
        if fullname.startswith("torch."):
            name = fullname.removeprefix("torch.")
            try:
                getattr(refnet, name.split(".")[0])
            except AttributeError as error:
                raise ModuleNotFoundError(f"No module named {fullname!r}: {error}") from None
            raise ModuleNotFoundError(f"No module named {fullname!r} in refnet")
