"""AdaptiveLogSoftmaxWithLoss: classes of every cluster, one example, none, and inputs that do not fit."""

from typing import Any

from parity_tests.cases import Case, Input, ints, layer, raises, randn, values

NAME = "AdaptiveLogSoftmaxWithLoss"
X = randn(6, 8)


def build(nn: Any) -> Any:
    return nn.AdaptiveLogSoftmaxWithLoss(8, 12, [3, 6], div_value=2.0, head_bias=True)


def refused(*inputs: Input) -> Case:
    return raises(f"nn.{NAME}", lambda m, *xs: build(m.nn).double()(*xs), *inputs)


def invalid(*args: Any) -> Case:
    return raises(f"nn.{NAME}", lambda m: m.nn.AdaptiveLogSoftmaxWithLoss(*args))


CASES = [
    layer(NAME, build, X, values([0, 2, 3, 5, 6, 11])),
    layer(NAME, build, X, values([4, 4, 3, 5, 3, 4])),
    layer(NAME, build, X, values([1, 0, 2, 1, 1, 0])),
    layer(NAME, build, X, values([5, 0, 9, 2, 11, 6])),
    layer(NAME, build, randn(1, 8), values([7])),
    layer(NAME, build, randn(8), values(7)),
    layer(NAME, build, randn(8), values(1)),
    layer(NAME, build, randn(0, 8), ints(0)),
    layer(
        NAME, lambda nn: nn.AdaptiveLogSoftmaxWithLoss(16, 9, (4,)), randn(3, 16), ints(3, high=9)
    ),
    layer(
        NAME,
        lambda nn, m: nn.AdaptiveLogSoftmaxWithLoss(16, 9, [1, 8], device="cpu", dtype=m.float32),
        randn(3, 16),
        ints(3, high=9),
    ),
    layer(NAME, build, X, call=lambda layer, x: layer.log_prob(x)),
    layer(NAME, build, randn(20, 8, scale=3.0), call=lambda layer, x: layer.predict(x)),
    layer(NAME, build, randn(0, 8), call=lambda layer, x: layer.predict(x)),
    refused(X, values([0, 1, 2, 3, 4, 12])),
    refused(X, values([0, 1, 2, 3, 4, -1])),
    refused(X, ints(5)),
    refused(X, values(1)),
    refused(randn(8), values([1])),
    refused(X, ints(6, 1)),
    refused(randn(6, 7), values([0, 1, 2, 3, 4, 5])),
    invalid(8, 12, []),
    invalid(8, 12, [0, 3]),
    invalid(8, 12, [3, 3]),
    invalid(8, 12, [6, 3]),
    invalid(8, 12, [3, 12]),
    invalid(8, 12, [3.5]),
]
