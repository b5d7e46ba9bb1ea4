"""Dropout, with the random mask as an argument.

The mask is not drawn here, so the rules are ordinary functions, which can be repeated and proved.
It broadcasts, so one entry of it can belong to a whole channel.
"""

from __future__ import annotations

import math

from refnet.ops.rule import Array, Pullback

__all__ = ["alpha_dropout", "dropout"]


def dropout(x: Array, mask: Array, *, p: float) -> tuple[Array, Pullback]:
    """y = x ⊙ mask / (1 − p),   y = 0 · x for p = 1

    An entry is kept with probability 1 − p, so the division makes E[y] = x, and evaluation does not
    rescale anything ("inverted" dropout).

    Shape:
        x, y: (*)
        mask: broadcasts to (*), boolean, True for the entries that are kept

    Pullback:
        x̄ = ȳ ⊙ mask / (1 − p)

    Source:
        Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from
        overfitting"; https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
    """
    scale = False if p == 1 else 1 / (1 - p)  # False is 0 in any dtype

    def pullback(dy: Array) -> tuple[Array, None]:
        return dy * mask * scale, None

    return x * mask * scale, pullback


ALPHA = 1.7580993408473766  # −SELU(−∞)


def alpha_dropout(x: Array, mask: Array, *, p: float) -> tuple[Array, Pullback]:
    """y = a (x ⊙ mask − α (1 − mask)) + a α p,   a = 1 / √((1 − p) (1 + α² p))

    A dropped entry becomes −α, the least value of SELU, not 0. If x has mean 0 and variance 1,
    x ⊙ mask − α (1 − mask) has the mean −α p and the variance (1 − p) (1 + α² p), so y has mean 0
    and variance 1 again.

    Shape:
        x, y: (*)
        mask: broadcasts to (*), boolean, True for the entries that are kept

    Pullback:
        x̄ = a ȳ ⊙ mask

    Source:
        Klambauer et al. 2017, "Self-normalizing neural networks";
        https://docs.pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html
    """
    a = 1 / math.sqrt((1 - p) * (1 + ALPHA * ALPHA * p))
    dropped = (1 - mask).astype(x.real.dtype)

    def pullback(dy: Array) -> tuple[Array, None]:
        return a * dy * mask, None

    return a * (x * mask - ALPHA * dropped) + a * ALPHA * p, pullback
