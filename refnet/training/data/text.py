"""Texts for the models that predict the next character: a file, or refnet's documentation."""

import ast
from pathlib import Path

import numpy as np

import refnet
from refnet.training.data.dataset import Dataset
from refnet.training.errors import InputError, printable, reason

CONTEXT = 64
"""The number of characters in a row."""
MOST_CHARACTERS = 2_000_000
SPOKEN = ("models", "nn", "ops", "optim")
"""The packages of refnet whose docstrings are the default text."""


def dataset(name: str, text: str) -> Dataset:
    """Returns the text in rows of CONTEXT characters that do not overlap.

    The target of each character is the next one. Raises InputError if all characters are the same.
    """
    note = f"the first {MOST_CHARACTERS:,} characters of {len(text):,}, "
    note = note if len(text) > MOST_CHARACTERS else ""
    codes = np.frombuffer(text[:MOST_CHARACTERS].encode("utf-32-le"), np.uint32)
    characters, numbers = np.unique(codes, return_inverse=True)
    if len(characters) < 2:
        raise InputError(f"{name} needs at least two different characters to be learnt from")
    rows = (len(numbers) - 1) // CONTEXT
    x, y = (numbers[i : i + rows * CONTEXT].reshape(rows, CONTEXT) for i in (0, 1))
    note += f"a row is {CONTEXT} characters"
    return Dataset(name, x, y, note, kind="text", names=tuple(map(chr, characters)))


def read_text(path: Path) -> Dataset:
    """Reads a text file in UTF-8.

    Raises InputError if it cannot be read or is not UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not text in UTF-8: {reason(error)}") from error
    except (OSError, MemoryError) as error:
        raise InputError(f"cannot read {path}: {reason(error)}") from error
    return dataset(printable(path.name), text)


def documentation() -> Dataset:
    """Returns the docstrings of every module, class and function in SPOKEN, file by file."""
    package = Path(refnet.__file__).parent
    texts: list[str] = []
    for file in sorted(file for room in SPOKEN for file in (package / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                texts.append(ast.get_docstring(node) or "")
    return dataset("documentation", "\n\n".join(filter(None, texts)))
