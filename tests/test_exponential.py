"""The fast exponential, and Φ and φ in single precision, compared with double precision."""

import math
from typing import Any

import numpy as np
import pytest

from refnet.kernels import exponential
from refnet.kernels.exponential import decay, exp2
from refnet.kernels.gate import gelu
from refnet.kernels.normal_distribution import standard_normal
from refnet.ops.gate import gelu as plain_gelu
from refnet.ops.normal_distribution import standard_normal as plain_normal
from refnet.ops.rule import Rule

ULP = 2.0**-23  # of numbers from 1 to 2


@pytest.fixture(params=[False, True], ids=["C library", "vector code"], autouse=True)
def _vector_code(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both code paths, whatever this processor has."""
    monkeypatch.setattr(exponential, "_has_vector_code", lambda: request.param)


def test_single_precision_is_right_beside_one() -> None:
    x = np.linspace(-110, 0, 100_001).astype(np.float32)
    with np.errstate(under="ignore"):
        found = decay(x), exp2(x)
    for y, truth in zip(found, (np.exp(x.astype(float)), np.exp2(x.astype(float))), strict=True):
        assert y.dtype == np.float32
        assert np.abs(y - truth).max() <= ULP
        assert (np.abs(y - truth) <= truth * (2 + np.abs(x)) * ULP + 1e-44).all()


def test_what_is_given_as_out_is_written_into() -> None:
    for f in (decay, exp2):
        for dtype in (np.float32, np.float64, np.complex128):
            x, y = -np.ones(3, dtype), np.empty(3, dtype)
            assert f(x, out=y) is y
            np.testing.assert_array_equal(y, f(x))
            np.testing.assert_array_equal(x, -1)
        assert f(np.asarray(np.float32(-2))).dtype == np.float32


NORMAL = pytest.mark.parametrize("normal", [plain_normal, standard_normal], ids=["plain", "kernel"])


@NORMAL
def test_the_normal_distribution_in_single_precision(normal: Any) -> None:
    x = np.linspace(-9, 9, 200_001).astype(np.float32)
    for single, double in zip(normal(x), normal(x.astype(float)), strict=True):
        assert single.dtype == np.float32
        assert np.abs(single - double).max() <= 1.5 * ULP


@NORMAL
def test_the_normal_distribution_in_double_precision(normal: Any) -> None:
    for x in (-3.0, -0.5, 0.0, 1.0, 2.5):
        cdf, density = normal(np.array([x]))
        assert cdf[0] == pytest.approx(0.5 * math.erfc(-x / math.sqrt(2)), rel=1e-13)
        assert density[0] == pytest.approx(
            math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi), rel=1e-14
        )


@pytest.mark.parametrize("gelu", [plain_gelu, gelu], ids=["plain", "kernel"])
def test_gelu_far_out(gelu: Rule) -> None:
    far = np.array([1e4, 1e20, 3e38, -1e4, -1e20, -3e38], np.float32)
    with np.errstate(over="ignore", under="ignore"):
        y, pullback = gelu(far)
    np.testing.assert_array_equal(y, np.maximum(far, 0))
    dy = np.array([1, -2, 3, -4, 5, -6], np.float32)
    np.testing.assert_array_equal(pullback(dy)[0], [1, -2, 3, 0, 0, 0])
