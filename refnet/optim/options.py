"""The options of the optimizers and their checks; numbers of the state that are kept as tensors."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from refnet.engine import dtypes, memory
from refnet.engine.half_precision import HALF
from refnet.engine.tensor import Tensor, wrap
from refnet.kernels import blocks, tuning
from refnet.ops.rule import Array

# --- options ---------------------------------------------------------------------------------

# Options of PyTorch's optimizers that an older state_dict may lack, and the values they then get.
LATER: dict[str, Any] = {"foreach": None, "maximize": False, "differentiable": False}

_NAMES = {"lr": "learning rate", "eps": "epsilon value"}


def checked(arguments: dict[str, Any], names: str, nonnegative: str = "") -> dict[str, Any]:
    """Returns the defaults of the groups, from the arguments of an optimizer's constructor.

    Args:
        arguments: the constructor's `locals()`
        names: the options, in the order in which PyTorch's groups have them
        nonnegative: the names of the options that must not be negative

    Raises:
        ValueError: a learning rate, one of betas, or an option of nonnegative is out of range
        RuntimeError: PyTorch refuses the combination of fused, foreach and differentiable
        NotImplementedError: differentiable is True
    """
    options = {name: arguments[name] for name in names.split()}
    check_lr(options["lr"])
    check_nonnegative(**{name: arguments[name] for name in nonnegative.split()})
    if "betas" in options:
        check_betas(options["betas"])
    check_implementation(options)
    return options


def check_lr(lr: float | Tensor) -> None:
    """Raises ValueError unless the learning rate is one number of at least 0."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError(f"Tensor lr must be 1-element, got shape {list(lr.shape)}")
    check_nonnegative(lr=lr)


def check_nonnegative(**options: Any) -> None:
    """Raises ValueError for a negative option, or NaN."""
    for name, value in options.items():
        if not value >= 0:
            what = _NAMES.get(name, f"{name} value")
            raise ValueError(f"Invalid {what}: {value}, expected at least 0")


def check_betas(betas: tuple[float | Tensor, float | Tensor]) -> None:
    """Raises ValueError unless both weights of a running average are in [0, 1)."""
    for i in (0, 1):
        if not 0 <= betas[i] < 1:
            raise ValueError(
                f"Invalid beta parameter at index {i}: {betas[i]}, expected at least 0 and below 1"
            )


def check_implementation(options: dict[str, Any]) -> None:
    """Raises for a choice among PyTorch's implementations that it refuses or refnet lacks.

    foreach and fused change nothing: refnet has one implementation.
    """
    differentiable, fused = options.get("differentiable"), options.get("fused")
    if fused and differentiable:
        raise RuntimeError("`fused` does not support `differentiable`")
    if fused and options["foreach"]:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
    if differentiable:
        raise NotImplementedError(
            "differentiable=True is not supported: refnet does not record optimizer steps"
        )


# --- the parameters of a group ------------------------------------------------------------------


def gradients(group: dict[str, Any]) -> Iterator[tuple[Tensor, Array, Array]]:
    """Yields p, θ, g for each parameter p that has a gradient: its array θ and g = ∇f(θ).

    With maximize, g = −∇f(θ). The caller changes θ in place; the change is noted when the caller
    asks for the next parameter.

    Raises:
        AssertionError: capturable is True; PyTorch then expects a device that captures graphs
        RuntimeError: fused is True and a parameter is not floating-point
    """
    fused, maximize = group.get("fused"), group.get("maximize")
    capturable = group.get("capturable") and not fused
    for p in group["params"]:
        if p._grad is None:
            continue
        if capturable:
            raise AssertionError(
                "If capturable=True, params must be on a device whose graphs can be captured, "
                "got params on the CPU"
            )
        if fused and not p.is_floating_point():
            raise RuntimeError(
                f"`fused=True` requires all the params to be floating point Tensors, got {p.dtype}"
            )
        θ, g = p._array, p._grad._array
        yield p, θ, np.asarray(-g) if maximize else g  # -g of a 0-d array is a scalar
        memory.written(θ)


def blockwise(formula: Callable[..., None], *arrays: Any, **numbers: Any) -> None:
    """Calls formula(*arrays, **numbers), on large arrays for one block of entries at a time.

    The arrays have one shape, and all but the first can be None. The formula works entry by entry
    and writes into some of them (see refnet.kernels.blocks). float16 is computed in float32 and
    rounded once, at the end, as in every operation (see refnet.engine.half_precision).
    """
    θ = arrays[0]
    if θ.dtype == HALF:
        wide = [None if a is None else a.astype(np.float32) for a in arrays]
        formula(*wide, **numbers)
        for a, w in zip(arrays, wide, strict=True):
            if a is not None and w is not None:
                np.copyto(a, w, casting="same_kind")
    elif θ.size < tuning.LARGE:
        formula(*arrays, **numbers)
    else:
        flat = iter(blocks.flat(*[a for a in arrays if a is not None]))
        parts = [None if a is None else next(flat) for a in arrays]
        blocks.by_rows(lambda *part: formula(*part, **numbers), *parts)


# --- numbers -----------------------------------------------------------------------------------


def number(option: Any) -> Any:
    """Returns an option as a Python number; for a tensor, a NumPy scalar of its dtype."""
    return option._array.reshape(())[()] if isinstance(option, Tensor) else float(option)


def scalar(value: Any, group: dict[str, Any]) -> Tensor:
    """Returns a number of the state as PyTorch keeps it: a tensor without dimensions.

    Its dtype is float64 if that is the default dtype and fused is not set, else float32.
    """
    wide = dtypes.get_default_dtype() is dtypes.float64 and not group.get("fused")
    return wrap(np.array(value, (dtypes.float64 if wide else dtypes.float32).dtype))


def count(state: dict[str, Any]) -> float:
    """Adds 1 to state["step"] and returns it: t, which is 1 in the first step."""
    step = state["step"]._array
    step += 1
    return float(step)


def zeros_like(θ: Array) -> Tensor:
    """Returns zeros of θ's shape, dtype and layout."""
    return wrap(np.zeros_like(θ))
