"""The reverse pass: carries cotangents from the results back to the leaves.

Nodes are numbered when they are recorded (refnet.engine.tape), and an operation can only use
existing results. So in descending order of numbers every node comes after all of its users: the
order of creation is a topological order, and the pass needs neither recursion nor a sort of the
graph. It frees the arrays of a pullback when it leaves the node, so memory decreases during the
pass.
"""

from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from types import FunctionType
from typing import Any

import numpy as np

from refnet.engine import memory, views
from refnet.engine.argument_errors import type_name
from refnet.engine.error_state import quietly
from refnet.engine.grad_mode import no_grad
from refnet.engine.tape import Node
from refnet.engine.tensor import Tensor, wrap
from refnet.engine.views import Output
from refnet.ops.rule import SAVES, Array

SECOND_TIME = (
    "Trying to backward through the graph a second time (or directly access saved tensors after "
    "they have already been freed). Specify retain_graph=True in the first backward() or "
    "autograd.grad() if you need to backward through the graph again."
)


@quietly
def reverse(
    roots: Sequence[Any],
    cotangents: Sequence[Any],
    *,
    retain_graph: bool = False,
    inputs: Sequence[Tensor] | None = None,
    pull: Callable[[Node, Any], Any] | None = None,
) -> list[tuple[Tensor, Any]]:
    """Carries the cotangents of the roots back to the leaves.

    Args:
        roots: the edges (Node, Output or leaf Tensor) at which the cotangents start
        cotangents: their cotangents
        retain_graph: whether to keep the pullbacks, so that the graph can be used again
        inputs: the tensors whose gradients are wanted; None for every leaf. Only cotangents that
            lead to one of them are computed.
        pull: the pullbacks on tensors, which are recorded (refnet.engine.derivatives); the
            cotangents are then tensors, too

    Returns:
        pairs (leaf or wanted tensor, its gradient), in the order of arrival

    Raises:
        RuntimeError: for a graph that an earlier pass freed, and for an array that a pullback needs
            and that was changed in place
    """
    front = _Front()
    send, newest, waiting = front.send, front.newest, front.waiting
    wanted = None if inputs is None else _Wanted(roots, inputs)
    for edge, dy in zip(roots, cotangents, strict=True):
        send(edge, dy)
    while newest:
        order, node = heappop(newest)
        dy = waiting.pop(order)
        if node.hooks or node.retained:
            dy = _run_hooks(node, dy)
        if wanted is not None and not wanted.go_on(node, dy, front.found):
            continue
        if node.pullback is None or node.outputs is not None or -order < memory.last_write:
            dy = _checked(node, dy, wanted)
        dxs = node.pullback(dy) if pull is None else pull(node, dy)  # type: ignore[misc]  # _checked
        if not retain_graph:
            kept = getattr(node.rule, "kept", SAVES)
            if kept is SAVES:
                node.pullback = node.options = node.constants = None
            elif kept is not None:
                node.pullback = kept(node.pullback)
        if len(dxs) != len(node.edges):
            raise _wrong_count(node, dxs)
        for edge, dx in zip(node.edges, dxs):  # noqa: B905 - strict=True takes 0.14 µs
            if edge is not None and dx is not None and (wanted is None or wanted.leads(edge)):
                send(edge, dx() if type(dx) is FunctionType else dx)
    return [pair for pair in front.found.values() if not _is_lost(pair[0])]


class _Front:
    """The state of the pass: cotangents that wait at nodes, and gradients that have arrived.

    Attributes:
        newest: a heap of the waiting nodes; numbers are negative, so the highest comes first
        waiting: the cotangent of each node, by this number; a list for a node of several outputs
        found: leaves and wanted tensors with their gradients, by id
    """

    __slots__ = ("found", "newest", "waiting")

    def __init__(self) -> None:
        self.newest: list[tuple[int, Node]] = []
        self.waiting: dict[int, Any] = {}
        self.found: dict[int, tuple[Tensor, Array]] = {}

    def send(self, edge: Any, dx: Array) -> None:
        """Adds a cotangent to the sum at the end of the edge."""
        if type(edge) is Node:
            order = -edge.order
            if order in self.waiting:
                dx = self.waiting[order] + dx  # never +=: others may hold the array
            else:
                heappush(self.newest, (order, edge))
            self.waiting[order] = dx
        elif isinstance(edge, Output):
            self._send_to_output(edge.node, edge.index, dx)
        else:
            key = id(edge)
            self.found[key] = (edge, self.found[key][1] + dx if key in self.found else dx)

    def _send_to_output(self, node: Node, index: int, dx: Array) -> None:
        if node.outputs is None:
            self.send(node, dx)
            return
        order = -node.order
        if order not in self.waiting:
            self.waiting[order] = [None] * len(node.outputs)
            heappush(self.newest, (order, node))
        dys = self.waiting[order]
        dys[index] = dx if dys[index] is None else dys[index] + dx


def _checked(node: Node, dy: Any, wanted: "_Wanted | None") -> Any:
    """Returns the cotangent for a pullback: of several outputs, zeros for those without one.

    Raises:
        RuntimeError: for a node that was freed, and for an array that its pullback needs and that
            was changed in place
    """
    if node.pullback is None:
        raise RuntimeError(SECOND_TIME)
    if node.outputs is not None:
        dy = tuple(z if d is None else d for d, z in zip(dy, node.outputs, strict=True))
    if node.order < memory.last_write:
        _refuse_overwritten(node, dy, wanted)
    return dy


def _wrong_count(node: Node, dxs: tuple[Any, ...]) -> ValueError:
    return ValueError(
        f"{node.rule.__name__}(): expected {len(node.edges)} cotangents from the pullback, one for "
        f"each input, got {len(dxs)}"
    )


# --- the wanted tensors --------------------------------------------------------------------------


class _Wanted:
    """The tensors whose gradients are wanted, and the nodes that lead to them."""

    def __init__(self, roots: Sequence[Any], inputs: Sequence[Tensor]) -> None:
        self.ids: set[int] = set()  # of their nodes, or of the leaves themselves
        self.at_node: dict[int, list[tuple[int, Tensor]]] = {}  # by the number of their node
        for x in inputs:
            edge: Any = x._edge or None
            node = edge.node if isinstance(edge, Output) else edge
            self.ids.add(id(x if node is None else node))
            if node is not None:
                index = edge.index if isinstance(edge, Output) else 0
                self.at_node.setdefault(node.order, []).append((index, x))
        self.needed = _needed(roots, self.ids)

    def go_on(self, node: Node, dy: Any, found: dict[int, tuple[Tensor, Array]]) -> bool:
        """Stores the gradients of a node's wanted tensors; returns whether the pass goes on."""
        for index, x in self.at_node.get(node.order, ()):
            dx = dy[index] if node.outputs is not None else dy
            if dx is not None:
                found[id(x)] = (x, dx)
        return node.order in self.needed

    def leads(self, edge: Any) -> bool:
        """Returns whether the edge leads to a wanted tensor, directly or through other nodes."""
        node = edge.node if isinstance(edge, Output) else edge
        return id(node) in self.ids or (isinstance(node, Node) and node.order in self.needed)


def _needed(roots: Iterable[Any], wanted: set[int]) -> set[int]:
    """Returns the numbers of the nodes that lead to a wanted edge (id of a node or leaf)."""
    nodes: dict[int, Node] = {}
    stack = [r.node if isinstance(r, Output) else r for r in roots if not isinstance(r, Tensor)]
    while stack:
        node = stack.pop()
        if node.order not in nodes:
            nodes[node.order] = node
            for edge in node.edges:
                if isinstance(edge, Output):
                    edge = edge.node
                if isinstance(edge, Node) and edge.order not in nodes:
                    stack.append(edge)
    needed: set[int] = set()
    for order in sorted(nodes):  # inputs before users
        for edge in nodes[order].edges:
            if isinstance(edge, Output):
                edge = edge.node
            if edge is not None and (
                id(edge) in wanted or (isinstance(edge, Node) and edge.order in needed)
            ):
                needed.add(order)
                break
    return needed


# --- overwritten arrays and hooks ----------------------------------------------------------------


# These values replace an overwritten array to find out whether a pullback needs it. They lie on
# both sides of any threshold and of most intervals with which a pullback may compare it.
_PROBES = (np.nan, 0.0, 1.0, -1.0, 0.5, -0.5, 1e30, -1e30)


def _refuse_overwritten(node: Node, dy: Any, wanted: _Wanted | None) -> None:
    """Raises an error if an array that the node's pullback needs was changed in place.

    A pullback holds the same arrays whichever of its cotangents are wanted: that of x w holds both,
    although x̄ needs only w. So the changed arrays are replaced by others; if a wanted cotangent
    changes, they are needed.
    """
    changed = memory.find_overwritten(node.pullback, node.order)
    if not changed:
        return
    leads = [
        not (edge is None or _is_lost(edge)) and (wanted is None or wanted.leads(edge))
        for edge in node.edges
    ]
    cells = {id(cell): (cell, array) for cell, array in changed}
    if all(cell is not None and array.dtype.kind == "f" for cell, array in changed):
        try:
            seen = []
            for value in _PROBES:
                for cell, array in cells.values():
                    cell.cell_contents = np.full_like(array, value)
                assert node.pullback is not None
                dxs = zip(node.pullback(dy), leads, strict=True)
                given = [dx() if type(dx) is FunctionType else dx for dx, lead in dxs if lead]
                seen.append([None if dx is None else np.asarray(dx).tobytes() for dx in given])
            if all(gradients == seen[0] for gradients in seen):
                return
        finally:
            for cell, array in cells.values():
                cell.cell_contents = array
    shape = list(changed[0][1].shape)
    raise RuntimeError(
        "one of the variables needed for gradient computation has been modified by an "
        f"inplace operation: an array of shape {shape}, which {node!r} saved "
        "in the forward pass, was changed afterwards; change a clone() of it instead, or "
        "call backward() first"
    )


def _is_lost(edge: Any) -> bool:
    """Returns whether the edge is a view without a place on the tape, whose gradient is dropped."""
    return type(getattr(edge, "_edge", None)) is views.Unplaced


def _run_hooks(node: Node, dy: Any) -> Any:
    """Calls the hooks of the node's tensors, then stores the gradients for retain_grad."""
    several = node.outputs is not None
    dys = list(dy) if several else [dy]
    for index, hook in list((node.hooks or {}).values()):
        if dys[index] is not None:
            dys[index] = call_hook(hook, dys[index])
    for index, ref in (node.retained or {}).items():
        x = ref()
        if x is not None and dys[index] is not None:
            dx = dys[index]
            accumulate(x, dx if isinstance(dx, Tensor) else np.array(dx))
    return dys if several else dys[0]


def call_hook(hook: Callable[..., Any], dy: Any) -> Any:
    """Returns the result of a tensor's hook, or dy if the hook returns None."""
    if isinstance(dy, Tensor):  # create_graph=True: the hook is recorded, too
        result = hook(dy)
    else:
        with no_grad():
            result = hook(wrap(np.asarray(dy)))
    if result is None:
        return dy
    if not isinstance(result, Tensor):
        raise TypeError(f"tensor hook: expected a Tensor or None, got {type_name(result)}")
    if result._array.shape != dy.shape:
        raise RuntimeError(
            f"hook has changed the size of value: expected {list(dy.shape)}, "
            f"got {list(result._array.shape)}"
        )
    return result if isinstance(dy, Tensor) else result._array


def accumulate(leaf: Tensor, dx: Any) -> None:
    """Adds dx, an array or a tensor that the caller gives away, to leaf.grad."""
    if isinstance(dx, Tensor):
        leaf._grad = dx if leaf._grad is None else leaf._grad + dx
    elif leaf._grad is None:
        leaf._grad = wrap(dx)
    else:
        leaf._grad._array = leaf._grad._array + dx
