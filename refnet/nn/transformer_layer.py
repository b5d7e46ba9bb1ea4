"""The layers that a Transformer stacks: TransformerEncoderLayer, TransformerDecoderLayer."""

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
    """Some blocks in a row, each with a norm and an addition around it: what both layers share."""

    _attentions: ClassVar[tuple[str, ...]]  # the names of the blocks before the feed-forward one
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
        made: dict[str, Any] = {"bias": bias, "device": device, "dtype": dtype}
        for name in self._attentions:
            attention = MultiheadAttention(
                d_model, nhead, dropout=dropout, batch_first=batch_first, **made
            )
            self.add_module(name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, **made)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, **made)
        self.norm_first = norm_first
        blocks = range(1, len(self._attentions) + 2)  # the last one is feed-forward
        for i in blocks:
            self.add_module(f"norm{i}", LayerNorm(d_model, eps=layer_norm_eps, **made))
        for i in blocks:
            self.add_module(f"dropout{i}", Dropout(dropout))
        self.activation = _function(activation) if isinstance(activation, str) else activation

    def _add_norm(self, x: Tensor, norm: Any, block: Activation) -> Tensor:
        """norm(x + block(x)), or x + block(norm(x)) with norm_first."""
        return x + block(norm(x)) if self.norm_first else norm(x + block(x))

    def _sa_block(
        self,
        x: Tensor,
        attn_mask: Tensor | None,
        key_padding_mask: Tensor | None,
        is_causal: bool = False,
    ) -> Tensor:
        """Self-attention, with dropout."""
        y, _ = self.self_attn(
            x,
            x,
            x,
            attn_mask=attn_mask,
            key_padding_mask=key_padding_mask,
            need_weights=False,
            is_causal=is_causal,
        )
        z: Tensor = self.dropout1(y)
        return z

    def _feed_forward(self, x: Tensor) -> Tensor:
        """W₂ dropout(activation(W₁ x + b₁)) + b₂."""
        z: Tensor = self.linear2(self.dropout(self.activation(self.linear1(x))))
        return z


class TransformerEncoderLayer(_Layer):
    """x' = norm₁(x + A(x)), y = norm₂(x' + F(x')); or with norm_first
    x' = x + A(norm₁(x)), y = x' + F(norm₂(x')), where
    A(x) is the multi-head attention of x to itself, and F(x) = W₂ activation(W₁ x + b₁) + b₂

    In training, A, F and the values of the activation are followed by dropout, and A has it inside.

    Shape:
        x, y: (S, N, d_model); with batch_first (N, S, d_model); or (S, d_model)

    Args:
        d_model: the size of every vector
        nhead: the number of heads, a divisor of d_model
        dim_feedforward: the number of rows of W₁
        dropout: the probability of 0
        activation: "relu", "gelu", or a function of a tensor
        layer_norm_eps: ε of the norms
        batch_first: the batch is the first dimension
        norm_first: norms stand before A and F, not behind the sums
        bias: whether there are biases, in the norms too

    Init:
        that of MultiheadAttention, Linear and LayerNorm

    Source:
        torch.nn.TransformerEncoderLayer; Vaswani et al. 2017, section 3.1; for norm_first
        Xiong et al. 2020, "On layer normalization in the transformer architecture"

    Raises RuntimeError for another name of an activation, and what MultiheadAttention raises.
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
        """y for x = src; the masks are those of MultiheadAttention."""
        padding = canonical_mask(
            src_key_padding_mask, "src_key_padding_mask", src, src_mask, "src_mask"
        )
        mask = canonical_mask(src_mask, "src_mask", src)
        x = self._add_norm(src, self.norm1, lambda x: self._sa_block(x, mask, padding, is_causal))
        return self._add_norm(x, self.norm2, self._ff_block)

    def _ff_block(self, x: Tensor) -> Tensor:
        """The feed-forward block, with dropout."""
        z: Tensor = self.dropout2(self._feed_forward(x))
        return z


class TransformerDecoderLayer(_Layer):
    """x' = norm₁(x + A(x)), x" = norm₂(x' + M(x')), y = norm₃(x" + F(x")); or with norm_first
    x' = x + A(norm₁(x)), x" = x' + M(norm₂(x')), y = x" + F(norm₃(x")), where
    A(x) is the multi-head attention of x to itself, M(x) that of x to the memory m, which is the
    encoder's output, and F(x) = W₂ activation(W₁ x + b₁) + b₂

    In training, A, M, F and the values of the activation are followed by dropout, and A and M have
    it inside.

    Shape:
        x, y: (T, N, d_model), m: (S, N, d_model); with batch_first (N, T, d_model), ...;
        or all without N

    Args:
        those of TransformerEncoderLayer

    Init:
        that of MultiheadAttention, Linear and LayerNorm

    Source:
        torch.nn.TransformerDecoderLayer; Vaswani et al. 2017, section 3.1

    Raises RuntimeError for another name of an activation, and what MultiheadAttention raises.
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
        """y for x = tgt, m = memory; the masks are those of MultiheadAttention, tgt's of A, memory's of M."""
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
        """Attention to the memory, with dropout."""
        y, _ = self.multihead_attn(
            x,
            mem,
            mem,
            attn_mask=attn_mask,
            key_padding_mask=key_padding_mask,
            need_weights=False,
            is_causal=is_causal,
        )
        z: Tensor = self.dropout2(y)
        return z

    def _ff_block(self, x: Tensor) -> Tensor:
        """The feed-forward block, with dropout."""
        z: Tensor = self.dropout3(self._feed_forward(x))
        return z


def _function(activation: str) -> Activation:
    if activation not in ("relu", "gelu"):
        raise RuntimeError(f"activation should be relu/gelu, not {activation}")
    return F.relu if activation == "relu" else F.gelu
