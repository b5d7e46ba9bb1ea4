"""A line search: the length of the step along a direction d, by the strong Wolfe conditions.

With φ(t) = f(θ + t d), a step t is good if φ has decreased enough and its slope has become flat:

    φ(t) ≤ φ(0) + c₁ t φ′(0),   |φ′(t)| ≤ c₂ |φ′(0)|

Source:
    torch.optim.LBFGS, which takes it from lswolfe.lua and polyinterp.lua of Lua Torch; Nocedal,
    Wright, "Numerical optimization", algorithms 3.5 and 3.6.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from refnet.ops.rule import Array

C1, C2 = 1e-4, 0.9


class Point(NamedTuple):
    """A point of the line, with φ and its derivatives there."""

    t: Any  # a number, or a NumPy scalar of the gradient's dtype
    φ: float
    g: Array  # ∇f
    slope: Any  # φ′ = g · d


def strong_wolfe(
    evaluate: Callable[[Any], Point],
    start: Point,
    t: Any,
    d_max: Any,
    tolerance: float,
    max_tries: int,
) -> tuple[Point, int]:
    """Returns a point that satisfies the conditions, or the lowest one, and the number of calls.

    Args:
        evaluate: computes the point of a step
        start: evaluate(0)
        t: the first step to try
        d_max: the largest |d|
        tolerance: the search ends when θ varies by less than this in the bracket
        max_tries: the largest number of steps to try after the first
    """

    def too_high(x: Point) -> bool:
        return bool(x.φ > start.φ + C1 * x.t * start.slope)

    def flat(x: Point) -> bool:
        return bool(abs(x.slope) <= -C2 * start.slope)

    last, now = start, evaluate(t)
    tries = 0
    bracket = None
    while tries < max_tries and bracket is None:  # until a good point is between the last two
        if too_high(now) or (tries > 1 and now.φ >= last.φ):
            bracket = [last, now]
        elif flat(now):
            return now, tries + 1
        elif now.slope >= 0:
            bracket = [last, now]
        else:
            reach = now.t + 0.01 * (now.t - last.t), now.t * 10
            last, now = now, evaluate(cubic_minimum(last, now, reach))
            tries += 1
    if bracket is None:
        bracket = [start, now]

    low, high = _ordered(bracket)
    near_end = False
    while tries < max_tries:  # make the bracket smaller
        if abs(bracket[1].t - bracket[0].t) * d_max < tolerance:
            break
        t = cubic_minimum(bracket[0], bracket[1], None)
        left, right = sorted(x.t for x in bracket)
        margin = 0.1 * (right - left)
        if min(right - t, t - left) < margin:
            if near_end or t >= right or t <= left:  # twice in a row, or outside: move inwards
                t = right - margin if abs(t - right) < abs(t - left) else left + margin
                near_end = False
            else:
                near_end = True
        else:
            near_end = False
        now = evaluate(t)
        tries += 1
        if too_high(now) or now.φ >= bracket[low].φ:
            bracket[high] = now
            low, high = _ordered(bracket)
        elif flat(now):
            bracket[low] = now
            break
        else:
            if now.slope * (bracket[high].t - bracket[low].t) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = now
    return bracket[low], tries + 1


def _ordered(bracket: list[Point]) -> tuple[int, int]:
    return (0, 1) if bracket[0].φ <= bracket[1].φ else (1, 0)


def cubic_minimum(a: Point, b: Point, bounds: tuple[Any, Any] | None) -> Any:
    """Returns the minimum of the cubic through two points with their slopes.

        p = a′ + b′ − 3 (φ(a) − φ(b)) / (a − b),   q = √(p² − a′ b′)
        t = b − (b − a) (b′ + q − p) / (b′ − a′ + 2q)

    for a ≤ b, where a′ and b′ are the slopes. If the cubic has no minimum, the result is the middle
    of the bounds.

    Args:
        a, b: the points
        bounds: the smallest and the largest result; the points themselves if None

    Source:
        Nocedal, Wright, "Numerical optimization", equation 3.59.
    """
    if bounds is None:
        bounds = (a.t, b.t) if a.t <= b.t else (b.t, a.t)
    p = a.slope + b.slope - 3 * (a.φ - b.φ) / (a.t - b.t)
    q2 = p**2 - a.slope * b.slope
    if not q2 >= 0:
        return (bounds[0] + bounds[1]) / 2.0
    q = q2**0.5
    if a.t > b.t:
        a, b = b, a
    t = b.t - (b.t - a.t) * ((b.slope + q - p) / (b.slope - a.slope + 2 * q))
    return min(max(t, bounds[0]), bounds[1])
