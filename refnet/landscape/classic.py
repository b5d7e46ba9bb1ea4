r"""Surfaces over the plane with known minima, on which optimizers are shown.

    Rosenbrock      (1 − x)² + 100 (y − x²)²
    Beale           Σᵢ (cᵢ − x (1 − yⁱ))²,  c = 1.5, 2.25, 2.625
    Himmelblau      (x² + y − 11)² + (x + y² − 7)²
    strict saddle   ½x² − ½y² + ¼y⁴
    quadratic       ½ (x² + 25 y²)
    sharp and flat  s f / (s + f),  s = ½ 100 ((x + 1)² + y²),  f = ½ ((x − 1)² + y²)

Rosenbrock's function is a bent valley, Beale's has plateaus with steep rims, Himmelblau's four
minima, four saddles and a maximum. The strict saddle has the Hessian diag(1, −1) at 0 and minima at
(0, ±1). The condition number of the quadratic is 25. The last surface has two minima of value 0.
Near each of them the other term is negligible, as with two resistors in parallel, so the Hessians
are 100 I at (−1, 0) and I at (1, 0).

Source:
    Rosenbrock 1960; Beale 1958; Himmelblau 1972
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from refnet.engine.tensor import Tensor
from refnet.landscape.stacked import Stacked
from refnet.ops.rule import Array


class Classic(NamedTuple):
    """A surface with its minima.

    Attributes:
        name: its name
        C: the function
        minima: all its global minima, one in each row, where C is `lowest`
        lowest: the least value
        start: where a descent usually starts
        domain: (least x, largest x, least y, largest y) of a picture

    Example:
        >>> saddle = refnet.landscape.classic.STRICT_SADDLE
        >>> saddle.C.values(saddle.minima), saddle.lowest
        (array([-0.25, -0.25]), -0.25)
        >>> np.linalg.eigvalsh(saddle.C.hessian(np.zeros(2)))
        array([-1.,  1.])
    """

    name: str
    C: Stacked
    minima: Array
    lowest: float
    start: Array
    domain: tuple[float, float, float, float]


def _classic(
    name: str,
    f: Callable[[Tensor, Tensor], Tensor],
    minima: list[tuple[float, float]],
    lowest: float,
    start: tuple[float, float],
    domain: tuple[float, float, float, float],
) -> Classic:
    C = Stacked(lambda p: f(p[:, 0], p[:, 1]), 2)
    return Classic(name, C, np.array(minima), lowest, np.array(start), domain)


def _rosenbrock(x: Tensor, y: Tensor) -> Tensor:
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def _beale(x: Tensor, y: Tensor) -> Tensor:
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y * y) ** 2 + (2.625 - x + x * y * y * y) ** 2


def _himmelblau(x: Tensor, y: Tensor) -> Tensor:
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def _strict_saddle(x: Tensor, y: Tensor) -> Tensor:
    return x * x / 2 - y * y / 2 + (y * y) ** 2 / 4


def _quadratic(x: Tensor, y: Tensor) -> Tensor:
    return (x * x + 25 * y * y) / 2


def _sharp_and_flat(x: Tensor, y: Tensor) -> Tensor:
    s, f = 50 * ((x + 1) ** 2 + y * y), ((x - 1) ** 2 + y * y) / 2
    return s * f / (s + f)


ROSENBROCK = _classic("Rosenbrock", _rosenbrock, [(1, 1)], 0.0, (-1.2, 1.0), (-1.8, 1.8, -0.6, 2.2))
BEALE = _classic("Beale", _beale, [(3, 0.5)], 0.0, (1.0, 1.0), (-0.5, 4.0, -1.2, 1.4))
HIMMELBLAU = _classic(
    "Himmelblau",
    _himmelblau,
    [(3, 2), (-2.805118086952745, 3.131312518250573), (-3.779310253377747, -3.283185991286170),
     (3.584428340330492, -1.848126526964404)],
    0.0, (0.0, 0.0), (-5.0, 5.0, -5.0, 5.0),
)  # fmt: skip
STRICT_SADDLE = _classic(
    "strict saddle", _strict_saddle, [(0, 1), (0, -1)], -0.25, (1.0, 1e-3), (-1.3, 1.3, -1.6, 1.6)
)
QUADRATIC = _classic("quadratic", _quadratic, [(0, 0)], 0.0, (-2.0, 1.0), (-2.4, 1.6, -1.3, 1.3))
SHARP_AND_FLAT = _classic(
    "sharp and flat", _sharp_and_flat, [(-1, 0), (1, 0)], 0.0, (-1.6, 0.5), (-2.0, 2.4, -1.3, 1.3)
)
SURFACES = (ROSENBROCK, BEALE, HIMMELBLAU, STRICT_SADDLE, QUADRATIC, SHARP_AND_FLAT)
