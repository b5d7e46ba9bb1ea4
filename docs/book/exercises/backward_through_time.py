"""Backpropagation through time

The states of a simple recurrent network, h_t = tanh(W x_t + U h_{t−1} + b), have been computed, and
the gradients ȳ_t of the outputs are given. Write the function that returns Ū, the gradient of the
recurrent matrix.
"""

import numpy as np

from refnet import ops

START = '''
def recurrent_gradient(h, y_bar, U):
    """h: (T + 1, H), h[0] is the start, h[t] the state of step t;
    y_bar: (T, H), y_bar[t - 1] belongs to step t; U: (H, H); returns (H, H)"""
    ...
'''
HINTS = (
    "Walk t from T down to 1. Carry U^T ā_{t+1}, which is zero at the start.",
    "h̄_t = ȳ_t + U^T ā_{t+1}, ā_t = h̄_t (1 − h_t²), and Ū is the sum of the outer products "
    "ā_t h_{t−1}^T.",
)
SOLUTION = """
import numpy as np

def recurrent_gradient(h, y_bar, U):
    U_bar, carried = np.zeros(U.shape), np.zeros(len(U))
    for t in range(len(y_bar), 0, -1):
        a_bar = (y_bar[t - 1] + carried) * (1 - h[t] ** 2)
        U_bar += np.outer(a_bar, h[t - 1])
        carried = U.T @ a_bar
    return U_bar
"""
MISTAKES = {
    "U instead of its transpose": SOLUTION.replace("U.T @", "U @"),
    "nothing is carried to the step before": SOLUTION.replace("U.T @ a_bar", "0 * a_bar"),
    "the derivative of the state before": SOLUTION.replace("h[t] ** 2", "h[t - 1] ** 2"),
}


def check(recurrent_gradient):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    T, H = 5, 3
    x, h0, W, U = (rng.standard_normal(s) for s in [(T, 2), (1, H), (H, 2), (H, H)])
    y_bar = rng.standard_normal((T, H))
    (y, _), pullback = ops.rnn(x, h0, W, U, None, sizes=[1] * T, nonlinearity="tanh")
    h = np.concatenate([h0, y])

    def gradient(y_bar):
        return pullback((y_bar, np.zeros((1, H))))[3]()

    got = recurrent_gradient(h.copy(), y_bar.copy(), U.copy())
    assert got is not None, "recurrent_gradient() returned None"
    got, right = np.asarray(got), gradient(y_bar)
    assert got.shape == (H, H), f"expected the shape {(H, H)} of U, got {got.shape}"
    one_step = ((1 - y**2) * y_bar).T @ h[:-1]
    assert not np.allclose(got, one_step), (
        "this is the gradient of each step by itself; a state also acts through the later steps"
    )
    assert np.allclose(got, right), f"expected row 0 {right[0]}, got {got[0]}"
