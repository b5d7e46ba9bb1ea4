"""Dropout as a layer."""

from refnet.nn import functional as F
from refnet.nn.module import Module
from refnet.tensor import Tensor


class Dropout(Module):
    """In training y = x ⊙ m / (1 − p), m being 0 with probability p and else 1; in evaluation y = x

    The division makes E[y] = x. m is drawn anew in every call, from refnet's generator.

    Shapes     x, y: (*)
    Arguments  p        the probability of 0
               inplace  change the input itself
    Source     torch.nn.Dropout; Srivastava et al. 2014

    Raises ValueError for a p outside [0, 1].
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """x ⊙ m / (1 − p) in training, else x."""
        return F.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        """p and inplace."""
        return f"p={self.p}, inplace={self.inplace}"
