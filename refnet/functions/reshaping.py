"""In-place changes of a tensor's shape: squeeze_, unsqueeze_, transpose_, …

Only the sizes and strides of the tensor change. Its memory and the views of it stay as they are.
"""

from collections.abc import Callable
from typing import Any

from refnet.engine.in_place import refuse_leaf
from refnet.engine.tensor import Tensor
from refnet.functions.shape import squeeze, swapaxes, t, transpose, unsqueeze


def _itself(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The form of a function that gives a view, in which the tensor becomes the view."""

    def changed(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        refuse_leaf(input)
        shown = function(input, *args, **kwargs)
        input._array = shown._array
        if shown._edge:
            input._edge = shown._edge
        return input

    changed.__name__ = changed.__qualname__ = function.__name__ + "_"
    changed.__doc__ = f"{function.__name__} in place: {function.__doc__}"
    return changed


squeeze_ = _itself(squeeze)
t_ = _itself(t)
transpose_ = swapdims_ = _itself(transpose)
swapaxes_ = _itself(swapaxes)
unsqueeze_ = _itself(unsqueeze)
