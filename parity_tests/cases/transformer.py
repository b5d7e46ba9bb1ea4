"""Transformers, one line a case."""

import warnings
from collections.abc import Callable
from typing import Any

from parity_tests.cases import TWO_ROUNDINGS, const, layer, raises, randn, values

INF = float("inf")
WIDTH, HIDDEN = 16, 24  # with a width of 4 the deviations that norms divide by are often small
CAUSAL = values([[0.0, -INF, -INF], [0.0, 0.0, -INF], [0.0, 0.0, 0.0]])
BOOLS = values([[False, True, False], [False, False, True], [True, False, False]])
PADDED = values([[False, False, True], [False, False, False]])  # at the end, of two sequences
FIRST = values(
    [[False, True, True], [False, False, False]]
)  # one place of the first sequence is left
GAPS = values([[True, False, False], [False, True, False]])
_DEEP = {
    "ulp": 24.0,
    "reason": "two or three layers with three norms each multiply rounding errors: over 25 cases on four "
    "instruction sets up to 15.8 ulp beyond twice PyTorch's error were needed",
}
_STACKED = {
    "ulp": 6.0,
    "reason": "two layers with two norms each: on four instruction sets up to 3 ulp beyond twice "
    "PyTorch's error were needed",
}


def unwarned(build: Callable[..., Any]) -> Callable[..., Any]:
    """build(nn) without the warning about nested tensors, which test_transformer.py tests."""

    def built(nn: Any, m: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return build(nn)

    return built


def case(
    name: str,
    build: Callable[..., Any],
    *inputs: Any,
    random: bool = False,
    **options: Any,
) -> Any:
    if random:
        options |= TWO_ROUNDINGS
    return layer(name, unwarned(build), *inputs, random=random, **options)


def encoder_layer(build: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    return case("TransformerEncoderLayer", build, *inputs, **options)


def decoder_layer(build: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    return case("TransformerDecoderLayer", build, *inputs, **options)


def encoder(build: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    return case("TransformerEncoder", build, *inputs, **(_STACKED | options))


def decoder(build: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    return case("TransformerDecoder", build, *inputs, **(_DEEP | options))


def transformer(build: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    return case("Transformer", build, *inputs, **(_DEEP | options))


def frozen(f: Any, *xs: Any, **options: Any) -> Any:
    """The layer in no_grad mode; in evaluation PyTorch then takes its fast path."""
    return f.requires_grad_(False)(*xs, **options)


def stack(nn: Any, n: int = 2, norm: bool = True, *arguments: Any, **options: Any) -> Any:
    """A small encoder: n layers of the options, and a norm."""
    made = nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0, batch_first=True, **options)
    return nn.TransformerEncoder(made, n, nn.LayerNorm(WIDTH) if norm else None, *arguments)


X, M = randn(3, 2, WIDTH), randn(5, 2, WIDTH)  # two sequences of three and five places
ROWS = randn(2, 3, WIDTH)  # the batch first

ENCODER_LAYER = [
    encoder_layer(lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0), X),
    encoder_layer(lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0, norm_first=True), X),
    encoder_layer(lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0, bias=False), X),
    encoder_layer(
        lambda nn: nn.TransformerEncoderLayer(WIDTH, 1, HIDDEN, 0.0, "gelu", 0.1), randn(3, WIDTH)
    ),
    encoder_layer(
        lambda nn: nn.TransformerEncoderLayer(WIDTH, 4, HIDDEN, 0.0, batch_first=True),
        randn(2, 3, WIDTH),
    ),
    encoder_layer(lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0, nn.Tanh()), X),
    encoder_layer(
        lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0, nn.functional.silu), X
    ),
    encoder_layer(
        lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0, nn.functional.gelu), X
    ),
    encoder_layer(lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0), randn(1, 1, WIDTH)),
    encoder_layer(lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0), randn(3, 0, WIDTH)),
    encoder_layer(lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN), X, random=True),
    encoder_layer(
        lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.3, batch_first=True),
        ROWS,
        random=True,
    ),
    encoder_layer(
        lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.3, norm_first=True),
        X,
        random=True,
    ),
    layer(
        "TransformerEncoderLayer",
        lambda nn, m: nn.TransformerEncoderLayer(WIDTH, 2, device="cpu", dtype=m.float64),
        X,
        modes=("eval",),
        dtypes=("float64",),
        reason="built in float64; the cases above have the other dtypes",
    ),
    *(
        encoder_layer(
            lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0), X, mask, call=call
        )
        for mask in (const(CAUSAL), BOOLS, randn(3, 3))
        for call in (
            lambda f, x, mask: f(x, mask),
            lambda f, x, mask: f(x, src_mask=mask, src_key_padding_mask=mask[:2]),
        )
    ),
    encoder_layer(
        lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0),
        X,
        const(CAUSAL),
        call=lambda f, x, mask: f(x, mask, is_causal=True),
    ),
    encoder_layer(
        lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0),
        X,
        randn(4, 3, 3),
        call=lambda f, x, mask: f(x, mask),
    ),
    encoder_layer(
        lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0),
        randn(3, WIDTH),
        values([False, True, False]),
        call=lambda f, x, padding: f(x, None, padding),
    ),
    *(
        encoder_layer(
            lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0, batch_first=True),
            const(ROWS),
            *masks,
            call=call,
        )
        for masks, call in (
            ((), frozen),
            ((BOOLS,), lambda f, x, mask: frozen(f, x, mask)),
            ((const(CAUSAL),), lambda f, x, mask: frozen(f, x, mask, is_causal=True)),
            ((PADDED,), lambda f, x, padding: frozen(f, x, None, padding)),
            ((BOOLS, PADDED), lambda f, x, mask, padding: frozen(f, x, mask, padding)),
        )
    ),
    encoder_layer(
        lambda nn: nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 0.0, "gelu", 0.1, True, True),
        const(ROWS),
        call=frozen,
    ),
]

DECODER_LAYER = [
    decoder_layer(lambda nn: nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, 0.0), X, M),
    decoder_layer(
        lambda nn: nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, 0.0, norm_first=True), X, M
    ),
    decoder_layer(lambda nn: nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, 0.0, bias=False), X, M),
    decoder_layer(
        lambda nn: nn.TransformerDecoderLayer(WIDTH, 1, HIDDEN, 0.0, "gelu", 0.1),
        randn(3, WIDTH),
        randn(5, WIDTH),
    ),
    decoder_layer(
        lambda nn: nn.TransformerDecoderLayer(WIDTH, 4, HIDDEN, 0.0, batch_first=True),
        ROWS,
        randn(2, 5, WIDTH),
    ),
    decoder_layer(lambda nn: nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, 0.0, nn.Tanh()), X, M),
    decoder_layer(
        lambda nn: nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, 0.0, nn.functional.elu), X, M
    ),
    decoder_layer(
        lambda nn: nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, 0.0),
        randn(1, 1, WIDTH),
        randn(1, 1, WIDTH),
    ),
    decoder_layer(
        lambda nn: nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, 0.0),
        randn(3, 0, WIDTH),
        randn(2, 0, WIDTH),
    ),
    decoder_layer(lambda nn: nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN), X, M, random=True),
    decoder_layer(
        lambda nn: nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, 0.3, batch_first=True),
        ROWS,
        randn(2, 5, WIDTH),
        random=True,
    ),
    layer(
        "TransformerDecoderLayer",
        lambda nn, m: nn.TransformerDecoderLayer(WIDTH, 2, device="cpu", dtype=m.float64),
        X,
        M,
        modes=("eval",),
        dtypes=("float64",),
        reason="built in float64; the cases above have the other dtypes",
    ),
    *(
        decoder_layer(
            lambda nn: nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, 0.0), X, M, *masks, call=call
        )
        for masks, call in (
            ((BOOLS,), lambda f, x, m, mask: f(x, m, mask)),
            ((const(CAUSAL),), lambda f, x, m, mask: f(x, m, mask, tgt_is_causal=True)),
            ((randn(3, 5),), lambda f, x, m, mask: f(x, m, memory_mask=mask)),
            (
                (const(randn(3, 5)),),
                lambda f, x, m, mask: f(x, m, memory_mask=mask, memory_is_causal=True),
            ),
            ((PADDED,), lambda f, x, m, padding: f(x, m, tgt_key_padding_mask=padding)),
            ((randn(2, 5),), lambda f, x, m, padding: f(x, m, memory_key_padding_mask=padding)),
        )
    ),
]

ENCODER = [
    encoder(lambda nn: stack(nn), ROWS),
    encoder(lambda nn: stack(nn, 3, False, norm_first=True), ROWS),
    encoder(lambda nn: stack(nn, 1, True, False), ROWS),
    encoder(lambda nn: stack(nn), randn(3, WIDTH)),
    encoder(
        lambda nn: nn.TransformerEncoder(nn.TransformerEncoderLayer(WIDTH, 1, HIDDEN), 2),
        X,
        random=True,
    ),
    *(
        encoder(lambda nn: stack(nn), ROWS, *masks, call=call)
        for masks, call in (
            ((const(CAUSAL),), lambda f, x, mask: f(x, mask)),
            ((const(CAUSAL),), lambda f, x, mask: f(x, mask, is_causal=True)),
            ((const(CAUSAL),), lambda f, x, mask: f(x, mask, is_causal=False)),
            ((BOOLS,), lambda f, x, mask: f(x, mask)),
            ((randn(3, 3),), lambda f, x, mask: f(x, mask)),
            ((randn(4, 3, 3),), lambda f, x, mask: f(x, mask)),
            # With PADDED a float16 value comes to lie on the other side of ReLU's kink.
            ((FIRST,), lambda f, x, padding: f(x, src_key_padding_mask=padding)),
            ((GAPS,), lambda f, x, padding: f(x, src_key_padding_mask=padding)),
            ((CAUSAL, PADDED), lambda f, x, mask, padding: f(x, mask, padding)),
        )
    ),
    *(
        encoder(build, const(ROWS), padding, call=call)
        for build in (
            lambda nn: stack(nn),
            lambda nn: stack(nn, 2, False),
            lambda nn: stack(nn, 2, True, False),
            lambda nn: stack(nn, 2, True, True, False),
            lambda nn: stack(nn, 2, True, norm_first=True),
        )
        for padding in (PADDED, FIRST)
        for call in (
            lambda f, x, padding: frozen(f, x, src_key_padding_mask=padding),
            lambda f, x, padding: f(x, src_key_padding_mask=padding),
        )
    ),
    *(
        encoder(lambda nn: stack(nn), const(ROWS), *masks, call=call)
        for masks, call in (
            ((GAPS,), lambda f, x, padding: frozen(f, x, src_key_padding_mask=padding)),
            ((BOOLS, PADDED), lambda f, x, mask, padding: frozen(f, x, mask, padding)),
            ((const(CAUSAL),), lambda f, x, mask: frozen(f, x, mask)),
        )
    ),
]

DECODER = [
    decoder(
        lambda nn: nn.TransformerDecoder(nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, 0.0), 2), X, M
    ),
    decoder(
        lambda nn: nn.TransformerDecoder(
            nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, 0.0, batch_first=True),
            3,
            norm=nn.LayerNorm(WIDTH),
        ),
        ROWS,
        randn(2, 5, WIDTH),
    ),
    decoder(
        lambda nn: nn.TransformerDecoder(nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN), 2),
        X,
        M,
        random=True,
    ),
    *(
        decoder(
            lambda nn: nn.TransformerDecoder(nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, 0.0), 2),
            X,
            M,
            *masks,
            call=call,
        )
        for masks, call in (
            ((const(CAUSAL),), lambda f, x, m, mask: f(x, m, mask)),
            ((const(CAUSAL),), lambda f, x, m, mask: f(x, m, mask, tgt_is_causal=False)),
            ((BOOLS,), lambda f, x, m, mask: f(x, m, mask)),
            (
                (const(CAUSAL),),
                lambda f, x, m, mask: f(x, m[:3], mask, mask, None, None, True, True),
            ),
            ((PADDED,), lambda f, x, m, padding: f(x, m, tgt_key_padding_mask=padding)),
            ((randn(2, 5),), lambda f, x, m, padding: f(x, m, memory_key_padding_mask=padding)),
            ((randn(3, 5),), lambda f, x, m, mask: f(x, m, memory_mask=mask)),
        )
    ),
]


def small(nn: Any, **options: Any) -> Any:
    return nn.Transformer(WIDTH, 2, 1, 2, HIDDEN, 0.0, **options)


def doubled(nn: Any) -> Any:
    """A module that takes the arguments of an encoder or decoder."""

    class Doubled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(WIDTH, WIDTH)

        def forward(self, x: Any, *memory: Any, **masks: Any) -> Any:
            return 2 * self.linear(x) + sum(m.sum() for m in memory)

    return Doubled()


SMALL = [
    transformer(lambda nn: small(nn), M, X),
    transformer(lambda nn: small(nn, batch_first=True), randn(2, 5, WIDTH), ROWS),
    transformer(
        lambda nn: small(nn, norm_first=True, layer_norm_eps=0.1),
        M,
        X,
    ),
    transformer(
        lambda nn: small(nn, bias=False, activation="gelu"), randn(5, WIDTH), randn(3, WIDTH)
    ),
    transformer(lambda nn: small(nn, activation=nn.functional.silu), M, X),
    transformer(lambda nn: nn.Transformer(WIDTH, 2, 1, 1, HIDDEN), M, X, random=True),
    transformer(lambda nn: small(nn), randn(1, 1, WIDTH), randn(1, 1, WIDTH)),
    transformer(lambda nn: small(nn, custom_encoder=doubled(nn)), M, X),
    transformer(lambda nn: small(nn, custom_decoder=doubled(nn)), M, X),
    layer(
        "Transformer",
        lambda nn, m: unwarned(lambda nn: small(nn, device="cpu", dtype=m.float64))(nn, m),
        M,
        X,
        **_DEEP,
    ),
    *(
        transformer(lambda nn: small(nn), randn(3, 2, WIDTH), X, *masks, call=call)
        for masks, call in (
            ((const(CAUSAL),), lambda f, s, t, mask: f(s, t, mask, mask, mask)),
            (
                (const(CAUSAL),),
                lambda f, s, t, mask: f(
                    s,
                    t,
                    mask,
                    mask,
                    mask,
                    src_is_causal=True,
                    tgt_is_causal=True,
                    memory_is_causal=True,
                ),
            ),
            ((PADDED,), lambda f, s, t, padding: f(s, t, src_key_padding_mask=padding)),
            ((PADDED,), lambda f, s, t, padding: f(s, t, tgt_key_padding_mask=padding)),
            ((PADDED,), lambda f, s, t, padding: f(s, t, memory_key_padding_mask=padding)),
            ((randn(3, 3),), lambda f, s, t, mask: f(s, t, tgt_mask=mask, src_mask=mask)),
            ((), lambda f, s, t: f(s, t, tgt_mask=f.generate_square_subsequent_mask(3))),
        )
    ),
]

REFUSED = [
    raises("nn.TransformerEncoderLayer", lambda m: m.nn.TransformerEncoderLayer(WIDTH, 3)),
    raises("nn.TransformerEncoderLayer", lambda m: m.nn.TransformerEncoderLayer(0, 1)),
    raises("nn.TransformerEncoderLayer", lambda m: m.nn.TransformerEncoderLayer(WIDTH, 2, -1)),
    raises(
        "nn.TransformerEncoderLayer", lambda m: m.nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, 1.5)
    ),
    raises(
        "nn.TransformerEncoderLayer",
        lambda m: m.nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN, activation="tanh"),
    ),
    raises("nn.TransformerDecoderLayer", lambda m: m.nn.TransformerDecoderLayer(WIDTH, 3)),
    raises(
        "nn.TransformerDecoderLayer",
        lambda m: m.nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN, activation="tanh"),
    ),
    *(
        raises(
            "nn.TransformerEncoderLayer",
            lambda m, x, f=f: f(m.nn.TransformerEncoderLayer(WIDTH, 2, HIDDEN).double(), x),
            X,
        )
        for f in (
            lambda layer, x: layer(x[..., :3]),
            lambda layer, x: layer(x[0, 0]),
            lambda layer, x: layer(x, x[0, 0]),
            lambda layer, x: layer(x, x[:, :, 0]),
            lambda layer, x: layer(x, x[:, 0, :3].long()),
            lambda layer, x: layer(x, None, x[:, :, 0]),
            lambda layer, x: layer(x, None, x[:2, :1, 0].long()),
            lambda layer, x: layer(x, is_causal=True),
        )
    ),
    *(
        raises(
            "nn.TransformerDecoderLayer",
            lambda m, x, f=f: f(m.nn.TransformerDecoderLayer(WIDTH, 2, HIDDEN).double(), x),
            X,
        )
        for f in (
            lambda layer, x: layer(x[..., :3], x),
            lambda layer, x: layer(x, x[..., :3]),
            lambda layer, x: layer(x, x[:, 0]),
            lambda layer, x: layer(x, x, memory_is_causal=True),
            lambda layer, x: layer(x, x, memory_mask=x[:, 0]),
        )
    ),
    *(
        raises(
            "nn.Transformer",
            lambda m, x, f=f: f(unwarned(small)(m.nn, m).double(), x),
            X,
        )
        for f in (
            lambda t, x: t(x, x[:, :1]),
            lambda t, x: t(x[..., :3], x),
            lambda t, x: t(x, x[..., :3]),
            lambda t, x: t(x[..., :3], x[..., :3]),
            lambda t, x: t(x[0, 0], x),
            lambda t, x: t(x, x, x[:, 0]),
            lambda t, x: t(x, x, src_is_causal=True),
            lambda t, x: t.generate_square_subsequent_mask(-1),
            lambda t, x: t.generate_square_subsequent_mask(2.5),
        )
    ),
    raises(
        "nn.Transformer", lambda m: unwarned(lambda nn: nn.Transformer(WIDTH, 3, 1, 1))(m.nn, m)
    ),
    raises(
        "nn.TransformerEncoder",
        lambda m, x: unwarned(lambda nn: stack(nn, 0))(m.nn, m).double()(x),
        X,
    ),
    raises(
        "nn.TransformerDecoder",
        lambda m, x: m.nn.TransformerDecoder(m.nn.TransformerDecoderLayer(WIDTH, 2), 0)(x, x),
        X,
    ),
    raises(
        "nn.TransformerEncoder",
        lambda m, x: unwarned(lambda nn: nn.TransformerEncoder(nn.Linear(WIDTH, WIDTH), 2))(
            m.nn, m
        )(x),
        X,
    ),
]

CASES = [*ENCODER_LAYER, *DECODER_LAYER, *ENCODER, *DECODER, *SMALL, *REFUSED]
