"""Calls of refnet.ops.convolution and .unfold."""

from typing import Any

import torch
import torch.nn.functional as F
from hypothesis import strategies as st

from parity_tests.strategies import Call, DrawFn, drawn, maybe, reals

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


def numbers(draw: DrawFn, d: int, least: int, most: int) -> list[int]:
    return [draw(st.integers(least, most)) for _ in range(d)]


def geometry(draw: DrawFn, d: int) -> dict[str, list[int]]:
    """stride, padding and dilation."""
    return {
        "stride": numbers(draw, d, 1, 3),
        "padding": numbers(draw, d, 0, 2),
        "dilation": numbers(draw, d, 1, 2),
    }


def sizes(draw: DrawFn, kernel: list[int], options: dict[str, list[int]]) -> list[int]:
    """Sizes of an input that are at least those of the kernel."""
    reach = zip(kernel, options["padding"], options["dilation"], strict=True)
    return [max(e * (k - 1) + 1 - 2 * p, 1) + draw(st.integers(0, 2)) for k, p, e in reach]


def channels(draw: DrawFn) -> tuple[int, int, int]:
    return draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.integers(1, 3))


def pairs(options: dict[str, Any]) -> dict[str, Any]:
    """The same with a width for both sides."""
    return options | {"padding": [(p, p) for p in options["padding"]]}


def padded(x: Any, more: list[int]) -> Any:
    """x with zeros after each dimension."""
    return F.pad(x, [width for n in reversed(more) for width in (0, n)])


def convolution(draw: DrawFn) -> Call:
    d = draw(st.integers(1, 3))
    groups, c, o = channels(draw)
    kernel, options = numbers(draw, d, 1, 3 if d < 3 else 2), geometry(draw, d)
    more = numbers(draw, d, 0, 1)  # zeros after x, beyond those on both sides
    if draw(st.booleans()):  # as many outputs as entries
        kernel, more = [draw(st.sampled_from([1, 3])) for _ in range(d)], [0] * d
        reach = zip(kernel, options["dilation"], strict=True)
        options |= {"stride": [1] * d, "padding": [e * (k // 2) for k, e in reach]}
    n = sizes(draw, kernel, options)
    x = reals(draw, (draw(st.integers(0, 2)), groups * c, *n))
    W, b = reals(draw, (groups * o, c, *kernel)), maybe(draw, reals(draw, (groups * o,)))
    widths = [(p, p + q) for p, q in zip(options["padding"], more, strict=True)]

    def twin(x: Any, W: Any, b: Any = None) -> torch.Tensor:
        return CONV[d](padded(x, more), W, b, groups=groups, **options)

    return Call([x, W, b], options | {"padding": widths, "groups": groups}, twin)


def transposed_convolution(draw: DrawFn) -> Call:
    d = draw(st.integers(1, 3))
    groups, c, o = channels(draw)
    kernel, options = numbers(draw, d, 1, 3 if d < 3 else 2), geometry(draw, d)
    m = [draw(st.integers(1, 3)) + 2 * p for p in options["padding"]]
    most = zip(options["stride"], options["dilation"], strict=True)
    options["output_padding"] = [draw(st.integers(0, max(pair) - 1)) for pair in most]
    x = reals(draw, (draw(st.integers(0, 2)), groups * c, *m))
    W, b = reals(draw, (groups * c, o, *kernel)), maybe(draw, reals(draw, (groups * o,)))

    def twin(x: Any, W: Any, b: Any = None) -> torch.Tensor:
        return TRANSPOSED[d](x, W, b, groups=groups, **options)

    return Call([x, W, b], pairs(options) | {"groups": groups}, twin)


def unfold(draw: DrawFn) -> Call:
    kernel, options = numbers(draw, 2, 1, 3), geometry(draw, 2)
    n = sizes(draw, kernel, options)
    x = reals(draw, (draw(st.integers(0, 2)), draw(st.integers(1, 2)), *n))
    return Call([x], {"kernel": kernel, **options}, lambda x: F.unfold(x, kernel, **options))


def fold(draw: DrawFn) -> Call:
    kernel, options = numbers(draw, 2, 1, 3), geometry(draw, 2)
    size = sizes(draw, kernel, options)
    shape = 1, draw(st.integers(1, 2)), *size
    columns = F.unfold(torch.zeros(shape), kernel, **options).shape[1:]
    x = reals(draw, (draw(st.integers(0, 2)), *columns))
    twin = lambda x: F.fold(x, size, kernel, **options)  # noqa: E731
    return Call([x], {"size": size, "kernel": kernel, **options}, twin)


STRATEGIES = {
    "convolution": drawn(convolution),
    "transposed_convolution": drawn(transposed_convolution),
    "unfold": drawn(unfold),
    "fold": drawn(fold),
}
