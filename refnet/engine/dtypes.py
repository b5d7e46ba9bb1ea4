"""The dtypes: PyTorch's names for NumPy's, and PyTorch's rule for mixing them.

The tensors with at least one dimension determine the dtype of a result. A 0-d tensor, and then a
Python number, only counts if its category is higher (bool < integer < floating point < complex).

Source: PyTorch's "Tensor Attributes" page, type promotion.
"""

import builtins
import math
from typing import Any, ClassVar

import numpy as np

from refnet.engine.argument_errors import no_complex, not_a_tensor
from refnet.engine.grad_mode import state

__all__ = [
    "bool", "complex64", "complex128", "double", "dtype", "float", "float16", "float32", "float64",
    "get_default_dtype", "half", "int", "int8", "int16", "int32", "int64", "long", "result_type",
    "set_default_dtype", "short", "uint8",
]  # fmt: skip


class dtype:  # noqa: N801 - PyTorch's name
    """A dtype such as refnet.float32. NumPy accepts it wherever it accepts its own dtypes.

    It equals NumPy's dtype object and has the same hash; like PyTorch's, it does not equal
    np.float32, which is a type.

    Args:
        name: the name, which is also NumPy's

    Attributes:
        itemsize: bytes of one element
        is_floating_point: whether it is a floating-point dtype
        is_complex: whether it is a complex dtype
        is_signed: whether it has negative numbers

    Example:
        >>> refnet.ones(2).dtype
        refnet.float32
        >>> refnet.float32 == np.dtype("float32"), refnet.float32.itemsize
        (True, 4)
    """

    _by_numpy: ClassVar[dict[np.dtype[Any], "dtype"]] = {}

    def __init__(self, name: str) -> None:
        self._name = name
        self.dtype = np.dtype(name)  # np.dtype(x) reads the attribute `dtype` of x
        self.itemsize = self.dtype.itemsize
        self.is_floating_point = self.dtype.kind == "f"
        self.is_complex = self.dtype.kind == "c"
        self.is_signed = self.dtype.kind in "ifc"
        self._by_numpy[self.dtype] = self

    def __repr__(self) -> str:
        return f"refnet.{self._name}"

    def __hash__(self) -> builtins.int:
        return hash(self.dtype)

    def __reduce__(self) -> str:
        return self._name  # copy and pickle give the one object of that name


float16 = dtype("float16")
float32 = dtype("float32")
float64 = dtype("float64")
complex64 = dtype("complex64")
complex128 = dtype("complex128")
int8 = dtype("int8")
int16 = dtype("int16")
int32 = dtype("int32")
int64 = dtype("int64")
uint8 = dtype("uint8")
bool = dtype("bool")
half, float, double = float16, float32, float64
short, int, long = int16, int32, int64

_default = float32


def get_default_dtype() -> dtype:
    """Returns the floating-point dtype of tensors created from Python floats.

    Example:
        >>> refnet.get_default_dtype()
        refnet.float32
    """
    return _default


def set_default_dtype(d: Any) -> None:
    """Sets the floating-point dtype of tensors created from Python floats.

    Args:
        d: a floating-point dtype

    Raises:
        TypeError: for a dtype that is not a floating-point one

    Example:
        >>> refnet.set_default_dtype(refnet.float64)
        >>> refnet.tensor([1.0]).dtype
        refnet.float64
        >>> refnet.set_default_dtype(refnet.float32)
    """
    global _default
    found = lookup(d)
    if not found.is_floating_point:
        raise TypeError(f"only floating-point types are supported as the default type, got {d!r}")
    _default = found


def from_numpy_dtype(d: np.dtype[Any]) -> dtype:
    """Returns the refnet dtype of a NumPy dtype.

    Raises:
        TypeError: for a dtype that refnet lacks (strings, objects, longdouble)
    """
    try:
        return dtype._by_numpy[d]
    except KeyError:
        raise TypeError(
            f"can't convert an array of dtype {d} to a tensor; expected {_names()}"
        ) from None


def _names() -> str:
    """Returns the names of the dtypes that tensors can have, for errors."""
    return ", ".join(x._name for x in dtype._by_numpy.values() if not x.is_complex)


# NumPy's types that stand for several dtypes. For them, older versions of np.dtype choose one.
_ABSTRACT = (
    np.generic, np.number, np.integer, np.signedinteger, np.unsignedinteger, np.inexact,
    np.floating, np.complexfloating, np.flexible, np.character,
)  # fmt: skip


def find(d: Any) -> dtype | None:
    """Returns the refnet dtype that an argument denotes, or None.

    The argument may be refnet's or NumPy's dtype, NumPy's name of one, or float, int or bool.
    """
    if isinstance(d, dtype):
        return d
    python = (builtins.float, builtins.int, builtins.bool, complex)
    if isinstance(d, (np.dtype, str)) or (
        isinstance(d, type) and (d in python or (issubclass(d, np.generic) and d not in _ABSTRACT))
    ):
        try:
            return dtype._by_numpy.get(np.dtype(d))
        except (TypeError, ValueError, SyntaxError):  # a name that NumPy does not know
            pass
    return None


def lookup(d: Any) -> dtype:
    """Returns the refnet dtype that an argument denotes.

    Raises:
        TypeError: for an argument that is not a dtype, and for a dtype that refnet lacks
    """
    found = find(d)
    if found is None:
        raise TypeError(f"expected a dtype of refnet or NumPy ({_names()}), got {d!r}")
    return found


def as_numpy(d: Any) -> np.dtype[Any]:
    """Returns the NumPy dtype of an argument `dtype`.

    Raises:
        TypeError: for an argument that is not a dtype, and for a complex dtype outside of the
            complex step
    """
    found = lookup(d)
    if found.is_complex and not state.complex_step:
        raise no_complex("dtype", found)
    return found.dtype


CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


def category(d: np.dtype[Any]) -> builtins.int:
    """Returns 0 for booleans, 1 for integers, 2 for floating point, 3 for complex."""
    return CATEGORY[d.kind]


def refuse_cast(result: np.dtype[Any], output: np.dtype[Any]) -> None:
    """Raises PyTorch's error if the result has a higher category than the output, but not 3."""
    if result.kind != "c" and category(result) > category(output):
        raise RuntimeError(
            f"result type {result} can't be cast to the desired output type {output}"
        )


def _number_dtype(x: Any) -> np.dtype[Any]:
    if isinstance(x, np.generic):
        x = x.item()
    if isinstance(x, builtins.bool):
        return bool.dtype
    if isinstance(x, builtins.int):
        return int64.dtype
    if isinstance(x, builtins.float):
        return _default.dtype
    raise not_a_tensor("an operand", x, "Tensor or a number")


def join(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    """Returns the common dtype of two operands of equal priority."""
    if category(a) != category(b) and 2 in (category(a), category(b)):
        if 3 not in (category(a), category(b)):
            return a if a.kind == "f" else b  # int64 and float32 make float32, unlike NumPy
    return np.promote_types(a, b)


def result_dtype(*operands: Any) -> np.dtype[Any]:
    """Returns the NumPy dtype of an operation on tensors and Python numbers (torch.result_type)."""
    decided: list[np.dtype[Any] | None] = [None, None, None]  # tensors, 0-d tensors, numbers
    for x in operands:
        array = getattr(x, "_array", None)
        if array is None:
            rank, d = 2, _number_dtype(x)
        else:
            rank, d = (0 if array.ndim else 1), array.dtype
        previous = decided[rank]
        decided[rank] = d if previous is None else join(previous, d)
    result: np.dtype[Any] | None = None
    for d2 in decided:
        if d2 is None:
            continue
        if result is None:
            result = d2
        elif category(d2) > category(result):
            result = join(result, d2) if result.kind == "f" else d2
    assert result is not None
    return result


def result_type(tensor: Any, other: Any) -> dtype:
    """Returns the dtype of an operation on two operands.

    Args:
        tensor: a tensor or a number
        other: a tensor or a number

    Example:
        >>> refnet.result_type(refnet.tensor([1, 2]), 1.0)
        refnet.float32
        >>> refnet.result_type(refnet.tensor([1, 2], dtype=refnet.uint8), 1)
        refnet.uint8
    """
    return from_numpy_dtype(result_dtype(tensor, other))


def promote(*operands: Any) -> tuple[Any, ...]:
    """Casts the operands of an elementwise operation so that NumPy's result has PyTorch's dtype.

    Tensors are cast by a recorded operation, so each gradient has the dtype of its operand. Python
    integers beside integer tensors are cast, too: PyTorch keeps their lowest bits, where NumPy
    raises. Other numbers stay as they are, since NumPy also gives the array's dtype priority.
    """
    if len(operands) == 2:  # most calls, and most of these need no cast
        a, b = operands
        x, y = getattr(a, "_array", None), getattr(b, "_array", None)
        if x is not None and y is not None:
            if x.dtype == y.dtype:
                return operands
        elif (
            x is not None and x.dtype.kind == "f" and type(b) in (builtins.float, builtins.int)
        ) or (y is not None and y.dtype.kind == "f" and type(a) in (builtins.float, builtins.int)):
            return operands
    to = result_dtype(*operands)
    return tuple([cast(x, to) for x in operands])


def promote_floating(a: Any, b: Any) -> tuple[Any, Any]:
    """Casts two operands of a function that computes integers in the default dtype."""
    x, y = getattr(a, "_array", None), getattr(b, "_array", None)
    if (x is None or x.dtype.kind == "f") and (y is None or y.dtype.kind == "f"):
        if x is not None or y is not None:
            return promote(a, b)
    to = result_dtype(a, b)
    to = _default.dtype if to.kind in "biu" else to
    return (
        builtins.float(a) if x is None else cast(a, to),
        builtins.float(b) if y is None else cast(b, to),
    )


def cast(x: Any, to: np.dtype[Any]) -> Any:
    """Casts a tensor by a recorded operation; complex tensors of the complex step and None stay.

    A Python integer becomes a tensor of an integer dtype; other numbers stay.

    Raises:
        OverflowError: for an integer beyond 64 bits
    """
    array = getattr(x, "_array", None)
    if array is None:
        return _wrapped(x, to) if to.kind in "iu" and isinstance(x, builtins.int) else x
    if array.dtype == to or array.dtype.kind == "c":
        return x
    if to.kind == "c":
        return x  # the complex step: NumPy widens the real operand itself
    from refnet import ops
    from refnet.engine.tape import apply

    return apply(ops.cast, x, dtype=to)


def _wrapped(n: builtins.int, to: np.dtype[Any]) -> Any:
    """Returns the 0-d tensor of an integer's lowest bits, in two's complement."""
    if not -(2**63) <= n < 2**64:
        raise OverflowError(f"int too big to convert: expected at most 64 bits, got {n}")
    from refnet.engine.tensor import wrap

    return wrap(np.asarray(n % 2**64, np.uint64).astype(to))


_LARGEST = {2: 65504.0, 4: builtins.float.fromhex("0x1.fffffep+127"), 8: math.inf}  # by bytes


def wide(to: np.dtype[Any]) -> np.dtype[Any]:
    """Returns the dtype in which PyTorch computes a result of this dtype: float32 for float16."""
    return float32.dtype if to == float16.dtype else to


def converted(value: Any, to: np.dtype[Any], function: str) -> Any:
    """Converts a number to a dtype as PyTorch does.

    Integer dtypes truncate, and for booleans every number except 0 is True. Unsigned dtypes accept
    negative integers down to minus their largest number, in two's complement.

    Raises:
        RuntimeError: for a number that the dtype cannot represent: inf and NaN for integers, finite
            numbers beyond the largest one for floating point
        OverflowError: for an integer beyond 64 bits
    """
    if type(value) is builtins.float and to.kind == "f" and -65504 <= value <= 65504:
        return value  # most numbers; every floating-point dtype can represent them
    if to.kind == "b":
        return builtins.bool(value)
    if isinstance(value, builtins.int) and not -(2**63) <= value < 2**64:
        raise OverflowError(f"int too big to convert: expected at most 64 bits, got {value}")
    if to.kind == "c":  # the complex step
        return value
    if to.kind == "f":
        if not _LARGEST[to.itemsize] < abs(value) < math.inf:
            return builtins.float(value)
    else:
        values = 2 ** (8 * to.itemsize)
        most = values - 1 if to.kind == "u" else values // 2 - 1
        wraps = to.kind == "u" and isinstance(value, builtins.int)
        if (-most if wraps else most + 1 - values) <= value <= most:
            return builtins.int(value) % values if wraps else builtins.int(value)
    raise RuntimeError(
        f"{function}(): value cannot be converted to type {from_numpy_dtype(to)} without overflow: "
        f"got {value}"
    )
