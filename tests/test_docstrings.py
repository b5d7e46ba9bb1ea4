"""Each public name has a docstring, an example that runs, and names its rule in refnet.ops."""

import doctest
import importlib
import inspect
import pkgutil
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from sources import exported

import refnet
from refnet.cli import explain
from refnet.compatibility.lookup import MIRRORS
from refnet.engine.tensor import Tensor

# Modules whose functions and classes have an example each; those of the others have one where it
# helps.
WITH_EXAMPLES = ("refnet", "refnet.linalg", "refnet.nn", "refnet.nn.functional", "refnet.nn.init")
WITH_EXAMPLES += (
    "refnet.nn.utils",
    "refnet.optim",
    "refnet.optim.lr_scheduler",
    "refnet.optim.surface",
)
SUBMODULES = tuple(
    f"{package.__name__}.{info.name}"
    for package in (refnet.approximation, refnet.landscape)
    for info in pkgutil.iter_modules(package.__path__)
)
WITH_EXAMPLES += SUBMODULES
OWN = (
    "approximation",
    "landscape",
    "models",
    "optim.surface",
    "testing",
    "training",
    "ops",
    "kernels",
)


def public() -> dict[str, Any]:
    """Each public class and function once, under its shortest name, and Tensor's methods."""
    for info in pkgutil.iter_modules(refnet.__path__):
        if info.ispkg and info.name != "cli":
            importlib.import_module(f"refnet.{info.name}")
    found: dict[int, tuple[str, Any]] = {}
    modules = [*MIRRORS, *(f"refnet.{name}" for name in OWN)]
    everything = {f"{m}.{n}": x for m in modules for n, x in exported(m).items()}
    for m in SUBMODULES:  # without the names that they import
        everything |= {f"{m}.{n}": x for n, x in exported(m).items() if x.__module__ == m}
    everything |= {f"refnet.Tensor.{n}": getattr(Tensor, n) for n in dir(Tensor) if n[0] != "_"}
    for name in sorted(everything, key=lambda n: (n.count("."), ".Tensor." in n, len(n), n)):
        x = everything[name]
        home = getattr(x, "__module__", None) or ""
        if isinstance(x, (type, FunctionType)) and home.startswith("refnet"):
            found.setdefault(id(inspect.unwrap(x)), (name, x))
    return dict(found.values())


PUBLIC = public()


def needs_example(name: str) -> bool:
    """In-place forms (relu_) are shown by the functions themselves, errors by what raises them."""
    x = PUBLIC[name]
    return (
        name.rpartition(".")[0] in WITH_EXAMPLES
        and not name.endswith("_")
        and not (isinstance(x, type) and issubclass(x, (Exception, Warning)))
    )


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_a_docstring(name: str) -> None:
    assert PUBLIC[name].__doc__


@pytest.mark.parametrize("name", [name for name in PUBLIC if needs_example(name)])
def test_a_public_name_has_an_example(name: str) -> None:
    assert ">>>" in str(PUBLIC[name].__doc__)


@pytest.mark.parametrize("name", PUBLIC)
def test_the_example_runs(name: str) -> None:
    """With refnet, nn, F and np imported, and the default generator seeded with 0."""
    names = {"refnet": refnet, "nn": refnet.nn, "F": refnet.nn.functional, "np": np}
    test = doctest.DocTestParser().get_doctest(str(PUBLIC[name].__doc__), names, name, None, 0)
    report: list[str] = []
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    doctest.DocTestRunner(optionflags=flags).run(test, out=report.append)
    assert not report, "".join(report)


RULES = explain.rules()


def leads_to(name: str) -> list[str]:
    """The rules behind a function or layer of torch, torch.nn or torch.nn.functional."""
    module = name.rpartition(".")[0]
    listed = module in ("refnet", "refnet.nn", "refnet.nn.functional") and not name.endswith("_")
    return explain.rules_of(name.removeprefix("refnet.")) if listed else []


@pytest.mark.parametrize("name", [name for name in PUBLIC if leads_to(name)])
def test_it_says_where_the_gradient_is_derived(name: str) -> None:
    """A function names its rule, refnet.ops.relu; a layer its rule or its function, F.relu."""
    text = str(PUBLIC[name].__doc__)
    said = [rule for rule in RULES if f"refnet.ops.{rule}" in text]
    function = name.startswith("refnet.nn.") and "refnet.nn.functional." in text
    assert set(said) & set(leads_to(name)) or function, f"expected one of {leads_to(name)}"


LABELS = ("Shapes ", "Arguments ", "Pullback ", "Source ", "Kinks ", "Kink ", "Options ")


@pytest.mark.parametrize("name", [*PUBLIC, *(f"refnet.ops.{rule}" for rule in RULES)])
def test_sections_are_googles(name: str) -> None:
    x = PUBLIC.get(name) or RULES[name.rpartition(".")[2]]
    lines = [line.strip() for line in str(x.__doc__).splitlines()]
    assert not [line for line in lines if line.startswith(LABELS)]
