"""The complex step: the imaginary part carries a direction through a function.

For an analytic f and h = 10⁻³⁰

    f(x + i h v) = f(x) + i h J v + O(h²)

A rule that is not analytic where the direction moves its argument (a kink, a tie) raises
NotAnalyticError; PyTorch would give the derivative of one side.

Source: Squire & Trapp, "Using complex variables to estimate derivatives of real functions",
SIAM Review 40 (1998).
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from refnet.engine.grad_mode import enable_grad, state
from refnet.engine.tensor import Tensor, wrap
from refnet.ops.rule import Array, NotAnalyticError
from refnet.random import default_generator

H = 1e-30  # h² is below all rounding errors, and h·v far above the smallest float64


@contextmanager
def replayed() -> Iterator[None]:
    """Restores the state of the generator, so that a second run draws the same numbers."""
    state = default_generator.get_state()
    try:
        yield
    finally:
        default_generator.set_state(state)


@contextmanager
def complex_step() -> Iterator[None]:
    """A context in which a rule that drops the imaginary part raises an error."""
    with warnings.catch_warnings(), enable_grad():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        previous, state.complex_step = state.complex_step, True
        try:
            yield
        except np.exceptions.ComplexWarning as error:
            raise NotAnalyticError(
                "an operation dropped the direction that the complex step carries in the "
                "imaginary part, so its derivative is not available this way"
            ) from error
        finally:
            state.complex_step = previous


def step_along(xs: tuple[Tensor, ...], vs: tuple[Array, ...]) -> tuple[Tensor, ...]:
    """Returns x + i h v."""
    return tuple(
        wrap(x._real().astype(np.complex128) + 1j * (H * v.astype(np.float64)))
        for x, v in zip(xs, vs, strict=True)
    )


def derivative(moved: Array, like: Array) -> Tensor:
    """Returns Im(moved) / h in the dtype of `like`."""
    return wrap(np.asarray(moved.imag / H, dtype=like.dtype))


def check_same(moved: tuple[Tensor, ...], ys: tuple[Tensor, ...]) -> None:
    """Raises NotAnalyticError unless the real part of the moved run equals the function's value.

    If it differs, the function took another branch, or a rule is wrong for complex numbers.
    """
    for i, (z, y) in enumerate(zip(moved, ys, strict=True)):
        a, b = z._real(), y._real()
        tolerance = 1e3 * np.finfo(b.dtype).eps if b.dtype.kind == "f" else 0.0
        scale = np.max(np.abs(b), initial=0.0, where=np.isfinite(b))
        if a.shape != b.shape or not np.allclose(
            a, b, rtol=tolerance, atol=tolerance * scale, equal_nan=True
        ):
            raise NotAnalyticError(
                f"output {i} of the function differs between a real and a complex argument, "
                "so the complex step cannot differentiate it"
            )
