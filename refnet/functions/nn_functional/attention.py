"""nn.functional.scaled_dot_product_attention, with PyTorch's checks."""

import math

import numpy as np

from refnet import ops, random
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.einsum import check_tensors
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
    """softmax(scale · q kᵀ + mask) v, the softmax with dropout; see refnet.ops.attention.

    Args:
        query, key, value: (..., L, E), (..., S, E), (..., S, F); the result is (..., L, F)
        attn_mask: broadcasts to (..., L, S): False where a query must not look at a key, or
            what is added to the scores
        dropout_p: the probability with which a weight becomes 0, in evaluation too
        is_causal: query i looks at the keys 0 … i only
        scale: None stands for 1/√E
        enable_gqa: key and value may have fewer heads (dimension −3): each serves as many
            neighbouring heads of the query

    Raises RuntimeError for sizes that do not fit, for different dtypes, for a mask along with
    is_causal, and for a dropout_p outside [0, 1].
    """
    check_tensors("scaled_dot_product_attention", query=query, key=key, value=value)
    if enable_gqa:
        key, value = (_for_heads_of(query, x) for x in (key, value))
    shape = _checked_shape(query, key, value)
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p}")
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError("attn_mask should not be set when is_causal=True")
        attn_mask = wrap(np.tri(*shape[-2:], dtype=np.bool))
    if attn_mask is not None:
        attn_mask = _added(attn_mask, query, shape)
    return apply(
        ops.attention,
        query,
        key,
        value,
        attn_mask,
        _kept(shape, dropout_p),
        scale=1 / math.sqrt(max(query.shape[-1], 1)) if scale is None else scale,
        p=dropout_p,
    )


def _for_heads_of(query: Tensor, x: Tensor) -> Tensor:
    """The keys or values with each head as often as there are heads of the query that it serves."""
    if query.dim() < 3 or x.dim() < 3:
        raise IndexError("enable_gqa needs heads, (..., heads, L, E): Dimension out of range")
    heads, served = x.shape[-3], query.shape[-3]
    if heads == 0 or served % heads:
        raise RuntimeError(
            "Number of heads in key and value must divide the number of heads in query, "
            f"got {heads} and {served}"
        )
    return x if heads == served else repeat_interleave(x, served // heads, -3)


def _checked_shape(q: Tensor, k: Tensor, v: Tensor) -> tuple[int, ...]:
    """The shape of the scores."""
    dtypes, shapes = ([getattr(x._array, of) for x in (q, k, v)] for of in ("dtype", "shape"))
    if len(set(dtypes)) > 1 and not any(d.kind == "c" for d in dtypes):
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got "
            + ", ".join(str(x.dtype) for x in (q, k, v))
        )
    if dtypes[0].kind not in "fc":
        raise RuntimeError(f"attention is for floating-point tensors, got {q.dtype}")
    if min(len(s) for s in shapes) < 2:
        raise RuntimeError(
            "Expected query, key, and value to all be at least 2 dimensional, but got "
            + ", ".join(str(list(s)) for s in shapes)
        )
    (*batch, L, E), (*batch_k, S, E_k), (*batch_v, S_v, _) = shapes
    try:
        both = np.broadcast_shapes(tuple(batch), tuple(batch_k), tuple(batch_v))
    except ValueError:
        both = None
    if both is None or E_k != E or S_v != S:
        raise RuntimeError(
            "attention is for query (..., L, E), key (..., S, E) and value (..., S, F), got "
            + ", ".join(str(list(s)) for s in shapes)
        )
    return (*np.broadcast_shapes(tuple(batch), tuple(batch_k)), L, S)


def _added(mask: Tensor, query: Tensor, shape: tuple[int, ...]) -> Tensor:
    """What the mask adds to the scores: of a boolean one 0 where it is True, else −∞."""
    if not hasattr(mask, "_array"):
        raise TypeError(f"attn_mask must be a Tensor or None, not {type(mask).__name__}")
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
            f"attn_mask of shape {list(m.shape)} does not broadcast to the scores' {list(shape)}"
        )
    if m.dtype.kind == "b":
        return wrap(np.where(m, dtype.type(0), dtype.type(-np.inf)))
    return mask if m.dtype.kind == "c" else mask._as(dtype)


def _kept(shape: tuple[int, ...], p: float) -> Array | None:
    """Which weights dropout leaves, drawn as PyTorch draws them; None where it leaves all."""
    if p == 0:
        return None
    if p == 1:
        return np.zeros(shape, np.bool)
    return random.default_generator.bernoulli(shape, 1 - p)
