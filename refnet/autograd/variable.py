"""Variable: what a tensor with a place on the tape was called before PyTorch 0.4."""

from typing import Any

from refnet.functions.gradients import detach
from refnet.tensor import Tensor


class _VariableType(type):
    """The type of Variable: it answers isinstance."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_VariableType):
    """The tensor as a leaf on the same memory; every Tensor is an instance. Old model files have it.

    Arguments
        data           a tensor; None for an empty one
        requires_grad  whether operations on it are recorded
        volatile       has no effect, as in PyTorch since 0.4

    Raises TypeError for data that is no tensor.
    """

    def __new__(
        cls, data: Any = None, requires_grad: bool | None = None, volatile: bool | None = None
    ) -> Any:
        """See the class."""
        if data is None:
            data = Tensor()
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        return detach(data).requires_grad_(bool(requires_grad))
