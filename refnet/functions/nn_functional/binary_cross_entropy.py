"""Binary cross entropy under PyTorch's names: of probabilities, and of logits."""

from refnet import ops
from refnet.engine.dtypes import cast
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.arithmetic import no_bool_minus
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.checks import check_constant, check_floating, weight_like
from refnet.functions.nn_functional.loss_reduction import resolve_reduction

__all__ = ["binary_cross_entropy", "binary_cross_entropy_with_logits"]


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """−w (t log x + (1 − t) log(1 − x)); see refnet.ops.binary_cross_entropy.

    Raises ValueError for two shapes; RuntimeError for two dtypes, for an input or a target
    outside [0, 1], and for a weight that asks for a gradient or does not fit.
    """
    check_tensors("binary_cross_entropy", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    x, t = input._array, target._array
    if t.shape != x.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size "
            f"({input.shape}) is deprecated. Please ensure they have the same size."
        )
    check_floating("binary_cross_entropy", input)
    if t.dtype != x.dtype and "c" not in (x.dtype.kind, t.dtype.kind):
        raise RuntimeError(f"Found dtype {target.dtype} but expected {input.dtype}")
    for name, a in ("input", x.real), ("target", t.real):
        if a.size and not (a.min() >= 0 and a.max() <= 1):  # so also for nan
            raise RuntimeError(f"all elements of {name} should be between 0 and 1")
    check_constant("binary_cross_entropy", weight=weight)
    w = weight_like(input, weight)
    return apply(ops.binary_cross_entropy, input, target, w, reduction=reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """−w (p t log σ(x) + (1 − t) log(1 − σ(x))); see refnet.ops.binary_cross_entropy_with_logits.

    Raises ValueError for two shapes, RuntimeError for a target that is not floating-point and for
    weights that ask for a gradient or do not fit.
    """
    check_tensors("binary_cross_entropy_with_logits", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    if target._array.shape != input._array.shape:
        raise ValueError(
            f"Target size ({target.shape}) must be the same as input size ({input.shape})"
        )
    check_floating("binary_cross_entropy_with_logits", input)
    if target._array.dtype.kind not in "fc":
        raise RuntimeError(
            f"result type {input.dtype} can't be cast to the target's type {target.dtype}: "
            "the target must be floating-point"
        )
    check_constant("binary_cross_entropy_with_logits", weight=weight, pos_weight=pos_weight)
    if pos_weight is not None:
        no_bool_minus(pos_weight)
    x = cast(input, target._array.dtype)
    return apply(
        ops.binary_cross_entropy_with_logits,
        x,
        target,
        weight_like(x, weight),
        weight_like(x, pos_weight),
        reduction=reduction,
    )
