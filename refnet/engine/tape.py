"""The tape: one node per recorded operation.

`apply` runs a rule (see refnet.ops.rule) on the arrays of its tensors, by its kernel if it has one
(refnet.kernels). Where an input requires a gradient, it records a node: the rule's pullback, and
for each input the edge to the place its cotangent goes to. refnet.engine.reverse walks over the
nodes.
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

_new, _ndarray, _order = object.__new__, np.ndarray, memory.order  # looked up each time


class Node:
    """One recorded operation: its pullback, and where the cotangents of its inputs go.

    Args:
        order: the nodes are numbered as they are made
        rule, options, constants: what was computed, by reference: the keyword arguments, and each
            input that has no gradient. None stands for an input that has one, which is not kept,
            and for all of them where there are no others.
        edges: per input: a Node, an Output, a leaf Tensor or None
        outputs: zeros, where there are several values
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
        """Changes where the cotangents go."""
        self.edges = edges
        if not self.order & 255:
            self.link = _Link(edges)

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


def record(
    rule: Rule,
    pullback: Pullback,
    edges: tuple[Any, ...],
    options: dict[str, Any] | None = None,
    constants: tuple[Any, ...] | None = None,
) -> Node:
    """Makes the node of an operation, in half the time that a constructor takes."""
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


# --- taking a graph apart ------------------------------------------------------------------------

# Python frees a node by freeing its edges first, so a chain of operations is taken apart by as many
# nested calls, for which there may be too little stack. One node in 256 breaks the chain: what it
# leads to is freed after it, and not within.
_loose: list[tuple[Any, ...]] = []  # edges of links that are gone
_freeing = threading.Lock()  # held by the one who frees them


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
    """Runs a rule of one value on tensors, and records it where an input requires a gradient.

    Args:
        rule: f(*arrays, **options) -> (value, pullback)
        inputs: Tensors; Python numbers, arrays and None stand for constants
        options: passed to the rule as they are
    """
    value, node = _recorded(rule, inputs, options)
    return _result(rule, inputs, value, node)


def apply_several(rule: Rule, *inputs: Any, **options: Any) -> tuple[Tensor, ...]:
    """As `apply`, for a rule whose value is a tuple."""
    values, node = _recorded(rule, inputs, options)
    return _results(rule, inputs, values, node)


def apply_any(rule: Rule, *inputs: Any, **options: Any) -> Any:
    """As `apply`, or as `apply_several` if the value turns out to be a tuple."""
    value, node = _recorded(rule, inputs, options)
    make = _results if type(value) is tuple else _result
    return make(rule, inputs, value, node)


def _results(
    rule: Rule, inputs: tuple[Any, ...], several: tuple[Any, ...], node: Node | None
) -> tuple[Tensor, ...]:
    """The tensors of a rule's several values, with their places on the tape."""
    values = [np.asarray(value) for value in several]
    if node is None:
        return tuple(_result(rule, inputs, value, None, "several") for value in values)
    node.outputs = tuple(_zeros_of(value) for value in values)
    return tuple(
        _result(rule, inputs, value, Output(node, i), "several") for i, value in enumerate(values)
    )


def _recorded(
    rule: Rule, inputs: tuple[Any, ...], options: dict[str, Any]
) -> tuple[Any, Node | None]:
    """The value of a rule, by its kernel if it has one, and its node; None if it is not recorded."""
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
    before = set_errors(SILENT)
    try:
        value, pullback = (
            half_precision.run(rule, run, arrays, options) if narrow else run(*arrays, **options)
        )
    finally:
        put_back(before)
    if recorded and state.grad:
        return value, record(rule, pullback, tuple(edges), options or None, tuple(constants))
    return value, None


# Elementwise operations are called on small arrays too, where their cost is what Python does. These
# two do without the loop over the inputs, the packing of arguments and the rare cases: 0.5 of 2.1
# µs.


def apply_unary(rule: Rule, x: Tensor, number: float | None = None) -> Tensor:
    """apply(rule, x) or apply(rule, x, number), for rules whose one value is floating-point where x
    is.
    """
    array = x._array
    if array.itemsize not in (4, 8):  # float16, or the complex step's numbers
        return apply(rule, x) if number is None else apply(rule, x, number)
    run = active.get(rule, rule)
    before = set_errors(SILENT)
    try:
        value, pullback = run(array) if number is None else run(array, number)
    finally:
        put_back(before)
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
    """apply(rule, x, other), for two tensors of one dtype and rules as those of apply_unary."""
    a, b = x._array, other._array
    if a.itemsize not in (4, 8):
        return apply(rule, x, other)
    run = active.get(rule, rule)
    before = set_errors(SILENT)
    try:
        value, pullback = run(a, b)
    finally:
        put_back(before)
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
    """The tensor of a rule's value, or of one of its "several", with its place on the tape."""
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
