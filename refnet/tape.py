"""The tape: one node per recorded operation, and the walk that carries cotangents back.

`apply` runs a rule (see refnet.ops.rule) on the arrays of its tensors and, where an input
requires a gradient, records a node: the rule's pullback, and for each input the edge to the
place its cotangent goes to. Nodes are numbered as they are made. An operation can only use
what exists already, so walking the numbers downwards meets every node after all of its users:
creation order is a topological order, and the reverse pass needs neither recursion nor a sort
of the graph. It frees each pullback that holds arrays as it leaves the node, so memory falls on the
way.
"""

import weakref
from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from types import FunctionType
from typing import Any

import numpy as np

import refnet.kernels.all  # noqa: F401 - registers the kernels
from refnet import half_precision, memory, views
from refnet.gradmode import no_grad, state
from refnet.kernels.registry import active
from refnet.ops.rule import REPEATABLE, SAVES, Array, NotAnalyticError, Pullback, Rule
from refnet.quiet import SILENT, put_back, quietly, set_errors
from refnet.refusal import type_name
from refnet.tensor import Tensor, wrap
from refnet.views import Output

_new, _ndarray = object.__new__, np.ndarray  # looked up for every result


class Node:
    """One recorded operation: its pullback, and where the cotangents of its inputs go."""

    __slots__ = ("edges", "hooks", "order", "outputs", "pullback", "retained", "rule")

    def __init__(self, rule: Rule, pullback: Pullback, edges: tuple[Any, ...]) -> None:
        self.order = next(memory.order)
        self.rule = rule
        self.pullback: Pullback | None = pullback
        self.edges = edges  # per input: a Node, an Output, a leaf Tensor or None
        self.outputs: tuple[Array | None, ...] | None = None  # zeros, where there are several
        self.hooks: dict[int, tuple[int, Callable[..., Any]]] | None = None
        self.retained: dict[int, weakref.ref[Tensor]] | None = None

    def name(self) -> str:
        """PyTorch's form of the name, such as MulBackward0."""
        words = self.rule.__name__.split("_")
        return "".join(word.capitalize() for word in words) + "Backward0"

    @property
    def next_functions(self) -> tuple[tuple["Node | None", int], ...]:
        """For each input, the node that made it and which of that node's outputs it is."""
        return tuple(
            (edge.node, edge.index)
            if isinstance(edge, Output)
            else (edge if isinstance(edge, Node) else None, 0)
            for edge in self.edges
        )

    def __repr__(self) -> str:
        return f"<{self.name()}>"


# --- recording -------------------------------------------------------------------------------


def apply(rule: Rule, *inputs: Any, **options: Any) -> Any:
    """Run a rule on tensors, and record it where an input requires a gradient.

    Arguments
        rule     f(*arrays, **options) -> (value, pullback)
        inputs   Tensors; Python numbers, arrays and None stand for constants
        options  passed to the rule as they are
    Returns a Tensor, or a tuple of them where the rule's value is a tuple.
    """
    arrays: list[Any] = []
    edges: list[Any] = []
    recorded = narrow = False
    for x in inputs:
        edge = None
        if isinstance(x, Tensor):
            array = x._array
            arrays.append(array)
            if array.itemsize == 2:
                narrow = True
            if x._requires_grad:
                recorded = True
                edge = x._edge or x
        else:
            arrays.append(x)
        edges.append(edge)
    run = active.get(rule, rule)
    before = set_errors(SILENT)
    try:
        value, pullback = (
            half_precision.run(rule, run, arrays, options) if narrow else run(*arrays, **options)
        )
    finally:
        put_back(before)
    node = Node(rule, pullback, tuple(edges)) if recorded and state.grad else None
    if type(value) is not tuple:
        return _result(rule, inputs, value, node)
    values = [np.asarray(part) for part in value]
    if node is None:
        return tuple(_result(rule, inputs, part, None, "several") for part in values)
    node.outputs = tuple(_zeros_of(part) for part in values)
    return tuple(
        _result(rule, inputs, part, Output(node, i), "several") for i, part in enumerate(values)
    )


def apply_plain(rule: Rule, x: Tensor, other: Tensor | None = None) -> Tensor:
    """apply(rule, x) or apply(rule, x, other), for rules of one value, a floating-point one where x is.

    Without the loop over the inputs, the packing of arguments and the rare cases, which take 0.5 of
    2.1 µs: the elementwise operations come here, whose cost on small arrays is what Python does.
    """
    if x._array.itemsize == 2:  # float16, or int16
        result: Tensor = apply(rule, x) if other is None else apply(rule, x, other)
        return result
    run = active.get(rule, rule)
    before = set_errors(SILENT)
    try:
        value, pullback = run(x._array) if other is None else run(x._array, other._array)
    finally:
        put_back(before)
    node = None
    if other is None:
        if x._requires_grad and state.grad:
            node = Node(rule, pullback, (x._edge or x,))
    elif (x._requires_grad or other._requires_grad) and state.grad:
        edge = (x._edge or x) if x._requires_grad else None
        other_edge = (other._edge or other) if other._requires_grad else None
        node = Node(rule, pullback, (edge, other_edge))
    if type(value) is not _ndarray or value.base is not None or state.complex_step:
        return _result(rule, (x, other), value, node)
    y: Tensor = _new(Tensor)
    y._array = value
    if node is not None:
        y._requires_grad = True
        y._edge = node
    return y


def _result(
    rule: Rule,
    inputs: tuple[Any, ...],
    value: Any,
    edge: Node | Output | None,
    kind: str | None = None,
) -> Tensor:
    """The tensor of a rule's value, or of one of its "several", with its place on the tape."""
    y: Tensor = _new(Tensor)
    y._array = value if type(value) is _ndarray else np.asarray(value)
    if edge is not None and y._array.dtype.kind in "fc":
        y._requires_grad = True
        y._edge = edge
    if state.complex_step:
        _keep_direction(rule, inputs, y)
    if y._array.base is not None:
        _note_view(y, inputs[0], kind)
    return y


def _note_view(y: Tensor, x: Any, kind: str | None) -> None:
    """Note that y is a view of x if its memory is x's: then both have the same owner."""
    if isinstance(x, Tensor):
        base = y._array.base
        if base is x._array or (base is x._array.base and base is not None):
            views.note_view(y, x, kind)


def _keep_direction(rule: Rule, inputs: Iterable[Any], y: Tensor) -> None:
    """See that a result has the imaginary part that the complex step needs it to have: all of
    it where operations are recorded, none where they are not, as for detach()."""
    kind = y._array.dtype.kind
    if kind == "c" and not state.grad:
        y._array = y._array.real
    elif kind == "f" and state.grad:
        arrays = [getattr(x, "_array", x) for x in inputs]
        if any(isinstance(a, np.ndarray) and a.dtype.kind == "c" for a in arrays):
            raise NotAnalyticError(
                f"{rule.__name__} has no derivative by the complex step: its result is real "
                "for a complex argument"
            )


def _zeros_of(a: Array) -> Array | None:
    """Zeros of a's shape in the memory of one number; None for an integer output."""
    return np.broadcast_to(a.dtype.type(0), a.shape) if a.dtype.kind in "fc" else None


SECOND_TIME = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they "
    "have already been freed). Specify retain_graph=True in the first backward() or autograd.grad() "
    "if you need to walk the graph again."
)


# --- the reverse pass ------------------------------------------------------------------------


def _needed(roots: Iterable[Any], wanted: set[int]) -> set[int]:
    """The numbers of the nodes through which a wanted edge (id of a node or leaf) is reached."""
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


@quietly
def reverse(
    roots: Sequence[Any],
    cotangents: Sequence[Array],
    *,
    retain_graph: bool = False,
    inputs: Sequence[Tensor] | None = None,
) -> list[tuple[Tensor, Array]]:
    """Carry the cotangents of the roots back to the leaves.

    Arguments
        roots         edges (Node, Output or leaf Tensor) at which the cotangents start
        retain_graph  keep the pullbacks, so that the graph can be walked again
        inputs        None for every leaf, else the tensors whose gradients are wanted; nothing
                      is computed that does not lead to one of them
    Returns pairs (leaf or wanted tensor, its gradient), in the order of arrival.

    Raises RuntimeError if the graph was freed by an earlier walk, or if an array that a
    pullback needs was changed in place.
    """
    found: dict[int, tuple[Tensor, Array]] = {}  # by id of the tensor
    at_node: dict[int, list[tuple[int, Tensor]]] = {}  # node order -> wanted non-leaf tensors
    needed: set[int] | None = None
    wanted: set[int] = set()
    if inputs is not None:
        for x in inputs:
            edge: Any = x._edge or None
            node = edge.node if isinstance(edge, Output) else edge
            wanted.add(id(x if node is None else node))
            if node is not None:
                index = edge.index if isinstance(edge, Output) else 0
                at_node.setdefault(node.order, []).append((index, x))
        needed = _needed(roots, wanted)

    look_up = REPEATABLE.get
    pending: dict[int, Any] = {}  # node order -> cotangent, or a list of them
    heap: list[tuple[int, Node]] = []

    def send(edge: Any, dx: Array) -> None:
        """Add the cotangent dx to what waits at the edge."""
        if type(edge) is Node:
            order = edge.order
            if order in pending:
                pending[order] = pending[order] + dx  # never +=: dx may belong to someone else
            else:
                pending[order] = dx
                heappush(heap, (-order, edge))
        elif isinstance(edge, Output):
            order = edge.node.order
            if edge.node.outputs is None:
                send(edge.node, dx)
                return
            if order not in pending:
                pending[order] = [None] * len(edge.node.outputs)
                heappush(heap, (-order, edge.node))
            before = pending[order][edge.index]
            pending[order][edge.index] = dx if before is None else before + dx
        else:
            key = id(edge)
            found[key] = (edge, found[key][1] + dx if key in found else dx)

    for root, cotangent in zip(roots, cotangents, strict=True):
        send(root, cotangent)

    while heap:
        _, node = heappop(heap)
        order = node.order
        dy: Any = pending.pop(order)
        if node.hooks or node.retained:
            dy = _run_hooks(node, dy)
        if order in at_node:
            for index, x in at_node[order]:
                dx = dy[index] if node.outputs is not None else dy
                if dx is not None:
                    found[id(x)] = (x, dx)
        if needed is not None and order not in needed:
            continue
        if node.pullback is None:
            raise RuntimeError(SECOND_TIME)
        if node.outputs is not None:
            dy = tuple(z if d is None else d for d, z in zip(dy, node.outputs, strict=True))
        if order < memory.last_write:
            leads = [
                not (edge is None or _is_lost(edge))
                and (needed is None or _leads(edge, wanted, needed))
                for edge in node.edges
            ]
            _refuse_overwritten(node, dy, leads)
        dxs: Any = node.pullback(dy)
        dy = None
        if not retain_graph:
            freed = look_up(node.rule, SAVES)
            if freed is SAVES:
                node.pullback = None
            elif freed is not None:
                node.pullback = freed(node.pullback)
        if len(dxs) != len(node.edges):
            raise ValueError(
                f"the pullback of {node.rule.__name__} gave {len(dxs)} cotangents for "
                f"{len(node.edges)} inputs"
            )
        for edge, dx in zip(node.edges, dxs):  # noqa: B905 - strict=True takes 0.14 µs
            if edge is None or dx is None or not (needed is None or _leads(edge, wanted, needed)):
                continue
            if type(dx) is FunctionType:
                dx = dx()
            if type(edge) is Node and edge.order not in pending:  # send, spelt out: most go here
                pending[edge.order] = dx
                heappush(heap, (-edge.order, edge))
            else:
                send(edge, dx)
        dxs = dx = None  # held no longer while the next pullback runs

    return [pair for pair in found.values() if not _is_lost(pair[0])]


def _refuse_overwritten(node: Node, dy: Any, leads: Sequence[bool]) -> None:
    """Raise if an array that the node's pullback needs was changed in place since.

    A pullback holds the same arrays whichever of its cotangents are wanted: that of x w holds both,
    and x̄ needs w alone. So the changed arrays are replaced by others, and if that shows in a wanted
    cotangent, they are needed.
    """
    changed = memory.find_overwritten(node.pullback, node.order)
    if not changed:
        return
    cells = {id(cell): (cell, array) for cell, array in changed}
    if all(cell is not None and array.dtype.kind == "f" for cell, array in changed):
        try:
            seen = []
            for value in (np.nan, 1.0, -1.0):
                for cell, array in cells.values():
                    cell.cell_contents = np.full_like(array, value)
                assert node.pullback is not None
                dxs = zip(node.pullback(dy), leads, strict=True)
                wanted = [dx() if type(dx) is FunctionType else dx for dx, lead in dxs if lead]
                seen.append([None if dx is None else np.asarray(dx).tobytes() for dx in wanted])
            if seen[0] == seen[1] == seen[2]:
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
    """Whether the edge is a view without a place on the tape, whose gradient goes nowhere."""
    return type(getattr(edge, "_edge", None)) is views.Unplaced


def _leads(edge: Any, wanted: set[int], needed: set[int]) -> bool:
    node = edge.node if isinstance(edge, Output) else edge
    return id(node) in wanted or (isinstance(node, Node) and node.order in needed)


def _run_hooks(node: Node, dy: Any) -> Any:
    """Show the cotangent to the hooks of the node's tensors, then store what retain_grad asked."""
    several = node.outputs is not None
    dys = list(dy) if several else [dy]
    for index, hook in list((node.hooks or {}).values()):
        if dys[index] is not None:
            dys[index] = call_hook(hook, dys[index])
    for index, ref in (node.retained or {}).items():
        x = ref()
        if x is not None and dys[index] is not None:
            accumulate(x, np.array(dys[index]))
    return dys if several else dys[0]


def call_hook(hook: Callable[..., Any], dy: Array) -> Array:
    """The cotangent that a tensor's hook leaves: its own result, or dy if it gives None."""
    with no_grad():
        result = hook(wrap(np.asarray(dy)))
    if result is None:
        return dy
    if not isinstance(result, Tensor):
        raise TypeError(f"a tensor hook must return a Tensor or None, got {type_name(result)}")
    if result._array.shape != np.shape(dy):
        raise RuntimeError(
            f"hook has changed the size of value: expected {list(np.shape(dy))}, "
            f"got {list(result._array.shape)}"
        )
    return result._array


def accumulate(leaf: Tensor, dx: Array) -> None:
    """leaf.grad = leaf.grad + dx; the caller gives dx away."""
    if leaf._grad is None:
        leaf._grad = wrap(dx)
    else:
        leaf._grad._array = leaf._grad._array + dx
