"""refnet under PyTorch's name, for model files that say `import torch` and are not to be changed."""

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

_OWN = ("ops", "testing")  # names that PyTorch has, too, for something else


@contextlib.contextmanager
def as_torch() -> Iterator[ModuleType]:
    """`with as_torch():` every `import torch` inside gives refnet.

        with refnet.as_torch():
            from resnet import ResNet18  # a file that imports torch, torch.nn, ...

    What is imported inside keeps refnet; a real PyTorch that was imported before is back
    afterwards, with all its submodules. Works as a decorator, too. It changes sys.modules, which
    all threads share, and an `import torch` that runs later (inside a function, say) is outside.

    A submodule of PyTorch that refnet leaves out is an ImportError with the reason.
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
    before = _take_away()
    finder = _Refuse()
    sys.modules.update(ours)
    sys.meta_path.insert(0, finder)
    try:
        yield refnet
    finally:
        sys.meta_path.remove(finder)
        _take_away()
        sys.modules.update(before)


def _take_away() -> dict[str, ModuleType]:
    """Remove torch and its submodules from sys.modules, and return them."""
    names = [name for name in sys.modules if name == "torch" or name.startswith("torch.")]
    return {name: sys.modules.pop(name) for name in names}


def _raise(name: str) -> NoReturn:
    raise ImportError(f"cannot import {name}")


class _Refuse:
    """Says why a submodule of torch is not there, before anyone looks for a file of that name."""

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
