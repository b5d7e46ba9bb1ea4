"""The dropout family in nn.functional, with the masks of PyTorch's generator.

Every mask is drawn from refnet.random's default generator, in PyTorch's order.
"""

from collections.abc import Callable

import numpy as np

from refnet import ops, random
from refnet.engine.caller_warning import warn
from refnet.engine.in_place import overwrite
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.drawing import in_memory_order
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.sizes import check_flag
from refnet.ops.rule import Array, Rule

__all__ = [
    "alpha_dropout",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "feature_alpha_dropout",
]

Mask = Callable[[Array, float], Array]  # of x: True with this probability


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, 0 with probability p and else x / (1 − p); the input itself in evaluation.

    Raises ValueError for a p outside [0, 1].

    The gradient is derived in `refnet.ops.dropout`.
    """
    return _dropped("dropout", ops.dropout, _of_entries, input, p, training, inplace)


def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """In training, the least value of SELU with probability p, all moved to the old mean and variance.

    See refnet.ops.alpha_dropout. p = 1 gives 0. Raises ValueError for a p outside [0, 1].
    """
    return _dropped("alpha_dropout", ops.alpha_dropout, _of_entries, input, p, training, inplace)


def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """dropout of whole channels: (N, C, L) or (C, L)

    Raises ValueError for a p outside [0, 1], RuntimeError for another number of dimensions.

    The gradient is derived in `refnet.ops.dropout`.
    """
    _check("dropout1d", input, p)
    if input.dim() not in (2, 3):
        raise RuntimeError(
            f"dropout1d: expected an input (N, C, L) or (C, L), got shape {list(input.shape)}"
        )
    mask = _of_channels(input.dim() - 1)
    return _dropped("dropout1d", ops.dropout, mask, input, p, training, inplace)


def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """dropout of whole channels: (N, C, H, W)

    An input of three dimensions is taken for (N, C, L), with a warning, and so are other numbers of
    them, of which the first two are N and C. Raises ValueError for a p outside [0, 1], RuntimeError for
    fewer than two dimensions.

    The gradient is derived in `refnet.ops.dropout`.
    """
    _check("dropout2d", input, p)
    _warn_of_dimensions("dropout2d", input, 2)
    if input.dim() == 3:
        warn(
            "dropout2d: a 3D input is taken for (N, C, L), and channel-wise 1D dropout is performed. "
            "PyTorch will take it for (C, H, W) in a future release; dropout1d keeps the meaning."
        )
    return _dropped("dropout2d", ops.dropout, _of_channels(2), input, p, training, inplace)


def dropout3d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """dropout of whole channels: (N, C, D, H, W) or (C, D, H, W)

    Of other numbers of dimensions, about which it warns, the first is C. Raises ValueError for a p outside
    [0, 1].

    The gradient is derived in `refnet.ops.dropout`.
    """
    _check("dropout3d", input, p)
    _warn_of_dimensions("dropout3d", input, 3)
    mask = _of_channels(2 if input.dim() == 5 else 1)
    return _dropped("dropout3d", ops.dropout, mask, input, p, training, inplace)


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """alpha_dropout of whole channels: (N, C, *)

    Raises ValueError for a p outside [0, 1], RuntimeError for fewer than two dimensions.

    The gradient is derived in `refnet.ops.alpha_dropout`.
    """
    name, mask = "feature_alpha_dropout", _of_channels(2)
    return _dropped(name, ops.alpha_dropout, mask, input, p, training, inplace)


def _check(function: str, input: Tensor, p: float) -> None:
    check_tensors(function, input=input)
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _dropped(
    function: str,
    rule: Rule,
    draw: Mask,
    input: Tensor,
    p: float,
    training: bool,
    inplace: bool,
) -> Tensor:
    """The rule with a mask that is drawn, where there is something to drop."""
    _check(function, input, p)
    check_flag(function, "training", training)
    x = input._array
    if not training or p == 0 or x.size == 0:
        return input
    if p == 1:
        y: Tensor = apply(ops.dropout, input, np.zeros(x.shape, np.bool), p=1)
    else:
        if x.dtype.kind not in "fc":
            raise RuntimeError(f"{function} is for a floating-point input, got {input.dtype}")
        y = apply(rule, input, draw(x, 1 - p), p=p)
    return overwrite(input, y) if inplace else y


def _of_entries(x: Array, kept: float) -> Array:
    return in_memory_order(x, lambda shape: random.default_generator.bernoulli(shape, kept))


def _of_channels(leading: int) -> Mask:
    """A number for each channel, whose place the leading dimensions give."""

    def mask(x: Array, kept: float) -> Array:
        if x.ndim < leading:
            raise RuntimeError(
                f"dropout of channels needs at least {leading} dimensions, got {list(x.shape)}"
            )
        shape = x.shape[:leading] + (1,) * (x.ndim - leading)
        return random.default_generator.bernoulli(shape, kept)

    return mask


def _warn_of_dimensions(function: str, input: Tensor, d: int) -> None:
    if input.dim() not in (d + 1, d + 2):
        warn(
            f"{function}: Received a {input.dim()}-D input, which is deprecated and will be an error "
            f"in a future release of PyTorch: {function} is for {d + 1}D or {d + 2}D inputs. dropout "
            "keeps the meaning for others."
        )
