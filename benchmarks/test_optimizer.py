"""One step of an optimizer, on parameters in one array and in many."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import Compare

SIZES = {
    "1 × 10⁷": (1, 10**7),
    "1 × 10⁶": (1, 10**6),
    "100 × 10⁴": (100, 10**4),
    "1000 × 10": (1000, 10),
}
MAKERS: dict[str, Callable[[Any, Any], Any]] = {
    "SGD": lambda optim, ps: optim.SGD(ps, lr=0.01),
    "SGD, momentum": lambda optim, ps: optim.SGD(ps, lr=0.01, momentum=0.9),
    "Adam": lambda optim, ps: optim.Adam(ps),
    "AdamW": lambda optim, ps: optim.AdamW(ps),
}


def steps(count: int, size: int, make: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """Returns what builds a step on either library, for `count` parameters of `size` numbers."""

    def build(m: Any) -> Callable[[], Any]:
        rng = np.random.default_rng(0)
        params = []
        for _ in range(count):
            p = m.nn.Parameter(m.from_numpy(rng.standard_normal(size, dtype=np.float32)))
            p.grad = m.from_numpy(rng.standard_normal(size, dtype=np.float32))
            params.append(p)
        optimizer = make(m.optim, params)

        def step() -> Any:
            optimizer.step()
            return params[0]

        return step

    return build


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("sizes", SIZES)
def test_step(compare: Compare, sizes: str, name: str) -> None:
    large = sizes == "1 × 10⁷" and name == "Adam"
    noted = {"target": 1.0} if large else {}
    workload = steps(*SIZES[sizes], MAKERS[name])
    compare(workload, group="optimizer step", label=f"{name}, {sizes}", **noted)
