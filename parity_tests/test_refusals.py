"""refnet accepts what PyTorch accepts, and refuses the rest with PyTorch's type of exception.

Each public name is called with the inputs of its cases, one of them spoilt: one dimension more or
less, another size, another dtype, not a tensor. Each way to spoil an input is tried on the first
cases that allow it. exemptions.REFUSALS lists intended differences, with reasons; an entry that is
not needed fails.
"""

import functools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from parity_tests import exemptions
from parity_tests.cases import Case
from parity_tests.twins import CASES, drawn

# Ways to spoil an input; None if the input does not allow it.
SPOILT: dict[str, Callable[[np.ndarray], np.ndarray | None]] = {
    "dropped": lambda a: a[0] if a.ndim and len(a) else None,
    "added": lambda a: a[None],
    "narrower": lambda a: a[..., :-1] if a.ndim and a.shape[-1] else None,
    "shorter": lambda a: a[:-1] if a.ndim and len(a) > 1 else None,
    "no_rows": lambda a: a[:0] if a.ndim else None,
    "no_columns": lambda a: a[..., :0] if a.ndim else None,
    "one_column": lambda a: a[..., :1] if a.ndim and a.shape[-1] > 1 else None,
    "0d": lambda a: a.reshape(-1)[0] if a.size and a.ndim else None,
    "int64": lambda a: a.astype(np.float32 if a.dtype.kind != "f" else np.int64),
    "int32": lambda a: a.astype(np.int32),
    "bool": lambda a: a.astype(bool),
    "float64": lambda a: a.astype(np.float64) if a.dtype.kind == "f" else None,
}
INSTEAD = {"None": None, "float": 1.5, "str": "x", "list": [1.0, 2.0]}
ARRAY = "array"  # the input as an array instead of a tensor

CASES_EACH = 2

Try = tuple[str, Case, list[Any]]  # "kind@input", the case, its inputs


@dataclass
class Array:
    """An input that is passed as an array."""

    array: np.ndarray


@functools.cache
def single(key: str) -> list[np.ndarray]:
    """The inputs of a case, in float32."""
    return [a.astype(np.float32) if a.dtype == np.float64 else a for a in drawn(CASES[key])]


@np.errstate(invalid="ignore")  # NaN as an integer
def spoil(kind: str, a: np.ndarray) -> Any:
    if kind == ARRAY:
        return Array(a)
    return SPOILT[kind](a) if kind in SPOILT else INSTEAD[kind]


def tries(name: str) -> Iterator[Try]:
    """Each way to spoil each input, in the first cases that allow it."""
    seen: dict[str, int] = {}
    for key, c in CASES.items():
        if c.name != name or c.kind == "error":
            continue
        arrays = single(key)
        for i, a in enumerate(arrays):
            for kind in (*SPOILT, *INSTEAD, ARRAY):
                what = f"{kind}@{i}"
                if seen.get(what) == CASES_EACH or crashes(name, what):
                    continue
                b = spoil(kind, a)
                if b is None and kind in SPOILT:
                    continue
                seen[what] = seen.get(what, 0) + 1
                yield what, c, [*arrays[:i], b, *arrays[i + 1 :]]


def crashes(name: str, what: str) -> bool:
    """Whether PyTorch may crash."""
    return any(fnmatchcase(f"{name} {what}", pattern) for pattern in exemptions.CRASHES)


def outcome(m: Any, c: Case, inputs: list[Any]) -> type[Exception] | None:
    """The exception that a library raises; None if it accepts."""
    m.default_generator.manual_seed(0)
    m.set_default_dtype(m.float32)
    xs = [m.tensor(x) if isinstance(x, (np.ndarray, np.generic)) else x for x in inputs]
    xs = [x.array if isinstance(x, Array) else x for x in xs]
    for x, declared in zip(xs, c.inputs, strict=True):
        if declared.grad and isinstance(x, m.Tensor) and x.is_floating_point():
            x.requires_grad_()
    try:
        with (
            m.enable_grad(),  # a case that fails may have left it off
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            if c.kind == "layer":
                layer = c.run(m)
                _ = c.call(layer, *xs) if c.call else layer(*xs)
            else:
                c.run(m, *xs)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return type(error)
    return None


def agree(ours: type[Exception] | None, theirs: type[Exception] | None) -> bool:
    """Whether `except` with PyTorch's type catches refnet's exception.

    For a non-tensor PyTorch's Python code often raises an AttributeError; refnet may raise a
    TypeError.
    """
    if ours is None or theirs is None:
        return ours is theirs
    plain = next(t for t in theirs.__mro__ if t.__module__ == "builtins")
    return issubclass(ours, plain) or (plain is AttributeError and issubclass(ours, TypeError))


def shown(outcome: type[Exception] | None) -> str:
    return "accepts" if outcome is None else f"raises {outcome.__name__}"


def names() -> list[str]:
    """The names that have inputs to spoil, without refnet's own."""
    found = {c.name for c in CASES.values() if c.inputs and c.kind != "error"}
    return sorted(n for n in found if not any(fnmatchcase(n, own) for own in exemptions.OWN))


@pytest.mark.parametrize("name", names())
def test_refusals_are_pytorchs(name: str) -> None:
    exempt = {w for by_name in exemptions.REFUSALS.values() for w in by_name.get(name, "").split()}
    needed = set()
    wrong = []
    for what, c, inputs in tries(name):
        ours, theirs = outcome(refnet, c, inputs), outcome(torch, c, inputs)
        if agree(ours, theirs) or (what.startswith(ARRAY) and ours and theirs):
            # For an array, PyTorch often complains that another tensor requires a gradient.
            continue
        needed.add(what)
        if what not in exempt:
            wrong.append(f"{what}: refnet {shown(ours)}, PyTorch {shown(theirs)}")
    wrong += [f"exemption not needed any more: {what}" for what in sorted(exempt - needed)]
    if wrong:
        pytest.fail(f"{name}: " + "; ".join(wrong), pytrace=False)


def test_every_exemption_has_a_name_and_a_reason() -> None:
    for reason, by_name in exemptions.REFUSALS.items():
        assert reason
        assert not by_name.keys() - set(names())
