"""refnet.ops.masking.kept against np.where, of which it is the faster form."""

import numpy as np
import pytest

from refnet.ops.masking import kept


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex128"])
@pytest.mark.parametrize(("shape", "mask_shape"), [((50,), (50,)), ((), ()), ((4, 1, 5), (3, 5))])
def test_kept_is_where_else_zero(
    dtype: str, shape: tuple[int, ...], mask_shape: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(0)
    x = np.asarray(rng.choice([1.5, -2.25, -0.0, np.nan, np.inf, -np.inf], shape)).astype(dtype)
    mask = np.asarray(rng.random(mask_shape) < 0.5)
    y = kept(x, mask)
    expected = np.where(mask, x, x.dtype.type(0))
    np.testing.assert_array_equal(y, expected, strict=True)
    np.testing.assert_array_equal(np.signbit(np.real(y)), np.signbit(np.real(expected)))


def test_kept_takes_what_is_not_contiguous() -> None:
    x = np.arange(12.0).reshape(3, 4).T
    np.testing.assert_array_equal(kept(x, x > 5), np.where(x > 5, x, 0))
