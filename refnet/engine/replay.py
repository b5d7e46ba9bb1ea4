"""The values of a recorded graph, computed once more from its leaves and constants.

A node of the tape stores its pullback, not the values of its inputs: most pullbacks need only some
of them. Whoever needs all (a derivative of a derivative, refnet.draw) computes them again. User
code and random draws do not run twice: a Function keeps its values, and random numbers are
constants of the tape.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.engine import half_precision, memory
from refnet.engine.reverse import SECOND_TIME
from refnet.engine.tape import Node
from refnet.engine.tensor import Tensor
from refnet.engine.views import Output
from refnet.kernels.registry import active
from refnet.ops.rule import held_arrays


def box_of(edge: Any) -> Any:
    """Returns the end of an edge: a Node, a leaf, or None."""
    return edge.node if isinstance(edge, Output) else edge


def reached(roots: Iterable[Any]) -> dict[int, Any]:
    """Returns the nodes and leaves to which some edges lead, by id."""
    found: dict[int, Any] = {}
    stack = [box_of(root) for root in roots]
    while stack:
        box = stack.pop()
        if box is None or id(box) in found:
            continue
        found[id(box)] = box
        if isinstance(box, Node):
            stack += [box_of(edge) for edge in reversed(box.edges)]
    return found


class Values:
    """The values of the nodes and leaves of a graph.

    Args:
        boxes: the nodes and leaves, by id

    Raises:
        RuntimeError: for a graph that was freed, and where an array was changed in place so that
            the operations no longer give their values
    """

    def __init__(self, boxes: dict[int, Any]) -> None:
        self.found: dict[int, Any] = {
            key: x._array for key, x in boxes.items() if isinstance(x, Tensor)
        }
        nodes = sorted((x for x in boxes.values() if isinstance(x, Node)), key=lambda x: x.order)
        suspect = bool(nodes) and memory.last_write > nodes[0].order
        for node in nodes:
            self.found[id(node)] = self._run(node, suspect)

    def at(self, edge: Any) -> Any:
        """Returns the array at the end of an edge."""
        value = self.found[id(box_of(edge))]
        if type(value) is tuple:
            return value[edge.index if isinstance(edge, Output) else 0]
        return value

    def inputs(self, node: Node) -> list[Any]:
        """Returns the inputs of a node; None for one that is left out."""
        constants = node.constants or (None,) * len(node.edges)
        return [
            constant if edge is None else self.at(edge)
            for edge, constant in zip(node.edges, constants, strict=True)
        ]

    def _run(self, node: Node, suspect: bool) -> Any:
        if node.pullback is None:
            raise RuntimeError(SECOND_TIME)
        kept = getattr(node.pullback, "values", None)
        if kept is not None:
            return kept
        arrays, options = self.inputs(node), node.options or {}
        run = active.get(node.rule, node.rule)
        if any(getattr(a, "itemsize", 0) == 2 for a in arrays):
            value, pullback = half_precision.run(node.rule, run, arrays, options)
        else:
            value, pullback = run(*arrays, **options)
        if suspect:
            self._compare(node, pullback)
        if type(value) is tuple:
            return tuple(np.asarray(part) for part in value)
        return np.asarray(value)

    def _compare(self, node: Node, pullback: Any) -> None:
        """Checks that the operation has saved the same arrays as in the forward pass."""
        now = [array for _, array in held_arrays(pullback)]
        then = [array for _, array in held_arrays(node.pullback)]
        same = len(now) == len(then) and all(
            a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
            for a, b in zip(now, then, strict=True)
        )
        if not same:
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an "
                f"inplace operation: {node!r} gives other values than in the forward pass, because "
                "a tensor of its graph was changed in place afterwards; change a clone() of it "
                "instead"
            )
