"""Reading, splitting and scaling the data, and every refusal."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from refnet.training import data, tasks
from refnet.training.errors import InputError


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def table(rng: np.random.Generator, rows: int = 12) -> np.ndarray[Any, Any]:
    return np.round(rng.normal(size=(rows, 4)), 3)


def write_csv(path: Path, rows: Any, header: str = "") -> Path:
    lines = [",".join(str(v) for v in row) for row in rows]
    path.write_text("\n".join([header, *lines] if header else lines) + "\n", encoding="utf-8")
    return path


# --- what can be read ----------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["", "age,height,weight,target"])
def test_csv_has_the_target_in_its_last_column(
    tmp_path: Path, rng: np.random.Generator, header: str
) -> None:
    rows = table(rng)
    loaded = data.load(str(write_csv(tmp_path / "own.csv", rows.tolist(), header)))
    np.testing.assert_array_equal(loaded.x, rows[:, :3])
    np.testing.assert_array_equal(loaded.y, rows[:, 3])


def test_csv_may_have_a_byte_order_mark_quotes_and_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text("\ufeffa,b\r\n" + '"1", 2\r\n\r\n' * 10, encoding="utf-8")
    loaded = data.load(str(path))
    assert loaded.x.shape == (10, 1)
    assert loaded.y.tolist() == [2.0] * 10


@pytest.mark.parametrize("shape", [(12,), (12, 1)])
def test_npz_holds_x_and_y(
    tmp_path: Path, rng: np.random.Generator, shape: tuple[int, ...]
) -> None:
    x, y = rng.normal(size=(12, 3)).astype(np.float32), rng.integers(0, 2, size=shape)
    np.savez(tmp_path / "own.npz", x=x, y=y)
    loaded = data.load(str(tmp_path / "own.npz"))
    np.testing.assert_array_equal(loaded.x, x)
    np.testing.assert_array_equal(loaded.y, y.reshape(-1))
    assert loaded.x.dtype == loaded.y.dtype == np.float64


@pytest.mark.parametrize(
    ("name", "shape"),
    [("diabetes", (442, 10)), ("breast-cancer", (569, 30)), ("digits", (1797, 64))],
)
def test_the_built_in_data(name: str, shape: tuple[int, int]) -> None:
    loaded = data.load(name)
    assert loaded.x.shape == shape
    assert loaded.y.shape == shape[:1]


# --- what is refused, in one line ----------------------------------------------------------------

CSV = [
    ("", "holds no rows of numbers"),
    ("a,b,c\n", "holds no rows of numbers"),
    ("1\n2\n", "needs at least two comma-separated columns"),
    ("1,2,3\n1,2\n", "line 2 has 2 columns, expected 3"),
    ("1,2,3\n1,2,3,4\n", "line 2 has 4 columns, expected 3"),
    ("a,b,c\n1,x,3\n", "line 2, column 2 (b) holds 'x', expected a finite number"),
    ("1,2,3\n4,,6\n", "line 2, column 2 is empty"),
    ("1,2,3\n4,nan,6\n", "line 2, column 2 holds 'nan'"),
    ("a,b,c\n4,5,-inf\n", "line 2, column 3 (c) holds '-inf'"),
    ("1,2,3\n4,NaN,6\n", "line 2, column 2 holds 'NaN'"),
    ("1,2.o,3\n4,5,6\n", "line 1 mixes numbers and text ('1', '2.o')"),
    ('1,"2,3\n', "unexpected end of data"),
    ("1,2,3\n" * 9, "needs at least 10 rows of data, it has 9"),
]


@pytest.mark.parametrize(("text", "message"), CSV)
def test_malformed_csv(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(message)) as error:
        data.load(str(path))
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_csv_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(b"1,2\n\xff\xfe,3\n")
    with pytest.raises(InputError, match="not text in UTF-8"):
        data.load(str(path))


X, Y = np.ones((12, 3)), np.arange(12.0)

NPZ = [
    ({"x": X}, "it has no y (it holds x)"),
    ({"a": X}, "it has no x and no y (it holds a)"),
    ({}, "it holds nothing"),
    ({"x": Y, "y": Y}, "x must have the shape (rows, features), got (12,)"),
    ({"x": np.ones((12, 2, 2)), "y": Y}, "x must have the shape (rows, features), got (12, 2, 2)"),
    (
        {"x": X, "y": Y[:11]},
        "y must have one number for each of x's 12 rows, that is the shape (12,) or (12, 1), got (11,)",
    ),
    ({"x": X, "y": X}, "got (12, 3)"),
    ({"x": np.ones((12, 0)), "y": Y}, "x has no features, its shape is (12, 0)"),
    ({"x": np.ones((0, 3)), "y": Y[:0]}, "needs at least 10 rows of data, it has 0"),
    ({"x": X.astype(str), "y": Y}, "x must hold real numbers, it is of dtype <U32"),
    ({"x": X, "y": Y.astype(complex)}, "y must hold real numbers, it is of dtype complex128"),
    ({"x": X.astype(object), "y": Y}, "contains Python objects, which are not loaded"),
]


@pytest.mark.parametrize(("arrays", "message"), NPZ)
def test_malformed_npz(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=re.escape(message)) as error:
        data.load(str(path))
    assert str(path) in str(error.value)


def test_nan_in_npz_is_located(tmp_path: Path) -> None:
    x, y = X.copy(), Y.copy()
    x[3, 2] = np.nan
    np.savez(tmp_path / "x.npz", x=x, y=y)
    with pytest.raises(InputError, match=r"x holds nan in row 3, column 2 \(counted from 0\)"):
        data.load(str(tmp_path / "x.npz"))
    y[7] = np.inf
    np.savez(tmp_path / "y.npz", x=X, y=y)
    with pytest.raises(InputError, match=r"y holds inf in row 7 \(counted from 0\)"):
        data.load(str(tmp_path / "y.npz"))


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 broken"])
def test_npz_that_is_no_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(str(path))):
        data.load(str(path))


def test_truncated_npz(tmp_path: Path) -> None:
    path = tmp_path / "cut.npz"
    np.savez_compressed(path, x=np.random.default_rng(0).normal(size=(100, 50)), y=np.ones(100))
    whole = bytearray(path.read_bytes())
    whole[5000:6000] = b"\0" * 1000
    path.write_bytes(whole)
    with pytest.raises(InputError, match=r"not a readable \.npz archive"):
        data.load(str(path))


def test_single_array_named_npz(tmp_path: Path) -> None:
    with (tmp_path / "one.npz").open("wb") as file:
        np.save(file, X)
    with pytest.raises(InputError, match="a single array"):
        data.load(str(tmp_path / "one.npz"))


def test_no_such_data(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown data 'mnist': expected diabetes, breast-cancer"):
        data.load("mnist")
    with pytest.raises(InputError, match="No such file"):
        data.load(str(tmp_path / "none.csv"))
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(InputError, match="Is a directory"):
        data.load(str(tmp_path / "folder.npz"))


# --- split and scale -----------------------------------------------------------------------------


def test_split_is_decided_by_the_seed() -> None:
    whole = data.Dataset("d", np.arange(100.0)[:, None], np.arange(100.0))
    first, again, other = data.split(whole, 3), data.split(whole, 3), data.split(whole, 4)
    np.testing.assert_array_equal(first.x_test, again.x_test)
    assert first.y_test.tolist() != other.y_test.tolist()
    assert len(first.y_test) == 20
    assert sorted([*first.y_train, *first.y_test]) == whole.y.tolist()
    np.testing.assert_array_equal(first.x_train[:, 0], first.y_train)


def test_scale_standardises_and_spares_constant_columns(rng: np.random.Generator) -> None:
    x = np.column_stack([rng.normal(5, 3, size=50), np.full(50, 0.1)])
    scaled = data.fit_scale(x).apply(x)
    np.testing.assert_allclose(scaled.mean(0), 0, atol=1e-14, rtol=1e-12)
    np.testing.assert_allclose(scaled.std(0), [1, 0], atol=1e-14, rtol=1e-12)
    np.testing.assert_allclose(data.fit_scale(x).undo(scaled), x, rtol=1e-14)


def test_numbers_too_large_to_standardise(rng: np.random.Generator) -> None:
    x = rng.normal(size=(20, 2))
    x[:, 1] *= 1e200
    with pytest.raises(InputError, match="too large a range"):
        data.fit_scale(x)


def test_the_test_part_does_not_leak_into_the_scale(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(50, 2)), rng.normal(size=50)
    before = tasks.prepare("linear-regression", data.Dataset("d", x, y), seed=0)
    test_row = np.flatnonzero((x == _unscaled_test_row(x, y)).all(1))[0]
    x[test_row] += 1000
    after = tasks.prepare("linear-regression", data.Dataset("d", x, y), seed=0)
    np.testing.assert_array_equal(before.parts.x_train, after.parts.x_train)
    assert not np.array_equal(before.parts.x_test, after.parts.x_test)


def _unscaled_test_row(x: Any, y: Any) -> Any:
    return data.split(data.Dataset("d", x, y), 0).x_test[0]


# --- tasks ---------------------------------------------------------------------------------------


def labelled(y: Any) -> data.Dataset:
    y = np.asarray(y, np.float64)
    return data.Dataset("own.csv", np.random.default_rng(1).normal(size=(len(y), 3)), y)


@pytest.mark.parametrize("model", ["logistic-regression", "cascade"])
def test_classifiers_refuse_targets_that_are_no_classes(model: str) -> None:
    with pytest.raises(InputError, match=r"the target 0\.5 in row 1 \(counted from 0\)"):
        tasks.prepare(model, labelled([1, 0.5] * 10), seed=0)
    with pytest.raises(InputError, match=r"at least two classes, own\.csv has only the class 3"):
        tasks.prepare(model, labelled([3] * 20), seed=0)


def test_number_of_classes() -> None:
    with pytest.raises(
        InputError, match=r"two classes apart, own\.csv has 3; take --model cascade"
    ):
        tasks.prepare("logistic-regression", labelled([0, 1, 2] * 10), seed=0)
    for y in (np.arange(1001).repeat(5), np.arange(9).repeat(4)):
        with pytest.raises(InputError, match=rf"has {y.max() + 1} classes in {len(y)} rows"):
            tasks.prepare("cascade", labelled(y), seed=0)


def test_labels_may_be_any_integers() -> None:
    y = np.array([-1, 7] * 10)
    task = tasks.prepare("logistic-regression", labelled(y), seed=0)
    assert set(task.parts.y_train.ravel()) == {0.0, 1.0}
    assert task.score(task.parts.y_test) == {"accuracy": 1.0}
    assert task.score(1 - task.parts.y_test) == {"accuracy": 0.0}
    task = tasks.prepare("cascade", labelled([-1, 7, 100, 3] * 5), seed=0)
    assert task.parts.y_train.shape == (16, 4)
    assert task.score(task.parts.y_test) == {"accuracy": 1.0}


def test_regression_is_scored_in_the_targets_unit() -> None:
    y = np.linspace(100, 200, 50)
    task = tasks.prepare("linear-regression", labelled(y), seed=0, dtype="float64")
    assert task.score(task.parts.y_test) == pytest.approx({"R²": 1.0, "RMSE": 0.0}, abs=1e-12)
    raw = data.split(labelled(y), 0)
    target = data.fit_scale(raw.y_train[:, None])
    off = task.score(target.apply(raw.y_test[:, None] + 10))
    assert off["RMSE"] == pytest.approx(10)
    assert off["R²"] == pytest.approx(1 - 100 / raw.y_test.var())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_all_arrays_have_the_dtype(dtype: str) -> None:
    for model in (*tasks.DEMO, "autoencoder"):
        parts = tasks.prepare(model, labelled([0, 1] * 10), seed=0, dtype=dtype).parts
        assert {array.dtype for array in parts} == {np.dtype(dtype)}


@pytest.mark.parametrize("val", [0.0, 0.1, 0.5])
def test_the_validation_part_is_taken_from_the_rows_to_train_on(val: float) -> None:
    whole = data.load("diabetes")
    plain, parts = data.split(whole, 3), data.split(whole, 3, val)
    np.testing.assert_array_equal(parts.x_test, plain.x_test)
    np.testing.assert_array_equal(np.concatenate([parts.x_val, parts.x_train]), plain.x_train)
    assert len(parts.x_val) == len(parts.y_val) == np.ceil(val * len(plain.x_train))
    task = tasks.prepare("linear-regression", whole, 3, "float64", val)
    assert abs(task.parts.x_train.mean(0)).max() < 1e-12  # the scale is that of the training rows
