"""The TypeError for an argument that is not what it should be: a tensor, a number, real."""

from typing import Any

import numpy as np


def not_a_tensor(where: str, value: Any, expected: str = "Tensor") -> TypeError:
    """The TypeError for a value that is not what was expected; it says what to do with PyTorch's
    tensors.

    Args:
        where: what was given it: "relu(): argument 'input' (position 1)"
    """
    if is_torch(value):
        return TypeError(f"{where}: expected a refnet.Tensor, got a {type_name(value)}")
    if is_complex(value):
        return no_complex(where, value)
    return TypeError(f"{where} must be {expected}, not {type(value).__name__}")


def refuse(where: str, *values: Any) -> None:
    """Raise the TypeError if one of the values is a complex number or PyTorch's tensor."""
    for value in values:
        if KIND[type(value)] in ("complex", "torch"):
            raise not_a_tensor(where, value)


def type_name(value: Any) -> str:
    """The name of a value's type; of PyTorch's tensor, also what to do about it."""
    if is_torch(value):
        attached = ".detach()" if value.requires_grad else ""
        return f"torch.Tensor; use refnet.from_numpy(x{attached}.numpy())"
    return type(value).__name__


def no_complex(where: str, value: Any) -> TypeError:
    """The TypeError for a complex number, array or dtype."""
    got = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else repr(value)
    return TypeError(f"{where}: complex tensors are not supported, got {got}")


def is_complex(value: Any) -> bool:
    """Whether a value that a user gave is a complex number or array."""
    kind = KIND[type(value)]
    return kind == "complex" or (kind == "array" and value.dtype.kind == "c")


def is_torch(value: Any) -> bool:
    """Whether it is one of PyTorch's tensors."""
    return KIND[type(value)] == "torch"


class _Kinds(dict[type, str]):
    """By type: "complex" for numbers, "array" for NumPy's, "torch" for PyTorch's tensors, which
    need not be there; "" for any other.
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
