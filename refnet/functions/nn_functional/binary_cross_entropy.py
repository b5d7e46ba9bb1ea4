"""Binary cross entropy of probabilities and of logits; see refnet.ops.binary_cross_entropy."""

from refnet import ops
from refnet.engine.dtypes import cast
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.arithmetic import no_bool_minus
from refnet.functions.nn_functional.checks import check_constant, weight_like
from refnet.functions.nn_functional.loss_reduction import resolve_reduction
from refnet.functions.operands import check_tensors, need_float

__all__ = ["binary_cross_entropy", "binary_cross_entropy_with_logits"]


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = −w (t log x + (1 − t) log(1 − x)), the cross entropy of two classes

    x is a probability. Each logarithm is at least −100.

    The gradient is derived in `refnet.ops.binary_cross_entropy`.

    Args:
        input: x, in [0, 1]
        target: t, in [0, 1], of the same shape and dtype
        weight: w, which broadcasts to the input's shape, or None
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        ValueError: the shapes of the input and the target differ, or the reduction is unknown
        RuntimeError: their dtypes differ, an entry is not in [0, 1], or the weight requires a
            gradient or does not broadcast
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.binary_cross_entropy(
        ...     refnet.tensor([0.5, 1.0]), refnet.tensor([1.0, 1.0]), reduction="none"
        ... )
        tensor([0.6931, -0.0000])
    """
    check_tensors("binary_cross_entropy", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    x, t = input._array, target._array
    if t.shape != x.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size "
            f"({input.shape}) is deprecated. Please ensure they have the same size."
        )
    need_float("binary_cross_entropy", input)
    if t.dtype != x.dtype and "c" not in (x.dtype.kind, t.dtype.kind):
        raise RuntimeError(f"Found dtype {target.dtype} but expected {input.dtype}")
    for name, a in ("input", x.real), ("target", t.real):
        if a.size and not (a.min() >= 0 and a.max() <= 1):  # false for NaN
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
    """ℓ = −w (p t log σ(x) + (1 − t) log(1 − σ(x)))

    It takes the logit x where binary_cross_entropy takes σ(x). It is accurate also where σ(x)
    rounds to 0 or 1.

    The gradient is derived in `refnet.ops.binary_cross_entropy_with_logits`.

    Args:
        input: x, floating-point
        target: t, floating-point, of the same shape
        weight: w, which broadcasts to the input's shape, or None
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"
        pos_weight: p, the weight of positive targets, which broadcasts to the input's shape, or
            None

    Raises:
        ValueError: the shapes of the input and the target differ, or the reduction is unknown
        RuntimeError: the target is not floating-point, or a weight requires a gradient or does not
            broadcast
        NotImplementedError: the input is not floating-point

    Example:
        >>> x, t = refnet.tensor([0.0, 100.0]), refnet.tensor([1.0, 0.0])
        >>> F.binary_cross_entropy_with_logits(x, t, reduction="none")
        tensor([  0.6931, 100.0000])
    """
    check_tensors("binary_cross_entropy_with_logits", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    if target._array.shape != input._array.shape:
        raise ValueError(
            f"Target size ({target.shape}) must be the same as input size ({input.shape})"
        )
    need_float("binary_cross_entropy_with_logits", input)
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
