"""How long are the paths?

The blocks x^ℓ = x^{ℓ−1} + f^ℓ(x^{ℓ−1}) of one number have the derivatives j₁ … j_L of their f. The
gradient Π (1 + j_ℓ) is a sum over 2^L paths. Return how much of it the paths through exactly k
blocks carry, for k = 0 … L. Do it without going through all paths: L may be 40.
"""

import itertools

import numpy as np

START = '''
import numpy as np

def path_sums(slopes):
    """slopes: j₁ … j_L; returns L + 1 numbers, whose sum is the gradient"""
    ...
'''
HINTS = (
    "Add one block after the other. At first there is one path, through 0 blocks, with the sum 1.",
    "Past the new block, a path keeps its length. Through it, its length grows by 1, and its product "
    "is multiplied by j.",
    "These are the coefficients of the polynomial Π (1 + j_ℓ t).",
)
SOLUTION = """
import numpy as np

def path_sums(slopes):
    sums = np.array([1.0])
    for j in slopes:
        sums = np.append(sums, 0) + np.append(0, j * sums)
    return sums
"""
MISTAKES = {
    "the number of the paths": SOLUTION.replace("j * sums", "sums"),
    "only the path through all blocks": """
import numpy as np

def path_sums(slopes):
    return np.append(1.0, np.cumprod(slopes))
""",
}


def check(path_sums):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(2)
    slopes = rng.uniform(-0.5, 0.5, 6)
    got = path_sums(slopes.copy())
    assert got is not None, "path_sums() returned None"
    assert np.shape(got) == (7,), f"expected 7 numbers for 6 blocks, got {np.shape(got)}"
    right = np.zeros(7)
    for through in itertools.product((0, 1), repeat=6):
        right[sum(through)] += np.prod(slopes[np.array(through) == 1])
    assert not np.allclose(got, [1, 6, 15, 20, 15, 6, 1]), "this is how many paths there are"
    assert np.allclose(got, right), f"slopes {slopes}: expected {right}, got {got}"
    many = rng.uniform(0, 0.2, 40)
    total = float(np.sum(path_sums(many.copy())))
    assert np.allclose(total, np.prod(1 + many)), (
        f"40 blocks: expected the sum {np.prod(1 + many)}, got {total}"
    )
