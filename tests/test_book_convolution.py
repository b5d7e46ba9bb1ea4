"""What docs/book/convolution.md says about pooling."""

import numpy as np

import refnet
from refnet.nn import functional as F


def test_average_pooling_is_a_convolution() -> None:
    rng = np.random.default_rng(0)
    data, dy = rng.standard_normal((2, 3, 7, 8)), rng.standard_normal((2, 3, 3, 4))
    x, same = (refnet.tensor(data, requires_grad=True) for _ in range(2))
    weights = refnet.full((3, 1, 3, 2), 1 / 6, dtype=refnet.float64)
    y, z = F.avg_pool2d(x, (3, 2), (2, 2)), F.conv2d(same, weights, stride=(2, 2), groups=3)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), atol=1e-14)
    y.backward(refnet.tensor(dy))
    z.backward(refnet.tensor(dy))
    np.testing.assert_allclose(x.grad.numpy(), same.grad.numpy(), atol=1e-14)


def test_max_pooling_sends_the_gradient_to_the_largest_entry() -> None:
    rng = np.random.default_rng(1)
    data, dy = rng.integers(0, 4, (6, 7)).astype(float), rng.standard_normal((4, 3))
    x = refnet.tensor(data, requires_grad=True)
    y = F.max_pool2d(x.view(1, 1, 6, 7), 3, (1, 2))
    expected, values = np.zeros((6, 7)), np.zeros((4, 3))
    for i, j in np.ndindex(4, 3):
        window = data[i : i + 3, 2 * j : 2 * j + 3]
        row, column = np.unravel_index(window.argmax(), (3, 3))
        values[i, j] = window.max()
        expected[i + row, 2 * j + column] += dy[i, j]
    np.testing.assert_array_equal(y.detach().numpy()[0, 0], values)
    y.backward(refnet.tensor(dy).view(1, 1, 4, 3))
    np.testing.assert_allclose(x.grad.numpy(), expected, atol=1e-15)
