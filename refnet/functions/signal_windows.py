"""Window functions of signal processing: Hann, Hamming, Blackman and Bartlett."""

import math
from typing import Any

import numpy as np

from refnet.engine import dtypes
from refnet.engine.tensor import Tensor
from refnet.functions.creation import made
from refnet.functions.dims import count
from refnet.functions.drawing import float_dtype
from refnet.functions.operands import number
from refnet.ops.rule import Array

__all__ = ["bartlett_window", "blackman_window", "hamming_window", "hann_window"]


def _phases(name: str, window_length: int, periodic: bool, dtype: Any) -> Array:
    """Returns t of each sample, from 0 to 1; a periodic window leaves out t = 1.

    Raises:
        RuntimeError: for a negative length and for integer dtypes
    """
    window_length = count(window_length, "window_length", name)
    if float_dtype(dtype).kind != "f":
        raise RuntimeError(f"{name}() expects floating point dtypes, got: {dtype}")
    steps = window_length if periodic else window_length - 1
    return np.arange(window_length) / max(steps, 1)


def _cosines(
    name: str, coefficients: tuple[float, ...], length: int, periodic: bool, dtype: Any, rest: Any
) -> Tensor:
    """Returns Σₖ aₖ cos 2πkt; a window of one sample is 1."""
    t = _phases(name, length, periodic, dtype)
    values = sum(a * np.cos(2 * math.pi * k * t) for k, a in enumerate(coefficients))
    values = values if length != 1 else np.ones(1)
    return made(np.asarray(values, float_dtype(dtype)), *rest)


def hann_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns the Hann window.

        y = ½ − ½ cos 2πt

    t = i / n for a periodic window, i / (n − 1) for a symmetric one, i = 0, …, n − 1.

    Args:
        window_length: number of samples, n
        periodic: whether the window is one period of a periodic function, or symmetric
        dtype: floating-point dtype; the default dtype if None
        layout: must be strided, PyTorch's default
        device: must be the CPU
        requires_grad: whether operations on the result are recorded
        pin_memory: must be False

    Raises:
        RuntimeError: for a negative length, and for an integer dtype

    Example:
        >>> refnet.hann_window(4)
        tensor([0.0000, 0.5000, 1.0000, 0.5000])
        >>> refnet.hann_window(5, periodic=False)
        tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    rest = (requires_grad, device, layout, pin_memory)
    return _cosines("hann_window", (0.5, -0.5), window_length, periodic, dtype, rest)


def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns the Hamming window.

        y = α − β cos 2πt

    t = i / n for a periodic window, i / (n − 1) for a symmetric one, i = 0, …, n − 1.

    Args:
        window_length: number of samples, n
        periodic: whether the window is one period of a periodic function, or symmetric
        alpha: α
        beta: β
        dtype: floating-point dtype; the default dtype if None
        layout: must be strided, PyTorch's default
        device: must be the CPU
        requires_grad: whether operations on the result are recorded
        pin_memory: must be False

    Raises:
        RuntimeError: for a negative length, and for an integer dtype

    Example:
        >>> refnet.hamming_window(4)
        tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """
    rest = (requires_grad, device, layout, pin_memory)
    name = "hamming_window"
    terms = float(number(alpha, "alpha", name)), -float(number(beta, "beta", name))
    return _cosines(name, terms, window_length, periodic, dtype, rest)


def blackman_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns the Blackman window.

        y = 0.42 − ½ cos 2πt + 0.08 cos 4πt

    t = i / n for a periodic window, i / (n − 1) for a symmetric one, i = 0, …, n − 1.

    Args:
        window_length: number of samples, n
        periodic: whether the window is one period of a periodic function, or symmetric
        dtype: floating-point dtype; the default dtype if None
        layout: must be strided, PyTorch's default
        device: must be the CPU
        requires_grad: whether operations on the result are recorded
        pin_memory: must be False

    Raises:
        RuntimeError: for a negative length, and for an integer dtype

    Example:
        >>> refnet.blackman_window(6)[1:]
        tensor([0.1300, 0.6300, 1.0000, 0.6300, 0.1300])
    """
    rest = (requires_grad, device, layout, pin_memory)
    return _cosines("blackman_window", (0.42, -0.5, 0.08), window_length, periodic, dtype, rest)


def bartlett_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns the Bartlett window, a triangle.

        y = 1 − |1 − 2t|

    t = i / n for a periodic window, i / (n − 1) for a symmetric one, i = 0, …, n − 1.

    Args:
        window_length: number of samples, n
        periodic: whether the window is one period of a periodic function, or symmetric
        dtype: floating-point dtype; the default dtype if None
        layout: must be strided, PyTorch's default
        device: must be the CPU
        requires_grad: whether operations on the result are recorded
        pin_memory: must be False

    Raises:
        RuntimeError: for a negative length, and for an integer dtype

    Example:
        >>> refnet.bartlett_window(4)
        tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    t = _phases("bartlett_window", window_length, periodic, dtype)
    values = 1 - abs(1 - 2 * t) if window_length != 1 else np.ones(1)
    return made(values.astype(float_dtype(dtype)), requires_grad, device, layout, pin_memory)
