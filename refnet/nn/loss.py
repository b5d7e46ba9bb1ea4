"""What losses as layers have in common.

Each takes `reduction`: "none" returns a loss for each entry or example, "sum" their sum, "mean"
their mean. It replaces `size_average` and `reduce`, which are deprecated. The errors of a loss are
listed at its function in refnet.nn.functional.
"""

from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.loss_reduction import resolve_reduction
from refnet.nn.module import Module


class _Loss(Module):
    """A loss; size_average and reduce are translated to reduction."""

    def __init__(
        self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
    ) -> None:
        super().__init__()
        if size_average is not None or reduce is not None:
            reduction = resolve_reduction(reduction, size_average, reduce)
        self.reduction = reduction


class _WeightedLoss(_Loss):
    """A loss with a buffer `weight`, which is part of the state and cast with the module."""

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
