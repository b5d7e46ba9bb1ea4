"""The TypeError for an argument of a wrong type: not a tensor, not a number, or complex."""

from numbers import Integral
from typing import Any

import numpy as np


def is_integer(value: Any) -> bool:
    """Tells whether a value is an integer of Python or NumPy; a bool is not, as in PyTorch."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def not_a_tensor(where: str, value: Any, expected: str = "Tensor") -> TypeError:
    """Returns the TypeError for a value of a wrong type; it says how to convert PyTorch's tensors.

    Args:
        where: the argument, such as "relu(): argument 'input' (position 1)"
        value: its value
        expected: the expected type
    """
    if is_torch(value):
        return TypeError(f"{where}: expected a refnet.Tensor, got a {type_name(value)}")
    if is_complex(value):
        return no_complex(where, value)
    return TypeError(f"{where} must be {expected}, not {type(value).__name__}")


def refuse(where: str, *values: Any) -> None:
    """Raises the TypeError if one of the values is a complex number or PyTorch's tensor."""
    for value in values:
        if KIND[type(value)] in ("complex", "torch"):
            raise not_a_tensor(where, value)


def type_name(value: Any) -> str:
    """Returns the name of a value's type; for PyTorch's tensor, also the way to convert it."""
    if is_torch(value):
        attached = ".detach()" if value.requires_grad else ""
        return f"torch.Tensor; use refnet.from_numpy(x{attached}.numpy())"
    return type(value).__name__


def no_complex(where: str, value: Any) -> TypeError:
    """Returns the TypeError for a complex number, array or dtype."""
    got = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else repr(value)
    return TypeError(f"{where}: complex tensors are not supported, got {got}")


def is_complex(value: Any) -> bool:
    """Returns whether a value from the user is a complex number or array."""
    kind = KIND[type(value)]
    return kind == "complex" or (kind == "array" and value.dtype.kind == "c")


def is_torch(value: Any) -> bool:
    """Returns whether the value is one of PyTorch's tensors."""
    return KIND[type(value)] == "torch"


class _Kinds(dict[type, str]):
    """Kinds of values, by type: "complex", "array", "torch", or "" for all others.

    "complex" is a number, "array" is NumPy's, "torch" is PyTorch's tensor, which is recognised
    without importing PyTorch.
    """

    def __missing__(self, cls: type) -> str:
        kind = ""
        if issubclass(cls, (complex, np.complexfloating)):
            kind = "complex"
        elif issubclass(cls, np.ndarray):
            kind = "array"
        elif any(base.__module__ == "torch" and base.__name__ == "Tensor" for base in cls.__mro__):
            kind = "torch"
        self[cls] = kind
        return kind


KIND = _Kinds()
