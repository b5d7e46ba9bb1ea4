"""Functions that work entry by entry: how they are found, and each entry's own error.

An error is measured relative to the largest entry of an array, since most functions mix their
entries. A function that does not has no such excuse: its small entries must be exact, too.
"""

from collections.abc import Sequence

import numpy as np

from refnet.ops.rule import Array
from refnet.testing.observation import Observation, Seen

ULP = {"float32": 2.0**-23, "float64": 2.0**-52}
SMALLEST = {
    "float32": float(np.finfo(np.float32).tiny),
    "float64": float(np.finfo(np.float64).tiny),
}


def half_changed(
    observed: Observation, inputs: Sequence[Array], seed: int
) -> tuple[Array, list[Array]] | None:
    """Which half of the entries to change, and the inputs with others there.

    None where there is not one floating-point output, of more than one entry, that has the shape of an input.
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
    """The output and the gradients whose other half is as it was; nothing if the output's is not."""
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
    """What is wrong with single entries of refnet's float32 and float64 results; truth is PyTorch's float64.

    Args:
        ulp, tol: what float32 may be off beyond twice PyTorch's error, and float64 beyond what follows

    PyTorch's worst entry in float32 is off by w ulp of that entry, which says how much is lost where
    terms cancel or something underflows. refnet's may be off by 2 w + ulp. In float64 the
    truth may be off by another w, so that refnet and PyTorch are at most 3 w + ulp + 2 apart.
    """
    problems = []
    for path in paths:
        c = truth.get(path)
        if not isinstance(c, Seen) or c.dtype != "float64":
            continue  # made in the default dtype
        w = float(_errors(theirs[path].array, c.array, "float32").max())
        for dtype, x, allowed in (
            ("float32", ours[path], 2 * w + ulp),
            ("float64", ours64[path], 3 * w + ulp + 2 + tol / ULP["float64"]),
        ):
            errors = _errors(x.array, c.array, dtype)
            i = np.unravel_index(int(errors.argmax()), errors.shape)
            if errors[i] > allowed:
                problems.append(
                    f"{path} in {dtype}: the entry at {tuple(map(int, i))} is less exact than PyTorch's: "
                    f"expected {c.array[i]:.17g}, got {x.array[i]:.17g}: off by {errors[i]:.3g} ulp, "
                    f"{allowed:.3g} are allowed"
                )
    return problems


def _errors(x: Array, truth: Array, dtype: str) -> Array:
    """Each entry's error in units of its last place; 0 where one is not finite."""
    wide = x.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.abs(wide - truth) / np.maximum(np.abs(truth), SMALLEST[dtype])
    errors: Array = np.where(np.isfinite(wide) & np.isfinite(truth), gap, 0) / ULP[dtype]
    return errors
