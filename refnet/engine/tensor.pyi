from typing import TYPE_CHECKING, TypeVar

from refnet.ops.rule import Array

if TYPE_CHECKING:  # mypy then looks at the functions first, whose types the methods have
    from refnet.engine.tensor_methods import Tensor as Tensor

_T = TypeVar("_T")

def wrap(array: Array) -> Tensor: ...
def complete(cls: type[_T]) -> type[_T]: ...
