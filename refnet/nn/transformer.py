"""Transformer: an encoder and a decoder, stacks of layers with attention."""

import copy
import math
import warnings
from typing import Any

from refnet.engine.grad_mode import is_grad_enabled
from refnet.engine.tensor import Tensor
from refnet.functions.creation import full
from refnet.functions.nn_functional.multi_head_attention import canonical_mask
from refnet.functions.rearranging import triu
from refnet.nn import functional as F, init
from refnet.nn.container import ModuleList
from refnet.nn.module import Module
from refnet.nn.normalization import LayerNorm
from refnet.nn.transformer_layer import (
    Activation,
    TransformerDecoderLayer,
    TransformerEncoderLayer,
)

__all__ = ["Transformer", "TransformerDecoder", "TransformerEncoder"]


class TransformerEncoder(Module):
    """y = norm(layer_n(… layer_1(x)))

    Every layer is a copy of the one given, so all of them start with its parameters.

    Shape:
        those of the layer

    Args:
        encoder_layer: a TransformerEncoderLayer, or a module that is called like one
        num_layers: n
        norm: a module; None for none
        enable_nested_tensor: whether PyTorch may leave the places of padding out of the computation
            where nothing is recorded and the conditions of its fast path hold.
            There y = norm(0) at these places; refnet has no nested tensors, and
            takes that value. A layer for which PyTorch cannot is warned of
        mask_check: whether padding has to stand at the end of every sequence for that

    Init:
        that of the layer given

    Source:
        torch.nn.TransformerEncoder; Vaswani et al. 2017, section 3.1
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers = _copies(encoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.mask_check = mask_check
        why_not = _why_not_nested(encoder_layer)
        self.use_nested_tensor = enable_nested_tensor and not why_not
        if enable_nested_tensor and why_not:
            warnings.warn(
                "enable_nested_tensor is True, but self.use_nested_tensor is False because "
                f"encoder_layer{why_not}",
                stacklevel=2,
            )

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """y for x = src. is_causal says whether the mask is the causal one; None to find out."""
        padding = canonical_mask(src_key_padding_mask, "src_key_padding_mask", src, mask, "mask")
        mask = canonical_mask(mask, "mask", src)
        first = self.layers[0]
        causal = _is_causal(mask, is_causal, _length(src, first.self_attn.batch_first))
        x = src
        for layer in self.layers:
            x = layer(x, src_mask=mask, is_causal=causal, src_key_padding_mask=padding)
        if padding is not None and mask is None and self._is_nested(src, padding):
            x = x.masked_fill((padding != 0).unsqueeze(-1), 0.0)
        return x if self.norm is None else self.norm(x)

    def _is_nested(self, src: Tensor, padding: Tensor) -> bool:
        """Whether PyTorch leaves the places of padding out."""
        first = self.layers[0]
        if not self.use_nested_tensor or first.training or src.dim() != 3:
            return False
        if is_grad_enabled() and any(x.requires_grad for x in (src, *first.parameters())):
            return False
        padded = padding != 0
        at_the_end = not (padded[:, :-1] & ~padded[:, 1:]).any()
        return at_the_end or not self.mask_check


class TransformerDecoder(Module):
    """y = norm(layer_n(… layer_1(x, m), m))

    Every layer is a copy of the one given, so all of them start with its parameters.

    Shape:
        those of the layer

    Args:
        decoder_layer: a TransformerDecoderLayer, or a module that is called like one
        num_layers: n
        norm: a module; None for none

    Init:
        that of the layer given

    Source:
        torch.nn.TransformerDecoder; Vaswani et al. 2017, section 3.1

    The copies have the activation of the layer given. PyTorch's copies have relu instead if it is a
    module (2.13; they print the module).
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = _copies(decoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """y for x = tgt, m = memory. tgt_is_causal says whether tgt_mask is the causal one; None to
        find out."""
        length = _length(tgt, self.layers[0].self_attn.batch_first)
        causal = _is_causal(tgt_mask, tgt_is_causal, length)
        x = tgt
        for layer in self.layers:
            x = layer(
                x,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=causal,
                memory_is_causal=memory_is_causal,
            )
        return x if self.norm is None else self.norm(x)


class Transformer(Module):
    """y = decoder(t, m), m = encoder(s)

    Shape:
        s: (S, N, d_model), t and y: (T, N, d_model); with batch_first (N, S, d_model), ...;
        or all without N

    Args:
        num_encoder_layers, num_decoder_layers: of TransformerEncoder and TransformerDecoder, both
            with a LayerNorm at the end
        custom_encoder, custom_decoder: modules that are called like those, in their place
        others: those of TransformerEncoderLayer, for all layers

    Init:
        Xavier's uniform initialisation for all parameters with more than one dimension, the custom
        ones too; biases and norms as in MultiheadAttention, Linear and LayerNorm

    Source:
        torch.nn.Transformer; Vaswani et al. 2017, "Attention is all you need"

    Raises RuntimeError for another name of an activation, and what MultiheadAttention raises.
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Activation = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()

        def norm() -> LayerNorm:
            return LayerNorm(d_model, eps=layer_norm_eps, bias=bias, device=device, dtype=dtype)

        options: tuple[Any, ...] = (d_model, nhead, dim_feedforward, dropout, activation)
        options += (layer_norm_eps, batch_first, norm_first, bias, device, dtype)
        if custom_encoder is None:
            encoder_layer = TransformerEncoderLayer(*options)
            custom_encoder = TransformerEncoder(encoder_layer, num_encoder_layers, norm())
        self.encoder = custom_encoder
        if custom_decoder is None:
            decoder_layer = TransformerDecoderLayer(*options)
            custom_decoder = TransformerDecoder(decoder_layer, num_decoder_layers, norm())
        self.decoder = custom_decoder
        self._reset_parameters()
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """y for s = src, t = tgt.

        The masks (S, S), (T, T), (T, S), or for each sequence and head, are True where a place must not
        look at another, or what is added to the scores; the key padding masks (N, S), (N, T), (N, S)
        are True at places that nobody may look at. src_is_causal and tgt_is_causal say whether src_mask
        and tgt_mask are the causal mask; None to find out.

        Raises RuntimeError for batches of different sizes and for vectors that are not of size d_model.
        """
        batch = 0 if self.batch_first else 1
        if src.size(batch) != tgt.size(batch) and src.dim() == 3:
            raise RuntimeError(
                "the batch number of src and tgt must be equal, "
                f"got {src.size(batch)} and {tgt.size(batch)}"
            )
        if src.size(-1) != self.d_model or tgt.size(-1) != self.d_model:
            raise RuntimeError(
                "the feature number of src and tgt must be equal to d_model, "
                f"got {src.size(-1)} and {tgt.size(-1)} for {self.d_model}"
            )
        memory = self.encoder(
            src,
            mask=src_mask,
            src_key_padding_mask=src_key_padding_mask,
            is_causal=src_is_causal,
        )
        y: Tensor = self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )
        return y

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """The causal mask (sz, sz): −∞ above the diagonal, else 0."""
        return triu(full((sz, sz), -math.inf, dtype=dtype, device=device), diagonal=1)

    def _reset_parameters(self) -> None:
        """Draw all parameters with more than one dimension anew."""
        for p in self.parameters():
            if p.dim() > 1:
                init.xavier_uniform_(p)


def _copies(layer: Module, n: int) -> ModuleList:
    return ModuleList([copy.deepcopy(layer) for _ in range(n)])


def _why_not_nested(layer: Any) -> str:
    """Why PyTorch does not make nested tensors for such a layer; "" where it does."""
    if not isinstance(layer, TransformerEncoderLayer):
        return " was not TransformerEncoderLayer"
    attention = layer.self_attn
    conditions = {
        ".norm_first was True": layer.norm_first,
        ".self_attn.batch_first was not True": not attention.batch_first,
        ".self_attn's key or value have sizes of their own": attention.in_proj_weight is None,
        ".self_attn was passed bias=False": attention.in_proj_bias is None,
        ".activation_relu_or_gelu was not True": not layer.activation_relu_or_gelu,
        ".norm1.eps was not equal to encoder_layer.norm2.eps": layer.norm1.eps != layer.norm2.eps,
        ".self_attn.num_heads is odd": attention.num_heads % 2 == 1,
    }
    return next((why for why, holds in conditions.items() if holds), "")


def _length(x: Tensor, batch_first: bool) -> int:
    """The number of places in a sequence."""
    length: int = x.shape[0 if x.dim() == 2 or not batch_first else 1]
    return length


def _is_causal(mask: Tensor | None, is_causal: bool | None, length: int) -> bool:
    """Whether the mask is the causal one; as it is said, if it is."""
    if is_causal is not None or mask is None:
        return is_causal is True
    causal = Transformer.generate_square_subsequent_mask(length, dtype=mask.dtype)
    return mask.shape == causal.shape and bool((mask == causal).all())
