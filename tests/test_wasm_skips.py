"""The table of what Pyodide lacks, which `nox -s wasm` applies: each entry names a test."""

import ast
import re
from pathlib import Path

import wasm_skips

TESTS = Path(__file__).parent


def test_each_entry_names_a_test() -> None:
    wrong = []
    for _, file, name in wasm_skips.ENTRIES:
        path = TESTS / file
        tree = ast.parse(path.read_text(encoding="utf-8") if path.is_file() else "")
        there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        if not path.is_file() or (name != "*" and re.sub(r"\[.*\]$", "", name) not in there):
            wrong.append(f"{file}: {name}")
    assert not wrong
