r"""The universal approximation theorem as a program: for f and ε, a network with |F − f| < ε.

f is given with its modulus of continuity, a concave function ω with

    |f(x) − f(y)| ≤ ω(d)   where Σⱼ |xⱼ − yⱼ| ≤ d

(L d, if the partial derivatives are at most L), and a σ that rises from one limit to another.

steps, for m = 1. On a grid of width h, where sᵢ is the middle of a cell,

    F(x) = f(t₀) + Σᵢ (f(tᵢ) − f(tᵢ₋₁)) S(k (x − sᵢ))
    S = (σ − σ(−∞)) / (σ(∞) − σ(−∞))

In a cell its own step takes F from the value of f at one end to that at the other. Every other step
is within η of 0 or 1 there, since k h/2 is far enough out on σ. So

    |F − f| ≤ ω(h) + η Σ |f(tᵢ) − f(tᵢ₋₁)|

Two neighbouring steps of equal height and opposite sign are a bump.

ridges, for any m, still with one hidden layer. A product of bumps is not a function of one wᵀx; a
cosine is. With the Fejér–Korovkin kernel K ≥ 0 of degree n − 1,

    P(x) = Σ_j f(x_j) Πᵢ K(xᵢ, x_jᵢ) = Σ_k c_k Πᵢ cos(π kᵢ xᵢ)

over the nᵐ midpoints x_j is an average of values of f near x:

    |P − f| ≤ ω(m sin(π / (2n + 2)))

A product of cosines is a mean of cosines of (±k₁ x₁ ± k₂ x₂ …). Each of these is a function of one
number, for which `steps` has a network.

certify shows |F − f| < ε on each cell of a subdivision of the cube, by interval bounds: there F has
a computed lower and upper bound (see Shallow.enclose), and f differs from its value at the middle
by at most ω(radius).

The bound of |P − f|: let t be the distance of xᵢ from the node, on the circle of length 2 to which
f is extended evenly. For |t| ≤ 1, |t| ≤ |sin(πt/2)|. The mean of sin²(πt/2) under K is (1 − ρ₁)/2 =
sin²(π/(2n + 2)), since the first coefficient of K is ρ₁ = cos(π/(n + 1)), the largest one of a
nonnegative kernel of this degree. ω is concave, so the mean of ω is at most ω of the mean.

Source:
    Cybenko 1989, "Approximation by superpositions of a sigmoidal function" (the theorem); Korovkin
    1960, "Linear operators and approximation theory" (the kernel); McShane 1934, "Extension of
    range of functions"
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
    """A nondecreasing σ, with its limits at −∞ and ∞.

    Example:
        >>> from refnet.approximation import constructive
        >>> sigma = constructive.Sigmoidal(refnet.ops.sigmoid, 0.0, 1.0)
        >>> round(sigma.reach(0.01), 3)  # log 99
        4.595
    """

    rule: Rule
    low: float
    high: float

    def reach(self, eta: float) -> float:
        """Returns an r such that σ(±z) for z ≥ r is within η (σ(∞) − σ(−∞)) of its limit.

        Raises:
            ValueError: no r below 10¹⁵ suffices
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
    """ω(d) = L d

    Example:
        >>> omega = refnet.approximation.constructive.lipschitz(2.0)
        >>> omega(0.25)
        0.5
    """
    return lambda d: L * d


def _least(fits: Callable[[int], bool], what: str, most: int) -> int:
    """Returns the least n that fits, where all larger n fit too."""
    low, high = 0, 1
    while not fits(high):
        if high >= most:
            raise ValueError(f"{what}: more than {most} would be needed; take a larger eps")
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def _check(function: str, eps: float) -> None:
    if not eps > 0:
        raise ValueError(f"{function}(): expected eps > 0, got {eps}")


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
    """Returns F with |F − f| ≤ ¾ ε on [low, high], for a function f of one variable.

    ω(h) is at most ε/2, and the tails of σ add at most ε/4.

    Args:
        f: (P, 1) -> (P,)
        eps: ε
        omega: ω
        sigma: σ
        low: the lower end of the interval
        high: its upper end
        most: the largest number of steps

    Raises:
        ValueError: eps ≤ 0, or more than `most` steps would be needed

    Example:
        >>> from refnet.approximation import constructive
        >>> sigma = constructive.Sigmoidal(refnet.ops.sigmoid, 0.0, 1.0)
        >>> f = lambda x: x[:, 0] ** 2
        >>> net = constructive.steps(f, 0.1, constructive.lipschitz(2.0), sigma)
        >>> x = np.linspace(0, 1, 1001)[:, None]
        >>> bool(abs(net(x) - f(x)).max() <= 0.075), net.W.shape
        (True, (41, 1))
    """
    _check("steps", eps)
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
    # A unit with w = 0 is a constant, if σ(b) is not 0.
    b[0] = r if abs(sigma.high) >= abs(sigma.low) else -r
    constant = y[0] - sigma.low / span * rise.sum()
    v = np.r_[constant / value(sigma.rule, b[:1])[0], rise / span]
    return Shallow(sigma.rule, W, b, v)


# --- any dimension ---------------------------------------------------------------------------


def kernel(n: int) -> Array:
    """Returns ρ₀ = 1, ρ₁, …, ρ_{n−1} of the Fejér–Korovkin kernel.

        K(θ) = 1 + 2 Σ ρ_k cos(kθ) = |Σ a_ν e^{iνθ}|² / Σ a_ν²,   a_ν = sin(π (ν + 1)/(n + 1))

    It is not negative, as the square of an absolute value.

    Example:
        >>> refnet.approximation.constructive.kernel(3)
        array([1.        , 0.70710678, 0.25      ])
    """
    a = np.sin(np.pi * np.arange(1, n + 1) / (n + 1))
    rho: Array = np.correlate(a, a, "full")[n - 1 :] / (a @ a)
    return rho


def cosines(f: Function, m: int, n: int) -> Array:
    """Returns the coefficients c_k, (n, …, n), of P = Σ_k c_k Πᵢ cos(π kᵢ xᵢ), kᵢ < n.

    Example:
        >>> f = lambda x: np.cos(np.pi * x[:, 0])
        >>> refnet.approximation.constructive.cosines(f, 1, 4).round(6) + 0.0
        array([0.      , 0.809017, 0.      , 0.      ])
        >>> round(float(np.cos(np.pi / 5)), 6)  # ρ₁ of the kernel
        0.809017
    """
    nodes = (np.arange(n) + 0.5) / n
    axes = np.meshgrid(*[nodes] * m, indexing="ij")
    c = f(np.stack([axis.ravel() for axis in axes], axis=1)).reshape((n,) * m)
    k = np.arange(n)
    C = np.cos(np.pi * np.outer(k, nodes)) * (kernel(n) * np.where(k == 0, 1, 2) / n)[:, None]
    for axis in range(m):
        c = np.moveaxis(np.tensordot(C, c, (1, axis)), 0, axis)
    return c


def _waves(c: Array, negligible: float) -> Iterator[tuple[Array, float]]:
    """Yields P as cosines of one number, a cos(π κᵀx): pairs (κ, a).

    The smallest ones are left out while the sum of their amplitudes is at most `negligible`.
    """
    order = np.argsort(abs(c), axis=None)
    kept = order[np.cumsum(abs(c).ravel()[order]) > negligible]
    for k in np.stack(np.unravel_index(kept, c.shape), axis=1):
        free = np.flatnonzero(k)[1:]  # cos is even: the first sign has no effect
        for signs in product((1, -1), repeat=len(free)):
            kappa = k.copy()
            kappa[free] *= np.array(signs, np.int64)
            yield kappa, float(c[tuple(k)]) / 2 ** len(free)


def ridges(
    f: Function, m: int, eps: float, omega: Modulus, sigma: Sigmoidal, most: int = 1_000_000
) -> Shallow:
    """Returns F with |F − f| ≤ ⅔ ε on [0,1]ᵐ.

    The error of P is at most ε/3, that of the omitted cosines ε/12, and that of all steps together
    ε/4. A cosine a cos(π κᵀx) gets a share of the last one ∝ √(|a| Σ|κⱼ|), which minimises N.

    Args:
        f: (P, m) -> (P,)
        m: the number of variables
        eps: ε
        omega: ω
        sigma: σ
        most: the largest number of nodes, and of units

    Raises:
        ValueError: eps ≤ 0, or more than `most` nodes or units would be needed

    Example:
        >>> from refnet.approximation import constructive
        >>> sigma = constructive.Sigmoidal(refnet.ops.sigmoid, 0.0, 1.0)
        >>> f = lambda x: x.mean(1)
        >>> net = constructive.ridges(f, 2, 0.5, constructive.lipschitz(0.5), sigma)
        >>> x = np.random.default_rng(0).random((1000, 2))
        >>> bool(abs(net(x) - f(x)).max() <= 0.375)
        True
    """
    _check("ridges", eps)
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
            level = lambda u, a=a: np.full(len(u), a)  # noqa: E731
            parts.append(_along(level, kappa, 1.0, lipschitz(0), sigma))
            continue
        wave = lambda u, a=a: a * np.cos(np.pi * u[:, 0])  # noqa: E731
        parts.append(_along(wave, kappa, eps / 3 * part, lipschitz(np.pi * abs(a)), sigma))
    return (
        joined(parts) if parts else Shallow(sigma.rule, np.zeros((1, m)), np.zeros(1), np.zeros(1))
    )


def _along(g: Function, kappa: Array, eps: float, omega: Modulus, sigma: Sigmoidal) -> Shallow:
    """Returns g(κᵀx) on the cube, by steps."""
    low, high = float(np.minimum(kappa, 0).sum()), float(np.maximum(kappa, 0).sum())
    F = steps(g, eps, omega, sigma, low, high if high > low else low + 1)
    return F._replace(W=F.W * kappa)


def extension(points: Array, values: Array, L: float) -> Function:
    """Returns an extension of f from points of a compact set to all of ℝᵐ (McShane).

        f_ext(x) = minⱼ (f(pⱼ) + L Σᵢ |xᵢ − pⱼᵢ|)

    If f has the Lipschitz constant L, f_ext has it too, and equals f at the points. So on the set
    it differs from f by at most 2 L times the distance to the nearest point.

    Args:
        points: the pⱼ, (n, m)
        values: the f(pⱼ), (n,)
        L: the constant

    Example:
        >>> points, values = np.array([[0.0], [1.0]]), np.array([0.0, 1.0])
        >>> f = refnet.approximation.constructive.extension(points, values, L=1.0)
        >>> f(np.array([[0.0], [0.5], [1.0], [3.0]]))
        array([0. , 0.5, 1. , 3. ])
    """

    def extended(x: Array) -> Array:
        rows = [np.min(values + L * abs(points - row).sum(1)) for row in x]
        return np.array(rows)

    return extended


# --- the check -------------------------------------------------------------------------------


class Certificate(NamedTuple):
    """|F(x) − f(x)| ≤ bound for all x of the cube, shown on each of `cells` cells.

    Example:
        >>> certificate = refnet.approximation.constructive.Certificate(bound=0.09, cells=64)
        >>> f"|F − f| ≤ {certificate.bound}, shown on {certificate.cells} cells"
        '|F − f| ≤ 0.09, shown on 64 cells'
    """

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
    """Shows |F − f| < ε on [low, high]ᵐ by interval bounds, for a nondecreasing σ.

    The cube is divided into `cells`ᵐ cells. A cell where the bound is not below ε is divided into
    2ᵐ.

    Args:
        F: the network
        f: (P, m) -> (P,)
        omega: ω
        eps: ε
        low: the lower end of each side of the cube
        high: its upper end
        cells: the number of cells along each side, at first
        most: the largest number of cells at once

    Raises:
        ValueError: |F − f| ≥ ε at the middle of a cell, or more than `most` cells would be needed
            at once, so nothing is shown

    Example:
        >>> from refnet.approximation import constructive
        >>> sigma = constructive.Sigmoidal(refnet.ops.sigmoid, 0.0, 1.0)
        >>> f, omega = lambda x: x[:, 0] ** 2, constructive.lipschitz(2.0)
        >>> net = constructive.steps(f, 0.1, omega, sigma)
        >>> constructive.certify(net, f, omega, 0.1).bound < 0.1
        True
    """
    _check("certify", eps)
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
