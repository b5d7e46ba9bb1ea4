"""Archives are refused unpacked: those that take too much memory, or are not what they say."""

import gzip
import os
import random
import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.lib import format as npy

from refnet.serialization.archive import Archive, ArchiveError
from refnet.training import data
from refnet.training.errors import InputError

RNG = np.random.default_rng(0)
MEGABYTE = 10**6


@contextmanager
def little_memory(most: int = MEGABYTE) -> Iterator[None]:
    """What is done here allocates no more than this."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def memory(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """A machine with this much memory."""
    sizes = {"SC_PAGE_SIZE": 1, "SC_PHYS_PAGES": size}
    monkeypatch.setattr(os, "sysconf", sizes.__getitem__, raising=False)


def member(shape: tuple[int, ...], descr: str = "<f8", content: bytes | None = None) -> bytes:
    """An array in NumPy's format, with this header and content, or the right number of zeros."""
    header = {"descr": descr, "fortran_order": False, "shape": shape}
    text = repr(header).encode()
    text += b" " * (117 - len(text)) + b"\n"
    if content is None:
        content = bytes(int(np.prod(shape)) * np.dtype(descr).itemsize)
    return npy.magic(1, 0) + len(text).to_bytes(2, "little") + text + content


def archive(path: Path, members: dict[str, bytes], **says: Any) -> Path:
    """An archive of these files. says: what its directory says of x.npy, instead of the truth."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
        for field, value in says.items():
            setattr(file.getinfo("x.npy"), field, value)
    return path


def refused(path: Path, message: str) -> None:
    with little_memory(), pytest.raises(InputError, match=re.escape(message)) as error:
        data.load(str(path))
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


# --- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_come_back(tmp_path: Path, save: Any) -> None:
    arrays = {
        "a": RNG.normal(size=(3, 4)),
        "b": np.asfortranarray(RNG.integers(9, size=(2, 3), dtype=np.int16)),
        "c": np.array("text"),
        "d": np.zeros((0, 5), bool),
        "e": RNG.normal(size=10).astype(">f4"),
    }
    save(tmp_path / "a.npz", **arrays)
    with Archive(tmp_path / "a.npz") as found:
        assert found.names == list(arrays)
        for name, array in arrays.items():
            assert found.header(name) == (array.shape, array.dtype)
            np.testing.assert_array_equal(found.read(name), array, strict=True)
        np.testing.assert_array_equal(found.read_as("a", (3, 4), float), arrays["a"])
        with pytest.raises(ArchiveError, match=r"a: expected float64 of shape \(4, 3\), got fl"):
            found.read_as("a", (4, 3), float)
        with pytest.raises(ArchiveError, match=r"a: expected float32 of shape \(3, 4\), got fl"):
            found.read_as("a", (3, 4), np.float32)
        with pytest.raises(ArchiveError, match="the array f is missing"):
            found.read("f")


def test_what_is_not_asked_for_is_not_unpacked(tmp_path: Path) -> None:
    x, y = RNG.normal(size=(12, 3)), np.arange(12.0)
    np.savez_compressed(tmp_path / "a.npz", x=x, y=y, z=np.zeros(10 * MEGABYTE))
    with little_memory():
        loaded = data.load(str(tmp_path / "a.npz"))
    np.testing.assert_array_equal(loaded.x, x)


# --- more than memory ----------------------------------------------------------------------------


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, x=np.zeros((MEGABYTE, 10), np.int8), y=np.zeros(MEGABYTE))
    assert path.stat().st_size < MEGABYTE / 10
    memory(monkeypatch, 200 * MEGABYTE)  # in float64 it takes 88 MB
    refused(
        path,
        "x of the shape (1000000, 10) takes 0.088 GB in memory, more than a quarter of the 0.2 GB",
    )
    memory(monkeypatch, 400 * MEGABYTE)
    assert data.load(str(path)).x.shape == (MEGABYTE, 10)


def test_a_bomb_of_any_machine(tmp_path: Path) -> None:
    """The directory agrees with the header: 8 TB, which are not there; but who could tell?"""
    shape = (10**6, 10**6)
    path = archive(
        tmp_path / "bomb.npz",
        {"x.npy": member(shape, content=b""), "y.npy": member((10**6,))},
        file_size=128 + 8 * 10**12,
    )
    refused(
        path, "x of the shape (1000000, 1000000) takes 8e+03 GB in memory, more than a quarter of"
    )


@pytest.mark.parametrize("error", [AttributeError, OSError, ValueError])
def test_where_the_system_does_not_say_how_much_memory_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    monkeypatch.setattr(os, "sysconf", lambda name: (_ for _ in ()).throw(error), raising=False)
    path = archive(
        tmp_path / "bomb.npz",
        {"x.npy": member((10**9, 1), content=b""), "y.npy": member((10**9,), content=b"")},
        file_size=128 + 8 * 10**9,
    )
    with zipfile.ZipFile(path, "a") as file:
        file.getinfo("y.npy").file_size = 128 + 8 * 10**9
        file.writestr("z", b"")
    refused(path, "takes 16 GB in memory, more than a quarter of the 8.59 GB here")


# --- what is not what it says --------------------------------------------------------------------

Y = member((12,))
LIES = {
    "a header that asks for more": (
        {"x.npy": member((10**9, 3), content=bytes(96)), "y.npy": Y},
        {},
        "x: the header states 24,000,000,128 bytes, the archive's directory 224",
    ),
    "a header that asks for less": (
        {"x.npy": member((12, 1), content=bytes(10**7)), "y.npy": Y},
        {},
        "x: the header states 224 bytes, the archive's directory 10,000,128",
    ),
    "a directory that says less": (
        {"x.npy": member((10**6, 1)), "y.npy": Y},
        {"file_size": 224},
        "Bad CRC-32 for file 'x.npy'",
    ),
    "both say less": (
        {"x.npy": member((12, 1), content=bytes(10**7)), "y.npy": Y},
        {"file_size": 224},
        "Bad CRC-32 for file 'x.npy'",
    ),
    "both say more": (
        {"x.npy": member((24, 1), content=bytes(96)), "y.npy": member((24,))},
        {"file_size": 128 + 8 * 24},
        "is not a readable .npz archive",
    ),
    "long strings": (
        {"x.npy": member((1, 1), "<U100000000", content=b""), "y.npy": Y},
        {},
        "x: the header states 400,000,128 bytes",
    ),
    "a negative shape": (
        {"x.npy": member((-2, -6), content=bytes(96)), "y.npy": Y},
        {},
        "y must have one number for each of x's -2 rows",
    ),
    "another format": ({"x.npy": b"not NumPy's", "y.npy": Y}, {}, "x is not an array in NumPy's"),
    "a third version": (
        {"x.npy": b"\x93NUMPY\x03\x00" + member((12, 1))[8:], "y.npy": Y},
        {},
        "x: expected version 1.0 or 2.0 of NumPy's format, got (3, 0)",
    ),
    "a header that is not a dictionary": (
        {"x.npy": member((12, 1)).replace(b"{'descr'", b"['descr'"), "y.npy": Y},
        {},
        "is not a readable .npz archive: Cannot parse header",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_sizes_that_are_not_true(tmp_path: Path, lie: str) -> None:
    members, says, message = LIES[lie]
    refused(archive(tmp_path / "lie.npz", members, **says), message)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_of_packing(tmp_path: Path, method: int) -> None:
    """zipfile unpacks all that a piece of such a file holds, whatever size was asked for."""
    with zipfile.ZipFile(tmp_path / "a.npz", "w", method) as file:
        file.writestr("x.npy", member((10**6, 10), content=bytes(8 * 10**7)))
        file.writestr("y.npy", member((10**6,)))
        file.getinfo("x.npy").file_size = 224
    refused(tmp_path / "a.npz", "x is not compressed in the way of np.savez")


def test_any_byte_changed_is_an_input_error(tmp_path: Path) -> None:
    """Or the same numbers: some bytes of a zip archive say nothing."""
    path, rng = tmp_path / "a.npz", random.Random()
    x, y = RNG.normal(size=(12, 3)), np.arange(12.0)
    for save in (np.savez, np.savez_compressed):
        save(path, x=x, y=y)
        whole = path.read_bytes()
        for _ in range(150):
            changed = bytearray(whole)
            at = rng.randrange(len(changed))
            if rng.random() < 0.2:
                del changed[at:]
            else:
                changed[at] ^= 1 << rng.randrange(8)
            path.write_bytes(changed)
            with suppress(InputError):
                loaded = data.load(str(path))
                assert loaded.x.tobytes() == x.tobytes()
                assert loaded.y.tobytes() == y.tobytes()


# --- gzip ----------------------------------------------------------------------------------------


def mnist(folder: Path, images: bytes) -> None:
    """The four files, packed; the pictures to train on are these."""
    labels = bytes([0, 0, 8, 1]) + (20).to_bytes(4, "big") + bytes(20)
    tests = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in (20, 6, 6)) + bytes(720)
    for name, content in (
        ("train-images-idx3", images),
        ("train-labels-idx1", labels),
        ("t10k-images-idx3", tests),
        ("t10k-labels-idx1", labels),
    ):
        (folder / f"{name}-ubyte.gz").write_bytes(gzip.compress(content))


def test_gzip_is_unpacked_as_far_as_its_header_says(tmp_path: Path) -> None:
    begin = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in (20, 6, 6))
    mnist(tmp_path, begin + bytes(720))
    assert data.load(str(tmp_path)).x.shape == (40, 36)
    mnist(tmp_path, begin + bytes(3 * 10**7))
    refused(tmp_path, "holds more; its header, which says 20 × 6 × 6, asks for 736")
    mnist(tmp_path, begin + bytes(700))
    refused(tmp_path, "holds 716 bytes; its header, which says 20 × 6 × 6, asks for 736")


def test_gzip_that_asks_for_more_than_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in (30_000, 100, 100))
    mnist(tmp_path, begin + bytes(10**7))
    memory(monkeypatch, 4000 * MEGABYTE)
    refused(
        tmp_path,
        "30000 × 100 × 100, asks for 300,000,016 bytes, which takes 1.2 GB in memory, more than a",
    )
    mnist(tmp_path, begin[:4] + b"\xff" * 12 + bytes(100))
    refused(tmp_path, "4294967295 × 4294967295 × 4294967295, asks for 79,228,162,458,924,105,")
