"""Laplacian smoothing: neighbouring entries of the gradient are averaged."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import check_at_least_0, check_lr, gradients, zeros_like


class LaplacianSGD(Optimizer):
    r"""Gradient descent with A⁻¹∇f in the place of ∇f.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        g ← A⁻¹ (g + λ θ)               A = I + σ Lⁿ
        b ← μ b + g                     b = g in the first step
        θ ← θ − η b

    L is the Laplacian of a ring: (L x)ᵢ = 2 xᵢ − xᵢ₋₁ − xᵢ₊₁, where the N entries of a parameter, row by
    row, are a circle. A⁻¹∇f is the gradient in the inner product uᵀA v, or the gradient of
    u ↦ f(A^−½ u): descent on a surface that is smoother along what oscillates from entry to entry.

    The eigenvectors of L are the waves of the discrete Fourier transform, so A⁻¹ costs two of them:

        x̂ₖ ← x̂ₖ / (1 + σ λₖⁿ)           λₖ = 4 sin²(πk/N)

    λ₀ = 0: the mean of the gradient stays as it is. The variance of noise that is independent from
    entry to entry is multiplied by the mean of 1 / (1 + σ λₖⁿ)² over k (noise_factor); for n = 1 and
    large N that is (1 + 2σ) / (1 + 4σ)^(3/2), 0.27 for σ = 1 and 0.13 for σ = 4.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        sigma: σ
        order: n
        momentum: μ
        weight_decay: λ
        maximize: go uphill

    state[θ]["momentum_buffer"] is b, if μ is not 0.

    Raises ValueError for a negative number, and for an order that is no positive int.

    Source:
        Osher et al. 2018, "Laplacian smoothing gradient descent", arXiv 1806.06317; its L has the
        other sign.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        sigma: float = 1.0,
        order: int = 1,
        momentum: float = 0,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        check_lr(lr)
        check_at_least_0(sigma=sigma, momentum=momentum, weight_decay=weight_decay)
        if type(order) is not int or order < 1:
            raise ValueError(f"Invalid order: {order!r}, expected a positive int")
        super().__init__(
            params,
            {
                "lr": lr,
                "sigma": sigma,
                "order": order,
                "momentum": momentum,
                "weight_decay": weight_decay,
                "maximize": maximize,
            },
        )

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
        η, σ, n = float(group["lr"]), float(group["sigma"]), group["order"]
        μ, λ = float(group["momentum"]), float(group["weight_decay"])
        for p, θ, g in gradients(group):
            b = smooth(g + λ * θ if λ else g, σ, n)
            if μ:
                state = self.state[p]
                if "momentum_buffer" not in state:
                    state["momentum_buffer"] = zeros_like(θ)
                g, b = b, state["momentum_buffer"]._array
                b *= μ
                b += g
            θ -= η * b


def smooth(x: Array, σ: float, n: int = 1) -> Array:
    """A⁻¹ x"""
    if x.size == 0:
        return x
    x̂ = np.fft.rfft(x.reshape(-1))
    x̂ /= spectrum(x.size, σ, n)[: x̂.size].astype(x.dtype)
    return np.fft.irfft(x̂, x.size).reshape(x.shape)


def spectrum(N: int, σ: float, n: int = 1) -> Array:
    """The eigenvalues 1 + σ λₖⁿ of A, k = 0, …, N − 1."""
    λ: Array = 4 * np.sin(np.pi * np.arange(N) / N) ** 2
    return 1 + σ * λ**n


def noise_factor(N: int, σ: float, n: int = 1) -> float:
    """By what smoothing multiplies the variance of N independent entries of equal variance."""
    return float(np.mean(spectrum(N, σ, n) ** -2))
