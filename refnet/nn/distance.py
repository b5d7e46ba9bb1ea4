"""Distances of vectors as layers: CosineSimilarity, PairwiseDistance."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module

__all__ = ["CosineSimilarity", "PairwiseDistance"]


class PairwiseDistance(Module):
    """y = ‖x₁ − x₂ + ε‖_p along the last dimension

    The gradient is derived in `refnet.ops.amax`, `refnet.ops.amin` and `refnet.ops.zero_norm`.

    Shape:
        x₁, x₂: (N, D) or (D), which may broadcast; y: (N) or (), with keepdim (N, 1) or (1)

    Args:
        p: of the norm; it may be negative
        eps: ε, so that no entry is 0 where the two are equal
        keepdim: keep the last dimension, of size 1

    Source:
        torch.nn.PairwiseDistance
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """‖x₁ − x₂ + ε‖_p."""
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(Module):
    """y = x₁ · x₂ / (max(‖x₁‖, ε) max(‖x₂‖, ε)) along a dimension

    The gradient is derived in `refnet.ops.cosine_similarity`.

    Shape:
        x₁, x₂: (*), which may broadcast; y: without the dimension dim

    Args:
        dim: the vectors' dimension
        eps: ε, a bound that is not differentiated

    Source:
        torch.nn.CosineSimilarity
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The cosine of the angle between the two."""
        return F.cosine_similarity(x1, x2, self.dim, self.eps)
