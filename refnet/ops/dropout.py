"""Dropout, with the random mask as an argument."""

from __future__ import annotations

from refnet.ops.rule import Array, Pullback

__all__ = ["dropout"]


def dropout(x: Array, mask: Array, *, p: float) -> tuple[Array, Pullback]:
    """y = x ⊙ mask / (1 − p); y = 0 · x where p = 1

    An entry is kept with probability 1 − p, so the division makes E[y] = x, and nothing needs
    to be rescaled in evaluation ("inverted" dropout). The mask is an argument and not drawn
    here, so the rule is a function like any other: it can be repeated and proved.

    Shapes    x, mask, y: (*); mask is boolean, True for the entries that are kept
    Pullback  x̄ = ȳ ⊙ mask / (1 − p)
    Source    Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from
              overfitting"; https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
    """
    scale = 0.0 if p == 1 else 1 / (1 - p)

    def masked(z: Array) -> Array:
        y: Array = z * mask
        y *= scale
        return y

    def pullback(dy: Array) -> tuple[Array, None]:
        return masked(dy), None

    return masked(x), pullback
