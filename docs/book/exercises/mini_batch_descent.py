"""Training by hand

Train a linear model F(x) = X w by mini-batches, in NumPy. For each batch of row numbers, in the
order given, make one step w ← w − η g. g is the gradient of the *mean* over the batch of
(x·w − y)². Return the last w, and do not change the w that you were given.
"""

import numpy as np

import refnet
from refnet import nn

START = '''
def descent(X, y, w, batches, lr):
    """X: (N, m), y: (N), w: (m); batches: a list of arrays of row numbers"""
    ...
'''
HINTS = (
    "`X[batch]` has the rows of a batch.",
    "With the error e = X w − y of the batch, g = 2 Xᵀ e / B.",
    "`w = w - lr * g` makes a new array; `w -= lr * g` changes the given one.",
)
SOLUTION = """
def descent(X, y, w, batches, lr):
    for batch in batches:
        error = X[batch] @ w - y[batch]
        w = w - lr * 2 * X[batch].T @ error / len(batch)
    return w
"""
MISTAKES = {
    "the sum over the batch": SOLUTION.replace(" / len(batch)", ""),
    "divided by all examples": SOLUTION.replace("len(batch)", "len(X)"),
    "the given w is changed": SOLUTION.replace("w = w - lr", "w -= lr"),
    "always at the first w": SOLUTION.replace(
        "    for batch", "    start = w\n    for batch"
    ).replace("@ w - y", "@ start - y"),
}


def check(descent):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    X, y, w = rng.standard_normal((10, 3)), rng.standard_normal(10), rng.standard_normal(3)
    order = rng.permutation(10)
    batches = [order[:4], order[4:8], order[8:]]
    before = w.copy()
    got = descent(X, y, w, batches, 0.05)
    assert got is not None, "descent() returned None"
    assert np.array_equal(w, before), "expected the given w to be as before, but it was changed"
    theta = refnet.tensor(before, requires_grad=True)
    optimizer = refnet.optim.SGD([theta], lr=0.05)
    for number, batch in enumerate(batches, 1):
        optimizer.zero_grad()
        rows, target = refnet.tensor(X[batch]), refnet.tensor(y[batch])
        nn.MSELoss()(rows @ theta, target).backward()
        optimizer.step()
        one = descent(X, y, before.copy(), batches[:number], 0.05)
        right = theta.detach().numpy()
        assert np.shape(one) == (3,), f"expected 3 numbers, got the shape {np.shape(one)}"
        assert np.allclose(one, right), f"after {number} batches: expected {right}, got {one}"
    assert np.allclose(got, right), f"expected {right}, got {got}"
