"""Compares two observations of the same call, refnet's and the twin's."""

from dataclasses import dataclass, field, replace

import numpy as np

from refnet.testing.differences import SMALLEST, ULP, difference, sentence
from refnet.testing.observation import AGAIN, Observation, Raised, Seen


@dataclass
class Found:
    """The result of a comparison; errors are relative to the largest entry of their array.

    Attributes:
        problems: the problems, one sentence each
        error64: the largest float64 error
        error32: the largest float32 error
        multiple: refnet's float32 error divided by PyTorch's (at least 1 ulp), the largest of all
            arrays
        ours: refnet's largest float32 or float16 error, in ulp of the largest entry,
            of the arrays that are more than rounding noise
        theirs: PyTorch's
        compared: the number of arrays
    """

    problems: list[str] = field(default_factory=list)
    error64: float = 0.0
    error32: float = 0.0
    multiple: float = 0.0
    ours: float = 0.0
    theirs: float = 0.0
    compared: int = 0

    def add(self, other: "Found") -> None:
        """Adds the result of another comparison."""
        self.problems += other.problems
        self.error64 = max(self.error64, other.error64)
        self.error32 = max(self.error32, other.error32)
        self.multiple = max(self.multiple, other.multiple)
        self.ours = max(self.ours, other.ours)
        self.theirs = max(self.theirs, other.theirs)
        self.compared += other.compared


def compare(
    ours: Observation,
    theirs: Observation,
    truth: Observation | None = None,
    *,
    tol: float,
    floor: float = 0.0,
    ulp: float = 2.0,
    dtype: str = "float32",
) -> Found:
    """Compares everything in two observations.

    Args:
        ours: refnet's observation
        theirs: PyTorch's observation
        truth: PyTorch's float64 observation; refnet's error relative to it may be twice PyTorch's
            error plus `ulp`
        tol: the allowed error without a truth
        floor: errors are relative to max(largest entry of the array, floor)
        ulp: the allowed error in units in the last place, beyond twice PyTorch's
        dtype: the dtype of the observations if there is a truth
    """
    found = Found()
    if "raised" in ours or "raised" in theirs:
        found.problems += _compare_errors(ours.get("raised"), theirs.get("raised"))
        return found
    if theirs.get(AGAIN, "done") != "done":  # PyTorch's graph is for one pass only
        ours = {path: x for path, x in ours.items() if path in theirs and path != AGAIN}
        theirs = {path: x for path, x in theirs.items() if path != AGAIN}
    for path in [*theirs, *(p for p in ours if p not in theirs)]:
        if path not in ours or path not in theirs:
            missing, present = ("refnet", "PyTorch") if path in theirs else ("PyTorch", "refnet")
            found.problems.append(f"{path}: {present} has it, {missing} does not")
            continue
        a, b = ours[path], theirs[path]
        if path == "warnings":
            found.problems += [
                f"warns where PyTorch does not: {a[w]} ({w})" for w in a if w not in b
            ]
            continue
        if not (isinstance(a, Seen) and isinstance(b, Seen)):
            if type(a) is not type(b) or a != b:
                found.problems.append(f"{path}: expected {_kind(b)} (PyTorch), got {_kind(a)}")
            continue
        wrong = _compare_form(a, b)
        if wrong:
            found.problems.append(f"{path}: {wrong}")
            continue
        found.compared += 1
        c = truth[path] if truth is not None else None
        if isinstance(c, Seen) and b.array.dtype.kind == "f":
            _compare_to_truth(found, path, a, b, c, floor, ulp, dtype)
        else:
            _compare_values(found, path, a, b, tol, floor)
    return found


def _kind(x: object) -> str:
    if isinstance(x, Seen):
        return f"a tensor of shape {list(x.array.shape)}" if x.array.ndim else str(x.array)
    return repr(x)


def _compare_errors(ours: Raised | None, theirs: Raised | None) -> list[str]:
    if theirs is None and ours is not None:
        return [f"raised {type(ours.error).__name__}: {ours.error}; PyTorch does not raise"]
    assert theirs is not None
    name = type(theirs.error).__name__
    if ours is None:
        return [
            f"expected {name} as PyTorch raises ({_first_line(theirs.error)}), nothing was raised"
        ]
    # PyTorch's own error classes have no twin; the nearest built-in one has to fit.
    builtin = next(t for t in type(theirs.error).__mro__ if t.__module__ == "builtins")
    if not isinstance(ours.error, builtin):
        return [
            f"expected {builtin.__name__} as PyTorch raises ({_first_line(theirs.error)}), "
            f"got {type(ours.error).__name__}: {ours.error}"
        ]
    text = str(ours.error)
    return [f"the error's message is not one line: {text!r}"] if "\n" in text or not text else []


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]


def _compare_form(a: Seen, b: Seen) -> str:
    if a.array.shape != b.array.shape:
        return f"expected shape {list(b.array.shape)}, got {list(a.array.shape)}"
    if a.dtype != b.dtype:
        return f"expected dtype {b.dtype}, got {a.dtype}"
    if a.requires_grad != b.requires_grad:
        return f"expected requires_grad={b.requires_grad}, got {a.requires_grad}"
    return ""


def _compare_values(found: Found, path: str, a: Seen, b: Seen, tol: float, floor: float) -> None:
    if b.dtype == "float32":  # the call itself made it in the default dtype
        tol = max(tol, 4 * ULP["float32"])
    d = difference(b.array, a.array, floor=floor, tol=tol)
    if d.error > tol:
        text = sentence(b.array, a.array, d, oracle="PyTorch", tol=tol)
        found.problems.append(f"{path} is wrong: {text}")
    elif b.dtype == "float64":
        found.error64 = max(found.error64, d.error)


def _compare_to_truth(
    found: Found, path: str, a: Seen, b: Seen, c: Seen, floor: float, ulp: float, dtype: str
) -> None:
    """Compares the errors of both where all are finite; elsewhere the entries must be equal."""
    if dtype == "float16":
        b, c = _without_overflow(a, b, c)
    finite = np.isfinite(b.array) & np.isfinite(c.array)
    least = max(floor, SMALLEST[dtype])
    if not finite.all():
        d = difference(b.array[~finite], a.array[~finite])
        if d.error:
            found.problems.append(
                f"{path} is wrong: expected {d.expected} (PyTorch) among the entries that are not "
                f"finite, got {d.got}"
            )
            return
    truth, ours, theirs = (np.where(finite, x.array.astype(np.float64), 0) for x in (c, a, b))
    d_ours = difference(truth, ours, floor=least)
    d_theirs = difference(truth, theirs, floor=least)
    limit = 2 * d_theirs.error + ulp * ULP[dtype]
    if dtype == "float32":
        found.error32 = max(found.error32, d_ours.error)
    found.multiple = max(found.multiple, d_ours.error / max(d_theirs.error, ULP[dtype]))
    if d_theirs.error < 0.5:  # otherwise the array is rounding noise, as where 0 is computed
        found.ours = max(found.ours, d_ours.error / ULP[dtype])
        found.theirs = max(found.theirs, d_theirs.error / ULP[dtype])
    if d_ours.error > limit:
        d = difference(truth, ours, floor=least, tol=limit)
        text = sentence(truth, ours, d, oracle="PyTorch in float64", tol=limit)
        found.problems.append(
            f"{path} is less exact than PyTorch's: {text}; PyTorch's {dtype} is off by "
            f"{d_theirs.error:.1e}"
        )


def _without_overflow(a: Seen, b: Seen, c: Seen) -> tuple[Seen, Seen]:
    """Returns PyTorch's result and the truth, rounded to float16, whose largest number is 65504.

    The truth replaces entries that overflowed in PyTorch between two operations but not in refnet,
    and infinities that refnet has too.
    """
    ours, theirs = a.array, b.array
    with np.errstate(over="ignore"):
        truth = c.array.astype(np.float16)
    finite = np.isfinite(truth)
    right = (finite & np.isfinite(ours) & ~np.isfinite(theirs)) | (~finite & (ours == truth))
    return replace(b, array=np.where(right, truth, theirs)), replace(c, array=truth)
