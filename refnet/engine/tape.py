"""The tape: one node for each recorded operation.

`apply` runs a rule (see refnet.ops.rule) on the arrays of its tensors, by the rule's kernel if it
has one (refnet.kernels). If an input requires a gradient, it records a node: the rule's pullback,
and for each input the edge to the place that receives its cotangent. refnet.engine.reverse visits
the nodes.
"""

import threading
import weakref
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from refnet.engine import half_precision, memory, views
from refnet.engine.error_state import SILENT, put_back, set_errors
from refnet.engine.grad_mode import state
from refnet.engine.tensor import Tensor
from refnet.engine.views import Output
from refnet.kernels.registry import active
from refnet.ops.rule import Array, NotAnalyticError, Pullback, Rule

# Every operation uses them; an attribute would take longer to look up.
_new, _ndarray, _order = object.__new__, np.ndarray, memory.order


class Node:
    """One recorded operation: its pullback, and the places that receive its inputs' cotangents.

    Attributes:
        order: the number of the node, in order of creation
        rule: the rule, by reference, as are options and constants
        options: its keyword arguments, or None
        constants: the inputs without a gradient, with None for the others; None if all have one
        pullback: the pullback; None once a backward pass has freed it
        edges: for each input a Node, an Output, a leaf Tensor or None
        outputs: zeros for each value, if there are several
    """

    __slots__ = (
        *("constants", "edges", "hooks", "link", "options", "order", "outputs", "pullback"),
        *("retained", "rule"),
    )

    order: int
    rule: Rule
    pullback: Pullback | None
    edges: tuple[Any, ...]
    options: dict[str, Any] | None
    constants: tuple[Any, ...] | None
    outputs: tuple[Array | None, ...] | None
    hooks: dict[int, tuple[int, Callable[..., Any]]] | None
    retained: dict[int, weakref.ref[Tensor]] | None
    link: "_Link"

    def lead_to(self, edges: tuple[Any, ...]) -> None:
        """Changes the places that receive the cotangents."""
        self.edges = edges
        if not self.order & 255:
            self.link = _Link(edges)

    def name(self) -> str:
        """Returns PyTorch's form of the name, such as MulBackward0."""
        words = self.rule.__name__.split("_")
        return "".join(word.capitalize() for word in words) + "Backward0"

    @property
    def next_functions(self) -> tuple[tuple["Node | None", int], ...]:
        """For each input, the node that computed it and the index of the output of that node."""
        return tuple(
            (edge.node, edge.index)
            if isinstance(edge, Output)
            else (edge if isinstance(edge, Node) else None, 0)
            for edge in self.edges
        )

    def __repr__(self) -> str:
        return f"<{self.name()}>"


def record(
    rule: Rule,
    pullback: Pullback,
    edges: tuple[Any, ...],
    options: dict[str, Any] | None = None,
    constants: tuple[Any, ...] | None = None,
) -> Node:
    """Creates the node of an operation, in half the time of a constructor."""
    node: Node = _new(Node)
    order = node.order = next(_order)
    node.rule = rule
    node.pullback = pullback
    node.edges = edges
    node.options = options
    node.constants = constants
    node.outputs = node.hooks = node.retained = None
    if not order & 255:
        node.link = _Link(edges)
    return node


# --- freeing a graph -----------------------------------------------------------------------------

# Python frees a node by freeing its edges first, so freeing a chain of operations takes one nested
# call for each, and the stack may be too small. One node in 256 breaks the chain: its edges are
# freed after it, outside of its call.
_loose: list[tuple[Any, ...]] = []  # edges of links that were freed
_freeing = threading.Lock()  # held by the thread that frees them


class _Link:
    """Holds the edges of a node while the node is freed, and frees them afterwards."""

    __slots__ = ("edges",)

    def __init__(self, edges: tuple[Any, ...]) -> None:
        self.edges = edges

    def __del__(self) -> None:
        _loose.append(self.edges)
        del self.edges
        while _loose and _freeing.acquire(blocking=False):
            try:
                while _loose:
                    _loose.pop()
            finally:
                _freeing.release()


# --- recording -------------------------------------------------------------------------------


def apply(rule: Rule, *inputs: Any, **options: Any) -> Tensor:
    """Runs a rule with one value on tensors; records it if an input requires a gradient.

    Args:
        rule: f(*arrays, **options) -> (value, pullback)
        *inputs: Tensors; Python numbers, arrays and None are constants
        **options: the options of the rule
    """
    value, node = _recorded(rule, inputs, options)
    return _result(rule, inputs, value, node)


def apply_several(rule: Rule, *inputs: Any, **options: Any) -> tuple[Tensor, ...]:
    """Does the same as `apply` for a rule whose value is a tuple."""
    values, node = _recorded(rule, inputs, options)
    return _results(rule, inputs, values, node)


def apply_any(rule: Rule, *inputs: Any, **options: Any) -> Any:
    """Does the same as `apply`, or as `apply_several` if the value is a tuple."""
    value, node = _recorded(rule, inputs, options)
    make = _results if type(value) is tuple else _result
    return make(rule, inputs, value, node)


def _results(
    rule: Rule, inputs: tuple[Any, ...], several: tuple[Any, ...], node: Node | None
) -> tuple[Tensor, ...]:
    """Returns the tensors of a rule's several values, with their places on the tape."""
    values = [np.asarray(value) for value in several]
    if node is None:
        return tuple(_result(rule, inputs, value, None, "several") for value in values)
    node.outputs = tuple(_zeros(value) for value in values)
    return tuple(
        _result(rule, inputs, value, Output(node, i), "several") for i, value in enumerate(values)
    )


def _recorded(
    rule: Rule, inputs: tuple[Any, ...], options: dict[str, Any]
) -> tuple[Any, Node | None]:
    """Returns the value of a rule and its node, which is None if nothing is recorded."""
    arrays: list[Any] = []
    edges: list[Any] = []
    constants: list[Any] = []
    recorded = narrow = False
    for x in inputs:
        if isinstance(x, Tensor):
            array = x._array
            if array.itemsize == 2:  # float16, or int16
                narrow = True
            if x._requires_grad:
                recorded = True
                arrays.append(array)
                edges.append(x._edge or x)
                constants.append(None)
                continue
        else:
            array = x
        arrays.append(array)
        edges.append(None)
        constants.append(array)
    run = active.get(rule, rule)
    previous = set_errors(SILENT)
    try:
        value, pullback = (
            half_precision.run(rule, run, arrays, options) if narrow else run(*arrays, **options)
        )
    finally:
        put_back(previous)
    if recorded and state.grad:
        return value, record(rule, pullback, tuple(edges), options or None, tuple(constants))
    return value, None


# On small arrays, the time of an elementwise operation is Python's. These two functions save the
# loop over the inputs, the packing of arguments and the rare cases: 0.5 of 2.1 µs.


def apply_unary(rule: Rule, x: Tensor, number: float | None = None) -> Tensor:
    """Does the same as apply(rule, x) or apply(rule, x, number).

    It is for rules with one value that is floating-point if x is.
    """
    array = x._array
    if array.itemsize not in (4, 8):  # float16, or complex numbers of the complex step
        return apply(rule, x) if number is None else apply(rule, x, number)
    run = active.get(rule, rule)
    previous = set_errors(SILENT)
    try:
        value, pullback = run(array) if number is None else run(array, number)
    finally:
        put_back(previous)
    node = None
    if x._requires_grad and state.grad:
        if number is None:
            node = record(rule, pullback, (x._edge or x,))
        else:
            node = record(rule, pullback, (x._edge or x, None), None, (None, number))
    if type(value) is not _ndarray or value.base is not None:
        return _result(rule, (x,), value, node)
    y: Tensor = _new(Tensor)
    y._array = value
    if node is not None:
        y._requires_grad = True
        y._edge = node
    return y


def apply_binary(rule: Rule, x: Tensor, other: Tensor) -> Tensor:
    """Does the same as apply(rule, x, other) for two tensors of one dtype.

    It is for rules with one value that is floating-point if x is.
    """
    a, b = x._array, other._array
    if a.itemsize not in (4, 8):
        return apply(rule, x, other)
    run = active.get(rule, rule)
    previous = set_errors(SILENT)
    try:
        value, pullback = run(a, b)
    finally:
        put_back(previous)
    node = None
    if x._requires_grad:
        if state.grad:
            if other._requires_grad:
                node = record(rule, pullback, (x._edge or x, other._edge or other))
            else:
                node = record(rule, pullback, (x._edge or x, None), None, (None, b))
    elif other._requires_grad and state.grad:
        node = record(rule, pullback, (None, other._edge or other), None, (a, None))
    if type(value) is not _ndarray or value.base is not None:
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
    """Returns the tensor of a rule's value, or of one of several, with its place on the tape."""
    if type(value) is tuple:
        raise TypeError(
            f"apply(): expected a rule of one value, got {rule.__name__}, which has several"
        )
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
    """Notes that y is a view of x if both have the same memory."""
    if isinstance(x, Tensor):
        base = y._array.base
        if base is x._array or (base is x._array.base and base is not None):
            views.note_view(y, x, kind)


def _keep_direction(rule: Rule, inputs: Iterable[Any], y: Tensor) -> None:
    """Checks the imaginary part of a result of the complex step.

    A recorded operation must keep it; an operation that is not recorded, such as detach(), drops
    it.
    """
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


def _zeros(a: Array) -> Array | None:
    """Returns zeros of a's shape in the memory of one number; None for an integer output."""
    return np.broadcast_to(a.dtype.type(0), a.shape) if a.dtype.kind in "fc" else None
