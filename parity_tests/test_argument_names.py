"""By which names refnet takes an argument: PyTorch's, all of them, and NumPy's where PyTorch does.

PyTorch's names are those of its stubs, for what is in C++, or of its signatures. Names that refnet does not
take, and those that it takes besides, stand in exemptions.ARGUMENTS with their reason.
"""

import ast
import functools
import inspect
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import torch

import refnet
from parity_tests import exemptions
from parity_tests.tracing import by_object, function_of, identity, public, shortest, traces

# What PyTorch calls an argument, and how NumPy calls it.
NUMPYS = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}


@functools.cache
def signature(f: Any) -> inspect.Signature:
    """The signature of a function itself, whatever it wraps."""
    return inspect.signature(f, follow_wrapped=False)


VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def functions() -> dict[str, Any]:
    """The public functions and methods that PyTorch has, too, by all their names: refnet's inner ones."""
    found = {}
    for name, obj in public().items():
        f = function_of(obj)
        operator = name.startswith("Tensor.__")
        if f is not None and not isinstance(obj, property) and not operator and twin(name):
            found[name] = inspect.unwrap(f)
    return found


def twin(name: str, library: Any = torch) -> Any:
    """What the name means in a library; None if nothing."""
    for part in name.split("."):
        library = getattr(library, part, None)
    return library


def base(name: str, f: Any) -> Any:
    """The function that an in-place form hands its arguments on to."""
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
    """Whether a call is more than a TypeError, each argument by its name, but for the tensor of a method."""
    positional, named = [], {}
    for p in signature(f).parameters.values():
        if p.name not in values or (values[p.name] is p.default and p.name not in renamed):
            continue
        value = of(library, values[p.name])
        if p.kind is p.VAR_POSITIONAL:
            positional += value
        elif p.kind is p.VAR_KEYWORD:
            named.update(value)
        elif name.startswith("Tensor.") and not positional and not named:
            positional.append(value)
        else:
            named[renamed.get(p.name, p.name)] = value
    try:
        twin(name, library)(*positional, **named)
    except TypeError:
        return False
    except Exception:  # noqa: BLE001 - it was taken, and refused later
        return True
    return True


def of(library: Any, value: Any) -> Any:
    """A library's form of a value that a call of refnet's was given."""
    if isinstance(value, refnet.Tensor):
        return library.from_numpy(value.detach().numpy().copy())
    if isinstance(value, refnet.dtype):
        return getattr(library, repr(value).removeprefix("refnet."))
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)(of(library, v) for v in value)
    if isinstance(value, dict):
        return {k: of(library, v) for k, v in value.items()}
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
                continue  # PyTorch calls the others by other names
            for other in (parameter, *others):
                renamed = {parameter: other}
                ours, theirs = (
                    any(takes(m, name, inner, values, renamed) for values in uses)
                    for m in (refnet, torch)
                )
                asked += 1
                if ours != theirs:
                    who = ("refnet", "PyTorch") if ours else ("PyTorch", "refnet")
                    wrong[f"{name}({other})"] = f"{who[0]} takes it, {who[1]} does not"
    assert asked > 2000
    check(wrong, exemptions.NUMPYS)


def check(found: dict[str, str], exempt: dict[str, str]) -> None:
    """Each difference matches an exemption, and each exemption a difference."""
    lines = [
        f"{d}: {what}" for d, what in found.items() if not any(fnmatchcase(d, e) for e in exempt)
    ]
    lines += [
        f"exemption not needed any more: {e}"
        for e in exempt
        if not any(fnmatchcase(d, e) for d in found)
    ]
    lines += [f"exemption without a reason: {e}" for e, reason in exempt.items() if not reason]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


# --- PyTorch's names -------------------------------------------------------------------------------


@functools.cache
def stubs(file: str, cls: str | None = None) -> dict[str, set[str]]:
    """The parameters of all overloads of each function of a stub file, or of each method of a class."""
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
    """The parameters of PyTorch's function or class, `self` aside; None where nothing tells."""
    obj, last = twin(name), name.rpartition(".")[2]
    try:
        found = list(inspect.signature(obj).parameters.values())
    except (TypeError, ValueError):
        found = []
    if found and all(p.kind in VARIADIC for p in found):
        return None  # it hands them on
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
    """The parameters of refnet's, and what else of PyTorch's it is called by."""
    from refnet.compatibility.public_functions import _OVERLOADS

    f = function_of(obj)
    inner = obj if f is None else base(name, inspect.unwrap(f))
    names = {p.name for p in signature(inner).parameters.values() if p.kind not in VARIADIC}
    return names | {other for other, canonical in _OVERLOADS.items() if canonical in names}


def differences() -> Iterator[str]:
    """ "name(parameter)" of each that one of the two has only, "+" in front if that is refnet."""
    for name, obj in public().items():
        kind = function_of(obj) is not None and not isinstance(obj, property)
        if name.startswith("Tensor.__") or not (kind or inspect.isclass(obj)) or not twin(name):
            continue
        theirs = pytorchs(name)
        if theirs is None:
            continue
        ours = refnets(name, obj)
        method = {"input", "self"} if name.startswith("Tensor.") else set()
        yield from (f"{name}({p})" for p in sorted(theirs - ours - method))
        yield from (f"+{name}({p})" for p in sorted(ours - theirs - method))


def test_every_argument_is_pytorchs() -> None:
    check(
        {d: "not PyTorch's" if d[0] == "+" else "PyTorch takes it" for d in differences()},
        exemptions.ARGUMENTS,
    )
