"""Weight normalisation, for nn.utils.weight_norm and its parametrization."""

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.dims import one_dim
from refnet.functions.operands import require_tensor
from refnet.functions.reduction import norm
from refnet.functions.shape import movedim

ALL = -1  # value of dim that means all dimensions, unlike in other functions


def lengths(v: Tensor, dim: int) -> Tensor:
    """Computes the norms of the slices of v along dim.

    Args:
        v: a tensor
        dim: the dimension; ALL gives the norm of all entries

    Returns:
        The norms, with size 1 in the other dimensions; for ALL a 0-d tensor

    Raises:
        IndexError: v has no dimension dim
        TypeError: v is not a tensor
    """
    require_tensor(v)
    if dim == ALL:
        return norm(v)
    kept = one_dim(dim, v.ndim)
    n = v.size(kept)
    rows = movedim(v, kept, 0).reshape(n, -1)
    return norm(rows, dim=1).reshape([n if i == kept else 1 for i in range(v.ndim)])


def weight_norm(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """Computes g v / ‖v‖ with the norms of lengths(v, dim).

    The gradient is derived in `refnet.ops.weight_norm`.
    """
    kept = None if dim == ALL else one_dim(dim, v.ndim)
    others = tuple(i for i in range(v.ndim) if i != kept)
    return apply(ops.weight_norm, v, g, dim=others)
