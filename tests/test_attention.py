"""Attention against its long form, and what must not depend on a mask; NumPy alone."""

import numpy as np
import pytest
from conftest import randn

import refnet
import refnet.nn.functional as F
from refnet.testing import check_pullback

MINUS_INF = float("-inf")


def leaf(*shape: int, seed: int = 0) -> refnet.Tensor:
    return refnet.from_numpy(randn(*shape, seed=seed)).requires_grad_()


def gradients(y: refnet.Tensor, *inputs: refnet.Tensor) -> list[np.ndarray]:
    dy = np.random.default_rng(1).standard_normal(tuple(y.shape))
    found = refnet.autograd.grad(y, inputs, refnet.from_numpy(dy), retain_graph=True)
    return [g.numpy() for g in found if g is not None]


def test_the_fused_rule_is_the_composition_on_the_tape() -> None:
    q, k, v, mask = leaf(2, 3, 4), leaf(2, 5, 4), leaf(2, 5, 6), leaf(3, 5)
    fused = F.scaled_dot_product_attention(q, k, v, mask, scale=0.7)
    composed = F.softmax(q @ k.transpose(1, 2) * 0.7 + mask, -1) @ v
    np.testing.assert_allclose(fused.detach().numpy(), composed.detach().numpy(), rtol=1e-13)
    for a, b in zip(
        gradients(fused, q, k, v, mask), gradients(composed, q, k, v, mask), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-13 * np.abs(b).max())


def test_the_output_does_not_depend_on_whether_the_weights_are_wanted() -> None:
    layer = refnet.nn.MultiheadAttention(6, 3, add_bias_kv=True, add_zero_attn=True).double()
    x, mask = leaf(4, 2, 6), leaf(4, 4)
    padding = refnet.tensor([[False, True, False, False], [False, False, False, True]])
    with_weights, weights = layer(x, x, x, padding, attn_mask=mask.detach() > 0.5)
    without, none = layer(x, x, x, padding, need_weights=False, attn_mask=mask.detach() > 0.5)
    assert none is None
    np.testing.assert_allclose(
        with_weights.detach().numpy(), without.detach().numpy(), atol=1e-14, rtol=1e-12
    )
    np.testing.assert_allclose(weights.detach().sum(-1).numpy(), 1, rtol=1e-14)


def test_what_stands_at_a_padded_key_has_no_influence() -> None:
    layer = refnet.nn.MultiheadAttention(4, 2).double()
    x = leaf(3, 1, 4)
    y, _ = layer(x, x[:2], x[:2])
    padding = refnet.tensor([[False, False, True]])
    z, _ = layer(x, x, x, key_padding_mask=padding)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), atol=1e-15, rtol=1e-12)
    (dx,) = gradients(z, x)
    (dx_short,) = gradients(y, x)
    np.testing.assert_allclose(dx, dx_short, atol=1e-14, rtol=1e-12)


def test_a_causal_output_does_not_depend_on_what_comes_later() -> None:
    q, k, v = leaf(5, 4), leaf(5, 4, seed=1), leaf(5, 4, seed=2)
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    for x in gradients(y[2], k, v):
        assert not x[3:].any()
        assert x[:3].any()


def test_a_query_that_may_look_nowhere_gets_zero_and_gives_no_gradient() -> None:
    q, k, v = leaf(2, 3), leaf(4, 3), leaf(4, 3, seed=1)
    mask = refnet.tensor([[False] * 4, [True] * 4])
    y = F.scaled_dot_product_attention(q, k, v, mask)
    assert not y[0].detach().numpy().any()
    dq, dk, dv = gradients(y, q, k, v)
    assert not dq[0].any()
    assert all(np.isfinite(g).all() for g in (dq, dk, dv))


def test_large_scores_do_not_overflow() -> None:
    q, k, v = (
        refnet.from_numpy(1e4 * x.detach().numpy()) for x in (leaf(2, 3), leaf(4, 3), leaf(4, 3))
    )
    y = F.scaled_dot_product_attention(q, k, v)
    assert np.isfinite(y.numpy()).all()


def test_dropout_leaves_the_mean_weight() -> None:
    ones = refnet.ones(1, 400, 1)
    y = F.scaled_dot_product_attention(ones, ones, ones, dropout_p=0.3)
    assert y.numpy().mean() == pytest.approx(1, abs=0.02)
    assert y.numpy().std() == pytest.approx((0.3 / 0.7 / 400) ** 0.5, rel=0.2)


def test_the_rule_where_a_mask_forbids_keys() -> None:
    rng = np.random.default_rng(0)
    q, k, v = (rng.standard_normal(s) for s in ((2, 3, 4), (2, 5, 4), (2, 5, 6)))
    mask = np.where(rng.random((3, 5)) < 0.4, MINUS_INF, 0.0)
    mask[1] = MINUS_INF
    check_pullback(refnet.ops.attention, [q, k, v, mask, None], constant=[3], scale=0.5)
