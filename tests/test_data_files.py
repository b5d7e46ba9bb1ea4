"""Pictures, text and scenes: what the loaders read or make, and every refusal in one line."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from refnet.training import data
from refnet.training.data import scenes, text
from refnet.training.errors import InputError

RNG = np.random.default_rng(0)


def refused(source: Path, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)) as error:
        data.load(str(source))
    assert "\n" not in str(error.value)
    assert str(source) in str(error.value)


# --- MNIST ---------------------------------------------------------------------------------------


def idx(array: Any) -> bytes:
    sizes = b"".join(n.to_bytes(4, "big") for n in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


def mnist(folder: Path, n: int = 20, n_test: int = 5, size: int = 6) -> dict[str, Any]:
    """The four files, with random pictures; their contents."""
    folder.mkdir(exist_ok=True)
    contents = {}
    for part, rows in (("train", n), ("t10k", n_test)):
        contents[f"{part}-images-idx3-ubyte"] = RNG.integers(256, size=(rows, size, size))
        contents[f"{part}-labels-idx1-ubyte"] = RNG.integers(10, size=rows)
    for name, array in contents.items():
        (folder / name).write_bytes(idx(array))
    return contents


@pytest.mark.parametrize("form", ["plain", "gz", "dot"])
def test_mnist(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "mnist"
    contents = mnist(folder)
    for name in contents:
        if form == "gz":
            (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
            (folder / name).unlink()
        elif form == "dot":
            (folder / name).rename(folder / name.replace("-idx", ".idx"))
    loaded = data.load(str(folder))
    x, y, x_test, y_test = contents.values()
    assert (loaded.name, loaded.kind, loaded.shape, loaded.test) == (
        "mnist",
        "images",
        (1, 6, 6),
        5,
    )
    np.testing.assert_array_equal(loaded.x, np.concatenate([x, x_test]).reshape(25, 36))
    np.testing.assert_array_equal(loaded.y, [*y, *y_test])
    parts = data.split(loaded, seed=3)
    np.testing.assert_array_equal(parts.x_test, x_test.reshape(5, 36))
    assert sorted(map(bytes, parts.x_train)) == sorted(
        map(bytes, x.reshape(20, 36).astype(np.uint8))
    )


IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
BAD_MNIST: list[tuple[str, Callable[[bytes], bytes | None], str]] = [
    (IMAGES, lambda b: None, "has no file train-images-idx3-ubyte, nor train-images-idx3-ubyte.gz"),
    (IMAGES, lambda b: b"", "expected 00 00 08 03, got nothing"),
    (IMAGES, lambda b: b[:9], "does not begin as an IDX file of bytes with 3 axes"),
    (IMAGES, lambda b: b"\x1f\x8b" + b[2:], "expected 00 00 08 03, got 1f 8b 08 03"),
    (IMAGES, lambda b: b[:-1], "holds 735 bytes; its header, which says 20 × 6 × 6, asks for 736"),
    (IMAGES, lambda b: b + b"0", "holds 737 bytes; its header"),
    (IMAGES, lambda b: b[:4] + b"\xff" * 12 + b[16:], "4294967295 × 4294967295 × 4294967295, asks"),
    (IMAGES, lambda b: idx(np.zeros((20, 5, 5))), "the test pictures have the shape (1, 6, 6), the training"),
    (LABELS, lambda b: idx(np.zeros(19)), "train has 20 pictures, but 19 labels"),
    (LABELS, lambda b: idx(np.zeros((20, 1))), "with 1 axes: expected 00 00 08 01, got 00 00 08 02"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "message"), BAD_MNIST, ids=[b[2] for b in BAD_MNIST])
def test_malformed_mnist(
    tmp_path: Path, name: str, change: Callable[[bytes], bytes | None], message: str
) -> None:
    mnist(tmp_path)
    changed = change((tmp_path / name).read_bytes())
    if changed is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(changed)
    refused(tmp_path, message)


@pytest.mark.parametrize("cut", ["short", "no gzip", "damaged"])
def test_mnist_that_cannot_be_unpacked(tmp_path: Path, cut: str) -> None:
    mnist(tmp_path)
    whole = gzip.compress((tmp_path / IMAGES).read_bytes())
    damaged = whole[:40] + bytes([whole[40] ^ 255]) + whole[41:]
    content = {"short": whole[:-20], "no gzip": b"no gzip", "damaged": damaged}[cut]
    (tmp_path / IMAGES).unlink()
    (tmp_path / f"{IMAGES}.gz").write_bytes(content)
    refused(tmp_path, "cannot read ")


@pytest.mark.parametrize("shape", [(20, 6, 7), (20, 3, 3)])
def test_pictures_must_be_squares(tmp_path: Path, shape: tuple[int, ...]) -> None:
    mnist(tmp_path, n_test=20)
    for name in (IMAGES, "t10k-images-idx3-ubyte"):
        (tmp_path / name).write_bytes(idx(np.zeros(shape)))
    refused(tmp_path, "the pictures must be squares of at least 4 × 4 pixels, got ")


def test_pictures_of_either_part_are_needed(tmp_path: Path) -> None:
    mnist(tmp_path, n_test=0)
    refused(tmp_path, "has no pictures to test on")


# --- CIFAR ---------------------------------------------------------------------------------------


def cifar(path: Path, classes: int, n: int) -> tuple[Any, Any]:
    x, y = RNG.integers(256, size=(n, 3, 32, 32)), RNG.integers(classes, size=n)
    labels = [y[:, None]] if classes == 10 else [y[:, None] // 5, y[:, None]]
    path.write_bytes(np.concatenate([*labels, x.reshape(n, -1)], 1).astype(np.uint8).tobytes())
    return x, y


@pytest.mark.parametrize("classes", [10, 100])
def test_cifar(tmp_path: Path, classes: int) -> None:
    train = ["data_batch_1.bin", "data_batch_2.bin"] if classes == 10 else ["train.bin"]
    rows = [cifar(tmp_path / name, classes, 8) for name in train]
    rows.append(cifar(tmp_path / f"test{'_batch' * (classes == 10)}.bin", classes, 4))
    loaded = data.load(str(tmp_path))
    assert (loaded.shape, loaded.test, loaded.kind) == ((3, 32, 32), 4, "images")
    assert loaded.note == ("2 of 5 batches" if classes == 10 else "")
    np.testing.assert_array_equal(
        loaded.x.reshape(-1, 3, 32, 32), np.concatenate([x for x, _ in rows])
    )
    np.testing.assert_array_equal(loaded.y, np.concatenate([y for _, y in rows]))


def test_malformed_cifar(tmp_path: Path) -> None:
    cifar(tmp_path / "data_batch_1.bin", 10, 10)
    (tmp_path / "test_batch.bin").write_bytes(b"0" * 3072)
    refused(
        tmp_path,
        "holds 3,072 bytes, expected a multiple of 3,073, the size of a record of CIFAR-10",
    )
    (tmp_path / "test_batch.bin").write_bytes(b"\0" * 3073 + b"\x0a" + b"\0" * 3072)
    refused(tmp_path, "record 1 (counted from 0) has the label 10, expected at most 9")
    (tmp_path / "data_batch_1.bin").unlink()
    refused(tmp_path, "has a test_batch.bin, but no data_batch_1.bin to train on")


@pytest.mark.parametrize("names", [["data_batch_1", "test_batch"], ["train", "test", "meta"]])
def test_pickles_are_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_bytes(b"\x80\x02}q\x00.")
    refused(tmp_path, "whose files are pickles and could run any program: use the binary version")


def test_a_folder_of_other_things(tmp_path: Path) -> None:
    refused(tmp_path, "has no known picture files: expected train-images-idx3-ubyte")


# --- text ----------------------------------------------------------------------------------------


def test_text_is_rows_and_what_follows(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    written = "".join(RNG.choice(list("abcäλ\n"), size=15 * text.CONTEXT + 1))
    path.write_text(written, encoding="utf-8-sig", newline="\n")
    loaded = data.load(str(path))
    assert loaded.names == tuple(sorted("abcäλ\n"))
    assert loaded.x.shape == loaded.y.shape == (15, text.CONTEXT)
    letters = np.array(loaded.names)
    assert "".join(letters[loaded.x.ravel()]) == written[:-1]
    assert "".join(letters[loaded.y.ravel()]) == written[1:]


def test_a_long_text_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MOST_CHARACTERS", 700)
    (tmp_path / "own.txt").write_text("abcd" * 250, encoding="utf-8")
    loaded = data.load(str(tmp_path / "own.txt"))
    assert len(loaded.x) == 10
    assert loaded.note.startswith("the first 700 characters of 1,000, a row is 64 characters")


def test_text_that_cannot_be_learnt_from(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    refused(path, "No such file")
    path.write_bytes(b"abc\xff")
    refused(path, "is not text in UTF-8")
    path.write_text("ab" * 100, encoding="utf-8")
    refused(path, "needs at least 10 rows of data, it has 3")
    path.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"own\.txt needs at least two different characters"):
        data.load(str(path))


def test_the_documentation_is_the_same_each_time() -> None:
    first, again = data.load("documentation"), data.load("documentation")
    np.testing.assert_array_equal(first.x, again.x)
    letters = np.array(first.names)
    assert "Pullback:\n    x̄ = ȳ (1 − y²)" in "".join(letters[first.x.ravel()])


# --- scenes --------------------------------------------------------------------------------------


def test_scenes_of_digits() -> None:
    digits, loaded = data.load("digits"), data.load("digit-scenes")
    assert loaded.x.shape == (625, 1, 32, 32)
    assert loaded.y.shape == (625, 32, 32)
    assert set(np.unique(loaded.y)) == set(range(11))
    ink = loaded.y > 0
    # Under the noise, which has mean 0, ink is at least half as dark as can be, and ground less.
    assert loaded.x[:, 0][ink].mean() > 10
    assert abs(loaded.x[:, 0][:, 30:]).mean() == pytest.approx(
        scenes.NOISE * (2 / np.pi) ** 0.5, rel=0.02
    )
    shapes = {
        (int(c) + 1, (x.reshape(8, 8) >= scenes.INK).tobytes())
        for x, c in zip(digits.x, digits.y, strict=True)
    }
    for y in loaded.y[:20]:
        for i, j in np.ndindex(3, 3):
            cell = y[10 * i : 10 * i + 10, 10 * j : 10 * j + 10]
            classes = set(cell.ravel()) - {0}
            assert len(classes) <= 1
            windows = [cell[a : a + 8, b : b + 8] for a in range(3) for b in range(3)]
            found = [(c, (w == c).tobytes()) in shapes for c in classes for w in windows]
            assert any(found) or not classes


def test_photographs_are_tiles_with_a_class_for_each_colour() -> None:
    from sklearn.datasets import load_sample_image

    loaded = data.load("photographs")
    assert loaded.x.shape == (2 * 13 * 20, 1, 32, 32)
    flower = load_sample_image("flower.jpg")
    np.testing.assert_allclose(
        loaded.x[260 + 21, 0], flower[32:64, 32:64].mean(-1) / 255, rtol=1e-12
    )
    counts = np.bincount(loaded.y.ravel())
    assert len(counts) == len(loaded.names) == scenes.COLOURS
    assert counts.min() > 0.03 * counts.sum()


def test_colours_are_found_whatever_the_brightness() -> None:
    """Two colours, each from dark to bright, and two more: k-means tells the four apart."""
    light = np.linspace(0.3, 1, 40)[:, None, None]
    hues = np.array([[1, 0.2, 0.2], [0.2, 1, 0.2], [0.2, 0.2, 1], [0.6, 0.6, 0.6]])
    picture = np.concatenate([np.tile(light * hue, (1, 40, 1)) for hue in hues], 1)
    (found,) = scenes.colours([picture])
    inner = [found[:, 40 * k + 5 : 40 * k + 35] for k in range(4)]
    assert all(len(np.unique(f)) == 1 for f in inner)
    assert len({int(f[0, 0]) for f in inner}) == 4
