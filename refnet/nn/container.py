"""Modules that hold modules: in a row, in a list, by name."""

import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import Any, Self

from refnet.engine.tensor import Tensor
from refnet.nn.module import Module, block

__all__ = ["ModuleDict", "ModuleList", "Sequential"]


class _Numbered(Module):
    """Submodules under the names "0", "1", ...: what Sequential and ModuleList share."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules.values())

    def _key(self, index: int) -> str:
        return list(self._modules)[absolute(index, len(self))]

    def _renumber(self, modules: Iterable[Module | None]) -> None:
        self._modules = {str(i): module for i, module in enumerate(modules)}

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, self._key(index), module)

    def __delitem__(self, index: int | slice) -> None:
        """Delete, and number what remains anew."""
        modules = list(self._modules.values())
        if isinstance(index, slice):
            del modules[index]
        else:
            del modules[absolute(index, len(self))]
        self._renumber(modules)

    def __getitem__(self, index: Any) -> Any:
        return self._modules[self._key(index)]

    def append(self, module: Module) -> Self:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def pop(self, key: int | slice) -> Any:
        """Remove a module, or several, and return it."""
        removed = self[key]
        del self[key]
        return removed

    def _insert(self, index: int, module: Module) -> None:
        if not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        modules = list(self._modules.values())
        modules.insert(index, module)
        self._renumber(modules)


def absolute(index: int, size: int) -> int:
    """The index counted from the start. Raises IndexError if it is out of range."""
    index = operator.index(index)
    if not -size <= index < size:
        raise IndexError(f"index {index} is out of range")
    return index % size


class Sequential(_Numbered):
    """y = fₙ(… f₂(f₁(x)))

    Args:
        modules f₁, f₂, …, named "0", "1", …; or one OrderedDict of names and modules

    It can be indexed, sliced (giving a Sequential), added to another and multiplied by an
    integer (the same modules again, sharing their parameters).

    Source:
        torch.nn.Sequential.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            named = args[0]
        else:
            named = OrderedDict((str(i), module) for i, module in enumerate(args))
        for name, module in named.items():
            self.add_module(name, module)

    def forward(self, input: Any) -> Tensor:
        """The output of the last module: a tensor, or whatever the last module gives."""
        output: Tensor = input
        for module in self._modules.values():
            output = module(output)  # type: ignore[misc]  # None is PyTorch's error here, too
        return output

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return super().__getitem__(index)

    def extend(self, sequential: Iterable[Module]) -> Self:
        """Add modules at the end."""
        for module in list(sequential):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Put a module before the one with this index, and number what follows anew.

        Raises IndexError for an index that is out of range.
        """
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Index out of range: {index}")
        self._insert(index, module)
        return self

    def __add__(self, other: "Sequential") -> "Sequential":
        _require_sequential(other)
        return Sequential(*self, *other)

    def __iadd__(self, other: "Sequential") -> Self:
        _require_sequential(other)
        return self.extend(other)

    def __mul__(self, other: int) -> "Sequential":
        _require_factor(self, other)
        return Sequential(*list(self) * other)

    __rmul__ = __mul__

    def __imul__(self, other: int) -> Self:
        _require_factor(self, other)
        return self.extend(list(self) * (other - 1))


def _require_sequential(other: Any) -> None:
    if not isinstance(other, Sequential):
        raise ValueError(
            f"add operator supports only objects of Sequential class, but {type(other)} is given."
        )


def _require_factor(sequential: Sequential, factor: Any) -> None:
    if not isinstance(factor, int):
        raise TypeError(f"unsupported operand type(s) for *: {type(sequential)} and {type(factor)}")
    if factor <= 0:
        raise ValueError(f"Non-positive multiplication factor {factor} for {type(sequential)}")


class ModuleList(_Numbered):
    """A list of modules. It has no forward; its modules are registered, as in a Python list
    they would not be.

    Args:
        modules: an iterable of them

    Source:
        torch.nn.ModuleList
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return super().__getitem__(index)

    def insert(self, index: int, module: Module) -> None:
        """Put a module before the one with this index, and number what follows anew."""
        self._insert(index, module)

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end."""
        require_iterable("ModuleList.extend", modules)
        for module in list(modules):
            self.append(module)
        return self

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def __add__(self, other: Iterable[Module]) -> "ModuleList":
        return ModuleList(chain(self, other))

    def __repr__(self) -> str:
        children = []
        start = 0
        for text, same in groupby(map(repr, self)):  # equal neighbours share a line
            n = len(list(same))
            if n == 1:
                children.append((f"({start})", text))
            else:
                children.append((f"({start}-{start + n - 1})", f"{n} x {text}"))
            start += n
        return block(self._get_name(), [], children)


def require_iterable(method: str, given: Any, of: str = "iterable") -> None:
    if not isinstance(given, Iterable):
        raise TypeError(f"{method} should be called with an {of}, but got {type(given).__name__}")


def pairs(what: str, given: Any) -> Iterator[tuple[Any, Any]]:
    """The keys and values of a mapping (also a ModuleDict or ParameterDict), or a list of pairs."""
    require_iterable(f"{what}.update", given, "iterable of key/value pairs")
    if hasattr(given, "items"):
        yield from given.items()
        return
    for i, pair in enumerate(given):
        if not isinstance(pair, Iterable):
            raise TypeError(
                f"{what} update sequence element #{i} should be Iterable; is {type(pair).__name__}"
            )
        entries = tuple(pair)
        if len(entries) != 2:
            raise ValueError(
                f"{what} update sequence element #{i} has length {len(entries)}; 2 is required"
            )
        yield entries


class ModuleDict(Module):
    """Modules by name, in the order in which they came. It has no forward.

    Args:
        modules: a mapping, or an iterable of pairs

    Source:
        torch.nn.ModuleDict
    """

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Remove all."""
        self._modules.clear()

    def pop(self, key: str) -> Any:
        """Remove a module and return it."""
        return self._modules.pop(key)

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._modules.keys()

    def items(self) -> Iterable[tuple[str, Any]]:
        """The names and modules."""
        return self._modules.items()

    def values(self) -> Iterable[Any]:
        """The modules."""
        return self._modules.values()

    def update(self, modules: Any) -> None:
        """Add the modules of a mapping or an iterable of pairs; a known name gets the new one."""
        for key, module in pairs("ModuleDict", modules):
            self[key] = module
