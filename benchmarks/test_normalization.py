"""Normalisation, forward with backward, on about 10⁶ values in float32."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import Compare

Shape = tuple[int, ...]
Build = Callable[[Any], Any]  # the layer, of nn

# Batch norm and layer norm have a target, the others do not.
LIMITED: dict[str, tuple[Build, Shape]] = {
    "batch_norm, 64 channels at 32 px, batch 16": (lambda nn: nn.BatchNorm2d(64), (16, 64, 32, 32)),
    "batch_norm, 128 channels at 8 px, batch 128": (
        lambda nn: nn.BatchNorm2d(128),
        (128, 128, 8, 8),
    ),
    "batch_norm, 1000 channels, batch 1000": (lambda nn: nn.BatchNorm1d(1000), (1000, 1000)),
    "layer_norm, 4096 × 256": (lambda nn: nn.LayerNorm(256), (4096, 256)),
    "layer_norm, 1024 × 1024": (lambda nn: nn.LayerNorm(1024), (1024, 1024)),
}
OTHERS: dict[str, tuple[Build, Shape]] = {
    "group_norm, 8 groups of 64 channels at 32 px": (
        lambda nn: nn.GroupNorm(8, 64),
        (16, 64, 32, 32),
    ),
    "instance_norm, 64 channels at 32 px": (lambda nn: nn.InstanceNorm2d(64), (16, 64, 32, 32)),
    "rms_norm, 4096 × 256": (lambda nn: nn.RMSNorm(256), (4096, 256)),
    "local_response_norm of 5, 64 channels at 32 px": (
        lambda nn: nn.LocalResponseNorm(5),
        (16, 64, 32, 32),
    ),
}


def workload(build: Build, shape: Shape) -> Callable[[Any], Callable[[], Any]]:
    """Returns what builds the layer's forward and backward pass on either library."""
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape).astype(np.float32) for _ in range(2)]

    def make(m: Any) -> Callable[[], Any]:
        x, dy = (m.from_numpy(a) for a in arrays)
        x.requires_grad_()
        layer = build(m.nn)

        def step() -> Any:
            x.grad = None
            layer.zero_grad()
            layer(x).backward(dy)
            return x.grad

        return step

    return make


@pytest.mark.parametrize("name", LIMITED)
def test_normalization(compare: Compare, name: str) -> None:
    compare(workload(*LIMITED[name]), target=1.5, group="normalization", label=name)


@pytest.mark.parametrize("name", OTHERS)
def test_others(compare: Compare, name: str) -> None:
    compare(workload(*OTHERS[name]), group="normalization, other", label=name)
