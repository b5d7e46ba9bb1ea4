"""Transformers: warnings, copies, the causal mask, and PyTorch's fast path."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import refnet

LIBRARIES = (refnet, torch)
# In float32: 3.6e-7 was measured, of values up to 2.6; without AVX2 1.1e-6.
TOL = 2e-6


def layer(m: Any, *arguments: Any, **options: Any) -> Any:
    return m.nn.TransformerEncoderLayer(8, *arguments, **{"batch_first": True, **options})


def other_eps(m: Any) -> Any:
    made = layer(m, 2)
    made.norm2.eps = 0.1
    return made


def other_sizes(m: Any) -> Any:
    made = layer(m, 2)
    made.self_attn = m.nn.MultiheadAttention(8, 2, kdim=4, batch_first=True)
    return made


BUILT: dict[str, Callable[[Any], Any]] = {
    "fit for nested tensors": lambda m: layer(m, 2),
    "GELU()": lambda m: layer(m, 2, activation=m.nn.GELU()),
    "another module": lambda m: m.nn.TransformerDecoderLayer(8, 2),
    "norm_first": lambda m: layer(m, 2, norm_first=True),
    "batch_first": lambda m: layer(m, 2, batch_first=False),
    "sizes": other_sizes,
    "bias": lambda m: layer(m, 2, bias=False),
    "activation": lambda m: layer(m, 2, activation=m.nn.functional.silu),
    "eps": other_eps,
    "heads": lambda m: layer(m, 1),
    "several reasons": lambda m: layer(m, 1, bias=False, norm_first=True),
}


def warned(f: Callable[[], Any]) -> list[str]:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        f()
    return [f"{w.category.__name__}: {w.message}" for w in seen]


@pytest.mark.parametrize("name", BUILT)
def test_warnings_of_nested_tensors_are_pytorchs(name: str) -> None:
    made = [
        warned(lambda m=m: m.nn.TransformerEncoder(BUILT[name](m), 1))  # type: ignore[misc]
        for m in LIBRARIES
    ]
    assert [len(w) for w in made] == [len(made[1])] * 2
    if made[1] and name != "sizes":  # which is a private attribute in PyTorch's message
        assert made[0][0].split("(use")[0] == made[1][0].split("(use")[0]
    assert warned(lambda: refnet.nn.TransformerEncoder(BUILT[name](refnet), 1, None, False)) == []


def test_a_whole_transformer_warns_as_pytorchs_does() -> None:
    ours, theirs = (warned(lambda m=m: m.nn.Transformer(8, 2, 1, 1)) for m in LIBRARIES)  # type: ignore[misc]
    assert len(ours) == len(theirs) == 1


@pytest.mark.parametrize("dtype", [None, "float64", "float16"])
@pytest.mark.parametrize("n", [0, 1, 4])
def test_the_causal_mask_is_pytorchs(n: int, dtype: str | None) -> None:
    def mask(m: Any) -> Any:
        given = None if dtype is None else getattr(m, dtype)
        return m.nn.Transformer.generate_square_subsequent_mask(n, "cpu", given)

    ours, theirs = (mask(m).numpy() for m in LIBRARIES)
    np.testing.assert_array_equal(ours, theirs)
    assert ours.dtype == theirs.dtype


def test_layers_are_copies() -> None:
    """Each layer is a copy of the given one, with parameters of its own."""
    for m in LIBRARIES:
        given = layer(m, 2)
        encoder = m.nn.TransformerEncoder(given, 2)
        a, b = encoder.layers
        assert a is not b
        assert a is not given
        for p, q in zip(a.parameters(), b.parameters(), strict=True):
            assert p is not q
            assert (p == q).all()
        assert a.activation is given.activation


def test_a_decoder_keeps_a_module_as_activation() -> None:
    """PyTorch's copies lose it, because of an error in __setstate__; refnet's keep it."""
    found = []
    for m in LIBRARIES:
        m.manual_seed(0)
        decoder = m.nn.TransformerDecoder(
            m.nn.TransformerDecoderLayer(8, 2, 5, 0.0, activation=m.nn.Tanh()), 2
        )
        if m is torch:
            for copied in decoder.layers:
                assert copied.activation is torch.nn.functional.relu, "PyTorch has mended it"
                del copied.__dict__["activation"]
        x = m.randn(3, 2, 8)
        found.append(decoder(x, x).detach().numpy())
    np.testing.assert_allclose(*found, rtol=0, atol=TOL)


def test_blocks_can_be_overridden() -> None:
    """Programs override _sa_block and _ff_block, for example to see the weights."""

    def build(m: Any) -> Any:
        class Seeing(m.nn.TransformerEncoderLayer):  # type: ignore[misc, name-defined]
            def _sa_block(self, x: Any, mask: Any, padding: Any, is_causal: bool = False) -> Any:
                y, self.weights = self.self_attn(x, x, x, padding, True, mask)
                return self.dropout1(y)

            def _ff_block(self, x: Any) -> Any:
                return 2 * self.linear2(self.activation(self.linear1(x)))

        return Seeing(8, 2, 5)

    found = []
    for m in LIBRARIES:
        m.manual_seed(0)
        made, x = build(m), m.randn(3, 2, 8)
        found.append((made(x).detach().numpy(), made.weights.detach().numpy()))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=TOL)


# --- nothing recorded: PyTorch's fast path -------------------------------------------------------

END = [[False, False, True, True], [False, False, False, False]]


def both(f: Callable[[Any], Any]) -> tuple[np.ndarray, np.ndarray]:
    found = []
    for m in LIBRARIES:
        m.manual_seed(0)
        found.append(f(m).detach().numpy())
    return found[0], found[1]


def encoded(m: Any, recorded: bool, *arguments: Any) -> Any:
    encoder = m.nn.TransformerEncoder(layer(m, 2, 16), 2, m.nn.LayerNorm(8), *arguments).eval()
    x = m.randn(2, 4, 8)
    with m.set_grad_enabled(recorded), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # nested tensors are a prototype
        return encoder(x, src_key_padding_mask=m.tensor(END))


def test_padding_is_zero_before_the_last_norm_where_nothing_is_recorded() -> None:
    for recorded in (False, True):
        ours, theirs = both(lambda m, recorded=recorded: encoded(m, recorded))
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOL)
        assert (ours[0, 2:] == 0).all() == (not recorded)


def test_other_places_do_not_depend_on_the_padding() -> None:
    (fast, _), (slow, _) = (both(lambda m, r=r: encoded(m, r)) for r in (False, True))
    kept = ~np.array(END)
    np.testing.assert_array_equal(fast[kept], slow[kept])


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("need_weights", [False, True])
@pytest.mark.parametrize("masked", ["not", "keys", "places", "both"])
def test_attention_where_nothing_is_recorded(
    masked: str, need_weights: bool, batch_first: bool
) -> None:
    def attend(m: Any) -> Any:
        heads = m.nn.MultiheadAttention(8, 2, batch_first=batch_first).eval().requires_grad_(False)
        x = m.randn(2, 4, 8) if batch_first else m.randn(4, 2, 8)
        keys = m.tensor(END) if masked in ("keys", "both") else None
        places = m.ones(4, 4, dtype=m.bool).triu(1) if masked in ("places", "both") else None
        y, weights = heads(x, x, x, keys, need_weights, places)
        assert (weights is None) != need_weights
        return m.cat([y.reshape(-1), weights.reshape(-1)]) if need_weights else y

    ours, theirs = both(attend)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOL)
