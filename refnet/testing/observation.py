"""Run one layer or function of one library, and write down everything that can be compared.

The library is an argument, refnet or torch: what is used of it has the same name in both.
"""

import copy
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from refnet.ops.rule import Array

Observation = dict[str, Any]  # "output", "gradient of input 0", ... -> what was seen there


@dataclass(frozen=True)
class Seen:
    """A tensor as it was seen: its values, and what else belongs to it."""

    array: Array
    dtype: str
    requires_grad: bool | None = None  # None where it is not compared


@dataclass(frozen=True)
class Raised:
    """Instead of everything else: the call raised."""

    error: Exception


def is_module(x: Any) -> bool:
    """Whether x is a Module of either library."""
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
) -> Observation:
    """Call what `make` makes on the inputs, run backward with random cotangents, note everything.

    Arguments
        library  refnet or torch
        make     () -> a Module or a function on the library's tensors
        inputs   arrays; floating-point ones are cast to dtype
        needs    for each, whether its gradient is asked for
        seed     of the library's generator and of the cotangents
        mode     "train" or "eval", of a Module
        state    the values of a Module's state_dict
        call     call(made, *tensors), if not made(*tensors)
        spread   lay the inputs out in memory with gaps and in another order
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
            # torch.manual_seed would also write down the stack, for devices that may come: 1 to 2 ms
            library.default_generator.manual_seed(seed % 2**31)
            result = made(*tensors) if call is None else call(made, *tensors)
            leaves = dict(_leaves("output", result))
            seen: Observation = {path: _see(library, leaf) for path, leaf in leaves.items()}
            _backward(library, list(leaves.values()), seed)
        except Exception as error:  # noqa: BLE001 - whatever is raised is what was observed
            return {"raised": Raised(error)}
    seen["warnings"] = {w.category.__name__: str(w.message) for w in warned}
    for i, x in enumerate(tensors):
        seen[f"gradient of input {i}"] = _gradient(library, x)
        seen[f"input {i} after the call"] = _see(library, x)
    if module is not None:
        for name, p in module.named_parameters():
            seen[f"gradient of parameter {name}"] = _gradient(library, p)
            seen[f"parameter {name} after the call"] = _see(library, p)
        for name, b in module.named_buffers():
            seen[f"buffer {name} after the call"] = _see(library, b)
    return seen


def random_state(module: Any, seed: int, dtype: str) -> dict[str, Array]:
    """Values for a Module's state_dict that hide nothing (γ = 1 and β = 0 would).

    Matrices and kernels are normal / √fan-in, so that one tolerance fits all sizes; vectors lie in
    ±[0.5, 1.5), except that buffers are positive (a running variance has to be); integers are small.
    """
    rng = np.random.default_rng([seed, 2])  # not the inputs' stream
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
    """A floating-point array in float64 with values that the dtype has."""
    y: Array = np.asarray(x)
    if y.dtype.kind == "f":
        y = y.astype(dtype).astype(np.float64)
    return y


def strided(x: Array) -> Array:
    """The same values in memory that is neither contiguous nor in the order of the indices."""
    if x.ndim == 0:
        return x
    room = np.zeros((*x.shape[::-1], 2), dtype=x.dtype).T  # first axis: 2, then x's axes, reversed
    view: Array = room[1]
    view[...] = x
    return view


def fresh(x: Any) -> Callable[[], Any]:
    """A maker of copies of a Module, so that the caller's own stays as it is; or of the function."""
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
    module.double() if dtype == "float64" else module.float()
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


def _gradient(library: Any, x: Any) -> Seen | None:
    if x.grad is None:
        return None
    return Seen(np.array(x.grad.detach().numpy()), _short(x.grad.dtype))


def _backward(library: Any, leaves: list[Any], seed: int) -> None:
    """One reverse pass from all outputs, with standard normal cotangents that float32 has too."""
    rng = np.random.default_rng([seed, 1])  # not the inputs' stream: a cotangent must not be x
    ys, dys = [], []
    for y in leaves:
        if _is_tensor(library, y) and y.requires_grad:
            dy = rng.standard_normal(tuple(y.shape)).astype(np.float32)
            ys.append(y)
            dys.append(library.from_numpy(np.array(dy)).to(y.dtype))
    if ys:
        library.autograd.backward(ys, dys)
