"""The forward pass of a batch

Write the forward pass of a cascade with the sigmoid for N examples in the rows of X, without a loop
over the examples.
"""

from itertools import pairwise

import numpy as np

import refnet

START = '''
import numpy as np

def forward_batch(layers, X):
    """layers: a list of pairs (W, b), W: (out, in), b: (out); X: (N, n0); returns (N, nL)"""
    ...
'''
HINTS = (
    "The layer is `A @ W.T + b`. Look at the shapes: (N, in), (in, out), (out).",
    "σ(z) = 1 / (1 + e⁻ᶻ) follows every layer, the last one too.",
)
SOLUTION = """
import numpy as np

def forward_batch(layers, X):
    A = X
    for W, b in layers:
        A = 1 / (1 + np.exp(-(A @ W.T + b)))
    return A
"""
MISTAKES = {
    "the formula for a column": SOLUTION.replace("A @ W.T", "W @ A"),
    "W is not transposed": SOLUTION.replace("A @ W.T", "A @ W"),
    "the last layer without σ": """
import numpy as np

def forward_batch(layers, X):
    A = X
    for W, b in layers:
        Z = A @ W.T + b
        A = 1 / (1 + np.exp(-Z))
    return Z
""",
}


def check(forward_batch):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(2)
    for N, sizes in ((3, (3, 3, 3)), (5, (2, 4, 3))):
        layers = [(rng.standard_normal((n, m)), rng.standard_normal(n)) for m, n in pairwise(sizes)]
        X = rng.standard_normal((N, sizes[0]))
        try:
            got = forward_batch(layers, X)
        except ValueError as error:
            raise AssertionError(f"expected shapes that fit, got: {error}") from None
        assert got is not None, "forward_batch() returned None"
        got, A = np.asarray(got), refnet.tensor(X)
        for W, b in layers:
            Z = refnet.nn.functional.linear(A, refnet.tensor(W), refnet.tensor(b))
            A = refnet.sigmoid(Z)
        right = A.numpy()
        assert got.shape == right.shape, f"expected the shape {right.shape}, got {got.shape}"
        assert not np.allclose(got, Z.numpy()), "this is the last z; σ(z) is missing"
        assert np.allclose(got, right), (
            f"expected row 0 to be {right[0]}, got {got[0]}; example i is row i of X"
        )
