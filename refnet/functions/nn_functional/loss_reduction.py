"""PyTorch's `reduction` of losses, and size_average and reduce, which it replaced."""

from refnet.engine.caller_warning import warn
from refnet.engine.tensor import Tensor


def resolve_reduction(reduction: str, size_average: bool | None, reduce: bool | None) -> str:
    """Returns the reduction, "none", "mean" or "sum", from the three arguments of a loss.

    Raises:
        ValueError: the reduction is unknown
    """
    if reduction == "elementwise_mean" and size_average is None and reduce is None:
        warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.")
        return "mean"
    return plain_reduction(reduction, size_average, reduce)


def plain_reduction(reduction: str, size_average: bool | None, reduce: bool | None) -> str:
    """Does the same for the functions that do not accept "elementwise_mean"."""
    if size_average is not None or reduce is not None:
        return _legacy_reduction(size_average, reduce)
    check_reduction(reduction)
    return reduction


def _legacy_reduction(size_average: bool | None, reduce: bool | None) -> str:
    mean = "mean" if size_average in (None, True) else "sum"
    reduction = mean if reduce in (None, True) else "none"
    warn(
        "size_average and reduce args will be deprecated, "
        f"please use reduction='{reduction}' instead."
    )
    return reduction


def check_reduction(reduction: str) -> None:
    """Raises ValueError for a reduction other than "none", "mean" and "sum"."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """Returns the losses themselves, their mean or their sum."""
    if reduction == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()
