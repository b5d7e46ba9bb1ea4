"""A warm-up and a cosine

Write the schedule with which many networks are trained. The rate rises along a straight line from
`peak / warmup` in step 0 to `peak` in step `warmup - 1`. From there it falls along half a cosine:
in step `warmup - 1` it is `peak`, and in the last step, `steps - 1`, it is `low`. Return the rates
of all steps as an array.
"""

import math

import numpy as np

START = '''
import numpy as np

def rates(steps, warmup, peak, low=0.0):
    """returns an array of `steps` learning rates; 1 <= warmup < steps"""
    ...
'''
HINTS = (
    "In step t < warmup the rate is peak * (t + 1) / warmup.",
    "After that the share of the way is s = (t - (warmup - 1)) / (steps - warmup), from 0 to 1.",
    "The cosine: low + (peak - low) * (1 + cos(π s)) / 2. `np.where` joins the two parts.",
)
SOLUTION = """
import numpy as np

def rates(steps, warmup, peak, low=0.0):
    t = np.arange(steps)
    s = (t - (warmup - 1)) / (steps - warmup)
    cosine = low + (peak - low) * (1 + np.cos(np.pi * s)) / 2
    return np.where(t < warmup, peak * (t + 1) / warmup, cosine)
"""
MISTAKES = {
    "it starts with 0": SOLUTION.replace("peak * (t + 1)", "peak * t"),
    "it never reaches the lowest rate": SOLUTION.replace("(steps - warmup)", "steps"),
    "the lowest rate is added": SOLUTION.replace("(peak - low)", "peak"),
    "a whole cosine": SOLUTION.replace("np.pi * s", "2 * np.pi * s"),
}


def check(rates):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    for steps, warmup, peak, low in ((10, 4, 1.0, 0.0), (57, 9, 0.3, 0.02), (6, 1, 2.0, 0.5)):
        got = rates(steps, warmup, peak, low)
        assert got is not None, "rates() returned None"
        got = np.asarray(got, dtype=float)
        assert got.shape == (steps,), f"expected {steps} rates, got the shape {got.shape}"
        for t in range(steps):
            if t < warmup:
                right = peak * (t + 1) / warmup
            else:
                angle = math.pi * (t - warmup + 1) / (steps - warmup)
                right = low + (peak - low) * (1 + math.cos(angle)) / 2
            assert math.isclose(got[t], right, rel_tol=1e-9, abs_tol=1e-12), (
                f"expected {right:.4f} in step {t} of {steps} with warmup={warmup}, peak={peak}, "
                f"low={low}, got {got[t]:.4f}"
            )
