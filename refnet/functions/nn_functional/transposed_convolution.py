"""Transposed convolutions of nn.functional, with PyTorch's checks."""

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
    """y[n, o, i] = b[o] + Σ W[c, o, k] x[n, c, m] over the m, k with m·stride + k·dilation − padding = i

    What conv1d's gradient does; see refnet.ops.transposed_convolution.

    Shape:
        input x: (N, C, M) or (C, M), weight W: (C, O/groups, K), bias b: (O,) or None,
        y: (N, O, L) or (O, L), L = (M − 1) stride − 2 padding + dilation (K − 1) + output_padding + 1

    Args:
        output_padding: less than the stride or the dilation

    Raises RuntimeError for sizes that do not fit and for two dtypes, TypeError for arguments of
    another type.
    """
    return _transposed(
        "conv_transpose1d",
        1,
        input,
        weight,
        bias,
        stride,
        padding,
        output_padding,
        groups,
        dilation,
    )


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
    """conv_transpose1d in two dimensions: x (N, C, H, W) or (C, H, W), W (C, O/groups, K, K′)

    The gradient is derived in `refnet.ops.transposed_convolution`.
    """
    return _transposed(
        "conv_transpose2d",
        2,
        input,
        weight,
        bias,
        stride,
        padding,
        output_padding,
        groups,
        dilation,
    )


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
    """conv_transpose1d in three dimensions: x (N, C, D, H, W) or (C, D, H, W)

    The gradient is derived in `refnet.ops.transposed_convolution`.
    """
    return _transposed(
        "conv_transpose3d",
        3,
        input,
        weight,
        bias,
        stride,
        padding,
        output_padding,
        groups,
        dilation,
    )


def _transposed(
    function: str,
    d: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Tensor:
    stride = numbers(function, "stride", stride, d, least=1)
    dilation = numbers(function, "dilation", dilation, d, least=1)
    if isinstance(padding, str):
        raise TypeError(f"{function}(): padding must be a number or a tuple of ints, not a str")
    padding = numbers(function, "padding", padding, d, least=0)
    output_padding = numbers(function, "output_padding", output_padding, d, least=0)
    check_operands(function, d, input, weight, bias, groups)
    channels = weight.shape[0]
    if input.shape[-d - 1] != channels or channels % groups or 0 in weight.shape:
        raise RuntimeError(
            f"{function}: given groups={groups} and weight of size {list(weight.shape)}, expected "
            f"{channels} channels in equal groups, got input {list(input.shape)}"
        )
    check_bias(function, weight, bias, weight.shape[1] * groups)
    for e, s, t in zip(output_padding, stride, dilation, strict=True):
        if e >= max(s, t):
            raise RuntimeError(
                "output padding must be smaller than either stride or dilation, but got "
                f"output_padding {e}, stride {s}, dilation {t}"
            )
    result = [
        (m - 1) * s - 2 * p + t * (k - 1) + e + 1
        for m, k, s, p, e, t in zip(
            input.shape[-d:],
            weight.shape[2:],
            stride,
            padding,
            output_padding,
            dilation,
            strict=True,
        )
    ]
    if min(result) < 1:
        raise RuntimeError(
            f"Given input size per channel: {list(input.shape[-d:])}. Calculated output size per "
            f"channel: {result}. Output size is too small"
        )
    return batched(
        ops.transposed_convolution,
        d,
        input,
        weight,
        bias,
        stride=stride,
        padding=[(p, p) for p in padding],
        output_padding=output_padding,
        dilation=dilation,
        groups=groups,
    )
