"""Modules that hold parameters: in a list, by name."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self

from refnet.engine.tensor import Tensor
from refnet.nn.container import absolute, pairs, require_iterable
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter

__all__ = ["ParameterDict", "ParameterList"]


def _owned(value: Any) -> Any:
    """A plain tensor as a Parameter; anything else as it is."""
    if isinstance(value, Tensor) and not isinstance(value, Parameter):
        return Parameter(value)
    return value


def _lines(entries: Iterable[tuple[Any, Any]], kind: Callable[[Parameter], Any]) -> str:
    """PyTorch's text: a line for each entry."""
    lines = []
    for key, value in entries:
        if isinstance(value, Parameter):
            size = "x".join(map(str, value.shape))
            lines.append(f"  ({key}): Parameter containing: [{kind(value)} of size {size}]")
        else:
            lines.append(f"  ({key}): Object of type: {type(value).__name__}")
    return "\n".join(lines)


class ParameterList(Module):
    """A list whose parameters are registered, under the names "0", "1", …

    A plain tensor becomes a Parameter; other objects are kept as they are.

    Args:
        values: an iterable of entries

    Source:
        torch.nn.ParameterList
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(self[i] for i in range(len(self))[index])
        return getattr(self, str(absolute(index, len(self))))

    def __setitem__(self, index: int, value: Any) -> None:
        setattr(self, str(absolute(index, len(self))), _owned(value))

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(len(self))])

    def __iadd__(self, values: Iterable[Any]) -> Self:
        return self.extend(values)

    def append(self, value: Any) -> Self:
        """Add an entry at the end."""
        self._size += 1
        self[self._size - 1] = value
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Add entries at the end."""
        if isinstance(values, Tensor):  # its rows are hardly what was meant
            raise TypeError(
                "ParameterList.extend should be called with an iterable, but got Tensor"
            )
        require_iterable("ParameterList.extend", values)
        for value in list(values):
            self.append(value)
        return self

    def extra_repr(self) -> str:
        """One line for each entry."""
        return _lines(enumerate(self), lambda p: p.dtype)


def _require_name(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the keys of a ParameterDict are strings, got {type(key).__name__}")
    return key


class ParameterDict(Module):
    """A dictionary whose parameters are registered.

    A plain tensor becomes a Parameter; other objects are kept as they are.

    Args:
        parameters: a mapping, or an iterable of pairs

    Raises:
        TypeError for a name that is no string, AttributeError for one that is unknown

    Source:
        torch.nn.ParameterDict
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key: str) -> Any:
        return getattr(self, _require_name(key))

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, _require_name(key), _owned(value))
        self._keys[key] = None

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._keys)

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def __or__(self, other: "ParameterDict") -> "ParameterDict":
        merged = self.copy()
        merged.update(other)
        return merged

    def __ior__(self, other: "ParameterDict") -> Self:
        self.update(other)
        return self

    def copy(self) -> "ParameterDict":
        """Another dictionary of the same entries."""
        return ParameterDict(OrderedDict(self.items()))

    def clear(self) -> None:
        """Remove all."""
        for key in list(self._keys):
            del self[key]

    def pop(self, key: str) -> Any:
        """Remove an entry and return it."""
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[str, Any]:
        """Remove the entry that came last, and return it with its name."""
        if not self._keys:
            raise KeyError("popitem(): dictionary is empty")
        key = next(reversed(self._keys))
        return key, self.pop(key)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The entry of this name; it is the default if there was none."""
        if key not in self._keys:
            self[key] = default
        return self[key]

    def get(self, key: str, default: Any = None) -> Any:
        """The entry of this name, or the default."""
        return self[key] if key in self._keys else default

    @classmethod
    def fromkeys(cls, keys: Iterable[str], default: Any = None) -> "ParameterDict":
        """A dictionary with these names and one value for all."""
        return cls((key, default) for key in keys)

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._keys.keys()

    def items(self) -> Iterable[tuple[str, Any]]:
        """The names and entries."""
        return [(key, self[key]) for key in self._keys]

    def values(self) -> Iterable[Any]:
        """The entries."""
        return [self[key] for key in self._keys]

    def update(self, parameters: Any) -> None:
        """Add the entries of a mapping, or of an iterable of pairs; a known name gets the new one.

        Those of a plain dict are added in the order of their names, as PyTorch does.
        """
        entries = list(pairs("ParameterDict", parameters))
        if isinstance(parameters, Mapping) and not isinstance(parameters, OrderedDict):
            entries.sort(key=lambda entry: entry[0])
        for key, value in entries:
            self[key] = value

    def extra_repr(self) -> str:
        """One line for each entry."""
        return _lines(self.items(), lambda p: p.type())
