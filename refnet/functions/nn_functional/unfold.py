"""nn.functional.unfold and fold, with PyTorch's checks."""

import math
from typing import Any

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.sizes import check_planes, sizes
from refnet.ops.unfold import outputs

__all__ = ["fold", "unfold"]


def unfold(
    input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """The windows of a convolution as columns: (N, C, H, W) -> (N, C·K·K′, windows)

    Without N also. See refnet.ops.unfold.

    Raises RuntimeError for sizes that do not fit, IndexError for less than three dimensions, TypeError
    for what is not an int, NotImplementedError for integers.
    """
    check_tensors("unfold", input=input)
    options = _options("unfold", kernel_size, dilation, padding, stride)
    if input.ndim < 3:
        raise IndexError(f"unfold: expected 3D or 4D input, but got: {list(input.shape)}")
    check_planes("unfold", input, 2, nonzero=-3)
    _check_not_integers("unfold", input)
    m = outputs(tuple(input.shape[-2:]), **options)
    if min(m) < 1:
        raise RuntimeError(
            f"unfold: an input of spatial size {tuple(input.shape[-2:])} with {_text(options)} has "
            f"{m} windows along its dimensions, but there must be one at least"
        )
    if input.ndim == 4:
        return apply(ops.unfold, input, **options)
    y = apply(ops.unfold, input.unsqueeze(0), **options)
    return y.squeeze(0)


def fold(
    input: Tensor,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Tensor:
    """Columns added back where unfold took them from: (N, C·K·K′, windows) -> (N, C, H, W)

    output_size is (H, W); without N also. See refnet.ops.fold.

    Raises RuntimeError for sizes that do not fit, TypeError for what is not an int,
    NotImplementedError for integers.
    """
    check_tensors("fold", input=input)
    size = _pair("fold", "output_size", output_size)
    options = _options("fold", kernel_size, dilation, padding, stride)
    shape = input.shape
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "fold: expected 2D or 3D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {list(shape)}"
        )
    m = outputs(size, **options)
    if shape[-2] % math.prod(options["kernel"]):
        raise RuntimeError(
            f"fold: the {shape[-2]} rows of the input must be divisible by the entries of the kernel "
            f"{options['kernel']}"
        )
    if min(m) < 1 or math.prod(m) != shape[-1]:
        raise RuntimeError(
            f"fold: an output of size {size} with {_text(options)} has {m} windows, but the input "
            f"has {shape[-1]} columns"
        )
    _check_not_integers("fold", input)
    if input.ndim == 3:
        return apply(ops.fold, input, size=size, **options)
    y = apply(ops.fold, input.unsqueeze(0), size=size, **options)
    return y.squeeze(0)


def _pair(function: str, name: str, value: Any) -> tuple[int, ...]:
    """A number for each of the two dimensions; unlike in convolutions, (n,) is no such thing."""
    if isinstance(value, (tuple, list)) and len(value) != 2:
        raise RuntimeError(f"{function}: expected {name} to have 2 numbers, but got {len(value)}")
    return sizes(function, name, value, 2)


def _options(
    function: str, kernel: Any, dilation: Any, padding: Any, stride: Any
) -> dict[str, Any]:
    options = {
        "kernel": _pair(function, "kernel_size", kernel),
        "dilation": _pair(function, "dilation", dilation),
        "padding": _pair(function, "padding", padding),
        "stride": _pair(function, "stride", stride),
    }
    for name, value in options.items():
        if min(value) < (name != "padding"):
            kind = "non-negative" if name == "padding" else "greater than zero"
            raise RuntimeError(f"{function}: {name} should be {kind}, but got {value}")
    return options


def _text(options: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in options.items())


def _check_not_integers(function: str, input: Tensor) -> None:
    if input._array.dtype.kind in "iu":
        raise NotImplementedError(f"{function} is not there for integers, got {input.dtype}")
