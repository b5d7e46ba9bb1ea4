"""In-place changes of a tensor's shape: squeeze_, unsqueeze_, transpose_, …

Only the sizes and strides of the tensor change; its memory and its views do not.
"""

from refnet.engine.tensor import Tensor
from refnet.functions.operands import in_place
from refnet.functions.shape import squeeze, swapaxes, t, transpose, unsqueeze


def _become(input: Tensor, view: Tensor) -> Tensor:
    """Gives a tensor the sizes, strides and node of a view of it."""
    input._array = view._array
    if view._edge:
        input._edge = view._edge
    return input


squeeze_ = in_place(squeeze, _become)
t_ = in_place(t, _become)
transpose_ = swapdims_ = in_place(transpose, _become)
swapaxes_ = in_place(swapaxes, _become)
unsqueeze_ = in_place(unsqueeze, _become)
