"""One step of an LSTM

Write the function that computes the new h and c of an LSTM cell for one example. The rows of `W`,
`U` and `b` belong to the gates i, f, g, o, in this order.
"""

import numpy as np

import refnet
from refnet import nn

START = '''
def lstm_step(x, h, c, W, U, b):
    """x: (m); h, c: (H); W: (4H, m); U: (4H, H); b: (4H); returns (h, c)"""
    ...
'''
HINTS = (
    "`np.split(a, 4)` gives the four parts of a.",
    "c = f c + i g first, then h = o tanh(c) with the new c.",
)
SOLUTION = """
import numpy as np

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(W @ x + U @ h + b, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
"""
MISTAKES = {
    "the candidate is a sigmoid": SOLUTION.replace("np.tanh(g)", "sigmoid(g)"),
    "h without tanh": SOLUTION.replace("sigmoid(o) * np.tanh(c)", "sigmoid(o) * c"),
    "another order of the gates": SOLUTION.replace("i, f, g, o =", "f, i, g, o ="),
}


def check(lstm_step):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(2)
    m, H = 2, 3
    W, U, b, x, h, c = (rng.standard_normal(s) for s in [(4 * H, m), (4 * H, H), 4 * H, m, H, H])
    got = lstm_step(x, h, c, W, U, b)
    assert got is not None, "lstm_step() returned None"
    assert isinstance(got, tuple), f"expected the pair (h, c), got {type(got).__name__}"
    assert len(got) == 2, f"expected the pair (h, c), got {len(got)} values"
    cell = nn.LSTMCell(m, H).double()
    with refnet.no_grad():
        for p, value in zip(cell.parameters(), [W, U, b, 0 * b], strict=True):
            p.copy_(refnet.tensor(value))
        new = cell(refnet.tensor(x), (refnet.tensor(h), refnet.tensor(c)))
    h_right, c_right = (p.numpy() for p in new)
    assert np.allclose(got[1], c_right), f"c = f c + i g: expected {c_right}, got {got[1]}"
    assert np.allclose(got[0], h_right), f"h = o tanh(c): expected {h_right}, got {got[0]}"
