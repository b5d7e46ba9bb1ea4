"""The Hessians in which critical points are searched are PyTorch's."""

import numpy as np
import pytest
import torch

from refnet.landscape import classic
from refnet.studies import saddles


@pytest.mark.parametrize("surface", classic.SURFACES, ids=lambda s: s.name)
def test_the_classic_surfaces_have_pytorchs_derivatives(surface: classic.Classic) -> None:
    for θ in np.random.default_rng(0).uniform(-2, 2, (5, 2)):
        C = lambda t: surface.C.f(t[None])[0]  # noqa: E731
        t = torch.from_numpy(θ).requires_grad_()
        value = C(t)
        close = {"rtol": 1e-12, "atol": 1e-12}
        np.testing.assert_allclose(surface.C.value(θ), value.item(), **close)
        (g,) = torch.autograd.grad(value, t)
        np.testing.assert_allclose(surface.C.gradient(θ), g, **close)
        H = torch.autograd.functional.hessian(C, t.detach())
        np.testing.assert_allclose(surface.C.hessian(θ), H, **close)


def test_the_studied_network_has_pytorchs_hessian() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((20, 4)), rng.integers(0, 3, 20)
    C = saddles.network([4, 3, 2, 3], x, y, 1e-2)
    θ = rng.standard_normal(C.size)

    def theirs(t: torch.Tensor) -> torch.Tensor:
        a, at = torch.from_numpy(x), 0
        for layer, (m, n) in enumerate([(4, 3), (3, 2), (2, 3)]):
            W, b = t[at : at + m * n].view(m, n), t[at + m * n : at + m * n + n]
            a = (torch.tanh(a) if layer else a) @ W + b
            at += m * n + n
        loss = torch.nn.functional.cross_entropy(a, torch.from_numpy(y))
        return loss + 5e-3 * (t * t).sum()

    t = torch.from_numpy(θ)
    np.testing.assert_allclose(C.value(θ), theirs(t).item(), rtol=1e-13)
    H = torch.autograd.functional.hessian(theirs, t)
    np.testing.assert_allclose(C.hessian(θ), H, rtol=1e-12, atol=1e-12)
