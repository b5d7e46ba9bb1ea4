"""Modules that contain modules: in sequence, in a list, by name."""

import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import Any, Self

from refnet.engine.tensor import Tensor
from refnet.nn.module import Module, block

__all__ = ["ModuleDict", "ModuleList", "Sequential"]


class _Numbered(Module):
    """Submodules under the names "0", "1", ...: the base of Sequential and ModuleList."""

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
        """Deletes modules and renumbers the others."""
        modules = list(self._modules.values())
        if isinstance(index, slice):
            del modules[index]
        else:
            del modules[absolute(index, len(self))]
        self._renumber(modules)

    def __getitem__(self, index: Any) -> Any:
        return self._modules[self._key(index)]

    def append(self, module: Module) -> Self:
        """Adds a module at the end.

        Args:
            module: the module

        Returns:
            the container itself
        """
        self.add_module(str(len(self)), module)
        return self

    def pop(self, key: int | slice) -> Any:
        """Removes modules and returns them.

        Args:
            key: an index, or a slice

        Returns:
            the module, or a container of several
        """
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
    """Returns the index counted from the start; raises IndexError if it is out of range."""
    index = operator.index(index)
    if not -size <= index < size:
        raise IndexError(f"index {index} is out of range")
    return index % size


class Sequential(_Numbered):
    """The composition of modules.

        y = fₙ(… f₂(f₁(x)))

    It can be indexed, sliced (which gives a Sequential), added to another one and multiplied by an
    integer (which repeats the same modules, with shared parameters).

    Args:
        *args: the modules f₁, f₂, …, which get the names "0", "1", …; or one OrderedDict of names
            and modules

    Source:
        torch.nn.Sequential

    Example:
        >>> model = nn.Sequential(nn.ReLU(), nn.Softsign())
        >>> model(refnet.tensor([-1.0, 1.0, 3.0]))
        tensor([0.0000, 0.5000, 0.7500])
        >>> model[:1]
        Sequential(
          (0): ReLU()
        )
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
        """Returns the output of the last module.

        Args:
            input: the argument of the first module

        Returns:
            a tensor, or another object that the last module returns
        """
        output: Tensor = input
        for module in self._modules.values():
            output = module(output)  # type: ignore[misc]  # None raises, as in PyTorch
        return output

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return super().__getitem__(index)

    def extend(self, sequential: Iterable[Module]) -> Self:
        """Adds modules at the end.

        Args:
            sequential: the modules

        Returns:
            the container itself
        """
        for module in list(sequential):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Inserts a module before an index and renumbers the modules after it.

        Args:
            index: the index of the new module
            module: the module

        Returns:
            the container itself

        Raises:
            IndexError: for an index that is out of range
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
    """A list whose modules are registered, unlike those of a Python list. It has no forward.

    Args:
        modules: an iterable of modules

    Source:
        torch.nn.ModuleList

    Example:
        >>> layers = nn.ModuleList([nn.Linear(2, 3), nn.ReLU()])
        >>> len(layers), layers[-1]
        (2, ReLU())
        >>> [name for name, p in layers.named_parameters()]
        ['0.weight', '0.bias']
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
        """Inserts a module before an index and renumbers the modules after it.

        Args:
            index: the index of the new module
            module: the module
        """
        self._insert(index, module)

    def extend(self, modules: Iterable[Module]) -> Self:
        """Adds modules at the end.

        Args:
            modules: an iterable of modules

        Returns:
            the list itself

        Raises:
            TypeError: for an argument that is not iterable
        """
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


def require_iterable(method: str, given: Any, expected: str = "iterable") -> None:
    """Raises TypeError for an argument that is not iterable."""
    if not isinstance(given, Iterable):
        raise TypeError(
            f"{method} should be called with an {expected}, but got {type(given).__name__}"
        )


def pairs(what: str, given: Any) -> Iterator[tuple[Any, Any]]:
    """Yields the keys and values of a mapping, a ModuleDict, a ParameterDict or a list of pairs."""
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
    """A dictionary whose modules are registered, in the order of insertion. It has no forward.

    Args:
        modules: a mapping, or an iterable of pairs

    Source:
        torch.nn.ModuleDict

    Example:
        >>> activations = nn.ModuleDict({"relu": nn.ReLU(), "tanh": nn.Tanh()})
        >>> activations["relu"](refnet.tensor([-1.0, 2.0]))
        tensor([0., 2.])
        >>> list(activations)
        ['relu', 'tanh']
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
        """Removes all entries."""
        self._modules.clear()

    def pop(self, key: str) -> Any:
        """Removes a module and returns it.

        Args:
            key: its name
        """
        return self._modules.pop(key)

    def keys(self) -> Iterable[str]:
        """Returns the names."""
        return self._modules.keys()

    def items(self) -> Iterable[tuple[str, Any]]:
        """Returns the pairs of names and modules."""
        return self._modules.items()

    def values(self) -> Iterable[Any]:
        """Returns the modules."""
        return self._modules.values()

    def update(self, modules: Any) -> None:
        """Adds modules; an existing name gets the new module.

        Args:
            modules: a mapping, or an iterable of pairs

        Raises:
            TypeError: for an argument that is neither
            ValueError: for an entry that does not have two parts
        """
        for key, module in pairs("ModuleDict", modules):
            self[key] = module
