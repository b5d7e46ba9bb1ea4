"""Layers that compare two batches of vectors: CosineSimilarity, PairwiseDistance."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module

__all__ = ["CosineSimilarity", "PairwiseDistance"]


class PairwiseDistance(Module):
    """The p-norm of the difference of two vectors.

        y = ‖x₁ − x₂ + ε‖_p

    The layer calls `refnet.nn.functional.pairwise_distance`. The gradient is derived in
    `refnet.ops.norm` (p = 2), `refnet.ops.p_norm`, `refnet.ops.amax` (p = ∞), `refnet.ops.amin`
    (p = −∞) and `refnet.ops.zero_norm` (p = 0).

    Shape:
        x₁, x₂: (N, D) or (D), which broadcast
        y: (N) or (); with keepdim (N, 1) or (1)

    Args:
        p: order of the norm, which can be negative
        eps: ε, which keeps the entries from being 0 where x₁ = x₂
        keepdim: if True, the last dimension is kept with size 1

    Source:
        torch.nn.PairwiseDistance

    Example:
        >>> nn.PairwiseDistance(eps=0.0)(refnet.tensor([[3.0, 4.0]]), refnet.tensor([[0.0, 0.0]]))
        tensor([5.])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Returns ‖x₁ − x₂ + ε‖_p."""
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(Module):
    """The cosine of the angle between two vectors.

        y = x₁ · x₂ / (max(‖x₁‖, ε) max(‖x₂‖, ε))

    The layer calls `refnet.nn.functional.cosine_similarity`. The gradient is derived in
    `refnet.ops.cosine_similarity`.

    Shape:
        x₁, x₂: (*), which broadcast
        y: the common shape without dimension dim

    Args:
        dim: the dimension of the vectors
        eps: ε, a lower bound of the norms, which is not differentiated

    Source:
        torch.nn.CosineSimilarity

    Example:
        >>> x = refnet.tensor([[1.0, 0.0], [1.0, 0.0]])
        >>> nn.CosineSimilarity()(x, refnet.tensor([[3.0, 4.0], [-2.0, 0.0]]))
        tensor([ 0.6000, -1.0000])
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Returns the cosines."""
        return F.cosine_similarity(x1, x2, self.dim, self.eps)
