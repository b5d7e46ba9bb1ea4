"""Reads the user's own tables: .npz with the arrays x and y, .csv with the target last.

Every error is an InputError that names the file, the place in it and what was expected. Nothing is
unpickled: a file with Python objects is rejected.
"""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

from refnet.ops.rule import Array
from refnet.serialization.archive import Archive, ArchiveError, too_large
from refnet.training.errors import InputError, reason, shown

CLASSES_ARE_NUMBERS = "; number the classes 0, 1, ..."


class Rows(NamedTuple):
    """x: (rows, features) and y: (rows), finite and in float64; a note on how the file was read."""

    x: Array
    y: Array
    note: str


def read(path: Path) -> Rows:
    """Reads the rows of a .npz or .csv file.

    Raises InputError if the file cannot be read, is malformed, or contains anything but finite
    numbers.
    """
    reader = {".npz": read_npz, ".csv": read_csv}[path.suffix.lower()]
    try:
        return reader(path)
    except (OSError, MemoryError) as error:
        raise InputError(f"cannot read {path}: {reason(error)}") from error


# --- .npz ------------------------------------------------------------------------------------


def read_npz(path: Path) -> Rows:
    """Reads the arrays x: (rows, features) and y: (rows) or (rows, 1) of an .npz archive."""
    try:
        with Archive(path) as archive:
            x, y = _arrays(path, archive)
    except ArchiveError as error:
        raise InputError(f"{path} is not a readable .npz archive: {error}") from error
    return Rows(_finite(path, "x", x), _finite(path, "y", y).reshape(-1), "")


def _arrays(path: Path, archive: Archive) -> tuple[Array, Array]:
    """Reads x and y, which are only unpacked if their headers are as expected."""
    missing = [name for name in ("x", "y") if name not in archive.names]
    if missing:
        names = ", ".join(archive.names)
        raise InputError(
            f"{path} must hold the arrays x and y; it has no {' and no '.join(missing)} "
            f"(it holds {names if len(names) <= 80 else f'{len(archive.names)} others'})"
            if names
            else f"{path} must hold the arrays x and y; it holds nothing"
        )
    x, y = archive.header("x"), archive.header("y")
    for name, header in (("x", x), ("y", y)):
        if header.dtype.kind not in "buif":
            hint = CLASSES_ARE_NUMBERS if name == "y" and header.dtype.kind in "US" else ""
            raise InputError(
                f"{path}: {name} must hold real numbers, it is of dtype {header.dtype}{hint}"
            )
    if len(x.shape) != 2:
        raise InputError(f"{path}: x must have the shape (rows, features), got {x.shape}")
    rows = x.shape[0]
    if y.shape not in {(rows,), (rows, 1)}:
        raise InputError(
            f"{path}: y must have one number for each of x's {rows} rows, that is the shape "
            f"({rows},) or ({rows}, 1), got {y.shape}"
        )
    if x.shape[1] == 0:
        raise InputError(f"{path}: x has no features, its shape is {x.shape}")
    refusal = too_large(8 * (x.size + y.size))  # in float64
    if refusal:
        raise InputError(f"{path}: x of the shape {x.shape} {refusal}")
    return archive.read("x"), archive.read("y")


def _finite(path: Path, name: str, array: Array) -> Array:
    with np.errstate(over="ignore"):
        values = array.astype(np.float64)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, *column = (int(i) for i in bad[0])
        place = f"row {row}, column {column[0]}" if column else f"row {row}"
        raise InputError(
            f"{path}: {name} holds {array[tuple(bad[0])]} in {place} (counted from 0), "
            "expected a finite number"
        )
    return values


# --- .csv ------------------------------------------------------------------------------------


def read_csv(path: Path) -> Rows:
    """Reads comma-separated numbers, one example per line, the target in the last column.

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
                            f"{path}: needs at least two comma-separated columns, a feature "
                            f"and the target; line {reader.line_num} is {shown(cells[0])}"
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
        raise InputError(f"{path} is not text in UTF-8: {reason(error)}") from error
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num}: {reason(error)}") from error
    if not numbers:
        raise InputError(f"{path} holds no rows of numbers")
    table = np.array(numbers, dtype=np.float64)
    target = (
        f"the target is {shown(names[-1])}" if names else f"no header, target in column {width}"
    )
    return Rows(table[:, :-1], table[:, -1], target)


def _number(cell: str) -> float | None:
    try:
        return None if "_" in cell else float(cell)  # Python would read 1_000
    except ValueError:
        return None


def _is_header(path: Path, line: int, cells: list[str]) -> bool:
    """Returns whether the first line names the columns.

    A line of numbers with a typing error is not a header, since its row would silently be lost. An
    index column without a name is not a feature. Both raise InputError.
    """
    blank = next((i for i, cell in enumerate(cells, 1) if not cell.strip()), None)
    if all(_number(cell) is None for cell in cells):
        if blank is not None:
            raise InputError(
                f"{path}: line {line} has no name for column {blank}; if that column numbers the "
                "rows, leave it out (pandas: to_csv(index=False))"
            )
        return True
    if blank is None and any(_number(cell) is None for cell in cells):
        number = next(cell for cell in cells if _number(cell) is not None)
        column, other = next((i, c) for i, c in enumerate(cells, 1) if _number(c) is None)
        hint = CLASSES_ARE_NUMBERS if column == len(cells) else ""
        raise InputError(
            f"{path}: line {line} mixes numbers and text ({shown(number.strip())}, "
            f"{shown(other.strip())}); it must be all names or all numbers{hint}"
        )
    return False


def _numbers(path: Path, line: int, cells: list[str], names: list[str]) -> list[float]:
    row = []
    for column, cell in enumerate(cells, 1):
        number = _number(cell)
        if number is None or not np.isfinite(number):
            name = f" ({names[column - 1]})" if names else ""
            what = f"holds {shown(cell.strip())}" if cell.strip() else "is empty"
            is_label = number is None and cell.strip() and column == len(cells)
            raise InputError(
                f"{path}: line {line}, column {column}{name} {what}, expected a finite number"
                f"{CLASSES_ARE_NUMBERS if is_label else ''}"
            )
        row.append(number)
    return row
