"""Calls of refnet.ops.linear and .copy."""

import torch
import torch.nn.functional as F
from hypothesis import strategies as st

from parity_tests.strategies import (
    Call,
    DrawFn,
    broadcastable,
    drawn,
    maybe,
    reals,
    shapes,
    unary,
)

SIZE = st.integers(1, 4)


def matmul(draw: DrawFn) -> Call:
    n, k, m = draw(SIZE), draw(st.integers(0, 4)), draw(SIZE)
    batch = draw(shapes(0, 2, side=1))
    a = draw(st.sampled_from([(k,), (n, k), (*batch, n, k)]))
    b = draw(st.sampled_from([(k,), (k, m), (*broadcastable(draw, batch), k, m)]))
    return Call([reals(draw, a), reals(draw, b)], {}, torch.matmul)


def addmm(draw: DrawFn) -> Call:
    n, k, m = draw(SIZE), draw(st.integers(0, 4)), draw(SIZE)
    c = reals(draw, (n, m))
    options = draw(st.sampled_from([{"beta": 1.0, "alpha": 1.0}, {"beta": 0.5, "alpha": -2.0}]))
    inputs = [c, reals(draw, (n, k)), reals(draw, (k, m))]
    return Call(inputs, options, lambda *xs: torch.addmm(*xs, **options))


def linear(draw: DrawFn) -> Call:
    k, m = draw(SIZE), draw(SIZE)
    bias = maybe(draw, reals(draw, (m,)))
    x = reals(draw, (*draw(shapes(0, 3)), k))
    return Call([x, reals(draw, (m, k)), bias], {}, F.linear)


def bilinear(draw: DrawFn) -> Call:
    i, j, o = draw(SIZE), draw(SIZE), draw(SIZE)
    batch = draw(shapes(1, 2, side=1))
    bias = maybe(draw, reals(draw, (o,)))
    inputs = [reals(draw, (*batch, i)), reals(draw, (*batch, j)), reals(draw, (o, i, j)), bias]
    return Call(inputs, {}, F.bilinear)


EQUATIONS = ["ij,jk->ik", "ij,ij->", "bij,bjk->bik", "ij->ji", "i,j->ij", "ij,j,i->i", "ii->i",
             "ii->", "bi,bj,ijk->bk", "ij->i"]  # fmt: skip


def einsum(draw: DrawFn) -> Call:
    equation = draw(st.sampled_from(EQUATIONS))
    sizes = {c: draw(SIZE) for c in "bijk"}
    terms = equation.split("->")[0].split(",")
    inputs = [reals(draw, tuple(sizes[c] for c in term)) for term in terms]
    return Call(inputs, {"equation": equation}, lambda *xs: torch.einsum(equation, *xs))


STRATEGIES = {
    "matmul": drawn(matmul),
    "addmm": drawn(addmm),
    "linear": drawn(linear),
    "bilinear": drawn(bilinear),
    "einsum": drawn(einsum),
    "clone": unary(torch.clone),
}
