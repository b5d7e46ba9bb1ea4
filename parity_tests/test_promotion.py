"""Functions of two operands have PyTorch's dtype, values and errors for every pair of dtypes."""

import itertools
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

import refnet

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
NUMBERS = [True, 2, 1.5]
SHAPES = [((3,), (3,)), ((), (3,)), ((3,), ()), ((), ())]

FUNCTIONS: dict[str, Callable[[Any, Any, Any], Any]] = {
    **{
        name: lambda m, x, y, name=name: getattr(m, name)(x, y)
        for name in (
            *("add", "sub", "mul", "div", "pow", "maximum", "minimum", "floor_divide", "remainder"),
            *("eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor"),
            *("bitwise_and", "bitwise_or", "bitwise_xor", "outer"),
        )
    },
    "where": lambda m, x, y: m.where(x > 0, x, y),
    "clamp": lambda m, x, y: m.clamp(x, min=y),
    "lerp": lambda m, x, y: m.lerp(x, y, 0.5),
    "addcmul": lambda m, x, y: m.addcmul(x, x, y),
    "cat": lambda m, x, y: m.cat([x, y]),
    "stack": lambda m, x, y: m.stack([x, y]),
    "masked_fill": lambda m, x, y: x.masked_fill(x > 0, y),
    "add_": lambda m, x, y: x.add_(y),
    "mul_": lambda m, x, y: x.mul_(y),
}
# PyTorch's kernel for a Python number, alone of all, does not take booleans, or alone does.
LEFT_ALONE = {("clamp", "bool", "True"), ("pow", "bool", "True")}


def operand(m: Any, dtype: str, shape: tuple[int, ...], seed: int) -> Any:
    low = 0 if dtype in ("bool", "uint8") else -3
    values = np.random.default_rng(seed).integers(low, 4, shape)
    return m.tensor(values.tolist(), dtype=getattr(m, dtype))


def pairs() -> Iterator[tuple[str, tuple[int, ...], Any, tuple[int, ...]]]:
    """The first operand's dtype and shape, and the second's, or a number."""
    for first, second in itertools.product(DTYPES, DTYPES):
        yield from ((first, a, second, b) for a, b in SHAPES)
    for first, number in itertools.product(DTYPES, NUMBERS):
        yield from ((first, a, number, ()) for a in ((3,), ()))


def result(m: Any, name: str, pair: tuple[Any, ...]) -> tuple[str, Any]:
    """The dtype of the result and its values; for an error its type, and nothing."""
    first, a, second, b = pair
    x = operand(m, first, a, 1)
    y = operand(m, second, b, 2) if isinstance(second, str) else second
    try:
        z = FUNCTIONS[name](m, x, y)
    except (RuntimeError, TypeError, ValueError) as error:  # NotImplementedError is among them
        return type(error).__name__, None
    return str(z.dtype).rpartition(".")[2], z.double().numpy()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_pair_of_dtypes(name: str) -> None:
    for pair in pairs():
        if (name, pair[0], str(pair[2])) in LEFT_ALONE:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NaN cast to an integer, on both sides
            (ours, y), (theirs, expected) = result(refnet, name, pair), result(torch, name, pair)
        assert ours == theirs, pair
        if expected is not None:
            assert y.shape == expected.shape, pair
            tol = 2e-3 if "float16" in ours else 1e-6
            np.testing.assert_allclose(y, expected, rtol=tol, err_msg=str(pair))
