"""What one recorded operation costs: a chain of 10⁴ of them on 100 values, there and back."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import Compare

LENGTH, VALUES = 10_000, 100

OPERATIONS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "mul by a number": lambda m, y, w: y * 1.0001,
    "mul by a tensor": lambda m, y, w: y * w,
    "add a tensor": lambda m, y, w: y + w,
    "tanh": lambda m, y, w: m.tanh(y),
    "relu": lambda m, y, w: m.relu(y),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_chain(compare: Compare, name: str) -> None:
    rng = np.random.default_rng(0)
    start = rng.standard_normal(VALUES).astype(np.float32)
    factor = rng.uniform(0.9999, 1.0001, VALUES).astype(np.float32)
    cotangent = rng.standard_normal(VALUES).astype(np.float32)
    operation = OPERATIONS[name]

    def build(m: Any) -> Callable[[], Any]:
        x, w, dy = m.tensor(start), m.tensor(factor), m.tensor(cotangent)
        x.requires_grad_()

        def step() -> Any:
            x.grad = None
            y = x
            for _ in range(LENGTH):
                y = operation(m, y, w)
            y.backward(dy)
            return x.grad

        return step

    compare(
        build,
        tolerance=1e-3,  # rounding of 10⁴ steps
        target=0.65,
        group=f"{LENGTH} operations on {VALUES} values, forward and backward",
        label=name,
    )
