"""Adam from its formulas

Write Adam with the bias correction. Given the gradients of all steps, return the positions after
each step, from θ = 0. A gradient that is not known is NaN: then this entry does not move, and its m
and v keep their values, but t goes on counting for all entries.
"""

import numpy as np

import refnet

START = '''
import numpy as np

def adam_steps(gradients, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """gradients: (steps, p); returns the positions (steps, p)"""
    ...
'''
HINTS = (
    "Begin with theta, m and v as arrays of p zeros. Count t from 1.",
    "The correction divides m by 1 - beta1**t and v by 1 - beta2**t. It does not change m and v.",
    "`known = ~np.isnan(g)` and `np.where(known, new, old)`.",
)
SOLUTION = """
import numpy as np

def adam_steps(gradients, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    theta, m, v = np.zeros((3, gradients.shape[1]))
    path = []
    for t, g in enumerate(gradients, 1):
        known = ~np.isnan(g)
        m = np.where(known, beta1 * m + (1 - beta1) * g, m)
        v = np.where(known, beta2 * v + (1 - beta2) * g**2, v)
        step = lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
        theta = np.where(known, theta - step, theta)
        path.append(theta)
    return np.array(path)
"""
MISTAKES = {
    "no correction": SOLUTION.replace("(m / (1 - beta1**t))", "m").replace(
        "v / (1 - beta2**t)", "v"
    ),
    "the corrected averages are kept": SOLUTION.replace(
        "        step =", "        m = m / (1 - beta1**t)\n        step ="
    ).replace("(m / (1 - beta1**t)) /", "m /"),
    "ε under the root": SOLUTION.replace(
        "(np.sqrt(v / (1 - beta2**t)) + eps)", "np.sqrt(v / (1 - beta2**t) + eps)"
    ),
    "an unknown gradient is a zero": SOLUTION.replace(
        "known = ~np.isnan(g)", "g = np.nan_to_num(g); known = np.ones(len(g), bool)"
    ),
}


def check(adam_steps):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(4)
    gradients = rng.standard_normal((25, 3)) * np.array([1e-5, 1.0, 100.0])
    for betas in ((0.9, 0.999), (0.5, 0.8)):
        theta = refnet.zeros(3, dtype=refnet.float64, requires_grad=True)
        optimizer = refnet.optim.Adam([theta], lr=0.1, betas=betas)
        right = []
        for g in gradients:
            theta.grad = refnet.tensor(g)
            optimizer.step()
            right.append(theta.detach().numpy().copy())
        got = adam_steps(gradients, 0.1, *betas)
        assert got is not None, "adam_steps() returned None"
        assert np.shape(got) == (25, 3), f"expected the shape (25, 3), got {np.shape(got)}"
        for t in (0, 1, 24):
            assert np.allclose(got[t], right[t], rtol=1e-6), (
                f"expected {right[t].round(4)} after step {t + 1}, got {np.round(got[t], 4)}"
            )
    holes = gradients.copy()
    holes[3:7, 1] = np.nan
    got = adam_steps(holes, 0.1)
    assert np.array_equal(got[6, 1], got[2, 1]), "expected no move while the gradient is NaN"
    m = v = 0.0
    for t, g in enumerate(gradients[:8, 1]):
        if not 3 <= t < 7:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    step = 0.1 * (m / (1 - 0.9**8)) / (np.sqrt(v / (1 - 0.999**8)) + 1e-8)
    assert np.isclose(got[6, 1] - got[7, 1], step), (
        f"expected a step of {step:.5f} after the gap, with t = 8, got {got[6, 1] - got[7, 1]:.5f}"
    )
