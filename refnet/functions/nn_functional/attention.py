"""Scaled dot-product attention; see refnet.ops.attention."""

import math

import numpy as np

from refnet import ops, random
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.operands import check_tensors
from refnet.functions.rearranging import repeat_interleave
from refnet.ops.rule import Array

__all__ = ["scaled_dot_product_attention"]


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    *,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """y = softmax(s q kᵀ + mask) v, with dropout of the softmax

    The gradient is derived in `refnet.ops.attention`.

    Args:
        query: q, (..., L, E)
        key: k, (..., S, E)
        value: v, (..., S, F); the result is (..., L, F)
        attn_mask: a tensor that broadcasts to (..., L, S), or None. Boolean: False excludes a key
            for a query. Floating-point: it is added to the scores
        dropout_p: the probability with which a weight becomes 0; there is no training flag
        is_causal: whether query i attends to the keys 0, …, i only
        scale: s; None means 1/√E
        enable_gqa: whether key and value may have fewer heads (dimension −3) than query; the same
            number of consecutive query heads then shares each of them

    Raises:
        RuntimeError: sizes do not fit, dtypes differ, attn_mask is given along with is_causal, or
            dropout_p is not in [0, 1]
        IndexError: enable_gqa is given for tensors without heads

    Example:
        >>> q = k = refnet.zeros(2, 1)  # all scores are equal
        >>> v = refnet.tensor([[1.0], [3.0]])
        >>> F.scaled_dot_product_attention(q, k, v, is_causal=True)
        tensor([[1.],
                [2.]])
    """
    check_tensors("scaled_dot_product_attention", query=query, key=key, value=value)
    if enable_gqa:
        key, value = (_repeated_heads(query, x) for x in (key, value))
    shape = _checked_shape(query, key, value)
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p}")
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError("attn_mask should not be set when is_causal=True")
        attn_mask = wrap(np.tri(*shape[-2:], dtype=np.bool))
    if attn_mask is not None:
        attn_mask = _additive_mask(attn_mask, query, shape)
    return apply(
        ops.attention,
        query,
        key,
        value,
        attn_mask,
        _dropout_mask(shape, dropout_p),
        scale=1 / math.sqrt(max(query.shape[-1], 1)) if scale is None else scale,
        p=dropout_p,
    )


def _repeated_heads(query: Tensor, x: Tensor) -> Tensor:
    """Repeats each head of the keys or values for the query heads that share it."""
    if query.dim() < 3 or x.dim() < 3:
        raise IndexError(
            "scaled_dot_product_attention(): with enable_gqa expected (..., heads, L, E), got "
            f"{list(query.shape)} and {list(x.shape)}"
        )
    heads, query_heads = x.shape[-3], query.shape[-3]
    if heads == 0 or query_heads % heads:
        raise RuntimeError(
            "Number of heads in key and value must divide the number of heads in query, "
            f"got {heads} and {query_heads}"
        )
    return x if heads == query_heads else repeat_interleave(x, query_heads // heads, -3)


def _checked_shape(q: Tensor, k: Tensor, v: Tensor) -> tuple[int, ...]:
    """Returns the shape of the scores; raises RuntimeError if the three do not fit."""
    dtypes, shapes = zip(*((x._array.dtype, x._array.shape) for x in (q, k, v)), strict=True)
    if len(set(dtypes)) > 1 and not any(d.kind == "c" for d in dtypes):
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got "
            + ", ".join(str(x.dtype) for x in (q, k, v))
        )
    if dtypes[0].kind not in "fc":
        raise RuntimeError(
            f"scaled_dot_product_attention(): expected floating-point tensors, got {q.dtype}"
        )
    if min(len(s) for s in shapes) < 2:
        raise RuntimeError(
            "Expected query, key, and value to all be at least 2 dimensional, but got "
            + ", ".join(str(list(s)) for s in shapes)
        )
    (*batch, L, E), (*batch_k, S, E_k), (*batch_v, S_v, _) = shapes
    try:
        scores = (*np.broadcast_shapes(tuple(batch), tuple(batch_k)), L, S)
        np.broadcast_shapes(scores[:-2], tuple(batch_v))
        fits = (E_k, S_v) == (E, S)
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(
            "scaled_dot_product_attention(): expected a query (..., L, E), a key (..., S, E) and a "
            "value (..., S, F), got " + ", ".join(str(list(s)) for s in shapes)
        )
    return scores


def _additive_mask(mask: Tensor, query: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Returns the mask as numbers to add to the scores: a boolean True becomes 0, False −∞."""
    if not hasattr(mask, "_array"):
        raise TypeError(
            "scaled_dot_product_attention(): expected a Tensor or None as attn_mask, got "
            f"{type(mask).__name__}"
        )
    m, dtype = mask._array, query._array.real.dtype
    if m.dtype.kind not in "bc" and m.dtype not in (dtype, np.float32):
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got "
            f"attn_mask.dtype: {mask.dtype} and query.dtype: {query.dtype} instead."
        )
    try:
        fits = np.broadcast_shapes(shape, m.shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(
            "scaled_dot_product_attention(): expected an attn_mask that broadcasts to the scores' "
            f"{list(shape)}, got {list(m.shape)}"
        )
    if m.dtype.kind == "b":
        return wrap(np.where(m, dtype.type(0), dtype.type(-np.inf)))
    return mask if m.dtype.kind == "c" else mask._as(dtype)


def _dropout_mask(shape: tuple[int, ...], p: float) -> Array | None:
    """Returns a mask of the weights that dropout keeps, or None for p = 0."""
    if p == 0:
        return None
    if p == 1:
        return np.zeros(shape, np.bool)
    return random.default_generator.bernoulli(shape, 1 - p)
