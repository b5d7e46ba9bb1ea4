"""Layers that look up vectors in a table: Embedding, EmbeddingBag."""

from typing import Any, Self

from refnet.compatibility.left_out import refuse_argument
from refnet.engine.grad_mode import no_grad
from refnet.engine.tensor import Tensor
from refnet.nn import functional as F, init
from refnet.nn.description import describe
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter

__all__ = ["Embedding", "EmbeddingBag"]


class _Table(Module):
    """A table of vectors as the weight, with its checks and options; described in Embedding."""

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        name, V = type(self).__name__, num_embeddings
        if padding_idx is not None and not min(-V, 0) <= padding_idx < max(V, 1):
            raise AssertionError(
                f"{name}(): expected padding_idx from {-V} to {V - 1}, got {padding_idx}"
            )
        if _weight is not None and tuple(_weight.shape) != (V, embedding_dim):
            raise AssertionError(
                f"{name}(): expected _weight of shape (num_embeddings, embedding_dim) = "
                f"{(V, embedding_dim)}, got {tuple(_weight.shape)}"
            )
        if sparse:
            raise refuse_argument(name, "sparse")
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = None if padding_idx is None else padding_idx % max(V, 1)
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        if _weight is None:
            self.weight = empty_parameter(V, embedding_dim, device=device, dtype=dtype)
            self.reset_parameters()
            self.weight.requires_grad_(not _freeze)
        else:
            self.weight = Parameter(_weight, not _freeze)

    def reset_parameters(self) -> None:
        """Draws W, and sets its row padding_idx to 0."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)

    def _options(self) -> str:
        """Returns the options that both layers have, if they are not the defaults."""
        defaults = {"max_norm": None, "norm_type": 2, "scale_grad_by_freq": False}
        names = [name for name, default in defaults.items() if getattr(self, name) != default]
        return "".join(f", {describe(self, name)}" for name in names)


class Embedding(_Table):
    """A table of vectors: integers select its rows.

        y_j = W[i_j]

    The layer calls `refnet.nn.functional.embedding`. The gradient is derived in
    `refnet.ops.embedding`.

    Shape:
        i: (*), of dtype int64 or int32
        y: (*, embedding_dim)
        weight W: (num_embeddings, embedding_dim)

    Args:
        num_embeddings: number of rows of W
        embedding_dim: number of columns of W
        padding_idx: a row that receives no gradient and starts as 0; −1 is the last
        max_norm: largest norm of a row; each call scales the selected rows with a larger norm down
            to it, in W itself
        norm_type: p of that norm
        scale_grad_by_freq: if True, the gradient of a row is divided by its number of occurrences
            in i
        sparse: must be False, because refnet's arrays are dense
        _weight: W; the layer shares its memory
        _freeze: if True, W requires no gradient
        device: None or "cpu"
        dtype: dtype of W

    Raises:
        AssertionError: W has no row padding_idx, or _weight has another shape
        NotImplementedError: sparse is True

    Init:
        W standard normal, but its row padding_idx is 0

    Source:
        torch.nn.Embedding

    Example:
        >>> table = nn.Embedding.from_pretrained(refnet.tensor([[0.0, 1.0], [2.0, 3.0]]))
        >>> table(refnet.tensor([1, 0, 1]))
        tensor([[2., 3.],
                [0., 1.],
                [2., 3.]])
    """

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Self:
        """Returns an Embedding whose weight shares the memory of embeddings.

        Args:
            embeddings: the weight, of shape (num_embeddings, embedding_dim)
            freeze: if True, the weight requires no gradient
            padding_idx: as in Embedding
            max_norm: as in Embedding
            norm_type: as in Embedding
            scale_grad_by_freq: as in Embedding
            sparse: as in Embedding

        Raises:
            AssertionError: embeddings does not have two dimensions
        """
        rows, columns = _sizes(embeddings)
        return cls(
            rows,
            columns,
            _weight=embeddings,
            _freeze=freeze,
            padding_idx=padding_idx,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            sparse=sparse,
        )

    def forward(self, input: Tensor) -> Tensor:
        """Returns W[i]."""
        options = self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse
        return F.embedding(input, self.weight, self.padding_idx, *options)

    def extra_repr(self) -> str:
        """Returns the sizes, and the options that are not the defaults."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}{self._options()}"


class EmbeddingBag(_Table):
    """A table of vectors: the rows selected by each bag of integers are summed or averaged.

        y_b = Σ_j w_j W[i_j],   j in bag b

    or the mean or the maximum of these W[i_j]. The layer calls
    `refnet.nn.functional.embedding_bag`. The gradient is derived in `refnet.ops.embedding_bag` and
    `refnet.ops.embedding_bag_max`.

    Shape:
        i: (B, n), where each row is a bag, or (N) with offsets; of dtype int64 or int32
        offsets: (B), where the bags start in (N)
        w: the shape of i
        y: (B, embedding_dim)
        weight W: (num_embeddings, embedding_dim)

    Args:
        num_embeddings: number of rows of W
        embedding_dim: number of columns of W
        max_norm: largest norm of a row; each call scales the selected rows with a larger norm down
            to it, in W itself
        norm_type: p of that norm
        scale_grad_by_freq: if True, the gradient of a row is divided by its number of occurrences
            in i
        mode: "sum", "mean" or "max"; an empty bag gives 0
        sparse: must be False, because refnet's arrays are dense
        _weight: W; the layer shares its memory
        include_last_offset: if True, offsets is (B + 1) and ends with the end of the last bag
        padding_idx: a row that is left out of the bags and starts as 0; −1 is the last
        device: None or "cpu"
        dtype: dtype of W

    Raises:
        AssertionError: W has no row padding_idx, or _weight has another shape
        NotImplementedError: sparse is True

    Init:
        W standard normal, but its row padding_idx is 0

    Source:
        torch.nn.EmbeddingBag

    Example:
        >>> table = refnet.tensor([[1.0, 0.0], [2.0, 4.0], [3.0, 8.0]])
        >>> bag = nn.EmbeddingBag.from_pretrained(table, mode="sum")
        >>> bag(refnet.tensor([[0, 1], [1, 2]]))
        tensor([[ 3.,  4.],
                [ 5., 12.]])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        options = max_norm, norm_type, scale_grad_by_freq, sparse, _weight
        super().__init__(num_embeddings, embedding_dim, padding_idx, *options, False, device, dtype)
        self.mode = mode
        self.include_last_offset = include_last_offset

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> Self:
        """Returns an EmbeddingBag whose weight shares the memory of embeddings.

        Args:
            embeddings: the weight, of shape (num_embeddings, embedding_dim)
            freeze: if True, the weight requires no gradient
            max_norm: as in EmbeddingBag
            norm_type: as in EmbeddingBag
            scale_grad_by_freq: as in EmbeddingBag
            mode: as in EmbeddingBag
            sparse: as in EmbeddingBag
            include_last_offset: as in EmbeddingBag
            padding_idx: as in EmbeddingBag

        Raises:
            AssertionError: embeddings does not have two dimensions
        """
        rows, columns = _sizes(embeddings)
        bag = cls(
            rows,
            columns,
            _weight=embeddings,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            mode=mode,
            sparse=sparse,
            include_last_offset=include_last_offset,
            padding_idx=padding_idx,
        )
        bag.weight.requires_grad_(not freeze)
        return bag

    def forward(
        self,
        input: Tensor,
        offsets: Tensor | None = None,
        per_sample_weights: Tensor | None = None,
    ) -> Tensor:
        """Returns y; per_sample_weights is w, for mode "sum" only."""
        options = self.max_norm, self.norm_type, self.scale_grad_by_freq, self.mode, self.sparse
        bags = per_sample_weights, self.include_last_offset, self.padding_idx
        return F.embedding_bag(input, self.weight, offsets, *options, *bags)

    def extra_repr(self) -> str:
        """Returns the sizes, the mode, and the options that are not the defaults."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        sizes = f"{self.num_embeddings}, {self.embedding_dim}"
        return f"{sizes}{self._options()}, mode={self.mode!r}{padding}"


def _sizes(embeddings: Tensor) -> tuple[int, int]:
    """Returns the numbers of rows and columns; raises AssertionError for another shape."""
    if embeddings.dim() != 2:
        raise AssertionError(
            "from_pretrained(): expected embeddings of shape (num_embeddings, embedding_dim), got "
            f"{tuple(embeddings.shape)}"
        )
    rows, columns = embeddings.shape
    return rows, columns
