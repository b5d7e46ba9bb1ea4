"""functional_call of torch.func. refnet.autograd.functional has derivatives of functions."""

from collections.abc import Sequence
from typing import Any

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.nn.module import Module
from refnet.nn.utils.stateless import call

__all__ = ["functional_call"]


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: dict[str, Tensor] | Sequence[dict[str, Tensor]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Calls a module with other tensors in place of its parameters and buffers.

    Gradients of the output flow back to these tensors. After the call the module has its own
    tensors again. If the module assigns a new tensor to one of the names, the dictionary holds the
    new tensor.

    Args:
        module: module to call
        parameter_and_buffer_dicts: dictionary of tensors by dotted name, or several such
            dictionaries
        args: positional arguments of the call, a tuple; or one argument that is not a tuple
        kwargs: keyword arguments of the call
        tie_weights: whether a tensor given for one name of a shared parameter is used for all its
            names
        strict: whether missing and unknown names are errors

    Raises:
        ValueError: if a name is in two dictionaries, or tied names get different tensors
        RuntimeError: for missing and unknown names, if `strict`
        AttributeError: for a submodule that does not exist
        TypeError: for a value that is not a tensor

    Source:
        torch.func.functional_call

    Example:
        >>> layer = nn.Linear(2, 1)
        >>> tensors = {"weight": refnet.tensor([[1.0, 10.0]]), "bias": refnet.tensor([0.5])}
        >>> refnet.func.functional_call(layer, tensors, refnet.tensor([2.0, 3.0]))
        tensor([32.5000])
    """
    if isinstance(parameter_and_buffer_dicts, dict):
        tensors = parameter_and_buffer_dicts
    else:
        tensors = _merged(parameter_and_buffer_dicts)
    return call(module, tensors, args, kwargs, tie_weights, strict)


def _merged(dicts: Any) -> dict[str, Tensor]:
    if not isinstance(dicts, Sequence) or not all(isinstance(d, dict) for d in dicts):
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got a "
            f"{type(dicts).__name__} with other elements"
        )
    names = [name for d in dicts for name in d]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"{repeated} appeared in multiple dictionaries; give each name once")
    return {name: tensor for d in dicts for name, tensor in d.items()}


_mirror(__name__)
