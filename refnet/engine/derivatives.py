"""Derivatives of derivatives: the pullbacks of a reverse pass, run so that they are recorded.

For create_graph=True the reverse pass asks here for the cotangents of a node's inputs. The node's
rule runs once more, on recorded arrays (refnet.engine.recorded) with the values and the places of
the inputs. So the cotangents are functions of the inputs and of ȳ on the tape, and they have
derivatives of every order. There is no second set of formulas.
"""

from collections.abc import Sequence
from types import FunctionType
from typing import Any

import numpy as np

from refnet.engine import half_precision
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
        inputs = [
            _placed(x, edge) if edge is not None else x
            for edge, x in zip(node.edges, self.values.inputs(node), strict=True)
        ]
        custom = getattr(node.pullback, "recorded", None)
        if custom is not None:
            return custom(inputs, self._outputs(node), dys)  # type: ignore[no-any-return]
        arrays, cotangents = [_as_array(x) for x in inputs], tuple(_as_array(d) for d in dys)
        try:
            _, pullback = half_precision.run(node.rule, node.rule, arrays, node.options or {})
            dxs = pullback(cotangents if type(dy) is tuple else cotangents[0])
        except UnrecordedError as error:
            raise RuntimeError(
                f"derivative for {node.name()} is not implemented: {error}"
            ) from error
        return [_entry(dx) for dx in dxs]

    def _outputs(self, node: Node) -> list[Tensor]:
        value = self.values.found[id(node)]
        if type(value) is tuple:
            return [_placed(part, Output(node, i)) for i, part in enumerate(value)]
        return [_placed(value, node)]


def _placed(array: Any, edge: Any) -> Tensor:
    """Returns a tensor with this value and place on the tape: a leaf is its own place."""
    if isinstance(edge, Tensor):
        return edge
    x = wrap(array)
    if array.dtype.kind == "f":
        x._requires_grad = True
        x._edge = edge
    return x


def _as_array(x: Any) -> Any:
    return Recorded(x) if isinstance(x, Tensor) else x


def _entry(dx: Any) -> Any:
    """Returns an entry of a pullback as a tensor; a thunk becomes a thunk of a tensor."""
    if type(dx) is FunctionType:
        return lambda: _entry(dx())
    if dx is None:
        return None
    return dx.tensor if isinstance(dx, Recorded) else wrap(np.asarray(dx))
