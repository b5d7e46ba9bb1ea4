"""The formulas of the chapter on recurrent networks that no other test asks about."""

import numpy as np

from refnet import ops


def test_the_jacobian_is_a_product_of_steps() -> None:
    rng = np.random.default_rng(0)
    T, H = 6, 4
    x, h0, W, U = (rng.standard_normal(s) for s in [(T, 3), (1, H), (H, 3), (H, H)])
    (y, _), pullback = ops.rnn(x, h0, W, U, None, sizes=[1] * T, nonlinearity="tanh")
    J = np.concatenate([pullback((np.zeros((T, H)), row[None]))[1] for row in np.eye(H)])
    product = np.eye(H)
    for h in y:
        product = np.diag(1 - h**2) @ U @ product
    assert np.allclose(J, product, rtol=1e-12)
    assert np.linalg.norm(J, 2) <= np.linalg.norm(U, 2) ** T


def test_the_cell_passes_the_product_of_its_forget_gates() -> None:
    rng = np.random.default_rng(1)
    T, H = 7, 3
    x, W, b = rng.standard_normal((T, 2)), rng.standard_normal((4 * H, 2)), np.zeros(4 * H)
    zeros, U = np.zeros((1, H)), np.zeros((4 * H, H))  # no path through h
    c0 = rng.standard_normal((1, H))
    _, pullback = ops.lstm(x, zeros, c0, W, U, b, None, sizes=[1] * T)
    c_bar = rng.standard_normal((1, H))
    got = pullback((np.zeros((T, H)), zeros, c_bar))[2]
    f = 1 / (1 + np.exp(-(x @ W.T)[:, H : 2 * H]))
    assert np.allclose(got, c_bar * f.prod(axis=0), rtol=1e-12)
