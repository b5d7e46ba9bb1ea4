"""Losses that require a margin between two scores or between two inputs.

Each is composed of recorded operations. The derivative of max(0, z) at z = 0 is 1, as for clamp.
"""

import numpy as np

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.checks import check_constant, check_number
from refnet.functions.nn_functional.loss_reduction import reduced, resolve_reduction
from refnet.functions.operands import check_tensors
from refnet.functions.piecewise import where

__all__ = [
    "cosine_embedding_loss",
    "hinge_embedding_loss",
    "margin_ranking_loss",
    "soft_margin_loss",
]


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = x where t = 1, max(0, margin − x) where t = −1

    For any other t, ℓ is the sum of both.

    The gradient is derived in `refnet.ops.where`.

    Args:
        input: x, a distance
        target: t, 1 or −1; x and t broadcast
        margin: the smallest distance for which the loss is 0 where t = −1
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        RuntimeError: the input and the target do not broadcast
        ValueError: the reduction is unknown

    Example:
        >>> F.hinge_embedding_loss(
        ...     refnet.tensor([0.2, 0.2]), refnet.tensor([1, -1]), reduction="none"
        ... )
        tensor([0.2000, 0.8000])
    """
    check_tensors("hinge_embedding_loss", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    check_number("hinge_embedding_loss", margin=margin)
    margin = input._array.dtype.type(margin).item()  # an integer for integers, as in PyTorch
    dissimilar = where(target != 1, (margin - input).clamp_min(0), 0)
    similar = where(target != -1, input, 0)
    return reduced(dissimilar + similar, reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = max(0, margin − t (x₁ − x₂))

    t = 1 means that x₁ should be larger, t = −1 that x₂ should.

    The gradient is that of the operations it is composed of.

    Args:
        input1: x₁
        input2: x₂
        target: t, 1 or −1; x₁, x₂ and t broadcast
        margin: the smallest t (x₁ − x₂) for which the loss is 0
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        RuntimeError: the three have different numbers of dimensions or do not broadcast
        ValueError: the reduction is unknown

    Example:
        >>> x1, x2 = refnet.tensor([3.0, 3.0]), refnet.tensor([1.0, 4.0])
        >>> F.margin_ranking_loss(x1, x2, refnet.tensor([1.0, 1.0]), reduction="none")
        tensor([0., 1.])
    """
    check_tensors("margin_ranking_loss", input1=input1, input2=input2, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    check_number("margin_ranking_loss", margin=margin)
    if not input1.dim() == input2.dim() == target.dim():
        raise RuntimeError(
            "margin_ranking_loss(): expected inputs and target with equal numbers of dimensions, "
            f"got {list(input1.shape)}, {list(input2.shape)} and {list(target.shape)}"
        )
    return reduced((-target * (input1 - input2) + float(margin)).clamp_min(0), reduction)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = 1 − cos where t = 1, max(0, cos − margin) where t = −1, 0 elsewhere

        cos = x₁ · x₂ / √((‖x₁‖² + ε) (‖x₂‖² + ε)), along the last dimension, ε = 10⁻¹²

    The gradient is derived in `refnet.ops.where`.

    Args:
        input1: x₁, (N, D) or (D)
        input2: x₂, of the same shape
        target: t, (N) or (): 1 or −1
        margin: the largest cos for which the loss is 0 where t = −1
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        RuntimeError: a shape does not fit
        ValueError: the reduction is unknown

    Example:
        >>> x1, x2 = refnet.tensor([3.0, 4.0]), refnet.tensor([1.0, 0.0])
        >>> F.cosine_embedding_loss(x1, x2, refnet.tensor(1))
        tensor(0.4000)
    """
    check_tensors("cosine_embedding_loss", input1=input1, input2=input2, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    dim = target.dim()
    if dim > 1 or (input1.dim(), input2.dim()) != (dim + 1, dim + 1):
        raise RuntimeError(
            "cosine_embedding_loss(): expected inputs (N, D) and a target (N), or (D) and (), got "
            f"{list(input1.shape)}, {list(input2.shape)} and {list(target.shape)}"
        )
    eps = float(np.float32(1e-12))  # PyTorch's constant is in single precision
    size1, size2 = ((x * x).sum(dim) + eps for x in (input1, input2))
    cos = (input1 * input2).sum(dim) / (size1 * size2).sqrt()
    similar = where(target == 1, 1 - cos, 0)
    dissimilar = where(target == -1, (cos - margin).clamp_min(0), 0)
    return reduced(similar + dissimilar, reduction)


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = log(1 + e^−tx)

    Where e^−tx overflows, ℓ is ∞ and its gradient NaN, as in PyTorch; softplus(−t x) has the same
    formula and does not overflow.

    The gradient is derived in `refnet.ops.log1p_exp`.

    Args:
        input: x, floating-point
        target: t, 1 or −1; it broadcasts to the input's shape
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        RuntimeError: the target does not broadcast to the input's shape or requires a gradient,
            or the input is not floating-point
        ValueError: the reduction is unknown

    Example:
        >>> F.soft_margin_loss(
        ...     refnet.tensor([0.0, -20.0]), refnet.tensor([1.0, 1.0]), reduction="none"
        ... )
        tensor([ 0.6931, 20.0000])
    """
    check_tensors("soft_margin_loss", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    check_constant("soft_margin_loss", target=target)
    if input._array.dtype.kind not in "fc":
        raise RuntimeError(
            f"soft_margin_loss(): expected a floating-point input, got {input.dtype}"
        )
    z = (-input * target.expand(input.shape)).type_as(input)
    losses: Tensor = apply(ops.log1p_exp, z)
    return reduced(losses, reduction)
