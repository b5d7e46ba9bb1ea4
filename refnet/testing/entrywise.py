"""Functions that work entry by entry: how they are recognised, and the error of each entry.

Errors are usually relative to the largest entry of an array, since most functions mix their
entries. A function that works entry by entry must also be exact for small entries.
"""

from collections.abc import Sequence

import numpy as np

from refnet.ops.rule import Array
from refnet.testing.differences import SMALLEST, ULP
from refnet.testing.observation import Observation, Seen


def half_changed(
    observed: Observation, inputs: Sequence[Array], seed: int
) -> tuple[Array, list[Array]] | None:
    """Returns a mask of half of the entries, and the inputs with other values in them.

    Returns None unless the output is one floating-point array with the shape of an input and more
    than one entry.
    """
    y = observed.get("output")
    if not isinstance(y, Seen) or y.array.dtype.kind != "f" or y.array.size < 2:
        return None
    shape, size = y.array.shape, y.array.size
    if not any(x.shape == shape for x in inputs):
        return None
    half = np.random.default_rng([seed, 3]).permutation(np.arange(size) % 2 == 0).reshape(shape)
    return half, [
        np.where(half, np.roll(x.reshape(-1), 1).reshape(shape), x) if x.shape == shape else x
        for x in inputs
    ]


def independent(before: Observation, after: Observation, half: Array) -> list[str]:
    """Returns the output and gradients with the other half unchanged; [] if the output's is not."""
    found = []
    for path, a in before.items():
        b = after.get(path)
        if path == "output" or path.startswith("gradient of input"):
            if isinstance(a, Seen) and isinstance(b, Seen) and a.array.shape == half.shape:
                if np.array_equal(a.array[~half], b.array[~half], equal_nan=True):
                    found.append(path)
    return found if "output" in found else []


def compare_entries(
    paths: Sequence[str],
    ours: Observation,
    theirs: Observation,
    truth: Observation,
    ours64: Observation,
    ulp: float,
    tol: float,
) -> list[str]:
    """Returns the problems with single entries of refnet's float32 and float64 results.

    The error of PyTorch's worst float32 entry is w ulp of that entry, which says how much is lost
    by cancellation or underflow. The error of refnet's entries may be 2 w + ulp. In float64 the
    truth can have an error of w itself, so that refnet and PyTorch differ by at most 3 w + ulp + 2.

    Args:
        paths: the outputs and gradients to compare
        ours: refnet's float32 observation
        theirs: PyTorch's float32 observation
        truth: PyTorch's float64 observation
        ours64: refnet's float64 observation
        ulp: the error in float32 beyond twice PyTorch's
        tol: a further error in float64
    """
    problems = []
    for path in paths:
        c = truth.get(path)
        if not isinstance(c, Seen) or c.dtype != "float64":
            continue  # the call made it in the default dtype
        w = float(_errors(theirs[path].array, c.array, "float32").max())
        for dtype, x, allowed in (
            ("float32", ours[path], 2 * w + ulp),
            ("float64", ours64[path], 3 * w + ulp + 2 + tol / ULP["float64"]),
        ):
            errors = _errors(x.array, c.array, dtype)
            i = np.unravel_index(int(errors.argmax()), errors.shape)
            if errors[i] > allowed:
                problems.append(
                    f"{path} in {dtype}: the entry at {tuple(map(int, i))} is less exact than "
                    f"PyTorch's: expected {c.array[i]:.17g}, got {x.array[i]:.17g}: off by "
                    f"{errors[i]:.3g} ulp, {allowed:.3g} are allowed"
                )
    return problems


def _errors(x: Array, truth: Array, dtype: str) -> Array:
    """Returns the error of each entry in ulp; 0 where a value is not finite."""
    wide = x.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.abs(wide - truth) / np.maximum(np.abs(truth), SMALLEST[dtype])
    errors: Array = np.where(np.isfinite(wide) & np.isfinite(truth), gap, 0) / ULP[dtype]
    return errors
