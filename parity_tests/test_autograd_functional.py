"""autograd.functional against PyTorch: vjp to hessian, and what the complex step refuses."""

import numpy as np
import pytest
import torch

import refnet

A = np.random.default_rng(5).standard_normal(4)
B = np.random.default_rng(6).standard_normal((4, 3))


def smooth(m):
    return lambda a, b: ((a.tanh() @ b).exp() + (a * a).sum()).log()


def scalar(m):
    return lambda a, b: ((a.tanh() @ b).sigmoid() * (b * b).sum(0)).sum() / (1 + (a * a).sum())


def both(name, func, *args, **kwargs):
    results = []
    for m in (refnet, torch):
        x = (m.tensor(A), m.tensor(B))
        more = tuple(m.tensor(v) if isinstance(v, np.ndarray) else v for v in args)
        more = tuple(tuple(map(m.tensor, v)) if isinstance(v, tuple) else v for v in more)
        results.append(getattr(m.autograd.functional, name)(func(m), x, *more, **kwargs))
    return results


def assert_nested(ours, theirs):
    if isinstance(theirs, tuple):
        assert isinstance(ours, tuple)
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            assert_nested(a, b)
        return
    a, b = ours.numpy(), theirs.numpy()
    assert a.shape == b.shape
    assert a.dtype == b.dtype
    assert np.max(np.abs(a - b), initial=0) <= 1e-13 * max(np.max(np.abs(b), initial=0), 1e-300)


V3 = np.random.default_rng(7).standard_normal(3)
VS = (np.random.default_rng(8).standard_normal(4), np.random.default_rng(9).standard_normal((4, 3)))


@pytest.mark.parametrize(
    ("name", "func", "args", "kwargs"),
    [
        ("vjp", smooth, (V3,), {}),
        ("jvp", smooth, (VS,), {}),
        ("jacobian", smooth, (), {}),
        ("hvp", scalar, (VS,), {}),
        ("vhp", scalar, (VS,), {}),
        ("hessian", scalar, (), {}),
    ],
    ids=lambda p: p if isinstance(p, str) else "",
)
def test_functional(name, func, args, kwargs):
    assert_nested(*both(name, func, *args, **kwargs))


def test_forward_mode_jacobian():
    """One input and no matmul: PyTorch's own forward mode fails on `smooth`."""
    results = [
        m.autograd.functional.jacobian(
            lambda a, m=m: (a.tanh() * m.tensor(B).t()).exp().log1p(),
            m.tensor(A),
            strategy="forward-mode",
            vectorize=True,
        )
        for m in (refnet, torch)
    ]
    assert_nested(*results)


@pytest.mark.parametrize(
    "func",
    [
        lambda x: x.relu().sum(),
        lambda x: x.abs().sum(),
        lambda x: x.max(),
        lambda x: x.clamp(min=0.0).sum(),
        lambda x: (x * (x > 0)).sum(),
    ],
)
def test_a_kink_is_refused_not_answered(func):
    x = refnet.tensor([0.0, 0.0, -1.0], dtype=refnet.float64)
    with pytest.raises(refnet.NotAnalyticError):
        refnet.autograd.functional.hvp(func, x, refnet.ones_like(x))


def test_beside_a_kink_the_answer_is_exact():
    x = refnet.tensor([0.5, 2.0, -1.0], dtype=refnet.float64)
    v = refnet.tensor([1.0, -2.0, 3.0], dtype=refnet.float64)
    _, product = refnet.autograd.functional.hvp(lambda x: (x.relu() ** 3).sum(), x, v)
    assert np.allclose(product.numpy(), [3.0, -24.0, 0.0], rtol=1e-15, atol=0)
