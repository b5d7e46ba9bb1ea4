"""How the commands describe an option: `Annotated[int, option("N", "The number of ...")]`."""

from collections.abc import Callable
from typing import Any

import typer

from refnet.training.errors import InputError, shown


def option(metavar: str, text: str, *, default: str = "") -> Any:
    """Describes an option with a value.

    Args:
        metavar: what its value is called
        text: its help
        default: the default in words, for an option whose default is None
    """
    return typer.Option(metavar=metavar, help=_help(text, default))


def number(
    name: str, metavar: str, text: str, *, kind: Callable[[str], Any] = int,
    expected: str = "a whole number", default: str = "",
) -> Any:  # fmt: skip
    """Describes an option whose value `kind` reads, with an error that names what was given.

    Args:
        name: the option, "--epochs"
        metavar, text, default: as in `option`
        kind: from the text to the value, or a ValueError
        expected: what the error asks for
    """

    def parse(value: str) -> Any:
        try:
            return kind(value)
        except ValueError as error:
            raise InputError(f"{name} must be {expected}, got {shown(value)}") from error

    return typer.Option(name, parser=parse, metavar=metavar, help=_help(text, default))


def flag(name: str, text: str) -> Any:
    """Describes an option without a value."""
    return typer.Option(name, metavar="", help=text)


def argument(metavar: str, text: str) -> Any:
    """Describes an argument that may be left out."""
    return typer.Argument(metavar=metavar, help=text, show_default=False)


def _help(text: str, default: str) -> str:
    return f"{text} [dim]\\[default: {default}][/]" if default else text


def app(**settings: Any) -> typer.Typer:
    """Returns a group of commands with the look that all of refnet's have."""
    return typer.Typer(
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
        **settings,
    )
