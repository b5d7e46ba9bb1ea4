"""The kernels of the definitions, and the choice of the set in use.

A definition (refnet.ops) says what a rule computes, in plain NumPy. A kernel is a faster function
with the same arguments, the same value and the same gradients:

    @kernel(ops.relu, takes="real floating-point arrays")
    def relu(x):
        if x.dtype.kind != "f":
            return ops.relu(x)
        ...
        return y, pullback

The engine (refnet.engine.tape) looks a rule up in `active`; a rule that is not there runs as its
definition. A kernel tests its arguments itself and calls its definition for those that it does not
accept.

Kernels belong to sets. "plain" is empty, so every rule runs as its definition. "numpy" has the
kernels of this package. Registering a kernel under a new name creates a set of your own; for rules
that this set lacks, the kernels of "numpy" run.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

import numpy as np

from refnet import ops
from refnet.ops.rule import Pullback, Rule

R = TypeVar("R", bound=Rule)

PLAIN, NUMPY = "plain", "numpy"
VARIABLE = "REFNET_KERNELS"

active: dict[Rule, Rule] = {}  # definition -> the kernel that the engine runs

_sets: dict[str, dict[Rule, Rule]] = {PLAIN: {}, NUMPY: {}}
_takes: dict[Rule, str] = {}  # kernel -> the arguments it accepts, in words
_name = PLAIN  # of the set in use
_counter: Callable[[Rule, Rule], Rule] | None = None  # the wrapper of `report` around each rule
_changing = threading.RLock()


def kernel(definition: Rule, *, takes: str, name: str = NUMPY) -> Callable[[R], R]:
    """Registers a function as the kernel of a definition.

    A function that is defined again, in the same module under the same name, replaces the earlier
    one: so a notebook's cell can run twice.

    Args:
        definition: the rule of refnet.ops whose value and gradients the function computes
        takes: the arguments that the kernel accepts, in words, for `report`
        name: the set of the kernel

    Raises:
        TypeError: the function has other parameters than the definition
        ValueError: the set is "plain", or has another kernel for the definition already
    """

    def register(function: R) -> R:
        expected, got = _parameters(definition), _parameters(function)
        if expected != got:
            raise TypeError(
                f"kernel(): expected the parameters of the definition {definition.__name__}, "
                f"{expected}, got {got}"
            )
        if name == PLAIN:
            raise ValueError(
                f'kernel(): expected another name than "{PLAIN}", which has no kernels'
            )
        with _changing:
            before = _sets.setdefault(name, {}).get(definition)
            if before is not None and _home(before) != _home(function):
                raise ValueError(
                    f"kernel(): expected one kernel for {definition.__name__} in {name!r}, got two"
                )
            _sets[name][definition] = function
            _takes[function] = takes
            _activate(_name)
        return function

    return register


def _home(function: Any) -> tuple[str, str]:
    return function.__module__, function.__qualname__


def _parameters(rule: Any) -> tuple[Any, ...]:
    """Returns the names, kinds and defaults of a function's parameters."""
    code = rule.__code__
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4)
    kinds = code.co_posonlyargcount, code.co_argcount
    return (*code.co_varnames[:count], kinds, rule.__defaults__, rule.__kwdefaults__)


def available() -> tuple[str, ...]:
    """Returns the names of the sets of kernels, for `use`."""
    return tuple(_sets)


class use:  # noqa: N801 - a function to its users
    """Chooses the set of kernels for this process, or for a `with` block.

        refnet.kernels.use("plain")

        with refnet.kernels.use("plain"):
            ...

    The environment variable REFNET_KERNELS chooses the set at the import of refnet; the default is
    "numpy". The choice applies to all threads.

    Args:
        name: "plain" for the definitions, "numpy", or the name of a set of your own

    Raises:
        ValueError: there is no such set
    """

    def __init__(self, name: str) -> None:
        if name not in _sets:
            raise ValueError(_expected("use()", name))
        self._before = _name
        _activate(name)

    def __enter__(self) -> None:
        """Does nothing: the constructor has activated the set."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _activate(self._before)


def _expected(who: str, name: object) -> str:
    known = ", ".join(map(repr, available()))
    return f"{who}: expected the name of a set of kernels, one of {known}, got {name!r}"


def in_use() -> str:
    """Returns the name of the set of kernels in use."""
    return _name


def _activate(name: str) -> None:
    global _name
    with _changing:
        _name = name
        chosen = {} if name == PLAIN else {**_sets[NUMPY], **_sets[name]}
        if _counter is not None:
            chosen = {rule: _counter(rule, chosen.get(rule, rule)) for rule in _definitions()}
        active.clear()  # until the update, other threads run definitions
        active.update(chosen)


def _definitions() -> list[Rule]:
    """Returns all rules of refnet.ops."""
    return [
        f
        for f in vars(ops).values()
        if callable(f) and getattr(f, "__module__", "").startswith("refnet.ops.")
    ]


class report:  # noqa: N801 - a function to its users
    """Counts in a `with` block which rules ran as a kernel or as their definition, and why.

        with refnet.kernels.report() as calls:
            loss = model(x).sum()
        print(calls)

    `rows` has an entry (rule, where, why, count) for each kind of call; its second item is "kernel"
    or "definition". It counts the calls of all threads. Reports cannot be nested.
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, str], int] = {}

    @property
    def rows(self) -> list[tuple[str, str, str, int]]:
        return [(*key, count) for key, count in sorted(self._counts.items())]

    def __enter__(self) -> report:
        global _counter
        with _changing:
            if _counter is not None:
                raise RuntimeError("report(): expected no other report in progress")
            _counter = self._around
            _activate(_name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        global _counter
        with _changing:
            _counter = None
            _activate(_name)

    def _around(self, definition: Rule, chosen: Rule) -> Rule:
        def counted(*arrays: Any, **options: Any) -> tuple[Any, Pullback]:
            value, pullback = chosen(*arrays, **options)
            where, why = "definition", "has no kernel"
            if chosen is not definition:
                where, why = "kernel", _takes[chosen]
                if (getattr(pullback, "__module__", None) or "").startswith("refnet.ops."):
                    where, why = "definition", f"the kernel takes {why}, got {_shown(arrays)}"
            elif _name == PLAIN:
                why = f"{PLAIN!r} is in use"
            key = definition.__name__, where, why
            with _changing:
                self._counts[key] = self._counts.get(key, 0) + 1
            return value, pullback

        return counted

    def __str__(self) -> str:
        rows = [("rule", "ran as", "calls", "why")]
        rows += [(rule, where, str(count), why) for rule, where, why, count in self.rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            f"{rule:<{widths[0]}}  {where:<{widths[1]}}  {count:>{widths[2]}}  {why}".rstrip()
            for rule, where, count, why in rows
        )


def _shown(arrays: tuple[Any, ...]) -> str:
    """Describes the arguments of a call, such as "float32 (3, 4), None, 2.0"."""
    return ", ".join(
        f"{a.dtype} {a.shape}" if isinstance(a, np.ndarray) else repr(a) for a in arrays
    )


def start() -> None:
    """Activates the set that the environment variable names."""
    name = os.environ.get(VARIABLE, NUMPY)
    if name not in _sets:
        raise ValueError(_expected(VARIABLE, name))
    _activate(name)
