"""Parameter and Buffer: the tensors that a Module owns, trained or not."""

from typing import Any

import numpy as np

from refnet import dtypes
from refnet.device import check_device
from refnet.tape import wrap
from refnet.tensor import Tensor


class _Owned(Tensor):
    """A tensor on the memory of another, as a leaf of its own."""

    def __init__(self, data: Any, requires_grad: bool) -> None:
        if data is None:
            self._array = np.empty(0, dtype=dtypes.get_default_dtype().dtype)
        elif isinstance(data, Tensor):
            self._array = data._real()
        else:
            name = type(self).__name__
            raise TypeError(f"{name} takes a Tensor or None, got {type(data).__name__}")
        self.requires_grad = requires_grad


class Parameter(_Owned):
    """A tensor that a Module lists among its parameters when it is assigned as an attribute.

    Arguments
        data           the tensor whose memory it takes; None for an empty one
        requires_grad  whether operations on it are recorded; so by default, also in no_grad

    Raises TypeError for data that is no Tensor, RuntimeError if a tensor that is not of a
    floating-point dtype shall require a gradient.
    Source: torch.nn.Parameter.
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

    Arguments
        data        the tensor whose memory it takes; None for an empty one
        persistent  whether state_dict() contains it

    Source: torch.nn.Buffer.
    """

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True) -> None:
        super().__init__(data, data is not None and data.requires_grad)
        self.persistent = persistent


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
