"""What a public function says of an argument that should have been a tensor.

Functions take their arguments for what they should be, and look at `input._array` without asking first.
Given a number, a string or None, that is an AttributeError from somewhere inside. The public form of a
function turns it into PyTorch's TypeError, which names the argument; the way of a good call is as before.
"""

import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

import numpy as np

from refnet.lookup import Text

_forms: dict[Callable[..., Any], Callable[..., Any]] = {}  # refnet.exp is Tensor.exp


def publish(namespace: Mapping[str, Any], module: str) -> dict[str, Any]:
    """The public form of the functions in the namespace of a module: of refnet.functions, and its own.

    Operators (`__add__`) and names with an underscore in front stay as they are.
    """
    return {
        name: _forms.get(value) or _public(value, module)
        for name, value in namespace.items()
        if type(value) is FunctionType
        and name[0] != "_"
        and (value.__module__.startswith("refnet.functions.") or value.__module__ == module)
    }


def _public(function: Callable[..., Any], module: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except AttributeError as error:
            refusal = _no_tensor(function, args, kwargs, error)
            if refusal is None:
                raise
            raise refusal from None

    # As functools.wraps does, in a third of its time: there are 440 of them.
    call.__name__, call.__qualname__ = function.__name__, function.__qualname__
    call.__doc__, call.__module__ = function.__doc__, module
    call.__wrapped__ = function  # type: ignore[attr-defined]
    _forms[function] = call
    return call


def _no_tensor(
    function: Callable[..., Any], args: Any, kwargs: Any, error: AttributeError
) -> TypeError | None:
    """The error for the argument that lacks an attribute of tensors, or of their arrays; None if it is
    something else."""
    from refnet.tensor import Tensor

    looked_for = {"_array", *dir(Tensor), *dir(np.ndarray)}
    text = error.args[0] if error.args else ""
    missing = text.name if isinstance(text, Text) else error.name
    if isinstance(error.obj, Tensor) or missing not in looked_for:
        return None
    signature = inspect.signature(function)
    for position, (name, value) in enumerate(signature.bind(*args, **kwargs).arguments.items(), 1):
        if value is None and signature.parameters[name].default is None:
            continue
        where = f"{function.__name__}(): argument '{name}' (position {position}) must be"
        if value is error.obj:
            return TypeError(f"{where} Tensor, not {type(value).__name__}")
        if isinstance(value, (tuple, list)) and any(x is error.obj for x in value):
            return TypeError(f"{where} tuple of Tensors, but has a {type(error.obj).__name__}")
    return None
