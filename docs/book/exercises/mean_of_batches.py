"""The cost of a whole data set

The data are split into batches. The last one is smaller than the others. For each batch you have
the mean cost of its examples, and the number of its examples. Write the function that returns the
mean cost of all examples.
"""

import numpy as np

import refnet
from refnet import nn

START = '''
import numpy as np

def mean_of_batches(costs, sizes):
    """costs, sizes: arrays with one entry for each batch; returns one number"""
    ...
'''
HINTS = (
    "The sum of the costs of a batch is its mean times its size.",
    "Divide by the number of all examples.",
)
SOLUTION = """
import numpy as np

def mean_of_batches(costs, sizes):
    return np.sum(costs * sizes) / np.sum(sizes)
"""
MISTAKES = {
    "the mean of the means": SOLUTION.replace(
        "np.sum(costs * sizes) / np.sum(sizes)", "costs.mean()"
    ),
    "divided by the number of batches": SOLUTION.replace("/ np.sum(sizes)", "/ len(sizes)"),
}


def check(mean_of_batches):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    x, y = refnet.tensor(rng.random((10, 2)) ** 2), refnet.tensor(rng.random((10, 2)))
    parts = [slice(0, 4), slice(4, 8), slice(8, 10)]
    costs = np.array([nn.MSELoss()(x[part], y[part]).item() for part in parts])
    got = mean_of_batches(costs, np.array([4, 4, 2]))
    assert got is not None, "mean_of_batches() returned None"
    right = nn.MSELoss()(x, y).item()
    assert not np.isclose(got, costs.mean()), (
        "this is the mean of the means: an example of the small batch counts twice as much"
    )
    assert np.isclose(got, right), f"expected {right:.6f}, got {got:.6f}"
