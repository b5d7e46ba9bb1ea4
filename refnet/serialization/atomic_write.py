"""Writes files whole or not at all."""

import errno
import itertools
import os
import re
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_count = itertools.count()
_LONGEST = 150  # bytes of the target's name in a temporary one; most systems allow 255 in total
_PATIENCE = 2.0  # seconds of waiting for other programs to close the file, on Windows


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yields the name of a new, empty file in the same folder, which becomes `path` at the end.

    After an error, `path` is unchanged. Only this call uses the temporary name: no other process or
    thread writes to it, and it is never a link. A `path` that is a link stays a link; the file to
    which it leads is replaced. An existing file keeps its mode.

    Raises:
        OSError: for a file that cannot be written or is not a plain file; it names `path`
    """
    target = Path(os.path.realpath(path))
    partial = _created(target, path)
    try:
        yield partial
        _replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def require_writable(path: Path) -> None:
    """Checks that written_whole can write the file, without changing it.

    Raises:
        OSError: if it cannot be written; it names `path`
    """
    _created(Path(os.path.realpath(path)), path).unlink()


def delete_abandoned(path: Path) -> None:
    """Deletes the temporary files of `path` whose processes have ended, as after a kill."""
    target = Path(os.path.realpath(path))
    form = re.compile(re.escape(f".{shortened(target.name)}.") + r"(\d+)\.\d+\.\d+\.partial")
    for found in target.parent.iterdir():
        match = form.fullmatch(found.name)
        if match and not _alive(int(match[1])):
            found.unlink(missing_ok=True)


def _created(target: Path, path: Path) -> Path:
    """Creates an empty file beside the target, with the target's mode; errors name `path`."""
    try:
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is not a plain file")
        partial = _new_beside(target)
        if mode is not None:
            partial.chmod(stat.S_IMODE(mode))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    return partial


def _mode(target: Path) -> int | None:
    """Returns the file's mode, None for a missing file; raises OSError for an impossible name."""
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _new_beside(target: Path) -> Path:
    """Creates a file with a new name."""
    while True:
        number = f"{os.getpid()}.{threading.get_ident()}.{next(_count)}"
        partial = target.with_name(f".{shortened(target.name)}.{number}.partial")
        with suppress(FileExistsError):  # left by a killed process of the same number
            os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            return partial


def shortened(name: str) -> str:
    """Returns the beginning of the name that leaves room for the additions of a temporary name."""
    while len(os.fsencode(name)) > _LONGEST:
        name = name[:-1]
    return name


def _replace(partial: Path, target: Path) -> None:
    """Gives the file its name; repeats this on Windows while another program reads the target."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            partial.replace(target)
        except PermissionError:
            if os.name != "nt" or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _alive(process: int) -> bool:
    """Returns whether a process of this number exists; True if the system does not tell."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
