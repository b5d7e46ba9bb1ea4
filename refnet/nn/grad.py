"""The gradients of convolutions as functions: torch.nn.grad.

With y = conv(x, W): x̄ is a transposed convolution of ȳ with W, and W̄ a convolution of x with ȳ, in which
examples take the part of channels, and stride and dilation change places. So they are recorded as any
other operation.
"""

from collections.abc import Callable, Sequence
from typing import Any

from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.public_functions import publish
from refnet.engine.tensor import Tensor
from refnet.functions.joining import cat
from refnet.functions.nn_functional.convolution import conv1d, conv2d, conv3d
from refnet.functions.nn_functional.transposed_convolution import (
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
)
from refnet.nn.sizes import Size, as_tuple

__all__ = [
    "conv1d_input",
    "conv1d_weight",
    "conv2d_input",
    "conv2d_weight",
    "conv3d_input",
    "conv3d_weight",
]


def _gradient_of_input(transposed: Any) -> Callable[..., Tensor]:
    """conv1d_input, conv2d_input or conv3d_input, from the transposed convolution."""
    d = int(transposed.__name__[-2])

    def gradient(
        input_size: Sequence[int],
        weight: Tensor,
        grad_output: Tensor,
        stride: Size = 1,
        padding: Size = 0,
        dilation: Size = 1,
        groups: int = 1,
    ) -> Tensor:
        """x̄ of y = conv(x, W), x of the shape input_size, from ȳ = grad_output

        Raises RuntimeError for sizes that do not fit.
        """
        s, p, e = (as_tuple(d, size) for size in (stride, padding, dilation))
        m, k = grad_output.shape[2:], weight.shape[2:]
        missing = [  # what the transposed convolution lacks of the size
            n - ((m[i] - 1) * s[i] - 2 * p[i] + e[i] * (k[i] - 1) + 1)
            for i, n in enumerate(input_size[2:])
        ]
        if any(n < 0 for n in missing):
            raise RuntimeError(f"input_size {list(input_size)} is too small for {list(m)} outputs")
        dx: Tensor = transposed(grad_output, weight, None, s, p, missing, groups, e)
        _check_size("input_size", dx, input_size)
        return dx

    gradient.__name__ = gradient.__qualname__ = f"conv{d}d_input"
    return gradient


def _gradient_of_weight(conv: Any) -> Callable[..., Tensor]:
    """conv1d_weight, conv2d_weight or conv3d_weight, from the convolution."""

    def gradient(
        input: Tensor,
        weight_size: Sequence[int],
        grad_output: Tensor,
        stride: Size = 1,
        padding: Size = 0,
        dilation: Size = 1,
        groups: int = 1,
    ) -> Tensor:
        """W̄ of y = conv(x, W), x = input and W of the shape weight_size, from ȳ = grad_output

        Raises RuntimeError for sizes that do not fit.
        """
        kernel = (slice(None), slice(None), *(slice(k) for k in weight_size[2:]))
        parts = [
            conv(x.transpose(0, 1), dy.transpose(0, 1), None, dilation, padding, stride)[kernel]
            for x, dy in zip(input.chunk(groups, 1), grad_output.chunk(groups, 1), strict=True)
        ]
        dw = cat([part.transpose(0, 1) for part in parts])
        _check_size("weight_size", dw, weight_size)
        return dw

    gradient.__name__ = gradient.__qualname__ = f"{conv.__name__}_weight"
    return gradient


def _check_size(name: str, gradient: Tensor, size: Sequence[int]) -> None:
    if gradient.shape != tuple(size):
        raise RuntimeError(
            f"{name} is {list(size)}, but the other sizes make it {list(gradient.shape)}"
        )


conv1d_input = _gradient_of_input(conv_transpose1d)
conv2d_input = _gradient_of_input(conv_transpose2d)
conv3d_input = _gradient_of_input(conv_transpose3d)
conv1d_weight = _gradient_of_weight(conv1d)
conv2d_weight = _gradient_of_weight(conv2d)
conv3d_weight = _gradient_of_weight(conv3d)

globals().update(publish(globals(), __name__))


_mirror(__name__)
