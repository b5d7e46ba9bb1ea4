"""Dropout of entries or of channels, which are set to 0 at random in training.

refnet's default generator draws every mask, in PyTorch's order.
"""

from collections.abc import Callable

import numpy as np

from refnet import ops, random
from refnet.engine.caller_warning import warn
from refnet.engine.in_place import overwrite
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.drawing import in_memory_order
from refnet.functions.nn_functional.sizes import check_flag
from refnet.functions.operands import check_tensors
from refnet.ops.rule import Array, Rule

__all__ = [
    "alpha_dropout",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "feature_alpha_dropout",
]

Mask = Callable[[Array, float], Array]  # for x and the probability of True


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """y = x m / (1 − p), where each m is 0 with probability p, else 1

    Without training, y = x: the input itself is returned.

    The gradient is derived in `refnet.ops.dropout`.

    Args:
        input: x, floating-point
        p: the probability of 0
        training: whether anything is dropped
        inplace: whether the input itself is overwritten

    Raises:
        ValueError: p is not in [0, 1]
        RuntimeError: the input is not floating-point

    Example:
        >>> F.dropout(refnet.ones(6))
        tensor([0., 0., 2., 0., 0., 0.])
    """
    return _dropped("dropout", ops.dropout, _entry_mask, input, p, training, inplace)


def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """y = a (x m − α (1 − m)) + b, where each m is 0 with probability p, else 1

    −α is the lower bound of SELU. a and b give y the mean 0 and the variance 1 that SELU gives x.
    Without training, y = x. p = 1 gives 0.

    The gradient is derived in `refnet.ops.alpha_dropout`.

    Args:
        input: x, floating-point
        p: the probability of m = 0
        training: whether anything is dropped
        inplace: whether the input itself is overwritten

    Raises:
        ValueError: p is not in [0, 1]
        RuntimeError: the input is not floating-point

    Example:
        >>> F.alpha_dropout(refnet.zeros(4), training=True)
        tensor([-0.7792, -0.7792,  0.7792, -0.7792])
    """
    return _dropped("alpha_dropout", ops.alpha_dropout, _entry_mask, input, p, training, inplace)


def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """y = x m / (1 − p), with one m for each channel, 0 with probability p, else 1

    The gradient is derived in `refnet.ops.dropout`.

    Args:
        input: x, (N, C, L) or (C, L)
        p: the probability of 0 for a channel
        training: whether anything is dropped
        inplace: whether the input itself is overwritten

    Raises:
        ValueError: p is not in [0, 1]
        RuntimeError: the input has another number of dimensions or is not floating-point

    Example:
        >>> F.dropout1d(refnet.ones(4, 2))
        tensor([[0., 0.],
                [0., 0.],
                [2., 2.],
                [0., 0.]])
    """
    _check("dropout1d", input, p)
    if input.dim() not in (2, 3):
        raise RuntimeError(
            f"dropout1d(): expected an input (N, C, L) or (C, L), got {list(input.shape)}"
        )
    mask = _channel_mask(input.dim() - 1)
    return _dropped("dropout1d", ops.dropout, mask, input, p, training, inplace)


def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """y = x m / (1 − p), with one m for each channel, 0 with probability p, else 1

    The gradient is derived in `refnet.ops.dropout`.

    Args:
        input: x, (N, C, H, W); an input of 3 dimensions is (N, C, L), with a warning, and any other
            number of dimensions warns as well
        p: the probability of 0 for a channel
        training: whether anything is dropped
        inplace: whether the input itself is overwritten

    Raises:
        ValueError: p is not in [0, 1]
        RuntimeError: the input has fewer than two dimensions or is not floating-point

    Example:
        >>> F.dropout2d(refnet.ones(1, 4, 1, 2)).sum((2, 3))
        tensor([[0., 0., 4., 0.]])
    """
    _check("dropout2d", input, p)
    _warn_dimensions("dropout2d", input, 2)
    if input.dim() == 3:
        warn(
            "dropout2d(): a 3D input is treated as (N, C, L), with a mask for each channel. A "
            "future release of PyTorch will treat it as (C, H, W); dropout1d keeps the meaning."
        )
    return _dropped("dropout2d", ops.dropout, _channel_mask(2), input, p, training, inplace)


def dropout3d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """y = x m / (1 − p), with one m for each channel, 0 with probability p, else 1

    The gradient is derived in `refnet.ops.dropout`.

    Args:
        input: x, (N, C, D, H, W) or (C, D, H, W); any other number of dimensions warns, and the
            first one is C
        p: the probability of 0 for a channel
        training: whether anything is dropped
        inplace: whether the input itself is overwritten

    Raises:
        ValueError: p is not in [0, 1]
        RuntimeError: the input is not floating-point

    Example:
        >>> F.dropout3d(refnet.ones(4, 1, 1, 2)).sum((1, 2, 3))
        tensor([0., 0., 4., 0.])
    """
    _check("dropout3d", input, p)
    _warn_dimensions("dropout3d", input, 3)
    mask = _channel_mask(2 if input.dim() == 5 else 1)
    return _dropped("dropout3d", ops.dropout, mask, input, p, training, inplace)


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """y = a (x m − α (1 − m)) + b, with one m for each channel

    It is alpha_dropout for whole channels.

    The gradient is derived in `refnet.ops.alpha_dropout`.

    Args:
        input: x, (N, C, *), floating-point
        p: the probability of m = 0
        training: whether anything is dropped
        inplace: whether the input itself is overwritten

    Raises:
        ValueError: p is not in [0, 1]
        RuntimeError: the input has fewer than two dimensions or is not floating-point

    Example:
        >>> F.feature_alpha_dropout(refnet.zeros(1, 4, 2), training=True)[0, :, 0]
        tensor([-0.7792, -0.7792,  0.7792, -0.7792])
    """
    name, mask = "feature_alpha_dropout", _channel_mask(2)
    return _dropped(name, ops.alpha_dropout, mask, input, p, training, inplace)


def _check(function: str, input: Tensor, p: float) -> None:
    check_tensors(function, input=input)
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _dropped(
    function: str, rule: Rule, draw: Mask, input: Tensor, p: float, training: bool, inplace: bool
) -> Tensor:
    """Applies the rule with a random mask; returns the input itself if nothing is dropped."""
    _check(function, input, p)
    check_flag(function, "training", training)
    x = input._array
    if not training or p == 0 or x.size == 0:
        return input
    if p == 1:
        y: Tensor = apply(ops.dropout, input, np.zeros(x.shape, np.bool), p=1)
    else:
        if x.dtype.kind not in "fc":
            raise RuntimeError(f"{function}(): expected a floating-point input, got {input.dtype}")
        y = apply(rule, input, draw(x, 1 - p), p=p)
    return overwrite(input, y) if inplace else y


def _entry_mask(x: Array, kept: float) -> Array:
    return in_memory_order(x, lambda shape: random.default_generator.bernoulli(shape, kept))


def _channel_mask(leading: int) -> Mask:
    """Returns a function that draws one number for each index of the leading dimensions."""

    def mask(x: Array, kept: float) -> Array:
        if x.ndim < leading:
            raise RuntimeError(
                f"dropout of channels: expected {leading} or more dimensions, got {list(x.shape)}"
            )
        shape = x.shape[:leading] + (1,) * (x.ndim - leading)
        return random.default_generator.bernoulli(shape, kept)

    return mask


def _warn_dimensions(function: str, input: Tensor, d: int) -> None:
    if input.dim() not in (d + 1, d + 2):
        warn(
            f"{function}(): Received a {input.dim()}-D input, which is deprecated and will be an "
            f"error in a future release of PyTorch. It expects {d + 1}D or {d + 2}D inputs; use "
            "dropout for others."
        )
