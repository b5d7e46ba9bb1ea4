"""Local response normalisation."""

from __future__ import annotations

import numpy as np

from refnet.ops.rule import Array, Pullback

__all__ = ["local_response_norm"]


def local_response_norm(
    x: Array, *, size: int, alpha: float, beta: float, k: float
) -> tuple[Array, Pullback]:
    """y_c = x_c / s_c^β,  s_c = k + α/size Σ_j x_j²

    j is in the window of `size` channels from c − ⌊size/2⌋ to c + ⌊(size − 1)/2⌋; channels outside
    of the array are 0.

    Shape:
        x, y: (N, C, *)

    Pullback:
        x̄_c = ȳ_c / s_c^β − 2 α β/size x_c Σ_j ȳ_j x_j / s_j^(β+1), over the j whose window has c

    Source:
        Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural
        networks", section 3.3;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
    """
    s = alpha / size * _window_sums(x * x, size, size // 2) + k
    factor = s**-beta
    y = x * factor

    def pullback(dy: Array) -> tuple[Array]:
        through_s = _window_sums(dy * y / s, size, (size - 1) // 2)
        return (dy * factor - 2 * alpha * beta / size * x * through_s,)

    return y, pullback


def _window_sums(x: Array, size: int, before: int) -> Array:
    """y_c = Σ x_j over the `size` channels from c − before; channels outside of the array are 0"""
    C = x.shape[1]
    padding = (before, size - 1 - before)
    padded = np.pad(x, [padding if axis == 1 else (0, 0) for axis in range(x.ndim)])
    y: Array = np.stack([padded[:, j : j + C] for j in range(size)]).sum(0)
    return y
