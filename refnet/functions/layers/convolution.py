"""Convolutions of nn.functional, with PyTorch's checks."""

from typing import TYPE_CHECKING, Any

from refnet import ops
from refnet.functions.contraction import check_tensors
from refnet.functions.layers.sizes import sizes
from refnet.tape import apply

if TYPE_CHECKING:
    from refnet.tensor import Tensor

__all__ = [
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_tbc",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
]


def conv1d(
    input: "Tensor",
    weight: "Tensor",
    bias: "Tensor | None" = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> "Tensor":
    """y[n, o, m] = b[o] + Σ_{c, k} W[o, c, k] x[n, c, m·stride + k·dilation − padding]

    See refnet.ops.convolution.

    Shapes     input x: (N, C, L) or (C, L), weight W: (O, C/groups, K), bias b: (O,) or None,
               y: (N, O, M) or (O, M)
    Arguments  padding  zeros on both sides; "valid" is none, "same" as many as keep the size, for
                        stride 1 only (the odd one goes to the end)
               groups   C and O are split into so many parts, which do not see each other

    Raises RuntimeError for sizes that do not fit and for two dtypes, TypeError for arguments of
    another type.
    """
    return _convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: "Tensor",
    weight: "Tensor",
    bias: "Tensor | None" = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> "Tensor":
    """conv1d in two dimensions: x (N, C, H, W) or (C, H, W), W (O, C/groups, K, K′)

    stride, padding and dilation are numbers or have one for each dimension.
    """
    return _convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: "Tensor",
    weight: "Tensor",
    bias: "Tensor | None" = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> "Tensor":
    """conv1d in three dimensions: x (N, C, D, H, W) or (C, D, H, W), W (O, C/groups, K, K′, K″)"""
    return _convolve("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: "Tensor",
    weight: "Tensor",
    bias: "Tensor | None" = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> "Tensor":
    """y[n, o, i] = b[o] + Σ W[c, o, k] x[n, c, m] over the m, k with m·stride + k·dilation − padding = i

    What conv1d's gradient does; see refnet.ops.transposed_convolution.

    Shapes     input x: (N, C, M) or (C, M), weight W: (C, O/groups, K), bias b: (O,) or None,
               y: (N, O, L) or (O, L), L = (M − 1) stride − 2 padding + dilation (K − 1) + output_padding + 1
    Arguments  output_padding  less than the stride or the dilation

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
    input: "Tensor",
    weight: "Tensor",
    bias: "Tensor | None" = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> "Tensor":
    """conv_transpose1d in two dimensions: x (N, C, H, W) or (C, H, W), W (C, O/groups, K, K′)"""
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
    input: "Tensor",
    weight: "Tensor",
    bias: "Tensor | None" = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> "Tensor":
    """conv_transpose1d in three dimensions: x (N, C, D, H, W) or (C, D, H, W)"""
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


def conv_tbc(input: "Tensor", weight: "Tensor", bias: "Tensor", pad: int = 0) -> "Tensor":
    """conv1d with time first: y[t, n, o] = b[o] + Σ_{c, k} W[k, c, o] x[t + k − pad, n, c]

    Shapes    input x: (T, N, C), weight W: (K, C, O), bias b: (O,), y: (T + 2 pad − K + 1, N, O)

    Raises RuntimeError for sizes that do not fit and for two dtypes, TypeError for arguments of
    another type.
    """
    function = "conv_tbc"
    check_tensors(function, input=input, weight=weight, bias=bias)
    _check_int(function, "pad", pad)
    _check_dtypes(function, input, weight, bias)
    x, W, b = input.shape, weight.shape, bias.shape
    if len(x) != 3 or len(W) != 3 or len(b) != 1 or x[2] != W[1] or b[0] != W[2]:
        raise RuntimeError(
            f"{function}: expected input (time, batch, in), weight (width, in, out) and bias (out,), "
            f"got shapes {list(x)}, {list(W)} and {list(b)}"
        )
    if x[0] + 2 * pad - W[0] + 1 < 0:
        raise RuntimeError(
            f"{function}: the kernel has {W[0]} entries, the input {x[0]} and padding"
        )
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
    input: "Tensor",
    weight: "Tensor",
    bias: "Tensor | None",
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> "Tensor":
    stride = _numbers(function, "stride", stride, d, least=1)
    dilation = _numbers(function, "dilation", dilation, d, least=1)
    _check(function, d, input, weight, bias, groups)
    kernel, n = weight.shape[2:], input.shape[-d:]
    if isinstance(padding, str):
        widths = _named_padding(function, padding, kernel, stride, dilation)
    else:
        widths = [(p, p) for p in _numbers(function, "padding", padding, d, least=0)]
    channels = weight.shape[1] * groups
    if input.shape[-d - 1] != channels or weight.shape[0] % groups:
        raise RuntimeError(
            f"{function}: given groups={groups} and weight of size {list(weight.shape)}, expected "
            f"outputs in equal groups and {channels} channels of the input {list(input.shape)}"
        )
    _check_bias(function, weight, bias, weight.shape[0])
    padded = [size + before + after for size, (before, after) in zip(n, widths, strict=True)]
    reach = [e * (k - 1) + 1 for k, e in zip(kernel, dilation, strict=True)]
    if any(size < r for size, r in zip(padded, reach, strict=True)):
        raise RuntimeError(
            f"{function}: the kernel, which reaches over {reach} entries, is greater than the padded "
            f"input of size {padded}"
        )
    return _batched(
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


def _transposed(
    function: str,
    d: int,
    input: "Tensor",
    weight: "Tensor",
    bias: "Tensor | None",
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> "Tensor":
    stride = _numbers(function, "stride", stride, d, least=1)
    dilation = _numbers(function, "dilation", dilation, d, least=1)
    if isinstance(padding, str):
        raise TypeError(f"{function}(): padding must be a number or a tuple of ints, not a str")
    padding = _numbers(function, "padding", padding, d, least=0)
    output_padding = _numbers(function, "output_padding", output_padding, d, least=0)
    _check(function, d, input, weight, bias, groups)
    channels = weight.shape[0]
    if input.shape[-d - 1] != channels or channels % groups or 0 in weight.shape:
        raise RuntimeError(
            f"{function}: given groups={groups} and weight of size {list(weight.shape)}, expected "
            f"{channels} channels in equal groups, got input {list(input.shape)}"
        )
    _check_bias(function, weight, bias, weight.shape[1] * groups)
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
    return _batched(
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


def _batched(rule: Any, d: int, input: "Tensor", *parameters: Any, **options: Any) -> "Tensor":
    """The rule on a batch; a single example is a batch of one."""
    if input.ndim == d + 2:
        y: Tensor = apply(rule, input, *parameters, **options)
        return y
    y = apply(rule, input.unsqueeze(0), *parameters, **options)
    return y.squeeze(0)


# --- checks ----------------------------------------------------------------------------------


def _numbers(function: str, name: str, value: Any, d: int, *, least: int) -> tuple[int, ...]:
    numbers = sizes(function, name, value, d)
    if min(numbers) < least:
        kind = "non-positive" if least else "negative"
        raise RuntimeError(f"{function}: {kind} {name} is not supported, got {numbers}")
    return numbers


def _check_int(function: str, name: str, value: Any) -> None:
    if not hasattr(value, "__index__") or isinstance(value, bool):
        raise TypeError(f"{function}(): {name} must be an int, not {type(value).__name__}")


def _check(
    function: str,
    d: int,
    input: "Tensor",
    weight: "Tensor",
    bias: "Tensor | None",
    groups: int,
) -> None:
    """What convolutions and transposed ones have in common."""
    check_tensors(function, input=input, weight=weight, **({} if bias is None else {"bias": bias}))
    _check_int(function, "groups", groups)
    if groups <= 0:
        raise RuntimeError(f"{function}: non-positive groups is not supported, got {groups}")
    x, W = input.shape, weight.shape
    if len(x) not in (d + 1, d + 2):
        raise RuntimeError(
            f"Expected {d + 1}D (unbatched) or {d + 2}D (batched) input to {function}, but got input "
            f"of size: {list(x)}"
        )
    if len(W) != d + 2 or 0 in W[:1] + W[2:]:
        raise RuntimeError(
            f"{function}: expected a weight of {d + 2} dimensions with outputs and kernel entries, got "
            f"{list(W)}"
        )
    if 0 in x[-d:]:
        raise RuntimeError(
            f"Only zero batch or zero channel inputs are supported, but got input shape: {list(x)}"
        )
    _check_dtypes(function, input, weight, bias)


def _check_dtypes(function: str, input: "Tensor", weight: "Tensor", bias: "Tensor | None") -> None:
    """Raise for boolean tensors, and for two dtypes unless one is complex: the complex step's."""
    given = [t for t in (input, weight, bias) if t is not None]
    if input._array.dtype.kind == "b":
        raise NotImplementedError(f"{function} is not there for boolean tensors")
    kinds = {t._array.dtype for t in given}
    if len(kinds) > 1 and not any(dtype.kind == "c" for dtype in kinds):
        raise RuntimeError(
            f"{function}: input, weight and bias should have the same dtype, but got: "
            + ", ".join(str(t.dtype) for t in given)
        )


def _check_bias(function: str, weight: "Tensor", bias: "Tensor | None", outputs: int) -> None:
    if bias is not None and bias.shape != (outputs,):
        raise RuntimeError(
            f"{function}: given weight of size {list(weight.shape)}, expected bias to be 1-dimensional "
            f"with {outputs} elements, but got bias of size {list(bias.shape)}"
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
