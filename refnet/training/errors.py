"""What can go wrong before and during training, each with a message of one line."""

import re
from collections.abc import Callable, Iterable
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from refnet.compatibility.missing_names import alike

T = TypeVar("T")


def printable(text: str) -> str:
    """The text with line breaks, control characters and the like as escapes: one line, and harmless."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def typed(made: Callable[..., T], values: dict[str, Any]) -> T:
    """made(**values), of a class with annotated fields.

    Raises TypeError for a name that is not a field, or a value of another type than the field's.
    """
    types = get_type_hints(made)
    for name, value in values.items():
        if name not in types or not _fits(value, types[name]):
            raise TypeError(f"{name} cannot be {shown(value)}")
    return made(**values)


def _fits(value: object, wanted: Any) -> bool:
    if get_origin(wanted) is UnionType:
        return any(_fits(value, each) for each in get_args(wanted))
    if get_origin(wanted) is dict:
        key, item = get_args(wanted)
        return isinstance(value, dict) and all(
            _fits(k, key) and _fits(v, item) for k, v in value.items()
        )
    if wanted is float:
        return type(value) in (int, float)
    return type(value) is wanted


def shown(value: object, most: int = 40) -> str:
    """The value as Python writes it, cut to this many characters."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


class OneLineError(Exception):
    """An end that is explained to the user in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


class InputError(OneLineError):
    """The data, an option or the output folder cannot be used as given."""


def unknown(what: str, name: str, known: Iterable[str], besides: str = "") -> InputError:
    """The error for a name that is not a known one: with the nearest, and the list; besides ends it."""
    names = list(known)
    near = nearest(name.lower().replace("_", "-"), names)
    expected = f"did you mean {near}? Expected" if near else "expected"
    return InputError(f"unknown {what} {name!r}: {expected} {', '.join(names)}{besides}")


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, "" if none is close: one that begins like this name,
    is spelt almost like it, or has it between hyphens.

    Numbers are not misspelt: float16 is not float64.
    """
    names = list(known)
    begun = [n for n in names if len(name) > 2 and n.startswith(name)]
    if begun:
        return begun[0]
    number = _digits(name)
    spelt = [n for n in names if not number or _digits(n) in ("", number)]
    parts = [n for n in names if name in n.split("-")]
    return alike(name, spelt, 0.75) or next(iter(parts), "")


def _digits(name: str) -> str:
    return re.sub(r"\D", "", name)


class TrainingError(OneLineError):
    """Training cannot go on, or its result is not what it should be."""


class StoppedError(OneLineError):
    """The user stopped the training; the message says how far it was.

    signal is the number of the one that stopped it, Ctrl-C's by default; a shell expects the exit code
    128 + signal.
    """

    def __init__(self, message: str, signal: int = 2) -> None:
        super().__init__(message)
        self.code = 128 + signal
