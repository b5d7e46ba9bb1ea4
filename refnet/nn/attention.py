"""MultiheadAttention: attention in several learned subspaces."""

from typing import Any

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.multi_head_attention import canonical_mask
from refnet.nn import functional as F, init
from refnet.nn.linear import Linear
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter

__all__ = ["MultiheadAttention"]


class NonDynamicallyQuantizableLinear(Linear):
    """Linear, under the name that it has in the text of PyTorch's MultiheadAttention."""


class MultiheadAttention(Module):
    """y = W_out [head_1, head_2, ...] + b_out, head_h = softmax(q_h k_hᵀ / √d + mask) v_h, where
    q = W_q x_q + b_q, k = W_k x_k + b_k, v = W_v x_v + b_v are cut into num_heads parts of size d

    The gradient is derived in `refnet.ops.linear`, `refnet.ops.matmul` and `refnet.ops.attention`.

    Shape:
        query x_q: (L, N, E), key x_k: (S, N, kdim), value x_v: (S, N, vdim), y: (L, N, E);
        with batch_first (N, L, E), ...; or all without N
        in_proj_weight: (3E, E), W_q, W_k and W_v one above the other; where kdim or vdim is not
        E: q_proj_weight: (E, E), k_proj_weight: (E, kdim), v_proj_weight: (E, vdim)
        in_proj_bias: (3E), out_proj.weight: (E, E), out_proj.bias: (E), bias_k, bias_v: (1, 1, E)

    Args:
        embed_dim: E
        num_heads: a divisor of E
        dropout: in training, the probability with which a weight becomes 0
        bias: whether there are in_proj_bias and out_proj.bias
        add_bias_kv: whether every sequence has one more key and value, which are learned
        add_zero_attn: whether it has one more key and value of zeros
        kdim, vdim: sizes of key and value, if not E
        batch_first: the batch is the first dimension

    Init:
        projections: Xavier's uniform initialisation; out_proj.weight: as in Linear;
        bias_k, bias_v: Xavier's normal initialisation; the other biases 0

    Source:
        torch.nn.MultiheadAttention; Vaswani et al. 2017, section 3.2.2

    Raises ValueError for sizes that are not positive, AssertionError if num_heads does not divide E.
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

        if self.kdim == self.vdim == embed_dim:
            self.in_proj_weight = parameter(3 * embed_dim, embed_dim)
            for name in "qkv":
                self.register_parameter(f"{name}_proj_weight", None)
        else:
            self.q_proj_weight = parameter(embed_dim, embed_dim)
            self.k_proj_weight = parameter(embed_dim, self.kdim)
            self.v_proj_weight = parameter(embed_dim, self.vdim)
            self.register_parameter("in_proj_weight", None)
        if bias:
            self.in_proj_bias = parameter(3 * embed_dim)
        else:
            self.register_parameter("in_proj_bias", None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, device, dtype)
        if add_bias_kv:
            self.bias_k = parameter(1, 1, embed_dim)
            self.bias_v = parameter(1, 1, embed_dim)
        else:
            self.bias_k = self.bias_v = None
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Draw all parameters anew but out_proj.weight."""
        weights = (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
        for weight in weights:
            if weight is not None:
                init.xavier_uniform_(weight)
        for bias in (self.in_proj_bias, self.out_proj.bias):
            if bias is not None:
                init.constant_(bias, 0.0)
        for more in (self.bias_k, self.bias_v):
            if more is not None:
                init.xavier_normal_(more)

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
        """y, and the weights (N, L, S) or None.

        key_padding_mask (N, S) and attn_mask (L, S) or (N · num_heads, L, S) are True where a query
        must not look at a key, or what is added to the scores. need_weights=False is faster.
        average_attn_weights=False gives the weights of each head, (N, num_heads, L, S).
        is_causal says that attn_mask is the causal mask, so that it need not be read.
        """
        key_padding_mask = canonical_mask(
            key_padding_mask, "key_padding_mask", query, attn_mask, "attn_mask"
        )
        attn_mask = canonical_mask(attn_mask, "attn_mask", query)
        batch_first = self.batch_first and query.dim() == 3
        if batch_first:
            transposed = {id(x): x.transpose(0, 1) for x in (query, key, value)}  # one stays one
            query, key, value = (transposed[id(x)] for x in (query, key, value))
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
