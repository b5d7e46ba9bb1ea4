"""Sampling at any places: the values of an image at the points of a grid, with their gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from refnet.kernels.masking import kept
from refnet.ops.interpolation import keys, keys_slope
from refnet.ops.rule import Array, Pullback, refuse_kink

__all__ = ["grid_sample"]

Thunk = Callable[[], Array]


def grid_sample(
    x: Array, grid: Array, *, mode: str, padding_mode: str, align_corners: bool
) -> tuple[Array, Pullback]:
    """y[b, c, j] = Σ_i w₁(p₁ − i₁) ⋯ w_d(p_d − i_d) x[b, c, i], p the point j of b's grid

    A coordinate g of the grid, from −1 to 1 across the image, is the place p = ((g + 1) n − 1)/2 on an
    axis of n entries; with align_corners, which takes −1 and 1 for the first and last entries, it
    is p = (g + 1)(n − 1)/2. w is the weight of an entry at that distance, by the mode:

        bilinear  1 − |p − i| for the entries on both sides (trilinear for d = 3)
        nearest   1 for the nearest one, the even one if there are two
        bicubic   Keys' cubic with a = −¾ for two entries on each side

    Outside of the image there are zeros (padding_mode "zeros"), or p is moved to the nearest edge
    ("border") or reflected at the edges ("reflection"); for bicubic each i is, instead of p.

    A NaN or infinite p makes NaN weights, and they make y NaN. As in PyTorch, that is lost where the weights
    are not used: by nearest, and in three dimensions outside of the image; and where p is moved
    into the image, to which a NaN goes as the first place, in three dimensions the last. (In the backward
    pass PyTorch leaves these points out in three dimensions, and in two it fails.)

    Shapes    x: (N, C, n₁, …, n_d); grid: (N, m₁, …, m_d, d), the last coordinate first: (x, y) or
              (x, y, z) for the axes (H, W) or (D, H, W); y: (N, C, m₁, …, m_d)
    Pullback  x̄[b, c, i] = Σ_j w₁ ⋯ w_d ȳ[b, c, j]
              ḡ_k = Σ_{c, i} w₁ ⋯ w′_k ⋯ w_d x[b, c, i] ȳ[b, c, j] · dp_k/dg_k, and 0 for nearest, where
              p is on or behind an edge with "border", and on an edge with "reflection"
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html
    """
    batch, channels, *sizes = x.shape
    points = grid.reshape(batch, math.prod(grid.shape[1:-1]), len(sizes))
    n = math.prod(sizes)
    axes = [
        _neighbours(
            points[..., len(sizes) - 1 - k], size, mode, padding_mode, align_corners, len(sizes)
        )
        for k, size in enumerate(sizes)
    ]
    corners = [_corner(c, sizes) for c in product(*(a.each() for a in axes))]
    # What lies outside is one more entry, which is 0.
    planes = np.zeros((batch, channels, n + 1), x.dtype)
    planes[..., :n] = x.reshape(batch, channels, n)

    y = np.zeros((batch, channels, points.shape[1]), np.result_type(x, grid))
    for place, weights, _ in corners:
        w = _product(weights)
        for b in range(batch):
            y[b] += planes[b].take(place[b], axis=1) * w[b]

    def pullback(dy: Array) -> tuple[Thunk, Thunk]:
        dy = dy.reshape(y.shape)
        dtype = np.result_type(dy, y)

        def dx() -> Array:
            dx = np.zeros(planes.shape, dtype)
            rows = np.arange(channels)[:, None] * (n + 1)
            for place, weights, _ in corners:
                w = _product(weights)
                for b in range(batch):
                    at = (rows + place[b]).reshape(-1)
                    np.add.at(dx[b].reshape(-1), at, (dy[b] * w[b]).reshape(-1))
            return np.ascontiguousarray(dx[..., :n]).reshape(x.shape)

        def dgrid() -> Array:
            dpoints = np.zeros(points.shape, dtype)
            if mode == "nearest":
                return dpoints.reshape(grid.shape)
            for place, weights, slopes in corners:
                inner = np.empty(place.shape, dtype)
                for b in range(batch):
                    inner[b] = (planes[b].take(place[b], axis=1) * dy[b]).sum(axis=0)
                for k, slope in enumerate(slopes):
                    others = _product(weights[:k] + weights[k + 1 :])
                    dpoints[..., len(sizes) - 1 - k] += inner * slope * others
            return dpoints.reshape(grid.shape)

        return dx, dgrid

    return y.reshape(batch, channels, *grid.shape[1:-1]), pullback


def _product(factors: list[Array]) -> Array:
    y = factors[0]
    for factor in factors[1:]:
        y = y * factor
    return y


class Neighbours(NamedTuple):
    """The entries of an axis that a place p sees: arrays (k, N, M) for N · M places.

    place   which they are; −1 for one that lies outside
    weight  w(p − i), 0 outside
    slope   w′(p − i) · dp/dg, 0 outside
    """

    place: Array
    weight: Array
    slope: Array

    def each(self) -> list[tuple[Array, Array, Array]]:
        return list(zip(self.place, self.weight, self.slope, strict=True))


def _corner(
    neighbours: Sequence[tuple[Array, Array, Array]], sizes: Sequence[int]
) -> tuple[Array, list[Array], list[Array]]:
    """One neighbour of each axis: the place in the flat image, and the axes' weights and slopes."""
    outside = np.zeros(neighbours[0][0].shape, np.bool)
    flat = np.zeros(outside.shape, np.intp)
    for (place, _, _), n in zip(neighbours, sizes, strict=True):
        flat = flat * n + place
        outside |= place < 0
    flat[outside] = math.prod(sizes)
    return flat, [w for _, w, _ in neighbours], [s for _, _, s in neighbours]


def _neighbours(
    g: Array, n: int, mode: str, padding_mode: str, align_corners: bool, dims: int
) -> Neighbours:
    """The neighbours on an axis of n entries of the places that g gives, on one of so many axes."""
    for_nan = n - 1 if dims == 3 else 0
    rate = (n - 1) / 2 if align_corners else n / 2  # dp/dg
    p = (g + 1) * rate - (0 if align_corners else 0.5)
    slope = np.full(p.shape, rate, p.real.dtype)
    if mode != "bicubic":
        p, sign = _moved(p, n, padding_mode, align_corners, for_nan)
        slope *= sign
    if mode == "nearest":
        i = np.rint(p.real)[None]
        refuse_kink("grid_sample", g, p.real == np.floor(p.real) + 0.5)
        weight, slope = np.ones_like(i), np.zeros_like(i)
    else:
        first = np.floor(p.real)
        t = p - first
        if mode == "bilinear":
            refuse_kink("grid_sample", g, t.real == 0)
            i = np.stack([first, first + 1])
            weight, slope = np.stack([1 - t, t]), np.stack([-slope, slope])
        else:
            i = np.stack([first - 1, first, first + 1, first + 2])
            i, _ = _moved(i, n, padding_mode, align_corners, for_nan)
            d = np.stack([1 + t, t, 1 - t, 2 - t])
            weight = keys(d, -0.75)
            slope = keys_slope(d, -0.75) * np.stack([slope, slope, -slope, -slope])
    inside = (i >= 0) & (i < n)
    place = np.where(inside, i, -1).astype(np.intp)
    if dims == 3:
        return Neighbours(place, kept(weight, inside), kept(slope, inside))
    return Neighbours(place, weight * inside, slope * inside)


def _moved(
    p: Array, n: int, padding_mode: str, align_corners: bool, for_nan: int
) -> tuple[Array, Array]:
    """The place p moved into the image, NaN to the given place, and the derivative of that: 1, 0 or −1."""
    if padding_mode == "zeros":
        return p, np.ones(p.shape, p.real.dtype)
    sign = np.ones(p.shape, p.real.dtype)
    if padding_mode == "reflection":
        low, span = (0.0, n - 1.0) if align_corners else (-0.5, float(n))
        if span == 0:
            return np.zeros_like(p), np.zeros(p.shape, p.real.dtype)
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
