"""Pictures with labels in the file formats of MNIST and CIFAR; nothing is unpickled.

MNIST and its relatives (Fashion-MNIST, EMNIST) are four files in the format IDX, plain or packed by
gzip: the bytes 0, 0, 8 (unsigned bytes) and the number of axes; the length of each axis as four
bytes, the highest first; and the entries. CIFAR's binary version is a sequence of records: the
label (for CIFAR-100 the coarse label, then the fine one) and the 3 × 32 × 32 bytes of the picture.

Source:
    yann.lecun.com/exdb/mnist; Krizhevsky 2009, www.cs.toronto.edu/~kriz/cifar.html
"""

import gzip
import math
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from refnet.ops.rule import Array
from refnet.serialization.archive import too_large
from refnet.training.data.dataset import Dataset
from refnet.training.errors import InputError, printable, reason

UNSIGNED_BYTE = 8  # the only type of IDX that these files use
SMALLEST = 4
CIFAR_SHAPE = (3, 32, 32)
PIXELS = 3 * 32 * 32
CIFAR_10_BATCHES = 5


def read_folder(path: Path) -> Dataset:
    """Reads the pictures in a folder, with the test part that its files name.

    Raises InputError if the folder has other files, or a malformed one.
    """
    names = {file.name for file in path.iterdir()}
    if any("-ubyte" in name for name in names):
        return _mnist(path)
    if "test_batch.bin" in names:
        train = sorted(path.glob("data_batch_*.bin"))
        return _cifar(path, 10, train, path / "test_batch.bin")
    if {"train.bin", "test.bin"} <= names:
        return _cifar(path, 100, [path / "train.bin"], path / "test.bin")
    if {"data_batch_1", "test_batch"} & names or {"train", "test", "meta"} <= names:
        raise InputError(
            f"{path} has the Python version of CIFAR, whose files are pickles and could run any "
            "program: use the binary version"
        )
    raise InputError(
        f"{path} has no known picture files: expected train-images-idx3-ubyte and the three "
        "others of MNIST, or data_batch_1.bin ... or train.bin of CIFAR's binary version"
    )


def _dataset(path: Path, train: tuple[Array, Array], test: tuple[Array, Array]) -> Dataset:
    (x, y), (x_test, y_test) = train, test
    if x.shape[1:] != x_test.shape[1:]:
        raise InputError(
            f"{path}: the test pictures have the shape {x_test.shape[1:]}, "
            f"the training pictures {x.shape[1:]}"
        )
    if x.shape[2] != x.shape[3] or x.shape[2] < SMALLEST:
        raise InputError(
            f"{path}: the pictures must be squares of at least {SMALLEST} × {SMALLEST} pixels, "
            f"got {x.shape[2]} × {x.shape[3]}"
        )
    for what, rows in (("train", x), ("test", x_test)):
        if not len(rows):
            raise InputError(f"{path} has no pictures to {what} on")
    return Dataset(
        printable(path.resolve().name),
        np.concatenate([x, x_test]).reshape(len(x) + len(x_test), -1),
        np.concatenate([y, y_test]).astype(np.float64),
        kind="images",
        shape=x.shape[1:],
        test=len(x_test),
    )


# --- MNIST ---------------------------------------------------------------------------------------


def _mnist(path: Path) -> Dataset:
    return _dataset(path, _labelled(path, "train"), _labelled(path, "t10k"))


def _labelled(path: Path, part: str) -> tuple[Array, Array]:
    images = read_idx(_found(path, f"{part}-images-idx3-ubyte"), axes=3)
    labels = read_idx(_found(path, f"{part}-labels-idx1-ubyte"), axes=1)
    if len(images) != len(labels):
        raise InputError(f"{path}: {part} has {len(images)} pictures, but {len(labels)} labels")
    return images[:, None], labels


def _found(path: Path, name: str) -> Path:
    """Returns the file of this name, plain or packed, also with a dot instead of the dash."""
    for stem in (name, name.replace("-idx", ".idx")):
        for ending in ("", ".gz"):
            if (path / f"{stem}{ending}").is_file():
                return path / f"{stem}{ending}"
    raise InputError(f"{path} has no file {name}, nor {name}.gz")


def read_idx(path: Path, axes: int) -> Array:
    """Returns the unsigned bytes of an IDX file with this many axes; unpacks a .gz file.

    Raises InputError if the file cannot be read, is malformed, or needs too much memory.
    """
    header = 4 + 4 * axes
    packed = path.suffix == ".gz"
    with _reading(path), gzip.open(path) if packed else path.open("rb") as file:
        begin = file.read(header)
        if begin[:4] != bytes([0, 0, UNSIGNED_BYTE, axes]) or len(begin) < header:
            raise InputError(
                f"{path} does not begin as an IDX file of bytes with {axes} axes: expected "
                f"{bytes([0, 0, UNSIGNED_BYTE, axes]).hex(' ')}, got "
                f"{begin[:4].hex(' ') or 'nothing'}"
            )
        shape = tuple(int(n) for n in np.frombuffer(begin, ">u4", offset=4))
        size = math.prod(shape)
        says = f"its header, which says {' × '.join(map(str, shape))}, asks for {header + size:,}"
        if packed and (refusal := too_large(4 * size)):  # in float32
            raise InputError(f"{path}: {says} bytes, which {refusal}")
        if not packed and path.stat().st_size != header + size:
            raise InputError(f"{path} holds {path.stat().st_size:,} bytes; {says}")
        content = file.read(size)
        if len(content) != size or file.read(1):
            held = "more" if len(content) == size else f"{header + len(content):,} bytes"
            raise InputError(f"{path} holds {held}; {says}")
    return np.frombuffer(content, np.uint8).reshape(shape)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turns errors while the file is read into an InputError."""
    try:
        yield
    except (OSError, EOFError, zlib.error, MemoryError) as error:
        raise InputError(f"cannot read {path}: {reason(error)}") from error


# --- CIFAR ---------------------------------------------------------------------------------------


def _cifar(path: Path, classes: int, train: list[Path], test: Path) -> Dataset:
    if not train:
        raise InputError(f"{path} has a test_batch.bin, but no data_batch_1.bin to train on")
    parts = [read_cifar(file, classes) for file in train]
    x, y = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    data = _dataset(path, (x, y), read_cifar(test, classes))
    few = classes == 10 and len(train) < CIFAR_10_BATCHES
    return data._replace(note=f"{len(train)} of {CIFAR_10_BATCHES} batches" if few else "")


def read_cifar(path: Path, classes: int) -> tuple[Array, Array]:
    """Returns the pictures (rows, 3, 32, 32) and labels (rows) of a file of CIFAR-10 or CIFAR-100.

    Raises InputError if the file cannot be read or is malformed.
    """
    with _reading(path):
        content = np.frombuffer(path.read_bytes(), np.uint8)
    labels = 2 if classes == 100 else 1
    size = labels + PIXELS
    if not len(content) or len(content) % size:
        raise InputError(
            f"{path} holds {len(content):,} bytes, expected a multiple of {size:,}, the size of a "
            f"record of CIFAR-{classes}"
        )
    records = content.reshape(-1, size)
    y = records[:, labels - 1]
    for row in np.flatnonzero(y >= classes)[:1]:
        raise InputError(
            f"{path}: record {row} (counted from 0) has the label {y[row]}, expected at most "
            f"{classes - 1}"
        )
    return records[:, labels:].reshape(-1, *CIFAR_SHAPE), y
