"""Interpolation: each output is a weighted sum of neighbouring inputs, one axis after another.

Output j of m is at the place p of the n inputs. By default entries are squares side by side, and
step = n/m inputs fall on one output. With align_corners entries are points, of which the first and
the last coincide in input and output:

    p = (j + ½)·step − ½   with step = n/m
    p = j·step             with step = (n − 1)/(m − 1), for align_corners

For one axis, the functions here return the inputs and weights of each output (refnet.ops.windows).
The rule itself is y = (A₁ ⊗ … ⊗ A_d) x with a sparse matrix Aᵢ for each axis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from refnet.ops.rule import Array, Pullback, saves_nothing
from refnet.ops.windows import Windows, transposed, weighted_sum

__all__ = ["interpolate"]

Kernel = Callable[[Array], Array]


@saves_nothing
def interpolate(x: Array, *, windows: Sequence[Windows]) -> tuple[Array, Pullback]:
    """y_j = Σ_k weight_kj x[place_kj]

    The sum is taken along each of the last axes, one after another.

    Shape:
        x: (*, n₁, …, n_d); windows: one for each of the d axes, with m₁, …, m_d outputs;
        y: (*, m₁, …, m_d)

    Pullback:
        x̄_i = Σ_jk ȳ_j weight_kj over the j, k with place_kj = i, along each axis

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
    """
    first = x.ndim - len(windows)
    sizes = x.shape[first:]

    def pullback(dy: Array) -> tuple[Array]:
        for axis, (w, n) in enumerate(zip(windows, sizes, strict=True), first):
            dy = weighted_sum(dy, transposed(w, n), axis)
        return (dy,)

    y = x
    for axis, w in reversed(list(enumerate(windows, first))):
        y = weighted_sum(y, w, axis)
    return y, pullback


def step_between(n: int, m: int, factor: float | None, align_corners: bool) -> float:
    """Returns `step` (see above); factor is m/n before m was rounded."""
    if align_corners:
        return (n - 1) / (m - 1) if m > 1 else 0.0
    return 1 / factor if factor is not None and factor > 0 else n / m


def nearest(n: int, m: int, step: float, *, exact: bool) -> Windows:
    """Selects entry ⌊j·step⌋, or with `exact` ⌊(j + ½)·step⌋, whose square contains the place."""
    p = np.arange(m) * step if not exact else np.maximum(_places(m, step, False), 0) + 0.5
    place = np.minimum(_floor(p), n - 1)[None]
    return Windows(place, np.ones(place.shape, np.bool))


def linear(n: int, m: int, step: float, *, align_corners: bool) -> Windows:
    """Selects the entries i and i + 1 around p = i + t, with the weights 1 − t and t.

    Before the first entry only the first one counts, and after the last entry only the last one.
    """
    if m == n:
        return nearest(n, m, 1.0, exact=False)
    i, t = _split(np.maximum(_places(m, step, align_corners), 0), n)
    place = np.stack([i, np.minimum(i + 1, n - 1)])
    return Windows(place, np.ones(place.shape, np.bool), np.stack([1 - t, t]))


def cubic(n: int, m: int, step: float, *, align_corners: bool) -> Windows:
    """Selects two entries on each side of p, with the weights of Keys' cubic for a = −¾.

    The first and the last entry are repeated beyond the edges.
    """
    i, t = _split(_places(m, step, align_corners), n)
    offset = np.arange(-1, 3)[:, None]
    place = np.clip(i + offset, 0, n - 1)
    return Windows(place, np.ones(place.shape, np.bool), keys(abs(t - offset), -0.75))


def smooth(n: int, m: int, step: float, kernel: Kernel, radius: int) -> Windows:
    """Selects all entries in the range of a kernel around p.

    If step > 1, the kernel is stretched by it, so that an image is smoothed before it shrinks
    (antialias). The weights of an output are divided by their sum.
    """
    stretch = max(step, 1.0)
    centre, reach = (np.arange(m) + 0.5) * step, radius * stretch
    start = np.maximum((centre - reach + 0.5).astype(np.intp), 0)
    stop = np.minimum((centre + reach + 0.5).astype(np.intp), n)
    most = math.ceil(reach) * 2 + 1
    count = np.clip(stop - start, 0, most)
    entry = np.arange(max(int(np.max(count, initial=0)), 1))[:, None]
    inside = entry < count
    weight = np.where(inside, kernel(abs(start + entry - centre + 0.5) / stretch), 0)
    total = weight.sum(axis=0)
    weight = weight / np.where(total == 0, 1, total)
    return Windows(np.minimum(start + entry, n - 1), inside, weight)


# --- kernels: the weight at a distance |p − i| = d ---------------------------------------------


def triangle(d: Array) -> Array:
    """Returns 1 − d for d < 1, and 0 elsewhere: linear interpolation."""
    y: Array = np.maximum(1 - d, 0)
    return y


def keys(d: Array, a: float) -> Array:
    """Returns Keys' cubic.

        (a + 2) d³ − (a + 3) d² + 1     for d ≤ 1
        a (d³ − 5 d² + 8 d − 4)         for 1 < d < 2
        0                               for d ≥ 2

    a is its slope at 1. With a = −½ it reproduces parabolas. NaN stays NaN.

    Source:
        Keys 1981, "Cubic convolution interpolation for digital image processing"
    """
    near = ((a + 2) * d - (a + 3)) * d * d + 1
    far = (((d - 5) * d + 8) * d - 4) * a
    return np.where(d <= 1, near, np.where(d >= 2, 0, far))


def keys_slope(d: Array, a: float) -> Array:
    """Returns the derivative of `keys`.

        3 (a + 2) d² − 2 (a + 3) d      for d ≤ 1
        a (3 d² − 10 d + 8)             for 1 < d < 2

    It is 0 for d ≥ 2.
    """
    near = (3 * (a + 2) * d - 2 * (a + 3)) * d
    far = ((3 * d - 10) * d + 8) * a
    return np.where(d <= 1, near, np.where(d >= 2, 0, far))


def lanczos(d: Array) -> Array:
    """Returns sinc(d) sinc(d/3) for d < 3, and 0 elsewhere."""
    return np.where(d < 3, np.sinc(d) * np.sinc(d / 3), 0)


# --- places --------------------------------------------------------------------------------------


def _places(m: int, step: float, align_corners: bool) -> Array:
    """Returns p for each of the m outputs."""
    j = np.arange(m)
    return j * step if align_corners else (j + 0.5) * step - 0.5


def _split(p: Array, n: int) -> tuple[Array, Array]:
    """Returns i and t of p = i + t with an integer i < n and t in [0, 1]."""
    i = np.minimum(_floor(p), n - 1)
    return i, np.clip(p - i, 0, 1)


def _floor(p: Array) -> Array:
    """Returns ⌊p⌋ of p rounded to float32, as in PyTorch, where 2.9999999999 is 3."""
    return np.floor(p.astype(np.float32)).astype(np.intp)
