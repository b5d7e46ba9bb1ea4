"""Mistakes to plant in a rule: each makes a wrong pair of (value, pullback).

A mutant counts if it changes a number, a shape, a dtype or a None that the engine sees; then
`changed` is set.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from refnet.ops.rule import Array

COTANGENT = -1


@dataclass
class Mutant:
    """One mistake in one rule.

    entry    the input whose gradient is wrong; None for the value, COTANGENT for the argument of
             the pullback
    partner  the entry to swap with
    dtype    the run that has to notice it
    needs    the entry of tracing.Trace.reach without which it has no effect in a case; None if it
             always may have one
    """

    kind: str
    entry: int | None
    spoil: Callable[..., Any]
    partner: int | None = None
    dtype: str = "float64"
    needs: tuple[Any, ...] | None = None
    changed: bool = field(default=False, init=False)

    @property
    def name(self) -> str:
        where = {None: "value", COTANGENT: "cotangent"}.get(self.entry, f"gradient {self.entry}")
        return f"{where} {self.kind}" + ("" if self.partner is None else f" {self.partner}")

    def wrap(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """The rule with the mistake in it."""

        def mutated(*arrays: Any, **options: Any) -> Any:
            value, pullback = rule(*arrays, **options)
            if self.entry is None:
                if type(value) is tuple:
                    return tuple(self._spoil_one(y) for y in value), pullback
                return self._spoil_one(value), pullback

            def mutated_pullback(dy: Any) -> Any:
                if self.entry == COTANGENT:
                    parts = dy if isinstance(dy, tuple) else (dy,)
                    spoilt = tuple(self._spoil_one(part) for part in parts)
                    return pullback(spoilt if isinstance(dy, tuple) else spoilt[0])
                entries = list(pullback(dy))
                shape = np.shape(dy[0] if isinstance(dy, tuple) else dy)
                if self.partner is None:
                    entries[self.entry] = self._later(entries[self.entry], shape)
                else:
                    self._swap(entries, self.entry, self.partner)
                return tuple(entries)

            return value, mutated_pullback

        return mutated

    def _spoil_one(self, y: Any, *shape: Any) -> Any:
        if y is None:
            return None
        before = np.asarray(y)
        after = self.spoil(before, *shape)
        if after is None or _differ(before, np.asarray(after)):
            self.changed = True
        return after

    def _later(self, entry: Any, shape: tuple[int, ...]) -> Any:
        """The spoiled entry; a thunk stays a thunk."""
        if callable(entry) and self.kind != "is None":
            return lambda: self._spoil_one(entry(), shape)
        return self._spoil_one(entry() if callable(entry) else entry, shape)

    def _swap(self, entries: list[Any], i: int, j: int) -> None:
        a, b = (entries[k]() if callable(entries[k]) else entries[k] for k in (i, j))
        if a is not None and b is not None and np.shape(a) == np.shape(b):
            if _differ(np.asarray(a), np.asarray(b)):
                self.changed = True
            entries[i], entries[j] = b, a


def _differ(a: Array, b: Array) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return True
    return not np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


def _scaled_value(y: Array) -> Array:
    if y.dtype.kind == "b":
        return ~y
    if y.dtype.kind in "iu":
        return (y + 1).astype(y.dtype)
    return np.asarray(y * 1.0001).astype(y.dtype)


def _shifted(dx: Array, _: Any = None) -> Array:
    return np.asarray(dx - dx.mean()).astype(dx.dtype) if dx.size else dx


def _transposed(dx: Array, _: Any) -> Array:
    square = dx.ndim >= 2 and dx.shape[-1] == dx.shape[-2]
    return np.ascontiguousarray(dx.swapaxes(-1, -2)) if square else dx


def _rolled(dx: Array, _: Any) -> Array:
    return np.roll(dx, 1) if dx.size > 1 else dx


def _last_lost(dx: Array, _: Any) -> Array:
    dx = dx.copy()
    if dx.size:
        dx.reshape(-1)[-1] = 0
    return dx


def _not_summed(dx: Array, shape: tuple[int, ...]) -> Array:
    """The gradient of a pullback that forgets to sum over broadcast axes."""
    try:
        return np.array(np.broadcast_to(dx, shape)) if np.ndim(dx) <= len(shape) else dx
    except ValueError:
        return dx


def _widened(dx: Array, _: Any = None) -> Array:
    return dx.astype(np.float64) if dx.dtype == np.float32 else dx


# The mistake, the run that has to notice it, and the property that the gradient needs.
OF_A_GRADIENT: dict[str, tuple[Callable[..., Any], str, str]] = {
    "× 1.001": (lambda dx, _: (dx * 1.001).astype(dx.dtype), "float64", "nonzero"),
    "is zero": (lambda dx, _: np.zeros_like(dx), "float64", "nonzero"),
    "is None": (lambda dx, _: None, "float64", "given"),
    "has the wrong sign": (lambda dx, _: -dx, "float64", "nonzero"),
    "lost its mean": (_shifted, "float64", "nonzero"),
    "is transposed": (_transposed, "float64", "square"),
    "is off by one place": (_rolled, "float64", "nonzero"),
    "lost its last entry": (_last_lost, "float64", "nonzero"),
    "is not summed over broadcast axes": (_not_summed, "float64", "repeated"),
    "is float64 for float32": (_widened, "float32", "given"),
}


def unchanged() -> Mutant:
    """A mutant without a mistake: a case that notices it notices the planting itself."""
    return Mutant("unchanged", 0, lambda dx, _: dx)


def mutants(entries: set[int]) -> list[Mutant]:
    """The mutants of a rule whose pullback returns these entries."""
    found = [
        Mutant("× 1.0001 (or + 1, or negated)", None, _scaled_value),
        Mutant("is float64 for float32", None, _widened, dtype="float32"),
    ]
    if entries:
        found += [
            Mutant("taken for ones", COTANGENT, np.ones_like),
            Mutant("lost its mean", COTANGENT, _shifted),
        ]
    for i in sorted(entries):
        found += [
            Mutant(kind, i, f, dtype=dtype, needs=(needs, i))
            for kind, (f, dtype, needs) in OF_A_GRADIENT.items()
        ]
    found += [
        Mutant("swapped with gradient", i, lambda x, _: x, partner=j, needs=("alike", i, j))
        for i in sorted(entries)
        for j in sorted(entries)
        if i < j
    ]
    return found
