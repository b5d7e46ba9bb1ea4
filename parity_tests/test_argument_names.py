"""The names of arguments: refnet takes all of PyTorch's, and NumPy's where PyTorch does.

PyTorch's names come from its signatures, or for functions in C++ from its stubs.
exemptions.ARGUMENTS lists the names that only one of the libraries takes, with reasons.
"""

import ast
import functools
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

import refnet
from parity_tests import exemptions
from parity_tests.test_complete import check
from parity_tests.tracing import (
    by_object,
    function_of,
    identity,
    lookup,
    public,
    shortest,
    traces,
)

# NumPy's names of an argument, by PyTorch's name.
NUMPYS = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}


@functools.cache
def signature(f: Any) -> inspect.Signature:
    """The signature of a function itself, not of the function that it wraps."""
    return inspect.signature(f, follow_wrapped=False)


VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def functions() -> dict[str, Any]:
    """refnet's unwrapped functions and methods, by all names that PyTorch has too."""
    found = {}
    for name, obj in public().items():
        f = function_of(obj)
        operator = name.startswith("Tensor.__")
        if f is not None and not isinstance(obj, property) and not operator and lookup(torch, name):
            found[name] = inspect.unwrap(f)
    return found


def base(name: str, f: Any) -> Any:
    """The function that an in-place form calls."""
    if list(signature(f).parameters) == ["input", "args", "kwargs"] and f.__closure__:
        return next(c.cell_contents for c in f.__closure__ if inspect.isfunction(c.cell_contents))
    return f


# --- NumPy's names -------------------------------------------------------------------------------


@functools.cache
def calls() -> dict[str, list[dict[str, Any]]]:
    """How cases call each public function, by its shortest name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for t in traces().values():
        for name, values in t.calls:
            found.setdefault(name, []).append(values)
    return found


def examples(name: str, f: Any, parameter: str) -> list[dict[str, Any]]:
    """Some calls that give a function this argument, as the values of all of them."""
    inner = base(name, f)
    found = []
    for values in calls().get(shortest(by_object()[identity(public()[name])]), []):
        if inner is not f:
            try:
                bound = signature(inner).bind(values["input"], *values["args"], **values["kwargs"])
            except TypeError:  # a case of arguments that do not fit
                continue
            values = bound.arguments
        if (
            parameter in values
            and values[parameter] is not signature(inner).parameters[parameter].default
        ):
            found.append(values)
    return found[:6]


def takes(library: Any, name: str, f: Any, values: dict[str, Any], renamed: dict[str, str]) -> bool:
    """Whether a call with all arguments by name, except for a method's tensor, raises no TypeError."""
    positional, named = [], {}
    for p in signature(f).parameters.values():
        if p.name not in values or (values[p.name] is p.default and p.name not in renamed):
            continue
        value = converted(library, values[p.name])
        if p.kind is p.VAR_POSITIONAL:
            positional += value
        elif p.kind is p.VAR_KEYWORD:
            named.update(value)
        elif name.startswith("Tensor.") and not positional and not named:
            positional.append(value)
        else:
            named[renamed.get(p.name, p.name)] = value
    try:
        lookup(library, name)(*positional, **named)
    except TypeError:
        return False
    except Exception:  # noqa: BLE001 - the names were taken, a value was refused
        return True
    return True


def converted(library: Any, value: Any) -> Any:
    """An argument of refnet's as an argument of a library."""
    if isinstance(value, refnet.Tensor):
        return library.from_numpy(value.detach().numpy().copy())
    if isinstance(value, refnet.dtype):
        return getattr(library, repr(value).removeprefix("refnet."))
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)(converted(library, v) for v in value)
    if isinstance(value, dict):
        return {k: converted(library, v) for k, v in value.items()}
    if isinstance(value, refnet.Generator):
        return library.Generator()
    return value


@pytest.mark.filterwarnings("ignore")
def test_numpys_names_are_taken_where_pytorch_takes_them() -> None:
    wrong: dict[str, str] = {}
    asked = 0
    for name, f in functions().items():
        inner = base(name, f)
        for parameter, others in NUMPYS.items():
            first = next(iter(signature(inner).parameters), None)
            if parameter not in signature(inner).parameters or (
                name.startswith("Tensor.") and parameter == first
            ):
                continue
            uses = examples(name, f, parameter)
            if not any(takes(torch, name, inner, values, {}) for values in uses):
                continue  # PyTorch has another name for it
            for other in (parameter, *others):
                renamed = {parameter: other}
                ours, theirs = (
                    any(takes(m, name, inner, values, renamed) for values in uses)
                    for m in (refnet, torch)
                )
                asked += 1
                if ours != theirs:
                    who = ("refnet", "PyTorch") if ours else ("PyTorch", "refnet")
                    what = f"{name}({other})"
                    wrong[what] = f"{what}: {who[0]} takes it, {who[1]} does not"
    assert asked > 2000
    check(wrong, exemptions.NUMPYS)


# --- PyTorch's names ------------------------------------------------------------------------------


@functools.cache
def stubs(file: str, cls: str | None = None) -> dict[str, set[str]]:
    """The parameters of all overloads of each function of a stub file, or method of a class."""
    tree = ast.parse((Path(torch.__file__).parent / "_C" / file).read_text(encoding="utf-8"))
    body: list[Any] = tree.body
    if cls is not None:
        body = next(n for n in body if isinstance(n, ast.ClassDef) and n.name == cls).body
    found: dict[str, set[str]] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            a = node.args
            names = {x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs)}
            found.setdefault(node.name, set()).update(names)
    return found


def pytorchs(name: str) -> set[str] | None:
    """The parameters of PyTorch's function or class without `self`; None if they are not known."""
    obj, last = lookup(torch, name), name.rpartition(".")[2]
    try:
        found = list(inspect.signature(obj).parameters.values())
    except (TypeError, ValueError):
        found = []
    if found and all(p.kind in VARIADIC for p in found):
        return None  # it passes them on
    if found:
        names = {p.name for p in found if p.kind not in VARIADIC}
    elif name.startswith("Tensor."):
        names = stubs("__init__.pyi", "TensorBase").get(last, set())
    elif name == last or name.startswith("nn.functional."):
        names = stubs("_nn.pyi").get(last, set()) if name != last else set()
        names = names or stubs("_VariableFunctions.pyi").get(last, set())
    else:
        return None
    return names - {"self"} or None


def refnets(name: str, obj: Any) -> set[str]:
    """The parameters of refnet's function or class, and PyTorch's other names for them."""
    from refnet.compatibility.public_functions import _OVERLOADS

    f = function_of(obj)
    inner = obj if f is None else base(name, inspect.unwrap(f))
    names = {p.name for p in signature(inner).parameters.values() if p.kind not in VARIADIC}
    return names | {other for other, canonical in _OVERLOADS.items() if canonical in names}


def differences() -> Iterator[str]:
    """The parameters that only one library has: "name(parameter)"; "+" in front for refnet."""
    for name, obj in public().items():
        kind = function_of(obj) is not None and not isinstance(obj, property)
        if (
            name.startswith("Tensor.__")
            or not (kind or inspect.isclass(obj))
            or not lookup(torch, name)
        ):
            continue
        theirs = pytorchs(name)
        if theirs is None:
            continue
        ours = refnets(name, obj)
        method = {"input", "self"} if name.startswith("Tensor.") else set()
        yield from (f"{name}({p})" for p in sorted(theirs - ours - method))
        yield from (f"+{name}({p})" for p in sorted(ours - theirs - method))


def test_every_argument_is_pytorchs() -> None:
    found = {
        d: f"{d}: {'PyTorch does not take it' if d[0] == '+' else 'PyTorch takes it'}"
        for d in differences()
    }
    check(found, exemptions.ARGUMENTS)
