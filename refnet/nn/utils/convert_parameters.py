"""All parameters as one vector, and back."""

from collections.abc import Iterable

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.argument_errors import refuse, type_name
from refnet.engine.tensor import Tensor
from refnet.functions.joining import cat


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The entries of all parameters in a row; recorded, so gradients lead back to them.

    Raises RuntimeError for one whose memory is not in the order of its indices.
    """
    parameters = list(parameters)
    refuse("parameters", *parameters)
    return cat([p.view(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Give the parameters, one after another, the entries of vec: views of its memory.

    Entries that are left over are ignored. Raises TypeError if vec is no Tensor, RuntimeError
    where it ends too early; nothing is changed then.
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"vec must be a Tensor, got {type_name(vec)}")
    parameters = list(parameters)
    refuse("parameters", *parameters)
    start, views = 0, []
    for p in parameters:
        end = start + p.numel()
        if end > len(vec):
            raise RuntimeError(f"vec has {len(vec)} entries, but the parameters have more")
        views.append((p, vec[start:end].view_as(p)))
        start = end
    for p, view in views:
        p.data = view


_mirror(__name__)
