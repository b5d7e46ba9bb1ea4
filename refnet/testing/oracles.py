"""Checks a pullback by two oracles that need no other library.

The complex step. For an analytic f and a real direction v

    f(x + i h v) = f(x) + i h ∂f(x)·v + O(h²)
    ∂f(x)·v = Im f(x + i h v) / h + O(h²)

Nothing is subtracted, so h = 1e-30 makes it exact up to rounding.

Differences. Where a rule is not analytic (at a kink, a tie or a branch it raises NotAnalyticError),
the two one-sided derivatives are computed by second-order differences. The entry of the pullback
has to lie between them, as every subgradient does.

Source:
    Squire & Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review
    40 (1998)
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
    """The result of check_pullback.

    Attributes:
        error: the largest error of any gradient, relative to the largest entry of that gradient
        analytic: whether the rule was analytic at the point, so that the complex step was used
    """

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
    """Checks rule(*inputs, **options) -> (value, pullback) with a random cotangent.

    It checks, in this order:

    1. The pullback has one entry for each input, of its shape and dtype; None for None and
       integers.
    2. A second call of the pullback gives the same, and changes neither its cotangent nor the
       inputs nor the value.
    3. The value of each entry, by the complex step or by differences.
    4. The pullback is linear.
    5. float32 inputs have float32 values and gradients.
    6. If the rule is analytic, the derivative of the pullback by the complex step agrees with
       differences and is symmetric, as a Hessian.

    Args:
        rule: a function on arrays that returns (value, pullback)
        inputs: arrays, of which floating-point ones become float64, or shapes, tuples that become
            standard normal values; None and Python numbers stay as they are
        seed: the seed of the random cotangents and directions
        tol: the allowed error relative to the largest entry of a gradient
        floor: errors are relative to max(largest entry, floor), since a gradient can cancel to zero
        constant: the positions of floating-point inputs that have no gradient (None) by convention
        analytic: False if the rule does not accept complex arrays; then only differences are used
        options: the options of the rule

    Returns:
        The largest error, and whether the rule was analytic at the point

    Raises:
        AssertionError: for a wrong pullback, with the name of the input, the index, and both
            numbers
        TypeError: for a rule or inputs that cannot be checked
        ValueError: for inputs that are not finite

    Example:
        >>> from refnet.testing import check_pullback
        >>> check_pullback(lambda x: (x**2, lambda dy: (2 * x * dy,)), [(3, 4)]).analytic
        True
        >>> check_pullback(lambda x: (x**2, lambda dy: (x * dy,)), [np.array([3.0])])
        Traceback (most recent call last):
        AssertionError: ... (it is 0.5 times the expected everywhere)
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
