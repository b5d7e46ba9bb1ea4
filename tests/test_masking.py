"""refnet.kernels.masking against np.where, of which it is the faster form."""

import numpy as np
import pytest

from refnet.kernels.masking import chosen, kept, positive_part

SHAPES = [((50,), (50,)), ((), ()), ((4, 1, 5), (3, 5)), ((3, 5), (4, 1, 5)), ((0,), (0,))]


def special(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    return np.asarray(rng.choice([1.5, -2.25, -0.0, np.nan, np.inf, -np.inf], shape)).astype(dtype)


def same(x: np.ndarray, y: np.ndarray) -> None:
    np.testing.assert_array_equal(x, y, strict=True)
    np.testing.assert_array_equal(np.signbit(np.real(x)), np.signbit(np.real(y)))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex128", "int32"])
@pytest.mark.parametrize(("shape", "mask_shape"), SHAPES)
def test_as_where(dtype: str, shape: tuple[int, ...], mask_shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    with np.errstate(invalid="ignore"):  # NaN as an integer
        x, y = special(rng, shape, dtype), special(rng, mask_shape, dtype)
    mask = np.asarray(rng.random(mask_shape) < 0.5)
    same(np.asarray(kept(x, mask)), np.where(mask, x, x.dtype.type(0)))
    same(np.asarray(chosen(mask, x, y)), np.where(mask, x, y))


def test_the_second_choice_may_be_the_largest() -> None:
    mask, x, y = np.array([True, False]), np.array([1.0, 2.0]), np.arange(6.0).reshape(3, 2)
    same(chosen(mask, x, y), np.where(mask, x, y))


def test_what_is_not_contiguous() -> None:
    x = np.arange(12.0).reshape(3, 4).T
    same(kept(x, x > 5), np.where(x > 5, x, 0))
    same(chosen(x > 5, x, x[::-1]), np.where(x > 5, x, x[::-1]))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "uint8"])
@pytest.mark.parametrize("n", [5, 4095, 4096])
def test_the_positive_part_is_the_same_in_small_and_large(dtype: str, n: int) -> None:
    values = [1.5, 0.0, 2.25, 7.0, 1.0]
    if dtype.startswith("float"):
        values += [-0.0, -3.5, np.nan, np.inf, -np.inf]
    x = np.resize(np.asarray(values, dtype), n)
    expected = np.where(x < 0, x.dtype.type(0), x)
    np.testing.assert_array_equal(positive_part(x), expected, strict=True)
    one = np.asarray(values[0], dtype)
    np.testing.assert_array_equal(positive_part(one), one, strict=True)
