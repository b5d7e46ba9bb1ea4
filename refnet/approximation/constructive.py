r"""The universal approximation theorem as a program: given f and ε, a network with |F − f| < ε.

Given are f and its modulus of continuity, a concave function ω with

    |f(x) − f(y)| ≤ ω(d)   where Σⱼ |xⱼ − yⱼ| ≤ d,

which is L d for partial derivatives of at most L; and a σ that rises from one limit to another.

    steps    m = 1. On a grid of width h, with sᵢ the middle of a cell,
                 F(x) = f(t₀) + Σᵢ (f(tᵢ) − f(tᵢ₋₁)) S(k (x − sᵢ)),    S = (σ − σ(−∞)) / (σ(∞) − σ(−∞)).
             In a cell its own step makes F run from one end's value of f to the other's, and each
             other step is finished or has not begun, up to η, as k h/2 is so far out on σ. Thus
                 |F − f| ≤ ω(h) + η Σ |f(tᵢ) − f(tᵢ₋₁)|.
             Two neighbouring steps of equal height and opposite sign are a bump.
    ridges   any m, and still one hidden layer. A product of bumps is no function of one wᵀx; a
             cosine is. With the Fejér–Korovkin kernel K ≥ 0 of degree n − 1,
                 P(x) = Σ_j f(x_j) Πᵢ K(xᵢ, x_jᵢ) = Σ_k c_k Πᵢ cos(π kᵢ xᵢ)
             over the nᵐ midpoints x_j is an average of values of f, taken near x:
                 |P − f| ≤ ω(m sin(π / (2n + 2))).
             A product of cosines is a mean of cosines of (±k₁ x₁ ± k₂ x₂ …), and each of these a
             function of one number, for which `steps` has a network.
    certify  |F − f| < ε on each cell of a subdivision of the cube, by interval bounds: F is between two
             computed numbers there (see Shallow.enclose), and f within ω(radius) of its value at the middle.

The bound on |P − f|: let t be the distance of xᵢ from the node, on the circle of length 2, to which f is
continued evenly. For |t| ≤ 1, |t| ≤ |sin(πt/2)|; and the mean of sin²(πt/2) under K is (1 − ρ₁)/2 =
sin²(π/(2n + 2)), since K's first coefficient is ρ₁ = cos(π/(n + 1)), the largest that a nonnegative kernel
of this degree has. ω is concave, so that the mean of ω is at most ω of the mean.

Sources: Cybenko 1989, "Approximation by superpositions of a sigmoidal function" (the theorem); Korovkin 1960,
"Linear operators and approximation theory" (the kernel); McShane 1934, "Extension of range of functions".
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from refnet.approximation.shallow import Shallow, joined, value
from refnet.ops.rule import Array, Rule

Function = Callable[[Array], Array]  # (P, m) -> (P,)
Modulus = Callable[[float], float]  # ω(d), concave


class Sigmoidal(NamedTuple):
    """A σ that nowhere decreases, with its limits at −∞ and ∞."""

    rule: Rule
    low: float
    high: float

    def reach(self, eta: float) -> float:
        """An r such that σ(±z), z ≥ r, is within η (σ(∞) − σ(−∞)) of its limit.

        Raises ValueError if there is none below 10¹⁵.
        """
        near = eta * (self.high - self.low)

        def there(r: float) -> bool:
            left, right = value(self.rule, np.array([-r, r]))
            return bool(left <= self.low + near and right >= self.high - near)

        r = 1.0
        while not there(r):
            r *= 2
            if r > 1e15:
                raise ValueError(
                    f"sigma must rise from {self.low} to {self.high}: it is not within {near:.3g} "
                    "of these at ±1e15"
                )
        low = 0.0
        for _ in range(20):
            low, r = (low, (low + r) / 2) if there((low + r) / 2) else ((low + r) / 2, r)
        return r


def lipschitz(L: float) -> Modulus:
    """ω(d) = L d"""
    return lambda d: L * d


def _least(fits: Callable[[int], bool], what: str, most: int) -> int:
    """The least n that fits, where all after it do too."""
    low, high = 0, 1
    while not fits(high):
        if high >= most:
            raise ValueError(f"{what}: more than {most} would be needed; take a larger eps")
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def _check(eps: float) -> None:
    if not eps > 0:
        raise ValueError(f"eps must be above 0, got {eps}")


# --- one dimension ---------------------------------------------------------------------------


def steps(
    f: Function,
    eps: float,
    omega: Modulus,
    sigma: Sigmoidal,
    low: float = 0.0,
    high: float = 1.0,
    most: int = 1_000_000,
) -> Shallow:
    """F with |F − f| ≤ ¾ ε on [low, high], for f of one variable: ω(h) ≤ ε/2, the tails ε/4.

    f takes (P, 1). Raises ValueError for eps ≤ 0 and where more than `most` steps would be needed.
    """
    _check(eps)
    n = _least(lambda n: omega((high - low) / n) <= eps / 2, "steps", most)
    t = np.linspace(low, high, n + 1)
    y = f(t[:, None])
    rise = np.diff(y)
    total = float(abs(rise).sum())
    r = sigma.reach(min(eps / (4 * total), 0.25) if total > 0 else 0.25)
    k = 2 * r / ((high - low) / n)
    span = sigma.high - sigma.low
    W = np.r_[0.0, np.full(n, k)][:, None]
    b = np.r_[0.0, -k * (t[1:] + t[:-1]) / 2]
    # A unit with w = 0 is a constant, if σ is not 0 where it stands.
    b[0] = r if abs(sigma.high) >= abs(sigma.low) else -r
    constant = y[0] - sigma.low / span * rise.sum()
    v = np.r_[constant / value(sigma.rule, b[:1])[0], rise / span]
    return Shallow(sigma.rule, W, b, v)


# --- any dimension ---------------------------------------------------------------------------


def kernel(n: int) -> Array:
    """ρ₀ = 1, ρ₁, …, ρ_{n−1} of the Fejér–Korovkin kernel, 1 + 2 Σ ρ_k cos(kθ) ≥ 0.

    It is |Σ a_ν e^{iνθ}|² for one arch of a sine, a_ν = sin(π (ν + 1)/(n + 1)), so not negative.
    """
    a = np.sin(np.pi * np.arange(1, n + 1) / (n + 1))
    rho: Array = np.correlate(a, a, "full")[n - 1 :] / (a @ a)
    return rho


def cosines(f: Function, m: int, n: int) -> Array:
    """The coefficients c_k of P = Σ_k c_k Πᵢ cos(π kᵢ xᵢ), kᵢ < n. -> (n, …, n)"""
    nodes = (np.arange(n) + 0.5) / n
    axes = np.meshgrid(*[nodes] * m, indexing="ij")
    c = f(np.stack([axis.ravel() for axis in axes], axis=1)).reshape((n,) * m)
    k = np.arange(n)
    C = np.cos(np.pi * np.outer(k, nodes)) * (kernel(n) * np.where(k == 0, 1, 2) / n)[:, None]
    for axis in range(m):
        c = np.moveaxis(np.tensordot(C, c, (1, axis)), 0, axis)
    return c


def _waves(c: Array, negligible: float) -> Iterator[tuple[Array, float]]:
    """P as cosines of one number, a cos(π κᵀx): pairs (κ, a).

    The smallest ones are left out as long as their amplitudes sum to `negligible` at most.
    """
    order = np.argsort(abs(c), axis=None)
    kept = order[np.cumsum(abs(c).ravel()[order]) > negligible]
    for k in np.stack(np.unravel_index(kept, c.shape), axis=1):
        free = np.flatnonzero(k)[1:]  # cos is even: the first sign does not matter
        for signs in product((1, -1), repeat=len(free)):
            kappa = k.copy()
            kappa[free] *= np.array(signs, np.int64)
            yield kappa, float(c[tuple(k)]) / 2 ** len(free)


def ridges(
    f: Function, m: int, eps: float, omega: Modulus, sigma: Sigmoidal, most: int = 1_000_000
) -> Shallow:
    """F with |F − f| ≤ ¾ ε on [0,1]ᵐ: ε/3 for P, ε/12 for the cosines left out, ¾ of ε/3 for the steps.

    Which share of that a cosine gets, ∝ √(|a| Σ|κⱼ|), makes N least. Raises ValueError for eps ≤ 0 and
    where more than `most` nodes or units would be needed.
    """
    _check(eps)
    n = _least(
        lambda n: omega(m * np.sin(np.pi / (2 * n + 2))) <= eps / 3,
        "nodes along an axis",
        int(most ** (1 / m)),
    )
    waves = list(_waves(cosines(f, m, n), eps / 12))
    weight = np.array([np.sqrt(abs(a) * abs(kappa).sum()) for kappa, a in waves])
    share = weight / (weight.sum() or 1.0)
    if (needed := 2 * np.pi * weight.sum() ** 2 / (eps / 3)) > most:
        raise ValueError(f"units: about {needed:.3g} would be needed, most is {most}")
    parts = []
    for (kappa, a), part in zip(waves, share, strict=True):
        if not kappa.any():  # the constant: one step of height 0
            parts.append(_along(lambda u, a=a: np.full(len(u), a), kappa, 1.0, lipschitz(0), sigma))  # type: ignore[misc]
            continue
        wave = lambda u, a=a: a * np.cos(np.pi * u[:, 0])  # noqa: E731
        parts.append(_along(wave, kappa, eps / 3 * part, lipschitz(np.pi * abs(a)), sigma))
    return (
        joined(parts) if parts else Shallow(sigma.rule, np.zeros((1, m)), np.zeros(1), np.zeros(1))
    )


def _along(g: Function, kappa: Array, eps: float, omega: Modulus, sigma: Sigmoidal) -> Shallow:
    """g(κᵀx) on the cube, by steps."""
    low, high = float(np.minimum(kappa, 0).sum()), float(np.maximum(kappa, 0).sum())
    F = steps(g, eps, omega, sigma, low, high if high > low else low + 1)
    return F._replace(W=F.W * kappa)


def extension(points: Array, values: Array, L: float) -> Function:
    """f̃(x) = minⱼ (f(pⱼ) + L Σᵢ |xᵢ − pⱼᵢ|): from points of a compact set to all of ℝᵐ (McShane).

    It has the constant L and f's values at the points, if f has the constant L; so on the set it
    differs from f by at most 2 L times the distance to the nearest point.
    """

    def extended(x: Array) -> Array:
        rows = [np.min(values + L * abs(points - row).sum(1)) for row in x]
        return np.array(rows)

    return extended


# --- the check -------------------------------------------------------------------------------


class Certificate(NamedTuple):
    """|F(x) − f(x)| ≤ bound for all x of the cube, shown on so many cells."""

    bound: float
    cells: int


def certify(
    F: Shallow,
    f: Function,
    omega: Modulus,
    eps: float,
    low: float = 0.0,
    high: float = 1.0,
    cells: int = 16,
    most: int = 200_000,
) -> Certificate:
    """Show |F − f| < ε on [low, high]ᵐ, by interval bounds, for a σ that nowhere decreases.

    A cell of `cells`ᵐ where the bound is not yet below ε is divided in 2ᵐ. Raises ValueError if its middle
    shows the contrary, and if more than `most` cells at once would be needed, which leaves it open.
    """
    _check(eps)
    m = F.W.shape[1]
    axes = np.meshgrid(*[np.arange(cells)] * m, indexing="ij")
    width = (high - low) / cells
    corner = low + width * np.stack([axis.ravel() for axis in axes], axis=1)
    halves = np.array(list(product((0.0, 0.5), repeat=m)))
    bound, proved = 0.0, 0
    while len(corner):
        below, above = F.enclose(corner, corner + width)
        y = f(corner + width / 2)
        errors = np.maximum(above - y, y - below) + omega(m * width / 2)
        open_ = errors >= eps
        middle = corner[open_] + width / 2
        wrong = abs(F(middle) - y[open_]) >= eps if len(middle) else open_[:0]
        if wrong.any():
            raise ValueError(f"|F - f| < {eps:g} is wrong at {middle[wrong][0].tolist()}")
        bound = max(bound, float(errors[~open_].max(initial=0.0)))
        proved += int((~open_).sum())
        corner = (corner[open_][:, None] + halves * width).reshape(-1, m)
        width /= 2
        if len(corner) > most:
            at = (corner[0] + width / 2).tolist()
            raise ValueError(
                f"|F - f| < {eps:g} is not proved near {at}: over {most} cells are left"
            )
    return Certificate(bound, proved)
