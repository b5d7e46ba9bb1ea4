"""The values and cotangents of one forward and backward pass, read from the tape.

The values are computed again from the leaves (refnet.engine.replay); the result must equal that of
the forward pass.
"""

import html
from collections.abc import Mapping
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from refnet.engine.error_state import quietly
from refnet.engine.replay import Values, box_of
from refnet.engine.tape import Node
from refnet.engine.tensor import Tensor
from refnet.engine.views import Output
from refnet.ops.rule import Array

FEW = 12  # numbers that the table shows one by one


class Line(NamedTuple):
    """One line of the table.

    Attributes:
        name: the name of a leaf, or the number of an operation in order of the forward pass
        operation: the rule with its arguments; empty for a leaf
        value: the value, or a tuple of them
        gradient: the gradient of the result with respect to the value; None if nothing flows there
    """

    name: str
    operation: str
    value: Any
    gradient: Any


@quietly
def replayed(boxes: dict[int, Any], tensor: Tensor) -> dict[int, Any]:
    """Returns the value of each box by id, a tuple for an operation with several outputs.

    Raises:
        RuntimeError: if the operations do not give the tensor's value again
    """
    values = Values(boxes)
    if not np.allclose(values.at(tensor._edge), tensor._array, rtol=1e-5, atol=0, equal_nan=True):
        raise RuntimeError(
            "draw(): the operations give another value than in the forward pass; expected leaves "
            "that were not changed in place since then"
        )
    return values.found


@quietly
def cotangents(tensor: Tensor, gradient: Array) -> tuple[dict[int, Any], list[Any]]:
    """Carries the gradient of the tensor back to every box.

    Returns:
        the cotangent of each box by id, a list for an operation with several outputs; and for each
        use of a value (id of its box, id of the user, shape or None)
    """
    found: dict[int, Any] = {}
    uses: list[Any] = []
    waiting: dict[int, Node] = {}

    def send(edge: Any, dx: Array) -> None:
        box = box_of(edge)
        if isinstance(box, Node):
            waiting[box.order] = box
        if isinstance(edge, Output) and box.outputs is not None:
            several = found.setdefault(id(box), [None] * len(box.outputs))
            several[edge.index] = _sum(several[edge.index], dx)
        else:
            found[id(box)] = _sum(found.get(id(box)), dx)

    send(tensor._edge, gradient)
    while waiting:
        node = waiting.pop(max(waiting))  # users first
        dy = found[id(node)]
        if node.outputs is not None:
            dy = tuple(z if d is None else d for d, z in zip(dy, node.outputs, strict=True))
        assert node.pullback is not None
        for edge, dx in zip(node.edges, node.pullback(dy), strict=True):
            if edge is None:
                continue
            if type(dx) is FunctionType:
                dx = dx()
            shape = edge._array.shape if isinstance(edge, Tensor) else None
            uses.append((id(box_of(edge)), id(node), shape if dx is None else np.shape(dx)))
            if dx is not None:
                send(edge, dx)
    return found, uses


def _sum(a: Array | None, b: Array) -> Array:
    return b if a is None else a + b


# --- the table -----------------------------------------------------------------------------------


def table(boxes: Mapping[int, Any], names: dict[int, str], values: Any, grads: Any) -> list[Line]:
    """Returns a line for each leaf, and one for each operation in order of the forward pass."""
    nodes = sorted((x for x in boxes.values() if isinstance(x, Node)), key=lambda x: x.order)
    used = (box_of(edge) for node in nodes for edge in node.edges)
    leaves = list({id(x): x for x in used if isinstance(x, Tensor)}.values())  # in order of use
    called = {id(x): names[id(x)] for x in leaves}
    called |= {id(x): f"v{i}" for i, x in enumerate(nodes, 1)}
    lines = [Line(called[id(x)], "", values[id(x)], grads.get(id(x))) for x in leaves]
    for node in nodes:
        arguments = []
        for i, edge in enumerate(node.edges):
            if edge is not None:
                suffix = f"[{edge.index}]" if isinstance(edge, Output) else ""
                arguments.append(called[id(box_of(edge))] + suffix)
            elif node.constants is not None and node.constants[i] is not None:
                constant = np.asarray(node.constants[i])
                arguments.append(numbers(constant) if constant.size <= 4 else str(constant.shape))
        operation = f"{node.rule.__name__.strip('_')}({', '.join(arguments)})"
        gradient = grads.get(id(node))
        lines.append(Line(called[id(node)], operation, values[id(node)], gradient))
    return lines


def numbers(x: Any, most: int = FEW) -> str:
    """Returns an array as a short text: its numbers, or its shape and range if it has more."""
    if x is None:
        return "–"
    if isinstance(x, (tuple, list)):
        return "; ".join(numbers(part, most) for part in x)
    a = np.asarray(x)
    if a.size > most:
        return f"{a.shape}, {a.min():.3g} … {a.max():.3g}"
    return np.array2string(
        a, separator=" ", formatter={"all": lambda v: f"{v:.3g}"}, max_line_width=10_000
    ).replace("\n", "")


def as_text(lines: list[Line]) -> str:
    """Returns the table as lines of text."""
    cells = [("name", "operation", "value", "gradient"), *map(_cells, lines)]
    widths = [max(len(row[i]) for row in cells) for i in range(4)]
    rows = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in cells]
    return "\n".join(row.rstrip() for row in rows)


def as_html(lines: list[Line]) -> str:
    """Returns the table for a notebook or a page."""
    head = "".join(f"<th>{title}</th>" for title in ("name", "operation", "value", "gradient"))
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(line)) + "</tr>"
        for line in lines
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(line: Line) -> tuple[str, str, str, str]:
    return line.name, line.operation, numbers(line.value), numbers(line.gradient)
