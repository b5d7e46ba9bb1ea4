"""What docs/book/residual.md says about gradients, with the derivatives of each part by itself."""

import itertools
from typing import Any

import numpy as np
import pytest

import refnet
from refnet import nn
from refnet.models import backprop, densenet, resnet


def jacobian(f: Any, x: Any) -> Any:
    """∂f/∂x as a matrix, a row for each output, by one backward pass each."""
    leaf = refnet.tensor(x, requires_grad=True)
    y = f(leaf).view(-1)
    rows = []
    for i in range(y.numel()):
        leaf.grad = None
        y[i].backward(retain_graph=True)
        rows.append(leaf.grad.numpy().ravel().copy())
    return np.array(rows)


def test_the_error_of_a_chain_is_a_product() -> None:
    rng = np.random.default_rng(0)
    w = rng.standard_normal(6)
    layers = [backprop.Layer(np.array([[v]]), np.zeros(1)) for v in w]
    found = backprop.backprop_example(layers, np.array([0.7]), np.array([1.0]))
    a, slopes = 0.7, []
    for v in w:
        a = 1 / (1 + np.exp(-v * a))
        slopes.append(a * (1 - a))
    last = (a - 1) * slopes[-1]
    product = last * np.prod([w[i + 1] * slopes[i] for i in range(5)])
    np.testing.assert_allclose(found[0].b, [product], rtol=1e-12)


def test_the_gradient_of_a_cascade_is_a_product_of_matrices() -> None:
    rng = np.random.default_rng(7)
    matrices, data, u = rng.standard_normal((4, 3, 3)), rng.standard_normal(3), np.arange(3.0)
    x = refnet.tensor(data, requires_grad=True)
    a, value, gradient, bound = x, data, u, np.linalg.norm(u)
    jacobians = []
    for W in matrices:
        a, value = refnet.tanh(refnet.tensor(W) @ a), np.tanh(W @ value)
        jacobians.append((1 - value**2)[:, None] * W)
    a.backward(refnet.tensor(u))
    for J in reversed(jacobians):
        gradient, bound = J.T @ gradient, bound * np.linalg.norm(J, 2)
    np.testing.assert_allclose(x.grad.numpy(), gradient, rtol=1e-12)
    assert np.linalg.norm(x.grad.numpy()) <= bound


@pytest.mark.parametrize("kind", ["preactivation", "multi"])
@pytest.mark.parametrize("width", [3, 1])  # 1: the number of channels doubles, with a convolution
def test_the_gradient_of_a_block_has_the_shortcut(kind: str, width: int) -> None:
    refnet.manual_seed(1)
    stages = (1,) if width == 3 else (1, 1)
    net = resnet.build(refnet, blocks=stages, width=width, kind=kind).double()
    block = [m for m in net if hasattr(m, "branches")][-1]
    rng = np.random.default_rng(2)
    data = rng.standard_normal((2, width, 2, 2))
    x = refnet.tensor(data, requires_grad=True)
    y = block(x)
    dy = rng.standard_normal(y.shape)
    y.backward(refnet.tensor(dy))
    # The ReLU after the sum, where the kind has one, lets the positive outputs through.
    h = dy.ravel() if kind == "preactivation" else (dy * (y.detach().numpy() > 0)).ravel()
    expected = jacobian(block.shortcut, data).T @ h
    for f in block.branches:
        expected = expected + jacobian(f, data).T @ h
    np.testing.assert_allclose(x.grad.numpy().ravel(), expected, rtol=1e-9, atol=1e-12)


def test_a_stage_is_a_sum_over_paths() -> None:
    refnet.manual_seed(3)
    net = resnet.build(refnet, blocks=(3,), width=2, kind="preactivation").double().eval()
    blocks = [m for m in net if hasattr(m, "branches")]
    rng = np.random.default_rng(4)
    data, dy = rng.standard_normal((1, 2, 3, 3)), rng.standard_normal(18)
    x = refnet.tensor(data, requires_grad=True)
    y, at, changes, jacobians = x, data, 0.0, []
    for block in blocks:
        jacobians.append(jacobian(block.branches[0], at))
        changes = changes + block.branches[0](refnet.tensor(at)).detach().numpy()
        y = block(y)
        at = y.detach().numpy()
    np.testing.assert_allclose(at, data + changes, rtol=1e-12)
    y.backward(refnet.tensor(dy).view(1, 2, 3, 3))
    total = np.zeros(18)
    for through in itertools.product((False, True), repeat=3):
        path = dy
        for used, J in reversed(list(zip(through, jacobians, strict=True))):
            path = J.T @ path if used else path
        total += path
    np.testing.assert_allclose(x.grad.numpy().ravel(), total, rtol=1e-10)


def test_the_gradient_of_a_dense_block() -> None:
    refnet.manual_seed(5)
    net = densenet.build(refnet, blocks=(3,), growth=1).double().eval()
    block = net[1]
    rng = np.random.default_rng(6)
    data, u = rng.standard_normal((1, 2, 2, 2)), rng.standard_normal(20)
    x = refnet.tensor(data, requires_grad=True)
    y = block(x)
    assert y.shape == (1, 5, 2, 2)
    y.backward(refnet.tensor(u).view(1, 5, 2, 2))
    values = y.detach().numpy()
    first = [0, 8, 12, 16, 20]  # where x⁰, x¹, x² and x³ begin among the 20 numbers
    J = [jacobian(f, values[:, : 2 + i]) for i, f in enumerate(block.layers)]
    bars: dict[int, Any] = {}
    for i in (3, 2, 1, 0):
        part = slice(first[i], first[i + 1])
        bars[i] = u[part] + sum(J[k - 1][:, part].T @ bars[k] for k in range(i + 1, 4))
    np.testing.assert_allclose(x.grad.numpy().ravel(), bars[0], rtol=1e-10)
    assert isinstance(block, nn.Module)
