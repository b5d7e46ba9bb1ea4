"""Pooling, padding and interpolation where PyTorch is no reference.

It raises an error there, its result is undefined, or it contradicts itself.
"""

import math
from typing import Any

import numpy as np
import pytest

import refnet
import refnet.nn.functional as F
from refnet import ops
from refnet.ops.interpolation import cubic, keys, lanczos, linear, nearest, smooth, triangle
from refnet.ops.windows import Windows, transposed, weighted_sum
from refnet.testing import check_pullback


def randn(*shape: int) -> Any:
    return refnet.from_numpy(np.random.default_rng(0).standard_normal(shape))


def matrix(w: Windows, n: int) -> np.ndarray:
    """The matrix A of y = A x."""
    return weighted_sum(np.eye(n), w, 0)


WINDOWS = {
    "nearest": nearest(5, 7, 5 / 7, exact=False),
    "exact": nearest(5, 3, 5 / 3, exact=True),
    "linear": linear(5, 9, 0.5, align_corners=True),
    "cubic": cubic(5, 8, 0.6, align_corners=False),
    "smooth": smooth(5, 2, 2.5, triangle, 1),
    "lanczos": smooth(5, 3, 5 / 3, lanczos, 3),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_the_transpose_is_the_transpose(name: str) -> None:
    w = WINDOWS[name]
    A = matrix(w, 5)
    np.testing.assert_allclose(
        matrix(transposed(w, 5), w.place.shape[1]), A.T, atol=1e-15, rtol=1e-12
    )
    # A constant stays constant.
    np.testing.assert_allclose(A.sum(axis=1), 1, atol=1e-15, rtol=1e-12)


def test_keys_cubic_with_a_half_reproduces_a_parabola() -> None:
    p, i = 2.3, np.arange(5)
    weights = keys(abs(p - i), -0.5)
    assert weights @ i**2 == pytest.approx(p**2, abs=1e-14)


def test_lanczos_is_one_at_its_entry_and_zero_at_the_others() -> None:
    np.testing.assert_allclose(lanczos(np.arange(4.0)), [1, 0, 0, 0], atol=1e-15, rtol=1e-12)


@pytest.mark.parametrize("mode", ["nearest", "bicubic", "linear"])
def test_a_factor_that_rounds_to_the_same_size_has_its_own_gradient(mode: str) -> None:
    """In PyTorch the gradient is the cotangent itself there, though the value is not the input."""
    window = {
        "nearest": nearest(4, 4, 1 / 1.2, exact=False),
        "bicubic": cubic(4, 4, 1 / 1.2, align_corners=False),
        "linear": linear(4, 4, 1 / 1.2, align_corners=False),
    }[mode]
    check_pullback(
        ops.interpolate, [np.random.default_rng(0).standard_normal((2, 4))], windows=[window]
    )


def test_antialias_to_a_width_of_one_is_the_transposed_to_a_height_of_one() -> None:
    """PyTorch 2.13 fills all rows with the first one."""
    x = randn(1, 2, 5, 4)
    tall = F.interpolate(x, size=(3, 1), mode="bilinear", antialias=True)
    wide = F.interpolate(x.transpose(2, 3), size=(1, 3), mode="bilinear", antialias=True)
    np.testing.assert_allclose(tall.transpose(2, 3).numpy(), wide.numpy(), atol=1e-15, rtol=1e-12)


@pytest.mark.parametrize(
    ("mode", "padding", "value"),
    [("bilinear", "zeros", math.nan), ("bilinear", "border", 4.0), ("bilinear", "reflection", 4.0)],
)
def test_a_point_that_is_nan(mode: str, padding: str, value: float) -> None:
    """PyTorch 2.13 may crash here in the backward pass. The parity suite has the other modes."""
    x = refnet.arange(1.0, 10.0).reshape(1, 1, 3, 3).requires_grad_()
    points = np.array([[[[math.nan, 0.0], [0.1, 0.2]]]], np.float32)
    grid = refnet.from_numpy(points).requires_grad_()
    y = F.grid_sample(x, grid, mode, padding, align_corners=True)
    np.testing.assert_equal(y[0, 0, 0, 0].item(), value)
    y.backward(refnet.tensor([[[[0.3, -1.2]]]]))
    assert np.isfinite(x.grad.numpy()).all()


def test_a_window_without_an_entry_is_refused() -> None:
    """PyTorch returns −inf with an index outside the input, and writes the gradient there."""
    with pytest.raises(RuntimeError, match="expected each window to hold an entry"):
        F.max_pool1d(randn(1, 1, 1), 2, padding=1, dilation=2)


def test_random_samples_outside_of_the_unit_interval_are_refused() -> None:
    """PyTorch reads memory outside the input."""
    samples = refnet.from_numpy(np.full((1, 2, 2), 1.5))
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        F.fractional_max_pool2d(randn(1, 2, 5, 5), 2, 3, _random_samples=samples)


def test_circular_padding_of_an_empty_rest_is_refused() -> None:
    """PyTorch returns uninitialised memory."""
    with pytest.raises(RuntimeError, match="to repeat"):
        F.pad(randn(1, 3), (-3, 3), "circular")


def test_circular_padding_goes_around_what_negative_widths_left() -> None:
    x = refnet.from_numpy(np.arange(5.0)[None])
    np.testing.assert_array_equal(F.pad(x, (-3, 4), "circular").numpy(), [[3, 4, 3, 4, 3, 4]])
    np.testing.assert_array_equal(F.pad(x, (4, -3), "circular").numpy(), [[0, 1, 0, 1, 0, 1]])


def test_fractional_windows_lie_where_the_paper_puts_them() -> None:
    """Every window is inside, neighbours overlap or touch, and the last one ends with the image."""
    y, i = F.fractional_max_pool2d(randn(3, 4, 25, 25), 2, 18, return_indices=True)
    rows = i.numpy() // 25
    assert y.shape == (3, 4, 18, 18)
    assert rows.max() <= 24
    assert (np.diff(rows.max(axis=-1), axis=-1) >= 0).all()
    assert (rows[..., -1, :] >= 23).all()


def test_pooling_and_unpooling_keep_the_maxima_in_place() -> None:
    x = randn(2, 3, 6, 8)
    y, i = F.max_pool2d(x, 2, return_indices=True)
    z = F.max_unpool2d(y, i, 2)
    kept = z.numpy() != 0
    np.testing.assert_array_equal(z.numpy()[kept], x.numpy()[kept])
    np.testing.assert_array_equal(F.max_pool2d(z.abs(), 2).numpy(), y.abs().numpy())


def test_an_average_of_many_is_as_exact_in_float32() -> None:
    x = np.random.default_rng(0).uniform(1, 2, (1, 1, 200, 300))
    y = F.adaptive_avg_pool2d(refnet.from_numpy(x.astype(np.float32)), 1)
    assert float(y) == pytest.approx(x.astype(np.float32).astype(float).mean(), rel=3e-7)
