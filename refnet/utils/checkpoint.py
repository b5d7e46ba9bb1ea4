"""Checkpointing: a part of a network keeps its inputs only, and runs again in the reverse pass.

A network of n layers keeps n outputs. Divided into √n checkpoints of √n layers each, it keeps the
√n inputs of the checkpoints, and during the reverse pass the outputs of one of them; every layer
runs forward twice.

Source:
    Chen et al. 2016, "Training deep nets with sublinear memory cost"; torch.utils.checkpoint
"""

import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine import memory
from refnet.engine.derivatives import RecordedPullbacks
from refnet.engine.grad_mode import enable_grad, is_grad_enabled
from refnet.engine.replay import box_of
from refnet.engine.reverse import reverse
from refnet.engine.tape import Node, apply_any
from refnet.engine.tensor import Tensor, wrap
from refnet.engine.views import Output
from refnet.ops.rule import keeps_dtypes
from refnet.random import fork_rng, get_rng_state, set_rng_state

__all__ = ["checkpoint", "checkpoint_sequential"]


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """Computes function(*args, **kwargs); its intermediate results are not kept but computed again.

    Args:
        function: returns a Tensor, or a tuple of Tensors and other objects; it has to compute the
            same values for the same state of the random numbers
        *args: its arguments
        use_reentrant: selects one of two implementations in PyTorch; refnet has one. None gives
            PyTorch's warning
        preserve_rng_state: whether the second run draws the random numbers of the first
        **kwargs: its keyword arguments

    Raises:
        ValueError: for keyword arguments, unless use_reentrant is False

    Source:
        torch.utils.checkpoint.checkpoint

    Example:
        >>> x = refnet.tensor([1.0, 2.0], requires_grad=True)
        >>> y = refnet.utils.checkpoint.checkpoint(lambda x: (x * x).exp(), x, use_reentrant=False)
        >>> y.sum().backward()
        >>> x.grad
        tensor([  5.4366, 218.3926])
    """
    if use_reentrant is None:
        warnings.warn(
            "refnet.utils.checkpoint: the use_reentrant parameter should be passed explicitly, as "
            "PyTorch asks for it. use_reentrant=False is recommended.",
            stacklevel=2,
        )
    if use_reentrant is not False and kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if not is_grad_enabled():
        return function(*args, **kwargs)
    random_state, start = get_rng_state(), next(memory.order)
    made = function(*args, **kwargs)
    several = isinstance(made, tuple)
    ys = _tensors(made)
    if not ys:
        return made
    inputs, _ = _cut(ys, start)
    edges, values = list(inputs), tuple(y._array for y in ys)
    others = [None if isinstance(y, Tensor) else (y,) for y in (made if several else (made,))]
    del made, ys  # this frees the values that the operations saved

    def run() -> tuple[tuple[Tensor, ...], dict[Edge, Tensor], Cuts]:
        """Runs the function again, and cuts its graph from the earlier one."""
        with fork_rng(enabled=preserve_rng_state), enable_grad():
            if preserve_rng_state:
                set_rng_state(random_state)
            start = next(memory.order)
            parts = _tensors(function(*args, **kwargs))
        return parts, *_cut(parts, start)

    def pullback(dys: Any) -> tuple[Any, ...]:
        parts, leaves, _ = run()
        pairs = zip(parts, dys if len(parts) > 1 else (dys,), strict=True)
        live = [(y._edge, dy) for y, dy in pairs if y._edge]
        found = reverse([edge for edge, _ in live], [dy for _, dy in live])
        gradients = {id(x): dx for x, dx in found}
        return tuple(gradients.get(id(leaves.get(edge))) for edge in edges)

    def recorded(inputs: list[Any], _: Any, dys: tuple[Any, ...]) -> list[Any]:
        """The pullback on tensors, for create_graph=True."""
        parts, leaves, cuts = run()
        for edge, x in zip(edges, inputs, strict=True):
            leaf = leaves.get(edge)
            if leaf is not None and leaf is not x:  # its value and its place on the tape
                leaf._array, leaf._edge = x._array, x._edge
        live = [(y._edge, dy) for y, dy in zip(parts, dys, strict=True) if y._edge]
        roots = [edge for edge, _ in live]
        given = [dy if isinstance(dy, Tensor) else wrap(np.array(dy)) for _, dy in live]
        found = reverse(roots, given, retain_graph=True, pull=RecordedPullbacks(roots))
        for node, before in cuts:  # a derivative of the gradients goes on to the earlier graph
            node.lead_to(before)
        gradients = {id(x): dx for x, dx in found}
        return [gradients.get(id(leaves.get(edge))) for edge in edges]

    pullback.values = values if len(values) > 1 else values[0]  # type: ignore[attr-defined]
    pullback.recorded = recorded  # type: ignore[attr-defined]

    @keeps_dtypes
    def rule(*_: Any) -> tuple[Any, Any]:
        return values if len(values) > 1 else values[0], pullback

    rule.__name__ = "checkpoint"
    result = apply_any(rule, *(_tensor_at(edge) for edge in edges))
    if not several:
        return result
    given = iter(result if isinstance(result, tuple) else (result,))
    return tuple(next(given) if other is None else other[0] for other in others)


def _tensors(made: Any) -> tuple[Tensor, ...]:
    """Returns the tensors in the result of a function, a value or a tuple."""
    return tuple(y for y in (made if isinstance(made, tuple) else (made,)) if isinstance(y, Tensor))


Edge = tuple[Any, int]  # a leaf, or a node and the index of its output


Cuts = list[tuple[Node, tuple[Any, ...]]]  # nodes, and where they led before the cut


def _cut(ys: tuple[Any, ...], start: int) -> tuple[dict[Edge, Tensor], Cuts]:
    """Cuts the graph recorded after `start` from the earlier one.

    Each edge to an earlier node then ends in a new leaf; existing leaves stay.

    Returns:
        the leaves, by edge; and the nodes with their former edges
    """
    leaves: dict[Edge, Tensor] = {}
    cuts: Cuts = []
    seen: set[int] = set()
    stack = [y._edge for y in ys]
    while stack:
        node = box_of(stack.pop())
        if not isinstance(node, Node) or node.order in seen:
            continue
        seen.add(node.order)
        edges = list(node.edges)
        for i, below in enumerate(edges):
            source = box_of(below)
            if isinstance(source, Node) and source.order > start:
                stack.append(below)
            elif source is not None:
                key = (source, below.index if isinstance(below, Output) else 0)
                if key not in leaves:
                    leaves[key] = below if isinstance(below, Tensor) else _leaf()
                edges[i] = leaves[key]
        cuts.append((node, node.edges))
        node.lead_to(tuple(edges))
    return leaves, cuts


def _leaf() -> Tensor:
    return wrap(np.empty(0)).requires_grad_()


def _tensor_at(edge: Edge) -> Tensor:
    """Returns a tensor whose gradient goes where the edge leads; its values are not used."""
    source, index = edge
    if isinstance(source, Tensor):
        return source
    x = _leaf()
    x._edge = source if source.outputs is None else Output(source, index)
    return x


def checkpoint_sequential(
    functions: Any,
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
) -> Any:
    """Computes a sequence of functions in parts, of which all but the last are checkpoints.

    Args:
        functions: the functions, for example a Sequential
        segments: the number of parts
        input: the argument of the first function
        use_reentrant: selects one of two implementations in PyTorch; refnet has one. None gives
            PyTorch's warning
        preserve_rng_state: whether the second run draws the random numbers of the first

    Source:
        torch.utils.checkpoint.checkpoint_sequential

    Example:
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1), nn.Tanh())
        >>> x = refnet.ones(1, 2, requires_grad=True)
        >>> y = refnet.utils.checkpoint.checkpoint_sequential(model, 2, x, use_reentrant=False)
        >>> bool(y == model(x))
        True
    """
    layers = list(functions)
    cut = [i * (len(layers) // segments) for i in range(segments)]
    for first, last in pairwise(cut):
        input = checkpoint(
            _chain(layers[first:last]),
            input,
            use_reentrant=use_reentrant,
            preserve_rng_state=preserve_rng_state,
        )
    return _chain(layers[cut[-1] :])(input)


def _chain(functions: list[Callable[..., Any]]) -> Callable[..., Any]:
    def run(x: Any) -> Any:
        for f in functions:
            x = f(x)
        return x

    return run


_mirror(__name__)
