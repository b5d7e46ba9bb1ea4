"""Tables of vectors that integers name: Embedding, EmbeddingBag."""

from typing import Any, Self

from refnet.compatibility.left_out import refuse_argument
from refnet.engine.grad_mode import no_grad
from refnet.engine.tensor import Tensor
from refnet.nn import functional as F, init
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter

__all__ = ["Embedding", "EmbeddingBag"]


class _Table(Module):
    """The weight, and what happens to it."""

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None,
        max_norm: float | None,
        norm_type: float,
        scale_grad_by_freq: bool,
        sparse: bool,
        weight: Tensor | None,
        freeze: bool,
        device: Any,
        dtype: Any,
    ) -> None:
        V = num_embeddings
        if padding_idx is not None and not min(-V, 0) <= padding_idx < max(V, 1):
            raise AssertionError(f"padding_idx must lie in {-V} … {V - 1}, got {padding_idx}")
        if weight is not None and tuple(weight.shape) != (V, embedding_dim):
            raise AssertionError(
                f"weight must be (num_embeddings, embedding_dim) = {(V, embedding_dim)}, "
                f"got {tuple(weight.shape)}"
            )
        if sparse:
            raise refuse_argument(type(self).__name__, "sparse")
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = None if padding_idx is None else padding_idx % max(V, 1)
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        if weight is None:
            self.weight = empty_parameter(V, embedding_dim, device=device, dtype=dtype)
            self.reset_parameters()
            self.weight.requires_grad_(not freeze)
        else:
            self.weight = Parameter(weight, not freeze)

    def reset_parameters(self) -> None:
        """Draw W anew; its row padding_idx is 0."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)

    def _norm_repr(self) -> str:
        """What extra_repr shows of the options that both layers have, if it is not the default."""
        shown = "" if self.max_norm is None else f", max_norm={self.max_norm}"
        shown += "" if self.norm_type == 2 else f", norm_type={self.norm_type}"
        scaled = self.scale_grad_by_freq is not False
        return shown + (f", scale_grad_by_freq={self.scale_grad_by_freq}" if scaled else "")


class Embedding(_Table):
    """y_j = W[i_j], a row of the table for each index

    The gradient is derived in `refnet.ops.embedding`.

    Shape:
        i: (*) of int64 or int32, y: (*, embedding_dim),
        weight W: (num_embeddings, embedding_dim)

    Args:
        padding_idx: a row that gets no gradient, and at first is 0; −1 is the last
        max_norm: in every call, the rows that i names and whose norm is larger are
            scaled to it, in W itself
        norm_type: p of that norm
        scale_grad_by_freq: divide a row's gradient by how often i names it
        sparse: must be False: refnet's arrays are dense

    Init:
        W standard normal

    Source:
        torch.nn.Embedding

    Raises AssertionError if there is no row padding_idx, NotImplementedError for sparse=True.
    """

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
        super().__init__(
            num_embeddings,
            embedding_dim,
            padding_idx,
            max_norm,
            norm_type,
            scale_grad_by_freq,
            sparse,
            _weight,
            _freeze,
            device,
            dtype,
        )

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
        """An Embedding on the memory of the embeddings (V, D), which with freeze is not trained."""
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
        """W[i]."""
        return F.embedding(
            input,
            self.weight,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.sparse,
        )

    def extra_repr(self) -> str:
        """The sizes, and the options that are not the defaults."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}{self._norm_repr()}"


class EmbeddingBag(_Table):
    """y_b = Σ_j w_j W[i_j] over the j of bag b; or the mean, or the largest, of the W[i_j]

    The gradient is derived in `refnet.ops.embedding_bag`.

    Shape:
        i: (B, n), a bag in each row; or (N), the bags one behind the other, with offsets (B)
        that say where each begins; of int64 or int32
        w: that of i; y: (B, embedding_dim); weight W: (num_embeddings, embedding_dim)

    Args:
        mode: "sum", "mean" or "max"; of an empty bag all are 0
        include_last_offset: offsets is (B + 1), and says at last where the last bag ends
        padding_idx: a row that is left out of the bags, and at first is 0
        others: those of Embedding

    Init:
        W standard normal

    Source:
        torch.nn.EmbeddingBag

    Raises AssertionError if there is no row padding_idx, NotImplementedError for sparse=True.
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
        super().__init__(
            num_embeddings,
            embedding_dim,
            padding_idx,
            max_norm,
            norm_type,
            scale_grad_by_freq,
            sparse,
            _weight,
            False,
            device,
            dtype,
        )
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
        """An EmbeddingBag on the memory of the embeddings (V, D), which with freeze is not trained."""
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
        """Σ_j w_j W[i_j]; per_sample_weights is w, for the mode "sum" alone."""
        return F.embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self) -> str:
        """The sizes, the mode, and the options that are not the defaults."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        sizes = f"{self.num_embeddings}, {self.embedding_dim}"
        return f"{sizes}{self._norm_repr()}, mode={self.mode!r}{padding}"


def _sizes(embeddings: Tensor) -> tuple[int, int]:
    if embeddings.dim() != 2:
        raise AssertionError(
            f"embeddings must be (num_embeddings, embedding_dim), got {tuple(embeddings.shape)}"
        )
    rows, columns = embeddings.shape
    return rows, columns
