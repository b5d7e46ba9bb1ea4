"""Derivatives of derivatives: the pullbacks of a reverse pass, run so that they are recorded.

For create_graph=True the reverse pass asks here for the cotangents of a node's inputs. The node's
rule runs once more, on recorded arrays (refnet.engine.recorded) with the values and the places of
the inputs. So the cotangents are functions of the inputs and of ȳ on the tape, and they have
derivatives of every order. There is no second set of formulas.
"""

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from refnet.engine.half_precision import HALF, WIDE
from refnet.engine.recorded import Recorded, UnrecordedError
from refnet.engine.replay import Values, reached
from refnet.engine.tape import Node
from refnet.engine.tensor import Tensor, wrap
from refnet.engine.views import Output


class RecordedPullbacks:
    """The pullbacks of a graph on tensors.

    Args:
        roots: the edges at which the reverse pass starts
    """

    def __init__(self, roots: Sequence[Any]) -> None:
        self.values = Values(reached(roots))

    def __call__(self, node: Node, dy: Any) -> Sequence[Any]:
        """Returns the cotangents of a node's inputs: tensors, None, or functions that give one.

        Args:
            node: the node
            dy: the cotangent of its value, a tuple if it has several
        """
        dys = dy if type(dy) is tuple else (dy,)
        inputs = [self._input(node, i) for i in range(len(node.edges))]
        custom = getattr(node.pullback, "recorded", None)
        if custom is not None:
            return custom(inputs, self._outputs(node), dys)  # type: ignore[no-any-return]
        narrow = [isinstance(x, Tensor) and x._array.dtype == HALF for x in inputs]
        if hasattr(node.rule, "keeps_dtypes"):
            narrow = [False] * len(inputs)
        arrays = [
            _as_array(x.to(WIDE) if half else x) for x, half in zip(inputs, narrow, strict=True)
        ]
        if any(narrow):
            arrays = [
                a.astype(WIDE) if isinstance(a, np.ndarray) and a.dtype == HALF else a
                for a in arrays
            ]
        cotangents = [_as_array(_widened(d) if any(narrow) else d) for d in dys]
        try:
            _, pullback = node.rule(*arrays, **(node.options or {}))
            dxs = pullback(tuple(cotangents) if type(dy) is tuple else cotangents[0])
        except UnrecordedError as error:
            raise RuntimeError(
                f"derivative for {node.name()} is not implemented: {error}"
            ) from error
        return [_entry(dx, half) for dx, half in zip(dxs, narrow, strict=True)]

    def _input(self, node: Node, i: int) -> Any:
        """Returns an input with its place on the tape; a constant as it is."""
        edge = node.edges[i]
        if edge is None:
            return None if node.constants is None else node.constants[i]
        return edge if isinstance(edge, Tensor) else _placed(self.values.at(edge), edge)

    def _outputs(self, node: Node) -> list[Tensor]:
        value = self.values.found[id(node)]
        if type(value) is tuple:
            return [_placed(part, Output(node, i)) for i, part in enumerate(value)]
        return [_placed(value, node)]


def _placed(array: Any, edge: Any) -> Tensor:
    """Returns a tensor with this value and place on the tape."""
    x = wrap(array)
    if array.dtype.kind == "f":
        x._requires_grad = True
        x._edge = edge
    return x


def _as_array(x: Any) -> Any:
    return Recorded(x) if isinstance(x, Tensor) else x


def _widened(x: Any) -> Any:
    dtype = x._array.dtype if isinstance(x, Tensor) else getattr(x, "dtype", None)
    if dtype != HALF:
        return x
    return x.to(WIDE) if isinstance(x, Tensor) else x.astype(WIDE)


def _entry(dx: Any, half: bool) -> Any:
    """Returns an entry of a pullback as a tensor; a thunk becomes a thunk of a tensor."""
    if type(dx) is FunctionType:
        return lambda: _finished(dx(), half)
    return _finished(dx, half)


def _finished(dx: Any, half: bool) -> Tensor | None:
    if dx is None:
        return None
    x = dx.tensor if isinstance(dx, Recorded) else wrap(np.asarray(dx))
    return x.to(HALF) if half else x


Pull = Callable[[Node, Any], Sequence[Any]]
