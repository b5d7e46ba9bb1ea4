"""The checks of one rule at one point, which check_pullback (oracles.py) combines."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from refnet.ops.rule import Array, NotAnalyticError, Rule
from refnet.testing.differences import difference, sentence

H = 1e-30  # the complex step
DELTA = 1e-5  # the step of differences
KINK_TOL = 1e-6  # the accuracy of differences
MOST_ENTRIES = 64  # of one input; from a larger one this many are drawn


class Point:
    """One rule at one point, with one random cotangent."""

    def __init__(
        self,
        rule: Rule,
        inputs: Sequence[Any],
        options: dict[str, Any],
        seed: int,
        constant: frozenset[int],
    ) -> None:
        self.rule, self.options, self.constant = rule, options, constant
        self.name = getattr(rule, "__name__", str(rule))
        self.inputs = inputs
        self.rng = np.random.default_rng(seed)
        arrays = [(i, x) for i, x in enumerate(self.inputs) if isinstance(x, np.ndarray)]
        self.floats = [i for i, x in arrays if x.dtype.kind == "f" and i not in constant]
        self._check_inputs()
        self.before = [x.copy() if isinstance(x, np.ndarray) else x for x in self.inputs]
        self.value, self.pullback = self.run(self.inputs)
        self.value_before = _map(np.array, self.value)
        self.dy = self.cotangent()
        self.dy_before = _map(lambda a: None if a is None else a.copy(), self.dy)

    def _check_inputs(self) -> None:
        """Raises an error for inputs at which a check would be meaningless."""
        for i, x in enumerate(self.inputs):
            if isinstance(x, (tuple, list)):
                raise TypeError(
                    f"check_pullback(): {self.input_name(i)}: a rule takes arrays, got a "
                    f"{type(x).__name__}; pass each array as an input of its own"
                )
        wrong = [i for i in self.constant if not 0 <= i < len(self.inputs)]
        if wrong:
            raise ValueError(
                f"check_pullback(): constant: expected positions of {len(self.inputs)} inputs, "
                f"got {wrong[0]}"
            )
        if not self.floats:
            got = [str(x.dtype) for x in self.inputs if isinstance(x, np.ndarray)]
            raise TypeError(
                "check_pullback(): expected a floating-point input, whose gradient can be checked, "
                f"got {', '.join(got) or 'no array'}"
            )
        for i in self.floats:
            if not np.isfinite(self.inputs[i]).all():
                raise ValueError(
                    f"check_pullback(): {self.input_name(i)}: expected finite numbers, got NaN or "
                    "an infinity, where there is no derivative to compare with; assert_parity "
                    "compares with PyTorch there"
                )

    def run(self, inputs: Sequence[Any]) -> tuple[Any, Callable[[Any], Any]]:
        result: Any = self.rule(*inputs, **self.options)
        if not (type(result) is tuple and len(result) == 2 and callable(result[1])):
            raise AssertionError(
                f"{self.name}: a rule returns (value, pullback), got {result!r:.80}"
            )
        return result[0], result[1]

    def cotangent(self) -> Any:
        def draw(y: Any) -> Any:
            y = np.asarray(y)
            return self.rng.standard_normal(y.shape) if y.dtype.kind in "fc" else None

        return _map(draw, self.value)

    def input_name(self, i: int) -> str:
        try:
            names = [
                p.name
                for p in inspect.signature(self.rule).parameters.values()
                if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
            ]
        except (TypeError, ValueError):
            names = []
        return f"input {i} ({names[i]})" if i < len(names) else f"input {i}"

    def fail(self, text: str) -> AssertionError:
        return AssertionError(f"{self.name}: {text}")

    # --- the form ---

    def gradients(self) -> list[Any]:
        """Returns the computed entries of the pullback, after checks of their form."""
        return self.checked_form(self.pullback(self.dy), self.inputs)

    def checked_form(self, entries: Any, inputs: Sequence[Any]) -> list[Any]:
        if type(entries) is not tuple or len(entries) != len(inputs):
            raise self.fail(
                f"the pullback returns a tuple of {len(inputs)} entries, one for each input, "
                f"got {len(entries) if isinstance(entries, tuple) else type(entries).__name__}"
            )
        result: list[Any] = []
        for i, (x, entry) in enumerate(zip(inputs, entries, strict=True)):
            dx = _computed(entry)
            floating = isinstance(x, np.ndarray) and x.dtype.kind == "f"
            if isinstance(x, (int, float)):
                dx = None  # a constant, whose entry is not used
            elif not floating and dx is not None:
                what = "None" if x is None else f"of dtype {x.dtype}"
                raise self.fail(f"{self.input_name(i)} is {what} and has no gradient, got one")
            elif floating and dx is None and i not in self.constant:
                raise self.fail(f"the gradient of {self.input_name(i)} is None, expected an array")
            elif floating and dx is not None:
                if np.shape(dx) != x.shape:
                    raise self.fail(
                        f"the gradient of {self.input_name(i)} has shape {np.shape(dx)}, "
                        f"expected {x.shape}"
                    )
                if np.asarray(dx).dtype != x.dtype:
                    raise self.fail(
                        f"the gradient of {self.input_name(i)} is {np.asarray(dx).dtype}, "
                        f"expected {x.dtype}"
                    )
            result.append(None if dx is None or i in self.constant else np.array(dx))
        return result

    # --- the values ---

    def check_values(
        self, i: int, dx: Array, *, tol: float, floor: float, analytic: bool
    ) -> tuple[float, bool]:
        """Compares each entry of the gradient of input i with its oracle."""
        x = self.inputs[i]
        picked = np.arange(x.size)
        if x.size > MOST_ENTRIES:
            picked = np.sort(self.rng.choice(x.size, MOST_ENTRIES, replace=False))
        expected = dx.copy().reshape(-1)  # entries that are not picked are not compared
        at_kink = []
        for k in picked:
            step = self.complex_step(i, k) if analytic else None
            if step is None:
                low, high = self.one_sided(i, k)
                margin = KINK_TOL * max(1.0, abs(low), abs(high))
                if not low - margin <= expected[k] <= high + margin:
                    raise self.wrong_at_kink(i, dx, k, low, high)
                at_kink.append(k)
            else:
                expected[k] = step
        want = expected.reshape(x.shape)
        d = difference(want, dx, floor=floor, tol=tol)
        if d.error > tol:
            text = sentence(want, dx, d, oracle="complex step", tol=tol)
            k = int(np.ravel_multi_index(d.index, x.shape)) if x.shape else 0
            low, high = self.one_sided(i, k)
            if abs(low - d.got) + abs(high - d.got) < KINK_TOL * max(1.0, abs(low)):
                text += (
                    "; differences agree with the gradient, so it is the rule that is not an "
                    "analytic continuation (np.abs, np.sign, conj, a comparison?): see "
                    "refuse_kink"
                )
            raise self.fail(f"the gradient of {self.input_name(i)} is wrong: {text}")
        return d.error, not at_kink

    def wrong_at_kink(self, i: int, dx: Array, k: int, low: float, high: float) -> AssertionError:
        index = tuple(int(n) for n in np.unravel_index(k, dx.shape))
        expected = f"{low:.9g}" if high - low < KINK_TOL else f"between {low:.9g} and {high:.9g}"
        return self.fail(
            f"the gradient of {self.input_name(i)} is wrong: at index {index} expected {expected} "
            f"(differences), got {dx[index]:.9g}"
        )

    def complex_step(self, i: int, k: int) -> float | None:
        """Returns ⟨ȳ, ∂y/∂xₖ⟩ by the complex step; None if the rule is not analytic there."""
        moved = self.inputs[i].astype(np.complex128)
        moved.flat[k] += 1j * H
        try:
            value, _ = self.run([moved if j == i else x for j, x in enumerate(self.inputs)])
        except NotAnalyticError:
            return None
        return sum(
            float((dy * np.imag(y)).sum()) / H for dy, y in _pairs(self.dy, value) if dy is not None
        )

    def one_sided(self, i: int, k: int) -> tuple[float, float]:
        """Returns the least and largest Σ ȳ·g with each g between the one-sided derivatives."""
        x = self.inputs[i]

        def at(t: float) -> list[Array]:
            moved = x.copy()
            moved.flat[k] += t
            value, _ = self.run([moved if j == i else z for j, z in enumerate(self.inputs)])
            return [np.asarray(y, float) for dy, y in _pairs(self.dy, value) if dy is not None]

        y0 = at(0.0)
        dys = [dy for dy, _ in _pairs(self.dy, self.value) if dy is not None]
        low = high = 0.0
        sides = [
            [(4 * b - c - 3 * a) / (2 * t) for a, b, c in zip(y0, at(t), at(2 * t), strict=True)]
            for t in (-DELTA, DELTA)
        ]
        for dy, left, right in zip(dys, *sides, strict=True):
            low += float(np.minimum(dy * left, dy * right).sum())
            high += float(np.maximum(dy * left, dy * right).sum())
        return low, high

    # --- side effects and linearity ---

    def check_purity(self, first: list[Any]) -> None:
        self.check_untouched()
        second = self.gradients()
        for i, (a, b) in enumerate(zip(first, second, strict=True)):
            if a is not None and not np.array_equal(a, b, equal_nan=True):
                raise self.fail(
                    f"the gradient of {self.input_name(i)} differs when the pullback is called "
                    "twice: it changes what it saved"
                )
        self.check_untouched()

    def check_untouched(self) -> None:
        for dy, before in _pairs(self.dy, self.dy_before):
            if dy is not None and not np.array_equal(dy, before):
                raise self.fail("the pullback changes its cotangent in place")
        for y, before in _pairs(self.value, self.value_before):
            if not np.array_equal(y, before, equal_nan=True):
                raise self.fail("the pullback changes the value in place")
        for i, (x, before) in enumerate(zip(self.inputs, self.before, strict=True)):
            if isinstance(x, np.ndarray) and not np.array_equal(x, before, equal_nan=True):
                raise self.fail(f"the rule or its pullback changes {self.input_name(i)} in place")

    def check_linearity(self, first: list[Any], *, complex_too: bool) -> None:
        """Checks pullback(ȳ + c z̄) = pullback(ȳ) + c pullback(z̄) for c = 2 and c = i."""
        z = self.cotangent()
        other = self.checked_form(self.pullback(z), self.inputs)
        for c in (2.0, 1j) if complex_too else (2.0,):
            both = [None if a is None else a + c * b for a, b in _pairs(self.dy, z)]
            entries = self.pullback(tuple(both) if type(self.value) is tuple else both[0])
            for i in self.floats:
                a, b = first[i], other[i]
                dx = _computed(entries[i])
                if a is not None and difference(a + c * b, np.asarray(dx), floor=1.0).error > 1e-9:
                    raise self.fail(
                        f"the pullback is not linear in its cotangent: input {i}, "
                        f"pullback(dy + {c} dz) is not pullback(dy) + {c} pullback(dz)"
                    )

    def check_float32(self) -> None:
        narrow = [
            x.astype(np.float32) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x
            for x in self.inputs
        ]
        value, pullback = self.run(narrow)
        for y, wide in _pairs(value, self.value):
            if np.asarray(wide).dtype == np.float64 and np.asarray(y).dtype != np.float32:
                raise self.fail(f"float32 inputs give a {np.asarray(y).dtype} value")
        dy = _map(lambda a: None if a is None else a.astype(np.float32), self.dy)
        self.checked_form(pullback(dy), narrow)

    # --- second order ---

    def check_second_order(self, *, tol: float, floor: float) -> None:
        """Checks H v, H = ∂²⟨ȳ, f⟩/∂x², by the complex step and by differences of the pullback."""
        u, v = self.direction(), self.direction()
        hu, hv = self.hessian_times(u), self.hessian_times(v)
        if hu is None or hv is None:
            return
        near = [
            [np.array(_computed(entries[i])) for i in self.floats]
            for entries in (self.run(self.moved(v, t))[1](self.dy) for t in (-DELTA, DELTA))
        ]
        scale = max([1.0, *(float(np.abs(h).max()) for h in hv if h.size)])
        for i, h, left, right in zip(self.floats, hv, *near, strict=True):
            gap = np.abs(h - (right - left) / (2 * DELTA))
            if h.size and not gap.max() <= 1e-5 * scale:
                raise self.fail(
                    f"the pullback's own derivative is wrong: input {i}, complex step and "
                    f"differences are {gap.max():.1e} apart; does the pullback save a real part?"
                )
        uhv = sum(float((a * b).sum()) for a, b in zip(u, hv, strict=True))
        vhu = sum(float((a * b).sum()) for a, b in zip(v, hu, strict=True))
        size = sum(float(np.abs(a * b).sum()) for a, b in zip(u, hv, strict=True))
        if abs(uhv - vhu) > tol * max(size, floor, 1.0):
            raise self.fail(
                f"the pullback's derivative is not symmetric: uᵀHv = {uhv}, vᵀHu = {vhu}"
            )

    def direction(self) -> list[Array]:
        return [self.rng.standard_normal(self.inputs[i].shape) for i in self.floats]

    def moved(self, v: list[Array], t: complex) -> list[Any]:
        inputs = list(self.inputs)
        for i, d in zip(self.floats, v, strict=True):
            inputs[i] = np.asarray(inputs[i] + t * d)
        return inputs

    def hessian_times(self, v: list[Array]) -> list[Array] | None:
        try:
            entries = self.run(self.moved(v, 1j * H))[1](self.dy)
            found = [_computed(entries[i]) for i in self.floats]
        except NotAnalyticError:
            return None
        return [np.imag(h) / H for h in found]


def _computed(entry: Any) -> Any:
    """Returns the entry of a pullback, which can be a function without arguments."""
    return entry() if callable(entry) else entry


def _map(f: Callable[[Any], Any], x: Any) -> Any:
    return tuple(f(a) for a in x) if type(x) is tuple else f(x)


def _pairs(a: Any, b: Any) -> list[tuple[Any, Any]]:
    return list(zip(a, b, strict=True)) if type(a) is tuple else [(a, b)]
