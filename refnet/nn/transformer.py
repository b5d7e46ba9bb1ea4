"""Transformer: an encoder and a decoder, which are stacks of layers with attention."""

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
from refnet.nn.transformer_layer import Activation, TransformerDecoderLayer, TransformerEncoderLayer

__all__ = ["Transformer", "TransformerDecoder", "TransformerEncoder"]


class TransformerEncoder(Module):
    """y = norm(layer_n(… layer_1(x)))

    All layers are copies of encoder_layer, so they start with the same parameters.

    Shape:
        as encoder_layer

    Args:
        encoder_layer: a TransformerEncoderLayer, or a module with its arguments
        num_layers: n
        norm: a module, or None
        enable_nested_tensor: whether y = norm(0) at the padding where PyTorch uses nested tensors,
            which omit the padding: in evaluation mode, without recorded gradients, for a layer that
            allows it. Warns if the layer does not allow it
        mask_check: whether this holds only if the padding is at the end of each sequence

    Init:
        as encoder_layer

    Source:
        torch.nn.TransformerEncoder; Vaswani et al. 2017, section 3.1

    Example:
        >>> layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
        >>> encoder = nn.TransformerEncoder(layer, num_layers=2)
        >>> encoder(refnet.rand(1, 3, 4)).shape
        refnet.Size([1, 3, 4])
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
        """Returns y.

        Args:
            src: x
            mask: src_mask of the layers
            src_key_padding_mask: as in the layers
            is_causal: whether mask is the causal mask; None compares the two
        """
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
        """Returns whether PyTorch omits the padding."""
        first = self.layers[0]
        if not self.use_nested_tensor or first.training or src.dim() != 3:
            return False
        if is_grad_enabled() and any(x.requires_grad for x in (src, *first.parameters())):
            return False
        padded = padding != 0
        only_trailing = not (padded[:, :-1] & ~padded[:, 1:]).any()
        return only_trailing or not self.mask_check


class TransformerDecoder(Module):
    """y = norm(layer_n(… layer_1(x, m), m))

    All layers are copies of decoder_layer: they start with the same parameters and have its
    activation. In PyTorch 2.13 the copies of a layer whose activation is a module use relu,
    although they print the module.

    Shape:
        as decoder_layer

    Args:
        decoder_layer: a TransformerDecoderLayer, or a module with its arguments
        num_layers: n
        norm: a module, or None

    Init:
        as decoder_layer

    Source:
        torch.nn.TransformerDecoder; Vaswani et al. 2017, section 3.1

    Example:
        >>> layer = nn.TransformerDecoderLayer(4, 2, 8)
        >>> decoder = nn.TransformerDecoder(layer, num_layers=2)
        >>> decoder(refnet.rand(3, 1, 4), refnet.rand(5, 1, 4)).shape
        refnet.Size([3, 1, 4])
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
        """Returns y.

        Args:
            tgt: x
            memory: m
            tgt_mask: as in the layers
            memory_mask: as in the layers
            tgt_key_padding_mask: as in the layers
            memory_key_padding_mask: as in the layers
            tgt_is_causal: whether tgt_mask is the causal mask; None compares the two
            memory_is_causal: a hint that memory_mask is the causal mask
        """
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
    """y = decoder(t, m),  m = encoder(s)

    Shape:
        s: (S, N, E), with batch_first (N, S, E), without a batch (S, E)
        t, y: (T, N, E), with the same exceptions

    Args:
        d_model: E, the size of each vector
        nhead: H, the number of heads, a divisor of d_model
        num_encoder_layers: the number of layers of the TransformerEncoder
        num_decoder_layers: the number of layers of the TransformerDecoder
        dim_feedforward: the size of the hidden layer of each feed-forward block
        dropout: the probability of 0 in each dropout
        activation: "relu", "gelu", or a function of a tensor
        custom_encoder: a module that replaces the encoder, or None
        custom_decoder: a module that replaces the decoder, or None
        layer_norm_eps: ε of the norms
        batch_first: whether the batch is the first dimension
        norm_first: whether the norms precede the blocks of a layer, not follow the residual sums
        bias: whether there are biases, in the norms too
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype

    Raises:
        RuntimeError: activation is a string other than "relu" and "gelu"
        ValueError: d_model or nhead is not positive
        AssertionError: nhead does not divide d_model

    Init:
        parameters of more than one dimension, also of custom modules: Xavier, uniform
        biases and norms: as in MultiheadAttention, Linear and LayerNorm

    Source:
        torch.nn.Transformer; Vaswani et al. 2017, "Attention is all you need"

    Example:
        >>> model = nn.Transformer(
        ...     4, 2, num_encoder_layers=1, num_decoder_layers=1, batch_first=True
        ... )
        >>> model(refnet.rand(1, 5, 4), refnet.rand(1, 3, 4)).shape
        refnet.Size([1, 3, 4])
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
        """Returns y.

        Args:
            src: s
            tgt: t
            src_mask: (S, S) or (N H, S, S): boolean, True where a position must not attend to
                another, or numbers that are added to the scores; or None
            tgt_mask: the same for the target, (T, T) or (N H, T, T)
            memory_mask: the same for the decoder's attention to m, (T, S) or (N H, T, S)
            src_key_padding_mask: (N, S): boolean, True for padding, or numbers; or None
            tgt_key_padding_mask: the same for the target, (N, T)
            memory_key_padding_mask: the same for m, (N, S)
            src_is_causal: whether src_mask is the causal mask; None compares the two
            tgt_is_causal: whether tgt_mask is the causal mask; None compares the two
            memory_is_causal: a hint that memory_mask is the causal mask

        Raises:
            RuntimeError: the batch sizes of src and tgt differ, or their vectors are not of size E
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
            src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal
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
        """Returns the causal mask (sz, sz): −∞ above the diagonal, else 0.

        Args:
            sz: the length of a sequence
            device: "cpu" or None
            dtype: of the mask; None means the default dtype

        Example:
            >>> nn.Transformer.generate_square_subsequent_mask(2)
            tensor([[0., -inf],
                    [0., 0.]])
        """
        return triu(full((sz, sz), -math.inf, dtype=dtype, device=device), diagonal=1)

    def _reset_parameters(self) -> None:
        """Draws new values for all parameters of more than one dimension."""
        for p in self.parameters():
            if p.dim() > 1:
                init.xavier_uniform_(p)


def _copies(layer: Module, n: int) -> ModuleList:
    return ModuleList([copy.deepcopy(layer) for _ in range(n)])


def _why_not_nested(layer: Any) -> str:
    """Returns why PyTorch does not make nested tensors for a layer; "" if it does."""
    if not isinstance(layer, TransformerEncoderLayer):
        return " was not TransformerEncoderLayer"
    attention = layer.self_attn
    conditions = {
        ".norm_first was True": layer.norm_first,
        ".self_attn.batch_first was not True": not attention.batch_first,
        ".self_attn.kdim or vdim was not equal to embed_dim": attention.in_proj_weight is None,
        ".self_attn was passed bias=False": attention.in_proj_bias is None,
        ".activation_relu_or_gelu was not True": not layer.activation_relu_or_gelu,
        ".norm1.eps was not equal to encoder_layer.norm2.eps": layer.norm1.eps != layer.norm2.eps,
        ".self_attn.num_heads is odd": attention.num_heads % 2 == 1,
    }
    return next((why for why, holds in conditions.items() if holds), "")


def _length(x: Tensor, batch_first: bool) -> int:
    """Returns the number of positions in a sequence."""
    length: int = x.shape[0 if x.dim() == 2 or not batch_first else 1]
    return length


def _is_causal(mask: Tensor | None, is_causal: bool | None, length: int) -> bool:
    """Returns is_causal or, if that is None, whether the mask equals the causal mask."""
    if is_causal is not None or mask is None:
        return is_causal is True
    causal = Transformer.generate_square_subsequent_mask(length, dtype=mask.dtype)
    return mask.shape == causal.shape and bool((mask == causal).all())
