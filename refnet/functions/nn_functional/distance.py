"""Distances and the cosine similarity, under PyTorch's names."""

import math

import numpy as np

from refnet import ops
from refnet.engine.dtypes import promote
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.dims import one_dim
from refnet.functions.einsum import check_same_dtype, check_tensors
from refnet.functions.nn_functional.checks import check_number
from refnet.functions.operands import misfit
from refnet.functions.piecewise import abs as modulus, ceil, clamp_max
from refnet.functions.reduction import norm

__all__ = ["cosine_similarity", "pairwise_distance", "pdist"]

_MODES = (
    "use_mm_for_euclid_dist_if_necessary",
    "use_mm_for_euclid_dist",
    "donot_use_mm_for_euclid_dist",
)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-08) -> Tensor:
    """x1 · x2 / (max(‖x1‖, ε) max(‖x2‖, ε)) along dim; see refnet.ops.cosine_similarity.

    The two broadcast; dim is one of the common shape's. Raises RuntimeError if they do not, and for
    integers; IndexError for a dimension that is not there.
    """
    check_tensors("cosine_similarity", x1=x1, x2=x2)
    check_number("cosine_similarity", eps=eps)
    try:
        shape = np.broadcast_shapes(x1._array.shape, x2._array.shape)
    except ValueError:
        raise misfit(x1, x2) from None
    full = shape or (1,)
    x1, x2 = promote(x1.expand(full), x2.expand(full))  # where a 0-d one counts as others do
    if x1._array.dtype.kind not in "fc":
        raise RuntimeError(f"cosine_similarity is for floating-point inputs, got {x1.dtype}")
    if eps < 0:
        raise RuntimeError(f"cosine_similarity: eps must not be negative, got {eps}")
    return apply(ops.cosine_similarity, x1, x2, dim=one_dim(dim, len(shape)), eps=eps)


def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-06, keepdim: bool = False
) -> Tensor:
    """‖x1 − x2 + ε‖_p along the last dimension: rows with rows, which may broadcast.

    Raises RuntimeError for shapes that do not fit and for integers.

    The gradient is derived in `refnet.ops.amax`, `refnet.ops.amin` and `refnet.ops.zero_norm`.
    """
    check_tensors("pairwise_distance", x1=x1, x2=x2)
    check_number("pairwise_distance", p=p, eps=eps)
    return norm(x1 - x2 + float(eps), p, -1, keepdim)


def pdist(input: Tensor, p: float = 2) -> Tensor:
    """‖x_i − x_j‖_p of each pair i < j of rows, in the order (0, 1), (0, 2), …, (1, 2), …

    (N, M) -> (N (N − 1)/2). Raises RuntimeError for another number of dimensions, for p < 0 and for
    integers.

    The gradient is derived in `refnet.ops.largest_difference` and `refnet.ops.summed_differences`.
    """
    check_tensors("pdist", input=input)
    check_number("pdist", p=p)
    if input.dim() != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.dim()}D")
    _check_distance("pdist", p, input=input)
    first, second = np.triu_indices(input.shape[0], 1)
    return _lengths(input[first] - input[second], p)


def cdist(
    x1: Tensor,
    x2: Tensor,
    p: float = 2.0,
    compute_mode: str = "use_mm_for_euclid_dist_if_necessary",
) -> Tensor:
    """‖x1_i − x2_j‖_p of each row of x1 and each of x2. (..., P, M), (..., R, M) -> (..., P, R)

    compute_mode says whether PyTorch may expand ‖a − b‖² into products, which is fast and cancels.
    Here the differences are taken in each mode.

    Raises RuntimeError for shapes that do not fit, for p < 0 and for integers; ValueError for an
    unknown mode.

    The gradient is derived in `refnet.ops.largest_difference` and `refnet.ops.summed_differences`.
    """
    check_tensors("cdist", x1=x1, x2=x2)
    check_number("cdist", p=p)
    if compute_mode not in _MODES:
        raise ValueError(f"compute_mode must be one of {', '.join(_MODES)}, got {compute_mode}")
    _check_distance("cdist", p, x1=x1, x2=x2)
    check_same_dtype(x1, x2)
    a, b = x1._array.shape, x2._array.shape
    if min(len(a), len(b)) < 2:
        raise RuntimeError(f"cdist only supports at least 2D tensors, got {list(a)} and {list(b)}")
    if a[-1] != b[-1]:
        raise RuntimeError(
            f"cdist: x1 and x2 must have the same number of columns, got {a[-1]} and {b[-1]}"
        )
    return _lengths(x1.unsqueeze(-2) - x2.unsqueeze(-3), p)


def _check_distance(function: str, p: float, **inputs: Tensor) -> None:
    for name, x in inputs.items():
        if x._array.dtype.kind not in "fc":
            raise RuntimeError(f"{function}: {name} must be floating-point, got {x.dtype}")
    if not p >= 0:
        raise RuntimeError(f"{function}: p must not be negative, got {p}")


def _lengths(d: Tensor, p: float) -> Tensor:
    """‖d‖_p along the last dimension."""
    y: Tensor
    if math.isinf(p):
        y = apply(ops.largest_difference, d)
        return y
    if p == 0:
        return clamp_max(ceil(modulus(d)), 1).sum(-1)  # NaN stays NaN
    if p == 1:
        y = apply(ops.summed_differences, d)
        return y
    return norm(d, p, -1)
