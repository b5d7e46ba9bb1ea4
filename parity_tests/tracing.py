"""Which rules, public names and parameters a case uses, found by running it.

A recorder is planted in each rule. Calls of public functions are reported by the interpreter's
trace hook; a call from a file of parity_tests is the case's own.
"""

import contextlib
import functools
import importlib
import inspect
import itertools
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType, ModuleType
from typing import Any

import numpy as np

import refnet
from parity_tests.planting import planted
from parity_tests.twins import CASES, twin
from refnet import kernels, ops
from refnet.compatibility.lookup import MIRRORS
from refnet.engine.tensor import wrap

Call = tuple[str, dict[str, Any]]  # a public name, and its arguments

_ENTER = id(contextlib._GeneratorContextManager.__enter__.__code__)  # of @contextmanager


@dataclass
class Trace:
    """What one case used.

    entries  by rule, the inputs for which its pullback returned a gradient
    reach    by rule, the properties that a mistake needs to have an effect: see _reach
    """

    forward: set[str] = field(default_factory=set)
    backward: set[str] = field(default_factory=set)
    entries: dict[str, set[int]] = field(default_factory=dict)
    reach: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)
    called: dict[str, set[str]] = field(default_factory=dict)  # name -> non-default parameters
    calls: list[Call] = field(default_factory=list)  # the first with these arguments, of all cases


def rules() -> dict[str, Callable[..., Any]]:
    """Every rule of refnet.ops by its name."""
    return {name: f for name, f in vars(ops).items() if inspect.isfunction(f)}


# --- the public names --------------------------------------------------------------------------


@functools.cache
def public() -> dict[str, Any]:
    """Every name that the modules with PyTorch's names export, and Tensor's methods."""
    found: dict[str, Any] = {}
    for info in pkgutil.walk_packages(refnet.__path__, "refnet."):
        if not info.name.startswith(("refnet.__main__", "refnet.cli")):
            importlib.import_module(info.name)
    names = sorted(MIRRORS.keys() - {"refnet.testing"})
    modules = [importlib.import_module(name) for name in (*names, "refnet.optim.surface")]
    for module in modules:
        prefix = module.__name__.removeprefix("refnet").removeprefix(".")
        for name in _exported(module):
            value = getattr(module, name)
            if not isinstance(value, ModuleType):
                found[f"{prefix}.{name}" if prefix else name] = value
    for name in dir(refnet.Tensor):
        member = inspect.getattr_static(refnet.Tensor, name)
        special = name.startswith("__") and name != "__init__" and inspect.isfunction(member)
        if special or not name.startswith("_"):
            found[f"Tensor.{name}"] = member
    return found


def _exported(module: ModuleType) -> list[str]:
    """The names that a module exports; those of optim.surface are refnet's own."""
    if module is refnet.optim.surface:
        return [name for name, value in vars(module).items() if isinstance(value, type)]
    return list(getattr(module, "__all__", ()))


def lookup(library: Any, name: str, default: Any = None) -> Any:
    """What a dotted name means in a library; the default if nothing."""
    for part in name.split("."):
        library = getattr(library, part, default)
    return library


def shortest(names: list[str]) -> str:
    """The name to use for an object that has several: nn.Linear, not nn.linear.Linear."""
    return min(names, key=lambda n: (n.count("."), n.startswith("Tensor."), len(n), n))


def function_of(obj: Any) -> Any:
    """The Python function of a public object, or None."""
    if isinstance(obj, property):
        return obj.fget
    if isinstance(obj, (staticmethod, classmethod)):
        return obj.__func__
    return obj if inspect.isfunction(obj) else None


def identity(obj: Any) -> int:
    """One number for all forms of a public object: refnet.add and the operator + are one function."""
    f = function_of(obj)
    return id(obj if f is None else inspect.unwrap(f))


@functools.cache
def by_object() -> dict[int, list[str]]:
    """The names of each public object; an object with several names needs only one case."""
    found: dict[int, list[str]] = {}
    for name, obj in public().items():
        found.setdefault(identity(obj), []).append(name)
    return found


@functools.cache
def _by_code() -> tuple[dict[int, list[tuple[str, Any]]], set[int]]:
    """The public functions by the id of their code, and the ids of the code of wrappers.

    By the id, because Python hashes a code object's whole content at each look-up.
    """
    codes: dict[int, list[tuple[str, Any]]] = {}
    wrappers: set[int] = set()
    for obj in public().values():
        f = function_of(obj)
        if f is not None:
            inner = inspect.unwrap(f)
            if inner is not f:
                wrappers |= {id(f.__code__), _ENTER}
            codes.setdefault(id(inner.__code__), []).append(
                (shortest(by_object()[identity(f)]), inner)
            )
        if isinstance(obj, property) and obj.fset is not None:
            codes.setdefault(id(obj.fset.__code__), []).append(
                (shortest(by_object()[identity(f)]), f)
            )
    return codes, wrappers


def _which(known: list[tuple[str, Any]], values: dict[str, Any]) -> tuple[str, Any]:
    """The one of several functions with the same code whose closure is the frame's."""
    for name, f in known:
        cells = zip(f.__code__.co_freevars, f.__closure__ or (), strict=True)
        if all(values.get(variable) is cell.cell_contents for variable, cell in cells):
            return name, f
    return known[0]


@functools.cache
def _classes() -> dict[type, str]:
    return {
        obj: shortest(by_object()[id(obj)]) for obj in public().values() if inspect.isclass(obj)
    }


@functools.cache
def parameters(f: Any) -> dict[str, inspect.Parameter]:
    """The parameters of a function or constructor that have a default."""
    try:
        found = inspect.signature(f).parameters
    except (TypeError, ValueError):
        return {}
    return {name: p for name, p in found.items() if p.default is not p.empty}


@functools.cache
def _methods() -> set[int]:
    """The ids of the code of all methods of public classes but Tensor, inherited ones too."""
    return {
        id(f.__code__)
        for cls in _classes()
        if cls is not refnet.Tensor
        for base in cls.__mro__
        for member in vars(base).values()
        if inspect.isfunction(f := getattr(member, "__func__", member))
    }


def _given(f: Any, values: dict[str, Any]) -> set[str]:
    """Which parameters with a default have another value."""
    return {
        name
        for name, p in parameters(f).items()
        if name in values and not _same(values[name], p.default)
    }


def _arguments(f: Any, frame: FrameType) -> dict[str, Any]:
    """A frame's arguments; for a planted function, by the names in its signature."""
    if frame.f_code.co_name != "forward" or not hasattr(f, "__signature__"):
        return frame.f_locals
    bound = f.__signature__.bind(*frame.f_locals["args"], **frame.f_locals["kwargs"])
    bound.apply_defaults()
    return dict(bound.arguments)


def _same(a: Any, b: Any) -> bool:
    return a is b or (type(a) is type(b) and isinstance(a, (int, float, str, tuple)) and a == b)


def _kept(value: Any) -> Any:
    """A copy of an argument: the call may change a tensor."""
    if isinstance(value, refnet.Tensor) and "_array" in vars(value):
        return wrap(value._array.copy()).requires_grad_(value.requires_grad)
    if type(value) in (list, tuple):
        return type(value)(map(_kept, value))
    return value


@contextlib.contextmanager
def _watching_calls(trace: Trace, seen: set[tuple[str, frozenset[str]]]) -> Iterator[None]:
    codes, wrappers = _by_code()
    classes, methods = _classes(), _methods()

    def keep(name: str, given: set[str], f: Any, values: dict[str, Any]) -> None:
        if (name, frozenset(given)) not in seen:
            seen.add((name, frozenset(given)))
            names = inspect.signature(f).parameters
            trace.calls.append((name, {n: _kept(values[n]) for n in names}))

    def hook(frame: FrameType, event: str, arg: Any) -> None:
        code = id(frame.f_code)
        known = codes.get(code)
        if known is None and code not in methods:
            return
        caller = frame.f_back
        while caller is not None and id(caller.f_code) in wrappers:
            caller = caller.f_back
        if caller is None or not caller.f_globals.get("__name__", "").startswith("parity_tests"):
            return
        if known is not None:
            name, f = _which(known, frame.f_locals)
            values = _arguments(f, frame)
            given = _given(f, values)
            trace.called.setdefault(name, set()).update(given)
            if inspect.isfunction(public()[name]):
                keep(name, given, f, values)
            return
        made = frame.f_locals.get("cls")
        made = made if isinstance(made, type) else type(frame.f_locals.get("self"))
        # a case's own class counts for the public class that it derives from
        made = next((cls for cls in made.__mro__ if cls in classes), None)
        if made is not None:
            init = frame.f_code.co_name == "__init__"
            given = _given(made.__init__, frame.f_locals) if init else set()
            trace.called.setdefault(classes[made], set()).update(given)
            if frame.f_code is getattr(made.__init__, "__code__", None):
                keep(classes[made], given, made, frame.f_locals)

    before = sys.gettrace()
    sys.settrace(hook)
    try:
        yield
    finally:
        sys.settrace(before)


# --- the rules -----------------------------------------------------------------------------------


def _recorder(name: str, now: list[Trace]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Record the use of a rule in the trace now[0]."""

    def wrapper(rule: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*arrays: Any, **options: Any) -> Any:
            now[0].forward.add(name)
            value, pullback = rule(*arrays, **options)

            def recorded_pullback(dy: Any) -> Any:
                now[0].backward.add(name)
                entries = pullback(dy)
                seen = now[0].entries.setdefault(name, set())
                seen.update(i for i, dx in enumerate(entries) if dx is not None)
                now[0].reach.setdefault(name, set()).update(_reach(arrays, dy, entries))
                return entries

            return value, recorded_pullback

        return recorded

    return wrapper


def _reach(arrays: Any, dy: Any, entries: Any) -> Iterator[tuple[Any, ...]]:
    """("given", i): there is a gradient i; ("square", i): it is a square matrix; ("nonzero", i): it
    is not 0; ("repeated", i): its input was broadcast; ("alike", i, j): two gradients have the same
    shape. A gradient has the shape of its input.
    """
    shape = np.shape(dy[0] if isinstance(dy, tuple) else dy)
    given = [(i, dx, np.shape(arrays[i])) for i, dx in enumerate(entries) if dx is not None]
    for i, dx, own in given:
        yield "given", i
        if len(own) >= 2 and own[-1] == own[-2]:
            yield "square", i
        if own != shape and all(n in (1, m) for n, m in zip(own[::-1], shape[::-1], strict=False)):
            yield "repeated", i
        if callable(dx) or np.any(dx):
            yield "nonzero", i
    for (i, a, own), (j, b, other) in itertools.combinations(given, 2):
        if own == other and a is not b:
            yield "alike", i, j


@functools.cache
def traces() -> dict[str, Trace]:
    """Run refnet's side of every case once, and record what it uses."""
    found: dict[str, Trace] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    now = [Trace()]
    with contextlib.ExitStack() as stack:
        stack.enter_context(kernels.use("plain"))
        for name, rule in rules().items():
            stack.enter_context(planted(rule, _recorder(name, now)))
        for key, c in CASES.items():
            t = twin(key)
            found[key] = now[0] = Trace()
            with _watching_calls(now[0], seen):
                for mode in t.modes if c.kind == "layer" else (None,):
                    t.observe_ours("float64", mode)
    return found
