"""Calls of the losses of refnet.ops, and of .distance."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from hypothesis import strategies as st

from parity_tests.strategies import (
    Array,
    Call,
    DrawFn,
    broadcastable,
    drawn,
    generator,
    maybe,
    reals,
    shapes,
)
from refnet import ops

REDUCTION = st.sampled_from(["none", "mean", "sum"])
SIZE = st.integers(1, 4)


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


def huber_loss(draw: DrawFn) -> Call:
    shape, reduction = draw(shapes(side=1)), draw(REDUCTION)
    delta = draw(st.sampled_from([0.5, 1.0, 2.0]))
    return Call(
        [reals(draw, shape, ties=True), reals(draw, shape, ties=True)],
        {"delta": delta, "reduction": reduction},
        lambda x, t: F.huber_loss(x, t, reduction=reduction, delta=delta),
    )


def gaussian_nll_loss(draw: DrawFn) -> Call:
    shape = draw(shapes(least=1, side=1))
    var = draw(st.sampled_from([shape, shape[:-1] + (1,)]))
    options = {"full": draw(st.booleans()), "eps": 0.1}
    return Call(
        [reals(draw, shape), reals(draw, shape), reals(draw, var, 0.2, 2.0)],
        options,
        lambda x, t, v: F.gaussian_nll_loss(x, t, v, reduction="none", **options),
    )


def linear_cross_entropy(draw: DrawFn) -> Call:
    n, features, classes = draw(SIZE), draw(SIZE), draw(SIZE)
    target = generator(draw).integers(0, classes, n)
    bias = maybe(draw, reals(draw, (classes,)))
    weight = maybe(draw, reals(draw, (classes,), 0.2, 2.0))
    options = {"ignore_index": -100, "reduction": draw(REDUCTION)}

    def twin(x: Any, W: Any, *rest: Any) -> Any:
        b, (t, *w) = (rest[0], rest[1:]) if bias is not None else (None, rest)
        return F.linear_cross_entropy(
            x, W, t, linear_bias=b, weight=w[0].detach() if w else None, **options
        )

    inputs = [reals(draw, (n, features)), reals(draw, (classes, features)), bias, target, weight]
    return Call(inputs, {"rows": draw(SIZE), **options}, twin, {"constant": [4]})


def cosine_similarity(draw: DrawFn) -> Call:
    shape = draw(shapes(least=1, side=1))
    dim = draw(st.integers(0, len(shape) - 1))
    return Call(
        [reals(draw, shape), reals(draw, shape)],
        {"dim": dim, "eps": 1e-8},
        lambda a, b: F.cosine_similarity(a, b, dim),
    )


def length(p: float) -> Callable[[DrawFn], Call]:
    """The distance of a vector from 0."""

    def call(draw: DrawFn) -> Call:
        d = reals(draw, (*draw(shapes(most=2, side=1)), draw(SIZE)), ties=True)
        return Call(
            [d], {}, lambda d: torch.cdist(d[..., None, :], 0 * d[..., None, :], p=p)[..., 0, 0]
        )

    return call


def ctc_loss(draw: DrawFn) -> Call:
    T, N, C = draw(st.integers(1, 6)), draw(SIZE), draw(st.integers(2, 4))
    rng, S = generator(draw), draw(st.integers(0, 3))
    blank = draw(st.integers(0, C - 1))
    labels = (blank + rng.integers(1, C, (N, S))) % C
    frames, lengths = rng.integers(1, T + 1, N), rng.integers(0, S + 1, N)
    x = torch.from_numpy(reals(draw, (T, N, C))).log_softmax(-1).numpy()
    options = {"blank": blank, "zero_infinity": True}

    def twin(x: Any, *rest: Any) -> Any:
        return F.ctc_loss(x, *rest, reduction="none", **options)

    def of_logits(x: Array, *rest: Any, **options: Any) -> Any:
        """x̄ is a derivative only for a log-softmax."""
        y, to_logits = ops.log_softmax(x, dim=2)
        losses, pullback = ops.ctc_loss(y, *rest, **options)
        return losses, lambda dy: (to_logits(pullback(dy)[0])[0], None, None, None)

    return Call([x, labels, frames, lengths], options, twin, within=of_logits)


STRATEGIES = {
    "mse_loss": drawn(mse_loss),
    "huber_loss": drawn(huber_loss),
    "gaussian_nll_loss": drawn(gaussian_nll_loss),
    "binary_cross_entropy": drawn(binary_cross_entropy),
    "binary_cross_entropy_with_logits": drawn(binary_cross_entropy_with_logits),
    "nll_loss": drawn(nll_loss),
    "cross_entropy": drawn(cross_entropy),
    "soft_cross_entropy": drawn(soft_cross_entropy),
    "linear_cross_entropy": drawn(linear_cross_entropy),
    "ctc_loss": drawn(ctc_loss),
    "cosine_similarity": drawn(cosine_similarity),
    "largest_difference": drawn(length(torch.inf)),
    "summed_differences": drawn(length(1.0)),
}
