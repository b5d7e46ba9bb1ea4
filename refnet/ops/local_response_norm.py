"""Local response normalisation."""

from __future__ import annotations

from refnet.ops.rule import Array, Pullback
from refnet.ops.windows import sliding, transposed, weighted_sum

__all__ = ["local_response_norm"]


def local_response_norm(
    x: Array, *, size: int, alpha: float, beta: float, k: float
) -> tuple[Array, Pullback]:
    """y_c = x_c / s_c^β with s_c = k + α/size Σ_j x_j², j in a window of so many channels around c

    The window reaches from channel c − ⌊size/2⌋ to c + ⌊(size − 1)/2⌋; where there is no channel, there
    are zeros.

    Shapes    x, y: (N, C, *)
    Pullback  x̄_c = ȳ_c / s_c^β − 2 α β/size x_c Σ_j ȳ_j x_j / s_j^(β+1), j whose window c is in
    Source    Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural
              networks", section 3.3;
              https://docs.pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
    """
    C = x.shape[1]
    window = sliding(C, C, kernel=size, stride=1, padding=size // 2, dilation=1)
    s = weighted_sum(x * x, window, 1) * (alpha / size) + k
    factor = s**-beta
    y = x * factor

    def pullback(dy: Array) -> tuple[Array]:
        through_s = weighted_sum(dy * y / s, transposed(window, C), 1)
        return (dy * factor - 2 * alpha * beta / size * x * through_s,)

    return y, pullback
