"""nn.functional.multi_head_attention_forward: attention in several learned subspaces."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from refnet.engine.argument_errors import not_a_tensor
from refnet.engine.caller_warning import warn
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.activation import softmax
from refnet.functions.joining import cat, chunk
from refnet.functions.linalg import matmul
from refnet.functions.nn_functional.attention import scaled_dot_product_attention
from refnet.functions.nn_functional.dropout import dropout
from refnet.functions.nn_functional.linear import linear
from refnet.functions.nn_functional.padding import pad
from refnet.functions.operands import is_tensor

__all__ = ["multi_head_attention_forward"]


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """head_h = attention(q_h, k_h, v_h), y = W_out [head_1, head_2, ...] + b_out, where
    q = W_q x_q + b_q, k = W_k x_k + b_k, v = W_v x_v + b_v are cut into num_heads parts

    The gradient is derived in `refnet.ops.linear`, `refnet.ops.matmul` and `refnet.ops.attention`.

    Args:
        query, key, value: x_q (L, N, E), x_k (S, N, E_k), x_v (S, N, E_v); or all without N
        embed_dim_to_check: E
        in_proj_weight: W_q, W_k and W_v, one above the other: (3E, E)
        in_proj_bias: b_q, b_k and b_v: (3E), or None
        bias_k, bias_v: (1, 1, E): one more key and its value for every sequence, or None
        add_zero_attn: one more key and value, of zeros
        dropout_p: in training, the probability with which a weight becomes 0
        out_proj_weight, out_proj_bias: W_out (E, E), b_out (E) or None
        key_padding_mask: (N, S): True for keys that nobody may look at, or what is added to
            their scores
        need_weights: return the weights too
        attn_mask: (L, S) or (N · num_heads, L, S): True where a query must not look at
            a key, or what is added to the scores
        use_separate_proj_weight: W_q, W_k, W_v are q_proj_weight (E, E), k_proj_weight (E, E_k) and
            v_proj_weight (E, E_v)
        static_k, static_v: k and v themselves: (N · num_heads, S, E / num_heads)
        average_attn_weights: of the weights, return the mean over the heads
        is_causal: attn_mask is the causal mask, so it need not be read

    Returns y (L, N, E); and the weights (N, L, S), or (N, num_heads, L, S), or None

    Raises AssertionError or RuntimeError for sizes that do not fit.
    """
    batched = _check_dims(query, key, value, key_padding_mask, attn_mask, num_heads)
    one_input = query is key and key is value
    if not batched:
        query, key, value = (x.unsqueeze(1) for x in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    padding = canonical_mask(key_padding_mask, "key_padding_mask", query, attn_mask, "attn_mask")
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint: "
            "nn.Transformer.generate_square_subsequent_mask makes one"
        )
    causal = is_causal and padding is None and not need_weights
    mask = None if causal else canonical_mask(attn_mask, "attn_mask", query)

    L, N, E = query.shape
    if embed_dim_to_check != E:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, got {E}")
    if E % num_heads:
        raise AssertionError(f"embed_dim {E} not divisible by num_heads {num_heads}")
    if use_separate_proj_weight:
        if key.shape[:2] != value.shape[:2]:
            raise AssertionError(
                f"key's sequence and batch dims {list(key.shape[:2])} do not match value's "
                f"{list(value.shape[:2])}"
            )
        _check_separate(q_proj_weight, k_proj_weight, v_proj_weight, (query, key, value))
        weights: Any = (q_proj_weight, k_proj_weight, v_proj_weight)
        q, k, v = _projected_apart((query, key, value), weights, in_proj_bias)
    else:
        if key.shape != value.shape:
            raise AssertionError(
                f"key shape {list(key.shape)} does not match value shape {list(value.shape)}"
            )
        if in_proj_weight is None:
            raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
        if one_input:  # one GEMM instead of three
            q, k, v = chunk(linear(query, in_proj_weight, in_proj_bias), 3, -1)
        else:
            weights = chunk(in_proj_weight, 3)
            q, k, v = _projected_apart((query, key, value), weights, in_proj_bias)
    if static_k is None and key.shape[1] != N:
        raise RuntimeError(f"expected keys for {N} sequences, as of the query, got {key.shape[1]}")
    if mask is not None:
        mask = _of_heads(mask, (N, num_heads, L, key.shape[0]))

    if (bias_k is None) != (bias_v is None):
        raise AssertionError("bias_k and bias_v: one is set but the other is None")
    if bias_k is not None and bias_v is not None:
        if static_k is not None or static_v is not None:
            raise AssertionError("bias cannot be added to static key or value.")
        for name, more in ("bias_k", bias_k), ("bias_v", bias_v):
            if more.shape[-1:] != (E,):
                raise RuntimeError(f"expected {name} of shape (1, 1, {E}), got {tuple(more.shape)}")
        k, v = cat([k, bias_k.expand(1, N, E)]), cat([v, bias_v.expand(1, N, E)])
    q, k, v = (_in_heads(x, num_heads, E) for x in (q, k, v))
    k = k if static_k is None else _static("static_k", static_k, k)
    v = v if static_v is None else _static("static_v", static_v, v)
    if add_zero_attn:
        none = wrap(np.zeros((N, num_heads, 1, E // num_heads), q._array.real.dtype))
        k, v = cat([k, none], 2), cat([v, none], 2)
    mask = _with_padding(mask, padding, (bias_k is not None) + add_zero_attn, N, k.shape[2])

    p = dropout_p if training else 0.0
    A: Tensor | None = None
    if need_weights:
        A = _weights(q, k, mask)
        A = dropout(A.contiguous(), p) if p > 0 else A  # in the order of PyTorch's draws
        y = matmul(A, v)
    else:
        y = scaled_dot_product_attention(q, k, v, mask, p, causal)
    y = linear(y.permute(2, 0, 1, 3).reshape(L, N, E), out_proj_weight, out_proj_bias)
    if A is not None and average_attn_weights:
        A = A.mean(1)
    if batched:
        return y, A
    return y.squeeze(1), None if A is None else A.squeeze(0)


def _check_dims(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    key_padding_mask: Tensor | None,
    attn_mask: Tensor | None,
    num_heads: int,
) -> bool:
    """Whether there is a batch dimension; raises AssertionError if the tensors do not agree on it."""
    if query.dim() not in (2, 3):
        raise AssertionError(
            "query should be unbatched 2D or batched 3D tensor "
            f"but received {query.dim()}-D query tensor"
        )
    if key.dim() != query.dim() or value.dim() != query.dim():
        raise AssertionError(
            f"For a {query.dim()}-D query, expected key and value to be {query.dim()}-D "
            f"but found {key.dim()}-D and {value.dim()}-D tensors respectively"
        )
    if key_padding_mask is not None and key_padding_mask.dim() != query.dim() - 1:
        raise AssertionError(
            f"For a {query.dim()}-D query, expected key_padding_mask to be None or "
            f"{query.dim() - 1}-D but found a {key_padding_mask.dim()}-D tensor instead"
        )
    if attn_mask is not None:
        if attn_mask.dim() not in (2, 3):
            raise AssertionError(
                f"expected attn_mask to be None, 2-D or 3-D but found {attn_mask.dim()}-D"
            )
        each = (num_heads, query.shape[0], key.shape[0])
        if query.dim() == 2 and attn_mask.dim() == 3 and attn_mask.shape != each:
            raise AssertionError(
                f"Expected attn_mask shape to be {each} but got {tuple(attn_mask.shape)}"
            )
    return query.dim() == 3


def canonical_mask(
    mask: Tensor | None,
    name: str,
    query: Tensor,
    other: Tensor | None = None,
    other_name: str = "",
) -> Tensor | None:
    """The mask as what is added to the scores: of a boolean one −∞ where it is True, else 0.

    Raises AssertionError for other dtypes; warns if the other mask is of another dtype.
    """
    if mask is None:
        return None
    for which, x in (name, mask), (other_name, other):
        if x is not None and not is_tensor(x):
            raise not_a_tensor(f"attention: {which}", x)
    m = mask._array
    if m.dtype.kind not in "bfc":
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if other is not None and other.dtype != mask.dtype:
        warn(
            f"Support for mismatched {name} and {other_name} is deprecated. "
            "Use same type for both instead."
        )
    if m.dtype.kind != "b":
        return mask
    dtype = query._array.real.dtype
    if dtype.kind != "f":
        raise RuntimeError(f"attention with a mask is for a floating-point query, got {dtype}")
    return wrap(np.where(m, dtype.type(-np.inf), dtype.type(0)))


def _check_separate(W_q: Any, W_k: Any, W_v: Any, inputs: tuple[Tensor, ...]) -> None:
    E = inputs[0].shape[-1]
    for name, x, W in zip("qkv", inputs, (W_q, W_k, W_v), strict=True):
        if W is None:
            raise AssertionError(f"use_separate_proj_weight is True but {name}_proj_weight is None")
        if W.shape != (E, x.shape[-1]):
            raise AssertionError(
                f"expecting {name}_proj_weight of shape {(E, x.shape[-1])}, got {tuple(W.shape)}"
            )


def _projected_apart(
    inputs: tuple[Tensor, ...], weights: tuple[Tensor, ...], bias: Tensor | None
) -> Iterator[Tensor]:
    """q, k and v from an input and a weight each."""
    biases = (None, None, None) if bias is None else chunk(bias, 3)
    return (linear(x, W, b) for x, W, b in zip(inputs, weights, biases, strict=True))


def _in_heads(x: Tensor, num_heads: int, E: int) -> Tensor:
    """(length, N, E) -> (N, num_heads, length, E / num_heads), a view"""
    if x.shape[-1] != E:
        raise RuntimeError(f"expected projections to {E} features, got {x.shape[-1]}")
    return x.unflatten(-1, (num_heads, E // num_heads)).permute(1, 2, 0, 3)


def _static(name: str, static: Tensor, like: Tensor) -> Tensor:
    """(N · num_heads, length, d) -> (N, num_heads, length, d)"""
    N, heads, _, d = like.shape
    if static.shape[0] != N * heads or static.shape[2] != d:
        raise AssertionError(
            f"expecting {name} of shape ({N * heads}, length, {d}), got {tuple(static.shape)}"
        )
    return static.unflatten(0, (N, heads))


def _of_heads(mask: Tensor, scores: tuple[int, ...]) -> Tensor:
    """(L, S), or (N · num_heads, L, S) -> (N, num_heads, L, S)"""
    N, heads, *size = scores
    expected = tuple(size) if mask.dim() == 2 else (N * heads, *size)
    if mask.shape != expected:
        raise RuntimeError(
            f"The shape of the {mask.dim()}D attn_mask is {tuple(mask.shape)}, "
            f"but should be {expected}."
        )
    return mask if mask.dim() == 2 else mask.unflatten(0, (N, heads))


def _with_padding(
    mask: Tensor | None, padding: Tensor | None, more: int, N: int, S: int
) -> Tensor | None:
    """The sum of both masks; to the keys that were added anybody may look."""
    if mask is not None and more:
        mask = pad(mask, (0, more))
    if padding is None:
        return mask
    if more:
        padding = pad(padding, (0, more))
    if padding.shape != (N, S):
        raise AssertionError(
            f"expected key_padding_mask of shape {(N, S - more)}, "
            f"got {(padding.shape[0], padding.shape[1] - more)}"
        )
    padding = padding.unflatten(0, (N, 1)).unsqueeze(2)
    return padding if mask is None else mask + padding


def _weights(q: Tensor, k: Tensor, mask: Tensor | None) -> Tensor:
    """softmax(q kᵀ / √d + mask), as a tensor of the tape: nan for a query that may look nowhere."""
    S = matmul(q * math.sqrt(1 / q.shape[-1]), k.transpose(-2, -1))
    if mask is None:
        return softmax(S, -1)
    if mask.dtype != S.dtype and "c" not in mask._array.dtype.kind + S._array.dtype.kind:
        raise RuntimeError(
            f"the mask must have the dtype of the query, got {mask.dtype} and {S.dtype}"
        )
    return softmax(mask + S, -1)
