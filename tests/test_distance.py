"""Distances: each against its definition, and the fused rules against their unfused twins."""

import itertools

import numpy as np
import pytest

import refnet
from refnet import ops
from refnet.nn import functional as F
from refnet.ops.rule import NotAnalyticError
from refnet.testing import check_pullback

rng = np.random.default_rng(0)


@pytest.mark.parametrize("p", [0.5, 1.0, 1.5, 2.0, 3.0, np.inf])
def test_distances_of_rows(p: float) -> None:
    a, b = rng.standard_normal((4, 3)), rng.standard_normal((5, 3))
    expected = np.array([[np.linalg.norm(x - y, p) for y in b] for x in a])
    found = refnet.cdist(refnet.from_numpy(a), refnet.from_numpy(b), p)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-13)
    pairs = [np.linalg.norm(x - y, p) for x, y in itertools.combinations(a, 2)]
    np.testing.assert_allclose(F.pdist(refnet.from_numpy(a), p).numpy(), pairs, rtol=1e-13)


def test_equal_rows_have_distance_0_and_gradient_0() -> None:
    for p in (0.0, 0.5, 1.0, 2.0, 3.0, np.inf):
        x = refnet.tensor([[1.0, 2.0], [1.0, 2.0]]).requires_grad_()
        d = F.pdist(x, p)
        d.backward(refnet.tensor([3.0]))
        assert d.item() == 0
        assert x.grad is not None
        np.testing.assert_array_equal(x.grad.numpy(), 0)


def test_every_largest_difference_has_the_whole_cotangent() -> None:
    y, pullback = ops.largest_difference(np.array([[1.0, -1.0, 0.5], [0.0, 0.0, 0.0]]))
    np.testing.assert_array_equal(y, [1.0, 0.0])
    np.testing.assert_array_equal(pullback(np.array([2.0, 3.0]))[0], [[2, -2, 0], [0, 0, 0]])


def test_cosine_similarity_is_its_formula() -> None:
    a, b = (refnet.from_numpy(rng.standard_normal((3, 4))).requires_grad_() for _ in range(2))
    dy = refnet.from_numpy(rng.standard_normal(3))
    y = F.cosine_similarity(a, b)
    z = (a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1))
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-14)
    ours = refnet.autograd.grad(y, (a, b), dy)
    theirs = refnet.autograd.grad(z, (a, b), dy)
    for g, h in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(g.numpy(), h.numpy(), atol=1e-14, rtol=1e-12)


def test_pullbacks() -> None:
    a, b = rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 3, 4))
    check_pullback(ops.cosine_similarity, [a, b], dim=1, eps=1e-8)
    check_pullback(ops.largest_difference, [a])
    with pytest.raises(NotAnalyticError):
        ops.cosine_similarity(1e-9 * a + 1e-30j, b, dim=1, eps=1e-8)
