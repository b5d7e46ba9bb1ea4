"""Fusion of a batch normalisation in evaluation mode with the linear map before it.

γ (W x + b − μ) / √(σ² + ε) + β = (s W) x + (s (b − μ) + β),   s = γ / √(σ² + ε)
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

__all__ = [
    "fuse_conv_bn_eval",
    "fuse_conv_bn_weights",
    "fuse_linear_bn_eval",
    "fuse_linear_bn_weights",
]

C = TypeVar("C", bound=ConvNd)
L = TypeVar("L", bound=Linear)


def fuse_conv_bn_eval(conv: C, bn: NormBase, transpose: bool = False) -> C:
    """Returns a convolution that computes bn(conv(x)) in evaluation mode.

    Args:
        conv: the convolution, in evaluation mode
        bn: the batch normalisation, in evaluation mode
        transpose: whether conv is a transposed convolution, whose weight is (in, out, *kernel)

    Raises:
        AssertionError: in training mode, and without running statistics

    Source:
        torch.nn.utils.fusion

    Example:
        >>> conv, bn = nn.Conv2d(1, 2, 3).eval(), nn.BatchNorm2d(2).eval()
        >>> bn.running_mean = refnet.tensor([1.0, 2.0])
        >>> fused, x = nn.utils.fuse_conv_bn_eval(conv, bn), refnet.randn(1, 1, 4, 4)
        >>> refnet.allclose(fused(x), bn(conv(x)), atol=1e-6)
        True
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
    """Returns the weight and bias of a convolution fused with the batch normalisation after it.

    Args:
        conv_w: the weight W of the convolution
        conv_b: its bias b; None for 0
        bn_rm: the running mean μ
        bn_rv: the running variance σ²
        bn_eps: ε
        bn_w: the weight γ of the batch normalisation; None for 1
        bn_b: its bias β; None for 0
        transpose: whether the convolution is transposed

    Example:
        >>> w, mean, var = refnet.ones(1, 1, 2), refnet.tensor([2.0]), refnet.tensor([4.0])
        >>> gamma, beta = refnet.tensor([6.0]), refnet.tensor([1.0])
        >>> weight, bias = nn.utils.fuse_conv_bn_weights(w, None, mean, var, 0.0, gamma, beta)
        >>> weight.data, bias.data
        (tensor([[[3., 3.]]]), tensor([-5.]))
    """
    shape = [1] * conv_w.ndim
    shape[int(transpose)] = -1
    return _fused(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, shape)


def fuse_linear_bn_eval(linear: L, bn: NormBase) -> L:
    """Returns a linear layer that computes bn(linear(x)) in evaluation mode.

    Args:
        linear: the linear layer, in evaluation mode
        bn: the batch normalisation, in evaluation mode

    Raises:
        AssertionError: in training mode, without running statistics, and unless bn has one feature
            or as many as linear has outputs

    Source:
        torch.nn.utils.fusion

    Example:
        >>> linear, bn = nn.Linear(2, 3).eval(), nn.BatchNorm1d(3).eval()
        >>> bn.running_mean = refnet.tensor([1.0, 2.0, 3.0])
        >>> fused, x = nn.utils.fuse_linear_bn_eval(linear, bn), refnet.randn(4, 2)
        >>> refnet.allclose(fused(x), bn(linear(x)), atol=1e-6)
        True
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
    """Returns the weight and bias of a linear layer fused with the batch normalisation after it.

    Args:
        linear_w: the weight W of the linear layer
        linear_b: its bias b; None for 0
        bn_rm: the running mean μ
        bn_rv: the running variance σ²
        bn_eps: ε
        bn_w: the weight γ of the batch normalisation; None for 1
        bn_b: its bias β; None for 0

    Example:
        >>> w, mean, var = refnet.ones(1, 2), refnet.tensor([2.0]), refnet.tensor([4.0])
        >>> gamma, beta = refnet.tensor([6.0]), refnet.tensor([1.0])
        >>> weight, bias = nn.utils.fuse_linear_bn_weights(w, None, mean, var, 0.0, gamma, beta)
        >>> weight.data, bias.data
        (tensor([[3., 3.]]), tensor([-5.]))
    """
    return _fused(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, [-1, 1])


def _statistics(layer: Any, bn: NormBase) -> tuple[Tensor, Tensor, float, Any, Any]:
    """Returns μ, σ², ε, γ and β of a batch normalisation that can be fused with the layer."""
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
    """Returns s W and s (b − μ) + β, where `shape` is the shape in which s broadcasts with W."""
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
