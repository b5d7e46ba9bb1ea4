"""Running statistics

A batch norm sees batches of the shape (N, C), which may have different N. Return its running mean
and its running variance after the last batch. `momentum` is a number, or None: then every batch
has the same weight, so the t-th batch has the weight 1/t when it comes.
"""

import numpy as np

import refnet

START = '''
import numpy as np

def running_statistics(batches, momentum):
    """batches: a list of arrays (N, C); returns the mean (C) and the variance (C)"""
    ...
'''
HINTS = (
    "Begin with the mean 0 and the variance 1.",
    "The new variance is the unbiased one: `x.var(axis=0, ddof=1)`.",
    "Let the momentum of the t-th batch be 1/t for None, with t from 1.",
)
SOLUTION = """
import numpy as np

def running_statistics(batches, momentum):
    C = batches[0].shape[1]
    mean, var = np.zeros(C), np.ones(C)
    for t, x in enumerate(batches, 1):
        m = 1 / t if momentum is None else momentum
        mean = (1 - m) * mean + m * x.mean(axis=0)
        var = (1 - m) * var + m * x.var(axis=0, ddof=1)
    return mean, var
"""
MISTAKES = {
    "the biased variance": SOLUTION.replace(", ddof=1", ""),
    "the weights exchanged": SOLUTION.replace("(1 - m) * mean + m *", "m * mean + (1 - m) *"),
    "the variance from 0": SOLUTION.replace("np.ones(C)", "np.zeros(C)"),
}


def check(running_statistics):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(2)
    batches = [2 + 3 * rng.standard_normal((n, 3)) for n in (4, 7, 3)]
    for momentum in (0.1, 0.3, None):
        got = running_statistics([x.copy() for x in batches], momentum)
        assert got is not None, "running_statistics() returned None"
        assert len(got) == 2, f"expected a mean and a variance, got {len(got)} values"
        norm = refnet.nn.BatchNorm1d(3, momentum=momentum, dtype=refnet.float64)
        for x in batches:
            norm(refnet.tensor(x))
        for name, mine, its in zip(
            ("mean", "variance"), got, (norm.running_mean, norm.running_var), strict=True
        ):
            right = its.numpy()
            assert np.allclose(mine, right), (
                f"{name}, momentum {momentum}: expected {right}, got {mine}"
            )
