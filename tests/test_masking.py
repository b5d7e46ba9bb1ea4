"""refnet.ops.masking against np.where, of which it is the faster form."""

import numpy as np
import pytest

from refnet.ops.masking import chosen, kept

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
