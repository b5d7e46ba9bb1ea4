"""Parameter and Buffer: the tensors that a Module owns, trained or not; and both before they have a
shape.
"""

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
    """A tensor on the memory of another, as a leaf of its own."""

    def __init__(self, data: Any, requires_grad: bool) -> None:
        if data is None:
            self._array = np.empty(0, dtype=dtypes.get_default_dtype().dtype)
        elif isinstance(data, Tensor):
            self._array = data._real()
        else:
            name = type(self).__name__
            raise TypeError(f"{name} takes a Tensor or None, got {type_name(data)}")
        self.requires_grad = requires_grad


class Parameter(_Owned):
    """A tensor that a Module lists among its parameters when it is assigned as an attribute.

    Args:
        data: the tensor whose memory it takes; None for an empty one
        requires_grad: whether operations on it are recorded; so by default, also in no_grad

    Raises TypeError for data that is no Tensor, RuntimeError if a tensor that is not of a
    floating-point dtype shall require a gradient.

    Source:
        torch.nn.Parameter.
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
    """A tensor that a Module lists among its buffers when it is assigned as an attribute.

    A buffer belongs to the module's state, as a running mean does, and is not trained.

    Args:
        data: the tensor whose memory it takes; None for an empty one
        persistent: whether state_dict() contains it

    Source:
        torch.nn.Buffer.
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
        of = dtypes.get_default_dtype() if dtype is None else dtype
        self._dtype = dtypes.from_numpy_dtype(dtypes.as_numpy(of))
        self.requires_grad = requires_grad

    def materialize(
        self, shape: Iterable[int], device: Any = None, dtype: dtypes.dtype | None = None
    ) -> None:
        """Become a Parameter or Tensor of this shape, the values of which are still to be set."""
        check_device(device)
        array = np.empty(tuple(shape), dtypes.as_numpy(self._dtype if dtype is None else dtype))
        self.__class__ = self.cls_to_become  # type: ignore[assignment]  # it stays the same object
        self.__dict__["_array"] = array

    @property
    def _array(self) -> Any:  # type: ignore[override]  # whatever works on values asks for it
        raise ValueError(
            f"an {type(self).__name__} has no values yet: call its module, or the network, with an "
            "input first, which tells the shape"
        )

    @property
    def dtype(self) -> dtypes.dtype:
        """The dtype that it will have."""
        return self._dtype

    @property
    def shape(self) -> Any:
        """Raises RuntimeError."""
        raise RuntimeError(
            f"Can't access the shape of an {type(self).__name__}. load_state_dict does so when it "
            "is to load one into an initialized module; call the lazy module with an input first"
        )

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """The same of another dtype."""
        target, _, _ = parse_to(*args, **kwargs)
        dtype = self._dtype if target is None else dtypes.from_numpy_dtype(target)
        return type(self)(self._requires_grad, dtype=dtype)

    @property
    def data(self) -> Any:
        """Itself. Assigning another one takes its dtype."""
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

    Until then only its dtype can be asked for and changed. Everything that needs values raises
    ValueError, the shape RuntimeError.

    Source:
        torch.nn.UninitializedParameter.
    """

    cls_to_become = Parameter

    def __init__(
        self, requires_grad: bool = True, device: Any = None, dtype: dtypes.dtype | None = None
    ) -> None:
        super().__init__(requires_grad, device, dtype)


class UninitializedBuffer(_Uninitialized, Buffer):
    """A buffer whose shape a lazy module learns from its first input; see UninitializedParameter.

    Source:
        torch.nn.UninitializedBuffer.
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
    """Whether it is an UninitializedParameter or UninitializedBuffer."""
    return isinstance(param, _Uninitialized)


def empty_parameter(*shape: int, device: Any = None, dtype: Any = None) -> Parameter:
    """A parameter without values yet, for a layer's reset_parameters to fill.

    device is "cpu" or None; dtype None stands for the default one. Raises RuntimeError for a
    negative size.
    """
    check_device(device)
    if any(n < 0 for n in shape):
        raise RuntimeError(f"Trying to create tensor with negative dimension: {list(shape)}")
    of = dtypes.as_numpy(dtypes.get_default_dtype() if dtype is None else dtype)
    return Parameter(wrap(np.empty(shape, of)))


_mirror(__name__)
