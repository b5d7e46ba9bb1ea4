"""Convolutions of nn.functional, with PyTorch's checks.

conv2d and conv3d have the parameters of conv1d; a size is an int, or a tuple with one int for each
dimension.
"""

from typing import Any

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.convolution_checks import (
    batched,
    check_bias,
    check_dtypes,
    check_int,
    check_operands,
    numbers,
)
from refnet.functions.operands import check_tensors

__all__ = ["conv1d", "conv2d", "conv3d", "conv_tbc"]


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """Computes a convolution over the last dimension.

        y[n, o, j] = b[o] + Σ_{c, k} W[o, c, k] x[n, c, j·stride + k·dilation − padding]

    The gradient is derived in `refnet.ops.convolution`.

    Shape:
        input x: (N, C, L) or (C, L)
        weight W: (O, C / groups, K)
        bias b: (O) or None
        y: (N, O, M) or (O, M), M = ⌊(L + 2·padding − dilation·(K − 1) − 1) / stride⌋ + 1

    Args:
        input: x
        weight: W
        bias: b
        stride: distance between two windows
        padding: number of zeros at both ends; "valid" means 0; "same" keeps the size, for stride 1
            only, and puts an odd zero at the end
        dilation: distance between two entries of a window
        groups: number of equal parts of C and O that are convolved separately

    Raises:
        RuntimeError: sizes or dtypes do not fit
        TypeError: an argument has the wrong type

    Example:
        >>> x, w = refnet.tensor([[1.0, 2.0, 4.0, 7.0]]), refnet.tensor([[[-1.0, 1.0]]])
        >>> F.conv1d(x, w)
        tensor([[1., 2., 3.]])
    """
    return _convolve(1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """Computes a convolution over the last two dimensions, as conv1d does over one.

    The parameters are those of conv1d; a size is an int or a pair of ints. The gradient is derived
    in `refnet.ops.convolution`.

    Shape:
        input: (N, C, H, W) or (C, H, W)
        weight: (O, C / groups, K, K′)

    Example:
        >>> F.conv2d(refnet.arange(9.0).reshape(1, 3, 3), refnet.ones(1, 1, 2, 2))
        tensor([[[ 8., 12.],
                 [20., 24.]]])
    """
    return _convolve(2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """Computes a convolution over the last three dimensions, as conv1d does over one.

    The parameters are those of conv1d; a size is an int or a triple of ints. The gradient is
    derived in `refnet.ops.convolution`.

    Shape:
        input: (N, C, D, H, W) or (C, D, H, W)
        weight: (O, C / groups, K, K′, K″)

    Example:
        >>> F.conv3d(refnet.ones(1, 2, 2, 2), refnet.ones(1, 1, 2, 2, 2))
        tensor([[[[8.]]]])
    """
    return _convolve(3, input, weight, bias, stride, padding, dilation, groups)


def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """Computes a convolution over the first dimension, time.

        y[t, n, o] = b[o] + Σ_{c, k} W[k, c, o] x[t + k − pad, n, c]

    The gradient is derived in `refnet.ops.convolution`.

    Shape:
        input x: (T, N, C)
        weight W: (K, C, O)
        bias b: (O)
        y: (T + 2·pad − K + 1, N, O)

    Args:
        input: x
        weight: W
        bias: b
        pad: number of zeros at both ends

    Raises:
        RuntimeError: sizes or dtypes do not fit
        TypeError: an argument has the wrong type

    Example:
        >>> x, w = refnet.tensor([[[1.0]], [[2.0]], [[4.0]]]), refnet.tensor([[[-1.0]], [[1.0]]])
        >>> F.conv_tbc(x, w, refnet.zeros(1)).flatten()
        tensor([1., 2.])
    """
    function = "conv_tbc"
    check_tensors(function, input=input, weight=weight, bias=bias)
    check_int(function, "pad", pad)
    check_dtypes(function, input, weight, bias)
    X, W, b = input.shape, weight.shape, bias.shape
    if len(X) != 3 or len(W) != 3 or len(b) != 1 or X[2] != W[1] or b[0] != W[2]:
        raise RuntimeError(
            f"{function}(): expected input (T, N, C), weight (K, C, O) and bias (O), got shapes "
            f"{list(X)}, {list(W)} and {list(b)}"
        )
    if X[0] + 2 * pad - W[0] + 1 < 0:
        raise RuntimeError(
            f"{function}(): expected at least {W[0]} entries with padding, got {X[0] + 2 * pad}"
        )
    if not W[0]:  # nothing is summed
        sums: Tensor = bias + weight.sum((0, 1)) + input[:0].sum()
        return sums.expand(X[0] + 2 * pad + 1, X[1], W[2])
    options = {"stride": (1,), "padding": ((pad, pad),), "dilation": (1,), "groups": 1}
    x, w = input.permute(1, 2, 0), weight.permute(2, 1, 0)
    y: Tensor = apply(ops.convolution, x, w, bias, **options)
    return y.permute(2, 0, 1)


def same_padding(kernel: int, dilation: int) -> tuple[int, int]:
    """Returns the numbers of zeros before and after for a convolution that keeps the size."""
    total = dilation * (kernel - 1)
    return total // 2, total - total // 2


def _convolve(
    d: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Tensor:
    """Computes a convolution over the last d dimensions."""
    function = f"conv{d}d"
    stride = numbers(function, "stride", stride, d, least=1)
    dilation = numbers(function, "dilation", dilation, d, least=1)
    check_operands(function, d, input, weight, bias, groups)
    kernel, n = weight.shape[2:], input.shape[-d:]
    if isinstance(padding, str):
        widths = _named_padding(function, padding, kernel, stride, dilation)
    else:
        widths = [(p, p) for p in numbers(function, "padding", padding, d, least=0)]
    channels = weight.shape[1] * groups
    if input.shape[-d - 1] != channels or weight.shape[0] % groups:
        raise RuntimeError(
            f"{function}(): expected outputs in equal groups and {channels} input channels for "
            f"groups={groups} and weight {list(weight.shape)}, got input {list(input.shape)}"
        )
    check_bias(function, weight, bias, weight.shape[0])
    padded = [size + before + after for size, (before, after) in zip(n, widths, strict=True)]
    reach = [e * (k - 1) + 1 for k, e in zip(kernel, dilation, strict=True)]
    if any(size < r for size, r in zip(padded, reach, strict=True)):
        raise RuntimeError(
            f"{function}(): expected a padded input of at least {reach} (the dilated kernel), "
            f"got {padded}"
        )
    options = {"stride": stride, "padding": widths, "dilation": dilation, "groups": groups}
    return batched(ops.convolution, d, input, weight, bias, **options)


def _named_padding(
    function: str, padding: str, kernel: Any, stride: tuple[int, ...], dilation: tuple[int, ...]
) -> list[tuple[int, int]]:
    """Returns the widths for "same" or "valid"."""
    if padding == "valid":
        return [(0, 0)] * len(kernel)
    if padding != "same":
        raise RuntimeError(f"{function}(): expected padding 'same' or 'valid', got {padding!r}")
    if max(stride) > 1:
        raise RuntimeError(f"{function}(): expected stride 1 with padding 'same', got {stride}")
    return [same_padding(k, e) for k, e in zip(kernel, dilation, strict=True)]
