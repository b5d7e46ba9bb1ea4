"""How Hypothesis draws a call of each rule: shapes, arguments, values.

A strategy yields a Call: the rule's inputs and options, and PyTorch's function for the same.
Hypothesis shrinks shapes and options; the values follow from a drawn seed.
"""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

Array = np.ndarray
DrawFn = Callable[[st.SearchStrategy[Any]], Any]


@dataclass
class Call:
    """A call of a rule, and PyTorch's function: twin(*tensors), with the inputs that are not None."""

    inputs: Sequence[Any]
    options: dict[str, Any] = field(default_factory=dict)
    twin: Callable[..., Any] | None = None
    check: dict[str, Any] = field(default_factory=dict)  # options of check_pullback
    within: Callable[..., Any] | None = None  # what check_pullback checks, if not the rule alone

    def __post_init__(self) -> None:
        # NumPy's scalars are 0-d arrays here, as the engine has them
        self.inputs = [np.asarray(x) if isinstance(x, np.generic) else x for x in self.inputs]

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{x.dtype}{list(x.shape)}" if isinstance(x, np.ndarray) else repr(x)
            for x in self.inputs
        )
        return f"Call({shown}, {self.options})"


def shapes(least: int = 0, most: int = 3, *, side: int = 0) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes of least to most dimensions, of sizes from side to 4."""
    return st.lists(st.integers(side, 4), min_size=least, max_size=most).map(tuple)


def generator(draw: DrawFn) -> np.random.Generator:
    """NumPy's generator from a drawn seed."""
    return np.random.default_rng(draw(st.integers(0, 2**32 - 1)))


def reals(
    draw: DrawFn, shape: Sequence[int], low: float = -3.0, high: float = 3.0, *, ties: bool = False
) -> Array:
    """Uniform values; with ties=True whole numbers in a quarter of the draws."""
    x = np.asarray(generator(draw).uniform(low, high, tuple(shape)))
    return np.asarray(np.round(x)) + 0.0 if ties and draw(st.integers(0, 3)) == 3 else x


def maybe(draw: DrawFn, x: Any) -> Any:
    """x or None."""
    return x if draw(st.booleans()) else None


def broadcastable(draw: DrawFn, shape: Sequence[int]) -> tuple[int, ...]:
    """A shape that broadcasts to this one: without leading dimensions, with some sizes of 1."""
    lost = draw(st.integers(0, len(shape)))
    return tuple(1 if draw(st.integers(0, 2)) == 2 else n for n in shape[lost:])


def unary(
    twin: Callable[..., Any] | None,
    low: float = -3.0,
    high: float = 3.0,
    *,
    ties: bool = False,
    check: dict[str, Any] | None = None,
    **options: Any,
) -> st.SearchStrategy[Call]:
    """A function of one array, elementwise, with fixed options."""

    @st.composite
    def strategy(draw: DrawFn) -> Call:
        x = reals(draw, draw(shapes()), low, high, ties=ties)
        return Call([x], dict(options), twin, check or {})

    return strategy()


def binary(
    twin: Callable[..., Any],
    low: float = -3.0,
    high: float = 3.0,
    *,
    ties: bool = False,
    low2: float | None = None,
    high2: float | None = None,
    check: dict[str, Any] | None = None,
) -> st.SearchStrategy[Call]:
    """A function of two arrays, elementwise with broadcasting."""

    @st.composite
    def strategy(draw: DrawFn) -> Call:
        shape = draw(shapes())
        a, b = shape, broadcastable(draw, shape)
        if draw(st.booleans()):
            a, b = b, a
        return Call(
            [
                reals(draw, a, low, high, ties=ties),
                reals(
                    draw,
                    b,
                    low if low2 is None else low2,
                    high if high2 is None else high2,
                    ties=ties,
                ),
            ],
            {},
            twin,
            check or {},
        )

    return strategy()


def drawn(f: Callable[[DrawFn], Call]) -> st.SearchStrategy[Call]:
    """A strategy from a function of draw."""
    return st.composite(f)()


def all_strategies() -> dict[str, st.SearchStrategy[Call]]:
    """The strategies of all files of this package, by the rule's name."""
    found: dict[str, st.SearchStrategy[Call]] = {}
    for info in pkgutil.iter_modules(__path__):
        new = importlib.import_module(f"{__name__}.{info.name}").STRATEGIES
        assert not found.keys() & new.keys(), f"{info.name}.py: expected rules without a strategy"
        found.update(new)
    return found
