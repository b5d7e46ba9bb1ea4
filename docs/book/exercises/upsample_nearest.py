"""Repeat, and what comes back

Nearest interpolation by the factor s repeats each number of a row s times. Return the enlarged row
and, given ȳ, the gradient x̄.
"""

import numpy as np

import refnet

START = '''
import numpy as np

def upsample(x, dy, s):
    """x: (n), dy: (s n); returns y: (s n) and the gradient of x: (n)"""
    ...
'''
HINTS = (
    "`np.repeat` enlarges.",
    "Each x has s uses, and its gradient is the sum over them: reshape ȳ to (n, s).",
)
SOLUTION = """
import numpy as np

def upsample(x, dy, s):
    return np.repeat(x, s), dy.reshape(len(x), s).sum(axis=1)
"""
MISTAKES = {
    "the whole row repeated": SOLUTION.replace("np.repeat", "np.tile"),
    "the mean of the copies": SOLUTION.replace(".sum(axis=1)", ".mean(axis=1)"),
    "the first copy only": SOLUTION.replace("dy.reshape(len(x), s).sum(axis=1)", "dy[::s]"),
}


def check(upsample):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    for n, s in ((4, 2), (3, 3)):
        x, dy = rng.standard_normal(n), rng.standard_normal(n * s)
        got = upsample(x.copy(), dy.copy(), s)
        assert got is not None, "upsample() returned None"
        assert len(got) == 2, f"expected y and a gradient, got {len(got)} values"
        leaf = refnet.tensor(x, requires_grad=True)
        y = refnet.nn.functional.interpolate(leaf.view(1, 1, n), scale_factor=s)
        y.backward(refnet.tensor(dy).view(1, 1, n * s))
        right = leaf.grad.numpy()
        assert np.allclose(got[0], y.detach().numpy().ravel()), (
            f"y: expected {y.detach().numpy().ravel()}, got {got[0]}"
        )
        assert not np.allclose(got[1], right / s), "this is the mean over the copies, not the sum"
        assert np.allclose(got[1], right), f"the gradient: expected {right}, got {got[1]}"
