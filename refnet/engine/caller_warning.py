"""A warning that points at the line of its reader, however deep inside refnet it is given."""

import sys
import warnings


def warn(message: str) -> None:
    """A UserWarning about the last line outside of refnet that led here."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back and str(frame.f_globals.get("__name__")).split(".")[0] == "refnet":
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)
