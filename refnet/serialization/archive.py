"""Reads .npz archives; sizes are checked before anything is unpacked.

A zip archive of a megabyte can unpack to a gigabyte of zeros, and the header of an array can
request more memory than the machine has. So an array is read in two steps: its header, and then, if
the caller wants an array of that size, its bytes. The header has to agree with the size in the
archive's directory, and zipfile does not unpack more than that size.
"""

import math
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, TypeVar

import numpy as np
from numpy.lib import format as npy

from refnet.ops.rule import Array
from refnet.serialization.safetensors_file import one_line

T = TypeVar("T")

UNKNOWN_MEMORY = 8 * 2**30
# The methods of np.savez. With other methods zipfile unpacks more at a time than requested.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ArchiveError(RuntimeError):
    """The error for a file that is damaged, or is not an archive of the expected arrays."""


class Header(NamedTuple):
    """The properties of an array that are known before its values are read."""

    shape: tuple[int, ...]
    dtype: "np.dtype[Any]"

    @property
    def size(self) -> int:
        """The number of entries."""
        return math.prod(self.shape)


class Archive:
    """The arrays of an .npz archive by name; a context manager that closes the file.

    Args:
        path: the path of the file

    Attributes:
        names: the names of the arrays

    Raises:
        OSError: for a file that cannot be opened
        ArchiveError: in the constructor and in every method, for a file that is not such an archive
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        try:
            if self._file.read(6) == npy.MAGIC_PREFIX:
                raise ArchiveError("it holds a single array, as np.save writes it")
            self._zip = self._checked(zipfile.ZipFile, self._file)
        except BaseException:
            self._file.close()
            raise
        self.names = [name.removesuffix(".npy") for name in self._zip.namelist()]

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def header(self, name: str) -> Header:
        """Returns the shape and dtype of an array without reading its values."""
        return self._checked(self._header, name)

    def read(self, name: str) -> Array:
        """Returns the array; its size is that of its header."""
        self.header(name)
        return self._checked(self._values, name)

    def read_as(self, name: str, shape: tuple[int, ...], dtype: Any) -> Array:
        """Returns the array if it has this shape and dtype.

        Raises:
            ArchiveError: for another shape or dtype; the values are not read then
        """
        found = self.header(name)
        if found.shape != shape or found.dtype != np.dtype(dtype):
            raise ArchiveError(
                f"{name}: expected {np.dtype(dtype)} of shape {shape}, got {found.dtype} of shape "
                f"{found.shape}"
            )
        return self._checked(self._values, name)

    def _header(self, name: str) -> Header:
        info = self._info(name)
        with self._zip.open(info) as member:
            found = _read_header(member, name)
            if found.dtype.hasobject:
                raise ArchiveError(f"{name} contains Python objects, which are not loaded")
            expected = member.tell() + found.size * found.dtype.itemsize
        if info.file_size != expected:
            raise ArchiveError(
                f"{name}: the header states {expected:,} bytes, the archive's directory "
                f"{info.file_size:,}"
            )
        return found

    def _info(self, name: str) -> zipfile.ZipInfo:
        if name not in self.names:
            raise ArchiveError(f"the array {name} is missing")
        info = next(i for i in self._zip.infolist() if i.filename in (name, f"{name}.npy"))
        if info.compress_type not in METHODS:
            raise ArchiveError(f"{name} is not compressed in the way of np.savez")
        return info

    def _values(self, name: str) -> Array:
        with self._zip.open(self._info(name)) as member:
            array: Array = npy.read_array(member, allow_pickle=False)
        return array

    @staticmethod
    def _checked(function: Callable[..., T], *args: Any) -> T:
        """Returns function(*args); its errors become ArchiveErrors of one line."""
        try:
            return function(*args)
        except (ArchiveError, MemoryError):
            raise
        except Exception as error:  # zipfile, zlib and NumPy raise many types for broken files
            raise ArchiveError(one_line(error)) from error


def _read_header(member: IO[bytes], name: str) -> Header:
    """Reads the header at the beginning of a member."""
    try:
        version = npy.read_magic(member)
    except ValueError as error:
        raise ArchiveError(f"{name} is not an array in NumPy's format") from error
    if version == (1, 0):
        shape, _, dtype = npy.read_array_header_1_0(member)
    elif version == (2, 0):
        shape, _, dtype = npy.read_array_header_2_0(member)
    else:  # only for records with names beyond Latin-1
        raise ArchiveError(f"{name}: expected version 1.0 or 2.0 of NumPy's format, got {version}")
    return Header(shape, dtype)


def too_large(size: int) -> str:
    """Returns why this many bytes are not unpacked; "" if they are.

    Data may take a quarter of the machine's memory, since a training makes copies of it.
    """
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows
        memory = UNKNOWN_MEMORY
    if size <= memory // 4:
        return ""
    here = f"{memory / 1e9:.3g} GB here"
    return f"takes {size / 1e9:,.3g} GB in memory, more than a quarter of the {here}"
