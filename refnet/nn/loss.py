"""What losses as layers have in common.

Every one takes `reduction`: "none" gives a loss for each entry or example, "sum" their sum,
"mean" their mean. `size_average` and `reduce` are its two deprecated forebears. Formulas and errors are
those of the functions in refnet.nn.functional.
"""

from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.loss_reduction import resolve_reduction
from refnet.nn.module import Module


class _Loss(Module):
    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__()
        if size_average is not None or reduce is not None:
            reduction = resolve_reduction(reduction, size_average, reduce)
        self.reduction = reduction


class _WeightedLoss(_Loss):
    """weight is a buffer: part of the state, cast with the module, not trained."""

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
