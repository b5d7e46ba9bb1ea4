"""The difference of two arrays, and a sentence that helps to find the mistake."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from refnet.ops.rule import Array

DTYPES = ("float64", "float32", "float16")
ULP = {dtype: float(np.finfo(dtype).eps) for dtype in DTYPES}
"""The distance of neighbouring numbers near 1."""
SMALLEST = {dtype: float(np.finfo(dtype).tiny) for dtype in DTYPES}
"""The smallest normal number."""


@dataclass(frozen=True)
class Difference:
    """The largest difference between two arrays of the same shape.

    Attributes:
        error: |got − expected| / max(largest |expected|, floor) at the worst entry among those that
            are finite in both arrays; infinity if NaN or infinities are in different places
        index: the index of the worst entry
        expected: its expected value
        got: its value
        largest: the largest |expected|
        count: the number of entries whose error is above the tolerance
    """

    error: float
    index: tuple[int, ...]
    expected: Any
    got: Any
    largest: float
    count: int


def difference(expected: Array, got: Array, *, floor: float = 0.0, tol: float = 0.0) -> Difference:
    """Compares two arrays of one shape; integers and booleans must be equal."""
    expected, got = np.asarray(expected), np.asarray(got)
    if expected.size == 0:
        return Difference(0.0, (), None, None, 0.0, 0)
    if expected.dtype.kind not in "fc":
        wrong = expected != got
        errors, largest = np.where(wrong, np.inf, 0.0), 0.0
    else:
        wide = np.complex128 if "c" in expected.dtype.kind + got.dtype.kind else np.float64
        a, b = expected.astype(wide), got.astype(wide)
        finite = np.isfinite(a) & np.isfinite(b)
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        magnitude = np.abs(np.where(finite, a, 0))
        largest = float(magnitude.max())
        gap = np.abs(np.where(finite, a - np.where(finite, b, 0), 0))
        # Dividing before comparing would lose the difference of two subnormal numbers.
        scale = max(largest, floor)
        errors = np.where(gap == 0, 0.0, gap / scale if scale > 0 else np.inf)
        errors = np.where(finite | same, errors, np.inf)
    worst = np.unravel_index(int(np.argmax(errors)), errors.shape)
    index = tuple(int(i) for i in worst)
    return Difference(
        error=float(errors[index]),
        index=index,
        expected=expected[index],
        got=got[index],
        largest=largest,
        count=int((errors > tol).sum()),
    )


def sentence(expected: Array, got: Array, d: Difference, *, oracle: str, tol: float) -> str:
    """Describes the worst entry: its index, both values, the error, and a guess of the mistake."""
    where = f"at index {d.index}" if d.index else "in the value"
    text = f"{where} expected {_show(d.expected)} ({oracle}), got {_show(d.got)}"
    if np.isfinite(d.error):
        text += f": off by {d.error:.1e} of the largest entry, {tol:.1e} is allowed"
    guess = _guess(np.asarray(expected), np.asarray(got), max(tol, 1e-9))
    return f"{text}; {d.count} of {np.size(expected)} entries differ{guess}"


def _show(x: Any) -> str:
    return f"{x:.15g}" if np.asarray(x).dtype.kind == "f" else str(x)


def _guess(expected: Array, got: Array, tol: float) -> str:
    """Returns a common mistake that the wrong array looks like, or ""."""
    if expected.dtype.kind != "f" or got.dtype.kind != "f":
        return ""
    if not (np.isfinite(expected).all() and np.isfinite(got).all() and expected.any()):
        return ""

    def close(a: Array) -> bool:
        return a.shape == got.shape and difference(a, got).error <= tol

    if not got.any():
        return " (it is zero everywhere)"
    if close(-expected):
        return " (the sign is reversed)"
    ratio = float((expected * got).sum() / (expected * expected).sum())
    if ratio and close(ratio * expected):
        return f" (it is {ratio:.6g} times the expected everywhere)"
    shift = float((got - expected).mean())
    if expected.size > 1 and close(expected + shift):
        return f" (it is the expected plus {shift:.3g} everywhere)"
    if expected.ndim == 2 and close(expected.T):
        return " (it is transposed)"
    return ""
