"""The formulas of the chapter "The chain rule and reverse mode" (docs/book/reverse-mode.md)."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from conftest import solution

import refnet
from refnet import ops
from refnet.autograd.functional import jvp, vjp
from refnet.ops.rule import Array
from refnet.testing import check_pullback

rng = np.random.default_rng(0)
RULES = (ops.tanh, ops.exp, ops.sin, ops.sigmoid)


def test_the_jacobian_is_the_nearest_linear_function() -> None:
    jacobian = solution("jacobian_by_pullback", "jacobian")
    x, h = rng.standard_normal(5), rng.standard_normal(5)

    def rule(x: Array) -> Any:
        y, pullback = ops.log_softmax(x[None], dim=1)
        return y[0], lambda dy: (pullback(dy[None])[0][0],)

    J = jacobian(rule, x)
    rest = [
        np.linalg.norm(rule(x + t * h)[0] - rule(x)[0] - J @ (t * h)) / np.linalg.norm(t * h)
        for t in (1e-2, 1e-3, 1e-4)
    ]
    assert rest[0] < 0.05
    assert rest[1] == pytest.approx(rest[0] / 10, rel=0.1), "the rest is quadratic"
    assert rest[2] == pytest.approx(rest[1] / 10, rel=0.1)


def test_the_jacobian_of_a_chain_is_the_product() -> None:
    jacobian = solution("jacobian_by_pullback", "jacobian")
    chain = solution("chain_of_rules", "chain")
    weights = [rng.standard_normal((n, m)) for m, n in pairwise((3, 5, 4, 2))]

    def layer(W: Array) -> Any:
        def rule(a: Array) -> Any:
            z, back_product = ops.matmul(W, a)
            y, back_tanh = ops.tanh(z)
            return y, lambda dy: (back_product(back_tanh(dy)[0])[1](),)

        return rule

    x = a = rng.standard_normal(3)
    product = np.eye(3)
    for W in weights:
        a = np.tanh(W @ a)
        product = (1 - a * a)[:, None] * W @ product
    np.testing.assert_allclose(jacobian(chain(list(map(layer, weights))), x), product, rtol=1e-12)

    t = refnet.tensor(x, requires_grad=True)
    y = t
    for W in weights:
        y = (refnet.tensor(W) @ y).tanh()
    dy = rng.standard_normal(2)
    y.backward(refnet.tensor(dy))
    np.testing.assert_allclose(t.grad.numpy(), product.T @ dy, rtol=1e-12)


def test_forward_mode_is_the_transpose_of_reverse_mode() -> None:
    W = refnet.tensor(rng.standard_normal((4, 3)))

    def f(x: refnet.Tensor) -> refnet.Tensor:
        return (x @ W).tanh() * x.sum(1, keepdim=True).exp()

    x, v = rng.standard_normal((2, 5, 4))
    dy = rng.standard_normal((5, 3))
    _, forward = jvp(f, refnet.tensor(x), refnet.tensor(v))
    _, reverse = vjp(f, refnet.tensor(x), refnet.tensor(dy))
    assert np.vdot(dy, forward.numpy()) == pytest.approx(np.vdot(reverse.numpy(), v), rel=1e-12)
    h = 1e-6
    with refnet.no_grad():
        ends = [f(refnet.tensor(x + s * h * v)).numpy() for s in (1, -1)]
    np.testing.assert_allclose(forward.numpy(), (ends[0] - ends[1]) / (2 * h), rtol=1e-6)

    def wrong(x: Array) -> Any:
        return x * x, lambda dy: (dy * x,)

    with pytest.raises(AssertionError):
        check_pullback(wrong, [(3,)])


@pytest.mark.parametrize("sizes", [(16, 64, 64, 1), (16, 64, 64, 16), (2, 3), (7, 2, 5, 3, 6)])
def test_the_multiplications_in_both_orders(sizes: tuple[int, ...]) -> None:
    left, right = solution("count_multiplications", "multiplications")(sizes)
    shapes = [(n, m) for m, n in pairwise(sizes)]
    counted = 0
    rows, columns = shapes[-1]
    for p, q in reversed(shapes[:-1]):
        assert columns == p
        counted, columns = counted + rows * p * q, q
    assert left == counted
    if len(sizes) == 4:
        n, w, _, m = sizes
        if sizes[1] == sizes[2]:
            assert (left, right) == (m * (w * w + w * n), n * (w * w + w * m))


def test_the_pullback_of_a_product() -> None:
    A, B, dY = rng.standard_normal((5, 4)), rng.standard_normal((4, 3)), rng.standard_normal((5, 3))
    _, pullback = ops.matmul(A, B)
    dA, dB = pullback(dY)
    np.testing.assert_allclose(dA(), dY @ B.T, rtol=1e-14)
    np.testing.assert_allclose(dB(), A.T @ dY, rtol=1e-14)
    check_pullback(ops.matmul, [A, B])


class Counting(np.ndarray[Any, Any]):
    """An array that counts the multiplications of its matrix products."""

    total = 0

    def __matmul__(self, other: Any) -> Any:
        n, k = self.shape
        Counting.total += n * k * other.shape[1]
        return (np.asarray(self) @ np.asarray(other)).view(Counting)


def test_the_multiplications_of_the_backward_pass() -> None:
    sizes, N = (5, 8, 7, 3), 6
    a = rng.standard_normal((N, 5)).view(Counting)
    pullbacks = []
    Counting.total = 0
    for m, n in pairwise(sizes):
        a, pullback = ops.linear(a, rng.standard_normal((n, m)).view(Counting), None)
        pullbacks.append(pullback)
    M = sum(m * n for m, n in pairwise(sizes))
    assert Counting.total == N * M

    Counting.total = 0
    da = rng.standard_normal(a.shape).view(Counting)
    for layer, pullback in reversed(list(enumerate(pullbacks))):
        dx, dW, _ = pullback(da)
        assert dW().shape == (sizes[layer + 1], sizes[layer])
        if layer:
            da = dx()
    assert Counting.total == N * (2 * M - sizes[0] * sizes[1])


def test_the_example_by_hand() -> None:
    x1, x2 = (refnet.tensor(v, requires_grad=True) for v in (3.0, 2.0))
    y = (x1 * x2 + x2) ** 2
    y.backward()
    assert (y.item(), x1.grad.item(), x2.grad.item()) == (64, 32, 64)
