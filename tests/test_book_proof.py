"""The formulas of the chapter "How refnet is proved" (docs/book/proof.md)."""

import numpy as np
import pytest

from refnet.testing import check_pullback
from refnet.testing.comparison import compare
from refnet.testing.differences import ULP, difference
from refnet.testing.observation import Seen


def test_the_error_is_relative_to_the_largest_entry() -> None:
    rng = np.random.default_rng(0)
    expected = rng.standard_normal((3, 4))
    got = expected + 1e-3 * rng.standard_normal((3, 4))
    by_hand = abs(got - expected).max() / abs(expected).max()
    assert np.isclose(difference(expected, got).error, by_hand, rtol=1e-12)


@pytest.mark.parametrize(("multiple", "passes"), [(3.9, True), (4.1, False)])
def test_the_yardstick_of_float32(multiple: float, passes: bool) -> None:
    """PyTorch is off by 1 ulp, so 2 · 1 + 2 = 4 ulp are allowed."""
    ulp = ULP["float32"]

    def seen(value: float, dtype: str) -> dict[str, Seen]:
        return {"output": Seen(np.array([value]), dtype)}

    # held in float64, so that fractions of an ulp can be written
    ours, theirs = seen(1 + multiple * ulp, "float32"), seen(1 + ulp, "float32")
    found = compare(ours, theirs, seen(1.0, "float64"), tol=1e-12)
    assert (not found.problems) is passes, found.problems


def test_the_remainder_of_the_complex_step() -> None:
    """f = x³: Im f(x + i h) / h = f' − h² f'''/6 = 3 x² − h², exactly."""
    x = 1.3
    for h in (1.0, 0.1, 0.01):
        assert np.isclose(((x + 1j * h) ** 3).imag / h, 3 * x**2 - h**2, rtol=1e-12)
    assert check_pullback(lambda x: (x**3, lambda dy: (3 * x**2 * dy,)), [np.array([x])]).error < (
        1e-15
    )
