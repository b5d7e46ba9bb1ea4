"""Convolutions, forward and backward, and the peak memory of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from conftest import Compare, assert_equal
from test_memory import note_peaks

import refnet
from refnet.kernels import scratch


class Layer(NamedTuple):
    """The sizes of a layer and its input, and the ratio to reach."""

    batch: int
    channels: int
    outputs: int
    size: int
    kernel: int
    target: float | None
    stride: int = 1
    groups: int = 1
    transposed: bool = False
    dims: int = 2

    def __str__(self) -> str:
        kernel, size = ("x".join([str(n)] * self.dims) for n in (self.kernel, self.size))
        text = f"{kernel}, {self.channels} to {self.outputs}, {size}, batch {self.batch}"
        text += f", stride {self.stride}" if self.stride > 1 else ""
        text += f", groups {self.groups}" if self.groups > 1 else ""
        return text + (", transposed" if self.transposed else "")


LAYERS = (
    Layer(8, 64, 64, 56, 3, 1.5),
    Layer(32, 128, 128, 28, 3, 1.3),
    Layer(32, 256, 256, 14, 3, 1.4),
    Layer(64, 16, 16, 32, 3, 1.8),
    Layer(64, 1, 16, 28, 5, 3.0),
    Layer(8, 64, 64, 56, 1, 1.1),
    Layer(32, 256, 256, 14, 1, 1.1),
    Layer(8, 64, 64, 56, 3, 3.0, groups=64),
    # Without a target
    Layer(8, 64, 128, 56, 3, None, stride=2),
    Layer(8, 3, 64, 224, 7, None, stride=2),
    Layer(8, 64, 32, 28, 4, None, stride=2, transposed=True),
    Layer(16, 32, 32, 1000, 5, None, dims=1),
    Layer(2, 16, 16, 24, 3, None, dims=3),
)


def forward_and_backward(layer: Layer) -> Callable[[Any], Callable[[], Any]]:
    """Returns what builds the work on either library; the result is the weight's gradient."""
    rng = np.random.default_rng(0)
    ends = layer.channels, layer.outputs
    first, second = ends if layer.transposed else ends[::-1]
    kernel = (layer.kernel,) * layer.dims
    x = rng.standard_normal((layer.batch, layer.channels, *(layer.size,) * layer.dims))
    W = rng.standard_normal((first, second // layer.groups, *kernel)) * 0.05
    b = rng.standard_normal(layer.outputs)
    name = f"conv{'_transpose' if layer.transposed else ''}{layer.dims}d"
    padding = (layer.kernel - 1) // 2

    def build(m: Any) -> Callable[[], Any]:
        conv = getattr(m.nn.functional, name)
        inputs = [m.from_numpy(a.astype(np.float32)).requires_grad_() for a in (x, W, b)]

        def run() -> Any:
            return conv(*inputs, stride=layer.stride, padding=padding, groups=layer.groups)

        dy = m.from_numpy(np.random.default_rng(1).standard_normal(run().shape).astype(np.float32))

        def step() -> Any:
            for tensor in inputs:
                tensor.grad = None
            run().backward(dy)
            return inputs[1].grad

        return step

    return build


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_convolution(compare: Compare, layer: Layer) -> None:
    aim = {} if layer.target is None else {"target": layer.target}
    compare(
        forward_and_backward(layer),
        tolerance=1e-4,
        **aim,
        group="convolution, forward and backward",
        label=str(layer),
    )


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_memory(compare: Compare, layer: Layer) -> None:
    """The scratch memory of earlier calls is freed first, so it counts."""
    build = forward_and_backward(layer)
    assert_equal(build(refnet)(), build(torch)(), 1e-4)
    ours, theirs = build(refnet), build(torch)
    scratch.free.clear()
    group = "peak memory of the arrays of a convolution, forward and backward"
    note_peaks(compare, ours, theirs, target=2.0, group=group, label=str(layer))
