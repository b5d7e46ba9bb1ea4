"""Iteration over the tree of modules, as methods of Module: parameters, buffers, modules, ...

A dotted name such as "encoder.0.weight" is the path from the root to the member.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from refnet.engine.tensor import Tensor

if TYPE_CHECKING:
    from refnet.nn.module import Module
    from refnet.nn.parameter import Parameter


def named_modules(
    root: "Module",
    memo: "set[Module] | None" = None,
    prefix: str = "",
    remove_duplicate: bool = True,
) -> "Iterator[tuple[str, Module]]":
    """Yields the module and its descendants, parents first, with their dotted names.

    Args:
        memo: modules to leave out
        prefix: the name of the module itself
        remove_duplicate: yields a shared module once; otherwise under each of its names
    """
    memo = set() if memo is None else memo
    if root in memo:
        return
    if remove_duplicate:
        memo.add(root)
    yield prefix, root
    for name, child in root._modules.items():
        if child is not None:
            yield from child.named_modules(memo, _join(prefix, name), remove_duplicate)


def modules(root: "Module", remove_duplicate: bool = True) -> "Iterator[Module]":
    """Yields the module and its descendants.

    Args:
        remove_duplicate: yields a shared module once
    """
    return (m for _, m in root.named_modules(remove_duplicate=remove_duplicate))


def named_children(root: "Module") -> "Iterator[tuple[str, Module]]":
    """Yields the direct submodules with their names, each once."""
    seen = set()
    for name, child in root._modules.items():
        if child is not None and child not in seen:
            seen.add(child)
            yield name, child


def children(root: "Module") -> "Iterator[Module]":
    """Yields the direct submodules, each once."""
    return (m for _, m in root.named_children())


def named_parameters(
    root: "Module", prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
) -> "Iterator[tuple[str, Parameter]]":
    """Yields the parameters with their dotted names.

    Args:
        prefix: the name of the module itself
        recurse: whether to include the parameters of submodules
        remove_duplicate: yields a shared parameter once; otherwise under each of its names
    """
    return _named_members(root, "_parameters", prefix, recurse, remove_duplicate)


def parameters(root: "Module", recurse: bool = True) -> "Iterator[Parameter]":
    """Yields the parameters, in the order of named_parameters.

    Args:
        recurse: whether to include the parameters of submodules
    """
    return (p for _, p in root.named_parameters(recurse=recurse))


def named_buffers(
    root: "Module", prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
) -> Iterator[tuple[str, Tensor]]:
    """Yields the buffers with their dotted names.

    Args:
        prefix: the name of the module itself
        recurse: whether to include the buffers of submodules
        remove_duplicate: yields a shared buffer once; otherwise under each of its names
    """
    return _named_members(root, "_buffers", prefix, recurse, remove_duplicate)


def buffers(root: "Module", recurse: bool = True) -> Iterator[Tensor]:
    """Yields the buffers, in the order of named_buffers.

    Args:
        recurse: whether to include the buffers of submodules
    """
    return (b for _, b in root.named_buffers(recurse=recurse))


def _named_members(
    root: "Module", members: str, prefix: str, recurse: bool, remove_duplicate: bool
) -> Iterator[tuple[str, Any]]:
    """Yields the entries of the dictionary named `members` of the root and its descendants."""
    owners: Iterable[tuple[str, Module]] = [(prefix, root)]
    if recurse:
        owners = root.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
    seen = set()
    for path, owner in owners:
        for name, member in getattr(owner, members).items():
            if member is None or member in seen:
                continue
            if remove_duplicate:
                seen.add(member)
            yield _join(path, name), member


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


# --- by name ---------------------------------------------------------------------------------


def get_submodule(root: "Module", target: str) -> "Module":
    """Returns the submodule with a dotted name; the module itself for "".

    Args:
        target: the dotted name

    Raises:
        AttributeError: for an unknown name
    """
    module = root
    for name in target.split(".") if target else []:
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        found = getattr(module, name)
        if not hasattr(found, "_modules"):
            raise AttributeError(f"`{name}` is not an nn.Module")
        module = found
    return module


def set_submodule(root: "Module", target: str, module: "Module", strict: bool = False) -> None:
    """Puts a module at a dotted name.

    Args:
        target: the dotted name
        module: the new submodule
        strict: whether to require that a module has this name already

    Raises:
        ValueError: for ""
        AttributeError: for a path that does not lead to modules
    """
    if target == "":
        raise ValueError("Cannot set the submodule without a target name!")
    path, _, name = target.rpartition(".")
    parent = get_submodule(root, path)
    if strict or hasattr(parent, name):
        get_submodule(parent, name)  # raises unless it is a module
    setattr(parent, name, module)


def get_parameter(root: "Module", target: str) -> "Parameter":
    """Returns the parameter with a dotted name.

    Args:
        target: the dotted name

    Raises:
        AttributeError: for an unknown name
    """
    found: Parameter = _get_member(root, target, "_parameters", "an nn.Parameter")
    return found


def get_buffer(root: "Module", target: str) -> Tensor:
    """Returns the buffer with a dotted name.

    Args:
        target: the dotted name

    Raises:
        AttributeError: for an unknown name
    """
    found: Tensor = _get_member(root, target, "_buffers", "a buffer")
    return found


def _get_member(root: "Module", target: str, members: str, kind: str) -> Any:
    """Returns the entry with a dotted name of one dictionary of a module."""
    path, _, name = target.rpartition(".")
    owner = get_submodule(root, path)
    if not hasattr(owner, name):
        raise AttributeError(f"{owner._get_name()} has no attribute `{name}`")
    if name not in getattr(owner, members):
        raise AttributeError(f"`{name}` is not {kind}")
    return getattr(owner, members)[name]
