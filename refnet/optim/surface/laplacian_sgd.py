"""Laplacian smoothing: gradient descent with averages over neighbouring entries of the gradient."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import checked, gradients, zeros_like


class LaplacianSGD(Optimizer):
    r"""Gradient descent with a smoothed gradient, A⁻¹ ∇f.

        g ← A⁻¹ (∇f(θ) + λ θ),   A = I + σ Lⁿ
        b ← μ b + g
        θ ← θ − η b

    with b = g in the first step. L is the Laplacian of a ring: (L x)ᵢ = 2 xᵢ − xᵢ₋₁ − xᵢ₊₁, where
    the N entries of a parameter, row by row, form a circle. A⁻¹ ∇f is the gradient in the inner
    product uᵀA v. The steps are also those of gradient descent for u on f(A^−½ u), seen in
    θ = A^−½ u: this surface is smoother in directions that oscillate from entry to entry.

    The eigenvectors of L are the waves of the discrete Fourier transform x̂, so A⁻¹ takes two
    transforms:

        x̂ₖ ← x̂ₖ / (1 + σ κₖⁿ),   κₖ = 4 sin²(πk/N)

    κ₀ = 0: the mean of the gradient does not change. The variance of noise that is independent
    between entries is multiplied by the mean of 1 / (1 + σ κₖⁿ)² over k (noise_factor). For n = 1
    and large N that is (1 + 2σ) / (1 + 4σ)^(3/2), which is 0.27 for σ = 1 and 0.13 for σ = 4.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        sigma: σ
        order: n
        momentum: μ
        weight_decay: λ
        maximize: whether −∇f replaces ∇f

    Attributes:
        state: for each parameter "momentum_buffer", b, if μ is not 0

    Raises:
        ValueError: a number is negative, or order is not a positive int

    Source:
        Osher et al. 2018, "Laplacian smoothing gradient descent", arXiv 1806.06317; its L has the
        other sign.

    Example:
        >>> x = refnet.zeros(4, requires_grad=True)
        >>> optimizer = refnet.optim.surface.LaplacianSGD([x], lr=1.0, sigma=1.0)
        >>> x.grad = refnet.tensor([0.0, 0.0, 15.0, 0.0])
        >>> optimizer.step()  # the step spreads to the neighbours; its sum stays −15
        >>> x
        tensor([-2., -3., -7., -3.], requires_grad=True)
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
        options = checked(
            locals(),
            "lr sigma order momentum weight_decay maximize",
            nonnegative="sigma momentum weight_decay",
        )
        if type(order) is not int or order < 1:
            raise ValueError(f"Invalid order: {order!r}, expected a positive int")
        super().__init__(params, options)

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
        η, σ, n = float(group["lr"]), float(group["sigma"]), group["order"]
        μ, λ = float(group["momentum"]), float(group["weight_decay"])
        for p, θ, g in gradients(group):
            g = b = smooth(g + λ * θ if λ else g, σ, n)
            if μ:
                state = self.state[p]
                if "momentum_buffer" not in state:
                    state["momentum_buffer"] = zeros_like(θ)
                b = state["momentum_buffer"]._array
                b *= μ
                b += g
            θ -= η * b


def smooth(x: Array, σ: float, n: int = 1) -> Array:
    """Returns A⁻¹ x."""
    if x.size == 0:
        return x
    waves = np.fft.rfft(x.reshape(-1))
    waves /= spectrum(x.size, σ, n)[: waves.size].astype(x.dtype)
    return np.fft.irfft(waves, x.size).reshape(x.shape)


def spectrum(N: int, σ: float, n: int = 1) -> Array:
    """Returns the eigenvalues 1 + σ κₖⁿ of A for k = 0, …, N − 1."""
    κ: Array = 4 * np.sin(np.pi * np.arange(N) / N) ** 2
    return 1 + σ * κ**n


def noise_factor(N: int, σ: float, n: int = 1) -> float:
    """Returns the factor by which smoothing changes the variance of N independent entries."""
    return float(np.mean(spectrum(N, σ, n) ** -2))
