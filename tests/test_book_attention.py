"""The formulas of the chapter "Attention and the Transformer" (docs/book/attention.md)."""

import re
from pathlib import Path
from typing import Any

import numpy as np

import refnet
from refnet import nn, ops

PAGE = Path(__file__).parent.parent / "docs" / "book" / "attention.md"


def normal(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).standard_normal(shape)


def test_the_scale_keeps_the_variance() -> None:
    E = 256
    q, k = normal(0, 400, E), normal(1, 400, E)
    identity = np.eye(400)  # as values, they show the weights
    y = nn.functional.scaled_dot_product_attention(*map(refnet.tensor, (q, k, identity))).numpy()
    scores = np.log(y)
    scores = scores - scores.mean(axis=1, keepdims=True)
    assert abs(scores.var() - 1) < 0.05
    assert abs((q @ k.T).var() / E - 1) < 0.05


def test_heads_are_attention_on_slices() -> None:
    _ = refnet.manual_seed(1)
    layer = nn.MultiheadAttention(12, 3, batch_first=True).double()
    x = normal(2, 1, 5, 12)
    y, _ = layer(*[refnet.tensor(x)] * 3)
    W, b, W_out, b_out = (p.detach().numpy() for p in layer.parameters())
    q, k, v = np.split(x[0] @ W.T + b, 3, axis=1)
    slices = [slice(4 * r, 4 * r + 4) for r in range(3)]
    heads = [ops.attention(q[:, e], k[:, e], v[:, e], None, None, scale=4**-0.5)[0] for e in slices]
    by_hand = np.concatenate(heads, axis=1) @ W_out.T + b_out
    assert np.allclose(by_hand, y[0].detach().numpy(), rtol=1e-12)


def test_the_layer_is_two_residual_blocks() -> None:
    _ = refnet.manual_seed(3)
    layer = nn.TransformerEncoderLayer(8, 2, 16, 0.0, "gelu", batch_first=True, norm_first=True)
    x = refnet.tensor(normal(4, 2, 5, 8))
    layer.double()
    n = layer.norm1(x)
    a = x + layer.self_attn(n, n, n)[0]
    a = a + layer.linear2(nn.functional.gelu(layer.linear1(layer.norm2(a))))
    assert refnet.allclose(layer(x), a, rtol=1e-12)


def test_reordered_places_give_reordered_answers() -> None:
    q, k, v = normal(5, 6, 4), normal(6, 6, 4), normal(7, 6, 3)
    order = np.random.default_rng(8).permutation(6)
    y, _ = ops.attention(q, k, v, None, None, scale=0.5)
    reordered, _ = ops.attention(q[order], k[order], v[order], None, None, scale=0.5)
    assert np.allclose(reordered, y[order], rtol=1e-12)


def test_sines_know_distances() -> None:
    program = re.search(r"(def positions.*?)\n\n\n", PAGE.read_text("utf-8"), re.DOTALL)
    assert program is not None
    names: dict[str, Any] = {"np": np}
    exec(program[1], names)
    T, E = 30, 12
    pos = names["positions"](T, E)
    omega = 10000.0 ** (-2 * np.arange(E // 2) / E)
    for j, w in enumerate(omega):
        assert np.allclose(pos[:, 2 * j], np.sin(w * np.arange(T)), atol=1e-12)
    for t, k in [(0, 4), (11, 4), (20, 9)]:
        assert np.isclose(pos[t] @ pos[t + k], np.cos(omega * k).sum(), rtol=1e-12)
