"""nn.functional.unfold and fold, with PyTorch's checks."""

import math
from typing import Any

from refnet import ops
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.convolution_checks import batched
from refnet.functions.nn_functional.sizes import check_planes, sizes
from refnet.functions.operands import check_tensors
from refnet.ops.unfold import outputs

__all__ = ["fold", "unfold"]


def unfold(
    input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Extracts the windows of a convolution as the columns of a matrix.

        y[n, (c, k), j] = x[n, c, j·stride + k·dilation − padding], and 0 outside x

    The gradient is derived in `refnet.ops.unfold`.

    Shape:
        input x: (N, C, H, W) or (C, H, W)
        y: (N, C·K·K′, M) or (C·K·K′, M), where M is the number of windows

    Args:
        input: x
        kernel_size: (K, K′), or an int for both
        dilation: distance between two entries of a window, an int or a pair of ints
        padding: number of zeros at both ends, an int or a pair of ints
        stride: distance between two windows, an int or a pair of ints

    Raises:
        RuntimeError: a size does not fit
        IndexError: the input has fewer than three dimensions
        TypeError: a size is not an int
        NotImplementedError: the input is an integer tensor

    Example:
        >>> F.unfold(refnet.tensor([[[1.0, 2.0, 3.0]]]), kernel_size=(1, 2))
        tensor([[1., 2.],
                [2., 3.]])
    """
    check_tensors("unfold", input=input)
    options = _options("unfold", kernel_size, dilation, padding, stride)
    if input.ndim < 3:
        raise IndexError(f"unfold(): expected 3D or 4D input, got {list(input.shape)}")
    check_planes("unfold", input, 2, nonzero=-3)
    _check_not_integers("unfold", input)
    m = outputs(tuple(input.shape[-2:]), **options)
    if min(m) < 1:
        raise RuntimeError(
            f"unfold(): expected an input that holds a window of {_text(options)}, got spatial "
            f"size {tuple(input.shape[-2:])}"
        )
    return batched(ops.unfold, 2, input, **options)


def fold(
    input: Tensor,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Tensor:
    """Sums columns into the positions from which unfold takes them: the transpose of unfold.

        y[n, c, i] = Σ x[n, (c, k), j],   j·stride + k·dilation − padding = i

    The sum is over all j and k that give i. The gradient is derived in `refnet.ops.fold`.

    Shape:
        input x: (N, C·K·K′, M) or (C·K·K′, M), where M is the number of windows
        y: (N, C, H, W) or (C, H, W)

    Args:
        input: x
        output_size: (H, W), or an int for both
        kernel_size: (K, K′), or an int for both
        dilation: distance between two entries of a window, an int or a pair of ints
        padding: number of zeros at both ends, an int or a pair of ints
        stride: distance between two windows, an int or a pair of ints

    Raises:
        RuntimeError: a size does not fit
        TypeError: a size is not an int
        NotImplementedError: the input is an integer tensor

    Example:
        >>> F.fold(refnet.tensor([[1.0, 2.0], [2.0, 3.0]]), output_size=(1, 3), kernel_size=(1, 2))
        tensor([[[1., 4., 3.]]])
    """
    check_tensors("fold", input=input)
    size = _pair("fold", "output_size", output_size)
    options = _options("fold", kernel_size, dilation, padding, stride)
    shape = input.shape
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "fold(): expected a 2D or 3D (batch mode) input with non-zero sizes after the batch, "
            f"got {list(shape)}"
        )
    m = outputs(size, **options)
    if shape[-2] % math.prod(options["kernel"]):
        raise RuntimeError(
            f"fold(): expected rows divisible by the entries of the kernel {options['kernel']}, "
            f"got {shape[-2]}"
        )
    if min(m) < 1 or math.prod(m) != shape[-1]:
        raise RuntimeError(
            f"fold(): expected {m} windows for an output of size {size} with {_text(options)}, got "
            f"{shape[-1]} columns"
        )
    _check_not_integers("fold", input)
    return batched(ops.fold, 1, input, size=size, **options)


def _pair(function: str, name: str, value: Any) -> tuple[int, ...]:
    """Returns a number for each of the two dimensions; unlike a convolution, does not take (n,)."""
    if isinstance(value, (tuple, list)) and len(value) != 2:
        raise RuntimeError(f"{function}(): expected {name} of 2 numbers, got {len(value)}")
    return sizes(function, name, value, 2)


def _options(
    function: str, kernel: Any, dilation: Any, padding: Any, stride: Any
) -> dict[str, Any]:
    """Returns the checked sizes as the options of refnet.ops.unfold."""
    options = {
        "kernel": _pair(function, "kernel_size", kernel),
        "dilation": _pair(function, "dilation", dilation),
        "padding": _pair(function, "padding", padding),
        "stride": _pair(function, "stride", stride),
    }
    for name, value in options.items():
        if min(value) < (name != "padding"):
            least = "at least 0" if name == "padding" else "above 0"
            raise RuntimeError(f"{function}(): expected {name} {least}, got {value}")
    return options


def _text(options: dict[str, Any]) -> str:
    """Returns the options as text for an error."""
    return ", ".join(f"{name}={value}" for name, value in options.items())


def _check_not_integers(function: str, input: Tensor) -> None:
    """Raises NotImplementedError for an input of integers."""
    if input._array.dtype.kind in "iu":
        raise NotImplementedError(
            f"{function}(): expected a floating-point input, got {input.dtype}"
        )
