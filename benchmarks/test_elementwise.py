"""Elementwise operations on a million float32 values, forward, and forward with backward."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import Compare

N = 1_000_000

# name -> (operation of the library m on x in (0.5, 1.5) and y likewise)
OPERATIONS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "add": lambda m, x, y: x + y,
    "mul": lambda m, x, y: x * y,
    "div": lambda m, x, y: x / y,
    "pow 3": lambda m, x, y: x**3,
    "exp": lambda m, x, y: m.exp(x),
    "log": lambda m, x, y: m.log(x),
    "sqrt": lambda m, x, y: m.sqrt(x),
    "tanh": lambda m, x, y: m.tanh(x),
    "sigmoid": lambda m, x, y: m.sigmoid(x),
    "relu": lambda m, x, y: m.relu(x - 1),
    "maximum": lambda m, x, y: m.maximum(x, y),
    "where": lambda m, x, y: m.where(x > y, x, y),
}


def values(seed: int) -> Any:
    """Returns the same million values each time."""
    return np.random.default_rng(seed).uniform(0.5, 1.5, N).astype(np.float32)


@pytest.mark.parametrize("name", OPERATIONS)
def test_forward(compare: Compare, name: str) -> None:
    def build(m: Any) -> Callable[[], Any]:
        x, y = m.from_numpy(values(0)), m.from_numpy(values(1))
        return lambda: OPERATIONS[name](m, x, y)

    compare(build, group="elementwise, 10⁶ values", label=f"{name}, forward")


@pytest.mark.parametrize("name", OPERATIONS)
def test_forward_and_backward(compare: Compare, name: str) -> None:
    def build(m: Any) -> Callable[[], Any]:
        x, y = (m.from_numpy(values(seed)).requires_grad_() for seed in (0, 1))
        cotangent = m.from_numpy(values(2))

        def step() -> Any:
            x.grad = y.grad = None
            OPERATIONS[name](m, x, y).backward(cotangent)
            return x.grad

        return step

    compare(build, group="elementwise, 10⁶ values", label=f"{name}, forward and backward")
