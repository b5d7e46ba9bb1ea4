"""Minimum, maximum or saddle?

At a critical point the signs of the eigenvalues of the Hessian H decide what lies around it. Return
"minimum", "maximum", "saddle" or "degenerate" (some eigenvalues are zero, and the others have one
sign). An eigenvalue counts as zero if its size is at most 10⁻⁶ times the largest size.
"""

import numpy as np

START = '''
import numpy as np

def classify(H):
    """H: (p, p), symmetric; returns "minimum", "maximum", "saddle" or "degenerate" """
    ...
'''
HINTS = (
    "`np.linalg.eigvalsh(H)` returns the eigenvalues of a symmetric matrix.",
    "A saddle needs one positive and one negative eigenvalue. More zeros do not change that.",
    "Ask for the saddle first, then for zeros, then for the sign.",
)
SOLUTION = """
import numpy as np

def classify(H):
    eigenvalues = np.linalg.eigvalsh(H)
    small = 1e-6 * abs(eigenvalues).max()
    negative, positive = (eigenvalues < -small).any(), (eigenvalues > small).any()
    if negative and positive:
        return "saddle"
    if (abs(eigenvalues) <= small).any():
        return "degenerate"
    return "minimum" if positive else "maximum"
"""
MISTAKES = {
    "the diagonal instead of the eigenvalues": SOLUTION.replace(
        "np.linalg.eigvalsh(H)", "np.diag(H)"
    ),
    "the determinant": """
import numpy as np

def classify(H):
    determinant = np.linalg.det(H)
    if abs(determinant) < 1e-6:
        return "degenerate"
    if determinant < 0:
        return "saddle"
    return "minimum" if H[0, 0] > 0 else "maximum"
""",
    "zeros before signs": """
import numpy as np

def classify(H):
    eigenvalues = np.linalg.eigvalsh(H)
    small = 1e-6 * abs(eigenvalues).max()
    if (abs(eigenvalues) <= small).any():
        return "degenerate"
    if (eigenvalues > 0).all():
        return "minimum"
    return "maximum" if (eigenvalues < 0).all() else "saddle"
""",
}
CASES = {
    "minimum": ([1.0, 2.0, 5.0, 0.1],),
    "maximum": ([-1.0, -2.0, -5.0, -0.1],),
    "saddle": ([-1.0, 2.0, 3.0, 4.0], [-1.0, -2.0, 3.0, 4.0], [-3.0, 0.0, 0.0, 2.0]),
    "degenerate": ([0.0, 1.0, 2.0, 3.0], [-1.0, -2.0, 1e-12, -3.0], [0.0, 0.0, 0.0, 0.0]),
}


def check(classify):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    for kind, spectra in CASES.items():
        for spectrum in spectra:
            for _ in range(5):
                V = np.linalg.qr(rng.standard_normal((4, 4)))[0]
                H = (V * np.array(spectrum)) @ V.T
                got = classify((H + H.T) / 2)
                assert got is not None, "classify() returned None"
                assert got == kind, f"expected {kind!r} for the eigenvalues {spectrum}, got {got!r}"
