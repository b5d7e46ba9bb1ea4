"""A batch normalisation in evaluation as part of the linear map before it.

γ (W x + b − μ) / √(σ² + ε) + β  =  (s W) x + (s (b − μ) + β),   s = γ / √(σ² + ε)
"""

import copy
from typing import Any, TypeVar

from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.public_functions import publish
from refnet.engine.tensor import Tensor
from refnet.functions.transcendental import rsqrt
from refnet.nn.batch_norm import NormBase
from refnet.nn.convolution import ConvNd
from refnet.nn.linear import Linear
from refnet.nn.parameter import Parameter

C = TypeVar("C", bound=ConvNd)
L = TypeVar("L", bound=Linear)


def fuse_conv_bn_eval(conv: C, bn: NormBase, transpose: bool = False) -> C:
    """A convolution that computes bn(conv(x)), both being in evaluation mode

    Args:
        transpose: for transposed convolutions, whose weights have the outputs in dimension 1

    Raises AssertionError in training mode, and without running statistics.

    Source:
        torch.nn.utils.fusion
    """
    fused = copy.deepcopy(conv)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        fused.weight, fused.bias, *_statistics(conv, bn), transpose=transpose
    )
    return fused


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """The fused weight and bias. conv_b, bn_w and bn_b may be None for 0, 1 and 0."""
    shape = [1] * conv_w.ndim
    shape[int(transpose)] = -1
    return _fused(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, shape)


def fuse_linear_bn_eval(linear: L, bn: NormBase) -> L:
    """A linear layer that computes bn(linear(x)), both being in evaluation mode

    Raises AssertionError in training mode, without running statistics, and where bn has neither
    linear.out_features nor one feature.

    Source:
        torch.nn.utils.fusion
    """
    fused, statistics = copy.deepcopy(linear), _statistics(linear, bn)
    if bn.num_features not in (linear.out_features, 1):
        raise AssertionError(
            f"To fuse, linear.out_features == bn.num_features or bn.num_features == 1, "
            f"got linear.out_features={linear.out_features} and bn.num_features={bn.num_features}"
        )
    fused.weight, fused.bias = fuse_linear_bn_weights(fused.weight, fused.bias, *statistics)
    return fused


def fuse_linear_bn_weights(
    linear_w: Tensor,
    linear_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
) -> tuple[Parameter, Parameter]:
    """The fused weight and bias. linear_b, bn_w and bn_b may be None for 0, 1 and 0."""
    return _fused(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, [-1, 1])


def _statistics(layer: Any, bn: NormBase) -> tuple[Tensor, Tensor, float, Any, Any]:
    """μ, σ², ε, γ and β of a batch normalisation that can be fused with the layer."""
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")
    return bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias


def _fused(
    w: Tensor,
    b: Tensor | None,
    mean: Tensor,
    var: Tensor,
    eps: float,
    gamma: Tensor | None,
    beta: Tensor | None,
    shape: list[int],
) -> tuple[Parameter, Parameter]:
    """s W and s (b − μ) + β; shape is that in which s broadcasts with W."""
    s = rsqrt(var + eps)
    if gamma is not None:
        s = s * gamma
    shift = s * (-mean if b is None else b - mean)
    if beta is not None:
        shift = shift + beta
    weight = Parameter((w * s.reshape(shape)).to(w.dtype), w.requires_grad)
    bias = Parameter(shift.to((w if b is None else b).dtype), b is not None and b.requires_grad)
    return weight, bias


globals().update(publish(globals(), __name__))


_mirror(__name__)
