"""The standard normal distribution: Φ(x), the probability of less than x, and its density φ(x)."""

from __future__ import annotations

import math

import numpy as np

from refnet.ops.error_function import error_function
from refnet.ops.exponential import LOG2_E, exp2
from refnet.ops.rule import Array

# For float32: log₂(Φ(−x) / Φ(x)) = x (α + β t + γ / (t + δ + ε / (t + ζ))) with t = −½ x² log₂ e. The
# coefficients are minimax: the largest error of Φ is as small as their number allows, 5.4e-8.
_ALPHA, _BETA = -3.4143558436309216, 0.07255137009385502
_GAMMA, _DELTA = -5.551432577125247, 17.015116459511415
_EPSILON, _ZETA = 719.2218994920722, -32.681865441225206


def standard_normal(x: Array) -> tuple[Array, Array]:
    """Φ(x) = ½ (1 + erf(x/√2)) and φ(x) = e^(−½x²) / √(2π)

    In float32 Φ is the sigmoid of a fraction, 1 / (1 + 2^z), which errs by about one unit in the last
    place of 1. Of a complex x to first order in the imaginary part, as the error function.
    """
    t = np.asarray(x * x)
    t *= -0.5 * LOG2_E
    if x.dtype == np.float32:
        cdf = np.asarray(t + _ZETA)
        np.divide(_EPSILON, cdf, out=cdf)
        cdf += t
        cdf += _DELTA
        np.divide(_GAMMA, cdf, out=cdf)
        cdf += _BETA * t
        cdf += _ALPHA
        cdf *= x
        exp2(cdf, out=cdf)
        cdf += 1
        np.divide(1, cdf, out=cdf)
    else:
        cdf = error_function(x * math.sqrt(0.5))
        cdf += 1
        cdf *= 0.5
    exp2(t, out=t)
    t *= 1 / math.sqrt(2 * math.pi)
    return cdf, t
