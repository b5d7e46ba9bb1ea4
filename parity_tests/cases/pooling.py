"""Pooling, adaptive and fractional pooling, unpooling: functions and layers, one line a case."""

import math
from typing import Any

from parity_tests.cases import (
    Case,
    Input,
    bools,
    case,
    const,
    extreme,
    functional,
    ints,
    layer,
    permutation,
    positive,
    raises,
    randn,
    special,
    ties,
    uniform,
)

# sizes of 1, 2 and 3 dimensions, no two equal
N = (7, 5, 6)


def planes(d: int, *batch: int, draw: Any = randn) -> Input:
    """A batch of planes of d dimensions."""
    return draw(*batch, *N[:d])


def pool(name: str, *args: Any, **options: Any) -> Any:
    """F.name of an input with these arguments."""
    return lambda F, *xs: getattr(F, name)(*xs, *args, **options)


def build(name: str, *args: Any, **options: Any) -> Any:
    """nn.name with these arguments."""
    return lambda nn: getattr(nn, name)(*args, **options)


def refused(name: str, x: Input, *args: Any, **options: Any) -> Case:
    """F.name of an input raises with these arguments."""
    run = lambda m, *xs: getattr(m.nn.functional, name)(*xs, *args, **options)  # noqa: E731
    return raises(f"nn.functional.{name}", run, x)


def max_pool(d: int) -> list[Case]:
    f, both, three = f"max_pool{d}d", f"max_pool{d}d_with_indices", (3, 2, 1)[:d]
    return [
        functional(f, pool(f, 2), planes(d, 2, 3)),
        functional(f, pool(f, three, 1), planes(d, 3)),
        functional(f, pool(f, 3, 2, 1, return_indices=True), planes(d, 2, 2)),
        functional(f, pool(f, three, (2, 3, 1)[:d], (1, 0, 0)[:d], 2), planes(d, 2, 2)),
        functional(f, pool(f, 2, 3, ceil_mode=True, return_indices=True), planes(d, 2, 2)),
        functional(f, pool(f, 3, 2, 1, 2, True, True), planes(d, 1, 2)),
        functional(f, pool(f, 3, 1, 1, return_indices=True), planes(d, 2, 2, draw=ties)),
        functional(f, pool(f, 2, 1, return_indices=True), planes(d, 2, 3, draw=special)),
        functional(f, pool(f, 3, 2, 1, return_indices=True), planes(d, 2, 3, draw=special)),
        functional(f, pool(f, 1, return_indices=True), planes(d, 2, 1, draw=extreme)),
        functional(f, pool(f, 2), planes(d, 0, 2)),
        functional(f, pool(f, 2, [], return_indices=True), planes(d, 1, 2, draw=ints)),
        functional(both, pool(both, 2), planes(d, 2, 3)),
        functional(both, pool(both, 3, 2, 1, 2, True), planes(d, 2)),
        functional(both, pool(both, 2, return_indices=True), planes(d, 1, 2)),
        refused(f, randn(*N[: d - 1]), 2),
        refused(f, randn(1, 2, 3, *N[:d]), 2),
        refused(f, randn(2, 0, *N[:d]), 2),
        refused(f, randn(0, *N[:d]), 2),
        refused(f, randn(2, 2, 0, *N[1:d]), 2),
        refused(f, planes(d, 2, draw=bools), 2),
        refused(f, planes(d, 2), 0),
        refused(f, planes(d, 2), -1),
        refused(f, planes(d, 2), 8),
        refused(f, planes(d, 2), (2,) * (d + 1)),
        refused(f, planes(d, 2), ()),
        refused(f, planes(d, 2), 2.0),
        refused(f, planes(d, 2), True),
        refused(f, planes(d, 2), None),
        refused(f, planes(d, 2), 2, 0),
        refused(f, planes(d, 2), 2, -1),
        refused(f, planes(d, 2), 2, (1,) * (d + 1)),
        refused(f, planes(d, 2), 2, 1.5),
        refused(f, planes(d, 2), 2, 1, 2),
        refused(f, planes(d, 2), 2, 1, -1),
        refused(f, planes(d, 2), 3, 1, 2, 2),
        refused(f, planes(d, 2), 2, 1, None),
        refused(f, planes(d, 2), 2, 1, 0, 0),
        refused(f, planes(d, 2), 2, 1, 0, -1),
        refused(f, planes(d, 2), 4, 1, 0, 3),
        refused(f, planes(d, 2), 2, ceil_mode=1),
    ]


def avg_pool(d: int) -> list[Case]:
    f, three = f"avg_pool{d}d", (3, 2, 1)[:d]
    found = [
        functional(f, pool(f, 2), planes(d, 2, 3)),
        functional(f, pool(f, three, 1), planes(d, 3)),
        functional(f, pool(f, 3, 2, 1), planes(d, 2, 2)),
        functional(f, pool(f, 3, 2, 1, count_include_pad=False), planes(d, 2, 2)),
        functional(f, pool(f, 2, 3, 1, True), planes(d, 2, 2)),
        functional(f, pool(f, three, (2, 3, 1)[:d], (1, 0, 0)[:d], True, False), planes(d, 2)),
        functional(f, pool(f, 2, 3), planes(d, 2, 1)),
        functional(f, pool(f, 3, 2, 1), planes(d, 2, 2, draw=special)),
        functional(f, pool(f, 2), planes(d, 0, 2)),
        functional(f, pool(f, 2, 1, 1), planes(d, 1, 2, draw=ints)),
        functional(f, pool(f, 2, ()), planes(d, 1, 2)),
        refused(f, randn(*N[: d - 1]), 2),
        refused(f, randn(1, 2, 3, *N[:d]), 2),
        refused(f, randn(2, 0, *N[:d]), 2),
        refused(f, randn(2, 2, 0, *N[1:d]), 2),
        refused(f, planes(d, 2, draw=bools), 2),
        refused(f, planes(d, 2), 0),
        refused(f, planes(d, 2), 8),
        refused(f, planes(d, 2), (2,) * (d + 1)),
        refused(f, planes(d, 2), 2.0),
        refused(f, planes(d, 2), 2, 0),
        refused(f, planes(d, 2), 2, 1, 2),
        refused(f, planes(d, 2), 2, 1, -1),
        refused(f, planes(d, 2), 2, ceil_mode=0),
        refused(f, planes(d, 2), 2, count_include_pad=None),
    ]
    if d > 1:
        found += [
            functional(f, pool(f, 3, 2, 1, divisor_override=2), planes(d, 2, 2)),
            functional(f, pool(f, 2, divisor_override=-3), planes(d, 2, draw=ints)),
            refused(f, planes(d, 2), 2, divisor_override=0),
            refused(f, planes(d, 2), 2, divisor_override=1.5),
        ]
    return found


def lp_pool(d: int) -> list[Case]:
    f = f"lp_pool{d}d"
    kernel: Any = 3 if d == 1 else (3, 2, 1)[:d]
    return [
        functional(f, pool(f, 2, 2), planes(d, 2, 3)),
        functional(f, pool(f, 3.0, kernel, 1), planes(d, 3, draw=positive)),
        functional(f, pool(f, 1, kernel, stride=2, ceil_mode=True), planes(d, 2, 1)),
        functional(f, pool(f, 0.5, 2, 3, True), const(planes(d, 2, 2, draw=uniform))),
        functional(f, pool(f, 2.0, 2, 1), planes(d, 2, 2, draw=ties)),
        functional(f, pool(f, float("inf"), 2, 3, True), planes(d, 2, 2)),
        functional(f, pool(f, -float("inf"), kernel), planes(d, 2)),
        refused(f, planes(d, 2), 0, 2),
        refused(f, planes(d, 2), "2", 2),
        refused(f, planes(d, 2), 2, (2,) * (d + 1)),
        refused(f, planes(d, 2), 2, 8),
        refused(f, randn(1, 2, 3, *N[:d]), 2, 2),
        refused(f, randn(*N[: d - 1]), 2, 2),
    ]


def adaptive(d: int) -> list[Case]:
    avg, largest, both = (f"adaptive_{kind}" for kind in (f"avg_pool{d}d", f"max_pool{d}d", ""))
    both = f"{largest}_with_indices"
    sizes = (3, 4, 8)[:d]
    found = [
        functional(avg, pool(avg, 1), planes(d, 2, 3)),
        functional(avg, pool(avg, 3), planes(d, 3)),
        functional(avg, pool(avg, sizes), planes(d, 2, 2)),
        functional(avg, pool(avg, [9] * d), planes(d, 1, 2)),
        functional(avg, pool(avg, 2), planes(d, 0, 2)),
        functional(avg, pool(avg, 2), planes(d, 2, 2, draw=special)),
        functional(avg, pool(avg, 0), const(planes(d, 1, 2))),
        functional(largest, pool(largest, 1), planes(d, 2, 3)),
        functional(largest, pool(largest, 3, True), planes(d, 3)),
        functional(largest, pool(largest, sizes, return_indices=True), planes(d, 2, 2)),
        functional(largest, pool(largest, [9] * d), planes(d, 1, 2)),
        functional(largest, pool(largest, 3, True), planes(d, 2, 2, draw=ties)),
        functional(largest, pool(largest, 2, True), planes(d, 2, 2, draw=special)),
        functional(largest, pool(largest, 4, True), planes(d, 3, 2, draw=special)),
        functional(largest, pool(largest, 2), planes(d, 0, 2)),
        functional(largest, pool(largest, 0), const(planes(d, 1, 2))),
        functional(both, pool(both, 3), planes(d, 2, 2)),
        functional(both, pool(both, sizes, return_indices=True), planes(d, 2)),
    ]
    for f in (avg, largest):
        found += [
            refused(f, randn(*N[: d - 1]), 2),
            refused(f, randn(1, 2, 3, *N[:d]), 2),
            refused(f, randn(2, 2, 0, *N[1:d]), 2),
            refused(f, planes(d, 2, draw=ints), 2),
            refused(f, planes(d, 2), -1),
            refused(f, planes(d, 2), (2,) * (d + 1)),
            refused(f, planes(d, 2), 2.0),
            refused(f, planes(d, 2), None),
            refused(f, planes(d, 2), (2.0,) * d),
        ]
        if d > 1:
            found += [
                functional(f, pool(f, (None, 2, 3)[:d]), planes(d, 2, 2)),
                functional(f, pool(f, [3, None, None][:d]), planes(d, 2)),
                refused(f, planes(d, 2), (2,)),
                refused(f, randn(*N[:d]), (2,) * d),
            ]
    return [*found, refused(largest, randn(2, 0, *N[:d]), 2)]


def fractional(d: int) -> list[Case]:
    f, both, name = (
        f"fractional_max_pool{d}d",
        f"fractional_max_pool{d}d_with_indices",
        f"FractionalMaxPool{d}d",
    )
    kernel, size = (2, 1, 3)[:d], (3, 4, 2)[:d]
    ratio = (0.5, 0.6, 0.4)[:d]
    x, u = planes(d, 2, 3), const(uniform(2, 3, d, low=0.0, high=1.0))

    def given(*args: Any, **options: Any) -> Any:
        return lambda F, x, u: getattr(F, f)(x, *args, **options, _random_samples=u)

    return [
        functional(f, given(2, 3), x, u),
        functional(f, given(kernel, size, return_indices=True), x, u),
        functional(f, given(kernel, None, ratio), x, u),
        functional(f, given(kernel, 1), planes(d, 3), const(uniform(1, 3, d, low=0.0, high=1.0))),
        functional(f, given(kernel, size, None, True), planes(d, 2, 3, draw=ties), u),
        functional(f, given(2, 2, None, True), planes(d, 2, 3, draw=special), u),
        functional(f, pool(f, 2, 3), x, random=True),
        functional(f, pool(f, kernel, output_ratio=ratio, return_indices=True), x, random=True),
        functional(f, pool(f, kernel, size), planes(d, 3), random=True),
        functional(f, pool(f, 2, 3), planes(d, 0, 2), random=True),
        functional(f, pool(f, 2, 0), const(x), random=True),
        functional(both, pool(both, 2, 3), x, random=True),
        functional(
            both, pool(both, 2, output_ratio=ratio, return_indices=True), planes(d, 2), random=True
        ),
        functional(
            both, lambda F, x, u: getattr(F, both)(x, 2, output_size=3, _random_samples=u), x, u
        ),
        refused(f, x, 2),
        refused(f, x, 2, 8),
        refused(f, x, 2, (3,)),
        refused(f, x, (2,), 3),
        refused(f, x, 2.0, 3),
        refused(f, x, 2, 3.0),
        refused(f, x, 2, None, (1.5,) * d),
        refused(f, x, 2, None, (0.5,) * (d - 1)),
        refused(f, randn(*N[: d - 1]), 2, 3),
        refused(f, randn(1, 2, 3, *N[:d]), 2, 3),
        refused(f, randn(2, 0, *N[:d]), 2, 3),
        refused(f, planes(d, 2, draw=ints), 2, 3),
        raises(
            f"nn.functional.{f}", lambda m, *xs: given(2, 3)(m.nn.functional, *xs), x, randn(2, 3)
        ),
        raises(
            f"nn.functional.{f}",
            lambda m, *xs: given(2, 3)(m.nn.functional, *xs),
            x,
            randn(1, 3, d),
        ),
        raises(
            f"nn.functional.{f}",
            lambda m, *xs: given(2, 3)(m.nn.functional, *xs),
            x,
            randn(2, 3, d),
        ),
        layer(name, build(name, 2, output_size=3), x, random=True),
        layer(name, build(name, kernel, size, return_indices=True), planes(d, 3), random=True),
        layer(name, build(name, 2, output_ratio=0.6), x, random=True),
        case(
            f"nn.{name}",
            lambda m, x, u: getattr(m.nn, name)(2, output_ratio=ratio, _random_samples=u)(x),
            x,
            u,
        ),
        raises(f"nn.{name}", lambda m: getattr(m.nn, name)(2)),
        raises(f"nn.{name}", lambda m: getattr(m.nn, name)(2, 3, 0.5)),
        raises(f"nn.{name}", lambda m: getattr(m.nn, name)(2, output_ratio=1.5)),
    ]


def unpool(d: int) -> list[Case]:
    f, name = f"max_unpool{d}d", f"MaxUnpool{d}d"
    pooled, whole = N[:d], tuple(2 * n for n in N[:d])

    def undo(F: Any, x: Any, *args: Any, **options: Any) -> Any:
        """max_pool and max_unpool with the same windows."""
        y, i = getattr(F, f"max_pool{d}d")(x, *args, return_indices=True)
        return getattr(F, f)(y, i, *args, **options)

    def at(m: Any, *xs: Any, **options: Any) -> Any:
        """x at the places i, in every plane the same."""
        x, i = xs
        i = i.reshape(pooled).expand(x.shape)
        return getattr(m.nn.functional, f)(x, i, 2, **options)

    places = permutation(math.prod(pooled))
    return [
        functional(f, lambda F, x: undo(F, x, 2), randn(2, 3, *whole)),
        functional(f, lambda F, x: undo(F, x, 3, 3, 1, output_size=whole), randn(2, *whole)),
        functional(f, lambda F, x: undo(F, x, 2, output_size=x.shape), randn(1, 2, *N[:d])),
        functional(f, lambda F, x: undo(F, x, 2, 3, output_size=N[:d]), randn(2, *N[:d])),
        functional(f, lambda F, x: undo(F, x, (2,) * d, (2,) * d, (0,) * d), randn(0, 2, *whole)),
        case(f"nn.functional.{f}", at, planes(d, 2, 3), places),
        case(
            f"nn.functional.{f}",
            lambda m, *xs: at(m, *xs, stride=3, padding=1),
            planes(d, 2),
            places,
        ),
        raises(f"nn.functional.{f}", lambda m, x, i: at(m, x, i + 10**4), planes(d, 2), places),
        raises(f"nn.functional.{f}", lambda m, x, i: at(m, x, i - 1), planes(d, 2), places),
        raises(f"nn.functional.{f}", lambda m, x, i: at(m, x, i.int()), planes(d, 2), places),
        raises(
            f"nn.functional.{f}", lambda m, *xs: at(m, *xs, output_size=5), planes(d, 2), places
        ),
        raises(
            f"nn.functional.{f}",
            lambda m, *xs: at(m, *xs, output_size=(40,) * d),
            planes(d, 2),
            places,
        ),
        raises(
            f"nn.functional.{f}",
            lambda m, *xs: at(m, *xs, output_size=(2,) * (d + 1)),
            planes(d, 2),
            places,
        ),
        raises(
            f"nn.functional.{f}",
            lambda m, *xs: at(m, *xs, stride=1, padding=20),
            planes(d, 2),
            places,
        ),
        raises(f"nn.functional.{f}", lambda m, *xs: at(m, *xs), planes(d, 2, draw=ints), places),
        raises(f"nn.functional.{f}", lambda m, *xs: at(m, *xs), randn(2, 0, *N[:d]), places),
        raises(
            f"nn.functional.{f}",
            lambda m, x, i: getattr(m.nn.functional, f)(x, i, 2),
            planes(d, 2),
            ints(2, *N[1:d], 2),
        ),
        layer(
            name,
            lambda nn: nn.ModuleList(
                [getattr(nn, f"MaxPool{d}d")(2, return_indices=True), getattr(nn, name)(2)]
            ),
            randn(2, 3, *whole),
            call=lambda pair, x: pair[1](*pair[0](x)),
        ),
        layer(
            name,
            lambda nn: nn.ModuleList(
                [
                    getattr(nn, f"MaxPool{d}d")(3, 2, 1, return_indices=True),
                    getattr(nn, name)(3, stride=2, padding=1),
                ]
            ),
            randn(2, *whole),
            call=lambda pair, x: pair[1](*pair[0](x), output_size=x.size()[1:]),
        ),
    ]


def layers(d: int) -> list[Case]:
    three = (3, 2, 1)[:d]
    largest, average, norm = f"MaxPool{d}d", f"AvgPool{d}d", f"LPPool{d}d"
    amax, aavg = f"AdaptiveMaxPool{d}d", f"AdaptiveAvgPool{d}d"
    kernel: Any = 3 if d == 1 else three
    found = [
        layer(largest, build(largest, 2), planes(d, 2, 3)),
        layer(largest, build(largest, three, stride=2, padding=(1, 0, 0)[:d]), planes(d, 2)),
        layer(
            largest,
            build(largest, 2, 1, dilation=2, return_indices=True, ceil_mode=True),
            planes(d, 2, 2),
        ),
        layer(average, build(average, 2), planes(d, 2, 3)),
        layer(average, build(average, three, stride=2, padding=(1, 0, 0)[:d]), planes(d, 2)),
        layer(
            average, build(average, 3, 2, 1, ceil_mode=True, count_include_pad=False), planes(d, 2)
        ),
        layer(norm, build(norm, 2, 2), planes(d, 2, 3)),
        layer(norm, build(norm, 3, kernel, stride=2, ceil_mode=True), planes(d, 2, draw=positive)),
        layer(amax, build(amax, 3), planes(d, 2, 3)),
        layer(amax, build(amax, (2, 3, 4)[:d], return_indices=True), planes(d, 2)),
        layer(aavg, build(aavg, 3), planes(d, 2, 3)),
        layer(aavg, build(aavg, (2, 3, 4)[:d]), planes(d, 2)),
        raises(f"nn.{largest}", lambda m, x: getattr(m.nn, largest)(2, padding=2)(x), planes(d, 2)),
        raises(f"nn.{average}", lambda m, x: getattr(m.nn, average)(8)(x), planes(d, 2)),
        raises(f"nn.{aavg}", lambda m, x: getattr(m.nn, aavg)(2)(x), randn(3)),
    ]
    if d > 1:
        found += [
            layer(average, build(average, 2, divisor_override=3), planes(d, 2, 2)),
            layer(aavg, build(aavg, (None, 2, 3)[:d]), planes(d, 2)),
        ]
    return found


DIMS = (1, 2, 3)

CASES = [
    *(c for d in DIMS for table in (max_pool, avg_pool, lp_pool, adaptive, unpool, layers) for c in table(d)),
    *fractional(2),
    *fractional(3),
    raises("nn.FractionalMaxPool3d", lambda m: m.nn.FractionalMaxPool3d(0, 3)),
    raises("nn.functional.lp_pool1d", lambda m, x: m.nn.functional.lp_pool1d(x, 2, (2,)), randn(2, 4)),
]  # fmt: skip
