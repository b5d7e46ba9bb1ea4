"""The rules of refnet.ops are definitions: plain expressions, short enough for one screen."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import refnet

OPS = Path(refnet.__file__).parent / "ops"
FILES = sorted(p for p in OPS.glob("*.py") if p.stem not in ("__init__", "rule", "primitives"))

LINES, LONG = 25, 45  # lines of code, forward pass and pullback together
PROGRAMS = {"attention", "ctc_loss", "grid_sample", "gru", "lstm", "rnn"}  # these may be LONG

# What writes into an array, makes a plain one of another type, or asks for memory without values.
FORBIDDEN = {"asarray", "ascontiguousarray", "as_strided", "at", "copyto", "empty", "empty_like"}
FORBIDDEN |= {"fill", "put", "put_along_axis", "putmask", "sort_inplace"}


def functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def exported(tree: ast.Module) -> list[str]:
    """The rules of a file: its __all__."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def names_in(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def helpers(name: str, known: dict[str, ast.FunctionDef]) -> set[str]:
    """The functions of the file that a function needs, directly or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for other in names_in(known[waiting.pop()]) & known.keys() - found - {name}:
            found.add(other)
            waiting.append(other)
    return found


def code_lines(function: ast.FunctionDef, source: list[str]) -> int:
    """The lines of the body that have code on them: no docstrings, comments or blank lines."""
    lines = set(range(function.body[0].lineno, (function.end_lineno or 0) + 1))
    for node in ast.walk(function):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines -= set(range(node.lineno, (node.end_lineno or 0) + 1))
    return sum(source[n - 1].split("#")[0].strip() != "" for n in lines)


def lengths() -> Iterator[tuple[str, str, int]]:
    """Each rule: its file, its name, and its lines with those of the helpers of no other rule."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        tree, source = ast.parse(text), text.splitlines()
        known, rules = functions(tree), exported(tree)
        needs = {rule: helpers(rule, known) for rule in rules if rule in known}
        for rule, own in needs.items():
            others = set().union(*(needs[r] for r in needs if r != rule), rules)
            alone = {rule, *(own - others)}
            yield path.stem, rule, sum(code_lines(known[name], source) for name in alone)


def writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Where a file writes into arrays, or uses what definitions must not use."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign):
            yield node.lineno, "an augmented assignment"
        elif isinstance(node, ast.Assign) and any(
            isinstance(part, ast.Subscript) for target in node.targets for part in ast.walk(target)
        ):
            yield node.lineno, "an assignment to an index"
        elif isinstance(node, ast.keyword) and node.arg == "out":
            yield node.value.lineno, "out="
        elif isinstance(node, ast.Attribute) and node.attr in FORBIDDEN:
            yield node.lineno, f".{node.attr}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_definition_writes_into_no_array(path: Path) -> None:
    found = [f"line {n}: {what}" for n, what in writes(ast.parse(path.read_text("utf-8")))]
    assert not found


@pytest.mark.parametrize(("file", "rule", "length"), list(lengths()))
def test_a_definition_fits_on_a_screen(file: str, rule: str, length: int) -> None:
    assert length <= (LONG if rule in PROGRAMS else LINES), f"refnet/ops/{file}.py"
