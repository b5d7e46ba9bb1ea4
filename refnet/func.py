"""torch.func's functional_call. For derivatives of functions see refnet.autograd.functional."""

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
    """module(*args, **kwargs) with other tensors in the places of its parameters and buffers

    So the output is a function of the tensors, through which gradients go back to them. Afterwards the
    module has its own again. Where it assigns another tensor to a name that was given, the dictionary
    has it then.

    Args:
        parameter_and_buffer_dicts: tensors by dotted name; or several such dictionaries
        args, kwargs: of the call; args may be one argument that is not a tuple
        tie_weights: a tensor stands for all names of what the module has under several
        strict: refuse names that are missing or that the module does not have

    Raises ValueError for a name in two dictionaries, and for different tensors under tied names,
    RuntimeError for names that strict refuses, AttributeError for a submodule that there is not,
    TypeError for what is no tensor.

    Source:
        torch.func.functional_call
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
            f"{type(dicts).__name__} with something else"
        )
    names = [name for d in dicts for name in d]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(
            f"{repeated} appeared in multiple dictionaries; which of the tensors is meant?"
        )
    return {name: tensor for d in dicts for name, tensor in d.items()}


_mirror(__name__)
