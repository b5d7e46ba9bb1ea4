"""What `refnet explain` prints: a rule's formula, pullback and source, from its docstring.

The docstrings of the rules in refnet.ops are the only source. The rules of a layer or function
are found in its docstring and its bytecode, so there is no second list to maintain.
"""

import difflib
import dis
import functools
import inspect
import re
import textwrap
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import refnet
from refnet import ops
from refnet.cli import examples
from refnet.ops.rule import Rule

SECTION = re.compile(r"^(Shape|Args|Returns|Raises|Note|Pullback|Source):$", re.MULTILINE)
PREFIXES = {"torch.": "", "refnet.": "", "F.": "nn.functional.", "functional.": "nn.functional."}
PLACES = (
    *(refnet, refnet.nn.functional, refnet.nn),
    *(refnet.Tensor, refnet.nn.utils, refnet.nn.utils.parametrizations),
)  # fmt: skip
ARRANGING = {"copy", "indexing", "padding", "shape"}
DEPTH = 5  # the largest number of calls between a layer and its rules


def rules() -> dict[str, Rule]:
    """Returns all rules of refnet.ops by name."""
    return {name: f for name, f in vars(ops).items() if isinstance(f, FunctionType)}


def families() -> dict[str, list[str]]:
    """Returns the names of the rules by the file that defines them."""
    found: dict[str, list[str]] = {}
    for name, rule in sorted(rules().items()):
        found.setdefault(rule.__module__.rpartition(".")[2], []).append(name)
    return dict(sorted(found.items()))


# --- from a name to rules ------------------------------------------------------------------------


def rules_of(name: str) -> list[str]:
    """Returns the names of the rules that a name leads to.

    These are the rule itself, or the rules that a layer, function or method calls, the nearest
    first. The list is empty if refnet does not have the name, or if it calls no rule.
    """
    short = _short(name)
    if short.removeprefix("ops.") in rules():
        return [short.removeprefix("ops.")]
    found = next(_objects(short), None)
    return [] if found is None else _called(found, short.rpartition(".")[2])


def exists(name: str) -> bool:
    """Returns whether refnet has the name, with rules or without."""
    return next(_objects(_short(name)), None) is not None


def _short(name: str) -> str:
    for prefix, meant in PREFIXES.items():
        if name.startswith(prefix):
            name = meant + name.removeprefix(prefix)
    return name


def suggestions(name: str) -> list[str]:
    """Returns similar names that lead to a rule."""
    wanted = name.rpartition(".")[2].casefold()
    known: dict[str, str] = {}
    for each in (*dir(refnet.nn), *dir(refnet.nn.functional), *rules()):
        known[each.casefold()] = each  # a rule's name before a layer's
    near = difflib.get_close_matches(wanted, known, n=5, cutoff=0.75)
    return [known[each] for each in near if rules_of(known[each])][:3]


def _objects(name: str) -> Iterator[Any]:
    """Yields the objects of this name in refnet and in the modules of PLACES."""
    first, _, rest = name.partition(".")
    for place in PLACES:
        found = getattr(place, first, None)
        for part in rest.split(".") if rest else ():
            found = getattr(found, part, None)
        if isinstance(found, (type, FunctionType)):
            yield found


@functools.cache
def _called(start: Any, name: str) -> list[str]:
    """Returns the rules that the docstrings and the code name, from the start on.

    Four kinds of rules are looked for, and the first kind that is found counts: a rule of that
    name; a rule that a docstring names; a rule that is called; a rule that is called but only
    arranges entries. Of each kind the nearest rules are returned.
    """
    names = {rule: name for name, rule in rules().items()}
    ranks: list[dict[str, None]] = [{}, {}, {}, {}]
    level, seen = [(start, start if isinstance(start, type) else None)], {start}
    wanted = re.sub("loss$|[123]d$|_", "", name.casefold())
    for _ in range(DEPTH):
        near: list[dict[str, None]] = [{}, {}, {}, {}]
        following = []
        for f, owner in level:
            for rule in re.findall(r"refnet\.ops\.(\w+)", f.__doc__ or ""):
                if rule in rules():
                    near[1][rule] = None
            for g, its_owner in _references(f, owner):
                if g in names and not g.__module__.endswith(".strided"):  # how views are stored
                    arranges = g.__module__.rpartition(".")[2] in ARRANGING
                    near[3 if arranges else 2][names[g]] = None
                    if re.sub("loss$|_", "", names[g]) == wanted:
                        near[0][names[g]] = None
                elif g not in seen:
                    seen.add(g)
                    following.append((g, its_owner))
        ranks = [found or new for found, new in zip(ranks, near, strict=True)]
        level = following
    return list(next((found for found in ranks if found), {}))


def _references(f: Any, owner: type | None) -> Iterator[tuple[Any, type | None]]:
    """Yields the functions and rules that the code of f names; for a class, its forward method."""
    if isinstance(f, type):
        forward = getattr(f, "forward", None)
        if isinstance(forward, FunctionType):
            yield forward, f
        return
    f = inspect.unwrap(f)
    for names in _names(f.__code__):
        if names[0] == "self" and owner is not None:
            found = getattr(owner, names[1], None) if len(names) > 1 else None
        else:
            found = f.__globals__.get(names[0])
            for name in names[1:]:
                if not isinstance(found, ModuleType):
                    break
                found = getattr(found, name, None)
        if isinstance(found, FunctionType) and found.__module__.startswith("refnet"):
            yield found, owner if names[0] == "self" else None


def _names(code: CodeType) -> Iterator[list[str]]:
    """Yields the dotted names in the code and its inner functions, such as ["ops", "relu"]."""
    chain: list[str] = []
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_ATTR", "LOAD_METHOD") and chain:
            chain.append(str(step.argval))
            continue
        if chain:
            yield chain
        chain = []
        if step.opname == "LOAD_GLOBAL" or (
            step.opname.startswith("LOAD_FAST") and step.argval == "self"
        ):
            chain = [str(step.argval)]
        elif isinstance(step.argval, CodeType):
            yield from _names(step.argval)
    if chain:
        yield chain


# --- the description of a rule -------------------------------------------------------------------


def description(rule: str) -> list[tuple[str, str]]:
    """Returns the parts of a rule's docstring: ("", the formula), ("Shape", ...), ..."""
    text = inspect.cleandoc(rules()[rule].__doc__ or "")
    first, _, rest = text.partition("\n\n")
    text = f"{inspect.cleandoc(first)}\n\n{textwrap.dedent(rest)}"
    pieces = SECTION.split(text)
    parts = [("", pieces[0].strip())]
    for head, body in zip(pieces[1::2], pieces[2::2], strict=True):
        parts.append((head, inspect.cleandoc(body)))
    return parts


def signature(rule: str) -> str:
    """Returns the call of a rule: layer_norm(x, gamma, beta, *, dims, eps)."""
    found = inspect.signature(rules()[rule])
    bare = [p.replace(annotation=p.empty) for p in found.parameters.values()]
    return f"{rule}{inspect.Signature(bare)}"


def code(rule: str) -> str:
    """Returns the source code of a rule."""
    return inspect.getsource(rules()[rule])


def example(rule: str) -> str:
    """Returns a program that calls the rule and checks its pullback."""
    return examples.example(rule, rules()[rule])
