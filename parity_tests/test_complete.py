"""Every public name, every parameter and every rule, forward and backward, has a case.

What a case uses is traced at run time (tracing.py). exemptions.py lists what has no case, with
reasons; an exemption that is not needed fails too.
"""

import inspect
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
import torch

import refnet
from parity_tests import exemptions
from parity_tests.tracing import (
    by_object,
    function_of,
    identity,
    lookup,
    parameters,
    public,
    rules,
    shortest,
    traces,
)
from parity_tests.twins import CASES


def check(found: dict[str, str], exempt: dict[str, str]) -> None:
    """Each difference (its text by its name) matches an exemption, and each exemption a difference."""
    lines = [text for d, text in found.items() if not any(fnmatchcase(d, e) for e in exempt)]
    lines += [
        f"exemption not needed any more: {e}"
        for e in exempt
        if not any(fnmatchcase(d, e) for d in found)
    ]
    lines += [f"exemption without a reason: {e}" for e, reason in exempt.items() if not reason]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def prefixed(text: str, names: set[str]) -> dict[str, str]:
    return {name: f"{text} {name}" for name in sorted(names)}


def called() -> dict[str, set[str]]:
    """Each public name that a case calls, with the parameters that got a non-default value."""
    found: dict[str, set[str]] = {}
    for t in traces().values():
        for name, given in t.called.items():
            found.setdefault(name, set()).update(given)
    return found


def things() -> dict[str, Any]:
    """Each public function, method, property and class once, under its shortest name."""
    return {
        shortest(names): public()[names[0]]
        for names in by_object().values()
        if function_of(public()[names[0]]) or inspect.isclass(public()[names[0]])
    }


def test_every_public_name_has_a_case() -> None:
    check(prefixed("no case for", things().keys() - called().keys()), exemptions.NAMES)


def test_every_constant_is_pytorchs() -> None:
    constants = public().keys() - {
        name for names in by_object().values() for name in names if shortest(names) in things()
    }
    for name in sorted(constants):
        ours = public()[name]
        plain = isinstance(
            ours, (refnet.dtype, refnet.layout, refnet.memory_format, float, int, str)
        )
        if not plain or name.startswith("Tensor.") or name == "__version__":
            continue
        theirs = lookup(torch, name)
        assert str(ours).replace("refnet.", "torch.") == str(theirs), name


def test_every_parameter_has_a_case() -> None:
    used = called()
    missing = {
        f"{name}({p})"
        for name, obj in things().items()
        if name in used
        for p in parameters(obj.__init__ if inspect.isclass(obj) else function_of(obj))
        if p not in used[name]
    }
    check(prefixed("no case with a non-default", missing), exemptions.PARAMETERS)


def test_every_rule_has_a_case_forward_and_backward() -> None:
    forward = set().union(*(t.forward for t in traces().values()))
    backward = set().union(*(t.backward for t in traces().values()))
    missing = {name for name in rules() if name not in forward}
    missing |= {f"{name} backward" for name in rules() if name not in backward}
    check(prefixed("no case for the rule", missing), exemptions.RULES)


def test_every_case_is_named_after_what_it_calls() -> None:
    wrong = []
    for key, c in CASES.items():
        if c.name not in public():
            wrong.append(f"{key}: {c.name} is not a public name of refnet")
            continue
        obj = public()[c.name]
        names = by_object()[identity(obj)]
        if shortest(names) not in traces()[key].called:
            wrong.append(f"{key}: the case does not call {c.name}")
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


# --- signatures ----------------------------------------------------------------------------------


def signature(f: Any) -> list[str] | None:
    """The parameters with their defaults in order; None where Python cannot tell."""
    try:
        found = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        return None
    if [p.kind for p in found] == [inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD]:
        return None
    shown = [str(p.replace(annotation=inspect.Parameter.empty)) for p in found]
    return [re.sub(" at 0x[0-9a-f]+", "", s).replace("refnet.", "torch.") for s in shown]


def test_every_signature_is_pytorchs() -> None:
    different = {}
    for name, ours in public().items():
        theirs = lookup(torch, name)
        if not callable(theirs) or not (inspect.isclass(ours) or function_of(ours)):
            continue
        a, b = signature(function_of(ours) or ours), signature(theirs)
        if a is not None and b is not None and name.startswith("Tensor."):
            a, b = a[1:], b[1:]  # without self
        if a is not None and b is not None and a != b:
            different[name] = f"{name}: expected ({', '.join(b)}), got ({', '.join(a)})"
    check(different, exemptions.SIGNATURES)


def test_every_argument_has_pytorchs_place() -> None:
    """For functions and methods written in C++, by the schemas of their overloads.

    A method's `self` may be any argument of the schema: x.where(condition, other).
    """
    overloads: dict[str, list[Any]] = {}
    for schema in torch._C._jit_get_all_schemas():
        if schema.name.startswith("aten::"):
            overloads.setdefault(schema.name.removeprefix("aten::"), []).append(schema)
    wrong = set()
    for name, obj in public().items():
        method, _, plain = name.rpartition(".")
        theirs = getattr({"": torch, "Tensor": torch.Tensor}.get(method), plain, None)
        ours = function_of(obj)
        if ours is None or theirs is None or signature(theirs) is not None:
            continue
        parameters = inspect.signature(ours).parameters.values()
        own = [p.name for p in parameters if p.kind < p.VAR_POSITIONAL]  # *shape may be anything
        orders = [_order(schema, bool(method)) for schema in overloads.get(plain, ())]
        if orders and not any(_agree(own[bool(method) :], order) for order in orders):
            wrong.add(name)
    check(prefixed("arguments in another order than PyTorch's:", wrong), exemptions.PLACES)


def _order(schema: Any, method: bool) -> list[str]:
    names = [a.name for a in schema.arguments if not a.kwarg_only]
    return (
        [n for n in names if n != "self"] if method else [n.replace("self", "input") for n in names]
    )


def _agree(a: list[str], b: list[str]) -> bool:
    """Whether one is the beginning of the other."""
    n = min(len(a), len(b))
    return a[:n] == b[:n]


def test_every_public_name_is_pytorchs() -> None:
    """exemptions.OWN lists refnet's own names."""
    absent = object()
    missing = {name for name in public() if lookup(torch, name, absent) is absent}
    check(prefixed("PyTorch has no", missing), exemptions.OWN)
