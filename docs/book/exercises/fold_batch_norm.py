"""A batch norm that costs nothing

In evaluation a batch norm is linear in x. So a linear layer z = W x + b with a batch norm after it
is again a linear layer, y = W′ x + b′. Return W′ and b′. Programs do this before they are used, and
save the work of the norm.
"""

import numpy as np

import refnet

START = '''
import numpy as np

def fold(W, b, mean, var, gamma, beta, eps):
    """W: (n, m), all others: (n); returns W′: (n, m) and b′: (n)"""
    ...
'''
HINTS = (
    "y = γ (z − μ) r + β with r = 1/√(σ² + ε). Put in z = W x + b.",
    "Each row of W is multiplied by its γ r: `(gamma * r)[:, None] * W`.",
)
SOLUTION = """
import numpy as np

def fold(W, b, mean, var, gamma, beta, eps):
    scale = gamma / np.sqrt(var + eps)
    return scale[:, None] * W, scale * (b - mean) + beta
"""
MISTAKES = {
    "the bias not scaled": SOLUTION.replace("scale * (b - mean) + beta", "b - scale * mean + beta"),
    "the columns scaled": SOLUTION.replace("scale[:, None] * W", "scale * W"),
    "divided by the variance": SOLUTION.replace("np.sqrt(var + eps)", "(var + eps)"),
}


def check(fold):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(3)
    W, x = rng.standard_normal((4, 4)), rng.standard_normal((6, 4))
    b, mean, gamma, beta = rng.standard_normal((4, 4))
    var, eps = 0.5 + rng.random(4), 0.1
    got = fold(W.copy(), b.copy(), mean, var, gamma, beta, eps)
    assert got is not None, "fold() returned None"
    assert len(got) == 2, f"expected W′ and b′, got {len(got)} values"
    assert np.shape(got[0]) == (4, 4), f"W′: expected the shape (4, 4), got {np.shape(got[0])}"
    assert np.shape(got[1]) == (4,), f"b′: expected the shape (4,), got {np.shape(got[1])}"
    t = [refnet.tensor(a) for a in (x @ W.T + b, mean, var, gamma, beta)]
    right = refnet.nn.functional.batch_norm(*t, eps=eps).numpy()
    mine = x @ got[0].T + got[1]
    zero = refnet.nn.functional.batch_norm(refnet.tensor(b[None]), *t[1:], eps=eps).numpy()[0]
    assert np.allclose(got[1], zero), f"b′: for x = 0 expected {zero}, got {got[1]}"
    assert np.allclose(mine, right), f"expected y = {right[0]}, got {mine[0]}"
