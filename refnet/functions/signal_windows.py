"""Windows of signal processing: cosines and a triangle that fall off to both ends."""

import math
from typing import Any

import numpy as np

from refnet.engine import dtypes
from refnet.engine.tensor import Tensor
from refnet.functions.creation import float_or, made
from refnet.functions.dims import count
from refnet.functions.operands import number
from refnet.ops.rule import Array

__all__ = ["bartlett_window", "blackman_window", "hamming_window", "hann_window"]


def _phases(name: str, window_length: int, periodic: bool, dtype: Any) -> Array:
    """0 … 1 over the window, the 1 being left out of a periodic one.

    Raises RuntimeError for a negative length and for integer dtypes.
    """
    window_length = count(window_length, "window_length", name)
    if float_or(dtype).kind != "f":
        raise RuntimeError(f"{name} expects floating point dtypes, got: {dtype}")
    steps = window_length if periodic else window_length - 1
    return np.arange(window_length) / max(steps, 1)


def _cosines(
    name: str, coefficients: tuple[float, ...], length: int, periodic: bool, dtype: Any, rest: Any
) -> Tensor:
    """Σₖ aₖ cos 2πkt; 1 for a window of one entry"""
    t = _phases(name, length, periodic, dtype)
    values = sum(a * np.cos(2 * math.pi * k * t) for k, a in enumerate(coefficients))
    values = values if length != 1 else np.ones(1)
    return made(np.asarray(values, float_or(dtype)), *rest)


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
    """½ − ½ cos 2πt, t from 0 to 1; periodic for t < 1"""
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
    """α − β cos 2πt, t from 0 to 1; periodic for t < 1"""
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
    """0.42 − ½ cos 2πt + 0.08 cos 4πt, t from 0 to 1; periodic for t < 1"""
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
    """1 − |1 − 2t|, t from 0 to 1; periodic for t < 1"""
    t = _phases("bartlett_window", window_length, periodic, dtype)
    values = 1 - abs(1 - 2 * t) if window_length != 1 else np.ones(1)
    return made(values.astype(float_or(dtype)), requires_grad, device, layout, pin_memory)
