"""Runs a layer or function of one library, and records everything that can be compared.

The library is an argument, refnet or torch: everything that is used has the same name in both.
"""

import copy
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from refnet.ops.rule import Array

Observation = dict[str, Any]  # from "output", "gradient of input 0", ... to what was seen


@dataclass(frozen=True)
class Seen:
    """An observed tensor: its values, its dtype, and whether it requires a gradient.

    Attributes:
        array: the values
        dtype: the name of the dtype
        requires_grad: None if it is not compared
    """

    array: Array
    dtype: str
    requires_grad: bool | None = None


@dataclass(frozen=True)
class Raised:
    """The error of a call, which replaces all other observations."""

    error: Exception


def is_module(x: Any) -> bool:
    """Returns whether x is a Module of either library."""
    return hasattr(x, "state_dict") and hasattr(x, "named_parameters")


def observe(
    library: Any,
    make: Callable[[], Any],
    inputs: Sequence[Array],
    needs: Sequence[bool],
    *,
    dtype: str,
    seed: int,
    mode: str | None = None,
    state: dict[str, Array] | None = None,
    call: Callable[..., Any] | None = None,
    spread: bool = False,
    again: bool = False,
    narrow: str = "float32",
    names: Sequence[str] = (),
) -> Observation:
    """Runs a Module or function forward and backward on random cotangents, and records it all.

    Args:
        library: refnet or torch
        make: () -> a Module or a function on the library's tensors
        inputs: arrays; floating-point arrays are cast to `dtype`
        needs: whether the gradient of each input is computed
        dtype: the dtype of the inputs and of a Module
        seed: the seed of the library's generator and of the cotangents
        mode: "train" or "eval" for a Module
        state: the values of a Module's state_dict
        call: call(made, *tensors), by default made(*tensors)
        spread: whether the inputs are stored with gaps and in another order
        again: whether backward runs again through the same graph, with zeros among the cotangents
        narrow: the dtype to which the cotangents are rounded
        names: the names of the inputs, by default "input 0", "input 1", ...

    Returns:
        what was seen, by name
    """
    tensors = [
        _tensor(library, x, need, dtype, spread) for x, need in zip(inputs, needs, strict=True)
    ]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            made = make()
            module = made if is_module(made) else None
            if module is not None:
                _prepare(library, module, dtype, mode, state)
            # torch.manual_seed would also record the stack for other devices, which takes 1 to 2 ms
            library.default_generator.manual_seed(seed % 2**31)
            result = made(*tensors) if call is None else call(made, *tensors)
            leaves = dict(_leaves("output", result))
            seen: Observation = {path: _see(library, leaf) for path, leaf in leaves.items()}
            ys = [y for y in leaves.values() if _is_tensor(library, y) and y.requires_grad]
            _backward(library, ys, seed, narrow=narrow, keep=again)
        except Exception as error:  # noqa: BLE001 - whatever is raised is what was observed
            return {"raised": Raised(error)}
    seen["warnings"] = {w.category.__name__: str(w.message) for w in warned}
    names = names or [f"input {i}" for i in range(len(tensors))]
    differentiable = dict(zip(names, tensors, strict=True))
    if module is not None:
        differentiable |= {f"parameter {name}": p for name, p in module.named_parameters()}
        for name, b in module.named_buffers():
            seen[f"buffer {name} after the call"] = _see(library, b)
    for name, x in differentiable.items():
        seen[f"gradient of {name}"] = _gradient(x)
        seen[f"{name} after the call"] = _see(library, x)
    if again and ys:
        for x in differentiable.values():
            x.grad = None
        seen[AGAIN] = _again(library, ys, seed)
        if seen[AGAIN] == "done":
            for name, x in differentiable.items():
                seen[f"gradient of {name} where cotangents are 0"] = _gradient(x)
    return seen


AGAIN = "second backward pass"


def _again(library: Any, ys: list[Any], seed: int) -> str:
    """Runs backward again; returns "done", or the type of the error if a graph allows one pass."""
    try:
        _backward(library, ys, seed, zeros=True)
    except Exception as error:  # noqa: BLE001 - whatever is raised is what was observed
        return type(error).__name__
    return "done"


def random_state(module: Any, seed: int, dtype: str) -> dict[str, Array]:
    """Returns random values for a Module's state_dict, since γ = 1 and β = 0 would hide mistakes.

    Matrices and kernels are normal / √fan-in, so that one tolerance fits all sizes. Vectors are in
    ±[0.5, 1.5). Buffers are positive, as a running variance has to be. Integers are small.
    """
    rng = np.random.default_rng([seed, 2])  # another stream than that of the inputs
    parameters = {name for name, _ in module.named_parameters(remove_duplicate=False)}
    state = {}
    for name, x in module.state_dict().items():
        shape, old = tuple(x.shape), _short(x.dtype)
        if "float" not in old:
            state[name] = rng.integers(1, 5, shape).astype(old)
            continue
        if len(shape) >= 2:
            values = rng.standard_normal(shape) / np.sqrt(max(1, np.prod(shape[1:])))
        else:
            values = rng.uniform(0.5, 1.5, shape)
            if name in parameters:
                values = values * rng.choice([-1.0, 1.0], shape)
        state[name] = np.asarray(rounded(values, dtype))
    return state


def rounded(x: Array, dtype: str) -> Array:
    """Returns a floating-point array, rounded to the dtype, in float64."""
    y: Array = np.asarray(x)
    if y.dtype.kind == "f":
        with np.errstate(over="ignore"):  # infinite, as in both libraries
            y = y.astype(dtype).astype(np.float64)
    return y


def strided(x: Array) -> Array:
    """Returns the values in memory that is neither contiguous nor in the order of the indices."""
    if x.ndim == 0:
        return x
    room = np.zeros((*x.shape[::-1], 2), dtype=x.dtype).T  # first axis: 2, then x's axes, reversed
    view: Array = room[1]
    view[...] = x
    return view


def fresh(x: Any) -> Callable[[], Any]:
    """Returns a function that copies the Module, so that the caller's own does not change."""
    return (lambda: copy.deepcopy(x)) if is_module(x) else (lambda: x)


def _short(dtype: Any) -> str:
    return str(dtype).rpartition(".")[2]


def _tensor(library: Any, x: Array, need: bool, dtype: str, spread: bool) -> Any:
    floating = x.dtype.kind == "f"
    x = x.astype(dtype) if floating else x.copy()
    tensor = library.from_numpy(strided(x) if spread else x)
    return tensor.requires_grad_() if need and floating else tensor


def _prepare(
    library: Any, module: Any, dtype: str, mode: str | None, state: dict[str, Array] | None
) -> None:
    module.to(getattr(library, dtype))
    if mode is not None:
        module.train(mode == "train")
    if state is not None:
        have = module.state_dict()
        module.load_state_dict(
            {
                name: library.from_numpy(np.array(x).astype(_short(have[name].dtype)))
                if name in have
                else library.from_numpy(np.array(x))
                for name, x in state.items()
            }
        )


def _leaves(path: str, y: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(y, (tuple, list)):
        yield f"kind of {path}", "list" if isinstance(y, list) else "tuple"
        yield f"length of {path}", len(y)
        for i, part in enumerate(y):
            yield from _leaves(f"{path}[{i}]", part)
    elif isinstance(y, dict):
        yield f"keys of {path}", str(list(y))
        for key, part in y.items():
            yield from _leaves(f"{path}[{key!r}]", part)
    else:
        yield path, y


def _is_tensor(library: Any, x: Any) -> bool:
    return isinstance(x, library.Tensor)


def _see(library: Any, x: Any) -> Any:
    if _is_tensor(library, x):
        return Seen(np.array(x.detach().numpy()), _short(x.dtype), bool(x.requires_grad))
    if isinstance(x, np.ndarray):
        return Seen(x.copy(), str(x.dtype))
    if isinstance(x, float):
        return Seen(np.array(x), "a Python float")
    if x is None or isinstance(x, (bool, int, complex)):
        return x
    return str(x).replace("torch.", "").replace("refnet.", "")


def _gradient(x: Any) -> Seen | None:
    if x.grad is None:
        return None
    return Seen(np.array(x.grad.detach().numpy()), _short(x.grad.dtype))


def _backward(
    library: Any,
    ys: list[Any],
    seed: int,
    *,
    narrow: str = "float32",
    keep: bool = False,
    zeros: bool = False,
) -> None:
    """Runs one backward pass from all outputs, with normal cotangents rounded to `narrow`.

    With zeros, about half of their entries are 0; a single entry is 0.
    """
    # Another stream than that of the inputs, so that ȳ is not x.
    rng = np.random.default_rng([seed, 4 if zeros else 1])
    dys = []
    for y in ys:
        dy = np.asarray(rng.standard_normal(tuple(y.shape)).astype(narrow))
        if zeros:
            dy[rng.random(dy.shape) < (0.5 if dy.size > 1 else 1)] = 0
        dys.append(library.from_numpy(np.array(dy)).to(y.dtype))
    if ys:
        library.autograd.backward(ys, dys, retain_graph=keep)
