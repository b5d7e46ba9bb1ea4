"""Multi-head attention: project, split into heads, attend, merge the heads, project."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from refnet.engine.argument_errors import not_a_tensor
from refnet.engine.caller_warning import warn
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.activation import softmax
from refnet.functions.joining import cat
from refnet.functions.linalg import matmul
from refnet.functions.nn_functional.attention import scaled_dot_product_attention
from refnet.functions.nn_functional.dropout import dropout
from refnet.functions.nn_functional.linear import linear
from refnet.functions.nn_functional.padding import pad
from refnet.functions.operands import is_tensor
from refnet.functions.splitting import chunk

__all__ = ["multi_head_attention_forward"]

_NAME = "multi_head_attention_forward()"


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
    """y = W_out [head_1, …, head_H] + b_out, head_h = attention(q_h, k_h, v_h)

        q = W_q x_q + b_q,  k = W_k x_k + b_k,  v = W_v x_v + b_v

    q_h, k_h and v_h are the parts of q, k and v for head h of H = num_heads.

    The gradient is derived in `refnet.ops.linear`, `refnet.ops.matmul` and `refnet.ops.attention`.

    Args:
        query: x_q, (L, N, E), or (L, E) without a batch
        key: x_k, (S, N, E_k), or (S, E_k)
        value: x_v, (S, N, E_v), or (S, E_v)
        embed_dim_to_check: E
        num_heads: H, a divisor of E
        in_proj_weight: W_q, W_k and W_v, stacked: (3E, E); or None
        in_proj_bias: b_q, b_k and b_v, concatenated: (3E); or None
        bias_k: a key for all sequences, appended to k: (1, 1, E), or None
        bias_v: its value: (1, 1, E), or None
        add_zero_attn: whether a key and a value of zeros are appended
        dropout_p: the probability with which a weight becomes 0 in training
        out_proj_weight: W_out, (E, E)
        out_proj_bias: b_out, (E), or None
        training: whether weights are dropped
        key_padding_mask: (N, S), or None. Boolean: True excludes a key, which is padding.
            Floating-point: it is added to the scores of the key
        need_weights: whether the weights are returned
        attn_mask: (L, S) or (N H, L, S), or None. Boolean: True excludes a key for a query.
            Floating-point: it is added to the scores
        use_separate_proj_weight: whether the next three weights are used instead of in_proj_weight
        q_proj_weight: W_q, (E, E)
        k_proj_weight: W_k, (E, E_k)
        v_proj_weight: W_v, (E, E_v)
        static_k: k itself, (N H, S, E/H); or None
        static_v: v itself, (N H, S, E/H); or None
        average_attn_weights: whether the returned weights are averaged over the heads
        is_causal: a hint that attn_mask is the causal mask; the mask is then not always read

    Returns:
        y, (L, N, E), and the weights, (N, L, S), (N, H, L, S) or None

    Raises:
        AssertionError: sizes do not fit
        RuntimeError: sizes or dtypes do not fit, or is_causal is given without attn_mask

    Example:
        >>> x, I = refnet.tensor([[1.0, 0.0], [3.0, 0.0]]), refnet.eye(2)
        >>> W_in, W_out = refnet.cat([0 * I, 0 * I, I]), I  # equal scores, v = x
        >>> y, weights = F.multi_head_attention_forward(
        ...     x, x, x, 2, 1, W_in, None, None, None, False, 0.0, W_out, None
        ... )
        >>> y
        tensor([[2., 0.],
                [2., 0.]])
        >>> weights
        tensor([[0.5000, 0.5000],
                [0.5000, 0.5000]])
    """
    batched = _check_dims(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        query, key, value = each_once(lambda x: x.unsqueeze(1), query, key, value)
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
        separate = (q_proj_weight, k_proj_weight, v_proj_weight)
        q, k, v = _project_separately(query, key, value, separate, in_proj_bias)
    else:
        q, k, v = _project_together(query, key, value, in_proj_weight, in_proj_bias)
    if static_k is None and key.shape[1] != N:
        raise RuntimeError(f"{_NAME}: expected keys for {N} sequences, got {key.shape[1]}")
    if mask is not None:
        mask = _split_mask(mask, (N, num_heads, L, key.shape[0]))
    if (bias_k is None) != (bias_v is None):
        raise AssertionError("bias_k and bias_v: one is set but the other is None")
    if bias_k is not None and bias_v is not None:
        if static_k is not None or static_v is not None:
            raise AssertionError("bias cannot be added to static key or value.")
        k, v = _append("bias_k", bias_k, k), _append("bias_v", bias_v, v)
    q, k, v = (_split_heads(x, num_heads, E) for x in (q, k, v))
    k = k if static_k is None else _static("static_k", static_k, k)
    v = v if static_v is None else _static("static_v", static_v, v)
    if add_zero_attn:
        zero = wrap(np.zeros((N, num_heads, 1, E // num_heads), q._array.real.dtype))
        k, v = cat([k, zero], 2), cat([v, zero], 2)
    mask = _add_padding(mask, padding, (bias_k is not None) + add_zero_attn, N, k.shape[2])

    y, A = _attend(q, k, v, mask, dropout_p if training else 0.0, need_weights, causal)
    y = linear(_merge_heads(y), out_proj_weight, out_proj_bias)
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
    """Returns whether there is a batch dimension; raises AssertionError for dims that differ."""
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
    mask: Tensor | None, name: str, query: Tensor, other: Tensor | None = None, other_name: str = ""
) -> Tensor | None:
    """Returns the mask as numbers to add to the scores: a boolean True becomes −∞, False 0.

    Warns if the other mask has another dtype.

    Raises:
        AssertionError: the mask is neither boolean nor floating-point
        RuntimeError: the mask is boolean, and the query is not floating-point
        TypeError: a mask is not a tensor
    """
    if mask is None:
        return None
    for label, x in (name, mask), (other_name, other):
        if x is not None and not is_tensor(x):
            raise not_a_tensor(f"attention: {label}", x)
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
        raise RuntimeError(f"attention with a mask: expected a floating-point query, got {dtype}")
    return wrap(np.where(m, dtype.type(-np.inf), dtype.type(0)))


def each_once(f: Callable[[Tensor], Tensor], *tensors: Tensor) -> Iterator[Tensor]:
    """Applies f once to each tensor; a tensor that is given twice has one result."""
    results = {id(x): f(x) for x in tensors}
    return (results[id(x)] for x in tensors)


def _project_together(
    query: Tensor, key: Tensor, value: Tensor, weight: Tensor | None, bias: Tensor | None
) -> Iterable[Tensor]:
    """Returns q, k and v from one weight, (3E, E)."""
    if key.shape != value.shape:
        raise AssertionError(
            f"key shape {list(key.shape)} does not match value shape {list(value.shape)}"
        )
    if weight is None:
        raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
    if query is key and key is value:  # one GEMM instead of three
        return chunk(linear(query, weight, bias), 3, -1)
    return _project((query, key, value), chunk(weight, 3), bias)


def _project_separately(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    weights: tuple[Tensor | None, ...],
    bias: Tensor | None,
) -> Iterable[Tensor]:
    """Returns q, k and v from separate weights."""
    if key.shape[:2] != value.shape[:2]:
        raise AssertionError(
            f"key's sequence and batch dims {list(key.shape[:2])} do not match value's "
            f"{list(value.shape[:2])}"
        )
    E = query.shape[-1]
    for name, x, W in zip("qkv", (query, key, value), weights, strict=True):
        if W is None:
            raise AssertionError(f"use_separate_proj_weight is True but {name}_proj_weight is None")
        if W.shape != (E, x.shape[-1]):
            raise AssertionError(
                f"expecting {name}_proj_weight of shape {(E, x.shape[-1])}, got {tuple(W.shape)}"
            )
    return _project((query, key, value), weights, bias)


def _project(inputs: tuple[Tensor, ...], weights: Any, bias: Tensor | None) -> Iterable[Tensor]:
    """Returns q, k and v from an input and a weight each."""
    biases = (None, None, None) if bias is None else chunk(bias, 3)
    return (linear(x, W, b) for x, W, b in zip(inputs, weights, biases, strict=True))


def _append(name: str, bias: Tensor, x: Tensor) -> Tensor:
    """Appends bias_k or bias_v to the keys or values (S, N, E)."""
    _, N, E = x.shape
    if bias.shape[-1:] != (E,):
        raise RuntimeError(f"{_NAME}: expected {name} (1, 1, {E}), got {tuple(bias.shape)}")
    return cat([x, bias.expand(1, N, E)])


def _split_heads(x: Tensor, num_heads: int, E: int) -> Tensor:
    """(length, N, E) -> (N, H, length, E/H), a view"""
    if x.shape[-1] != E:
        raise RuntimeError(f"{_NAME}: expected projections to {E} features, got {x.shape[-1]}")
    return x.unflatten(-1, (num_heads, E // num_heads)).permute(1, 2, 0, 3)


def _merge_heads(y: Tensor) -> Tensor:
    """(N, H, L, E/H) -> (L, N, E)"""
    N, heads, L, d = y.shape
    return y.permute(2, 0, 1, 3).reshape(L, N, heads * d)


def _static(name: str, static: Tensor, like: Tensor) -> Tensor:
    """(N H, length, d) -> (N, H, length, d)"""
    N, heads, _, d = like.shape
    if static.shape[0] != N * heads or static.shape[2] != d:
        raise AssertionError(
            f"expecting {name} of shape ({N * heads}, length, {d}), got {tuple(static.shape)}"
        )
    return static.unflatten(0, (N, heads))


def _split_mask(mask: Tensor, shape: tuple[int, ...]) -> Tensor:
    """(L, S) -> (L, S);  (N H, L, S) -> (N, H, L, S)"""
    N, heads, *size = shape
    expected = tuple(size) if mask.dim() == 2 else (N * heads, *size)
    if mask.shape != expected:
        raise RuntimeError(
            f"The shape of the {mask.dim()}D attn_mask is {tuple(mask.shape)}, "
            f"but should be {expected}."
        )
    return mask if mask.dim() == 2 else mask.unflatten(0, (N, heads))


def _add_padding(
    mask: Tensor | None, padding: Tensor | None, appended: int, N: int, S: int
) -> Tensor | None:
    """Returns the sum of both masks, extended by 0 for the `appended` keys."""
    if mask is not None and appended:
        mask = pad(mask, (0, appended))
    if padding is None:
        return mask
    if appended:
        padding = pad(padding, (0, appended))
    if padding.shape != (N, S):
        raise AssertionError(
            f"{_NAME}: expected key_padding_mask of shape {(N, S - appended)}, "
            f"got {(padding.shape[0], padding.shape[1] - appended)}"
        )
    padding = padding.unflatten(0, (N, 1)).unsqueeze(2)
    return padding if mask is None else mask + padding


def _attend(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, p: float, need_weights: bool, causal: bool
) -> tuple[Tensor, Tensor | None]:
    """Returns A v, A = softmax(q kᵀ / √d + mask), and A if it is needed.

    A is NaN for a query whose keys are all excluded.
    """
    if not need_weights:
        return scaled_dot_product_attention(q, k, v, mask, p, causal), None
    scores = matmul(q * math.sqrt(1 / q.shape[-1]), k.transpose(-2, -1))
    if mask is not None:
        if mask.dtype != scores.dtype and "c" not in mask._array.dtype.kind + q._array.dtype.kind:
            raise RuntimeError(
                f"{_NAME}: expected a mask in the dtype of the query, {q.dtype}, got {mask.dtype}"
            )
        scores = mask + scores
    A = softmax(scores, -1)
    if p > 0:
        A = dropout(A.contiguous(), p)  # contiguous for the order of PyTorch's draws
    return matmul(A, v), A
