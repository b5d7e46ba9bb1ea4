"""Calls of refnet.ops.reduction."""

from typing import Any

import torch
from hypothesis import strategies as st

from parity_tests.strategies import Call, DrawFn, reals, shapes


def reduction(
    f: Any,
    low: float = -3.0,
    high: float = 3.0,
    *,
    whole: bool = True,
    least: int = 0,
    side: int = 0,
    ties: bool = False,
    many: bool = True,
    **choices: list[Any],
) -> st.SearchStrategy[Call]:
    """f(x, dim, keepdim, **more) over no, one or several dimensions; dim=None where whole."""

    @st.composite
    def strategy(draw: DrawFn) -> Call:
        shape = draw(shapes(least, 3, side=side))
        x = reals(draw, shape, low, high, ties=ties)
        more = {name: draw(st.sampled_from(values)) for name, values in choices.items()}
        n = len(shape)
        dim: Any = None
        if n and not (whole and draw(st.booleans())):
            axes = st.lists(
                st.integers(0, n - 1), min_size=1, max_size=n if many else 1, unique=True
            )
            dim = tuple(draw(axes))
        options = {"dim": dim if many or dim is None else dim[0], **more}
        options["keepdim"] = draw(st.booleans())
        return Call([x], options, lambda x: f(x, **options))

    return strategy()


def _prod(x: torch.Tensor, dim: Any, keepdim: bool) -> torch.Tensor:
    for d in sorted(range(x.ndim) if dim is None else dim, reverse=True):
        x = x.prod(d, keepdim=keepdim)
    return x


def _logsumexp(x: torch.Tensor, dim: Any, keepdim: bool) -> torch.Tensor:
    return torch.logsumexp(x, tuple(range(x.ndim)) if dim is None else dim, keepdim)


def _amax(x: torch.Tensor, dim: Any, keepdim: bool) -> torch.Tensor:
    return torch.amax(x, () if dim is None else dim, keepdim)


def _amin(x: torch.Tensor, dim: Any, keepdim: bool) -> torch.Tensor:
    return torch.amin(x, () if dim is None else dim, keepdim)


@st.composite
def topk(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3, side=1))
    dim = draw(st.integers(0, len(shape) - 1))
    options = {"k": draw(st.integers(0, shape[dim])), "dim": dim, "largest": draw(st.booleans())}
    return Call([reals(draw, shape)], options, lambda x: torch.topk(x, **options))


def along(f: Any, *, ties: bool = False) -> st.SearchStrategy[Call]:
    """f(x, dim)."""

    @st.composite
    def strategy(draw: DrawFn) -> Call:
        shape = draw(shapes(1, 3))
        dim = draw(st.integers(0, len(shape) - 1))
        return Call([reals(draw, shape, ties=ties)], {"dim": dim}, lambda x: f(x, dim))

    return strategy()


def of_all(f: Any, *, ties: bool = True) -> st.SearchStrategy[Call]:
    """f(x), one number."""

    @st.composite
    def strategy(draw: DrawFn) -> Call:
        return Call([reals(draw, draw(shapes(side=1)), ties=ties)], {}, f)

    return strategy()


def _norm(x: torch.Tensor, dim: Any, keepdim: bool, p: float = 2.0) -> torch.Tensor:
    return torch.linalg.vector_norm(x, p, dim, keepdim)


STRATEGIES = {
    "sum": reduction(torch.sum),
    "mean": reduction(torch.mean, side=1),
    "var": reduction(torch.var, least=1, side=3, correction=[0, 1, 2, 0.5]),
    "std": reduction(torch.std, least=1, side=3, correction=[0, 1, 2]),
    "prod": reduction(_prod, ties=True),
    "logsumexp": reduction(_logsumexp, side=1),
    "amax": reduction(_amax, side=1, ties=True),
    "amin": reduction(_amin, side=1, ties=True),
    "max": reduction(torch.max, side=1, ties=True, least=1, whole=False, many=False),
    "min": reduction(torch.min, side=1, ties=True, least=1, whole=False, many=False),
    "topk": topk(),
    "cumsum": along(torch.cumsum),
    "cumprod": along(torch.cumprod, ties=True),
    "median": reduction(torch.median, least=1, side=1, whole=False, many=False),
    "max_all": of_all(torch.max),
    "min_all": of_all(torch.min),
    # Without ties: of three entries that are the median, none moves it, but they share its
    # gradient.
    "median_all": of_all(torch.median, ties=False),
    "norm": reduction(_norm, side=1),
    "p_norm": reduction(_norm, side=1, p=[1.0, 1.5, 3.0, 0.5, -1.0]),
}
