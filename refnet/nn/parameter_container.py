"""Modules that contain parameters: in a list, by name."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self

from refnet.engine.tensor import Tensor
from refnet.nn.container import absolute, pairs, require_iterable
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter

__all__ = ["ParameterDict", "ParameterList"]


def _owned(value: Any) -> Any:
    """Returns a plain tensor as a Parameter, anything else as it is."""
    if isinstance(value, Tensor) and not isinstance(value, Parameter):
        return Parameter(value)
    return value


def _lines(entries: Iterable[tuple[Any, Any]], kind: Callable[[Parameter], Any]) -> str:
    """Returns one line for each entry, as PyTorch prints it."""
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

    Example:
        >>> weights = nn.ParameterList([refnet.ones(2), refnet.zeros(3)])
        >>> [name for name, p in weights.named_parameters()]
        ['0', '1']
        >>> weights[0]
        Parameter containing:
        tensor([1., 1.], requires_grad=True)
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
        """Adds an entry at the end.

        Args:
            value: the entry

        Returns:
            the list itself
        """
        self._size += 1
        self[self._size - 1] = value
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Adds entries at the end.

        Args:
            values: an iterable of entries

        Returns:
            the list itself

        Raises:
            TypeError: for a single tensor, and for an argument that is not iterable
        """
        if isinstance(values, Tensor):  # taking its rows would hide a mistake
            raise TypeError(
                "ParameterList.extend should be called with an iterable, but got Tensor"
            )
        require_iterable("ParameterList.extend", values)
        for value in list(values):
            self.append(value)
        return self

    def extra_repr(self) -> str:
        """Returns one line for each entry."""
        return _lines(enumerate(self), lambda p: p.dtype)


def _require_name(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"ParameterDict(): expected a str as key, got {type(key).__name__}")
    return key


class ParameterDict(Module):
    """A dictionary whose parameters are registered.

    A plain tensor becomes a Parameter; other objects are kept as they are.

    Args:
        parameters: a mapping, or an iterable of pairs

    Raises:
        TypeError: for a name that is not a string
        AttributeError: for an unknown name

    Source:
        torch.nn.ParameterDict

    Example:
        >>> scales = nn.ParameterDict({"left": refnet.ones(2)})
        >>> scales["right"] = refnet.zeros(2)
        >>> list(scales), "left" in scales
        (['left', 'right'], True)
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
        """Returns another dictionary with the same entries."""
        return ParameterDict(OrderedDict(self.items()))

    def clear(self) -> None:
        """Removes all entries."""
        for key in list(self._keys):
            del self[key]

    def pop(self, key: str) -> Any:
        """Removes an entry and returns it.

        Args:
            key: its name
        """
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[str, Any]:
        """Removes the last entry and returns its name and value.

        Raises:
            KeyError: if the dictionary is empty
        """
        if not self._keys:
            raise KeyError("popitem(): dictionary is empty")
        key = next(reversed(self._keys))
        return key, self.pop(key)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Returns the entry of a name; an unknown name gets the default first.

        Args:
            key: the name
            default: its value if the name is unknown
        """
        if key not in self._keys:
            self[key] = default
        return self[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Returns the entry of a name, or the default for an unknown name.

        Args:
            key: the name
            default: the result for an unknown name
        """
        return self[key] if key in self._keys else default

    @classmethod
    def fromkeys(cls, keys: Iterable[str], default: Any = None) -> "ParameterDict":
        """Returns a dictionary with the given names and one common value.

        Args:
            keys: the names
            default: the value
        """
        return cls((key, default) for key in keys)

    def keys(self) -> Iterable[str]:
        """Returns the names."""
        return self._keys.keys()

    def items(self) -> Iterable[tuple[str, Any]]:
        """Returns the pairs of names and entries."""
        return [(key, self[key]) for key in self._keys]

    def values(self) -> Iterable[Any]:
        """Returns the entries."""
        return [self[key] for key in self._keys]

    def update(self, parameters: Any) -> None:
        """Adds entries; an existing name gets the new value.

        Those of a plain dict are added in the order of their names, as in PyTorch.

        Args:
            parameters: a mapping, or an iterable of pairs

        Raises:
            TypeError: for an argument that is neither
            ValueError: for an entry that does not have two parts
        """
        entries = list(pairs("ParameterDict", parameters))
        if isinstance(parameters, Mapping) and not isinstance(parameters, OrderedDict):
            entries.sort(key=lambda entry: entry[0])
        for key, value in entries:
            self[key] = value

    def extra_repr(self) -> str:
        """Returns one line for each entry."""
        return _lines(self.items(), lambda p: p.type())
