"""MultiheadAttention: attention in several heads, each with its own projections."""

from typing import Any

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.multi_head_attention import canonical_mask, each_once
from refnet.nn import functional as F, init
from refnet.nn.linear import Linear
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter

__all__ = ["MultiheadAttention"]


class NonDynamicallyQuantizableLinear(Linear):
    """Linear under the name that PyTorch's MultiheadAttention prints."""


class MultiheadAttention(Module):
    """y = W_out [head_1, …, head_H] + b_out, head_h = softmax(q_h k_hᵀ / √d + mask) v_h

        q = W_q x_q + b_q,  k = W_k x_k + b_k,  v = W_v x_v + b_v

    q_h, k_h and v_h are the parts of q, k and v for head h of H = num_heads, of size d = E/H.

    The layer calls `refnet.nn.functional.multi_head_attention_forward`. The gradient is derived in
    `refnet.ops.linear`, `refnet.ops.matmul` and `refnet.ops.attention`.

    Shape:
        query x_q: (L, N, E), with batch_first (N, L, E), without a batch (L, E)
        key x_k: (S, N, kdim), value x_v: (S, N, vdim), with the same exceptions
        y: as x_q
        in_proj_weight: (3E, E), which stacks W_q, W_k and W_v
        q_proj_weight: (E, E), k_proj_weight: (E, kdim), v_proj_weight: (E, vdim), which replace
        in_proj_weight where kdim or vdim is not E
        in_proj_bias: (3E), out_proj.weight: (E, E), out_proj.bias: (E), bias_k, bias_v: (1, 1, E)

    Args:
        embed_dim: E
        num_heads: H, a divisor of E
        dropout: in training, the probability of 0 for each attention weight
        bias: whether there are in_proj_bias and out_proj.bias
        add_bias_kv: whether a learnable key and value are appended to each sequence
        add_zero_attn: whether a key and a value of zeros are appended to each sequence
        kdim: the size of a key; None means E
        vdim: the size of a value; None means E
        batch_first: whether the batch is the first dimension
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype

    Raises:
        ValueError: embed_dim or num_heads is not positive
        AssertionError: num_heads does not divide embed_dim

    Init:
        projections: Xavier's uniform initialisation
        out_proj.weight: as in Linear
        bias_k, bias_v: Xavier's normal initialisation
        in_proj_bias, out_proj.bias: 0

    Source:
        torch.nn.MultiheadAttention; Vaswani et al. 2017, section 3.2.2

    Example:
        >>> attention = nn.MultiheadAttention(embed_dim=4, num_heads=2)
        >>> x = refnet.zeros(3, 1, 4)  # equal scores
        >>> y, weights = attention(x, x, x)
        >>> weights.detach()
        tensor([[[0.3333, 0.3333, 0.3333],
                 [0.3333, 0.3333, 0.3333],
                 [0.3333, 0.3333, 0.3333]]])
    """

    q_proj_weight: Parameter | None
    k_proj_weight: Parameter | None
    v_proj_weight: Parameter | None
    in_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    bias_k: Parameter | None
    bias_v: Parameter | None

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                "embed_dim and num_heads must be greater than 0, "
                f"got embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
        if embed_dim % num_heads:
            raise AssertionError("embed_dim must be divisible by num_heads")
        super().__init__()
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        self.add_zero_attn = add_zero_attn

        def parameter(*shape: int) -> Parameter:
            return empty_parameter(*shape, device=device, dtype=dtype)

        packed = self.kdim == self.vdim == embed_dim
        weight = parameter(3 * embed_dim, embed_dim) if packed else None
        self.register_parameter("in_proj_weight", weight)
        for name, size in ("q", embed_dim), ("k", self.kdim), ("v", self.vdim):
            weight = None if packed else parameter(embed_dim, size)
            self.register_parameter(f"{name}_proj_weight", weight)
        self.register_parameter("in_proj_bias", parameter(3 * embed_dim) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, device, dtype)
        if add_bias_kv:
            self.bias_k = parameter(1, 1, embed_dim)
            self.bias_v = parameter(1, 1, embed_dim)
        else:
            self.bias_k = self.bias_v = None
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Draws new values for all parameters but out_proj.weight."""
        weights = (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
        for weight in weights:
            if weight is not None:
                init.xavier_uniform_(weight)
        for bias in (self.in_proj_bias, self.out_proj.bias):
            if bias is not None:
                init.constant_(bias, 0.0)
        for appended in (self.bias_k, self.bias_v):
            if appended is not None:
                init.xavier_normal_(appended)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Returns y and the weights.

        Args:
            query: x_q
            key: x_k
            value: x_v
            key_padding_mask: (N, S): boolean, True for a key that is padding, or numbers that are
                added to its scores; or None
            need_weights: whether the weights (N, L, S) are returned, else None; False is faster
            attn_mask: (L, S) or (N H, L, S): boolean, True where a query must not attend to a key,
                or numbers that are added to the scores; or None
            average_attn_weights: False returns the weights of each head, (N, H, L, S)
            is_causal: a hint that attn_mask is the causal mask; its entries may then be ignored
        """
        key_padding_mask = canonical_mask(
            key_padding_mask, "key_padding_mask", query, attn_mask, "attn_mask"
        )
        attn_mask = canonical_mask(attn_mask, "attn_mask", query)
        batch_first = self.batch_first and query.dim() == 3
        if batch_first:
            query, key, value = each_once(lambda x: x.transpose(0, 1), query, key, value)
        y, weights = F.multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            training=self.training,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            use_separate_proj_weight=self.in_proj_weight is None,
            q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )
        return y.transpose(0, 1) if batch_first else y, weights


_mirror(__name__)
