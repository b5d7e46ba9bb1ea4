"""How the losses of single entries become one number.

`reduction` is "none" (a loss for each entry), "sum" or "mean". The mean over no entries is nan,
as 0/0 is.
"""

from __future__ import annotations

import math
from typing import Any

from refnet.ops.rule import Array


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
