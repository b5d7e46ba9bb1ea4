"""A warning that points at the caller's line, at any depth inside refnet."""

import sys
import warnings


def warn(message: str) -> None:
    """Gives a UserWarning that points at the innermost line outside of refnet."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back and str(frame.f_globals.get("__name__")).split(".")[0] == "refnet":
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)
