"""The gradients of convolutions as functions: torch.nn.grad.

With y = conv(x, W): x̄ is a transposed convolution of ȳ with W, and W̄ a convolution of x with ȳ, in which
examples take the part of channels and stride and dilation change places. So they are recorded as any
other operation.
"""

from collections.abc import Sequence
from typing import Any

from refnet.functions.joining import cat
from refnet.functions.layers.convolution import conv1d, conv2d, conv3d
from refnet.functions.layers.transposed_convolution import (
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
)
from refnet.nn.sizes import Size, as_tuple
from refnet.tensor import Tensor

__all__ = [
    "conv1d_input",
    "conv1d_weight",
    "conv2d_input",
    "conv2d_weight",
    "conv3d_input",
    "conv3d_weight",
]

Options = tuple[Size, Size, Size, int]  # stride, padding, dilation, groups


def _of_input(
    d: int, input_size: Sequence[int], weight: Tensor, grad_output: Tensor, options: Options
) -> Tensor:
    """x̄ of the convolution of d dimensions."""
    *sizes, groups = options
    stride, padding, dilation = (as_tuple(d, size) for size in sizes)
    missing = [  # what the transposed convolution lacks of the size
        n - ((m - 1) * s - 2 * p + e * (k - 1) + 1)
        for n, m, k, s, p, e in zip(
            input_size[2:],
            grad_output.shape[2:],
            weight.shape[2:],
            stride,
            padding,
            dilation,
            strict=True,
        )
    ]
    transposed: Any = (conv_transpose1d, conv_transpose2d, conv_transpose3d)[d - 1]
    dx: Tensor = transposed(grad_output, weight, None, stride, padding, missing, groups, dilation)
    _check_size("input_size", dx, input_size)
    return dx


def _of_weight(
    d: int, input: Tensor, weight_size: Sequence[int], grad_output: Tensor, options: Options
) -> Tensor:
    """W̄ of the convolution of d dimensions."""
    stride, padding, dilation, groups = options
    conv: Any = (conv1d, conv2d, conv3d)[d - 1]
    kernel = (slice(None), slice(None), *(slice(k) for k in weight_size[2:]))
    parts = [
        conv(x.transpose(0, 1), dy.transpose(0, 1), None, dilation, padding, stride)[kernel]
        for x, dy in zip(input.chunk(groups, 1), grad_output.chunk(groups, 1), strict=True)
    ]
    dw = cat([part.transpose(0, 1) for part in parts])
    _check_size("weight_size", dw, weight_size)
    return dw


def _check_size(name: str, gradient: Tensor, size: Sequence[int]) -> None:
    if gradient.shape != tuple(size):
        raise RuntimeError(
            f"{name} is {list(size)}, but the other sizes make it {list(gradient.shape)}"
        )


def conv1d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """x̄ of y = conv1d(x, W), x of the shape input_size (N, C, L), from ȳ = grad_output

    Raises RuntimeError for sizes that do not fit.
    """
    return _of_input(1, input_size, weight, grad_output, (stride, padding, dilation, groups))


def conv1d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """W̄ of y = conv1d(x, W), W of the shape weight_size (O, C/groups, K), from ȳ = grad_output

    Raises RuntimeError for sizes that do not fit.
    """
    return _of_weight(1, input, weight_size, grad_output, (stride, padding, dilation, groups))


def conv2d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """x̄ of y = conv2d(x, W); see conv1d_input"""
    return _of_input(2, input_size, weight, grad_output, (stride, padding, dilation, groups))


def conv2d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """W̄ of y = conv2d(x, W); see conv1d_weight"""
    return _of_weight(2, input, weight_size, grad_output, (stride, padding, dilation, groups))


def conv3d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """x̄ of y = conv3d(x, W); see conv1d_input"""
    return _of_input(3, input_size, weight, grad_output, (stride, padding, dilation, groups))


def conv3d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """W̄ of y = conv3d(x, W); see conv1d_weight"""
    return _of_weight(3, input, weight_size, grad_output, (stride, padding, dilation, groups))
