"""A second walk through the same graph: where PyTorch allows it, and the gradients after it.

Both libraries refuse the second walk if it needs a freed tensor; a node that saved nothing can be
walked any number of times. The graph of every case is walked twice without retain_graph. Where
PyTorch allows it, refnet must allow it too (or exemptions.SECOND_WALKS says why not), and the
gradient doubles. Where PyTorch refuses it, refnet may allow it.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from parity_tests import exemptions
from parity_tests.cases import Case
from parity_tests.twins import CASES, drawn, twin
from refnet.engine.tape import Node
from refnet.ops.rule import SAVES, held_arrays
from refnet.testing.observation import _is_tensor, _leaves, _prepare, _tensor, is_module


def has_leaves(c: Case) -> bool:
    """Whether a case has something that requires a gradient."""
    inputs = zip(c.inputs, drawn(c), strict=True)
    return c.kind == "layer" or any(x.grad and a.dtype.kind == "f" for x, a in inputs)


KEYS = [
    key for key, c in CASES.items() if c.kind != "error" and "float64" in c.dtypes and has_leaves(c)
]
needed: set[str] = set()  # the exemptions that a case needed


def outputs(library: Any, key: str) -> tuple[list[Any], list[Any], list[Any]]:
    """The outputs of a case that require a gradient, their cotangents, and its leaves."""
    t = twin(key)
    made = (t.ours if library is refnet else t.theirs)()
    tensors = [
        _tensor(library, x, n, "float64", False) for x, n in zip(t.inputs, t.needs, strict=True)
    ]
    leaves = [x for x in tensors if x.requires_grad]
    if is_module(made):
        _prepare(library, made, "float64", t.modes[0], t._state("float64"))
        leaves += list(made.parameters())
    library.default_generator.manual_seed(t.seed % 2**31)
    result = made(*tensors) if t.call is None else t.call(made, *tensors)
    ys = [y for _, y in _leaves("", result) if _is_tensor(library, y) and y.requires_grad]
    rng = np.random.default_rng([t.seed, 1])
    dys = [library.from_numpy(rng.standard_normal(tuple(y.shape))).to(y.dtype) for y in ys]
    for x in leaves:
        x.grad = None  # some cases call backward()
    return ys, dys, leaves


def gradients(leaves: list[Any]) -> list[Any]:
    return [None if x.grad is None else np.array(x.grad.detach().numpy()) for x in leaves]


def walk_twice(library: Any, ys: list[Any], dys: list[Any], leaves: list[Any]) -> tuple[Any, Any]:
    """The leaves' gradients after one walk and after two, or the text of the refusal."""
    library.autograd.backward(ys, dys)
    once = gradients(leaves)
    try:
        library.autograd.backward(ys, dys)
    except RuntimeError as error:
        return once, str(error)
    return once, gradients(leaves)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.filterwarnings("ignore")
def test_second_walk(key: str) -> None:
    ys, dys, leaves = outputs(refnet, key)
    if not ys:  # an output without a gradient
        return
    for node in nodes(ys):
        if getattr(node.rule, "kept", SAVES) is None:  # its arrays would never be freed
            tables = node.rule.__name__ == "interpolate"  # they depend on the sizes alone
            assert tables or not list(held_arrays(node.pullback)), node
    once, twice = walk_twice(refnet, ys, dys, leaves)
    if isinstance(twice, str):
        assert "backward through the graph a second time" in twice
        if isinstance(walk_twice(torch, *outputs(torch, key))[1], str):
            return
        pattern = next((p for p in exemptions.SECOND_WALKS if fnmatchcase(key, p)), None)
        assert pattern is not None, "PyTorch walks this graph again, and refnet does not"
        needed.add(pattern)
        return
    for a, b in zip(once, twice, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_array_equal(b, 2 * a)


def nodes(ys: list[Any]) -> Iterator[Node]:
    """Every node of a graph."""
    seen: set[int] = set()
    stack = [y.grad_fn for y in ys]
    while stack:
        node = stack.pop()
        if node is not None and node.order not in seen:
            seen.add(node.order)
            stack += [below for below, _ in node.next_functions]
            yield node


def test_no_exemption_is_stale(request: pytest.FixtureRequest) -> None:
    ran = {item.name for item in request.session.items}
    alone = not hasattr(request.config, "workerinput")  # each worker sees a part of the cases
    if alone and all(f"test_second_walk[{key}]" in ran for key in KEYS):
        assert needed == set(exemptions.SECOND_WALKS)
