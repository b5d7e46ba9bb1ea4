"""The formulas of the chapter "Why depth" (docs/book/depth.md)."""

from itertools import product

import numpy as np
import pytest

from refnet import ops
from refnet.ops.rule import Array


def tent(x: Array) -> Array:
    y: Array = 2 * ops.relu(x)[0] - 4 * ops.relu(x - 0.5)[0]
    return y


def composed(x: Array, L: int) -> Array:
    for _ in range(L):
        x = tent(x)
    return x


def bends(y: Array) -> int:
    """The number of bends of a broken line that bends at points of the grid only."""
    return int((abs(np.diff(y, 2)) > 1e-9).sum())


@pytest.mark.parametrize("L", [1, 2, 3, 6])
def test_the_saw_tooth(L: int) -> None:
    x = np.linspace(0, 1, 2**L + 1)
    tooth = np.arange(2**L + 1) % 2
    np.testing.assert_array_equal(composed(x, L), tooth)
    fine = np.linspace(0, 1, 2**10 + 1)
    np.testing.assert_allclose(composed(fine, L), np.interp(fine, x, tooth), atol=1e-12, rtol=1e-9)
    assert bends(composed(fine, L)) + 1 == 2**L
    np.testing.assert_array_equal(tent(np.array([0, 0.25, 0.5, 0.75, 1])), [0, 0.5, 1, 0.5, 0])


@pytest.mark.parametrize("widths", [(5,), (3, 4), (2, 2, 3)])
def test_the_number_of_pieces(widths: tuple[int, ...]) -> None:
    """Counted by the pattern of active units along the line, which is the same within a piece."""
    bound, most = int(np.prod([n + 1 for n in widths])), 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        a = np.linspace(-30, 30, 40_001)[:, None]
        active = []
        for n in widths:
            a = ops.relu(a @ rng.standard_normal((a.shape[1], n)) + rng.standard_normal(n))[0]
            active.append(a > 0)
        patterns = np.concatenate(active, axis=1)
        pieces = 1 + int((patterns[1:] != patterns[:-1]).any(1).sum())
        most = max(most, pieces)
    assert most <= bound
    assert len(widths) > 1 or most == bound, "one layer reaches it"


def test_a_shallow_network_needs_many_units() -> None:
    """Any F nearer than 1/2 crosses 1/2 as often as the saw-tooth; a broken line needs bends."""
    rng = np.random.default_rng(0)
    for L in (2, 3, 4):
        ends = np.linspace(0, 1, 2**L + 1)
        tooth = np.arange(2**L + 1) % 2
        near = tooth + rng.uniform(-0.49, 0.49, 2**L + 1)
        signs = np.sign(near - 0.5)
        crossings = (signs[1:] != signs[:-1]).sum()
        assert crossings == 2**L
        # 2^L − 1 units suffice: one for each bend between 0 and 1, and a line without a bend.
        v = np.diff(np.diff(tooth) / np.diff(ends))
        x = np.linspace(0, 1, 500)
        F = 2**L * x + ops.relu(x[:, None] - ends[1:-1])[0] @ v
        assert len(v) == 2**L - 1
        np.testing.assert_allclose(F, composed(x, L), atol=1e-10)


@pytest.mark.parametrize("L", [0, 1, 2, 5])
def test_a_square_of_saw_tooths(L: int) -> None:
    x = np.linspace(0, 1, 2**12 + 1)
    square = x - sum(composed(x, s) / 4**s for s in range(1, L + 1))
    points = np.linspace(0, 1, 2**L + 1)
    np.testing.assert_allclose(square, np.interp(x, points, points**2), atol=1e-12)
    assert abs(square - x**2).max() == pytest.approx(4.0 ** -(L + 1), rel=1e-9)
    for length in (0.1, 0.7):  # the best line on a piece leaves length² / 8
        t = 0.2 + length * np.linspace(0, 1, 2001)
        a, b = t[0] + t[-1], t[0] * t[-1] + length**2 / 8
        assert abs(t**2 - (a * t - b)).max() == pytest.approx(length**2 / 8, rel=1e-6)


def test_principal_components_lose_the_least() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((300, 5)) * np.array([3.0, 2.0, 1.0, 0.5, 0.1])
    x -= x.mean(0)
    λ, V = np.linalg.eigh(x.T @ x / len(x))

    def loss(W: Array) -> float:
        return float(((x - x @ W @ W.T) ** 2).sum(1).mean())

    for k in (1, 2, 4):
        best = λ[: 5 - k].sum()
        assert loss(V[:, 5 - k :]) == pytest.approx(best, rel=1e-12)
        for _ in range(20):
            W = np.linalg.qr(rng.standard_normal((5, k)))[0]
            assert loss(W) >= best


def test_the_gain_of_an_ensemble() -> None:
    F, y = np.random.default_rng(0).standard_normal((7, 50)), np.linspace(-1, 1, 50)
    mean = F.mean(0)
    gain = ((F - mean) ** 2).mean(0)
    np.testing.assert_allclose((mean - y) ** 2, ((F - y) ** 2).mean(0) - gain, rtol=1e-9)


@pytest.mark.parametrize("p", [0.5, 0.2])
def test_the_mean_over_all_masks(p: float) -> None:
    a = np.random.default_rng(0).standard_normal(5)
    masks = np.array(list(product([False, True], repeat=5)))
    chance = np.where(masks, 1 - p, p).prod(1)
    thinned, _ = ops.dropout(a, masks, p=p)
    np.testing.assert_allclose(chance @ thinned, a, rtol=1e-12)
