"""Calls of refnet.ops.trigonometric, .logarithmic, .parts and .rounding."""

from functools import partial

import torch
from hypothesis import strategies as st

from parity_tests.strategies import (
    Call,
    DrawFn,
    binary,
    broadcastable,
    drawn,
    generator,
    reals,
    shapes,
    unary,
)


def logit(draw: DrawFn) -> Call:
    eps = draw(st.sampled_from([None, 0.0, 0.2]))
    x = reals(draw, draw(shapes()), *((0.02, 0.98) if not eps else (-1.0, 2.0)))
    return Call([x], {"eps": eps}, lambda x: torch.logit(x, eps))


def nan_to_num(draw: DrawFn) -> Call:
    options = draw(st.sampled_from([{}, {"nan": 1.0, "posinf": 2.0, "neginf": -3.0}]))
    return Call([reals(draw, draw(shapes()))], options, lambda x: torch.nan_to_num(x, **options))


def rounding(draw: DrawFn) -> Call:
    options = draw(st.sampled_from([{}, {"decimals": 1}, {"decimals": -1}]))
    return Call([reals(draw, draw(shapes()))], options, lambda x: torch.round(x, **options))


def ldexp(draw: DrawFn) -> Call:
    shape = draw(shapes())
    n = generator(draw).integers(
        0, 9, broadcastable(draw, shape)
    )  # below 0 PyTorch's gradient is 0
    return Call([reals(draw, shape), n], {}, torch.ldexp)


STRATEGIES = {
    "tan": unary(torch.tan, -1.4, 1.4),
    "asin": unary(torch.asin, -0.95, 0.95),
    "acos": unary(torch.acos, -0.95, 0.95),
    "atan": unary(torch.atan),
    # Not the origin, where it jumps and its gradient is 0 by convention.
    "atan2": binary(torch.atan2) | binary(torch.atan2, ties=True, low2=0.6),
    "sinh": unary(torch.sinh),
    "cosh": unary(torch.cosh),
    "asinh": unary(torch.asinh),
    "acosh": unary(torch.acosh, 1.1, 5.0),
    "atanh": unary(torch.atanh, -0.95, 0.95),
    "sinc": unary(torch.sinc, ties=True),
    "exp2": unary(torch.exp2),
    "log2": unary(torch.log2, 0.1, 5.0),
    "log1p_exp": unary(lambda x: torch.log1p(torch.exp(x))),
    "log10": unary(torch.log10, 0.1, 5.0),
    "logaddexp": binary(torch.logaddexp, ties=True),
    "logit": drawn(logit),
    "xlogy": binary(torch.xlogy, low2=0.1, high2=4.0, ties=True),
    "frac": unary(torch.frac),
    "fmod": binary(torch.fmod, low2=0.4, high2=3.0),
    "remainder": binary(torch.remainder, low2=0.4, high2=3.0),
    "div_floor": binary(partial(torch.div, rounding_mode="floor"), low2=0.4, high2=3.0),
    "div_trunc": binary(partial(torch.div, rounding_mode="trunc"), low2=0.4, high2=3.0),
    "copysign": binary(torch.copysign),
    "hypot": binary(torch.hypot),
    "ldexp": drawn(ldexp),
    "nan_to_num": drawn(nan_to_num),
    "nan_to_zero": unary(None),
    "floor": unary(torch.floor),
    "ceil": unary(torch.ceil),
    "trunc": unary(torch.trunc),
    "round": drawn(rounding),
    "sign": unary(torch.sign),
}
