"""Transposed convolutions of nn.functional, with PyTorch's checks.

conv_transpose2d and conv_transpose3d have the parameters of conv_transpose1d; a size is an int, or
a tuple with one int for each dimension.
"""

from typing import Any

from refnet import ops
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.convolution_checks import (
    batched,
    check_bias,
    check_operands,
    numbers,
)

__all__ = ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """Computes a transposed convolution over the last dimension.

        y[n, o, i] = b[o] + Σ W[c, o, k] x[n, c, j],   j·stride + k·dilation − padding = i

    The sum is over c and over all j and k that give i. This is the gradient of conv1d with respect
    to its input. The gradient is derived in `refnet.ops.transposed_convolution`.

    Shape:
        input x: (N, C, M) or (C, M)
        weight W: (C, O / groups, K)
        bias b: (O) or None
        y: (N, O, L) or (O, L),
            L = (M − 1)·stride − 2·padding + dilation·(K − 1) + output_padding + 1

    Args:
        input: x
        weight: W
        bias: b
        stride: distance between the windows of two entries of x
        padding: number of entries that are removed at both ends of y
        output_padding: number of entries that are added at the end of y, less than the larger of
            stride and dilation
        groups: number of equal parts of C and O that are convolved separately
        dilation: distance between two entries of a window

    Raises:
        RuntimeError: sizes or dtypes do not fit
        TypeError: an argument has the wrong type

    Example:
        >>> F.conv_transpose1d(
        ...     refnet.tensor([[1.0, 2.0]]), refnet.tensor([[[1.0, 10.0]]]), stride=2
        ... )
        tensor([[ 1., 10.,  2., 20.]])
    """
    sizes = stride, padding, output_padding, dilation
    return _transposed(1, input, weight, bias, *sizes, groups)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """Computes a transposed convolution over the last two dimensions; see conv_transpose1d.

    The parameters are those of conv_transpose1d; a size is an int or a pair of ints. The gradient
    is derived in `refnet.ops.transposed_convolution`.

    Shape:
        input: (N, C, H, W) or (C, H, W)
        weight: (C, O / groups, K, K′)

    Example:
        >>> F.conv_transpose2d(refnet.tensor([[[1.0, 2.0]]]), refnet.ones(1, 1, 2, 2))
        tensor([[[1., 3., 2.],
                 [1., 3., 2.]]])
    """
    sizes = stride, padding, output_padding, dilation
    return _transposed(2, input, weight, bias, *sizes, groups)


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """Computes a transposed convolution over the last three dimensions; see conv_transpose1d.

    The parameters are those of conv_transpose1d; a size is an int or a triple of ints. The gradient
    is derived in `refnet.ops.transposed_convolution`.

    Shape:
        input: (N, C, D, H, W) or (C, D, H, W)
        weight: (C, O / groups, K, K′, K″)

    Example:
        >>> F.conv_transpose3d(refnet.tensor([[[[1.0, 2.0]]]]), refnet.ones(1, 1, 1, 1, 2))
        tensor([[[[1., 3., 2.]]]])
    """
    sizes = stride, padding, output_padding, dilation
    return _transposed(3, input, weight, bias, *sizes, groups)


def _transposed(
    d: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    output_padding: Any,
    dilation: Any,
    groups: int,
) -> Tensor:
    """Computes a transposed convolution over the last d dimensions."""
    function = f"conv_transpose{d}d"
    stride = numbers(function, "stride", stride, d, least=1)
    dilation = numbers(function, "dilation", dilation, d, least=1)
    if isinstance(padding, str):
        raise TypeError(f"{function}(): expected padding int or {d} ints, got {padding!r}")
    padding = numbers(function, "padding", padding, d, least=0)
    output_padding = numbers(function, "output_padding", output_padding, d, least=0)
    check_operands(function, d, input, weight, bias, groups)
    channels = weight.shape[0]
    if input.shape[-d - 1] != channels or channels % groups or 0 in weight.shape:
        raise RuntimeError(
            f"{function}(): expected {channels} input channels in equal groups for groups={groups} "
            f"and weight {list(weight.shape)}, got input {list(input.shape)}"
        )
    check_bias(function, weight, bias, weight.shape[1] * groups)
    sizes = zip(input.shape[-d:], weight.shape[2:], stride, padding, dilation, strict=True)
    result = [(m - 1) * s - 2 * p + t * (k - 1) + 1 for m, k, s, p, t in sizes]
    for i, (e, s, t) in enumerate(zip(output_padding, stride, dilation, strict=True)):
        if e >= max(s, t):
            raise RuntimeError(
                f"{function}(): expected output_padding below stride or dilation, got {e} for "
                f"stride {s} and dilation {t}"
            )
        result[i] += e
    if min(result) < 1:
        raise RuntimeError(
            f"{function}(): expected a positive output size, got {result} for an input of size "
            f"{list(input.shape[-d:])}"
        )
    options = {
        "stride": stride,
        "padding": [(p, p) for p in padding],
        "output_padding": output_padding,
        "dilation": dilation,
        "groups": groups,
    }
    return batched(ops.transposed_convolution, d, input, weight, bias, **options)
