"""Dropout: what it does to the mean and the variance, and what it warns of."""

import math

import pytest

import refnet
from refnet import nn
from refnet.nn import functional as F

N = 40_000


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_dropout_keeps_the_mean(p: float) -> None:
    y = F.dropout(refnet.ones(N), p)
    assert math.isclose((y == 0).float().mean().item(), p, abs_tol=0.01)
    assert math.isclose(y.mean().item(), 1, abs_tol=0.04)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("whole_channels", [False, True])
def test_alpha_dropout_keeps_mean_and_variance(p: float, whole_channels: bool) -> None:
    x = refnet.randn(N // 2, 2, 1) if whole_channels else refnet.randn(N)
    y = (F.feature_alpha_dropout if whole_channels else F.alpha_dropout)(x, p, training=True)
    assert abs(y.mean().item()) < 0.03
    assert math.isclose(y.var().item(), 1, abs_tol=0.03)
    least = -1.0507009873554805 * 1.6732632423543772  # of SELU
    dropped = least * (1 - p) / math.sqrt((1 - p) * (1 + p * least**2))
    share = refnet.isclose(y, refnet.full_like(y, dropped)).float().mean().item()
    assert math.isclose(share, p, abs_tol=0.02)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Dropout1d(0.5), (8, 16, 5)),
        (nn.Dropout1d(0.5), (128, 5)),
        (nn.Dropout2d(0.5), (8, 16, 3, 4)),
        (nn.Dropout3d(0.5), (8, 16, 2, 3, 2)),
        (nn.Dropout3d(0.5), (128, 2, 3, 2)),
    ],
)
def test_channels_are_dropped_as_a_whole(layer: nn.Module, shape: tuple[int, ...]) -> None:
    y = layer(refnet.ones(shape)).reshape(128, -1)
    assert (y == y[:, :1]).all()
    assert 30 < (y[:, 0] == 0).sum().item() < 98


def test_an_input_without_batch_is_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"\(N, C, L\)"):
        F.dropout2d(refnet.ones(3, 4, 4))
    with pytest.warns(UserWarning, match="Received a 2-D input"):
        F.dropout3d(refnet.ones(3, 4))


def test_nothing_is_drawn_where_nothing_is_dropped() -> None:
    before = refnet.get_rng_state()
    x = refnet.ones(3, 4)
    for y in (F.dropout(x, 0.0), F.dropout(x, 0.5, False), F.alpha_dropout(x, 0.5)):
        assert y is x
    assert (F.dropout(x, 1.0) == 0).all()
    assert (refnet.get_rng_state() == before).all()
