"""Is a layer PyTorch's? The twin test: both get the same parameters, inputs and cotangents.

    import torch, refnet.nn as nn
    from refnet.testing.parity import assert_parity, lift

    def test_my_layer():
        assert_parity(MyGELU(), torch.nn.GELU(), [(3, 5)])      # a refnet Module
        assert_parity(lift(my_gelu), torch.nn.GELU(), [(3, 5)])  # a rule: (value, pullback)

The error says which output or gradient is wrong, at which index, and by how much. This is
the only file of the package that imports PyTorch.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import refnet
from refnet.ops.rule import Array, Rule
from refnet.tape import apply
from refnet.testing.comparison import ULP, Found, compare
from refnet.testing.entrywise import compare_entries, half_changed, independent
from refnet.testing.ledger import NARROW
from refnet.testing.observation import (
    Observation,
    fresh,
    is_module,
    observe,
    random_state,
    rounded,
)

try:
    import torch
except ImportError as error:  # pragma: no cover - the environment without it has no parity
    raise ImportError(
        "refnet.testing.parity compares with PyTorch, which is not installed: "
        "pip install torch (refnet.testing.check_pullback needs NumPy alone)"
    ) from error

__all__ = ["TOL", "VARIANTS", "Found", "Twin", "assert_parity", "lift"]

TOL = 1e-12
VARIANTS = ("float64", "float32", "float16", "strided", "partial")


def lift(rule: Rule, **options: Any) -> Callable[..., Any]:
    """A rule f(*arrays) -> (value, pullback) as a function on refnet's tensors.

    A layer with `forward` and `backward` in NumPy is one too:
    `lift(lambda x: (layer.forward(x), lambda dy: (layer.backward(dy),)))`.
    """

    def lifted(*tensors: Any) -> Any:
        return apply(rule, *tensors, **options)

    lifted.__name__ = getattr(rule, "__name__", "rule")
    return lifted


@dataclass
class Twin:
    """One layer or function in both libraries, and how to compare them.

    ours, theirs   () -> a fresh Module or a function on the library's tensors
    inputs         arrays; floating-point ones in float64
    needs          for each, whether its gradient is asked for
    modes          in which a Module runs
    tol, floor     float64: the error allowed relative to max(largest entry, floor)
    ulp            float32, float16: how many units in the last place it may be off beyond twice
                   PyTorch's error
    random         it draws random numbers: these have no float64 truth, and are compared directly
    entries        each entry's own float32 error is judged, too, if it works entry by entry
    """

    ours: Callable[[], Any]
    theirs: Callable[[], Any]
    inputs: Sequence[Array]
    needs: Sequence[bool]
    modes: Sequence[str] = ("train", "eval")
    tol: float = TOL
    floor: float = 0.0
    ulp: float = 2.0
    random: bool = False
    entries: bool = False
    seed: int = 0
    call: Callable[..., Any] | None = None
    _theirs: dict[Any, Observation] = field(default_factory=dict, repr=False)
    _states: dict[str, dict[str, Array] | None] = field(default_factory=dict, repr=False)

    def compare(self, variant: str) -> Found:
        """Compare in one dtype, with strided inputs, or with the gradient of one input only."""
        if variant not in VARIANTS:
            raise ValueError(f"variant must be one of {', '.join(VARIANTS)}, got {variant!r}")
        found = Found()
        for mode in self._modes():
            part = self._compare(variant, mode)
            where = f"{variant}, {mode} mode" if mode else variant
            part.problems = [f"[{where}] {p}" for p in part.problems]
            found.add(part)
        return found

    def _modes(self) -> Sequence[str | None]:
        return self.modes if is_module(self.theirs()) else (None,)

    def _compare(self, variant: str, mode: str | None) -> Found:
        ours = self.observe_ours(variant, mode)
        theirs = self.observe_theirs(variant, mode, variant)
        if "raised" in theirs and variant == "float16":
            return Found()  # much of PyTorch has no float16 on the CPU: there is nothing to compare
        if "raised" in theirs and variant in ("float64", "float32"):
            raise theirs["raised"].error  # the case itself is wrong
        if variant not in NARROW:
            return compare(ours, theirs, tol=self.tol, floor=self.floor)
        if self.random:
            return compare(ours, theirs, tol=4 * ULP[variant] * self.ulp, floor=self.floor)
        truth = self.observe_theirs(variant, mode, "float64")
        if "raised" in truth:
            raise truth["raised"].error
        found = compare(
            ours, theirs, truth, tol=self.tol, floor=self.floor, ulp=self.ulp, dtype=variant
        )
        judged = self.entries and variant == "float32" and not found.problems
        paths = self.entrywise(truth, mode) if judged else ()
        if paths:
            wide = self.observe_ours(variant, mode, "float64")
            tol = self.tol if self.tol > TOL else 0.0
            found.problems += compare_entries(paths, ours, theirs, truth, wide, self.ulp, tol)
        return found

    def entrywise(self, truth: Observation, mode: str | None) -> Sequence[str]:
        """The output and the gradients whose entries depend on their own entries of the inputs alone."""
        inputs = [rounded(x, "float32") for x in self.inputs]
        changed = half_changed(truth, inputs, self.seed)
        if changed is None:
            return ()
        half, inputs = changed
        make = functools.partial(observe, torch, self.theirs, inputs, self.needs)
        other = make(
            dtype="float64",
            seed=self.seed,
            mode=mode,
            state=self._state("float32"),
            call=self.call,
        )
        return independent(truth, other, half)

    def observe_ours(self, variant: str, mode: str | None, dtype: str = "") -> Observation:
        dtype = dtype or (variant if variant in NARROW else "float64")
        return self._observe(refnet, self.ours, variant, dtype, mode)

    def observe_theirs(self, variant: str, mode: str | None, dtype: str = "float64") -> Observation:
        """The twin's run; kept, for the mutation test compares many ours with it."""
        dtype = dtype if dtype in NARROW else "float64"
        key = (variant, mode, dtype)
        if key not in self._theirs:
            self._theirs[key] = self._observe(torch, self.theirs, variant, dtype, mode)
        return self._theirs[key]

    def _observe(
        self, library: Any, make: Callable[[], Any], variant: str, dtype: str, mode: str | None
    ) -> Observation:
        inputs = [np.asarray(x) for x in self.inputs]
        needs = list(self.needs)
        if variant in NARROW:
            inputs = [rounded(x, variant) for x in inputs]
        elif variant == "partial":
            asked = [i for i, need in enumerate(needs) if need and inputs[i].dtype.kind == "f"]
            one = asked[self.seed % len(asked)] if asked else None
            needs = [i == one for i in range(len(needs))]
        return observe(
            library,
            make,
            inputs,
            needs,
            dtype=dtype,
            seed=self.seed,
            mode=mode,
            state=self._state(variant if variant in NARROW else "float64"),
            call=self.call,
            spread=variant == "strided",
            again=variant == "float64",
            narrow="float16" if variant == "float16" else "float32",
        )

    def _state(self, dtype: str) -> dict[str, Array] | None:
        if dtype not in self._states:
            theirs = self.theirs()
            state = random_state(theirs, self.seed, dtype) if is_module(theirs) else None
            self._states[dtype] = state
        return self._states[dtype]


def assert_parity(
    ours: Any,
    theirs: Any,
    inputs: Sequence[Any],
    *,
    needs: Sequence[bool] | None = None,
    variants: Sequence[str] = VARIANTS,
    modes: Sequence[str] = ("train", "eval"),
    tol: float = TOL,
    floor: float = 0.0,
    reason: str = "",
    random: bool = False,
    seed: int = 0,
) -> Found:
    """Assert that a layer or function is PyTorch's: its values, all its gradients, its buffers.

    Arguments
        ours      a refnet Module, or a function on refnet tensors (of a plain rule: lift(rule))
        theirs    a torch Module, or a function on torch tensors
        inputs    arrays, or shapes, which stand for standard normal values
        needs     for each, whether its gradient is asked for; all floating-point ones if None
        variants  of "float64", "float32", "float16" (where PyTorch has it on the CPU), "strided"
                  (non-contiguous inputs) and "partial" (the gradient of one input only)
        modes     in which Modules run
        tol       the float64 error allowed, relative to the largest entry of each array; another
                  one than 1e-12, or a floor for that entry, needs a reason
        random    the layer draws random numbers (both libraries are seeded alike)
        seed      of parameters, inputs given by shape, cotangents, and the libraries' generators

    Parameters and buffers are randomised on copies of the Modules, the cotangents are random,
    and everything is compared: outputs, the gradient of every input and parameter (also
    which are None), the inputs and buffers after the call, dtypes, shapes. The narrow dtypes are
    judged by PyTorch's float64 result: refnet's error is at most 2 × PyTorch's + 2 ulp.

    Returns the errors measured. Raises AssertionError with one line for each problem.
    """
    if (tol != TOL or floor) and not reason:
        raise ValueError("a tolerance or a floor of your own needs a reason")
    rng = np.random.default_rng(seed)
    arrays = [rng.standard_normal(x) if isinstance(x, tuple) else np.asarray(x) for x in inputs]
    arrays = [x.astype(np.float64) if x.dtype.kind == "f" else x for x in arrays]
    twin = Twin(
        fresh(ours),
        fresh(theirs),
        arrays,
        [True] * len(arrays) if needs is None else needs,
        modes=modes,
        tol=tol,
        floor=floor,
        random=random,
        seed=seed,
    )
    found = Found()
    found.problems += _compare_keys(ours, theirs)
    for variant in variants:
        if found.problems:
            break  # the first variant that differs says enough
        found.add(twin.compare(variant))
    if found.problems:
        lines = "\n".join(f"  {p}" for p in found.problems)
        raise AssertionError(f"{_name(ours)} is not {_name(theirs)}:\n{lines}")
    return found


def _compare_keys(ours: Any, theirs: Any) -> list[str]:
    a = list(ours.state_dict()) if is_module(ours) else []
    b = list(theirs.state_dict()) if is_module(theirs) else []
    return [] if a == b else [f"state_dict: expected the keys {b} (PyTorch), got {a}"]


def _name(x: Any) -> str:
    if not is_module(x):
        return getattr(x, "__name__", None) or type(x).__name__
    library = "torch.nn." if type(x).__module__.startswith("torch.nn.") else ""
    return library + type(x).__name__
