"""The reduction of the losses of all entries to one number.

`reduction` is "none" (a loss for each entry), "sum" or "mean". The mean of no entries is NaN, as
0/0.
"""

from __future__ import annotations

import math
from typing import Any

from refnet.ops.rule import Array


def reduced(losses: Array, reduction: str, count: Any) -> tuple[Array, Any]:
    """Returns the reduced loss, and the factor from its cotangent to the cotangent of each entry.

    Args:
        losses: the losses of the entries
        reduction: "none", "sum" or "mean"
        count: the divisor of "mean", the number of entries or the sum of their weights
    """
    if reduction == "none":
        return losses, 1.0
    total: Array = losses.sum()
    if reduction == "sum":
        return total, 1.0
    if not count:
        return total * math.nan, math.nan
    return total / count, 1 / count
