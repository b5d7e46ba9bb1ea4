"""Places between the entries of an axis: the entries around a place, and their weights."""

from __future__ import annotations

import numpy as np

from refnet.ops.interpolation import keys, keys_slope
from refnet.ops.rule import Array, refuse_kink

Neighbour = tuple[Array, Array, Array]


def neighbours(
    g: Array, n: int, mode: str, padding_mode: str, align_corners: bool, dims: int
) -> list[Neighbour]:
    """Returns the entries around the place p of each coordinate g of grid_sample, as (i, w, slope).

    i is the index of an entry, or −1 outside of the axis. w is its weight, and slope is dw/dg; both
    are 0 outside.

    Args:
        g: the coordinates from −1 to 1
        n: the number of entries on the axis
        mode: "nearest", "bilinear" or "bicubic"
        padding_mode: "zeros", "border" or "reflection"
        align_corners: whether −1 and 1 are the centres of the first and the last entry
        dims: the number of axes; for three, weights outside are 0 also where p is NaN
    """
    for_nan = n - 1 if dims == 3 else 0
    rate = (n - 1) / 2 if align_corners else n / 2  # dp/dg
    p = (g + 1) * rate - (0 if align_corners else 0.5)
    slope = np.full(p.shape, rate, p.real.dtype)
    if mode != "bicubic":
        p, sign = moved(p, n, padding_mode, align_corners, for_nan)
        slope = slope * sign
    first = np.floor(p.real)
    t = p - first
    if mode == "nearest":
        refuse_kink("grid_sample", g, p.real == first + 0.5)
        i = np.rint(p.real)[None]
        w, slope = np.ones_like(i), np.zeros_like(i)
    elif mode == "bilinear":
        refuse_kink("grid_sample", g, t.real == 0)
        i = np.stack([first, first + 1])
        w, slope = np.stack([1 - t, t]), np.stack([-slope, slope])
    else:
        i = np.stack([first - 1, first, first + 1, first + 2])
        i, _ = moved(i, n, padding_mode, align_corners, for_nan)
        d = np.stack([1 + t, t, 1 - t, 2 - t])
        w, slope = keys(d, -0.75), np.stack([slope, slope, -slope, -slope]) * keys_slope(d, -0.75)
    inside = (i >= 0) & (i < n)
    place = np.where(inside, i, -1).astype(np.intp)
    if dims == 3:
        return list(zip(place, np.where(inside, w, 0), np.where(inside, slope, 0), strict=True))
    return list(zip(place, w * inside, slope * inside, strict=True))


def moved(
    p: Array, n: int, padding_mode: str, align_corners: bool, for_nan: int
) -> tuple[Array, Array]:
    """Moves the place p into the image, and NaN to `for_nan`; returns it and its derivative."""
    sign = np.ones(p.shape, p.real.dtype)
    if padding_mode == "zeros":
        return p, sign
    if padding_mode == "reflection":
        low, span = (0.0, n - 1.0) if align_corners else (-0.5, float(n))
        if span == 0:
            return np.zeros_like(p), np.zeros_like(sign)
        q = p - low
        sign = np.where(q.real < 0, -sign, sign)
        q = np.where(q.real < 0, -q, q)
        turns = np.floor(q.real / span)
        q = q - turns * span
        back = turns % 2 == 1
        p = np.where(back, span - q, q) + low
        sign = np.where(back, -sign, sign)
    within = (p.real > 0) & (p.real < n - 1)
    clipped = np.clip(np.where(np.isnan(p.real), for_nan, p.real), 0, n - 1)
    return np.where(within, p, clipped), sign * within
