"""A convolution and its gradients

Write the convolution of one row of numbers with a stride, and its two gradients, with loops or
slices: y[m] = Σ_k W[k] x[m s + k]. There are no channels and no padding. Return y, x̄ and W̄.
"""

import numpy as np

import refnet

START = '''
import numpy as np

def conv_and_gradients(x, W, dy, s):
    """x: (n), W: (K), dy: (m); returns y: (m), the gradient of x: (n) and that of W: (K)"""
    ...
'''
HINTS = (
    "Go through all m and k. W[k] and x[m * s + k] meet there, and dy[m] with them.",
    "The factor of W[k] is dy[m] * x[m * s + k]; that of x[m * s + k] is dy[m] * W[k].",
    "An entry of x lies in several windows: add with +=.",
)
SOLUTION = """
import numpy as np

def conv_and_gradients(x, W, dy, s):
    y, dx, dW = np.zeros(len(dy)), np.zeros(len(x)), np.zeros(len(W))
    for m in range(len(dy)):
        seen = slice(m * s, m * s + len(W))
        y[m] = W @ x[seen]
        dx[seen] += dy[m] * W
        dW += dy[m] * x[seen]
    return y, dx, dW
"""
MISTAKES = {
    "the window reversed": SOLUTION.replace("W @ x[seen]", "W[::-1] @ x[seen]"),
    "the gradient of x overwritten": SOLUTION.replace("dx[seen] +=", "dx[seen] ="),
    "the stride forgotten": SOLUTION.replace(
        "slice(m * s, m * s + len(W))", "slice(m, m + len(W))"
    ),
}


def check(conv_and_gradients):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(4)
    for n, K, s in ((9, 3, 1), (10, 4, 2), (11, 2, 3)):
        m = (n - K) // s + 1
        x, W, dy = rng.standard_normal(n), rng.standard_normal(K), rng.standard_normal(m)
        got = conv_and_gradients(x.copy(), W.copy(), dy.copy(), s)
        assert got is not None, "conv_and_gradients() returned None"
        assert len(got) == 3, f"expected y and two gradients, got {len(got)} values"
        a, b = refnet.tensor(x, requires_grad=True), refnet.tensor(W, requires_grad=True)
        y = refnet.nn.functional.conv1d(a.view(1, 1, n), b.view(1, 1, K), stride=s)
        y.backward(refnet.tensor(dy).view(1, 1, m))
        assert not (s == 1 and np.allclose(got[0], np.convolve(x, W, "valid"))), (
            "this is the convolution with the window reversed: expected W[k] x[m s + k]"
        )
        right = (y.detach().numpy().ravel(), a.grad.numpy(), b.grad.numpy())
        for name, mine, its in zip(
            ("y", "the gradient of x", "that of W"), got, right, strict=True
        ):
            assert np.shape(mine) == its.shape, (
                f"{name}: expected {its.shape}, got {np.shape(mine)}"
            )
            assert np.allclose(mine, its), f"{name}, stride {s}: expected {its}, got {mine}"
