"""Layers that set entries or channels to 0 at random in training."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]


class _Dropout(Module):
    """A layer with a probability and the option inplace."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        """Returns the options with their values."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """In training, y = x m / (1 − p), where each m is 0 with probability p, else 1

    The division keeps the mean: E[y] = x. m is drawn in every call by refnet's default generator.
    In evaluation, y = x.

    The layer calls `refnet.nn.functional.dropout`. The gradient is derived in `refnet.ops.dropout`.

    Shape:
        x, y: (*)

    Args:
        p: the probability of 0
        inplace: whether the input itself is overwritten

    Raises:
        ValueError: p is not in [0, 1]

    Source:
        torch.nn.Dropout; Srivastava et al. 2014

    Example:
        >>> nn.Dropout()(refnet.ones(6))
        tensor([0., 0., 2., 0., 0., 0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """In training, y = x m / (1 − p), with one m for each channel, 0 with probability p, else 1

    Neighbouring entries of a channel are often alike, so dropping single entries changes little.
    m is drawn in every call by refnet's default generator. In evaluation, y = x.

    The layer calls `refnet.nn.functional.dropout1d`. The gradient is derived in
    `refnet.ops.dropout`.

    Shape:
        x, y: (N, C, L) or (C, L)

    Args:
        p: the probability of 0 for a channel
        inplace: whether the input itself is overwritten

    Raises:
        ValueError: p is not in [0, 1]

    Source:
        torch.nn.Dropout1d; Tompson et al. 2015

    Example:
        >>> nn.Dropout1d()(refnet.ones(4, 2))
        tensor([[0., 0.],
                [0., 0.],
                [2., 2.],
                [0., 0.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """In training, y = x m / (1 − p), with one m for each channel, 0 with probability p, else 1

    m is drawn in every call by refnet's default generator. In evaluation, y = x.

    The layer calls `refnet.nn.functional.dropout2d`. The gradient is derived in
    `refnet.ops.dropout`.

    Shape:
        x, y: (N, C, H, W); an x of 3 dimensions is (N, C, L), with a warning

    Args:
        p: the probability of 0 for a channel
        inplace: whether the input itself is overwritten

    Raises:
        ValueError: p is not in [0, 1]

    Source:
        torch.nn.Dropout2d; Tompson et al. 2015, "Efficient object localization using
        convolutional networks"

    Example:
        >>> nn.Dropout2d()(refnet.ones(1, 4, 1, 2)).sum((2, 3))
        tensor([[0., 0., 4., 0.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """In training, y = x m / (1 − p), with one m for each channel, 0 with probability p, else 1

    m is drawn in every call by refnet's default generator. In evaluation, y = x.

    The layer calls `refnet.nn.functional.dropout3d`. The gradient is derived in
    `refnet.ops.dropout`.

    Shape:
        x, y: (N, C, D, H, W) or (C, D, H, W)

    Args:
        p: the probability of 0 for a channel
        inplace: whether the input itself is overwritten

    Raises:
        ValueError: p is not in [0, 1]

    Source:
        torch.nn.Dropout3d; Tompson et al. 2015

    Example:
        >>> nn.Dropout3d()(refnet.ones(4, 1, 1, 2)).sum((1, 2, 3))
        tensor([0., 0., 4., 0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """In training, y = a (x m − α (1 − m)) + b, where m is 0 with probability p

    −α is the lower bound of SELU. If x has mean 0 and variance 1, as outputs of SELU do, a and b
    give y the same mean and variance.
    m is drawn in every call by refnet's default generator. In evaluation, y = x.

    The layer calls `refnet.nn.functional.alpha_dropout`. The gradient is derived in
    `refnet.ops.alpha_dropout`.

    Shape:
        x, y: (*)

    Args:
        p: the probability of m = 0
        inplace: without effect, as in PyTorch

    Raises:
        ValueError: p is not in [0, 1]

    Source:
        torch.nn.AlphaDropout; Klambauer et al. 2017

    Example:
        >>> nn.AlphaDropout()(refnet.zeros(4))
        tensor([-0.7792, -0.7792,  0.7792, -0.7792])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_Dropout):
    """In training, y = a (x m − α (1 − m)) + b, with one m for each channel

    It is AlphaDropout for whole channels. m is drawn in every call by refnet's default generator.
    In evaluation, y = x.

    The layer calls `refnet.nn.functional.feature_alpha_dropout`. The gradient is derived in
    `refnet.ops.alpha_dropout`.

    Shape:
        x, y: (N, C, *)

    Args:
        p: the probability of m = 0
        inplace: without effect, as in PyTorch

    Raises:
        ValueError: p is not in [0, 1]

    Source:
        torch.nn.FeatureAlphaDropout; Klambauer et al. 2017

    Example:
        >>> nn.FeatureAlphaDropout()(refnet.zeros(1, 4, 2))[0, :, 0]
        tensor([-0.7792, -0.7792,  0.7792, -0.7792])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training)
