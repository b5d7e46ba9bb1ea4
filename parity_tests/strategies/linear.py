"""Calls of refnet.ops.linear, .loss and .copy."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from hypothesis import strategies as st

from parity_tests.strategies import (
    Call,
    DrawFn,
    broadcastable,
    drawn,
    generator,
    maybe,
    reals,
    shapes,
    unary,
)

SIZE = st.integers(1, 4)
REDUCTION = st.sampled_from(["none", "mean", "sum"])


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


def mse_loss(draw: DrawFn) -> Call:
    shape, reduction = draw(shapes(side=1)), draw(REDUCTION)
    return Call(
        [reals(draw, shape), reals(draw, shape)],
        {"reduction": reduction},
        lambda x, t: F.mse_loss(x, t, reduction=reduction),
    )


def binary_cross_entropy(draw: DrawFn) -> Call:
    shape, reduction = draw(shapes(side=1)), draw(REDUCTION)
    weight = maybe(draw, reals(draw, broadcastable(draw, shape), 0.2, 2.0))
    return Call(
        [reals(draw, shape, 0.02, 0.98), reals(draw, shape, 0.0, 1.0), weight],
        {"reduction": reduction},
        lambda x, t, w=None: F.binary_cross_entropy(
            x, t, None if w is None else w.detach(), reduction=reduction
        ),
        {"constant": [2]},
    )


def binary_cross_entropy_with_logits(draw: DrawFn) -> Call:
    shape, reduction = draw(shapes(side=1)), draw(REDUCTION)
    weight = maybe(draw, reals(draw, broadcastable(draw, shape), 0.2, 2.0))
    positive = maybe(draw, reals(draw, shape[-1:], 0.2, 2.0))
    have = weight is not None

    def twin(x: Any, t: Any, *ws: Any) -> Any:
        w = ws[0].detach() if have else None
        p = ws[-1].detach() if positive is not None else None
        return F.binary_cross_entropy_with_logits(x, t, w, reduction=reduction, pos_weight=p)

    x, t = reals(draw, shape, -9.0, 9.0), reals(draw, shape, 0.0, 1.0)
    return Call([x, t, weight, positive], {"reduction": reduction}, twin, {"constant": [2, 3]})


def nll_loss(draw: DrawFn, *, smoothed: bool = False) -> Call:
    batch = draw(st.sampled_from([(), (1,), (3,), (2, 3)]))
    classes = draw(st.integers(1, 5))
    shape = (*batch[:1], classes, *batch[1:])
    target = generator(draw).integers(0, classes, batch)
    weight = maybe(draw, reals(draw, (classes,), 0.2, 2.0))
    options: dict[str, Any] = {
        "ignore_index": draw(st.sampled_from([-100, 0])) if classes > 1 else -100,
        "reduction": draw(REDUCTION),
    }
    if np.all(target == options["ignore_index"]):
        options["ignore_index"] = -100  # the mean of no losses is nan
    if smoothed:
        options["label_smoothing"] = draw(st.sampled_from([0.0, 0.1, 1.0]))
    f = F.cross_entropy if smoothed else F.nll_loss

    def twin(x: Any, t: Any, w: Any = None) -> Any:
        return f(x, t, None if w is None else w.detach(), **options)

    return Call([reals(draw, shape), np.asarray(target), weight], options, twin, {"constant": [2]})


def cross_entropy(draw: DrawFn) -> Call:
    return nll_loss(draw, smoothed=True)


def soft_cross_entropy(draw: DrawFn) -> Call:
    batch = draw(st.sampled_from([(), (1,), (3,), (2, 3)]))
    shape = (*batch[:1], draw(st.integers(1, 5)), *batch[1:])
    weight = maybe(draw, reals(draw, (shape[1 if batch else 0],), 0.2, 2.0))
    options = {"label_smoothing": draw(st.sampled_from([0.0, 0.1])), "reduction": draw(REDUCTION)}

    def twin(x: Any, t: Any, w: Any = None) -> Any:
        return F.cross_entropy(x, t, None if w is None else w.detach(), **options)

    inputs = [reals(draw, shape), reals(draw, shape, 0.0, 1.0), weight]
    return Call(inputs, options, twin, {"constant": [2]})


STRATEGIES = {
    "matmul": drawn(matmul),
    "addmm": drawn(addmm),
    "linear": drawn(linear),
    "bilinear": drawn(bilinear),
    "einsum": drawn(einsum),
    "mse_loss": drawn(mse_loss),
    "binary_cross_entropy": drawn(binary_cross_entropy),
    "binary_cross_entropy_with_logits": drawn(binary_cross_entropy_with_logits),
    "nll_loss": drawn(nll_loss),
    "cross_entropy": drawn(cross_entropy),
    "soft_cross_entropy": drawn(soft_cross_entropy),
    "clone": unary(torch.clone),
    "contiguous": unary(lambda x: x.contiguous()),
}
