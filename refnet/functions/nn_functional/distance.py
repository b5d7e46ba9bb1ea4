"""Distances between vectors, and their cosine similarity."""

import math

import numpy as np

from refnet import ops
from refnet.engine.dtypes import promote
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.dims import one_dim
from refnet.functions.einsum import check_same_dtype
from refnet.functions.nn_functional.checks import check_number
from refnet.functions.operands import check_tensors, misfit
from refnet.functions.piecewise import abs as modulus, ceil, clamp_max
from refnet.functions.reduction import norm

__all__ = ["cosine_similarity", "pairwise_distance", "pdist"]

_MODES = (
    "use_mm_for_euclid_dist_if_necessary",
    "use_mm_for_euclid_dist",
    "donot_use_mm_for_euclid_dist",
)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-08) -> Tensor:
    """Computes the cosine of the angle between two vectors.

        y = x₁ · x₂ / (max(‖x₁‖, ε) max(‖x₂‖, ε))

    The gradient is derived in `refnet.ops.cosine_similarity`.

    Shape:
        x₁, x₂: (*), which broadcast
        y: the common shape without dimension dim

    Args:
        x1: x₁
        x2: x₂
        dim: the dimension of the vectors, in the common shape
        eps: ε, a lower bound of the norms, which is not differentiated

    Raises:
        RuntimeError: the shapes do not broadcast, or the inputs are integers
        IndexError: the inputs have no dimension dim

    Example:
        >>> x = refnet.tensor([[1.0, 0.0], [1.0, 0.0]])
        >>> F.cosine_similarity(x, refnet.tensor([[3.0, 4.0], [-2.0, 0.0]]))
        tensor([ 0.6000, -1.0000])
    """
    check_tensors("cosine_similarity", x1=x1, x2=x2)
    check_number("cosine_similarity", eps=eps)
    try:
        shape = np.broadcast_shapes(x1._array.shape, x2._array.shape)
    except ValueError:
        raise misfit(x1, x2) from None
    full = shape or (1,)
    # Promotion treats a 0-d tensor differently, so both are expanded first.
    x1, x2 = promote(x1.expand(full), x2.expand(full))
    if x1._array.dtype.kind not in "fc":
        raise RuntimeError(f"cosine_similarity(): expected floating-point inputs, got {x1.dtype}")
    if eps < 0:
        raise RuntimeError(f"cosine_similarity(): expected eps of at least 0, got {eps}")
    return apply(ops.cosine_similarity, x1, x2, dim=one_dim(dim, len(shape)), eps=eps)


def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-06, keepdim: bool = False
) -> Tensor:
    """Computes the p-norm of the difference of two vectors.

        y = ‖x₁ − x₂ + ε‖_p

    The gradient is derived in `refnet.ops.norm` (p = 2), `refnet.ops.p_norm`, `refnet.ops.amax`
    (p = ∞), `refnet.ops.amin` (p = −∞) and `refnet.ops.zero_norm` (p = 0).

    Shape:
        x₁, x₂: (N, D) or (D), which broadcast
        y: (N) or (); with keepdim (N, 1) or (1)

    Args:
        x1: x₁
        x2: x₂
        p: order of the norm, which can be negative
        eps: ε, which keeps the entries different from 0 where x₁ = x₂
        keepdim: if True, the last dimension is kept with size 1

    Raises:
        RuntimeError: the shapes do not broadcast, or the inputs are integers

    Example:
        >>> F.pairwise_distance(refnet.tensor([[3.0, 4.0]]), refnet.zeros(1, 2), eps=0.0)
        tensor([5.])
    """
    check_tensors("pairwise_distance", x1=x1, x2=x2)
    check_number("pairwise_distance", p=p, eps=eps)
    return norm(x1 - x2 + float(eps), p, -1, keepdim)


def pdist(input: Tensor, p: float = 2) -> Tensor:
    """Computes the p-norms of the differences of all pairs of rows.

        y = ‖x_i − x_j‖_p,   i < j, in the order (0, 1), (0, 2), …, (1, 2), …

    The gradient is derived in `refnet.ops.norm` (p = 2), `refnet.ops.p_norm`,
    `refnet.ops.summed_differences` (p = 1) and `refnet.ops.largest_difference` (p = ∞).

    Shape:
        input x: (N, D)
        y: (N (N − 1) / 2)

    Args:
        input: x
        p: order of the norm, at least 0

    Raises:
        RuntimeError: the input is not a matrix or is an integer tensor, or p is negative

    Example:
        >>> F.pdist(refnet.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
        tensor([5.0000, 1.0000, 4.2426])
    """
    check_tensors("pdist", input=input)
    check_number("pdist", p=p)
    if input.dim() != 2:
        raise RuntimeError(f"pdist(): expected a 2D input, got {input.dim()}D")
    _check_distance("pdist", p, input=input)
    first, second = np.triu_indices(input.shape[0], 1)
    return _lengths(input[first] - input[second], p)


def cdist(
    x1: Tensor,
    x2: Tensor,
    p: float = 2.0,
    compute_mode: str = "use_mm_for_euclid_dist_if_necessary",
) -> Tensor:
    """Computes the p-norms of the differences between the rows u_i of x₁ and v_j of x₂.

        y_ij = ‖u_i − v_j‖_p

    The gradient is derived in `refnet.ops.norm` (p = 2), `refnet.ops.p_norm`,
    `refnet.ops.summed_differences` (p = 1) and `refnet.ops.largest_difference` (p = ∞).

    Shape:
        x₁: (*, P, D)
        x₂: (*, R, D)
        y: (*, P, R)

    Args:
        x1: x₁
        x2: x₂
        p: order of the norm, at least 0
        compute_mode: whether PyTorch expands ‖a − b‖² into products, which is faster but less
            accurate; refnet computes the differences in each mode

    Raises:
        RuntimeError: the shapes do not fit, the inputs are integers, or p is negative
        ValueError: compute_mode is unknown

    Example:
        >>> x = refnet.tensor([[0.0, 0.0], [3.0, 4.0]])
        >>> refnet.cdist(x, refnet.tensor([[0.0, 0.0]]))
        tensor([[0.],
                [5.]])
    """
    check_tensors("cdist", x1=x1, x2=x2)
    check_number("cdist", p=p)
    if compute_mode not in _MODES:
        raise ValueError(f"cdist(): expected compute_mode in {_MODES}, got {compute_mode!r}")
    _check_distance("cdist", p, x1=x1, x2=x2)
    check_same_dtype(x1, x2)
    a, b = x1._array.shape, x2._array.shape
    if min(len(a), len(b)) < 2:
        raise RuntimeError(f"cdist(): expected inputs of at least 2D, got {list(a)} and {list(b)}")
    if a[-1] != b[-1]:
        raise RuntimeError(
            f"cdist(): expected as many columns of x1 as of x2, got {a[-1]} and {b[-1]}"
        )
    return _lengths(x1.unsqueeze(-2) - x2.unsqueeze(-3), p)


def _check_distance(function: str, p: float, **inputs: Tensor) -> None:
    """Raises RuntimeError for inputs that are not floating-point, and for a negative p."""
    for name, x in inputs.items():
        if x._array.dtype.kind not in "fc":
            raise RuntimeError(f"{function}(): expected a floating-point {name}, got {x.dtype}")
    if not p >= 0:
        raise RuntimeError(f"{function}(): expected p of at least 0, got {p}")


def _lengths(d: Tensor, p: float) -> Tensor:
    """Computes ‖d‖_p along the last dimension."""
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
