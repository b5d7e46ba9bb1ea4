"""Each name of torch.nn, its submodules and torch.optim is in refnet, or listed as left out.

A module's names are those of its __all__. torch.nn and torch.nn.functional have none: their names
are the classes, functions and submodules defined below torch.nn, and torch.nn.functional's
functions in C++.
"""

import importlib
import inspect
import re
import types
from fnmatch import fnmatchcase
from typing import Any

import pytest
import torch
import torch.nn.utils.prune  # torch.nn.utils does not import it
import torch.optim.swa_utils

import refnet
from parity_tests.pytorch_names import FILE, modules, table, text
from parity_tests.versions import reached
from refnet.compatibility.left_out import LEFT_OUT, reason
from refnet.compatibility.lookup import MIRRORS
from refnet.compatibility.missing_names import NEAREST, pytorch_names

MODULES = [
    "func",
    "linalg",
    "nn",
    "nn.functional",
    "nn.grad",
    "nn.init",
    "nn.utils",
    "nn.utils.parametrizations",
    "nn.utils.parametrize",
    "nn.utils.rnn",
    "nn.utils.stateless",
    "optim",
    "optim.lr_scheduler",
    "optim.swa_utils",
]
CLASSES = ["nn.Module"]  # their methods
INSTANCES = {"Tensor": refnet.ones(1, 1), "nn.Module": refnet.nn.Module()}
IN_CPP = ("torch", "torch._C._nn", "torch._C._linalg")


def resolve(library: Any, path: str) -> Any:
    """What a dotted name means in a library, also below modules that are not imported."""
    found = library
    for part in path.split("."):
        if isinstance(found, types.ModuleType) and part in ("swa_utils", "lr_scheduler"):
            found = importlib.import_module(f"{found.__name__}.{part}")
        else:
            found = getattr(found, part)
    return found


def has(library: Any, path: str) -> bool:
    try:
        resolve(library, path)
    except (AttributeError, ModuleNotFoundError):
        return False
    return True


def names(path: str) -> list[str]:
    """The public names of PyTorch's module or class, in full."""
    owner = resolve(torch, path)
    if inspect.isclass(owner):
        found = [n for n, x in inspect.getmembers(owner, inspect.isfunction) if n[0] != "_"]
    elif hasattr(owner, "__all__"):
        found = list(owner.__all__)
    else:
        found = [n for n in dir(owner) if not n.startswith("_") and is_own(getattr(owner, n), path)]
    return [f"{path}.{name}" for name in found]


def is_own(x: Any, path: str) -> bool:
    """Whether a module's attribute is defined there, not imported."""
    if isinstance(x, types.ModuleType):
        return path == "nn" and x.__name__.startswith("torch.nn.")
    if not callable(x):
        return False
    defined = getattr(x, "__module__", None) or ""
    if path == "nn" or defined == f"torch.{path}":
        return defined.startswith("torch.nn")
    return not inspect.isclass(x) and defined in IN_CPP


@pytest.mark.parametrize("path", [*MODULES, *CLASSES])
def test_what_is_missing_is_left_out(path: str) -> None:
    missing = [
        name
        for name in names(path)
        if reason(name, in_pytorch=True) is None and not has(refnet, name)
    ]
    assert not missing, (
        f"neither in refnet nor in refnet/compatibility/left_out.py: {', '.join(sorted(missing))}"
    )


def test_what_is_left_out_is_missing() -> None:
    """The listed names are in PyTorch and not in refnet; the nearest names are in refnet."""
    theirs = [f"{p}.{n}".removeprefix(".") for p, found in table().items() for n in found]
    missing = [name for name in theirs if not has(refnet, name)]
    missing += [name.removeprefix("Tensor.") for name in missing]
    stale = [n for n in (*LEFT_OUT, *NEAREST) if not any(fnmatchcase(m, n) for m in missing)]
    assert not stale, f"not to be left out any more, or not in PyTorch: {', '.join(stale)}"
    near = [name for text in NEAREST.values() for name in re.findall(r"refnet\.([\w.]+)", text)]
    assert not [name for name in near if not has(refnet, name)]


@pytest.mark.skipif(reached("2.14"), reason="the file has the names of 2.13, and refnet too")
def test_pytorchs_names_are_known() -> None:
    """The file has all of PyTorch's names, of each module that both libraries have."""
    how = "python -m parity_tests.pytorch_names"
    assert FILE.read_text(encoding="utf-8") == text(), f"update it: {how}"
    assert {p: set(found) for p, found in table().items()} == pytorch_names()


def test_every_module_of_pytorchs_explains() -> None:
    both = {module.__name__ for module, _ in modules().values()}
    assert both == set(MIRRORS), (
        "each needs mirror(__name__) of refnet.compatibility.lookup in its last line"
    )


@pytest.mark.parametrize("path", pytorch_names())
def test_a_name_of_pytorchs_is_there_or_explained(path: str) -> None:
    """hasattr and getattr's default work; the error says why PyTorch's name is left out."""
    ours = f"refnet.{path}".removesuffix(".")
    owner = INSTANCES[path] if path in INSTANCES else importlib.import_module(ours)
    for name in pytorch_names()[path]:
        if hasattr(owner, name):
            continue
        assert getattr(owner, name, None) is None
        with pytest.raises(AttributeError) as caught:
            getattr(owner, name)
        said = str(caught.value)
        assert "; PyTorch has it, refnet does not" in said or "; it is left out: " in said, said
        for near in re.findall(r"the nearest is refnet\.([\w.]+)", said):
            assert has(refnet, near), said


def test_imports_are_not_names() -> None:
    """A module's names are what model files use, not the helpers that it imports."""
    functional = [n.rpartition(".")[2] for n in names("nn.functional")]
    for imported in ("Callable", "Tensor", "handle_torch_function", "boolean_dispatch", "math"):
        assert imported not in functional
    for own in ("conv1d", "relu", "gelu", "cosine_similarity", "embedding", "linear", "pdist"):
        assert own in functional
    layers = names("nn")
    assert {"nn.Linear", "nn.Parameter", "nn.DataParallel", "nn.grad"} <= set(layers)
    assert len(layers) > 180
