"""Products: each rule against another formula, and the errors for sizes that do not fit."""

import numpy as np
import pytest
from conftest import randn

import refnet
from refnet import ops
from refnet.kernels.summation import column_sums
from refnet.nn import functional as F
from refnet.testing import check_pullback


def tensor(*shape: int) -> refnet.Tensor:
    return refnet.from_numpy(randn(*shape))


SHAPES = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (1, 3, 4)),
    ((4, 1, 2, 3), (5, 3, 2)),
    ((4, 1), (1, 5)),
    ((0, 3), (3, 4)),
    ((2, 0), (0, 4)),
]


@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_matmul_is_numpys_and_its_pullback_is_exact(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    x, y = randn(*a), randn(*b)
    np.testing.assert_allclose(ops.matmul(x, y)[0], np.matmul(x, y), rtol=1e-14, atol=1e-14)
    check_pullback(ops.matmul, [x, y])


@pytest.mark.parametrize("batch", [(), (6,), (2, 3), (0,)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear_is_matmul_and_add(batch: tuple[int, ...], bias: bool) -> None:
    x, W = randn(*batch, 4), randn(3, 4)
    b = randn(3) if bias else None
    value, _ = ops.linear(x, W, b)
    np.testing.assert_allclose(value, x @ W.T + (0 if b is None else b), rtol=1e-14)
    check_pullback(ops.linear, [x, W, b])


@pytest.mark.parametrize("batch", [(), (6,), (2, 3)])
def test_bilinear_is_an_einsum(batch: tuple[int, ...]) -> None:
    x1, x2, W, b = randn(*batch, 3), randn(*batch, 4), randn(5, 3, 4), randn(5)
    expected = np.einsum("...i,kij,...j->...k", x1, W, x2) + b
    np.testing.assert_allclose(ops.bilinear(x1, x2, W, b)[0], expected, rtol=1e-13)
    check_pullback(ops.bilinear, [x1, x2, W, b])


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,jk->ik", [(2, 3), (3, 4)]),
        ("bij,bkj->bki", [(5, 2, 3), (5, 4, 3)]),
        ("ii->i", [(3, 3)]),
        ("iij->", [(3, 3, 2)]),
        ("ij,kl->i", [(2, 3), (4, 5)]),
        ("ij,jk->ik", [(2, 1), (3, 4)]),
        ("iik,kj,l->ij", [(3, 3, 2), (2, 4), (5,)]),
    ],
)
def test_einsum(equation: str, shapes: list[tuple[int, ...]]) -> None:
    xs = [randn(*s) for s in shapes]
    value, _ = ops.einsum(*xs, equation=equation)
    np.testing.assert_allclose(value, np.einsum(equation, *xs), rtol=1e-13)
    check_pullback(ops.einsum, xs, equation=equation)


def test_addmm_and_its_unread_operand() -> None:
    c, a, b = randn(2, 4), randn(2, 3), randn(3, 4)
    check_pullback(ops.addmm, [c, a, b], beta=0.5, alpha=-2.0)
    value, pullback = ops.addmm(np.full((2, 4), np.nan), a, b, beta=0, alpha=1)
    np.testing.assert_allclose(value, a @ b, rtol=1e-12)
    np.testing.assert_array_equal(pullback(randn(2, 4))[0](), np.zeros((2, 4)))


def test_only_the_gradients_that_are_asked_for_are_computed() -> None:
    _, pullback = ops.linear(randn(2, 4), randn(3, 4), randn(3))
    assert all(callable(entry) for entry in pullback(randn(2, 3)))


@pytest.mark.parametrize("n", [0, 1, 2, 7, 64, 1000])
def test_column_sums(n: int) -> None:
    x = randn(n, 3).astype(np.float32)
    total = column_sums(x)
    assert total.dtype == np.float32
    np.testing.assert_allclose(
        total, x.astype(float).sum(0), atol=4e-7 * (1 + np.abs(x).max(initial=0)) * n**0.5
    )


def test_column_sums_are_as_exact_as_pairwise_ones() -> None:
    x = np.random.default_rng(0).random((20_000, 2)).astype(np.float32)
    exact = x.astype(float).sum(axis=0)
    error = np.abs(column_sums(x) - exact).max() / exact.max()
    assert error < 1e-6
    assert error < np.abs(x.sum(axis=0) - exact).max() / exact.max()


def test_nan_and_inf_do_not_warn() -> None:
    x = refnet.tensor([[np.inf, -np.inf], [np.nan, 1.0]], requires_grad=True)
    ones = refnet.ones(2, 2, requires_grad=True)
    for product in (refnet.matmul, F.linear):
        y = product(x, ones)
        assert np.isnan(y.detach().numpy()).all()
        y.backward(x.detach())
        assert np.isnan(ones.grad.numpy()).any()


@pytest.mark.parametrize(
    ("f", "shapes", "message"),
    [
        (refnet.matmul, [(2, 3), (4, 5)], r"cannot be multiplied \(2x3 and 4x5\)"),
        (refnet.matmul, [(3, 1), (3, 4)], r"cannot be multiplied \(3x1 and 3x4\)"),
        (refnet.matmul, [(3,), (4,)], r"cannot be multiplied \(1x3 and 4x1\)"),
        (refnet.matmul, [(2, 2, 3), (3, 3, 4)], r"batches .*\[2, 2, 3\].*\[3, 3, 4\]"),
        (refnet.matmul, [(5, 2, 3), (5, 4, 2)], r"3 columns and 4 rows"),
        (refnet.matmul, [(), (3,)], r"at least 1D, but they are 0D and 1D"),
        (refnet.mm, [(2, 3), (3,)], r"to have 2 dimensions, got shape \[3\]"),
        (refnet.bmm, [(2, 3, 4), (3, 4, 5)], r"to be: \[2, 4\] but got: \[3, 4\]"),
        (refnet.dot, [(3,), (4,)], r"same size, got \[3\] and \[4\]"),
        (F.linear, [(2, 3), (5, 4)], r"cannot be multiplied \(2x3 and 4x5\)"),
        (F.linear, [(2, 4), (5, 4), (3,)], r"5.*3"),
        (F.bilinear, [(2, 3), (2, 5), (6, 3, 4)], r"input2 .* got 5 but expected 4"),
    ],
)
def test_sizes_that_do_not_fit(f: object, shapes: list[tuple[int, ...]], message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        f(*[tensor(*s) for s in shapes])  # type: ignore[operator]


def test_two_dtypes() -> None:
    a, b = tensor(2, 3).float(), tensor(3, 4)
    with pytest.raises(RuntimeError, match="same dtype, but got: float != double"):
        refnet.matmul(a, b)
    with pytest.raises(RuntimeError, match=r"refnet.float32, refnet.float64"):
        F.linear(a, b.T)
    with pytest.raises(TypeError, match=r"argument 'other' .* must be Tensor, not int"):
        refnet.matmul(a, 3)


@pytest.mark.parametrize(
    ("equation", "shapes", "message"),
    [
        ("ij,jk", [(2, 3)], "has 2 operands, got 1"),
        ("ijk->i", [(2, 3)], r"subscripts in the equation \(3\)"),
        ("ij->k", [(2, 3)], "k does not appear"),
        ("ij->ii", [(2, 3)], "i appears more than once"),
        ("i1->i", [(2, 3)], "invalid subscript '1' for operand 0"),
        ("ii->i", [(2, 3)], "sizes don't match, 3 != 2"),
        ("ij,jk->ik", [(2, 3), (4, 5)], "size 4 for operand 1 .* previously seen size 3"),
    ],
)
def test_equations_that_do_not_fit(
    equation: str, shapes: list[tuple[int, ...]], message: str
) -> None:
    with pytest.raises(RuntimeError, match=message):
        refnet.einsum(equation, *[tensor(*s) for s in shapes])
