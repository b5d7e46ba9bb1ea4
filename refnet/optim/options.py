"""What the optimizers' pages share: checks of their options, and numbers that are kept as tensors."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from refnet.engine import dtypes, memory
from refnet.engine.tensor import Tensor, wrap
from refnet.kernels import blocks, tuning
from refnet.ops.rule import Array

# --- checks ----------------------------------------------------------------------------------

_NAMES = {"lr": "learning rate", "eps": "epsilon value"}


def check_lr(lr: float | Tensor) -> None:
    """Raise ValueError unless the learning rate is one number of at least 0."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError(f"Tensor lr must be 1-element, got shape {list(lr.shape)}")
    check_at_least_0(lr=lr)


def check_at_least_0(**options: Any) -> None:
    """Raise ValueError for a negative option, or NaN."""
    for name, value in options.items():
        if not value >= 0:
            what = _NAMES.get(name, f"{name} value")
            raise ValueError(f"Invalid {what}: {value}, expected at least 0")


def check_betas(betas: tuple[float | Tensor, float | Tensor]) -> None:
    """Raise ValueError unless both weights of a running average are in [0, 1)."""
    for i in (0, 1):
        if not 0 <= betas[i] < 1:
            raise ValueError(
                f"Invalid beta parameter at index {i}: {betas[i]}, expected at least 0 and below 1"
            )


def check_implementation(
    *, differentiable: bool = False, foreach: bool | None = None, fused: bool | None = None
) -> None:
    """Raise for a choice among PyTorch's implementations that it refuses, or that there is not.

    foreach and fused change nothing here: there is one implementation.
    """
    if fused and differentiable:
        raise RuntimeError("`fused` does not support `differentiable`")
    if fused and foreach:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
    if differentiable:
        raise NotImplementedError("differentiable=True: refnet records no optimizer steps")


# --- the parameters of a group ------------------------------------------------------------------


def gradients(group: dict[str, Any]) -> Iterator[tuple[Tensor, Array, Array]]:
    """For each parameter that has a gradient: itself, θ and ∇f(θ), which is −∇f(θ) if maximize.

    The caller changes θ in place, which is noted when it comes for the next one.
    Raises AssertionError with capturable, for which PyTorch wants a device that can capture graphs, and
    RuntimeError with fused for a parameter that is not floating-point.
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
        yield p, θ, -g if maximize else g
        memory.written(θ)


def by_blocks(formula: Callable[..., None], *arrays: Array | None, **numbers: Any) -> None:
    """formula(*arrays, **numbers), on large arrays a block of entries at a time (refnet.kernels.blocks).

    The arrays have one shape, or are None; the formula works entry by entry and writes into some of them.
    float16 is rounded once, at the end, as everywhere (refnet.engine.half_precision).
    """
    if arrays[0] is not None and arrays[0].dtype == np.float16:
        wide = [None if a is None else a.astype(np.float32) for a in arrays]
        formula(*wide, **numbers)
        for a, w in zip(arrays, wide, strict=True):
            if a is not None and w is not None:
                np.copyto(a, w, casting="same_kind")
        return
    if arrays[0] is not None and arrays[0].size < tuning.LARGE:
        formula(*arrays, **numbers)
        return
    given = blocks.flat(*[a for a in arrays if a is not None])
    rest = iter(given)
    parts = [None if a is None else next(rest) for a in arrays]
    blocks.by_rows(lambda *part: formula(*part, **numbers), *parts)


# --- numbers -----------------------------------------------------------------------------------


def number(option: Any) -> Any:
    """An option as a Python number; of a tensor, a NumPy scalar, which computes in its dtype."""
    return option._array.reshape(())[()] if isinstance(option, Tensor) else float(option)


def scalar(value: Any, group: dict[str, Any]) -> Tensor:
    """A number of the state as PyTorch keeps it, in a 0-d tensor: float64 if that is the default
    dtype and fused is not set, else float32."""
    wide = dtypes.get_default_dtype() is dtypes.float64 and not group.get("fused")
    return wrap(np.array(value, (dtypes.float64 if wide else dtypes.float32).dtype))


def count(state: dict[str, Any]) -> float:
    """The number t of this step: 1 in the first one. state["step"] holds it."""
    step = state["step"]._array
    step += 1
    return float(step)


def zeros_like(θ: Array) -> Tensor:
    """Zeros of θ's shape, dtype and layout."""
    return wrap(np.zeros_like(θ))
