"""Normalisation: gives groups of entries mean 0 and variance 1.

    x̂ = (x − μ) r,   r = 1/√(σ² + ε)
    y = γ x̂ + β

The rules differ in the entries that share μ and σ²: those of a channel in batch norm, those of a
sample's last dimensions in layer norm, those of some channels of a sample in group norm, and those
of one channel of a sample in instance norm. With h = γ ȳ, and means over the entries that share μ
and σ²,

    x̄ = r (h − mean(h) − x̂ mean(h x̂))

For ε = 0 this is r h without its components along the constants and along x̂, the two directions in
which x can move without changing x̂. A constant h gives 0, so a test must not use one.
"""

from __future__ import annotations

import math

import numpy as np

from refnet.ops.reduction import average, centred
from refnet.ops.rule import Array, Pullback

__all__ = ["batch_norm", "fixed_batch_norm", "group_norm", "layer_norm", "rms_norm"]

# --- the entries of a channel ------------------------------------------------------------------


def _by_channel(a: Array, x: Array) -> Array:
    """Returns a: (C,) in the shape that broadcasts with x: (N, C, *)."""
    return a.reshape(1, -1, *[1] * (x.ndim - 2))


def batch_norm(
    x: Array, gamma: Array | None, beta: Array | None, *, eps: float
) -> tuple[tuple[Array, Array, Array], Pullback]:
    """Normalises each channel, and returns y, μ and σ².

        μ = Σ x / n,  σ² = Σ (x − μ)² / n
        x̂ = (x − μ) r,  r = 1/√(σ² + ε)
        y = γ x̂ + β

    n is the number of entries of a channel.

    Shape:
        x, y: (N, C, *)  γ, β: (C,) or None, which means 1 and 0  μ, σ²: (C,)

    Pullback:
        x̄ = γ r (ȳ − mean(ȳ) − x̂ mean(ȳ x̂)) + (μ̄ + 2 v̄ (x − μ)) / n,  v = σ²
        γ̄ = Σ ȳ x̂,  β̄ = Σ ȳ

    Source:
        Ioffe & Szegedy 2015, "Batch normalization", algorithm 1;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
    """
    axes, n = (0, *range(2, x.ndim)), len(x) * math.prod(x.shape[2:])
    γ = 1.0 if gamma is None else _by_channel(gamma, x)
    β = 0.0 if beta is None else _by_channel(beta, x)
    μ, d = centred(x, axes)
    var = average(d * d, axes)
    r = 1 / np.sqrt(var + eps)
    xhat = d * r

    def pullback(dys: tuple[Array, Array, Array]) -> tuple[Array, Array | None, Array | None]:
        dy = dys[0]
        dμ, dvar = (_by_channel(a, x) for a in dys[1:])
        along = d * (average(dy * d, axes) * r * r)  # x̂ mean(ȳ x̂), rounded as in PyTorch
        dx = γ * r * (dy - average(dy, axes) - along)
        return (
            dx + (dμ + 2 * dvar * d) / n,
            None if gamma is None else (dy * xhat).sum(axes),
            None if beta is None else dy.sum(axes),
        )

    return (γ * xhat + β, μ.reshape(-1), var.reshape(-1)), pullback


def fixed_batch_norm(
    x: Array, mean: Array, var: Array, gamma: Array | None, beta: Array | None, *, eps: float
) -> tuple[Array, Pullback]:
    """y = γ (x − μ) r + β,  r = 1/√(σ² + ε)

    This is batch norm in evaluation, with the given μ and σ² of each channel. It is linear in x.

    Shape:
        x, y: (N, C, *)  μ, σ²: (C,)  γ, β: (C,) or None, which means 1 and 0

    Pullback:
        x̄ = γ r ȳ,  γ̄ = Σ ȳ (x − μ) r,  β̄ = Σ ȳ
        μ and σ² have no gradient, as in PyTorch.

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
    """
    axes = (0, *range(2, x.ndim))
    γ = 1.0 if gamma is None else _by_channel(gamma, x)
    β = 0.0 if beta is None else _by_channel(beta, x)
    μ, r = _by_channel(mean, x), _by_channel(1 / np.sqrt(var + eps), x)

    def pullback(dy: Array) -> tuple[Array, None, None, Array | None, Array | None]:
        dgamma = None if gamma is None else (dy * (x - μ) * r).sum(axes)
        return γ * r * dy, None, None, dgamma, None if beta is None else dy.sum(axes)

    return γ * (x - μ) * r + β, pullback


# --- the entries of a sample -------------------------------------------------------------------


def layer_norm(
    x: Array, gamma: Array | None, beta: Array | None, *, dims: int, eps: float
) -> tuple[Array, Pullback]:
    """Normalises each sample over its last dimensions.

        x̂ = (x − μ) r,  r = 1/√(σ² + ε)
        y = γ x̂ + β

    μ and σ² are the mean and variance over the last `dims` dimensions.

    Shape:
        x, y: (*, D), where D are the last `dims` dimensions
        γ, β: (D) or None, which means 1 and 0

    Pullback:
        h = γ ȳ
        x̄ = r (h − mean(h) − x̂ mean(h x̂))
        γ̄ = Σ ȳ x̂,  β̄ = Σ ȳ, summed over the other dimensions

    Source:
        Ba, Kiros & Hinton 2016, "Layer normalization", equation 4;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
    """
    others, last = tuple(range(x.ndim - dims)), tuple(range(x.ndim - dims, x.ndim))
    γ, β = 1.0 if gamma is None else gamma, 0.0 if beta is None else beta
    _, d = centred(x, last)
    r = 1 / np.sqrt(average(d * d, last) + eps)
    xhat = d * r

    def pullback(dy: Array) -> tuple[Array, Array | None, Array | None]:
        h = γ * dy
        dx = r * (h - average(h, last) - xhat * average(h * xhat, last))
        dgamma = None if gamma is None else (dy * xhat).sum(others)
        return dx, dgamma, None if beta is None else dy.sum(others)

    return γ * xhat + β, pullback


def group_norm(
    x: Array, gamma: Array | None, beta: Array | None, *, groups: int, eps: float
) -> tuple[Array, Pullback]:
    """Normalises groups of C / groups neighbouring channels of each sample.

        x̂ = (x − μ) r,  r = 1/√(σ² + ε)
        y = γ x̂ + β

    μ and σ² are the mean and variance of a group.

    Shape:
        x, y: (N, C, *)  γ, β: (C,) or None, which means 1 and 0

    Pullback:
        h = γ ȳ
        x̄ = r (h − mean(h) − x̂ mean(h x̂))
        γ̄ = Σ ȳ x̂,  β̄ = Σ ȳ, summed over the entries of the channel

    Source:
        Wu & He 2018, "Group normalization", equations 1 and 7;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
    """
    shape = len(x), groups, x.shape[1] // groups, *x.shape[2:]  # entries of a group: axes 2, ...
    group, channel = tuple(range(2, len(shape))), (0, *range(2, x.ndim))
    γ = 1.0 if gamma is None else _by_channel(gamma, x)
    β = 0.0 if beta is None else _by_channel(beta, x)
    _, d = centred(x.reshape(shape), group)
    r = 1 / np.sqrt(average(d * d, group) + eps)
    xhat = d * r

    def pullback(dy: Array) -> tuple[Array, Array | None, Array | None]:
        h = (γ * dy).reshape(shape)
        dx = r * (h - average(h, group) - xhat * average(h * xhat, group))
        dgamma = None if gamma is None else (dy * xhat.reshape(x.shape)).sum(channel)
        return dx.reshape(x.shape), dgamma, None if beta is None else dy.sum(channel)

    return γ * xhat.reshape(x.shape) + β, pullback


def rms_norm(x: Array, gamma: Array | None, *, dims: int, eps: float) -> tuple[Array, Pullback]:
    """Divides each sample by its root mean square over its last dimensions.

        x̂ = x r,  r = 1/√(mean(x²) + ε)
        y = γ x̂

    This is layer norm without μ and β.

    Shape:
        x, y: (*, D), where D are the last `dims` dimensions
        γ: (D) or None, which means 1

    Pullback:
        h = γ ȳ
        x̄ = r (h − x̂ mean(h x̂))
        γ̄ = Σ ȳ x̂, summed over the other dimensions

    Source:
        Zhang & Sennrich 2019, "Root mean square layer normalization", equation 4;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html
    """
    others, last = tuple(range(x.ndim - dims)), tuple(range(x.ndim - dims, x.ndim))
    γ = 1.0 if gamma is None else gamma
    r = 1 / np.sqrt(average(x * x, last) + eps)

    def pullback(dy: Array) -> tuple[Array, Array | None]:
        h, xhat = γ * dy, x * r
        dx = r * (h - xhat * average(h * xhat, last))
        return dx, None if gamma is None else (dy * xhat).sum(others)

    return γ * (x * r), pullback
