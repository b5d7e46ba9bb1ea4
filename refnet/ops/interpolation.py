"""Interpolation: every output is a weighted sum of neighbours in the input, one axis after the other.

An output j of m lies at the place p = (j + ½)·step − ½ of the input's n entries: entries are squares
side by side, and step = n/m of them fall on one output. With align_corners they are points; the first
and the last points of both meet, and p = j·step with step = (n − 1)/(m − 1).

The functions here say, for one axis, which entries an output sees and with what weights
(refnet.ops.windows). The rest is one rule: y = (A₁ ⊗ … ⊗ A_d) x with a matrix Aᵢ for each axis,
nearly all of whose entries are 0.
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
    """y_j = Σ_k weight_kj x[place_kj] along each of the last axes in turn

    Shape:
        x: (*, n₁, …, n_d); windows: one for each of the d axes, with m₁, …, m_d outputs;
        y: (*, m₁, …, m_d)

    Pullback:
        x̄_i = Σ_j ȳ_j weight_kj over the j with place_kj = i, along each axis: the transpose

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
    """How far apart in the input two outputs lie; factor is m/n as given, before m was rounded."""
    if align_corners:
        return (n - 1) / (m - 1) if m > 1 else 0.0
    return 1 / factor if factor is not None and factor > 0 else n / m


def nearest(n: int, m: int, step: float, *, exact: bool) -> Windows:
    """Entry ⌊j·step⌋; with exact the one whose square holds the place of j, ⌊(j + ½)·step⌋."""
    p = np.arange(m) * step if not exact else np.maximum(_places(m, step, False), 0) + 0.5
    place = np.minimum(_floor(p), n - 1)[None]
    return Windows(place, np.ones(place.shape, np.bool))


def linear(n: int, m: int, step: float, *, align_corners: bool) -> Windows:
    """The entries on both sides of p, with the weights 1 − t and t for p = i + t; before the first
    entry the first one alone, after the last one the last one."""
    if m == n:
        return nearest(n, m, 1.0, exact=False)
    i, t = _split(np.maximum(_places(m, step, align_corners), 0), n)
    place = np.stack([i, np.minimum(i + 1, n - 1)])
    return Windows(place, np.ones(place.shape, np.bool), np.stack([1 - t, t]))


def cubic(n: int, m: int, step: float, *, align_corners: bool) -> Windows:
    """The two entries on either side of p, weighted by Keys' cubic with a = −¾; entries before the first
    one and after the last one are repetitions of these."""
    i, t = _split(_places(m, step, align_corners), n)
    offset = np.arange(-1, 3)[:, None]
    place = np.clip(i + offset, 0, n - 1)
    return Windows(place, np.ones(place.shape, np.bool), keys(abs(t - offset), -0.75))


def smooth(n: int, m: int, step: float, kernel: Kernel, radius: int) -> Windows:
    """All entries that a kernel around p reaches, which is stretched to the step if that is above 1.

    So an image that shrinks is smoothed before (antialias). The weights of an output are divided
    by their sum.
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
    """1 − d, and 0 from 1 on: linear interpolation."""
    y: Array = np.maximum(1 - d, 0)
    return y


def keys(d: Array, a: float) -> Array:
    """Keys' cubic: (a + 2) d³ − (a + 3) d² + 1 up to 1, a (d³ − 5 d² + 8 d − 4) up to 2, then 0; NaN at NaN

    a is its slope at 1. With −½ the interpolation of a parabola is the parabola.

    Source:
        Keys 1981, "Cubic convolution interpolation for digital image processing"
    """
    near = ((a + 2) * d - (a + 3)) * d * d + 1
    far = (((d - 5) * d + 8) * d - 4) * a
    return np.where(d <= 1, near, np.where(d >= 2, 0, far))


def keys_slope(d: Array, a: float) -> Array:
    """The derivative of keys: 3 (a + 2) d² − 2 (a + 3) d up to 1, a (3 d² − 10 d + 8) up to 2, then 0."""
    near = (3 * (a + 2) * d - 2 * (a + 3)) * d
    far = ((3 * d - 10) * d + 8) * a
    return np.where(d <= 1, near, np.where(d >= 2, 0, far))


def lanczos(d: Array) -> Array:
    """sinc(d) sinc(d/3), and 0 from 3 on."""
    return np.where(d < 3, np.sinc(d) * np.sinc(d / 3), 0)


# --- places --------------------------------------------------------------------------------------


def _places(m: int, step: float, align_corners: bool) -> Array:
    """p for each of the m outputs."""
    j = np.arange(m)
    return j * step if align_corners else (j + 0.5) * step - 0.5


def _split(p: Array, n: int) -> tuple[Array, Array]:
    """p = i + t with a whole number i < n, and t in [0, 1]."""
    i = np.minimum(_floor(p), n - 1)
    return i, np.clip(p - i, 0, 1)


def _floor(p: Array) -> Array:
    """⌊p⌋ of p rounded to float32, as in PyTorch: then 2.9999999999 is 3."""
    return np.floor(p.astype(np.float32)).astype(np.intp)
