"""Parameter and Buffer, the tensors that a Module owns, and their forms without a shape yet."""

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from refnet.compatibility.device import check_device
from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine import dtypes
from refnet.engine.argument_errors import type_name
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.casting import parse_to

__all__ = ["Buffer", "Parameter", "UninitializedBuffer", "UninitializedParameter"]


class _Owned(Tensor):
    """A leaf tensor on the memory of another tensor."""

    def __init__(self, data: Any, requires_grad: bool) -> None:
        if data is None:
            self._array = np.empty(0, dtype=dtypes.get_default_dtype().dtype)
        elif isinstance(data, Tensor):
            self._array = data._real()
        else:
            name = type(self).__name__
            raise TypeError(f"{name}(): expected a Tensor or None, got {type_name(data)}")
        self.requires_grad = requires_grad


class Parameter(_Owned):
    """A trainable tensor: a Module registers it when it is assigned as an attribute.

    Args:
        data: the tensor with which the parameter shares its memory; None for an empty one
        requires_grad: whether operations on it are recorded; by default True, also in no_grad mode

    Raises:
        TypeError: for data that is not a Tensor
        RuntimeError: for a dtype that is not floating-point, if requires_grad

    Source:
        torch.nn.Parameter

    Example:
        >>> w = nn.Parameter(refnet.tensor([1.0, 2.0]))
        >>> w
        Parameter containing:
        tensor([1., 2.], requires_grad=True)
        >>> (w * w).sum().backward()
        >>> w.grad
        tensor([2., 4.])
    """

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        super().__init__(data, requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict[Any, Any]) -> "Parameter":
        if id(self) not in memo:  # the copy starts without a gradient, as in PyTorch
            twin = memo[id(self)] = type(self).__new__(type(self))
            twin._array = self._array.copy(order="K")
            twin._requires_grad = self._requires_grad
        copied: Parameter = memo[id(self)]
        return copied


class Buffer(_Owned):
    """A tensor that is not trained: a Module registers it when it is assigned as an attribute.

    A buffer, such as a running mean, belongs to the module's state.

    Args:
        data: the tensor with which the buffer shares its memory; None for an empty one
        persistent: whether state_dict() contains the buffer

    Raises:
        TypeError: for data that is not a Tensor

    Source:
        torch.nn.Buffer

    Example:
        >>> model = nn.Module()
        >>> model.count = nn.Buffer(refnet.zeros(2))
        >>> list(model.buffers()), list(model.parameters())
        ([tensor([0., 0.])], [])
    """

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True) -> None:
        super().__init__(data, isinstance(data, Tensor) and data.requires_grad)
        self.persistent = persistent


class _Uninitialized(Tensor):
    """A parameter or buffer of a lazy module: it has a dtype, but no shape and no values yet."""

    cls_to_become: ClassVar[type[Tensor]]

    def __init__(
        self, requires_grad: bool, device: Any = None, dtype: dtypes.dtype | None = None
    ) -> None:
        check_device(device)
        kind = dtypes.get_default_dtype() if dtype is None else dtype
        self._dtype = dtypes.from_numpy_dtype(dtypes.as_numpy(kind))
        self.requires_grad = requires_grad

    def materialize(
        self, shape: Iterable[int], device: Any = None, dtype: dtypes.dtype | None = None
    ) -> None:
        """Becomes a Parameter or Tensor of this shape, with uninitialised values.

        Args:
            shape: the shape
            device: "cpu" or None
            dtype: None keeps the dtype
        """
        check_device(device)
        array = np.empty(tuple(shape), dtypes.as_numpy(self._dtype if dtype is None else dtype))
        self.__class__ = self.cls_to_become  # type: ignore[assignment]  # it stays the same object
        self.__dict__["_array"] = array

    @property
    def _array(self) -> Any:  # type: ignore[override]  # every operation reads it
        raise ValueError(
            f"an {type(self).__name__} has no values yet: call its module, or the network, with an "
            "input first, which determines the shape"
        )

    @property
    def dtype(self) -> dtypes.dtype:
        """The dtype of the future parameter or buffer."""
        return self._dtype

    @property
    def shape(self) -> Any:
        """Not known yet.

        Raises:
            RuntimeError: always
        """
        raise RuntimeError(
            f"Can't access the shape of an {type(self).__name__}. This happens when "
            "load_state_dict loads it into an initialized module; call the lazy module with an "
            "input first"
        )

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """Returns an uninitialised parameter or buffer of another dtype.

        Args:
            *args: the arguments of Tensor.to
            **kwargs: its keyword arguments
        """
        target, _, _ = parse_to(*args, **kwargs)
        dtype = self._dtype if target is None else dtypes.from_numpy_dtype(target)
        return type(self)(self._requires_grad, dtype=dtype)

    @property
    def data(self) -> Any:
        """The object itself. Assigning a tensor sets the dtype to that of the tensor."""
        return self

    @data.setter
    def data(self, value: Any) -> None:
        self._dtype = value.dtype

    __reduce_ex__ = object.__reduce_ex__  # type: ignore[assignment]  # it has no memory

    def __copy__(self) -> Any:
        return self.to()

    def __deepcopy__(self, memo: dict[Any, Any]) -> Any:
        return memo.setdefault(id(self), self.to())

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class UninitializedParameter(_Uninitialized, Parameter):
    """A Parameter whose shape a lazy module learns from its first input.

    Before that, only its dtype can be read and changed. Operations raise ValueError, shape raises
    RuntimeError.

    Args:
        requires_grad: whether operations on the parameter will be recorded
        device: "cpu" or None
        dtype: None for the default dtype

    Source:
        torch.nn.UninitializedParameter

    Example:
        >>> layer = nn.LazyLinear(3)
        >>> layer.weight
        <UninitializedParameter>
        >>> y = layer(refnet.ones(1, 2))
        >>> layer.weight.shape
        refnet.Size([3, 2])
    """

    cls_to_become = Parameter

    def __init__(
        self, requires_grad: bool = True, device: Any = None, dtype: dtypes.dtype | None = None
    ) -> None:
        super().__init__(requires_grad, device, dtype)


class UninitializedBuffer(_Uninitialized, Buffer):
    """A buffer whose shape a lazy module learns from its first input; see UninitializedParameter.

    Args:
        requires_grad: whether operations on the buffer will be recorded
        device: "cpu" or None
        dtype: None for the default dtype
        persistent: whether state_dict() contains the buffer

    Source:
        torch.nn.UninitializedBuffer

    Example:
        >>> buffer = nn.UninitializedBuffer()
        >>> buffer.materialize((2, 3))
        >>> buffer.shape
        refnet.Size([2, 3])
    """

    cls_to_become = Tensor

    def __init__(
        self,
        requires_grad: bool = False,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
        persistent: bool = True,
    ) -> None:
        super().__init__(requires_grad, device, dtype)
        self.persistent = persistent


def is_lazy(param: Any) -> bool:
    """Returns whether the argument is an UninitializedParameter or UninitializedBuffer."""
    return isinstance(param, _Uninitialized)


def empty_parameter(*shape: int, device: Any = None, dtype: Any = None) -> Parameter:
    """Returns an uninitialised parameter, which a layer's reset_parameters fills.

    Args:
        *shape: the shape
        device: "cpu" or None
        dtype: None for the default dtype

    Raises:
        RuntimeError: for a negative size
    """
    check_device(device)
    if any(n < 0 for n in shape):
        raise RuntimeError(f"Trying to create tensor with negative dimension: {list(shape)}")
    kind = dtypes.as_numpy(dtypes.get_default_dtype() if dtype is None else dtype)
    return Parameter(wrap(np.empty(shape, kind)))


_mirror(__name__)
