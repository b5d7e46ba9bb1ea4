"""The form of a rule, and the helpers that many rules share.

A rule is a NumPy function that returns its value and its pullback::

    value, pullback = rule(*arrays, **options)
    cotangents = pullback(dy)

Positional arguments are the arrays that could have a gradient (an optional one may be
None; a Python number stands for a constant); keyword arguments are options. The pullback
takes the cotangent of the value (a tuple of them where the value is a tuple) and returns
one entry for each positional argument: an array of the argument's shape, None where there
is no gradient, or a *thunk*, a function without arguments that computes the array. A thunk
is for an entry that costs about as much as the forward pass (a matrix product): the first layer of
a network does not compute the gradient of its input unless somebody asks for it.

Rules accept complex arrays: x + i·h·v carries the direction v through an analytic rule to
machine precision (see refnet.testing.oracles and refnet.autograd.functional). A rule that
branches on the real part says where it is not analytic with `refuse_kink`.

As in PyTorch, NaN and infinities pass through in silence: the engine (refnet.engine.tape) runs
rules and pullbacks with NumPy's floating-point warnings off. Called by itself, a rule may warn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

Array = np.ndarray[
    tuple[Any, ...], np.dtype[Any]
]  # numpy.typing.NDArray[Any], which takes 0.5 ms to import
Thunk = Callable[[], Array]
Pullback = Callable[[Any], tuple[Any, ...]]
Rule = Callable[..., tuple[Any, Pullback]]
R = TypeVar("R", bound=Rule)


# --- marks: attributes of a rule's function ------------------------------------------------------
#
# keeps_dtypes  the rule chooses its dtypes itself
# kept          the part of a pullback that a backward pass keeps, kept(pullback); None means all

SAVES: Any = object()  # the value of `kept` for a rule without this mark: nothing is kept


def mark(rule: R, **marks: Any) -> R:
    """Sets marks of a rule."""
    rule.__dict__.update(marks)
    return rule


def keeps_dtypes(rule: R) -> R:
    """Marks a rule that chooses its dtypes itself.

    It gets float16 arrays as they are; other rules get float32 (refnet.engine.half_precision).
    """
    return mark(rule, keeps_dtypes=True)


def saves_nothing(rule: R) -> R:
    """Marks a rule whose pullback holds no values of its inputs, only sizes and options.

    A backward pass has nothing to free there, so backward can run again on a graph of such rules
    without retain_graph, as in PyTorch.
    """
    return mark(rule, kept=None)


def may_save_nothing(rule: R) -> R:
    """Marks a rule that saves nothing if its pullback holds no array."""
    return mark(rule, kept=_without_arrays)


def _without_arrays(pullback: Pullback) -> Pullback | None:
    return pullback if next(held_arrays(pullback), None) is None else None


def held_arrays(pullback: Any, cell: Any = None) -> Iterator[tuple[Any, Array]]:
    """Yields each array that a pullback holds, and the closure cell that contains it.

    The cell is None for an array in a tuple or list.
    """
    if isinstance(pullback, np.ndarray):
        yield cell, pullback
    elif isinstance(pullback, (tuple, list)):
        for part in pullback:
            yield from held_arrays(part)
    else:
        for inner in getattr(pullback, "__closure__", None) or ():
            try:
                held = inner.cell_contents
            except ValueError:  # a variable that was never assigned
                continue
            yield from held_arrays(held, inner)


class NotAnalyticError(RuntimeError):
    """The complex step was used at a point where the function is not analytic."""


def unbroadcast(dy: Array, shape: tuple[int, ...]) -> Array:
    """Sums the cotangent of an operand of this shape over the axes along which it was repeated."""
    if dy.shape == shape:
        return dy
    extra = dy.ndim - len(shape)
    repeated = tuple(range(extra)) + tuple(
        extra + i for i, n in enumerate(shape) if n == 1 and dy.shape[extra + i] != 1
    )
    summed: Array = dy.sum(axis=repeated)
    return summed.reshape(shape)


NUMBER = (float, int)  # the types of a constant operand


def shape_of(x: Any) -> tuple[int, ...] | None:
    """Returns the shape of an operand; None for a number, which has no cotangent."""
    return None if type(x) in NUMBER else x.shape


def summed_to(shape: tuple[int, ...] | None, dx: Array) -> Array | None:
    """Returns the cotangent of an operand of this shape, by unbroadcast; None for a number."""
    return None if shape is None else unbroadcast(dx, shape)


def refuse_kink(rule: str, x: Array, at_kink: Array | np.bool | bool) -> None:
    """Raises NotAnalyticError if the complex step moves x where the rule has a kink.

    x carries a direction only if it is complex. Where its imaginary part is zero, the step does
    not move the point, and a kink there does no harm.
    """
    if x.dtype.kind == "c" and bool(np.any(at_kink & (x.imag != 0))):
        raise NotAnalyticError(
            f"{rule} is not analytic at this point (a kink, a tie or a branch), "
            "so the complex step gives no derivative there"
        )


def refuse_kinks(rule: str, x: Array, *points: float) -> None:
    """Calls refuse_kink for the kinks at these points; costs nothing for a real x."""
    if x.dtype.kind == "c":
        for point in points:
            refuse_kink(rule, x, x.real == point)
