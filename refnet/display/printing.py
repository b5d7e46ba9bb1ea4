"""The repr of a tensor: PyTorch's layout, to the character.

All elements of a tensor have one format: integers with a trailing point if every value is whole,
otherwise four decimals, or the exponent form if the values span more than three decades or are very
large or very small. A tensor of more than 1000 elements is summarised by its edges.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.engine import dtypes
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array

PRECISION = 4
THRESHOLD = 1000  # a tensor with more elements is summarised
EDGE_ITEMS = 3  # the elements at either end of a summarised dimension
LINE_WIDTH = 80


def tensor_repr(x: Tensor) -> str:
    """Returns the text of a tensor, with its grad_fn, and its dtype unless that is evident."""
    array = x._real()
    opening = "tensor("
    body = _body(array, len(opening)) if array.size else "[]"
    notes = []
    default = dtypes.get_default_dtype()
    if not array.size and array.ndim != 1:
        notes.append(f"size={tuple(array.shape)}")
    evident = (default, dtypes.int64, dtypes.bool) if array.size else (default,)
    if x.dtype not in evident and not x.is_complex():
        notes.append(f"dtype={x.dtype!r}")
    try:
        node = x.grad_fn
    except RuntimeError:  # a view that lost its place: see views.Unplaced
        notes.append("grad_fn=<Invalid>")
        return _with_notes(opening + body, notes, len(opening))
    if node is not None:
        notes.append(f"grad_fn={node!r}")
    elif x.requires_grad:
        notes.append("requires_grad=True")
    return _with_notes(opening + body, notes, len(opening))


def _with_notes(text: str, notes: list[str], indent: int) -> str:
    """Appends the notes, each on the last line if there is room."""
    used = len(text) - text.rfind("\n") + 1
    for note in notes:
        if used + len(note) + 2 > LINE_WIDTH:
            text += ",\n" + " " * indent + note
            used = indent + len(note)
        else:
            text += ", " + note
            used += len(note) + 2
    return text + ")"


def _body(array: Array, indent: int) -> str:
    summarise = array.size > THRESHOLD
    shown = edges(array) if summarise else array
    write, width = element_format(shown)
    return _block(array, indent, summarise, write, width)


def edges(array: Array) -> Array:
    """Returns the elements that a summary shows."""
    for axis, n in enumerate(array.shape):
        if n > 2 * EDGE_ITEMS:
            ends = np.r_[0:EDGE_ITEMS, n - EDGE_ITEMS : n]
            array = np.take(array, ends, axis=axis)
    return array


def element_format(shown: Array) -> tuple[Callable[[Any], str], int]:
    """Returns a function that writes one element, and the common width of all elements."""
    values = [v.item() for v in shown.reshape(-1)]
    write: Callable[[Any], str]
    if shown.dtype.kind != "f":
        write = str
        width = max((len(write(v)) for v in values), default=1)
    else:
        measured = [v for v in values if math.isfinite(v) and v != 0]
        write = _float_format(measured)
        width = max((len(write(v)) for v in measured), default=1)
    return lambda v: write(v).rjust(width), width


def _float_format(values: list[float]) -> Callable[[float], str]:
    whole = all(v == math.ceil(v) for v in values)
    if values:
        largest, smallest = max(map(abs, values)), min(map(abs, values))
        wide = largest / smallest > 1000 or largest > 1e8
        if wide or (not whole and smallest < 1e-4):
            return lambda v: f"{v:.{PRECISION}e}"
    if whole:
        return lambda v: f"{v:.0f}." if math.isfinite(v) else f"{v:.0f}"
    return lambda v: f"{v:.{PRECISION}f}"


def _block(
    array: Array, indent: int, summarise: bool, write: Callable[[Any], str], width: int
) -> str:
    """Returns the nested brackets of an array; `indent` is the column of the first bracket."""
    if array.ndim == 0:
        return write(array.item())
    cut = summarise and array.shape[0] > 2 * EDGE_ITEMS
    parts = [*array[:EDGE_ITEMS], *array[-EDGE_ITEMS:]] if cut else list(array)
    if array.ndim == 1:
        texts = [write(v.item()) for v in parts]
        if cut:
            texts.insert(EDGE_ITEMS, " ...")
        per_line = max(1, (LINE_WIDTH - indent) // (width + 2))
        lines = [", ".join(texts[i : i + per_line]) for i in range(0, len(texts), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    texts = [_block(part, indent + 1, summarise, write, width) for part in parts]
    if cut:
        texts.insert(EDGE_ITEMS, "...")
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(texts) + "]"
