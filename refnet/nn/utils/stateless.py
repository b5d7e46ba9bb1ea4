"""Calls of a module with other tensors instead of its parameters and buffers."""

import warnings
from typing import Any

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.argument_errors import type_name
from refnet.engine.tensor import Tensor
from refnet.nn.module import Module

__all__ = ["functional_call"]

Tensors = dict[str, Tensor]

_NOTHING: Any = object()  # the value of a name that the module lacks


def functional_call(
    module: Module,
    parameters_and_buffers: Tensors,
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Deprecated name of refnet.func.functional_call, with one dictionary; gives a FutureWarning.

    Args:
        module: the module
        parameters_and_buffers: tensors by dotted name
        args: the arguments of the module, a tuple or a single argument
        kwargs: its keyword arguments
        tie_weights: whether a tensor replaces a shared parameter under all of its names
        strict: whether missing and unexpected names are errors

    Returns:
        the output of the module
    """
    warnings.warn(
        "`nn.utils.stateless.functional_call` is deprecated; use `func.functional_call` instead.",
        FutureWarning,
        stacklevel=2,
    )
    return call(module, parameters_and_buffers, args, kwargs, tie_weights, strict)


def call(
    module: Module,
    tensors: Tensors,
    args: Any,
    kwargs: dict[str, Any] | None,
    tie_weights: bool,
    strict: bool,
) -> Any:
    """Returns module(*args, **kwargs) with other tensors; see refnet.func.functional_call."""
    if args is None:
        args = ()
    elif not isinstance(args, tuple):
        args = (args,)
    given = _with_tied(module, tensors) if tie_weights else tensors
    if strict:
        _check_keys(module, given)
    previous: list[tuple[str, Any]] = []
    try:
        for name, tensor in given.items():
            previous.append((name, _swap(module, name, tensor)))
        return module(*args, **(kwargs or {}))
    finally:
        for name, tensor in reversed(previous):
            left = _swap(module, name, tensor)
            if name in tensors:
                tensors[name] = left  # the module may have replaced it


def _with_tied(module: Module, tensors: Tensors) -> Tensors:
    """Returns the tensors, with an entry for each name of a shared parameter.

    Raises:
        ValueError: for different tensors under names of the same parameter
    """
    names: dict[Tensor, set[str]] = {}
    for members in (module.named_parameters, module.named_buffers):
        for name, member in members(remove_duplicate=False):
            names.setdefault(member, set()).add(name)
    result = dict(tensors)
    for tied in names.values():
        values = {tensors[name] for name in tied if name in tensors}
        if len(values) > 1:
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(tied)}, which are tied. "
                "Consider using tie_weights=False"
            )
        for value in values:
            result.update(dict.fromkeys(tied, value))
    return result


def _check_keys(module: Module, tensors: Tensors) -> None:
    """Raises RuntimeError for missing and unexpected names."""
    own = {name for name, _ in module.named_parameters(remove_duplicate=False)}
    own |= {name for name, _ in module.named_buffers(remove_duplicate=False)}
    problems = []
    for kind, keys in ("Unexpected", tensors.keys() - own), ("Missing", own - tensors.keys()):
        if keys:
            problems.append(f"{kind} key(s): {', '.join(map(repr, sorted(keys)))}.")
    if problems:
        raise RuntimeError(
            f"Error(s) in reparametrizing for {module._get_name()}: " + " ".join(problems)
        )


def _swap(module: Module, name: str, tensor: Any) -> Any:
    """Puts a tensor at a name and returns the previous one."""
    if tensor is not None and tensor is not _NOTHING and not isinstance(tensor, Tensor):
        raise TypeError(f"{name} must be a Tensor or None, got {type_name(tensor)}")
    path, _, last = name.rpartition(".")
    owner = module.get_submodule(path)
    if not last:
        raise KeyError(
            f"functional_call(): expected a name that ends in a parameter or buffer, got {name!r}"
        )
    places: Any = next((p for p in (owner._parameters, owner._buffers) if last in p), None)
    if places is None:
        previous = getattr(owner, last, _NOTHING)
        if previous is not None and previous is not _NOTHING and not isinstance(previous, Tensor):
            raise TypeError(f"attribute `{last}`: {previous} is not an instance of Tensor")
        if tensor is _NOTHING:
            delattr(owner, last)
        else:
            setattr(owner, last, tensor)
    else:
        previous, places[last] = places[last], tensor
    return previous


_mirror(__name__)
