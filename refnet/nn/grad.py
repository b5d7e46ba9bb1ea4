"""The gradients of convolutions as functions: torch.nn.grad.

With y = conv(x, W), x̄ is a transposed convolution of ȳ with W. W̄ is a convolution of x with ȳ in
which channels take the place of examples, and dilation that of stride, and vice versa. Both are
recorded like any other operation.
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


def _input_gradient(transposed: Any) -> Callable[..., Tensor]:
    """Returns conv1d_input, conv2d_input or conv3d_input for the transposed convolution."""
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
        """Returns the gradient x̄ of y = conv(x, W).

        The gradient is derived in `refnet.ops.transposed_convolution`.

        Args:
            input_size: shape of x
            weight: W
            grad_output: ȳ
            stride: as in the convolution
            padding: as in the convolution
            dilation: as in the convolution
            groups: as in the convolution

        Raises:
            RuntimeError: the sizes do not fit
        """
        s, p, e = (as_tuple(d, size) for size in (stride, padding, dilation))
        m, k = grad_output.shape[2:], weight.shape[2:]
        missing = [  # entries that the output padding adds
            n - ((m[i] - 1) * s[i] - 2 * p[i] + e[i] * (k[i] - 1) + 1)
            for i, n in enumerate(input_size[2:])
        ]
        if any(n < 0 for n in missing):
            raise RuntimeError(
                f"conv{d}d_input(): expected input_size for {list(m)} outputs, got "
                f"{list(input_size)}"
            )
        dx: Tensor = transposed(grad_output, weight, None, s, p, missing, groups, e)
        _check_size(gradient.__name__, "input_size", dx, input_size)
        return dx

    gradient.__name__ = gradient.__qualname__ = f"conv{d}d_input"
    return gradient


def _weight_gradient(conv: Any) -> Callable[..., Tensor]:
    """Returns conv1d_weight, conv2d_weight or conv3d_weight for the convolution."""

    def gradient(
        input: Tensor,
        weight_size: Sequence[int],
        grad_output: Tensor,
        stride: Size = 1,
        padding: Size = 0,
        dilation: Size = 1,
        groups: int = 1,
    ) -> Tensor:
        """Returns the gradient W̄ of y = conv(x, W).

        The gradient is derived in `refnet.ops.convolution`.

        Args:
            input: x
            weight_size: shape of W
            grad_output: ȳ
            stride: as in the convolution
            padding: as in the convolution
            dilation: as in the convolution
            groups: as in the convolution

        Raises:
            RuntimeError: the sizes do not fit
        """
        kernel = (slice(None), slice(None), *(slice(k) for k in weight_size[2:]))
        parts = [
            conv(x.transpose(0, 1), dy.transpose(0, 1), None, dilation, padding, stride)[kernel]
            for x, dy in zip(input.chunk(groups, 1), grad_output.chunk(groups, 1), strict=True)
        ]
        dw = cat([part.transpose(0, 1) for part in parts])
        _check_size(gradient.__name__, "weight_size", dw, weight_size)
        return dw

    gradient.__name__ = gradient.__qualname__ = f"{conv.__name__}_weight"
    return gradient


def _check_size(function: str, name: str, gradient: Tensor, size: Sequence[int]) -> None:
    """Raises RuntimeError for a gradient of another shape than the size given."""
    if gradient.shape != tuple(size):
        raise RuntimeError(
            f"{function}(): expected {name} = {list(gradient.shape)} for the other sizes, got "
            f"{list(size)}"
        )


conv1d_input = _input_gradient(conv_transpose1d)
conv2d_input = _input_gradient(conv_transpose2d)
conv3d_input = _input_gradient(conv_transpose3d)
conv1d_weight = _weight_gradient(conv1d)
conv2d_weight = _weight_gradient(conv2d)
conv3d_weight = _weight_gradient(conv3d)

globals().update(publish(globals(), __name__))


_mirror(__name__)
