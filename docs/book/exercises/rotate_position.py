"""Moving by k places is a rotation

pos_t holds the pairs (sin ω_j t, cos ω_j t), as in the chapter. Write the function that computes
pos_{t+k} from pos_t and k, without knowing t. A linear layer can do the same, which is why a
network can learn to look k places away.
"""

import numpy as np

START = '''
def rotate_position(pos, k):
    """pos: (E), E even, the vector of some place t; returns the vector of place t + k"""
    ...
'''
HINTS = (
    "sin(α + β) = sin α cos β + cos α sin β and cos(α + β) = cos α cos β − sin α sin β",
    "`pos[0::2]` are the sines and `pos[1::2]` the cosines; ω_j is 10000 to the power of "
    "−2(j − 1)/E.",
)
SOLUTION = """
import numpy as np

def rotate_position(pos, k):
    omega = 10000.0 ** (-np.arange(0, len(pos), 2) / len(pos))
    s, c = np.sin(omega * k), np.cos(omega * k)
    moved = np.empty(len(pos))
    moved[0::2] = pos[0::2] * c + pos[1::2] * s
    moved[1::2] = pos[1::2] * c - pos[0::2] * s
    return moved
"""
MISTAKES = {
    "in the other direction": SOLUTION.replace("omega * k", "-omega * k"),
    "the vector of place k is added": """
import numpy as np

def rotate_position(pos, k):
    omega = 10000.0 ** (-np.arange(0, len(pos), 2) / len(pos))
    return pos + np.stack([np.sin(omega * k), np.cos(omega * k)], axis=1).ravel()
""",
}


def check(rotate_position):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(4)
    E = 8

    def code(t):
        angles = [t / 10000 ** (2 * j / E) for j in range(E // 2)]
        return np.array([f(a) for a in angles for f in (np.sin, np.cos)])

    for t, k in rng.integers(1, 20, (3, 2)):
        got = rotate_position(code(t), int(k))
        assert got is not None, "rotate_position() returned None"
        right = code(t + k)
        assert not np.allclose(got, code(t - k)), "this is the vector of place t − k"
        assert np.shape(got) == (E,), f"expected the shape {(E,)}, got {np.shape(got)}"
        assert np.allclose(got, right), f"t = {t}, k = {k}: expected {right}, got {got}"
