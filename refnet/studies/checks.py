"""The checks of the studies' options, which name an option as the command line does."""

import math
from collections.abc import Sequence

from refnet.training.errors import InputError, shown


def at_least(least: float, **options: float) -> None:
    """Raises InputError for an option that is below `least`."""
    for name, value in options.items():
        if not value >= least:
            raise InputError(f"{_option(name)} must be at least {least}, got {value}")


def positive(**options: float) -> None:
    """Raises InputError for an option that is not a positive finite number."""
    for name, value in options.items():
        if not 0 < value < math.inf:
            raise InputError(f"{_option(name)} must be a positive number, got {value:g}")


def between(low: float, high: float, **options: float) -> None:
    """Raises InputError for an option outside of [low, high]."""
    for name, value in options.items():
        if not low <= value <= high:
            raise InputError(f"{_option(name)} must be between {low} and {high}, got {value}")


def one_of(known: Sequence[str], **options: str) -> None:
    """Raises InputError for an option that is not a known name."""
    for name, value in options.items():
        if value not in known:
            expected = ", ".join(known)
            raise InputError(f"{_option(name)} must be one of {expected}, got {shown(value)}")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
