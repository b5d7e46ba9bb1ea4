"""Sampling at arbitrary points: the values of an image at the points of a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from itertools import product

import numpy as np

from refnet.ops.places import neighbours
from refnet.ops.primitives import add_at
from refnet.ops.rule import Array, Pullback, Thunk

__all__ = ["grid_sample"]


def grid_sample(
    x: Array, grid: Array, *, mode: str, padding_mode: str, align_corners: bool
) -> tuple[Array, Pullback]:
    """y[b, c, j] = Σ_i w₁(p₁ − i₁) ⋯ w_d(p_d − i_d) x[b, c, i], where p is the point j of grid b

    A coordinate g of the grid, from −1 to 1 across the image, is the place p on an axis of n
    entries:

        p = ((g + 1) n − 1)/2
        p = (g + 1) (n − 1)/2    with align_corners: −1 and 1 are the first and the last entry

    w is the weight of an entry at a distance, by the mode:

        bilinear  1 − |p − i| for the entries on both sides (trilinear for d = 3)
        nearest   1 for the nearest entry; of two, for the one with the even index
        bicubic   the cubic of Keys with a = −¾ for two entries on each side

    Outside the image, entries are 0 (padding_mode "zeros"), or p is moved to the nearest entry,
    directly ("border") or after a reflection at the edges of the image ("reflection"). In bicubic
    mode each i is moved instead of p.

    Shape:
        x: (N, C, n₁, …, n_d)
        grid: (N, m₁, …, m_d, d), last coordinate first: (x, y) for the axes (H, W), (x, y, z) for
            (D, H, W)
        y: (N, C, m₁, …, m_d)

    Pullback:
        x̄[b, c, i] = Σ_j w₁ ⋯ w_d ȳ[b, c, j]
        ḡ_k = Σ_{c, i} w₁ ⋯ w′_k ⋯ w_d x[b, c, i] ȳ[b, c, j] · dp_k/dg_k

    Note:
        ḡ = 0 for nearest, and for bilinear with "border" or "reflection" where the (reflected) p is
        not between the first and the last entry. A p that is NaN or infinite makes weights NaN, and
        so y. As in PyTorch, the NaN is lost where weights are not used: by nearest, in three
        dimensions outside the image, and where p is moved into the image (a NaN becomes the first
        place, in three dimensions the last). In the backward pass PyTorch skips these points in
        three dimensions, and fails in two.

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html
    """
    (B, C, *sizes), n, m = x.shape, math.prod(x.shape[2:]), math.prod(grid.shape[1:-1])
    p = grid.reshape(B, m, len(sizes))[..., ::-1]
    axes = [
        neighbours(p[..., k], size, mode, padding_mode, align_corners, len(sizes))
        for k, size in enumerate(sizes)
    ]
    # Each plane has one more entry, 0, for the points outside of it.
    planes = np.concatenate([x.reshape(B, C, n), np.zeros((B, C, 1), x.dtype)], axis=-1)
    start = np.arange(B * C).reshape(B, C, 1) * (n + 1)  # of each plane in all entries
    corners = []  # of the cells around the points: entries of the planes, weights, slopes by axis
    for corner in product(*axes):
        places, weights, slopes = zip(*corner, strict=True)
        inside = np.all([i >= 0 for i in places], axis=0)
        i = np.where(inside, np.ravel_multi_index(places, sizes, mode="clip"), n)
        corners.append((i[:, None], weights, slopes))
    values = (planes.reshape(-1)[start + i] * _product(w)[:, None] for i, w, _ in corners)
    y = sum(values, start=np.zeros((), x.dtype))

    def pullback(dy: Array) -> tuple[Thunk, Thunk]:
        dy = dy.reshape(B, C, m)
        zero = np.zeros((), dy.dtype)

        def dx() -> Array:
            terms = (
                add_at((planes.size,), (start + i).reshape(-1), dv.reshape(-1))
                for i, dv in ((i, dy * _product(w)[:, None]) for i, w, _ in corners)
            )
            return sum(terms, start=zero).reshape(planes.shape)[..., :n].reshape(x.shape)

        def dgrid() -> Array:
            if mode == "nearest":
                return np.zeros(grid.shape, dy.dtype)
            inner = [(planes.reshape(-1)[start + i] * dy).sum(axis=1) for i, *_ in corners]

            def dp(k: int) -> Array:
                parts = ((*w[:k], slope[k], *w[k + 1 :]) for _, w, slope in corners)
                terms = (v * _product(part) for v, part in zip(inner, parts, strict=True))
                return sum(terms, start=zero)

            return np.stack([dp(k) for k in reversed(range(len(sizes)))], -1).reshape(grid.shape)

        return dx, dgrid

    return y.reshape(B, C, *grid.shape[1:-1]), pullback


def _product(factors: Sequence[Array]) -> Array:
    return reduce(np.multiply, factors)
