"""float16: each operation computes in float32 and rounds once; views and hooks see float16."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import refnet
import refnet.nn.functional as F
from refnet import Tensor, nn
from refnet.autograd import Function
from refnet.engine.tape import apply
from refnet.utils.checkpoint import checkpoint

HALF = refnet.float16


def half(*values: float) -> Tensor:
    return refnet.tensor([list(values)], dtype=HALF)


@pytest.mark.parametrize(
    ("compute", "expected"),
    [
        (lambda: half(4e4, 4e4, 4e4).mean(), 4e4),
        (lambda: half(200.0, 300.0).norm(), np.hypot(200, 300)),
        (lambda: F.avg_pool1d(half(4e4, 4e4)[None], 2)[0, 0, 0], 4e4),
        (lambda: F.layer_norm(half(300.0, -300, 200, 500), (4,))[0, 1], -1.6116),
        (lambda: F.rms_norm(half(300.0, 400), (2,))[0, 0], 0.8485),
        (lambda: F.cosine_similarity(half(300.0, 300), half(300.0, 300))[0], 1.0),
    ],
)
def test_what_overflows_inside_does_not(compute: Callable[[], Tensor], expected: float) -> None:
    y = compute()
    assert y.dtype is HALF
    assert float(y) == pytest.approx(expected, rel=1e-3)


def test_the_running_variance_may_be_smaller_than_the_batchs() -> None:
    norm = nn.BatchNorm1d(1).half()
    norm(refnet.tensor([[300.0], [-300], [500], [-500]], dtype=HALF))
    assert norm.running_var.dtype is HALF
    assert float(norm.running_var) == pytest.approx(0.9 + 0.1 * 680000 / 3, rel=1e-3)


def rounds_between(x: Any) -> Any:
    square = x * x
    return square / 1000, lambda dy: (dy / 1000 * 2 * x,)


def test_a_rule_gets_float32_and_gives_float16_both_ways() -> None:
    x = half(1000.0, 2000).requires_grad_()
    y = apply(rounds_between, x)
    assert y.dtype is HALF
    np.testing.assert_array_equal(y.detach().numpy(), np.array([[1000, 4000]], np.float16))
    y.backward(half(1.0, 0.5))
    assert x.grad.dtype is HALF
    np.testing.assert_array_equal(x.grad.numpy(), np.array([[2, 2]], np.float16))


def test_a_thunk_and_a_missing_gradient_stay_what_they_are() -> None:
    asked: list[np.dtype[Any]] = []

    def product(a: Any, b: Any) -> Any:
        def lazily() -> Any:
            asked.append(a.dtype)
            return a.sum() * np.ones(2, np.float32)

        return a * b, lambda dy: (None, lazily)

    a, b = (refnet.ones(2, dtype=HALF).requires_grad_() for _ in range(2))
    y = apply(product, a, b)
    refnet.autograd.grad(y, a, half(0.5, -2.0)[0], allow_unused=True)
    assert not asked
    apply(product, a, b).backward(half(0.5, -2.0)[0])
    assert a.grad is None
    assert asked == [np.float32]
    assert b.grad.dtype is HALF


VIEWS: dict[str, Callable[[Tensor], Tensor]] = {
    "reshape": lambda x: x.reshape(6),
    "transpose": lambda x: x.T,
    "index": lambda x: x[1],
    "slice": lambda x: x[:, 1:],
    "expand": lambda x: x[:1].expand(4, 3),
    "split": lambda x: x.split(2, 1)[1],
    "unbind": lambda x: x.unbind(0)[1],
    "diagonal": lambda x: x.diagonal(),
    "unfold": lambda x: x.unfold(1, 2, 1),
    "detach": lambda x: x.detach(),
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_shares_its_memory(name: str) -> None:
    x = refnet.arange(6, dtype=HALF).reshape(2, 3)
    y = VIEWS[name](x)
    assert np.shares_memory(x.numpy(), y.numpy())
    before = y.numpy().copy()
    x.mul_(2)
    np.testing.assert_array_equal(y.numpy(), 2 * before)


@pytest.mark.parametrize("name", [name for name in VIEWS if name != "detach"])
def test_the_cotangents_of_a_view_are_added_in_float32(name: str) -> None:
    """2048 + 1 + 1 is 2048 if each sum is rounded to float16."""
    x = refnet.ones(2, 3, dtype=HALF).requires_grad_()
    y = VIEWS[name](x)
    dy = np.ones(y.shape, np.float32)
    dy[(0,) * dy.ndim] = 2048
    wide = refnet.ones(2, 3).requires_grad_()
    VIEWS[name](wide).backward(refnet.from_numpy(dy))
    y.backward(refnet.from_numpy(dy.astype(np.float16)))
    np.testing.assert_array_equal(x.grad.numpy(), wide.grad.numpy().astype(np.float16))


def test_a_recorded_write_into_a_view() -> None:
    x = refnet.ones(2, 3, dtype=HALF).requires_grad_()
    y = x * 1
    y[0] *= 3
    y.backward(refnet.tensor([[1.0, -2.0, 4.0], [0.5, -1.0, 3.0]], dtype=HALF))
    np.testing.assert_array_equal(x.grad.numpy(), [[3, -6, 12], [0.5, -1, 3]])


def test_a_cast_has_the_dtype_that_it_is_asked_for() -> None:
    x = half(1.5, 2.5).requires_grad_()
    for dtype in (refnet.float32, refnet.float64):
        y = x.to(dtype)
        assert y.dtype is dtype
        y.backward(refnet.tensor([[1.0, 2.0]], dtype=dtype))
        assert x.grad.dtype is HALF


def test_what_the_users_own_functions_see_is_float16() -> None:
    seen: list[Any] = []

    class Double(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            seen.append(x.dtype)
            return x * 2

        @staticmethod
        def backward(ctx: Any, dy: Tensor) -> Tensor:
            seen.append(dy.dtype)
            return dy * 2

    class Watched(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return Double.apply(x)

    layer = Watched()
    layer.register_full_backward_hook(
        lambda module, dxs, dys: seen.extend([dxs[0].dtype, dys[0].dtype])
    )
    x = half(1.0, 2.0).requires_grad_()
    x.register_hook(lambda dx: seen.append(dx.dtype))
    y = checkpoint(layer, x, use_reentrant=False)
    y.backward(half(1.0, 1.0))
    assert set(seen) == {HALF}
    assert len(seen) == 6
    np.testing.assert_array_equal(x.grad.numpy(), [[2, 2]])


def test_integers_of_16_bits_are_not_meant() -> None:
    x = refnet.tensor([30000, -7], dtype=refnet.int16)
    y = x + x
    assert y.dtype is refnet.int16
    assert y.tolist() == [-5536, -14]
    assert x.sum().item() == 29993


def test_the_largest_number_is_float16s() -> None:
    x = refnet.tensor([np.inf, -np.inf, np.nan], dtype=HALF)
    assert x.nan_to_num().tolist() == [65504, -65504, 0]


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "Adafactor", "RMSprop"])
def test_a_module_trains_in_float16(optimizer: str) -> None:
    model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 1)).half()
    x = refnet.randn(16, 3).half()
    t = x.sum(1, keepdim=True).tanh()
    chosen = getattr(refnet.optim, optimizer)(model.parameters(), lr=0.02, **EPS.get(optimizer, {}))
    losses = []
    for _ in range(30):
        chosen.zero_grad()
        loss = F.mse_loss(model(x), t)
        loss.backward()
        chosen.step()
        losses.append(float(loss))
    assert losses[-1] < losses[0] / 2
    assert {p.dtype for p in model.parameters()} | {b.dtype for b in model.buffers()} == {
        HALF,
        refnet.int64,
    }


EPS = {"Adam": {"eps": 1e-4}, "RMSprop": {"eps": 1e-4}}
