"""Normal values from uniform ones, rounded as PyTorch's kernels round them.

Box and Muller (1958): for u₁ in (0, 1] and u₂ in [0, 1), uniformly distributed and independent,

    z₁ = √(−2 ln u₁) cos 2πu₂
    z₂ = √(−2 ln u₁) sin 2πu₂

are standard normal and independent. The formula does not say how ln, cos and sin are rounded, and
where a cosine is close to zero the rounding is visible. We use PyTorch's, so that equal seeds give
equal weights:

- float64 calls the C library, and so does this file, through `math`.
- float32 uses the polynomials of the Cephes library (S. L. Moshier), where each product and sum is
  one fused multiply-add, rounded once. Here float32 numbers are held in float64, where the product
  of two is exact, and `_round` ends each step. A sum that float64 cannot represent exactly is
  rounded twice; this changes about one step in 10⁹.

PyTorch does this on x86 processors with AVX2. With other vector instructions, its float32 values
can differ by a few units in the last place.
"""

import math
from collections.abc import Callable

import numpy as np

from refnet.ops.rule import Array

_BLOCKS = 2048  # of 16 values at a time, so that the temporaries fit in the cache


def box_muller(u: Array, mean: float, std: float) -> Array:
    """Returns normally distributed values from uniformly distributed ones, in blocks of 16.

    In each block the first eight values are 1 − u₁, the last eight u₂. In the result the first
    eight are the cosines z₁, the last eight the sines z₂.

    Shape:
        u, result: (16 n), float32 or float64
    """
    blocks = u.reshape(-1, 2, 8)
    z = np.empty_like(blocks)
    pair = _pair32 if u.dtype == np.float32 else _pair64
    for i in range(0, len(blocks), _BLOCKS):
        u1, u2 = 1 - blocks[i : i + _BLOCKS, 0], blocks[i : i + _BLOCKS, 1]
        z[i : i + _BLOCKS, 0], z[i : i + _BLOCKS, 1] = pair(u1, u2)
    return fma(z, std, mean).reshape(u.shape)


def fma(x: Array, b: float, c: float) -> Array:
    """Computes x b + c with one rounding, as a processor's fused multiply-add.

    In float64 the rounding errors of the product and of the sum are computed exactly and added.

    Source:
        Dekker 1971, "A floating-point technique for extending the available precision"; Knuth's
            two-sum
    """
    if x.dtype == np.float32:
        b, c = float(np.float32(b)), float(np.float32(c))
        fused: Array = (x.astype(np.float64) * b + c).astype(np.float32)
        return fused
    if c == 0:
        return x * b + c
    p = x * b
    (x_high, x_low), (b_high, b_low) = _halves(x), _halves(b)
    p_error = ((x_high * b_high - p) + x_high * b_low + x_low * b_high) + x_low * b_low
    s = p + c
    t = s - p
    s_error = (p - (s - t)) + (c - t)
    return s + (s_error + p_error)


def _halves(x: Array | float) -> tuple[Array | float, Array | float]:
    """Splits x into a sum of two numbers of 26 bits, whose products are exact."""
    shifted = x * 134217729.0  # 2²⁷ + 1
    high = shifted - (shifted - x)
    return high, x - high


# --- float64 ---------------------------------------------------------------------------------


def _pair64(u1: Array, u2: Array) -> tuple[Array, Array]:
    r = np.sqrt(-2 * by_libm(math.log, u1))
    theta = 2 * math.pi * u2
    return r * by_libm(math.cos, theta), r * by_libm(math.sin, theta)


def by_libm(f: Callable[[float], float], x: Array) -> Array:
    """Applies f of the C library to each element; NumPy's may differ in the last place."""
    return np.fromiter(map(f, x.ravel().tolist()), np.float64, x.size).reshape(x.shape)


# --- float32 ---------------------------------------------------------------------------------


def _round(x: Array) -> Array:
    return x.astype(np.float32).astype(np.float64)


def _constants(*values: float) -> list[float]:
    return [float(np.float32(value)) for value in values]


_LOG = _constants(
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
_SIN = _constants(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
_COS = _constants(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
_LN2_HIGH, _LN2_LOW, _SQRT_HALF = _constants(0.693359375, -2.12194440e-4, 0.707106781186547524)
_PI_4 = _constants(0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8)  # three parts
_4_PI, _2PI = _constants(4 / math.pi, 2 * math.pi)


def _pair32(u1: Array, u2: Array) -> tuple[Array, Array]:
    r = np.sqrt((-2 * _log(u1.astype(np.float64))).astype(np.float32)).astype(np.float64)
    cos, sin = _cos_sin(_round(_2PI * u2.astype(np.float64)))
    return (r * cos).astype(np.float32), (r * sin).astype(np.float32)


def _polynomial(coefficients: list[float], x: Array) -> Array:
    """Evaluates a polynomial by Horner's scheme; the coefficient of the highest power is first."""
    y: Array = _round(coefficients[0] * x + coefficients[1])
    for c in coefficients[2:]:
        y = _round(y * x + c)
    return y


def _log(u: Array) -> Array:
    """Computes ln u = e ln 2 + ln(1 + x), for u = 2ᵉ (1 + x) with 1 + x in [√½, √2)."""
    m, exponent = np.frexp(u)
    small = m < _SQRT_HALF
    x = np.where(small, 2 * m, m) - 1
    e = (exponent - small).astype(np.float64)
    x2 = _round(x * x)
    y = _round(_round(_polynomial(_LOG, x) * x) * x2 + _round(e * _LN2_LOW))
    y = _round(y - 0.5 * x2)
    return _round(e * _LN2_HIGH + _round(x + y))


def _cos_sin(theta: Array) -> tuple[Array, Array]:
    """Computes cos θ and sin θ for 0 ≤ θ ≤ 2π.

        θ = qπ/2 + x,   |x| ≤ π/4

    Each of the two has one polynomial in x.
    """
    q = (_round(theta * _4_PI).astype(np.int64) + 1) >> 1
    x = theta
    for part in _PI_4:
        x = _round(x - 2 * q * part)
    x2 = _round(x * x)
    cos = _round(_round(_polynomial(_COS, x2) * x2) * x2 - _round(0.5 * x2))
    cos = _round(cos + 1)
    sin = _round(_round(_polynomial(_SIN, x2) * x2) * x + x)
    odd = q & 1 == 1  # a quarter turn exchanges sine and cosine
    cos, sin = np.where(odd, sin, cos), np.where(odd, cos, sin)
    return np.where((q + 1) & 2, -cos, cos), np.where(q & 2, -sin, sin)
