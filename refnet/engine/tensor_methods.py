"""Tensor: an array and its place on the tape, with PyTorch's attributes and methods."""

import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, overload

from refnet.compatibility import memory_formats
from refnet.compatibility.device import check_device, device
from refnet.compatibility.lookup import absent_attribute
from refnet.display import printing
from refnet.engine import copies, dtypes
from refnet.engine.argument_errors import type_name
from refnet.engine.dtypes import dtype, from_numpy_dtype
from refnet.engine.memory import owner
from refnet.engine.methods import Methods
from refnet.engine.size import Size
from refnet.engine.tape import Node
from refnet.engine.tensor import complete
from refnet.engine.views import Output, Unplaced
from refnet.functions import axes, comparison, gradients, rearranging, shape as shapes, splitting
from refnet.functions.creation import legacy_array
from refnet.functions.dims import one_dim
from refnet.functions.operands import is_number
from refnet.ops.rule import Array

_cpu = device()


@complete
class Tensor(Methods):
    """An array, with its place on the tape.

    The methods that the class body does not define are functions of refnet.functions:
    `refnet.exp(x)` and `x.exp()` are the same function.

    Args:
        *data: sizes, which give uninitialised values, or the values as a sequence
        device: "cpu" or None

    Example:
        >>> x = refnet.tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> x.grad
        tensor([2., 4.])
    """

    # The attributes of refnet.engine.tensor
    _array: Array
    _requires_grad: bool
    _edge: Node | Output | Unplaced | None
    _grad: "Tensor | None"
    _hooks: dict[int, Callable[..., Any]] | None
    _retains: bool
    _base: "Tensor | None"
    _views: "list[weakref.ref[Tensor]] | None"
    _head: "Tensor | None"
    _is_data: bool
    _kind: str | None
    _internal: ClassVar[frozenset[str]]

    __array_priority__ = 1000  # array * tensor is tensor.__rmul__ (functions/operators.py)

    def __init__(self, *data: Any, device: Any = None) -> None:
        """PyTorch's legacy constructor; prefer refnet.tensor and refnet.empty.

        Tensor(2, 3) is uninitialised, Tensor([1, 2]) has these values, both with the default dtype.
        """
        check_device(device)
        self._array = legacy_array(data, dtypes.get_default_dtype().dtype)

    def _real(self) -> Array:
        """Returns the array without the direction of the complex step."""
        return self._array.real if self._array.dtype.kind == "c" else self._array

    # --- its array -------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The sizes of the dimensions."""
        return Size(self._array.shape)

    @overload
    def size(self, dim: None = None) -> Size: ...
    @overload
    def size(self, dim: int) -> int: ...
    @overload
    def size(self, *, axis: int) -> int: ...

    def size(self, dim: int | None = None, *, axis: int | None = None) -> Any:
        """Returns the shape, or the size of one dimension.

        Args:
            dim: the dimension; None for all
            axis: NumPy's name of dim

        Raises:
            IndexError: for a dimension that the tensor lacks
        """
        if dim is None:
            if axis is None:
                return Size(self._array.shape)
            dim = axis
        n = max(self._array.ndim, 1)
        if not -n <= dim < n:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], "
                f"but got {dim})"
            )
        return self._array.shape[dim]

    @property
    def dtype(self) -> dtype:
        """The dtype, such as refnet.float32."""
        return from_numpy_dtype(self._array.dtype)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    def dim(self) -> int:
        """Returns the number of dimensions."""
        return self._array.ndim

    ndimension = dim

    def numel(self) -> int:
        """Returns the number of elements."""
        return self._array.size

    nelement = numel

    def element_size(self) -> int:
        """Returns the number of bytes of one element."""
        return self._array.itemsize

    @property
    def itemsize(self) -> int:
        """The number of bytes of one element."""
        return self._array.itemsize

    @property
    def nbytes(self) -> int:
        """The number of bytes of all elements."""
        return self._array.nbytes

    @property
    def device(self) -> device:
        """Always the CPU."""
        return _cpu

    @property
    def is_cuda(self) -> bool:
        """Always False."""
        return False

    @property
    def is_cpu(self) -> bool:
        """Always True."""
        return True

    @property
    def is_sparse(self) -> bool:
        """Always False."""
        return False

    @property
    def is_quantized(self) -> bool:
        """Always False."""
        return False

    @property
    def layout(self) -> memory_formats.layout:
        """Always refnet.strided."""
        return memory_formats.strided

    def get_device(self) -> int:
        """Returns -1, which means the CPU."""
        return -1

    @overload
    def stride(self, dim: None = None) -> tuple[int, ...]: ...
    @overload
    def stride(self, dim: int) -> int: ...
    @overload
    def stride(self, *, axis: int) -> int: ...

    def stride(self, dim: int | None = None, *, axis: int | None = None) -> Any:
        """Returns the strides in elements (not bytes), or the stride of one dimension.

        Args:
            dim: the dimension; None for all
            axis: NumPy's name of dim

        Raises:
            IndexError: for a dimension that the tensor lacks
        """
        strides = memory_formats.element_strides(self._array)
        dim = axis if dim is None else dim
        return strides if dim is None else strides[one_dim(dim, len(strides))]

    def is_contiguous(self, *, memory_format: memory_formats.memory_format | None = None) -> bool:
        """Returns whether the elements lie in memory without gaps, in the order of a memory format.

        Args:
            memory_format: the format; None for refnet.contiguous_format, the order of the indices
        """
        x = self._array
        if memory_format is None:
            return bool(x.flags.c_contiguous)
        format = memory_formats.checked(memory_format, memory_formats.contiguous_format)
        return memory_formats.is_in(format, x.shape, memory_formats.element_strides(x))

    def storage_offset(self) -> int:
        """Returns the number of elements before the first one in the tensor's memory."""
        start = owner(self._array).ctypes.data
        return (self.data_ptr() - start) // self._array.itemsize

    def data_ptr(self) -> int:
        """Returns the address of the first element."""
        return int(self._array.ctypes.data)

    @property
    def T(self) -> "Tensor":  # noqa: N802 - PyTorch's name
        """The tensor with its dimensions in reverse order."""
        return shapes.permute(self, tuple(reversed(range(self.ndim))))

    @property
    def mT(self) -> "Tensor":  # noqa: N802 - PyTorch's name
        """The tensor with its last two dimensions swapped; a 0-d tensor is unchanged.

        Raises:
            RuntimeError: for a tensor of one dimension
        """
        if self.ndim == 1:
            raise RuntimeError("tensor.mT is only supported on matrices or batches of matrices")
        return shapes.transpose(self, -2, -1) if self.ndim else shapes.view(self, ())

    def __len__(self) -> int:
        if self._array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self._array)

    def __iter__(self) -> Iterator["Tensor"]:
        if self._array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(splitting.unbind(self, 0))

    def __reversed__(self) -> "Tensor":
        return rearranging.flip(self, 0) if self._array.ndim else self

    def __contains__(self, element: Any) -> bool:
        if not isinstance(element, Tensor) and not is_number(element):
            raise RuntimeError(
                f"__contains__(): expected a Tensor or a number, got {type(element).__name__}"
            )
        return bool(comparison.eq(self, element)._real().any())

    @property
    def H(self) -> "Tensor":  # noqa: N802 - PyTorch's name
        """The matrix with its dimensions swapped; a 0-d tensor is unchanged.

        Raises:
            RuntimeError: for a tensor of another number of dimensions
        """
        if self.ndim == 1 or self.ndim > 2:
            raise RuntimeError(
                f"tensor.H is only supported on matrices (2-D tensors). Got {self.ndim}-D tensor."
            )
        return axes.adjoint(self)

    @property
    def mH(self) -> "Tensor":  # noqa: N802 - PyTorch's name
        """The tensor with its last two dimensions swapped; a 0-d tensor is unchanged.

        Raises:
            RuntimeError: for a tensor of one dimension
        """
        return axes.adjoint(self)

    __hash__ = object.__hash__  # by identity, as in PyTorch, since == compares elements

    def _repr_html_(self) -> str | None:
        """Returns what a notebook shows; PyTorch does not define it."""
        from refnet.display.notebook import tensor_html

        return tensor_html(self)

    def __repr__(self) -> str:
        return printing.tensor_repr(self)

    if not TYPE_CHECKING:  # with __getattr__, a type checker would accept every name

        def __getattr__(self, name: str) -> Any:
            raise absent_attribute(self, "Tensor", name)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self._array.ndim == 0 else object.__format__(self, spec)

    def __dir__(self) -> list[str]:
        return sorted(name for name in object.__dir__(self) if name != "_array")

    # --- its place on the tape ---------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether operations on the tensor are recorded."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if self._edge:
            if not value:
                raise RuntimeError(
                    "you can only change requires_grad flags of leaf variables; use detach() to "
                    "get a tensor that does not require a gradient"
                )
            return
        if value and not (self.dtype.is_floating_point or self.dtype.is_complex):
            raise RuntimeError(
                f"only Tensors of floating point dtype can require gradients, got {self.dtype}"
            )
        if self._edge is not None:  # an Unplaced one
            if not value:
                return
            self._edge = None
        self._requires_grad = bool(value)

    @property
    def is_leaf(self) -> bool:
        """Whether the tensor is not the result of a recorded operation."""
        return not self._edge

    @property
    def grad_fn(self) -> Node | None:
        """The recorded operation that computed the tensor; None for a leaf."""
        edge: Any = self._edge or None
        node: Node | None = edge.node if isinstance(edge, Output) else edge
        return node

    @property
    def output_nr(self) -> int:
        """The index among the outputs of grad_fn."""
        return self._edge.index if isinstance(self._edge, Output) else 0

    @property
    def grad(self) -> "Tensor | None":
        """The gradient that backward() accumulated; only leaves and retain_grad() keep one."""
        return self._grad

    @grad.setter
    def grad(self, value: "Tensor | None") -> None:
        if value is not None:
            gradients.check_grad(self, value)
        self._grad = value

    @property
    def data(self) -> "Tensor":
        """A tensor on the same memory that is not recorded. Assigning to it gives new values."""
        twin = self.detach()
        twin._is_data = True
        return twin

    @data.setter
    def data(self, value: "Tensor") -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"Tensor.data: expected a Tensor, got {type_name(value)}")
        self._array = value._real()

    @property
    def retains_grad(self) -> bool:
        """Whether retain_grad() was called on a tensor that is not a leaf."""
        return self._retains

    __copy__ = copies.shallow
    __deepcopy__ = copies.deep
    __reduce_ex__ = copies.reduce_ex
