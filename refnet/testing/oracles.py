"""Is a pullback right? Two oracles that need no other library.

The complex step. For an analytic f and a real direction v,

    f(x + i h v) = f(x) + i h ∂f(x)·v + O(h²),   so   ∂f(x)·v = Im f(x + i h v) / h,

and since nothing is subtracted, h = 1e-30 is small enough to make it exact to rounding.
Source: Squire & Trapp, "Using complex variables to estimate derivatives of real functions",
SIAM Review 40 (1998).

Differences. Where a rule is not analytic (a kink, a tie, a branch: it raises
NotAnalyticError), the two one-sided derivatives by second-order differences are taken, and
the pullback's entry has to lie between them, as every subgradient does.

    from refnet.testing import check_pullback

    check_pullback(ops.tanh, [(3, 4)])  # a shape stands for standard normal values
    check_pullback(ops.linear, [x, W, None])
    check_pullback(ops.sum, [x], dim=(0,), keepdim=True)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from refnet.ops.rule import Rule
from refnet.testing.inputs import arguments
from refnet.testing.point import Point

__all__ = ["Checked", "check_pullback"]


@dataclass(frozen=True)
class Checked:
    """What check_pullback measured: the largest error of any gradient (relative to its largest
    entry), and whether the rule was analytic at the point, so that the complex step judged it."""

    error: float
    analytic: bool


@np.errstate(all="ignore")  # as the engine runs rules and pullbacks
def check_pullback(
    rule: Rule,
    inputs: Sequence[Any],
    *,
    seed: int = 0,
    tol: float = 1e-12,
    floor: float = 0.1,
    constant: Sequence[int] = (),
    analytic: bool = True,
    **options: Any,
) -> Checked:
    """Check rule(*inputs, **options) -> (value, pullback) with a random cotangent.

    Args:
        inputs: arrays (floating-point ones are taken as float64), or shapes, tuples that stand
            for standard normal values; None and Python numbers stay as they are
        seed: of the random cotangents and directions
        tol: the error allowed, relative to the largest entry of a gradient
        floor: the least that counts as its largest entry (a gradient may cancel to zero)
        constant: positions of floating-point inputs that have no gradient by convention (None)
        analytic: False: the rule does not accept complex arrays; judge by differences alone
        options: of the rule

    It checks, in this order: one entry for each input, of its shape and dtype, None for None and
    for integers; that the pullback gives the same when called twice, and leaves its cotangent, the
    inputs and the value as they were; the value of each entry by the complex step or by
    differences; that the pullback is linear; that float32 inputs have float32 values and
    gradients; and, where analytic, that the pullback's own derivative by the complex step agrees
    with differences and is symmetric (a Hessian).

    Raises AssertionError with the input's name, the index, the expected and the given number;
    TypeError or ValueError for a rule or inputs that cannot be checked.
    """
    is_class = isinstance(rule, type)
    if is_class or hasattr(rule, "state_dict") or not callable(rule):
        got = f"the class {rule.__name__}" if is_class else type(rule).__name__
        raise TypeError(
            "check_pullback(): expected a rule, a function on arrays that returns "
            f"(value, pullback), got {got}; refnet.testing.parity.assert_parity compares layers"
        )
    given = arguments("check_pullback", inputs, seed, numbers=True)
    point = Point(rule, given, options, seed, frozenset(constant))
    grads = point.gradients()
    point.check_purity(grads)
    error = 0.0
    smooth = analytic
    for i in point.floats:
        if grads[i] is not None:
            e, s = point.check_values(i, grads[i], tol=tol, floor=floor, analytic=analytic)
            error, smooth = max(error, e), smooth and s
    point.check_linearity(grads, complex_too=analytic)
    point.check_float32()
    if smooth:
        point.check_second_order(tol=max(tol, 1e-10), floor=floor)
    return Checked(error, smooth)
