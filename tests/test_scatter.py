"""scatter with a reduce has scatter_reduce's gradient, where PyTorch has none."""

import numpy as np
import pytest

import refnet
from refnet import Tensor


@pytest.mark.filterwarnings("ignore:the reduce argument of scatter")
@pytest.mark.parametrize(("how", "other"), [("add", "sum"), ("multiply", "prod")])
def test_a_reduce_has_scatter_reduces_gradient(how: str, other: str) -> None:
    rng = np.random.default_rng(0)
    x, v, dy = (refnet.from_numpy(rng.standard_normal(n)) for n in (4, 3, 4))
    i = refnet.tensor([2, 0, 2])

    def gradients(y: Tensor) -> list[np.ndarray]:
        return [g.numpy() for g in refnet.autograd.grad(y, [x, v], dy)]

    x.requires_grad_(), v.requires_grad_()
    ours = gradients(x.scatter(0, i, v, reduce=how))
    for a, b in zip(ours, gradients(x.scatter_reduce(0, i, v, other)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)
        assert np.abs(a).min() > 0


def test_a_sparse_gradient_is_left_out() -> None:
    with pytest.raises(NotImplementedError, match=r"gather\(\): sparse_grad is left out"):
        refnet.gather(refnet.ones(3), 0, refnet.tensor([1]), sparse_grad=True)


def test_a_reinterpretation_is_left_out() -> None:
    with pytest.raises(RuntimeError, match="use to"):
        refnet.ones(3).view(dtype=refnet.int32)
