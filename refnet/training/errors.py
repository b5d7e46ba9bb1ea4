"""The errors before and during training, each with a message of one line."""

import re
from collections.abc import Callable, Iterable
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from refnet.compatibility.missing_names import alike

T = TypeVar("T")


def printable(text: str) -> str:
    """Returns the text as one line, with line breaks and control characters as escapes."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def typed(made: Callable[..., T], values: dict[str, Any]) -> T:
    """Returns made(**values), where `made` is a class with annotated fields.

    Raises TypeError for a name that is not a field, and for a value that is not of its field's
    type.
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


def reason(error: BaseException) -> str:
    """Returns why something failed, in one line: the system's words, the message or the type."""
    words = getattr(error, "strerror", None) or str(error)
    return " ".join(words.split()) or type(error).__name__


def shown(value: object, most: int = 40) -> str:
    """Returns the value as Python writes it, cut to this many characters."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


class OneLineError(Exception):
    """An error that is explained to the user in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


class InputError(OneLineError):
    """The data, an option or the output folder cannot be used as given."""


def unknown(what: str, name: str, known: Iterable[str], besides: str = "") -> InputError:
    """Returns the error for an unknown name, with the nearest name and all known ones."""
    names = list(known)
    near = nearest(name.lower().replace("_", "-"), names)
    expected = f"did you mean {near}? Expected" if near else "expected"
    return InputError(f"unknown {what} {name!r}: {expected} {', '.join(names)}{besides}")


def nearest(name: str, known: Iterable[str]) -> str:
    """Returns the known name that was probably meant, or "".

    This is a name that begins with `name`, is spelt almost like it, or has it between hyphens.
    Numbers are compared exactly: float16 does not mean float64.
    """
    names = list(known)
    longer = [n for n in names if len(name) > 2 and n.startswith(name)]
    if longer:
        return longer[0]
    number = _digits(name)
    spelt = [n for n in names if not number or _digits(n) in ("", number)]
    parts = [n for n in names if name in n.split("-")]
    return alike(name, spelt, 0.75) or next(iter(parts), "")


def _digits(name: str) -> str:
    return re.sub(r"\D", "", name)


class TrainingError(OneLineError):
    """A training cannot continue, or its result is not as expected."""


class StoppedError(OneLineError):
    """The user stopped the training; the message says how far it had come.

    Args:
        message: the text
        signal: the number of the signal that stopped it; the exit code is 128 + signal
    """

    def __init__(self, message: str, signal: int = 2) -> None:
        super().__init__(message)
        self.code = 128 + signal
