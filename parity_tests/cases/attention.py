"""Attention: scaled_dot_product_attention, multi-head attention, one line a case."""

from typing import Any

from parity_tests.cases import (
    TWO_ROUNDINGS,
    bools,
    const,
    extreme,
    functional,
    ints,
    layer,
    never_special,
    raises,
    randn,
    special,
    ties,
    values,
)


def attend(m: Any, q: Any, k: Any, v: Any, *args: Any, **options: Any) -> Any:
    return m.nn.functional.scaled_dot_product_attention(q, k, v, *args, **options)


def itself(layer: Any, x: Any, **options: Any) -> Any:
    """Self-attention."""
    return layer(x, x, x, **options)


CAUSAL = values([[0.0, float("-inf"), float("-inf")], [0.0, 0.0, float("-inf")], [0.0, 0.0, 0.0]])
PADDED = values([[False, False, True, True], [False, False, False, True]])
NOWHERE = values([[True, False, True], [False, False, False]])
_LARGE = (
    "scores of 1e4 enlarge the rounding errors of q and k: PyTorch's error is 18 ulp of the largest entry, "
    "refnet's 48"
)


def product(
    *inputs: Any, random: bool = False, until: str = "", tests: Any = None, **options: Any
) -> Any:
    """A case of scaled_dot_product_attention of q, k, v and perhaps a mask."""

    def run(F: Any, q: Any, k: Any, v: Any, *mask: Any) -> Any:
        return F.scaled_dot_product_attention(q, k, v, *mask, **options)

    name = "scaled_dot_product_attention"
    tests = tests or (TWO_ROUNDINGS if random else {})
    return functional(name, run, *inputs, random=random, until=until, **tests)


def refused(f: Any, *inputs: Any, **options: Any) -> Any:
    """A case that scaled_dot_product_attention refuses."""
    return raises("nn.functional.scaled_dot_product_attention", f, *inputs, **options)


def heads_of(build: Any, *inputs: Any, **options: Any) -> Any:
    """A case of MultiheadAttention."""
    if options.get("random"):
        options |= TWO_ROUNDINGS
    return layer("MultiheadAttention", build, *inputs, **options)


def forward(f: Any, *inputs: Any, **options: Any) -> Any:
    """A case of multi_head_attention_forward."""
    name = "multi_head_attention_forward"
    if options.get("random"):
        options |= TWO_ROUNDINGS
    return functional(name, f, *inputs, **options)


PRODUCT = [
    product(randn(2, 3, 4, 5), randn(2, 3, 6, 5), randn(2, 3, 6, 7)),
    product(randn(4, 4), randn(4, 4), randn(4, 4)),
    product(randn(3, 1, 2), randn(3, 5, 2), randn(1, 5, 2)),
    product(randn(2, 3, 5, 4), randn(2, 3, 5, 4), randn(2, 3, 5, 4), is_causal=True),
    product(randn(2, 3, 4), randn(2, 5, 4), randn(2, 5, 4), is_causal=True, scale=0.3),
    product(randn(2, 3, 4, 4), randn(2, 3, 4, 4), randn(2, 3, 4, 4), randn(4, 4)),
    product(randn(2, 3, 4, 5), randn(2, 3, 6, 5), randn(2, 3, 6, 7), randn(2, 1, 1, 6)),
    product(randn(2, 2, 3), randn(2, 3, 3), randn(2, 3, 4), NOWHERE),
    product(randn(2, 3, 3), randn(2, 3, 3), randn(2, 3, 4), const(CAUSAL)),
    functional(
        "scaled_dot_product_attention",
        lambda F, q, k, v, a: F.scaled_dot_product_attention(q, k, v, a.float()),
        randn(2, 3, 3),
        randn(2, 3, 3),
        randn(2, 3, 4),
        ties(3),
    ),
    product(ties(2, 3, 2), ties(2, 4, 2), randn(2, 4, 3), scale=-1.5),
    product(
        extreme(2, 3, 2), randn(2, 4, 2), randn(2, 4, 3), tests={"ulp": 16.0, "reason": _LARGE}
    ),
    product(special(4, 1, 2), randn(4, 3, 2), randn(4, 3, 2), until="2.14"),
    product(randn(2, 6, 4, 5), randn(2, 3, 4, 5), randn(2, 2, 4, 7), enable_gqa=True),
    product(randn(3, 4, 5), randn(3, 4, 5), randn(3, 4, 7), enable_gqa=True),
    product(randn(2, 3, 4, 5), randn(2, 3, 6, 5), randn(2, 3, 6, 7), dropout_p=0.4, random=True),
    product(
        randn(2, 3, 4), randn(2, 5, 4), randn(2, 5, 4), randn(3, 5), dropout_p=0.2, random=True
    ),
    product(randn(2, 3, 4), randn(2, 5, 4), randn(2, 5, 4), dropout_p=1.0, random=True),
    product(randn(2, 3, 0), randn(2, 4, 0), randn(2, 4, 3)),
    never_special(
        product(randn(2, 3, 2), randn(2, 0, 2), randn(2, 0, 3)),
        "without keys, a NaN in a query makes PyTorch's whole output NaN",
    ),
    product(randn(2, 0, 2), randn(2, 3, 2), randn(2, 3, 3)),
    product(randn(0, 3, 2), randn(0, 4, 2), randn(0, 4, 3)),
    refused(lambda m, q: attend(m, q, q, 1.0), randn(3, 3)),
    refused(lambda m, q: attend(m, q, q, q), ints(2, 3, 3)),
    refused(
        lambda m, q: attend(m, q, q.float(), q),
        randn(2, 3, 3),
    ),
    refused(
        lambda m, q, k: attend(m, q, k, q),
        randn(2, 3, 3),
        randn(2, 3, 2),
    ),
    refused(  # since then it reads keys from beyond k's end, which is within x
        lambda m, x, v: attend(m, x[:, :3], x[:, :3], v),
        const(randn(2, 4, 3)),
        const(randn(2, 4, 3)),
        until="2.14",
    ),
    refused(
        lambda m, q, k: attend(m, q, k, k),
        randn(2, 3, 3),
        randn(3, 3, 3),
    ),
    refused(
        lambda m, q, a: attend(m, q, q, q, a, is_causal=True),
        randn(2, 3, 3),
        randn(3, 3),
    ),
    refused(
        lambda m, q, a: attend(m, q, q, q, a),
        randn(2, 3, 3),
        ints(3, 3),
    ),
    refused(
        lambda m, q, a: attend(m, *[q.float()] * 3, a),
        randn(2, 3, 3),
        randn(3, 3),
    ),
    refused(
        lambda m, q, a: attend(m, q, q, q, a),
        randn(2, 3, 3),
        randn(2, 4),
    ),
    refused(
        lambda m, q, a: attend(m, q, q, q, a),
        randn(1, 3, 3),
        randn(2, 3, 3),
    ),
    refused(
        lambda m, q: attend(m, q, q, q, 3),
        randn(2, 3, 3),
    ),
    refused(
        lambda m, q: attend(m, q, q, q, dropout_p=1.5),
        randn(2, 3, 3),
    ),
    refused(
        lambda m, q, k: attend(m, q, k, k, enable_gqa=True),
        randn(5, 3, 3),
        randn(2, 3, 3),
    ),
    refused(
        lambda m, q: attend(m, q, q, q, enable_gqa=True),
        randn(3, 3),
    ),
]

HEADS = [
    heads_of(
        lambda nn: nn.MultiheadAttention(6, 2),
        randn(3, 2, 6),
        randn(4, 2, 6),
        randn(4, 2, 6),
    ),
    heads_of(lambda nn: nn.MultiheadAttention(6, 3), randn(3, 2, 6), call=itself),
    heads_of(lambda nn: nn.MultiheadAttention(4, 2), randn(3, 4), call=itself),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 4, bias=False, batch_first=True),
        randn(2, 3, 4),
        call=itself,
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2, batch_first=True),
        randn(2, 3, 4),
        randn(2, 5, 4),
        call=lambda layer, q, k: layer(q, k, k),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 1, kdim=3, vdim=5),
        randn(3, 2, 4),
        randn(4, 2, 3),
        randn(4, 2, 5),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2, bias=False, kdim=3, add_bias_kv=True),
        randn(3, 4),
        randn(4, 3),
        randn(4, 4),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2, 0.0, True, True, True),
        randn(3, 2, 4),
        call=itself,
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2, 0.0, True, True, True),
        randn(3, 2, 4),
        randn(3, 3),
        values([[False, True, False], [False, False, True]]),
        call=lambda layer, x, a, p: layer(x, x, x, p, False, a > 1),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2, dropout=0.4),
        randn(3, 2, 4),
        call=itself,
        random=True,
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2, dropout=0.4),
        randn(3, 2, 4),
        call=lambda layer, x: itself(layer, x, need_weights=False),
        random=True,
    ),
    heads_of(
        lambda nn, m: nn.MultiheadAttention(4, 2, device="cpu", dtype=m.float64),
        randn(1, 1, 4),
        call=itself,
    ),
    heads_of(lambda nn: nn.MultiheadAttention(4, 2), randn(3, 0, 4), call=itself),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2),
        randn(3, 2, 4),
        call=lambda layer, x: itself(layer, x, average_attn_weights=False),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2),
        randn(3, 2, 4),
        CAUSAL,
        call=lambda layer, x, a: itself(layer, x, attn_mask=a),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2),
        randn(3, 2, 4),
        const(CAUSAL),
        call=lambda layer, x, a: itself(layer, x, attn_mask=a, is_causal=True),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2),
        randn(3, 2, 4),
        const(CAUSAL),
        call=lambda layer, x, a: itself(layer, x, attn_mask=a, is_causal=True, need_weights=False),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2),
        randn(3, 2, 4),
        randn(4, 3, 3),
        call=lambda layer, x, a: itself(layer, x, attn_mask=a, need_weights=False),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2),
        randn(3, 4),
        randn(2, 3, 3),
        call=lambda layer, x, a: itself(layer, x, attn_mask=a),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2),
        randn(3, 2, 4),
        randn(4, 2, 4),
        PADDED,
        call=lambda layer, q, k, p: layer(q, k, k, p),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2),
        randn(3, 2, 4),
        randn(4, 2, 4),
        PADDED,
        ties(3, 4),
        call=lambda layer, q, k, p, a: layer(q, k, k, p, need_weights=False, attn_mask=a),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2),
        randn(3, 4),
        randn(3),
        call=lambda layer, x, p: itself(layer, x, key_padding_mask=p),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2),
        randn(3, 4),
        values([True, True, True]),
        call=lambda layer, x, p: itself(layer, x, key_padding_mask=p),
    ),
    heads_of(
        lambda nn: nn.MultiheadAttention(4, 2),
        randn(3, 4),
        values([True, True, True]),
        call=lambda layer, x, p: itself(layer, x, key_padding_mask=p, need_weights=False),
    ),
    raises("nn.MultiheadAttention", lambda m: m.nn.MultiheadAttention(0, 1)),
    raises("nn.MultiheadAttention", lambda m: m.nn.MultiheadAttention(4, 0)),
    raises("nn.MultiheadAttention", lambda m: m.nn.MultiheadAttention(4, 3)),
    raises(
        "nn.MultiheadAttention",
        lambda m, x: itself(m.nn.MultiheadAttention(4, 2).double(), x),
        randn(4),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x: itself(m.nn.MultiheadAttention(4, 2).double(), x),
        randn(3, 2, 5),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x: itself(m.nn.MultiheadAttention(4, 2), x),
        randn(3, 2, 4),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x: m.nn.MultiheadAttention(4, 2).double()(x, x[0], x[0]),
        randn(3, 2, 4),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x: m.nn.MultiheadAttention(4, 2).double()(x, x, x[1:]),
        randn(3, 2, 4),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x: m.nn.MultiheadAttention(4, 2, kdim=3).double()(x, x[..., 1:], x[1:]),
        randn(3, 2, 4),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x: m.nn.MultiheadAttention(4, 2, kdim=3).double()(x, x, x),
        randn(3, 2, 4),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x, p: itself(m.nn.MultiheadAttention(4, 2).double(), x, key_padding_mask=p),
        randn(3, 2, 4),
        bools(3),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x, p: itself(m.nn.MultiheadAttention(4, 2).double(), x, key_padding_mask=p),
        randn(3, 2, 4),
        bools(3, 2),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x, p: itself(m.nn.MultiheadAttention(4, 2).double(), x, key_padding_mask=p),
        randn(3, 2, 4),
        ints(2, 3),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x, a: itself(m.nn.MultiheadAttention(4, 2).double(), x, attn_mask=a),
        randn(3, 2, 4),
        randn(3),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x, a: itself(m.nn.MultiheadAttention(4, 2).double(), x, attn_mask=a),
        randn(3, 2, 4),
        randn(3, 4),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x, a: itself(m.nn.MultiheadAttention(4, 2).double(), x, attn_mask=a),
        randn(3, 2, 4),
        randn(2, 3, 3),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x, a: itself(m.nn.MultiheadAttention(4, 2).double(), x, attn_mask=a),
        randn(3, 4),
        randn(3, 3, 3),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x, a: itself(m.nn.MultiheadAttention(4, 2).double(), x, attn_mask=a.float()),
        randn(3, 2, 4),
        randn(3, 3),
    ),
    raises(
        "nn.MultiheadAttention",
        lambda m, x: itself(m.nn.MultiheadAttention(4, 2).double(), x, is_causal=True),
        randn(3, 2, 4),
    ),
]


def heads(
    F: Any,
    q: Any,
    k: Any,
    v: Any,
    W: Any,
    b: Any,
    W_out: Any,
    b_out: Any,
    *args: Any,
    p: float = 0.0,
    more: Any = (None, None, False),
    **options: Any,
) -> Any:
    """Two heads."""
    return F.multi_head_attention_forward(
        q, k, v, q.shape[-1], 2, W, b, *more, p, W_out, b_out, *args, **options
    )


INPUTS = (
    randn(3, 2, 4),
    randn(5, 2, 4),
    randn(5, 2, 4),
    randn(12, 4),
    randn(12),
    randn(4, 4),
    randn(4),
)

FUNCTION = [
    forward(lambda F, *xs: heads(F, *xs), *INPUTS),
    forward(lambda F, *xs: heads(F, *xs, False, p=0.5), *INPUTS),
    forward(
        lambda F, *xs: heads(F, *xs, True, p=0.5),
        *INPUTS,
        random=True,
    ),
    forward(
        lambda F, x, W, W_out, p, a: heads(F, x, x, x, W, None, W_out, None, True, p, False, a),
        randn(3, 4),
        randn(12, 4),
        randn(4, 4),
        values([False, True, False]),
        ties(3, 3),
    ),
    forward(
        lambda F, x, y, Wq, Wk, Wv, b, W_out, b_out: heads(
            F,
            x,
            y,
            y,
            None,
            b,
            W_out,
            b_out,
            use_separate_proj_weight=True,
            q_proj_weight=Wq,
            k_proj_weight=Wk,
            v_proj_weight=Wv,
            average_attn_weights=False,
        ),
        randn(3, 2, 4),
        randn(2, 2, 3),
        randn(4, 4),
        randn(4, 3),
        randn(4, 3),
        randn(12),
        randn(4, 4),
        randn(4),
    ),
    forward(
        lambda F, q, k, v, W, b, W_out, b_out, sk, sv: heads(
            F, q, k, v, W, b, W_out, b_out, static_k=sk, static_v=sv
        ),
        *INPUTS,
        randn(4, 3, 2),
        randn(4, 3, 2),
    ),
    never_special(
        forward(
            lambda F, q, k, v, W, b, W_out, b_out, bk, bv: heads(
                F, q, k, v, W, b, W_out, b_out, more=(bk, bv, True), need_weights=False
            ),
            *INPUTS,
            randn(1, 1, 4),
            randn(1, 1, 4),
        ),
        "PyTorch's fused kernel loses the NaN of a query",
    ),
    forward(
        lambda F, x, W, b, W_out, b_out, a: heads(
            F, x, x, x, W, b, W_out, b_out, attn_mask=a, is_causal=True
        ),
        randn(3, 2, 4),
        randn(12, 4),
        randn(12),
        randn(4, 4),
        randn(4),
        const(CAUSAL),
    ),
    raises(
        "nn.functional.multi_head_attention_forward",
        lambda m, *xs: m.nn.functional.multi_head_attention_forward(
            *xs[:3], 5, 2, *xs[3:5], None, None, False, 0.0, *xs[5:]
        ),
        *INPUTS,
    ),
    raises(
        "nn.functional.multi_head_attention_forward",
        lambda m, *xs: m.nn.functional.multi_head_attention_forward(
            *xs[:3], 4, 3, *xs[3:5], None, None, False, 0.0, *xs[5:]
        ),
        *INPUTS,
    ),
    raises(
        "nn.functional.multi_head_attention_forward",
        lambda m, *xs: heads(m.nn.functional, *xs[:3], None, *xs[4:]),
        *INPUTS,
    ),
    raises(
        "nn.functional.multi_head_attention_forward",
        lambda m, *xs: heads(m.nn.functional, *xs, use_separate_proj_weight=True),
        *INPUTS,
    ),
    raises(
        "nn.functional.multi_head_attention_forward",
        lambda m, *xs: heads(
            m.nn.functional,
            *xs,
            use_separate_proj_weight=True,
            q_proj_weight=xs[5],
            k_proj_weight=xs[5][1:],
            v_proj_weight=xs[5],
        ),
        *INPUTS,
    ),
    raises(
        "nn.functional.multi_head_attention_forward",
        lambda m, *xs: heads(m.nn.functional, *xs[:7], static_k=xs[7]),
        *INPUTS,
        randn(3, 3, 2),
    ),
    raises(
        "nn.functional.multi_head_attention_forward",
        lambda m, *xs: heads(m.nn.functional, *xs[:7], static_v=xs[7]),
        *INPUTS,
        randn(4, 3, 3),
    ),
    raises(
        "nn.functional.multi_head_attention_forward",
        lambda m, *xs: heads(m.nn.functional, *xs[:7], more=(xs[7], xs[7], False), static_k=xs[8]),
        *INPUTS,
        randn(1, 1, 4),
        randn(4, 3, 2),
    ),
    raises(
        "nn.functional.multi_head_attention_forward",
        lambda m, *xs: heads(m.nn.functional, *xs[:7], more=(xs[7], None, False)),
        *INPUTS,
        randn(1, 1, 4),
    ),
    raises(
        "nn.functional.multi_head_attention_forward",
        lambda m, *xs: heads(m.nn.functional, *xs[:7], more=(None, xs[7], False)),
        *INPUTS,
        randn(1, 1, 4),
    ),
    raises(
        "nn.functional.multi_head_attention_forward",
        lambda m, *xs: heads(m.nn.functional, *xs, p=1.5),
        *INPUTS,
    ),
]

CASES = [*PRODUCT, *HEADS, *FUNCTION]
