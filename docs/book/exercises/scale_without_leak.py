"""Scale without looking

Inputs are often scaled so that each feature has the mean 0 and the standard deviation 1. The
validation examples stand for examples that nobody has seen yet, so nothing may be computed from
them. Write the function that scales both parts. A feature that is constant in the training part is
only shifted.
"""

import numpy as np

START = '''
import numpy as np

def scale(X_train, X_val):
    """one example in each row; returns both, scaled"""
    ...
'''
HINTS = (
    "Compute the mean and the standard deviation of each column of the training part, and use them "
    "for both parts.",
    "`np.where(std > 0, std, 1)` avoids a division by 0.",
)
SOLUTION = """
import numpy as np

def scale(X_train, X_val):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std = np.where(std > 0, std, 1)
    return (X_train - mean) / std, (X_val - mean) / std
"""
MISTAKES = {
    "each part by itself": SOLUTION.replace(
        "(X_val - mean) / std", "(X_val - X_val.mean(axis=0)) / X_val.std(axis=0)"
    ),
    "both parts together": SOLUTION.replace(
        "mean, std = X_train.mean(axis=0), X_train.std(axis=0)",
        "both = np.concatenate([X_train, X_val])\n"
        "    mean, std = both.mean(axis=0), both.std(axis=0)",
    ),
    "one mean for all features": SOLUTION.replace("axis=0", ""),
    "a constant feature": SOLUTION.replace("np.where(std > 0, std, 1)", "std + 1e-300"),
}


def check(scale):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    X = 3 * rng.standard_normal((12, 4)) + [1, -5, 0, 20]
    train, val = X[:8].copy(), X[8:].copy()
    train[:, 2] = 7.0  # constant in the training part only
    got = scale(train, val)
    assert got is not None, "scale() returned None"
    assert len(got) == 2, f"expected two arrays, got {len(got)}"
    mean, std = train.mean(0), train.std(0)
    std[2] = 1
    for name, part, mine in zip(("training", "validation"), (train, val), got, strict=True):
        right = (part - mean) / std
        assert np.shape(mine) == right.shape, (
            f"{name}: expected the shape {right.shape}, got {np.shape(mine)}"
        )
        assert np.allclose(mine, right), (
            f"{name} part: expected the mean and the spread of the training part to be used; "
            f"the first row should be {right[0].round(3)}, got {np.round(mine[0], 3)}"
        )
