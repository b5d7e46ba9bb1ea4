"""Conversion of all parameters to one vector, and back."""

from collections.abc import Iterable

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.argument_errors import refuse, type_name
from refnet.engine.tensor import Tensor
from refnet.functions.joining import cat

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """Returns the entries of all parameters in one vector.

    The operation is recorded, so gradients of the vector reach the parameters.

    Args:
        parameters: the parameters

    Raises:
        RuntimeError: for a parameter whose memory is not in the order of its indices

    Example:
        >>> nn.utils.parameters_to_vector([refnet.ones(2), refnet.zeros(2, 1)])
        tensor([1., 1., 0., 0.])
    """
    parameters = list(parameters)
    refuse("parameters", *parameters)
    return cat([p.view(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Splits a vector into the values of the parameters, one after another.

    The parameters become views of the vector's memory. Remaining entries are ignored.

    Args:
        vec: the vector
        parameters: the parameters

    Raises:
        TypeError: for a vec that is not a Tensor
        RuntimeError: for a vec that is too short; nothing is changed then

    Example:
        >>> p, q = nn.Parameter(refnet.zeros(2)), nn.Parameter(refnet.zeros(1))
        >>> nn.utils.vector_to_parameters(refnet.tensor([1.0, 2.0, 3.0]), [p, q])
        >>> p.data, q.data
        (tensor([1., 2.]), tensor([3.]))
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"vector_to_parameters(): expected a Tensor, got {type_name(vec)}")
    parameters = list(parameters)
    refuse("parameters", *parameters)
    start, views = 0, []
    for p in parameters:
        end = start + p.numel()
        if end > len(vec):
            raise RuntimeError(
                "vector_to_parameters(): expected as many entries as the parameters have, got "
                f"{len(vec)}"
            )
        views.append((p, vec[start:end].view_as(p)))
        start = end
    for p, view in views:
        p.data = view


_mirror(__name__)
