"""How the losses of single entries become one number.

`reduction` is "none" (a loss for each entry), "sum" or "mean". The mean over no entries is nan,
as 0/0 is.
"""

import math
from typing import Any

import numpy as np

from refnet.ops.rule import Array

# log 0 = −inf, 0/0 = nan and 0 · inf = nan are meant in losses, so NumPy need not warn.
quiet = np.errstate(divide="ignore", invalid="ignore", over="ignore")


def reduced(losses: Array, reduction: str, count: Any) -> tuple[Array, Any]:
    """The reduced loss, and the factor from its cotangent to that of each entry.

    count is what "mean" divides by: the number of entries, or the sum of their weights.
    """
    if reduction == "none":
        return losses, 1.0
    total: Array = losses.sum()
    if reduction == "sum":
        return total, 1.0
    if not count:
        return total * math.nan, math.nan
    return total / count, 1 / count
