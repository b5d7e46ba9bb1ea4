"""Reading the user's own data: .npz with the arrays x and y, .csv with the target last.

Every refusal is an InputError that names the file, the place in it and what was expected.
Nothing is unpickled: a file that holds Python objects is refused.
"""

import csv
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from refnet.ops.rule import Array
from refnet.training.errors import InputError


class Rows(NamedTuple):
    """x: (rows, features) and y: (rows), float64 and finite."""

    x: Array
    y: Array


def read(path: Path) -> Rows:
    """The rows of a .npz or .csv file.

    Raises InputError if the file cannot be read, is malformed, or holds anything that is not
    a finite number.
    """
    reader = {".npz": read_npz, ".csv": read_csv}[path.suffix.lower()]
    try:
        return reader(path)
    except (OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise InputError(f"cannot read {path}: {_one_line(reason)}") from error


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


# --- .npz ------------------------------------------------------------------------------------


def read_npz(path: Path) -> Rows:
    """The arrays x: (rows, features) and y: (rows) or (rows, 1) of an .npz archive."""
    try:
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise InputError(f"{path} holds a single array, not an .npz archive with x and y")
            missing = [name for name in ("x", "y") if name not in archive]
            if missing:
                raise InputError(
                    f"{path} must hold the arrays x and y; it has no {' and no '.join(missing)} "
                    f"(it holds {', '.join(archive.files) or 'nothing'})"
                )
            x, y = archive["x"], archive["y"]
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        if "pickle" in str(error):
            raise InputError(
                f"{path} is not an archive of plain number arrays (pickled objects are not loaded)"
            ) from error
        raise InputError(f"{path} is not a readable .npz archive: {_one_line(error)}") from error
    for name, array in (("x", x), ("y", y)):
        if array.dtype.kind not in "buif":
            raise InputError(f"{path}: {name} must hold real numbers, it is of dtype {array.dtype}")
    if x.ndim != 2:
        raise InputError(f"{path}: x must have the shape (rows, features), got {x.shape}")
    if y.shape not in {(len(x),), (len(x), 1)}:
        raise InputError(
            f"{path}: y must have one number for each of x's {len(x)} rows, got shape {y.shape}"
        )
    if x.shape[1] == 0:
        raise InputError(f"{path}: x has no features, its shape is {x.shape}")
    for name, array in (("x", x), ("y", y)):
        bad = np.argwhere(~np.isfinite(array))
        if len(bad):
            row, *column = (int(i) for i in bad[0])
            place = f"row {row}, column {column[0]}" if column else f"row {row}"
            raise InputError(
                f"{path}: {name} holds {array[tuple(bad[0])]} in {place} (counted from 0)"
            )
    return Rows(x.astype(np.float64), y.reshape(-1).astype(np.float64))


# --- .csv ------------------------------------------------------------------------------------


def read_csv(path: Path) -> Rows:
    """Comma-separated numbers, one example a line, the target in the last column.

    The first line is a header if none of its cells is a number. Blank lines are skipped.
    """
    names: list[str] = []
    width = 0
    numbers: list[list[float]] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            for cells in reader:
                if not any(cell.strip() for cell in cells) and len(cells) < 2:
                    continue
                if not width:
                    width = len(cells)
                    if width < 2:
                        raise InputError(
                            f"{path}: needs at least two comma-separated columns, "
                            f"a feature and the target; line {reader.line_num} has one"
                        )
                    if _is_header(path, reader.line_num, cells):
                        names = [cell.strip() for cell in cells]
                        continue
                if len(cells) != width:
                    raise InputError(
                        f"{path}: line {reader.line_num} has {len(cells)} columns, "
                        f"expected {width} as in the lines before"
                    )
                numbers.append(_numbers(path, reader.line_num, cells, names))
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not text in UTF-8: {_one_line(error)}") from error
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num}: {_one_line(error)}") from error
    if not numbers:
        raise InputError(f"{path} holds no rows of numbers")
    table = np.array(numbers, dtype=np.float64)
    return Rows(table[:, :-1], table[:, -1])


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _is_header(path: Path, line: int, cells: list[str]) -> bool:
    """Whether the first line names the columns. A line of numbers with one typing error must not
    pass for one, or its row would silently be lost."""
    numeric = [cell for cell in cells if _number(cell) is not None]
    if numeric and len(numeric) < len(cells):
        other = next(cell for cell in cells if _number(cell) is None)
        raise InputError(
            f"{path}: line {line} mixes numbers and text ({numeric[0].strip()!r}, "
            f"{other.strip()!r}); it must be all names or all numbers"
        )
    return not numeric


def _numbers(path: Path, line: int, cells: list[str], names: list[str]) -> list[float]:
    row = []
    for column, cell in enumerate(cells):
        number = _number(cell)
        if number is None or not np.isfinite(number):
            name = f" ({names[column]})" if names else ""
            what = "is empty" if not cell.strip() else f"holds {cell.strip()!r}"
            raise InputError(
                f"{path}: line {line}, column {column + 1}{name} {what}, expected a finite number"
            )
        row.append(number)
    return row
