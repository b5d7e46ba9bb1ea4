"""Gradients that do not explode

If the norm of all gradients *together* is larger than a limit, all of them are multiplied by the
same factor, so that the norm becomes the limit. Otherwise they stay as they are. Write this for a
list of arrays; return a new list.
"""

import numpy as np

START = '''
def clip_gradients(gradients, limit):
    """gradients: a list of arrays; returns the list of scaled arrays"""
    ...
'''
HINTS = (
    "The square of the norm is the sum of the squares of all entries of all arrays.",
    "The factor is limit / norm, and never more than 1.",
)
SOLUTION = """
import numpy as np

def clip_gradients(gradients, limit):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    factor = min(1.0, limit / norm)
    return [factor * g for g in gradients]
"""
MISTAKES = {
    "each array by itself": """
import numpy as np

def clip_gradients(gradients, limit):
    return [min(1.0, limit / np.sqrt((g ** 2).sum())) * g for g in gradients]
""",
    "each entry by itself": """
import numpy as np

def clip_gradients(gradients, limit):
    return [np.clip(g, -limit, limit) for g in gradients]
""",
    "small gradients grow": SOLUTION.replace("min(1.0, limit / norm)", "limit / norm"),
}


def check(clip_gradients):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(3)
    gradients = [rng.standard_normal((2, 3)), 5 * rng.standard_normal(4)]
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    for limit in (norm / 3, 2 * norm):
        got = clip_gradients([g.copy() for g in gradients], limit)
        assert got is not None, "clip_gradients() returned None"
        assert len(got) == 2, f"expected 2 arrays, got {len(got)}"
        factor = min(1.0, limit / norm)
        for g, new in zip(gradients, got, strict=True):
            assert np.allclose(new, factor * g), (
                f"the norm is {norm:.3g} and the limit {limit:.3g}: expected each gradient times "
                f"{factor:.3g}, got row {np.ravel(new)} from {np.ravel(g)}"
            )
