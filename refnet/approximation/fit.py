r"""How close F(x) = Σ vᵢ σ(wᵢᵀx + bᵢ) comes to f with N units, by random features and least squares.

    features    wᵢ = s N^{1/m} u, u a random direction, and bᵢ = −wᵢᵀc, c a random point of the cube: the
                units bend all over the cube, and are the narrower the more of them there are
    fit         the vᵢ by least squares at the points of a grid
    sup_error   max |F − f| over a finer grid: a bound from below for the maximum over the cube
    rate        the r of an error ∝ N^{−r}: the slope on logarithmic axes

With w and b drawn, not trained, what is measured is a bound from above for the least error with N units.
`polynomial_distance` is one from below, for a σ that is a polynomial: F then is one too, of the same
degree whatever N is.

Sources: Rahimi & Recht 2008, "Uniform approximation of functions with random bases"; Leshno et al. 1993,
"Multilayer feedforward networks with a nonpolynomial activation function can approximate any function".
"""

import numpy as np

from refnet.approximation.constructive import Function
from refnet.approximation.shallow import Shallow, grid, value
from refnet.ops.rule import Array, Rule


def features(N: int, m: int, s: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """N random w and b. -> (N, m), (N,)"""
    u = rng.standard_normal((N, m))
    size = (s * N ** (1 / m)) ** rng.random((N, 1))
    W = size * u / np.linalg.norm(u, axis=1, keepdims=True)
    g = 2.0  # the root of g^(m+1) = g + 1: its powers spread points evenly
    for _ in range(50):
        g = (1 + g) ** (1 / (m + 1))
    c = (rng.random(m) + np.outer(np.arange(N), g ** -np.arange(1.0, m + 1))) % 1
    return W, -(W * c).sum(1)


def fit(f: Function, N: int, m: int, sigma: Rule, s: float = 2.0, seed: int = 0) -> Shallow:
    """F with N units that is near f on [0,1]ᵐ.

    Raises ValueError for N below 1.
    """
    if N < 1:
        raise ValueError(f"N must be at least 1, got {N}")
    W, b = features(N, m, s, np.random.default_rng(seed))
    x = grid(m, int(max(4 * N, 400) ** (1 / m)) + 1)
    v = np.linalg.lstsq(value(sigma, x @ W.T + b), f(x), rcond=1e-13)[0]
    return Shallow(sigma, W, b, v)


def sup_error(F: Shallow, f: Function, points: int = 40_000) -> float:
    """max |F(x) − f(x)| over a grid of about so many points of the cube."""
    m = F.W.shape[1]
    x = grid(m, round(points ** (1 / m)))
    return float(abs(F(x) - f(x)).max())


def rate(N: Array, errors: Array) -> float:
    """r of the line through (log N, log error), error ∝ N^{−r}."""
    return -float(np.polyfit(np.log(N), np.log(errors), 1)[0])


def polynomial_distance(f: Function, degree: int, points: int = 2001) -> tuple[float, float]:
    """Two numbers between which min_p max |f − p| is, over polynomials p of this degree, on [0, 1].

    Remez: p is found whose error at degree + 2 points is ±E, with signs in turn. No polynomial does better
    at all of these (de la Vallée-Poussin), so |E| is a bound from below; max |f − p|, on a grid, is one from
    above. The points move to where the error is larger, until both agree to 10⁻⁶ or nothing moves.
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
        best_low, best_high = max(best_low, abs(E)), min(best_high, float(abs(error).max()))
        moved = _exchange(error, at)
        if best_high - best_low <= 1e-6 * best_high or (moved == at).all():
            break
        at = moved
    return best_low, best_high


def _exchange(error: Array, at: Array) -> Array:
    """Put the point of the largest error in the place of a neighbour with the same sign."""
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
