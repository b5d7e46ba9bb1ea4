"""The twin test: a layer and PyTorch's get the same parameters, inputs and cotangents.

    import torch, refnet.nn as nn
    from refnet.testing.parity import assert_parity

    def test_my_layer():
        assert_parity(MyGELU(), torch.nn.GELU(), [(3, 5)])  # a refnet Module
        assert_parity(my_gelu, torch.nn.GELU(), [(3, 5)])  # a rule: (value, pullback)

The error says which output or gradient is wrong, at which index, and by how much. This is
the only file of the package that imports PyTorch.
"""

import functools
import inspect
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import refnet
from refnet.engine.tape import apply_any
from refnet.ops.rule import Array, Rule
from refnet.testing.comparison import Found, compare
from refnet.testing.differences import ULP
from refnet.testing.entrywise import compare_entries, half_changed, independent
from refnet.testing.inputs import arguments, leaves, rebuilt
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
    """Turns a rule f(*arrays) -> (value, pullback) into a function on refnet's tensors.

    A layer with `forward` and `backward` in NumPy can be written as a rule:
    `lift(lambda x: (layer.forward(x), lambda dy: (layer.backward(dy),)))`.

    Args:
        rule: the rule
        options: its options
    """

    def lifted(*tensors: Any) -> Any:
        return apply_any(rule, *tensors, **options)

    lifted.__name__ = getattr(rule, "__name__", "rule")
    return lifted


@dataclass
class Twin:
    """A layer or function in both libraries, and how they are compared.

    Args:
        ours: () -> a new refnet Module or a function on refnet's tensors
        theirs: () -> a new torch Module or a function on torch's tensors
        inputs: arrays; floating-point arrays in float64
        needs: whether the gradient of each input is compared
        modes: the modes of a Module, "train" and "eval"
        tol: the allowed float64 error relative to the largest entry
        floor: errors are relative to max(largest entry, floor)
        ulp: the allowed float32 and float16 error in ulp, beyond twice PyTorch's error
        random: whether it draws random numbers, which are compared directly, without a float64
            truth
        entries: whether the float32 error of each entry is compared if it works entry by entry
        seed: the seed of parameters, cotangents and generators
        call: call(made, *tensors), by default made(*tensors)
        names: the names of the inputs, by default "input 0", "input 1", ...
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
    names: Sequence[str] = ()
    _theirs: dict[Any, Observation] = field(default_factory=dict, repr=False)
    _states: dict[str, dict[str, Array] | None] = field(default_factory=dict, repr=False)

    def compare(self, variant: str) -> Found:
        """Compares in one dtype, with strided inputs, or with the gradient of one input only."""
        if variant not in VARIANTS:
            raise ValueError(f"compare(): expected one of {', '.join(VARIANTS)}, got {variant!r}")
        found = Found()
        seen: dict[str, list[str]] = {}  # the modes of each problem
        for mode in self.modes if is_module(self.theirs()) else (None,):
            part = self._compare(variant, mode)
            for problem in part.problems:
                seen.setdefault(problem, []).extend([mode] if mode else [])
            part.problems = []
            found.add(part)
        for problem, modes in seen.items():
            where = f"{variant}, {' and '.join(modes)} mode" if modes else variant
            found.problems.append(f"[{where}] {problem}")
        return found

    def _compare(self, variant: str, mode: str | None) -> Found:
        ours = self.observe_ours(variant, mode)
        theirs = self.observe_theirs(variant, mode, variant)
        if "raised" in theirs and variant == "float16":
            return Found()  # much of PyTorch does not support float16 on the CPU
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
        """Returns the output and gradients whose entries need only the same entries of inputs."""
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
        """Returns the observation of refnet's run."""
        dtype = dtype or (variant if variant in NARROW else "float64")
        return self._observe(refnet, self.ours, variant, dtype, mode)

    def observe_theirs(self, variant: str, mode: str | None, dtype: str = "float64") -> Observation:
        """Returns the twin's run, which is kept, since the mutation test compares many with it."""
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
            names=self.names,
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
    """Asserts that a layer or function equals PyTorch's: its values, all gradients and buffers.

    Parameters and buffers are randomised on copies of the Modules, and the cotangents are random.
    The function compares the outputs, the gradient of every input and parameter (also which are
    None), the inputs and buffers after the call, dtypes and shapes. float32 and float16 are
    compared with PyTorch's float64 result: refnet's error is at most 2 × PyTorch's + 2 ulp. NaN and
    infinities have to be in the same places. Integers have to be equal.

    A function is also called once on arrays, to find out whether it is a rule.

    Args:
        ours: a refnet Module, a function on refnet tensors, or a rule, a function on arrays that
            returns (value, pullback)
        theirs: a torch Module or a function on torch tensors
        inputs: arrays, or shapes, tuples that become standard normal values; also None, and tuples
            and lists of these, such as [x, (h, c)] for an LSTM
        needs: whether the gradient of each input is compared; by default of all floating-point
            inputs
        variants: some of "float64", "float32", "float16" (if PyTorch supports it on the CPU),
            "strided" (non-contiguous inputs) and "partial" (the gradient of one input only)
        modes: the modes of Modules, "train" and "eval"
        tol: the allowed float64 error relative to the largest entry of each array
        floor: errors are relative to max(largest entry, floor)
        reason: the reason for another tol than 1e-12 or for a floor
        random: whether the layer draws random numbers, for which both libraries get the same seed
        seed: the seed of parameters, of inputs given by shape, of cotangents and generators

    Returns:
        The measured errors

    Raises:
        AssertionError: for differences, with one line for each
        TypeError: for arguments that cannot be compared
        ValueError: for a tolerance without a reason, and for unknown variants and modes

    Example:
        A layer of your own and PyTorch's, on 3 × 5 standard normal numbers::

            assert_parity(MyGELU(), torch.nn.GELU(), [(3, 5)])
    """
    if (tol != TOL or floor) and not reason:
        raise ValueError("assert_parity(): expected a reason for another tol or a floor, got none")
    _require("ours", ours, torch.nn.Module, "a refnet Module, a function or a rule")
    _require("theirs", theirs, refnet.nn.Module, "a torch Module or a function")
    _require_some("variants", variants, VARIANTS)
    _require_some("modes", modes, ("train", "eval"))
    given = arguments("assert_parity", inputs, seed)
    if needs is not None and len(needs) != len(given):
        raise ValueError(
            f"assert_parity(): expected needs for {len(given)} inputs, got {len(needs)}"
        )
    asked = [True] * len(given) if needs is None else needs
    named = [
        (name, x, need) for i, need in enumerate(asked) for name, x in leaves(given[i : i + 1], i)
    ]
    twin = Twin(
        fresh(lift(ours) if _is_rule(ours, given) else ours),
        fresh(theirs),
        [x for _, x, _ in named],
        [need for _, _, need in named],
        modes=modes,
        tol=tol,
        floor=floor,
        random=random,
        seed=seed,
        call=lambda made, *tensors: made(*rebuilt(given, tensors)),
        names=[name for name, _, _ in named],
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


def _require(argument: str, x: Any, other: type, expected: str) -> None:
    """Raises TypeError for a class, a Module of the other library, and what is not callable."""
    text = f"assert_parity(): {argument}: expected {expected}, got "
    if inspect.isclass(x):
        raise TypeError(f"{text}the class {x.__name__}; pass an instance, {x.__name__}(...)")
    if isinstance(x, other):
        raise TypeError(f"{text}{_name(x)}; refnet's goes first, PyTorch's second")
    if not callable(x):
        layer = hasattr(x, "forward") and hasattr(x, "backward")
        example = "lift(lambda x: (layer.forward(x), lambda dy: (layer.backward(dy),)))"
        raise TypeError(f"{text}{type(x).__name__}" + (f"; pass {example}" if layer else ""))


def _require_some(argument: str, given: Sequence[str], known: Sequence[str]) -> None:
    if isinstance(given, str) or not given or not set(given) <= set(known):
        raise ValueError(f"assert_parity(): {argument}: expected some of {known}, got {given!r}")


def _is_rule(f: Any, given: Sequence[Any]) -> bool:
    """Returns whether f, called on arrays, returns (value, pullback)."""
    if is_module(f):
        return False
    arrays = rebuilt(given, [x.copy() for _, x in leaves(given)])
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = f(*arrays)
    except Exception:  # noqa: BLE001 - a function on tensors may raise anything, given arrays
        return False
    found = isinstance(result, tuple) and len(result) == 2 and callable(result[1])
    if found and any(isinstance(x, (tuple, list)) for x in given):
        raise TypeError(f"assert_parity(): the rule {_name(f)} takes arrays, got a tuple or a list")
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
