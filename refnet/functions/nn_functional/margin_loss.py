"""Losses that ask for a margin between two answers or two inputs, under PyTorch's names.

Each is composed of rules. At its kink z = 0 the hinge max(0, z) passes the whole cotangent, as
clamp does.
"""

import numpy as np

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.checks import check_constant, check_number
from refnet.functions.nn_functional.loss_reduction import reduced, resolve_reduction
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
    """x where t = 1, max(0, margin − x) where t = −1; their sum where t is neither

    Raises RuntimeError for shapes that do not broadcast.

    The gradient is derived in `refnet.ops.where`.
    """
    check_tensors("hinge_embedding_loss", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    check_number("hinge_embedding_loss", margin=margin)
    margin = input._array.dtype.type(margin).item()  # of an integer input an integer, as in PyTorch
    far = where(target != 1, (margin - input).clamp_min(0), 0)
    near = where(target != -1, input, 0)
    return reduced(far + near, reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin − t (x1 − x2)): for t = 1 the first should rank higher, for t = −1 the second

    Raises RuntimeError for different numbers of dimensions, and for shapes that do not broadcast.
    """
    check_tensors("margin_ranking_loss", input1=input1, input2=input2, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    check_number("margin_ranking_loss", margin=margin)
    if not input1.dim() == input2.dim() == target.dim():
        raise RuntimeError(
            "margin_ranking_loss: the inputs and the target must have the same number of "
            f"dimensions, got {list(input1.shape)}, {list(input2.shape)} and {list(target.shape)}"
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
    """1 − cos where t = 1, max(0, cos − margin) where t = −1, 0 elsewhere, with
    cos = x1 · x2 / √((‖x1‖² + ε) (‖x2‖² + ε)) along the last dimension, ε = 10⁻¹²

    x1, x2: (N, D) with t: (N), or (D) with t: (). Raises RuntimeError for other shapes.

    The gradient is derived in `refnet.ops.where`.
    """
    check_tensors("cosine_embedding_loss", input1=input1, input2=input2, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    dim = target.dim()
    if dim > 1 or (input1.dim(), input2.dim()) != (dim + 1, dim + 1):
        raise RuntimeError(
            "cosine_embedding_loss is for inputs (N, D) with a target (N), or (D) with (), got "
            f"{list(input1.shape)}, {list(input2.shape)} and {list(target.shape)}"
        )
    eps = float(np.float32(1e-12))  # PyTorch holds it in single precision
    size1, size2 = ((x * x).sum(dim) + eps for x in (input1, input2))
    cos = (input1 * input2).sum(dim) / (size1 * size2).sqrt()
    near = where(target == 1, 1 - cos, 0)
    far = where(target == -1, (cos - margin).clamp_min(0), 0)
    return reduced(near + far, reduction)


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """log(1 + e^−tx), computed as it stands: infinite, with gradient NaN, where e^−tx overflows

    softplus(−t x) is the same and does not overflow; PyTorch's does.

    Raises RuntimeError for a target that does not broadcast to the input's shape or asks for a
    gradient, and for integers.

    The gradient is derived in `refnet.ops.log1p_exp`.
    """
    check_tensors("soft_margin_loss", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    check_constant("soft_margin_loss", target=target)
    if input._array.dtype.kind not in "fc":
        raise RuntimeError(f"soft_margin_loss is for a floating-point input, got {input.dtype}")
    z = (-input * target.expand(input.shape)).type_as(input)
    losses: Tensor = apply(ops.log1p_exp, z)
    return reduced(losses, reduction)
