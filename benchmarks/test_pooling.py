"""Pooling, padding and interpolation, forward with backward, in float32."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import Compare

Function = Callable[[Any, Any], Any]  # of nn.functional and x
Shape = tuple[int, ...]

# max_pool2d with 2×2 windows has a target, the others do not.
MAX_POOLS: dict[str, tuple[Function, Shape]] = {
    "2×2, 64 channels at 56 px, batch 8": (lambda F, x: F.max_pool2d(x, 2), (8, 64, 56, 56)),
    "2×2, 16 channels at 32 px, batch 64": (lambda F, x: F.max_pool2d(x, 2), (64, 16, 32, 32)),
    "2×2, 64 channels at 112 px, batch 8": (lambda F, x: F.max_pool2d(x, 2), (8, 64, 112, 112)),
}
OTHERS: dict[str, tuple[Function, Shape]] = {
    "max_pool2d 3×3, stride 2": (lambda F, x: F.max_pool2d(x, 3, 2, 1), (8, 64, 112, 112)),
    "max_pool1d 2": (lambda F, x: F.max_pool1d(x, 2), (32, 64, 1000)),
    "max_pool3d 2×2×2": (lambda F, x: F.max_pool3d(x, 2), (4, 16, 32, 32, 32)),
    "avg_pool2d 2×2": (lambda F, x: F.avg_pool2d(x, 2), (8, 64, 56, 56)),
    "avg_pool2d 3×3, stride 2": (lambda F, x: F.avg_pool2d(x, 3, 2, 1), (8, 64, 112, 112)),
    "adaptive_avg_pool2d to 1×1": (lambda F, x: F.adaptive_avg_pool2d(x, 1), (32, 512, 7, 7)),
    "adaptive_max_pool2d to 7×7": (lambda F, x: F.adaptive_max_pool2d(x, 7), (8, 64, 56, 56)),
    "pad, reflect": (lambda F, x: F.pad(x, (1, 1, 1, 1), "reflect"), (8, 64, 56, 56)),
    "interpolate nearest × 2": (lambda F, x: F.interpolate(x, scale_factor=2), (8, 64, 56, 56)),
    "interpolate bilinear × 2": (
        lambda F, x: F.interpolate(x, scale_factor=2, mode="bilinear"),
        (8, 64, 56, 56),
    ),
    "pixel_shuffle 2": (lambda F, x: F.pixel_shuffle(x, 2), (8, 64, 56, 56)),
}


def workload(function: Function, shape: Shape) -> Callable[[Any], Callable[[], Any]]:
    """Returns what builds the function's forward and backward pass on either library."""
    rng = np.random.default_rng(0)
    array = rng.standard_normal(shape).astype(np.float32)

    def build(m: Any) -> Callable[[], Any]:
        x = m.from_numpy(array).requires_grad_()
        size = tuple(function(m.nn.functional, x).shape)
        dy = np.random.default_rng(1).standard_normal(size).astype(np.float32)
        cotangent = m.from_numpy(dy)

        def step() -> Any:
            x.grad = None
            function(m.nn.functional, x).backward(cotangent)
            return x.grad

        return step

    return build


@pytest.mark.parametrize("name", MAX_POOLS)
def test_max_pool2d(compare: Compare, name: str) -> None:
    compare(workload(*MAX_POOLS[name]), target=1.5, group="max_pool2d", label=name)


@pytest.mark.parametrize("name", OTHERS)
def test_others(compare: Compare, name: str) -> None:
    compare(workload(*OTHERS[name]), group="pooling, padding, interpolation", label=name)
