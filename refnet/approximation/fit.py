r"""The distance of F(x) = Σ vᵢ σ(wᵢᵀx + bᵢ) from f with N units, by random features.

    features    wᵢ = (s N^{1/m})^r u,   bᵢ = −wᵢᵀc,   u a random direction, r uniform in [0, 1),
                c the points of an even sequence in the cube, with a random shift
    fit         the vᵢ by least squares at the points of a grid
    sup_error   max |F − f| over a finer grid: a lower bound of the maximum over the cube
    rate        the r of an error ∝ N^{−r}: the slope on logarithmic axes

The points c, where the units bend, fill the cube evenly. The lengths of the w are spread from 1 to
s N^{1/m}, so with more units the steepest ones get steeper. Since w and b are drawn and not
trained, the measured error is an upper bound of the least error with N units. `polynomial_distance`
is a lower bound for a σ that is a polynomial: F then is a polynomial of the same degree for every
N.

Source:
    Rahimi, Recht 2008, "Uniform approximation of functions with random bases"; Leshno et al. 1993,
    "Multilayer feedforward networks with a nonpolynomial activation function can approximate any
    function"
"""

import numpy as np

from refnet.approximation.constructive import Function
from refnet.approximation.shallow import Shallow, grid, value
from refnet.ops.rule import Array, Rule


def features(N: int, m: int, s: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Returns N random w and b, of the shapes (N, m) and (N,).

    Example:
        >>> W, b = refnet.approximation.fit.features(5, 2, 2.0, np.random.default_rng(0))
        >>> W.shape, b.shape
        ((5, 2), (5,))
    """
    u = rng.standard_normal((N, m))
    size = (s * N ** (1 / m)) ** rng.random((N, 1))
    W = size * u / np.linalg.norm(u, axis=1, keepdims=True)
    g = 2.0  # the root of g^(m+1) = g + 1: its powers spread points evenly
    for _ in range(50):
        g = (1 + g) ** (1 / (m + 1))
    c = (rng.random(m) + np.outer(np.arange(N), g ** -np.arange(1.0, m + 1))) % 1
    return W, -(W * c).sum(1)


def fit(f: Function, N: int, m: int, sigma: Rule, s: float = 2.0, seed: int = 0) -> Shallow:
    """Returns an F with N units that is close to f on [0,1]ᵐ.

    Args:
        f: (P, m) -> (P,)
        N: the number of units
        m: the number of variables
        sigma: σ, a rule of refnet.ops
        s: the largest length of a w is s N^{1/m}
        seed: of w and b

    Raises:
        ValueError: N is below 1

    Example:
        >>> from refnet.approximation import fit
        >>> f = lambda x: np.sin(2 * np.pi * x[:, 0])
        >>> net = fit.fit(f, 50, 1, refnet.ops.tanh)
        >>> fit.sup_error(net, f) < 1e-3
        True
    """
    if N < 1:
        raise ValueError(f"fit(): expected N ≥ 1, got {N}")
    W, b = features(N, m, s, np.random.default_rng(seed))
    x = grid(m, int(max(4 * N, 400) ** (1 / m)) + 1)
    v = np.linalg.lstsq(value(sigma, x @ W.T + b), f(x), rcond=1e-13)[0]
    return Shallow(sigma, W, b, v)


def sup_error(F: Shallow, f: Function, points: int = 40_000) -> float:
    """Returns max |F(x) − f(x)| over a grid of about `points` points of the cube.

    Example:
        >>> from refnet.approximation import fit, shallow
        >>> zero = shallow.Shallow(refnet.ops.tanh, np.zeros((1, 1)), np.zeros(1), np.zeros(1))
        >>> fit.sup_error(zero, lambda x: x[:, 0])
        1.0
    """
    m = F.W.shape[1]
    x = grid(m, round(points ** (1 / m)))
    return float(abs(F(x) - f(x)).max())


def rate(N: Array, errors: Array) -> float:
    """Returns the r of error ∝ N^{−r}, by a line through the points (log N, log error).

    Example:
        >>> N = np.array([10, 20, 40])
        >>> round(refnet.approximation.fit.rate(N, 3.0 / N**2), 6)
        2.0
    """
    return -float(np.polyfit(np.log(N), np.log(errors), 1)[0])


def polynomial_distance(f: Function, degree: int, points: int = 2001) -> tuple[float, float]:
    """Returns bounds of min_p max |f − p| over the polynomials p of a degree, on [0, 1].

    The algorithm of Remez finds a p whose error at degree + 2 points is ±E, with alternating signs.
    No polynomial has a smaller error at all of these points (de la Vallée-Poussin), so |E| is a
    lower bound. max |f − p|, on a grid, is an upper bound. The points move to where the error is
    larger, until both bounds agree to 10⁻⁶ or no point moves.

    Args:
        f: (P, 1) -> (P,)
        degree: the degree of p
        points: the number of points of the grid

    Returns:
        the lower and the upper bound

    Example:
        >>> low, high = refnet.approximation.fit.polynomial_distance(lambda x: x[:, 0] ** 2, 1)
        >>> round(low, 6), round(high, 6)  # |x² − (x − 1/8)| ≤ 1/8
        (0.125, 0.125)
    """
    x = (1 - np.cos(np.pi * np.linspace(0, 1, points))) / 2
    y = f(x[:, None])
    n = degree + 2
    at = np.round(np.linspace(0, points - 1, n)).astype(np.int64)
    basis = np.polynomial.chebyshev.chebvander(2 * x - 1, degree)
    best_low, best_high = 0.0, np.inf
    for _ in range(100):
        system = np.column_stack([basis[at], (-1.0) ** np.arange(n)])
        *c, E = np.linalg.solve(system, y[at])
        error = y - basis @ np.array(c)
        best_low, best_high = max(best_low, float(abs(E))), min(best_high, float(abs(error).max()))
        moved = _exchange(error, at)
        if best_high - best_low <= 1e-6 * best_high or (moved == at).all():
            break
        at = moved
    return best_low, best_high


def _exchange(error: Array, at: Array) -> Array:
    """Returns the points with the one of largest error, in place of a neighbour of equal sign."""
    new = int(abs(error).argmax())
    if new in at:
        return at
    place = int(np.searchsorted(at, new))
    same = np.sign(error[at]) == np.sign(error[new])
    if place == 0 and not same[0]:
        return np.concatenate([[new], at[:-1]])
    if place == len(at) and not same[-1]:
        return np.concatenate([at[1:], [new]])
    moved = at.copy()
    left = place > 0 and same[place - 1]
    moved[place - 1 if left else min(place, len(at) - 1)] = new
    return moved
