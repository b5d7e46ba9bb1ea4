"""Softmin, Softmax2d and Gumbel's softmax; softmax and its logarithm are in other tables."""

import warnings
from typing import Any

from parity_tests.cases import extreme, functional, ints, layer, raises, randn, ties, values


def implicit(f: Any) -> Any:
    """f without the warning that it chose a dimension."""

    def run(*args: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return f(*args)

    return run


CASES = [
    functional("softmin", lambda F, x: F.softmin(x, 1), randn(3, 4)),
    functional("softmin", lambda F, x: F.softmin(x, dim=0), extreme(4, 3)),
    functional("softmin", lambda F, x: F.softmin(x, -1), ties(2, 3, 4)),
    functional("softmin", lambda F, x: F.softmin(x, 0), randn()),
    functional("softmin", lambda F, x: F.softmin(x, 0), randn(0, 2)),
    functional("softmin", implicit(lambda F, x: F.softmin(x, _stacklevel=5)), randn(3, 4, 2)),
    functional("softmin", lambda F, x: F.softmin(x, 0, dtype=x.double().dtype), randn(3)),
    raises("nn.functional.softmin", lambda m, x: m.nn.functional.softmin(x, 2), randn(3, 4)),
    raises("nn.functional.softmin", lambda m, x: m.nn.functional.softmin(x, 0), ints(3)),
    raises("nn.functional.softmin", lambda m, x: m.nn.functional.softmin(x, 0), values([True])),
    layer("Softmin", lambda nn: nn.Softmin(dim=1), randn(3, 4)),
    layer("Softmin", lambda nn: nn.Softmin(), randn(3, 4), call=implicit(lambda f, x: f(x))),
    layer("Softmax2d", lambda nn: nn.Softmax2d(), randn(2, 3, 4, 2)),
    layer("Softmax2d", lambda nn: nn.Softmax2d(), extreme(3, 2, 2)),
    raises("nn.Softmax2d", lambda m, x: m.nn.Softmax2d()(x), randn(3, 4)),
    functional("gumbel_softmax", lambda F, x: F.gumbel_softmax(x), randn(3, 4), random=True),
    functional(
        "gumbel_softmax", lambda F, x: F.gumbel_softmax(x, tau=0.5, dim=0), randn(3, 4), random=True
    ),
    functional(
        "gumbel_softmax", lambda F, x: F.gumbel_softmax(x, 2.0, hard=True), ties(5, 3), random=True
    ),
    functional(
        "gumbel_softmax",
        lambda F, x: F.gumbel_softmax(x, hard=True, dim=1),
        randn(2, 3, 4),
        random=True,
    ),
    functional("gumbel_softmax", lambda F, x: F.gumbel_softmax(x), randn(0, 3), random=True),
    functional(
        "gumbel_softmax",
        implicit(lambda F, x: F.gumbel_softmax(x, eps=1e-5)),
        randn(4),
        random=True,
    ),
    functional("gumbel_softmax", lambda F, x: F.gumbel_softmax(x), randn(), random=True),
    raises("nn.functional.gumbel_softmax", lambda m, x: m.nn.functional.gumbel_softmax(x), ints(3)),
    raises(
        "nn.functional.gumbel_softmax",
        lambda m, x: m.nn.functional.gumbel_softmax(x, dim=2),
        randn(3),
    ),
]
