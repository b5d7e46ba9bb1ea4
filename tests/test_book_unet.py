"""What docs/book/unet.md says, computed in other ways."""

from typing import Any

import numpy as np
import pytest

import refnet
from refnet import ops
from refnet.models import unet
from refnet.nn import functional as F


@pytest.mark.parametrize(("m", "K", "s", "p", "d", "e"), [(4, 3, 2, 1, 1, 1), (5, 2, 3, 0, 2, 0)])
def test_a_transposed_convolution_adds_copies_of_the_window(
    m: int, K: int, s: int, p: int, d: int, e: int
) -> None:
    rng = np.random.default_rng(0)
    x, W = rng.standard_normal(m), rng.standard_normal(K)
    n = (m - 1) * s - 2 * p + d * (K - 1) + 1 + e
    expected = np.zeros(n)
    for i, (j, k) in [(j * s + k * d - p, (j, k)) for j in range(m) for k in range(K)]:
        if 0 <= i < n:
            expected[i] += W[k] * x[j]
    options = {"stride": s, "padding": p, "dilation": d, "output_padding": e}
    a, b = refnet.tensor(x).view(1, 1, m), refnet.tensor(W).view(1, 1, K)
    y = F.conv_transpose1d(a, b, **options).numpy()[0, 0]
    np.testing.assert_allclose(y, expected, atol=1e-14)
    sizes: Any = {"stride": [s], "padding": [(p, p)], "dilation": [d], "output_padding": [e]}
    z, _ = ops.transposed_convolution(x[None, None], W[None, None], None, groups=1, **sizes)
    np.testing.assert_allclose(z[0, 0], expected, atol=1e-14)


@pytest.mark.parametrize(("n", "m"), [(2, 4), (5, 7), (6, 4)])
def test_linear_interpolation(n: int, m: int) -> None:
    rng = np.random.default_rng(1)
    data, dy = rng.standard_normal(n), rng.standard_normal(m)
    x = refnet.tensor(data, requires_grad=True)
    y = F.interpolate(x.view(1, 1, n), m, mode="linear")
    places = (np.arange(m) + 0.5) * n / m - 0.5
    np.testing.assert_allclose(
        y.detach().numpy()[0, 0], np.interp(places, range(n), data), rtol=1e-12
    )
    y.backward(refnet.tensor(dy).view(1, 1, m))
    B = np.array(
        [np.interp(places, range(n), unit) for unit in np.eye(n)]
    )  # its rows: columns of B
    np.testing.assert_allclose(x.grad.numpy(), B @ dy, rtol=1e-12)


def test_the_u_net_and_its_gradient() -> None:
    refnet.manual_seed(2)
    net: Any = unet.build(refnet, channels=1, depth=1, width=2).double().eval()
    rng = np.random.default_rng(3)
    x, dy = refnet.tensor(rng.standard_normal((1, 1, 4, 4))), rng.standard_normal((1, 2, 4, 4))
    d0 = net.down[0](x).detach().requires_grad_()
    d1 = net.down[1](F.max_pool2d(d0, 2))
    first = d0.detach().requires_grad_()
    h = refnet.cat([first, net.up[0](d1)], 1)
    y = net.head(net.join[0](h))
    np.testing.assert_allclose(net(x).detach().numpy(), y.detach().numpy(), rtol=1e-12)
    y.backward(refnet.tensor(dy))  # across: first.grad; down and up again: d0.grad
    seen = {}
    net.down[0].register_full_backward_hook(lambda _, __, dys: seen.update(d=dys[0].numpy()))
    net(x.requires_grad_()).backward(refnet.tensor(dy))
    np.testing.assert_allclose(seen["d"], first.grad.numpy() + d0.grad.numpy(), rtol=1e-10)
    assert abs(d0.grad.numpy()).max() > 0
    assert abs(first.grad.numpy()).max() > 0
