"""Arguments and results of refnet.autograd.functional: one tensor or several, and directions."""

from typing import Any

import numpy as np

from refnet.engine.argument_errors import type_name
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array


def tensors(given: Any, what: str) -> tuple[bool, tuple[Tensor, ...]]:
    """Returns whether `given` is a tuple, and its tensors."""
    several = isinstance(given, (tuple, list))
    xs = tuple(given) if several else (given,)
    for i, x in enumerate(xs):
        if not isinstance(x, Tensor):
            expected = (
                f"[{i}] must be a Tensor" if several else " must be a Tensor or a tuple of Tensors"
            )
            raise TypeError(f"{what}{expected}, got {type_name(x)}")
    return several, xs


def as_given(several: bool, results: Any) -> Any:
    """Returns a tuple of the results for a tuple of arguments, otherwise the single result."""
    results = tuple(results)
    return results if several else results[0]


def refuse_graph(create_graph: bool) -> None:
    """Raises RuntimeError for create_graph=True."""
    if create_graph:
        raise RuntimeError(
            "create_graph=True: refnet does not record a graph of a derivative; hvp and hessian "
            "give exact second derivatives"
        )


def directions(v: Any, xs: tuple[Tensor, ...], what: str) -> tuple[Array, ...]:
    """Returns the arrays of v, one of each x's shape; a one if v is None and x a single number."""
    floating(xs)
    if v is None:
        if len(xs) != 1 or xs[0].numel() != 1:
            raise RuntimeError(
                f"The vector v can only be None if the {what} is a single Tensor with one element"
            )
        return (np.ones_like(xs[0]._real()),)
    _, vs = tensors(v, "v")
    if len(vs) != len(xs):
        raise RuntimeError(f"v is a tuple of invalid length: should be {len(xs)} but got {len(vs)}")
    for i, (a, x) in enumerate(zip(vs, xs, strict=True)):
        if a.shape != x.shape:
            raise RuntimeError(
                f"v has invalid size at index {i}: should be {list(x.shape)} "
                f"but got {list(a.shape)}"
            )
    return tuple(a._real() for a in vs)


def floating(xs: tuple[Tensor, ...]) -> None:
    """Raises RuntimeError for inputs that are not floating-point."""
    for x in xs:
        if not (x.is_floating_point() or x.is_complex()):
            raise RuntimeError(
                f"only Tensors of floating point dtype can require gradients, got {x.dtype}"
            )


def scalar(y: Any) -> Tensor:
    """Returns the output of a function if it is a single number; raises RuntimeError otherwise."""
    if not isinstance(y, Tensor):
        raise RuntimeError("The function given to hvp and hessian should return a single Tensor")
    if y.numel() != 1:
        raise RuntimeError(
            "The Tensor returned by the function given to hvp and hessian should contain a "
            f"single element, got shape {list(y.shape)}"
        )
    return y
