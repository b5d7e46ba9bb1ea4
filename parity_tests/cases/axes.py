"""Functions of dimensions: turned, repeated, summed, cut into windows."""

import re
from collections.abc import Callable
from typing import Any

from parity_tests.cases import case, const, ints, method, raises, randn


def _misfit(call: Callable[[], Any]) -> list[int]:
    """Returns the numbers in the error: two sizes and the dimension where they do not fit."""
    try:
        call()
    except RuntimeError as error:
        return [int(n) for n in re.findall(r"\d+", str(error).split(":")[0])]
    return []


CASES = [
    case("broadcast_to", lambda m, x: m.broadcast_to(x, (2, 3, 4)), randn(3, 1)),
    case("broadcast_to", lambda m, x: x.broadcast_to((3, -1)), randn(4)),
    case("broadcast_shapes", lambda m: list(m.broadcast_shapes((2, 1), (3,), (4, 1, 1)))),
    case("broadcast_shapes", lambda m: list(m.broadcast_shapes(3, (2, 1)))),
    case("broadcast_shapes", lambda m: list(m.broadcast_shapes())),
    case(
        "broadcast_tensors",
        lambda m, a, b, c: m.broadcast_tensors(a, b, c),
        randn(3, 1),
        randn(4),
        randn(2, 1, 1),
    ),
    case("broadcast_tensors", lambda m, a, b: m.broadcast_tensors(a, b), randn(0), const(ints(1))),
    *(
        case("Tensor.sum_to_size", lambda m, x, s=s: x.sum_to_size(s), randn(2, 3, 4))
        for s in [(4,), (3, 1), (1, 1, 4), (2, 3, 4), (1,)]
    ),
    case("Tensor.sum_to_size", lambda m, x: x.sum_to_size(3, 1), ints(3, 4)),
    case("fliplr", lambda m, x: m.fliplr(x), randn(2, 3, 4)),
    case("flipud", lambda m, x: m.flipud(x), randn(3, 4)),
    case("flipud", lambda m, x: m.flipud(x), randn(3)),
    *(case("rot90", lambda m, x, k=k: m.rot90(x, k), randn(2, 3)) for k in (0, 1, 2, 3, -1, 6)),
    case("rot90", lambda m, x: m.rot90(x, dims=[2, -2]), randn(2, 3, 4)),
    case("rot90", lambda m, x: x.rot90(-1, (0, 2)), randn(2, 3, 4)),
    case("adjoint", lambda m, x: m.adjoint(x), randn(2, 3, 4)),
    case("adjoint", lambda m, x: x.adjoint(), randn()),
    method("mH", lambda x: x.mH, randn(2, 3, 4)),
    method("H", lambda x: x.H, randn(3, 4)),
    method("H", lambda x: x.H, randn()),
    case("movedim", lambda m, x: m.moveaxis(x, 0, -1), randn(2, 3, 4)),
    case("transpose", lambda m, x: m.swapdims(x, 0, -1), randn(2, 3, 4)),
    *(
        method("unfold", lambda x, args=args: x.unfold(*args), randn(3, 7, 2))
        for args in [(1, 3, 1), (1, 3, 2), (-2, 2, 2), (1, 2, 3), (1, 7, 5), (0, 1, 1), (1, 0, 2)]
    ),
    method("unfold", lambda x: x.unfold(0, 4, 1), randn(9)),
    method("unfold", lambda x: x.unfold(0, 2, 1).unfold(1, 3, 2), randn(4, 7)),
    method("unfold", lambda x: x.unfold(0, 1, 1), randn()),
    method("unfold", lambda x: x.unfold(0, 0, 1), randn()),
    method("unfold", lambda x: x.unfold(0, 2, 1), randn(2, 0)),
    method("unfold", lambda x: x.unfold(0, 2, 2), ints(5)),
    raises("broadcast_to", lambda m, x: m.broadcast_to(x, (2, 3)), randn(4)),
    raises("broadcast_shapes", lambda m: m.broadcast_shapes((2,), (3,))),
    raises("broadcast_shapes", lambda m: m.broadcast_shapes((2, -1))),
    raises("broadcast_tensors", lambda m, a, b: m.broadcast_tensors(a, b), randn(3), randn(2)),
    raises("broadcast_tensors", lambda m, a: m.broadcast_tensors([a, a]), randn(3)),
    *(
        case(name, lambda m, *x, f=f: _misfit(lambda: f(m, *x)), *shapes)
        for name, f in (
            ("broadcast_tensors", lambda m, a, b, c: m.broadcast_tensors(a, b, c)),
            ("where", lambda m, a, b, c: m.where(a > 0, b, c)),
            ("clamp", lambda m, a, b, c: m.clamp(a, b, c)),
            ("lerp", lambda m, a, b, c: m.lerp(a, b, c)),
        )
        for shapes in (
            (randn(2), randn(1), randn(3)),
            (randn(2, 1), randn(4), randn(3, 1)),
            (randn(2, 1), randn(4), randn(3, 5)),
            (randn(1, 1), randn(2, 1), randn(2, 5, 4)),
            (randn(2), randn(3), randn(4)),
        )
    ),
    raises("Tensor.sum_to_size", lambda m, x: x.sum_to_size(2), randn(3, 4)),
    raises("Tensor.sum_to_size", lambda m, x: x.sum_to_size(1, 3, 4), randn(3, 4)),
    raises("Tensor.sum_to_size", lambda m, x: x.sum_to_size(), randn(3, 4)),
    raises("fliplr", lambda m, x: m.fliplr(x), randn(3)),
    raises("flipud", lambda m, x: m.flipud(x), randn()),
    raises("rot90", lambda m, x: m.rot90(x), randn(3)),
    raises("rot90", lambda m, x: m.rot90(x, 1, [0]), randn(3, 3)),
    raises("rot90", lambda m, x: m.rot90(x, 1, [0, -2]), randn(3, 3)),
    raises("rot90", lambda m, x: m.rot90(x, 1, [0, 2]), randn(3, 3)),
    raises("adjoint", lambda m, x: m.adjoint(x), randn(3)),
    raises("Tensor.mH", lambda m, x: x.mH, randn(3)),
    raises("Tensor.H", lambda m, x: x.H, randn(3)),
    raises("Tensor.unfold", lambda m, x: x.unfold(0, 4, 1), randn(3)),
    raises("Tensor.unfold", lambda m, x: x.unfold(0, -1, 1), randn(3)),
    raises("Tensor.unfold", lambda m, x: x.unfold(0, 2, 0), randn(3)),
    raises("Tensor.unfold", lambda m, x: x.unfold(1, 2, 1), randn(3)),
    raises("Tensor.unfold", lambda m, x: x.unfold(0, 2, 1), randn()),
]
