"""Each kernel computes what its definition computes, and definitions can be recorded.

Hypothesis draws the calls (parity_tests/strategies), their dtype, the layout of the arrays in
memory, NaN and infinities among the entries, and whether the sizes at which kernels switch their
code are small.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, strategies as st

from parity_tests import exemptions
from parity_tests.recording import lift, lower
from parity_tests.strategies import Call, all_strategies
from parity_tests.test_properties import quickly
from parity_tests.tracing import rules
from parity_tests.versions import amended
from refnet.kernels import tuning
from refnet.kernels.registry import active
from refnet.ops.rule import SAVES, held_arrays

RULES = rules()
STRATEGIES = all_strategies()
KERNELS = [name for name in STRATEGIES if RULES[name] in active]

SPECIAL = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e4, -1e4])


# --- a kernel is its definition ------------------------------------------------------------------


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_is_its_definition(name: str) -> None:
    @quickly
    @given(
        STRATEGIES[name], st.sampled_from(["float64", "float32", "special"]), *[st.booleans()] * 2
    )
    def check(call: Call, kind: str, strided: bool, small: bool) -> None:
        inputs = [prepared(x, kind, strided, seed) for seed, x in enumerate(call.inputs)]
        definition, kernel = RULES[name], active[RULES[name]]
        with np.errstate(all="ignore"), sizes(small=small):
            expected = outcome(definition, inputs, call.options, strided)
            got = outcome(kernel, inputs, call.options, strided)
            if kind == "float32":
                close(name, inputs, call.options, got, expected)
            else:
                equal(name, got, expected)

    check()


@contextmanager
def sizes(*, small: bool) -> Iterator[None]:
    """The constants of refnet.kernels.tuning, or small ones with which all code paths run."""
    if not small:
        yield
        return
    with mock.patch.multiple(tuning, **tuning.SMALL):
        yield


def prepared(x: Any, kind: str, strided: bool, seed: int) -> Any:
    """An input in float32, or with NaN and infinities, and perhaps with gaps in memory."""
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        return x
    if kind == "float32":
        x = x.astype(np.float32)
    if kind == "special" and x.size:
        rng = np.random.default_rng(seed)
        x = x.copy()
        at = rng.permutation(x.size)[: 1 + x.size // 4]
        x.flat[at] = rng.choice(SPECIAL, at.size)
    if strided and x.ndim:
        gaps = np.empty((*x.shape[:-1], 2 * x.shape[-1]), x.dtype)
        gaps[..., ::2] = x
        x = gaps[..., ::2]
    return x


def widened(x: Any) -> Any:
    return x.astype(np.float64) if getattr(x, "dtype", None) == np.float32 else x


def outcome(rule: Any, inputs: list[Any], options: dict[str, Any], strided: bool) -> list[Any]:
    """The values and the gradients of a call, for one random cotangent."""
    value, pullback = rule(*inputs, **options)
    values = value if type(value) is tuple else (value,)
    rng = np.random.default_rng(7)
    dys = []
    for y in map(np.asarray, values):
        dy = rng.standard_normal(y.shape).astype(y.dtype) if y.dtype.kind == "f" else None
        dys.append(prepared(dy, "", strided, 0))
    entries = pullback(tuple(dys) if type(value) is tuple else dys[0])
    assert len(entries) == len(inputs)
    gradients = [dx() if callable(dx) else dx for dx in entries]
    assert saves_as_marked(rule, pullback, options)
    return [*values, *gradients]


def saves_as_marked(rule: Any, pullback: Any, options: dict[str, Any]) -> bool:
    """Whether a pullback that is marked as saving nothing holds only the arrays of options."""
    definition = next((d for d, k in active.items() if k is rule), rule)
    marked = getattr(definition, "kept", SAVES) is None
    given = {id(a) for _, a in held_arrays(tuple(options.values()))}
    return not marked or all(id(a) in given for _, a in held_arrays(pullback))


def equal(name: str, got: list[Any], expected: list[Any]) -> None:
    """Assert equality to 1e-12 of the largest entry, with NaN and infinities in the same places."""
    for i, (a, b) in enumerate(zip(got, expected, strict=True)):
        where = f"{name}, array {i}"
        if not same_kind(a, b, where):
            continue
        a, b = np.asarray(a), np.asarray(b)
        if a.dtype.kind != "f":
            assert np.array_equal(a, b), where
            continue
        finite = np.isfinite(b)
        assert np.array_equal(a[~finite], b[~finite], equal_nan=True), f"{where}: {a} is not {b}"
        assert np.isfinite(a[finite]).all(), f"{where}: {a} is not {b}"
        if finite.any():
            off = np.abs(a - b)[finite].max()
            assert off <= 1e-12 * largest(b[finite]), f"{where}: {a} is not {b}"


def same_kind(a: Any, b: Any, where: str) -> bool:
    """Assert that both are None or arrays of equal shape and dtype; return whether arrays."""
    assert (a is None) == (b is None), where
    if b is None:
        return False
    a, b = np.asarray(a), np.asarray(b)
    assert (a.shape, a.dtype) == (b.shape, b.dtype), (
        f"{where}: {a.dtype} {a.shape}, expected {b.dtype} {b.shape}"
    )
    return True


def close(
    name: str, inputs: list[Any], options: dict[str, Any], got: list[Any], expected: list[Any]
) -> None:
    """Assert that the float32 error is at most twice the definition's plus 2 ulp.

    The ulp is that of the largest entry.

    The definition's error at one point may be small by chance, mostly where terms cancel. Then the
    kernel is compared with the definition's largest error at this point and at eight points nearby.
    For the rules in exemptions.KERNELS_BESIDE_INPUTS the inputs, and 1 for the cotangent, count as
    entries.
    """
    truth = exact(name, inputs, options)
    beside = [*inputs, 1] if name in exemptions.KERNELS_BESIDE_INPUTS else []
    for i, (a, b, t) in enumerate(zip(got, expected, truth, strict=True)):
        where = f"{name}, array {i}"
        if not same_kind(a, b, where) or not np.size(b):
            continue
        if np.asarray(b).dtype.kind != "f":
            assert np.array_equal(a, b), where
            continue
        ulp = np.spacing(np.float32(max(map(largest, [t, *beside]))))
        ours, theirs = error(a, t), error(b, t)
        if ours > 2 * theirs + 2 * ulp:
            theirs = max(theirs, *errors_nearby(name, inputs, options, i))
        assert ours <= 2 * theirs + 2 * ulp, f"{where}: off by {ours}, its definition by {theirs}"


def exact(name: str, inputs: list[Any], options: dict[str, Any]) -> list[Any]:
    """The definition's values and gradients in float64."""
    return outcome(RULES[name], [widened(x) for x in inputs], options, False)


def error(x: Any, truth: Any) -> float:
    return largest(np.asarray(x, np.float64) - truth)


def errors_nearby(name: str, inputs: list[Any], options: dict[str, Any], i: int) -> list[float]:
    """The definition's float32 errors in array i where each input entry is up to 8 ulp away."""
    found = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        near = [
            (x * (1 + rng.integers(-8, 9, x.shape) * 2.0**-23)).astype(np.float32)
            if getattr(x, "dtype", None) == np.float32
            else x
            for x in inputs
        ]
        array = outcome(RULES[name], near, options, False)[i]
        found.append(error(array, exact(name, near, options)[i]))
    return found


def largest(x: Any) -> float:
    """The largest magnitude in an array; 0 for None and for an empty array."""
    return 0.0 if x is None else float(np.abs(x).max(initial=0))


# --- a definition can be recorded ----------------------------------------------------------------


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_definition_can_be_recorded(name: str) -> None:
    """On recorded arrays a definition computes the same as on NumPy's."""

    @quickly
    @given(STRATEGIES[name])
    def check(call: Call) -> None:
        with np.errstate(all="ignore"), amended([]):  # refnet's own, not as a later PyTorch has it
            expected = outcome(RULES[name], list(call.inputs), call.options, False)
            got = outcome(recorded(RULES[name]), list(call.inputs), call.options, False)
            equal(name, got, expected)

    check()


def recorded(rule: Any) -> Any:
    """The rule on recorded arrays, whose results must be recorded arrays too."""

    def on_plain(*inputs: Any, **options: Any) -> Any:
        value, pullback = rule(*map(lift, inputs), **options)

        def on_cotangents(dy: Any) -> Any:
            return tuple(
                (lambda dx=dx: lower(dx())) if callable(dx) else lower(dx)
                for dx in pullback(lift(dy))
            )

        return lower(value), on_cotangents

    return on_plain
