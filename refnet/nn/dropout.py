"""Layers that drop entries or channels at random, in training."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]


class _Dropout(Module):
    """What all of them have: the probability, and whether the input itself is changed."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        """p and inplace."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """In training y = x ⊙ m / (1 − p), m being 0 with probability p and else 1; in evaluation y = x

    The division makes E[y] = x. m is drawn anew in every call, from refnet's generator.

    The gradient is derived in `refnet.ops.dropout`.

    Shape:
        x, y: (*)

    Args:
        p: the probability of 0
        inplace: change the input itself

    Source:
        torch.nn.Dropout; Srivastava et al. 2014

    Raises ValueError for a p outside [0, 1].
    """

    def forward(self, input: Tensor) -> Tensor:
        """x ⊙ m / (1 − p) in training, else x."""
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """In training y = x ⊙ m / (1 − p), one m for each channel; in evaluation y = x

    Neighbouring entries of a channel tell much the same, so dropping one of them alone takes little
    away.

    The gradient is derived in `refnet.ops.dropout`.

    Shape:
        x, y: (N, C, L) or (C, L)

    Args:
        those of Dropout

    Source:
        torch.nn.Dropout1d; Tompson et al. 2015
    """

    def forward(self, input: Tensor) -> Tensor:
        """x ⊙ m / (1 − p) in training, else x."""
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """In training y = x ⊙ m / (1 − p), one m for each channel; in evaluation y = x

    The gradient is derived in `refnet.ops.dropout`.

    Shape:
        x, y: (N, C, H, W); an x without N is taken for (N, C, L), with a warning

    Args:
        those of Dropout

    Source:
        torch.nn.Dropout2d; Tompson et al. 2015, "Efficient object localization using
        convolutional networks"
    """

    def forward(self, input: Tensor) -> Tensor:
        """x ⊙ m / (1 − p) in training, else x."""
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """In training y = x ⊙ m / (1 − p), one m for each channel; in evaluation y = x

    The gradient is derived in `refnet.ops.dropout`.

    Shape:
        x, y: (N, C, D, H, W) or (C, D, H, W)

    Args:
        those of Dropout

    Source:
        torch.nn.Dropout3d; Tompson et al. 2015
    """

    def forward(self, input: Tensor) -> Tensor:
        """x ⊙ m / (1 − p) in training, else x."""
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """In training y = a (x ⊙ m − α (1 − m)) + b, m being 0 with probability p; in evaluation y = x

    −α is the least value of SELU; a and b give y the mean 0 and the variance 1 that SELU gives x.

    The gradient is derived in `refnet.ops.alpha_dropout`.

    Shape:
        x, y: (*)

    Args:
        p: the probability of m = 0
        inplace: has no effect, as in PyTorch

    Source:
        torch.nn.AlphaDropout; Klambauer et al. 2017
    """

    def forward(self, input: Tensor) -> Tensor:
        """a (x ⊙ m − α (1 − m)) + b in training, else x."""
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_Dropout):
    """In training y = a (x ⊙ m − α (1 − m)) + b, one m for each channel; in evaluation y = x

    The gradient is derived in `refnet.ops.alpha_dropout`.

    Shape:
        x, y: (N, C, *)

    Args:
        those of AlphaDropout

    Source:
        torch.nn.FeatureAlphaDropout; Klambauer et al. 2017
    """

    def forward(self, input: Tensor) -> Tensor:
        """a (x ⊙ m − α (1 − m)) + b in training, else x."""
        return F.feature_alpha_dropout(input, self.p, self.training)
