"""Walks over the tree of modules."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from refnet.nn.module import Module


def named_modules(
    module: "Module", memo: "set[Module]", prefix: str, remove_duplicate: bool
) -> "Iterator[tuple[str, Module]]":
    """The module and all below it, parents first; those in memo are left out."""
    if module in memo:
        return
    if remove_duplicate:
        memo.add(module)
    yield prefix, module
    for name, child in module._modules.items():
        if child is not None:
            yield from child.named_modules(memo, join(prefix, name), remove_duplicate)


def named_children(module: "Module") -> "Iterator[tuple[str, Module]]":
    """The modules one level below, each once."""
    seen = set()
    for name, child in module._modules.items():
        if child is not None and child not in seen:
            seen.add(child)
            yield name, child


def named_members(
    module: "Module", members: str, prefix: str, recurse: bool, remove_duplicate: bool
) -> Iterator[tuple[str, Any]]:
    """The entries of one dictionary (its name is `members`) of the module and of all below it."""
    owners: Iterable[tuple[str, Module]] = [(prefix, module)]
    if recurse:
        owners = module.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
    seen = set()
    for path, owner in owners:
        for name, member in getattr(owner, members).items():
            if member is None or member in seen:
                continue
            if remove_duplicate:
                seen.add(member)
            yield join(path, name), member


def join(prefix: str, name: str) -> str:
    """A dotted name."""
    return f"{prefix}.{name}" if prefix else name


def get_submodule(module: "Module", target: str) -> "Module":
    """The module with a dotted name."""
    for name in target.split(".") if target else []:
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        found = getattr(module, name)
        if not hasattr(found, "_modules"):
            raise AttributeError(f"`{name}` is not an nn.Module")
        module = found
    return module


def set_submodule(module: "Module", target: str, new: "Module", strict: bool) -> None:
    """Put a module in the place with a dotted name."""
    if target == "":
        raise ValueError("Cannot set the submodule without a target name!")
    path, _, name = target.rpartition(".")
    parent = get_submodule(module, path)
    if strict or hasattr(parent, name):
        get_submodule(parent, name)  # raises unless a module is there
    setattr(parent, name, new)


def get_member(module: "Module", target: str, members: str, kind: str) -> Any:
    """The entry with a dotted name of one dictionary of a module."""
    path, _, name = target.rpartition(".")
    owner = get_submodule(module, path)
    if not hasattr(owner, name):
        raise AttributeError(f"{owner._get_name()} has no attribute `{name}`")
    if name not in getattr(owner, members):
        raise AttributeError(f"`{name}` is not {kind}")
    return getattr(owner, members)[name]
