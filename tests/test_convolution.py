"""A convolution is a linear map whose weights are tied: the same few in every window.

Each test here builds the matrix of that map from the kernel and compares with it; PyTorch is not
needed.
"""

import itertools
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from conftest import randn

import refnet
from refnet import nn, ops
from refnet.kernels import convolution, slabs, tuning
from refnet.testing import check_pullback

GEOMETRIES: list[dict[str, Any]] = [
    {"x": (2, 7), "W": (3, 2, 3)},
    {"x": (4, 8), "W": (6, 2, 3), "stride": 2, "padding": 1, "dilation": 2, "groups": 2},
    {"x": (2, 5, 6), "W": (3, 2, 3, 2)},
    {"x": (3, 6, 5), "W": (2, 3, 2, 3), "stride": (3, 1), "padding": (2, 1), "dilation": (1, 2)},
    {"x": (4, 4, 5), "W": (4, 1, 3, 3), "padding": 1, "groups": 4},
    {"x": (2, 3, 4, 3), "W": (2, 2, 2, 3, 2), "stride": (1, 2, 1), "padding": 1},
    {"x": (3, 6, 5), "W": (2, 3, 3, 5), "padding": (2, 4), "dilation": 2},
    {"x": (2, 3, 4), "W": (2, 2, 3, 3), "padding": (6, 1)},
    {"x": (2, 3, 4, 5), "W": (2, 2, 2, 3, 5), "padding": (0, 1, 2)},
]


def layer(geometry: dict[str, Any], *, transposed: bool = False) -> nn.Module:
    """The layer with random parameters in float64."""
    out, C, *kernel = geometry["W"]
    options = {k: v for k, v in geometry.items() if k not in "xW"}
    C *= options.get("groups", 1)
    refnet.manual_seed(0)
    name = f"Conv{'Transpose' if transposed else ''}{len(kernel)}d"
    made = getattr(nn, name)(*((out, C) if transposed else (C, out)), kernel, **options)
    return made.double()


def places(conv: nn.Module, n: tuple[int, ...]) -> tuple[Any, tuple[int, ...], tuple[int, ...]]:
    """For each (output, input) of one image the number of the weight that joins them, or −1.

    Also the two shapes. This is the formula of convolution, entry by entry.
    """
    out, per_group, *kernel = conv.weight.shape
    C, d = per_group * conv.groups, len(kernel)
    m = tuple(
        (n[a] + 2 * conv.padding[a] - conv.dilation[a] * (kernel[a] - 1) - 1) // conv.stride[a] + 1
        for a in range(d)
    )
    numbers = np.arange(math.prod(conv.weight.shape)).reshape(conv.weight.shape)
    table = np.full((out, *m, C, *n), -1)
    for o, c, *rest in itertools.product(
        range(out), range(per_group), *map(range, m), *map(range, kernel)
    ):
        j, k = rest[:d], rest[d:]
        i = [j[a] * conv.stride[a] + k[a] * conv.dilation[a] - conv.padding[a] for a in range(d)]
        if all(0 <= i[a] < n[a] for a in range(d)):
            channel = o // (out // conv.groups) * per_group + c
            table[(o, *j, channel, *i)] = numbers[(o, c, *k)]
    return table.reshape(out * math.prod(m), C * math.prod(n)), (out, *m), (C, *n)


def tied(weights: Any, table: Any) -> Any:
    """The matrix of the linear map: W[k] where `places` is k, and 0 where it is −1."""
    matrix = np.zeros(table.shape)
    matrix[table >= 0] = weights.reshape(-1)[table[table >= 0]]
    return matrix


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_a_convolution_is_a_linear_layer_with_tied_weights(geometry: dict[str, Any]) -> None:
    conv = layer(geometry)
    table, out_shape, in_shape = places(conv, geometry["x"][1:])
    linear = nn.Linear(math.prod(in_shape), math.prod(out_shape), dtype=refnet.float64)
    bias = np.repeat(conv.bias.detach().numpy(), math.prod(out_shape[1:]))
    linear.load_state_dict(
        {
            "weight": refnet.from_numpy(tied(conv.weight.detach().numpy(), table)),
            "bias": refnet.from_numpy(bias),
        }
    )
    x, dy = randn(3, *in_shape), refnet.from_numpy(randn(3, *out_shape, seed=1))
    a, b = (refnet.from_numpy(x).requires_grad_() for _ in range(2))
    y, z = conv(a), linear(b.flatten(1)).view(3, *out_shape)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), atol=1e-13)
    y.backward(dy)
    z.backward(dy)
    np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), atol=1e-13, rtol=1e-12)
    # The gradient of a weight is the sum over its places in the matrix.
    shared = np.bincount(
        table[table >= 0], linear.weight.grad.numpy()[table >= 0], conv.weight.numel()
    )
    np.testing.assert_allclose(conv.weight.grad.numpy().reshape(-1), shared, atol=1e-12, rtol=1e-12)
    per_channel = linear.bias.grad.numpy().reshape(out_shape[0], -1).sum(1)
    np.testing.assert_allclose(conv.bias.grad.numpy(), per_channel, atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_a_transposed_convolution_has_the_transposed_matrix(geometry: dict[str, Any]) -> None:
    conv = layer(geometry)
    back = layer(geometry, transposed=True)
    table, out_shape, in_shape = places(conv, geometry["x"][1:])
    with refnet.no_grad():
        back.weight.copy_(conv.weight)
        back.bias.zero_()
    dy = randn(3, *out_shape)
    x = back(refnet.from_numpy(dy), output_size=in_shape[1:]).detach().numpy()
    expected = dy.reshape(3, -1) @ tied(conv.weight.detach().numpy(), table)
    np.testing.assert_allclose(x.reshape(3, -1), expected, atol=1e-13, rtol=1e-12)


@pytest.mark.parametrize("slab_bytes", [1, 500, 5000])
@pytest.mark.parametrize("parts", [1, 4])
@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_blocks_change_nothing(
    monkeypatch: pytest.MonkeyPatch, geometry: dict[str, Any], parts: int, slab_bytes: int
) -> None:
    """The blocks of images and rows, and the number of threads, do not matter."""
    assert_unchanged(geometry, monkeypatch, SLAB_BYTES=slab_bytes, ALONE_BYTES=1, PARTS=parts)


@pytest.mark.parametrize("moves", [True, False], ids=["planes moved", "row by row"])
@pytest.mark.parametrize("few", [0, 10**9], ids=["images apart", "side by side"])
@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_the_way_to_a_slab_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, geometry: dict[str, Any], few: int, moves: bool
) -> None:
    slabs.Slabs.cache_clear()
    if not moves:
        monkeypatch.setattr(slabs, "_moves", lambda axes: [])
    assert_unchanged(geometry, monkeypatch, OUTPUTS=few)
    slabs.Slabs.cache_clear()


def assert_unchanged(
    geometry: dict[str, Any], monkeypatch: pytest.MonkeyPatch, **constants: int
) -> None:
    """The kernel gives what the definition does with other constants in refnet.kernels.tuning."""
    expected = maps(geometry, ops.convolution)
    for name, value in constants.items():
        monkeypatch.setattr(tuning, name, value)
    for a, b in zip(maps(geometry, convolution.convolution), expected, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


def maps(geometry: dict[str, Any], rule: Callable[..., Any]) -> list[Any]:
    """The value of a convolution and its two gradients."""
    d = len(geometry["x"]) - 1

    def numbers(name: str, default: int) -> tuple[int, ...]:
        n = geometry.get(name, default)
        return n if isinstance(n, tuple) else (n,) * d

    options = {
        "stride": numbers("stride", 1),
        "padding": [(p, p + 1) for p in numbers("padding", 0)],
        "dilation": numbers("dilation", 1),
        "groups": geometry.get("groups", 1),
    }
    y, pullback = rule(randn(5, *geometry["x"]), randn(*geometry["W"]), None, **options)
    dx, dW, _ = pullback(randn(*y.shape, seed=2))
    return [y, dx(), dW()]


def test_threads_share_no_memory() -> None:
    """Calls at the same time use different memory for their slabs."""
    x, W = randn(16, 20, 24, 24), randn(20, 20, 3, 3)
    options = {"stride": (1, 1), "padding": [(1, 1)] * 2, "dilation": (1, 1), "groups": 1}

    def run(scale: float) -> Any:
        return convolution.convolution(scale * x, W, None, **options)[0]

    expected = run(1.0)
    with ThreadPoolExecutor(4) as pool:
        for scale, y in zip(range(1, 9), pool.map(run, range(1, 9)), strict=True):
            np.testing.assert_allclose(y, scale * expected, rtol=1e-12, atol=1e-12)


def test_the_gradients() -> None:
    x, W, b = randn(2, 4, 6, 5), randn(6, 2, 3, 2), randn(6)
    options = {"stride": (2, 1), "padding": [(1, 0), (0, 2)], "dilation": (1, 2), "groups": 2}
    for rules in (ops, convolution):
        check_pullback(rules.convolution, [x, W, b], **options)
    W, b = randn(4, 3, 3, 2), randn(6)
    for rules in (ops, convolution):
        check_pullback(rules.transposed_convolution, [x, W, b], output_padding=(1, 0), **options)


def test_unfold_and_a_product_are_a_convolution() -> None:
    conv = layer({"W": (3, 2, 3, 2), "stride": (2, 1), "padding": 1})
    x = refnet.from_numpy(randn(2, 2, 6, 5))
    columns = nn.Unfold((3, 2), stride=(2, 1), padding=1)(x)
    y = conv(x)
    z = (conv.weight.flatten(1) @ columns).view(y.shape) + conv.bias.view(-1, 1, 1)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), atol=1e-13)


def test_an_input_without_channels_leaves_the_bias() -> None:
    """PyTorch gives a result without channels here."""
    W, b = refnet.zeros(4, 0, 3, 3, requires_grad=True), refnet.arange(4.0).requires_grad_()
    y = nn.functional.conv2d(refnet.zeros(1, 0, 5, 5, requires_grad=True), W, b)
    dy = refnet.arange(36.0).view(1, 4, 3, 3)
    y.backward(dy)
    assert W.grad.shape == W.shape
    np.testing.assert_array_equal(b.grad.numpy(), dy.numpy().sum((0, 2, 3)))
    expected = np.broadcast_to(np.arange(4.0)[:, None, None], (1, 4, 3, 3))
    np.testing.assert_array_equal(y.detach().numpy(), expected)
