"""What no argument may be, and what stands for a dtype: asked of the calls that the cases make.

The first call of each public function and class with each set of arguments (tracing.py) is made
again with one argument exchanged: a tensor for PyTorch's, a number, tensor or dtype for a complex
one, a dtype for another name of the same.
"""

import copy
import functools
import inspect
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from parity_tests.tracing import by_object, identity, public, traces

# Functions, "name(argument)", that take anything, each with its reason.
_ANYTHING = "it answers for anything"
_HANDED_ON = "it hands its argument on to a function of the user's, or back"
TAKES: dict[str, str] = {
    "is_tensor(obj)": _ANYTHING,
    "typename(obj)": _ANYTHING,
    "can_cast(from_)": "it makes no tensor",
    "can_cast(to)": "it makes no tensor",
    "promote_types(type1)": "it makes no tensor",
    "promote_types(type2)": "it makes no tensor",
    "utils.checkpoint.checkpoint(args)": _HANDED_ON,
    "utils.data.default_convert(data)": _HANDED_ON,
    "set_rng_state(new_state)": "a state may come from torch.get_rng_state()",
    "utils.data.Subset(dataset)": _HANDED_ON,
    "nn.utils.parametrize.ParametrizationList(original)": _HANDED_ON,
    "nn.Hardtanh(min_val)": "the old names of the bounds, which the call gives too, come first",
    "nn.Hardtanh(max_val)": "the old names of the bounds, which the call gives too, come first",
    "nn.Lazy*Norm*(dtype)": "without affine and statistics, there is nothing of any dtype",
}


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """Some of the calls change the settings of the library."""
    threads, dtype = refnet.get_num_threads(), refnet.get_default_dtype()
    yield
    refnet.set_grad_enabled(True)
    refnet.set_num_threads(threads)
    refnet.set_default_dtype(dtype)


def is_tensor(x: Any) -> bool:
    return isinstance(x, refnet.Tensor) and "_array" in vars(x)


def to_torch(x: Any) -> Any:
    """The tensors in an argument as PyTorch's; None if there are none."""
    if is_tensor(x):
        return torch.tensor(x.detach().numpy())
    if type(x) in (list, tuple) and any(map(is_tensor, x)):
        return type(x)(to_torch(part) if is_tensor(part) else part for part in x)
    return None


def to_complex(x: Any) -> Any:
    if is_tensor(x):
        return x.detach().numpy() + 0j
    if isinstance(x, refnet.dtype):
        return refnet.complex64
    return x + 1j if type(x) is float else None


def to_numpys_complex(x: Any) -> Any:
    return np.complex64(x + 1j) if type(x) is float else None


@functools.cache
def calls(name: str) -> list[dict[str, Any]]:
    """The arguments of the calls that work: some cases are of errors."""
    return [
        arguments
        for trace in traces().values()
        for called, arguments in trace.calls
        if called == name and works(name, arguments)
    ]


def works(name: str, arguments: dict[str, Any]) -> bool:
    try:
        call(name, arguments)
    except Exception:  # noqa: BLE001 - whatever it is
        return False
    return True


def names(*, functions: bool = True, below: str = "") -> list[str]:
    """The public functions that the cases call, or the classes, of a module."""
    found = {name for trace in traces().values() for name, _ in trace.calls}
    return sorted(
        name
        for name in found
        if inspect.isclass(public()[name]) != functions and name.startswith(below)
    )


def call(name: str, arguments: dict[str, Any]) -> Any:
    f = public()[name]
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for p in inspect.signature(f).parameters.values():
        value = arguments[p.name]
        changeable = is_tensor(value) or isinstance(value, (list, refnet.nn.Module))
        value = copy.deepcopy(value) if changeable else value
        if p.kind is p.VAR_POSITIONAL:
            positional += value
        elif p.kind is p.VAR_KEYWORD:
            named |= value
        elif p.kind is p.KEYWORD_ONLY:
            named[p.name] = value
        else:
            positional.append(value)
    return f(*positional, **named)


def exchanged(name: str, other: Callable[[Any], Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The calls with one argument exchanged, and which: "name(argument)"."""
    f = public()[name]
    all_names = () if inspect.isclass(f) else by_object()[identity(f)]
    only_method = all_names and all(n.startswith("Tensor.") for n in all_names)
    for arguments in calls(name):
        for i, (argument, value) in enumerate(arguments.items()):
            if only_method and i == 0:
                continue  # x.method(): who is asked is x itself
            instead = other(value)
            what = f"{name}({argument})"
            if instead is not None and not any(fnmatchcase(what, taken) for taken in TAKES):
                yield what, {**arguments, argument: instead}


def check(names: list[str], other: Callable[[Any], Any], words: str) -> None:
    """Every exchanged argument is refused, in these words."""
    wrong = []
    tried = 0
    for name in names:
        for what, arguments in exchanged(name, other):
            tried += 1
            try:
                call(name, arguments)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
                if not re.search(words, str(error)) or isinstance(error, AttributeError):
                    wrong.append(f"{what}: {type(error).__name__}: {error}")
            else:
                wrong.append(f"{what} is accepted")
    assert tried
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def test_pytorchs_tensors_are_refused_with_advice() -> None:
    check(names(), to_torch, r"torch\.Tensor; use refnet\.from_numpy\(x\.numpy\(\)\)")


def test_classes_refuse_pytorchs_tensors() -> None:
    check(names(functions=False), to_torch, "Tensor")


def test_complex_arguments_are_refused_by_name() -> None:
    arrays = r"(inputs|v)(\[\d\])? must be a Tensor|vector_to_parameters\(\): expected a Tensor|cannot save"
    default = "only floating-point types are supported as the default type"
    check(names(), to_complex, f"complex tensors are not supported|{arrays}|{default}")
    check(names(), to_numpys_complex, "complex tensors are not supported")


def test_layers_refuse_complex_options() -> None:
    check(names(functions=False, below="nn."), to_complex, "")


# --- dtypes --------------------------------------------------------------------------------------

SPELLINGS: dict[str, Callable[[refnet.dtype], Any]] = {
    "np.dtype": lambda d: d.dtype,
    "type": lambda d: d.dtype.type,
    "name": lambda d: d.dtype.name,
}


def dtypes_in(x: Any) -> list[Any]:
    """The dtypes of a result, of the tensors in it or of its parameters."""
    if isinstance(x, refnet.nn.Module):
        return [p.dtype for p in x.parameters()]
    if isinstance(x, (list, tuple)):
        return [d for part in x for d in dtypes_in(part)]
    if isinstance(x, (refnet.finfo, refnet.iinfo, refnet.Tensor, refnet.nn.Parameter)):
        return [x.dtype]
    return [x] if isinstance(x, (refnet.dtype, bool)) else []


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_dtype_may_be_numpys(spelling: str) -> None:
    other = SPELLINGS[spelling]
    tried = set()
    for name in names() + names(functions=False):
        for arguments in calls(name):
            for argument, value in arguments.items():
                parts = value if isinstance(value, tuple) else (value,)
                if not any(isinstance(part, refnet.dtype) for part in parts):
                    continue
                tried.add(name)
                instead = tuple(other(p) if isinstance(p, refnet.dtype) else p for p in parts)
                changed = {
                    **arguments,
                    argument: instead if isinstance(value, tuple) else instead[0],
                }
                expected = dtypes_in(call(name, arguments))
                assert dtypes_in(call(name, changed)) == expected, f"{name}({argument})"
                refnet.set_default_dtype(refnet.float32)
    assert {"tensor", "zeros", "sum", "Tensor.to", "nn.Linear", "finfo"} <= tried


@pytest.mark.parametrize(
    ("python", "expected"), [(float, refnet.float64), (int, refnet.int64), (bool, refnet.bool)]
)
def test_a_dtype_may_be_pythons(python: type, expected: refnet.dtype) -> None:
    assert str(torch.zeros(1, dtype=python).dtype)[6:] == str(expected)[7:]
    assert refnet.zeros(1, dtype=python).dtype is expected
    assert refnet.ones(1).to(python).dtype is expected
