"""Activations on a million float32 values, forward with backward."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import Compare

# With a target. sigmoid and tanh are in test_elementwise.py.
LIMITED: dict[str, Callable[[Any, Any], Any]] = {
    "gelu": lambda F, x: F.gelu(x),
    "silu": lambda F, x: F.silu(x),
    "softmax": lambda F, x: F.softmax(x, 1),
}
OTHERS: dict[str, Callable[[Any, Any], Any]] = {
    "gelu, tanh": lambda F, x: F.gelu(x, approximate="tanh"),
    "log_softmax": lambda F, x: F.log_softmax(x, 1),
    "softmax of columns": lambda F, x: F.softmax(x, 0),
    "elu": lambda F, x: F.elu(x),
    "leaky_relu": lambda F, x: F.leaky_relu(x),
    "hardswish": lambda F, x: F.hardswish(x),
    "mish": lambda F, x: F.mish(x),
    "softplus": lambda F, x: F.softplus(x),
}


def workload(function: Callable[[Any, Any], Any]) -> Callable[[Any], Callable[[], Any]]:
    """Returns what builds the activation's forward and backward pass on either library."""
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal((1000, 1000)).astype(np.float32) for _ in range(2)]

    def build(m: Any) -> Callable[[], Any]:
        x, dy = (m.from_numpy(a) for a in arrays)
        x.requires_grad_()

        def step() -> Any:
            x.grad = None
            function(m.nn.functional, x).backward(dy)
            return x.grad

        return step

    return build


@pytest.mark.parametrize("name", LIMITED)
def test_limited(compare: Compare, name: str) -> None:
    compare(workload(LIMITED[name]), target=1.2, group="activations, 10⁶ values", label=name)


@pytest.mark.parametrize("name", OTHERS)
def test_others(compare: Compare, name: str) -> None:
    compare(workload(OTHERS[name]), group="activations, 10⁶ values, other", label=name)
