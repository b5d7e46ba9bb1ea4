"""The standard normal distribution: its distribution function Φ(x) and its density φ(x)."""

from __future__ import annotations

import math

import numpy as np

from refnet.ops.error_function import error_function
from refnet.ops.rule import Array


def standard_normal(x: Array) -> tuple[Array, Array]:
    """Φ(x) = ½ (1 + erf(x/√2)) and φ(x) = e^(−½x²) / √(2π)"""
    cdf = 0.5 * (1 + error_function(x * math.sqrt(0.5)))
    density = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return cdf, density
