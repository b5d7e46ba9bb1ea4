"""Convolutions of nn.functional, with PyTorch's checks."""

from typing import Any

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.convolution_checks import (
    batched,
    check_bias,
    check_dtypes,
    check_int,
    check_operands,
    numbers,
)

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
    """y[n, o, m] = b[o] + Σ_{c, k} W[o, c, k] x[n, c, m·stride + k·dilation − padding]

    See refnet.ops.convolution.

    Shape:
        input x: (N, C, L) or (C, L), weight W: (O, C/groups, K), bias b: (O,) or None,
        y: (N, O, M) or (O, M)

    Args:
        padding: zeros on both sides; "valid" is none, "same" as many as keep the size, for
            stride 1 only (the odd one goes to the end)
        groups: C and O are split into so many parts, which do not see each other

    Raises RuntimeError for sizes that do not fit and for two dtypes, TypeError for arguments of
    another type.
    """
    return _convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """conv1d in two dimensions: x (N, C, H, W) or (C, H, W), W (O, C/groups, K, K′)

    stride, padding and dilation are numbers or have one for each dimension.

    The gradient is derived in `refnet.ops.convolution`.
    """
    return _convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """conv1d in three dimensions: x (N, C, D, H, W) or (C, D, H, W), W (O, C/groups, K, K′, K″)

    The gradient is derived in `refnet.ops.convolution`.
    """
    return _convolve("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """conv1d with time first: y[t, n, o] = b[o] + Σ_{c, k} W[k, c, o] x[t + k − pad, n, c]

    The gradient is derived in `refnet.ops.convolution`.

    Shape:
        input x: (T, N, C), weight W: (K, C, O), bias b: (O,), y: (T + 2 pad − K + 1, N, O)

    Raises RuntimeError for sizes that do not fit and for two dtypes, TypeError for arguments of
    another type.
    """
    function = "conv_tbc"
    check_tensors(function, input=input, weight=weight, bias=bias)
    check_int(function, "pad", pad)
    check_dtypes(function, input, weight, bias)
    x, W, b = input.shape, weight.shape, bias.shape
    if len(x) != 3 or len(W) != 3 or len(b) != 1 or x[2] != W[1] or b[0] != W[2]:
        raise RuntimeError(
            f"{function}: expected input (time, batch, in), weight (width, in, out) and bias "
            f"(out,), got shapes {list(x)}, {list(W)} and {list(b)}"
        )
    if x[0] + 2 * pad - W[0] + 1 < 0:
        raise RuntimeError(
            f"{function}: the kernel has {W[0]} entries, the input {x[0]} and padding"
        )
    if not W[0]:  # nothing is summed
        sums: Tensor = bias + weight.sum((0, 1)) + input[:0].sum()
        return sums.expand(x[0] + 2 * pad + 1, x[1], W[2])
    y: Tensor = apply(
        ops.convolution,
        input.permute(1, 2, 0),
        weight.permute(2, 1, 0),
        bias,
        stride=(1,),
        padding=((pad, pad),),
        dilation=(1,),
        groups=1,
    )
    return y.permute(2, 0, 1)


def same_padding(kernel: int, dilation: int) -> tuple[int, int]:
    """The zeros before and after a dimension with which a convolution of stride 1 keeps its size."""
    whole = dilation * (kernel - 1)
    return whole // 2, whole - whole // 2


def _convolve(
    function: str,
    d: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Tensor:
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
            f"{function}: given groups={groups} and weight of size {list(weight.shape)}, expected "
            f"outputs in equal groups and {channels} channels of the input {list(input.shape)}"
        )
    check_bias(function, weight, bias, weight.shape[0])
    padded = [size + before + after for size, (before, after) in zip(n, widths, strict=True)]
    reach = [e * (k - 1) + 1 for k, e in zip(kernel, dilation, strict=True)]
    if any(size < r for size, r in zip(padded, reach, strict=True)):
        raise RuntimeError(
            f"{function}: the kernel, which reaches over {reach} entries, is greater than the padded "
            f"input of size {padded}"
        )
    return batched(
        ops.convolution,
        d,
        input,
        weight,
        bias,
        stride=stride,
        padding=widths,
        dilation=dilation,
        groups=groups,
    )


def _named_padding(
    function: str, padding: str, kernel: Any, stride: tuple[int, ...], dilation: tuple[int, ...]
) -> list[tuple[int, int]]:
    """The widths that "same" or "valid" stands for."""
    if padding == "valid":
        return [(0, 0)] * len(kernel)
    if padding != "same":
        raise RuntimeError(f"{function}: Invalid padding string: {padding!r}")
    if max(stride) > 1:
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    return [same_padding(k, e) for k, e in zip(kernel, dilation, strict=True)]
