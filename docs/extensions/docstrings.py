"""Docstrings as reStructuredText: indented formulas are typeset, the rest is left to napoleon."""

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging
from typeset import NotAFormulaError, has_mathematics, is_formula, typeset

log = logging.getLogger(__name__)

_PROSE_SECTIONS = ("Args", "Returns", "Raises", "Attributes", "Example", "Note", "Yields", "Warns")
_FORMULA_SECTIONS = ("Shape", "Pullback", "Source", "Init")
_SECTION = re.compile(rf"^({'|'.join(_PROSE_SECTIONS + _FORMULA_SECTIONS)}):$")


_WORDS = re.compile(r"(?<![\w_])[A-Za-z]{3,}(?![\w(_])")
_MARKUP = re.compile(r"`[^`]*`|[|*]|(?<=\w)_(?=\W|$)")


def escaped(line: str) -> str:
    """Prose in which |x|, a * b and relu_ are what they look like."""
    return _MARKUP.sub(lambda m: m[0] if m[0][0] == "`" else "\\" + m[0], line)


def math(lines: list[str], indent: str) -> list[str]:
    """Lines of formulas, one below the other."""
    out = [""]
    for line in lines:
        if line.strip():
            out += [f"{indent}.. math::", "", f"{indent}   {typeset(line)}", ""]
    return out


def blocks(lines: list[str]) -> list[str]:
    """The lines with each indented block of formulas typeset, and each other one as a literal
    block.
    """
    out: list[str] = []
    i = 0
    section = ""
    program = False
    while i < len(lines):
        line = lines[i]
        if m := _SECTION.match(line):
            section = m[1]
        elif line and not line.startswith(" "):
            section = ""
        if not line.startswith("    ") or section in _PROSE_SECTIONS:
            program = (program and bool(line.strip())) or line.strip().startswith(">>>")
            out.append(line if program else escaped(line))
            i += 1
            continue
        j = i
        while j < len(lines) and (lines[j].startswith("    ") or not lines[j].strip()):
            j += 1
        block = lines[i:j]
        while block and not block[-1].strip():
            block.pop()
        if section == "Pullback" or section == "Init":
            out += _mixed(block, "    ")
        elif section:  # each line stays a line
            out += ["    | " + escaped(line.strip()) if line.strip() else "" for line in block]
        elif all(is_formula(x) or not x.strip() for x in block):
            out += math(block, "")
        else:
            out += ["", "::", "", *block, ""]
        out.append("")
        i = j
    return out


def _mixed(block: list[str], indent: str) -> list[str]:
    """Formulas with words between them: each line is a row."""
    if any(map(has_mathematics, block)):
        return math(block, indent)
    return [escaped(line) for line in block]


def process(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    if not lines:
        return
    first = lines[0].rstrip(".")
    try:
        done = blocks(lines[1:])
        if is_formula(first) and "=" in first and len(_WORDS.findall(first)) < 3:
            done = [*math([first], ""), *done]
        else:
            done = [escaped(lines[0]), *done]
    except NotAFormulaError as error:
        log.warning("%s: %s", name, error)
        return
    lines[:] = done


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", process, priority=400)  # before napoleon
    return {"parallel_read_safe": True}
