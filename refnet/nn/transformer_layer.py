"""The layers of a Transformer: TransformerEncoderLayer, TransformerDecoderLayer."""

from collections.abc import Callable
from typing import Any, ClassVar

from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.multi_head_attention import canonical_mask
from refnet.nn import functional as F
from refnet.nn.attention import MultiheadAttention
from refnet.nn.dropout import Dropout
from refnet.nn.gate import GELU
from refnet.nn.linear import Linear
from refnet.nn.module import Module
from refnet.nn.normalization import LayerNorm
from refnet.nn.rectifier import ReLU

__all__ = ["TransformerDecoderLayer", "TransformerEncoderLayer"]

Activation = Callable[[Tensor], Tensor]


class _Layer(Module):
    """The base of both layers: blocks, each with a norm and a residual connection."""

    _attentions: ClassVar[tuple[str, ...]]  # the blocks before the feed-forward block
    self_attn: MultiheadAttention
    linear1: Linear
    linear2: Linear
    dropout: Dropout
    norm_first: bool

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        options: dict[str, Any] = {"bias": bias, "device": device, "dtype": dtype}
        for name in self._attentions:
            attention = MultiheadAttention(
                d_model, nhead, dropout=dropout, batch_first=batch_first, **options
            )
            self.add_module(name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, **options)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, **options)
        self.norm_first = norm_first
        blocks = range(1, len(self._attentions) + 2)  # the last block is feed-forward
        for i in blocks:
            self.add_module(f"norm{i}", LayerNorm(d_model, eps=layer_norm_eps, **options))
        for i in blocks:
            self.add_module(f"dropout{i}", Dropout(dropout))
        self.activation = _function(activation) if isinstance(activation, str) else activation

    def _add_norm(self, x: Tensor, norm: Any, block: Activation) -> Tensor:
        """Returns norm(x + block(x)), or x + block(norm(x)) with norm_first."""
        return x + block(norm(x)) if self.norm_first else norm(x + block(x))

    def _sa_block(
        self,
        x: Tensor,
        attn_mask: Tensor | None,
        key_padding_mask: Tensor | None,
        is_causal: bool = False,
    ) -> Tensor:
        """Returns the self-attention with dropout."""
        y = _attend(self.self_attn, x, x, attn_mask, key_padding_mask, is_causal)
        z: Tensor = self.dropout1(y)
        return z

    def _feed_forward(self, x: Tensor) -> Tensor:
        """W₂ dropout(activation(W₁ x + b₁)) + b₂"""
        z: Tensor = self.linear2(self.dropout(self.activation(self.linear1(x))))
        return z


class TransformerEncoderLayer(_Layer):
    """x' = norm₁(x + A(x)),  y = norm₂(x' + F(x'))

    With norm_first:

        x' = x + A(norm₁(x)),  y = x' + F(norm₂(x'))

    A(x) is the multi-head attention of x to itself, and

        F(x) = W₂ activation(W₁ x + b₁) + b₂

    In training, dropout follows A, F and the activation, and A drops attention weights.

    Shape:
        x, y: (S, N, E), with batch_first (N, S, E), without a batch (S, E)

    Args:
        d_model: E, the size of each vector
        nhead: H, the number of heads, a divisor of d_model
        dim_feedforward: the number of rows of W₁
        dropout: the probability of 0 in each dropout
        activation: "relu", "gelu", or a function of a tensor
        layer_norm_eps: ε of the norms
        batch_first: whether the batch is the first dimension
        norm_first: whether the norms precede A and F instead of following the residual sums
        bias: whether there are biases, in the norms too
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype

    Raises:
        RuntimeError: activation is a string other than "relu" and "gelu"
        ValueError: d_model or nhead is not positive
        AssertionError: nhead does not divide d_model

    Init:
        as in MultiheadAttention, Linear and LayerNorm

    Source:
        torch.nn.TransformerEncoderLayer; Vaswani et al. 2017, section 3.1; for norm_first
        Xiong et al. 2020, "On layer normalization in the transformer architecture"

    Example:
        >>> layer = nn.TransformerEncoderLayer(d_model=4, nhead=2, dim_feedforward=8)
        >>> layer(refnet.rand(3, 1, 4)).shape
        refnet.Size([3, 1, 4])
    """

    _attentions = ("self_attn",)
    norm1: LayerNorm
    norm2: LayerNorm

    @property
    def activation_relu_or_gelu(self) -> int:
        """1 for relu, 2 for gelu, 0 for any other activation."""
        relu = self.activation is F.relu or isinstance(self.activation, ReLU)
        gelu = self.activation is F.gelu or isinstance(self.activation, GELU)
        return 1 if relu else 2 if gelu else 0

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Returns y.

        Args:
            src: x
            src_mask: attn_mask of MultiheadAttention
            src_key_padding_mask: key_padding_mask of MultiheadAttention
            is_causal: a hint that src_mask is the causal mask
        """
        padding = canonical_mask(
            src_key_padding_mask, "src_key_padding_mask", src, src_mask, "src_mask"
        )
        mask = canonical_mask(src_mask, "src_mask", src)
        x = self._add_norm(src, self.norm1, lambda x: self._sa_block(x, mask, padding, is_causal))
        return self._add_norm(x, self.norm2, self._ff_block)

    def _ff_block(self, x: Tensor) -> Tensor:
        """Returns the feed-forward block with dropout."""
        z: Tensor = self.dropout2(self._feed_forward(x))
        return z


class TransformerDecoderLayer(_Layer):
    """x' = norm₁(x + A(x)),  x" = norm₂(x' + M(x')),  y = norm₃(x" + F(x"))

    With norm_first:

        x' = x + A(norm₁(x)),  x" = x' + M(norm₂(x')),  y = x" + F(norm₃(x"))

    A(x) is the multi-head attention of x to itself, M(x) that of x to the memory m, which is the
    output of the encoder, and

        F(x) = W₂ activation(W₁ x + b₁) + b₂

    In training, dropout follows A, M, F and the activation, and A and M drop attention weights.

    Shape:
        x, y: (T, N, E), with batch_first (N, T, E), without a batch (T, E)
        m: (S, N, E), with the same exceptions

    Args:
        d_model: E, the size of each vector
        nhead: H, the number of heads, a divisor of d_model
        dim_feedforward: the number of rows of W₁
        dropout: the probability of 0 in each dropout
        activation: "relu", "gelu", or a function of a tensor
        layer_norm_eps: ε of the norms
        batch_first: whether the batch is the first dimension
        norm_first: whether the norms precede A, M and F instead of following the residual sums
        bias: whether there are biases, in the norms too
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype

    Raises:
        RuntimeError: activation is a string other than "relu" and "gelu"
        ValueError: d_model or nhead is not positive
        AssertionError: nhead does not divide d_model

    Init:
        as in MultiheadAttention, Linear and LayerNorm

    Source:
        torch.nn.TransformerDecoderLayer; Vaswani et al. 2017, section 3.1

    Example:
        >>> layer = nn.TransformerDecoderLayer(d_model=4, nhead=2, dim_feedforward=8)
        >>> layer(refnet.rand(3, 1, 4), refnet.rand(5, 1, 4)).shape
        refnet.Size([3, 1, 4])
    """

    _attentions = ("self_attn", "multihead_attn")
    multihead_attn: MultiheadAttention
    norm1: LayerNorm
    norm2: LayerNorm
    norm3: LayerNorm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Returns y.

        Args:
            tgt: x
            memory: m
            tgt_mask: attn_mask of A
            memory_mask: attn_mask of M
            tgt_key_padding_mask: key_padding_mask of A
            memory_key_padding_mask: key_padding_mask of M
            tgt_is_causal: a hint that tgt_mask is the causal mask
            memory_is_causal: a hint that memory_mask is the causal mask
        """
        x = self._add_norm(
            tgt,
            self.norm1,
            lambda x: self._sa_block(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal),
        )
        x = self._add_norm(
            x,
            self.norm2,
            lambda x: self._mha_block(
                x, memory, memory_mask, memory_key_padding_mask, memory_is_causal
            ),
        )
        return self._add_norm(x, self.norm3, self._ff_block)

    def _mha_block(
        self,
        x: Tensor,
        mem: Tensor,
        attn_mask: Tensor | None,
        key_padding_mask: Tensor | None,
        is_causal: bool = False,
    ) -> Tensor:
        """Returns the attention to the memory with dropout."""
        y = _attend(self.multihead_attn, x, mem, attn_mask, key_padding_mask, is_causal)
        z: Tensor = self.dropout2(y)
        return z

    def _ff_block(self, x: Tensor) -> Tensor:
        """Returns the feed-forward block with dropout."""
        z: Tensor = self.dropout3(self._feed_forward(x))
        return z


def _attend(
    attention: MultiheadAttention,
    x: Tensor,
    memory: Tensor,
    mask: Tensor | None,
    padding: Tensor | None,
    is_causal: bool,
) -> Tensor:
    """Returns the attention of x to the memory."""
    y, _ = attention(
        x,
        memory,
        memory,
        attn_mask=mask,
        key_padding_mask=padding,
        need_weights=False,
        is_causal=is_causal,
    )
    return y


def _function(activation: str) -> Activation:
    if activation not in ("relu", "gelu"):
        raise RuntimeError(f"activation should be relu/gelu, not {activation}")
    return F.relu if activation == "relu" else F.gelu
