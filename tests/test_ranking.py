"""The complex step through functions that pick entries: exact, and refused at ties."""

from collections.abc import Callable
from typing import Any

import pytest

import refnet
from refnet.autograd.functional import jvp

PICK: dict[str, Callable[[Any], Any]] = {
    "cummax": lambda x: refnet.cummax(x, 0).values,
    "cummin": lambda x: refnet.cummin(x, 0).values,
    "kthvalue": lambda x: refnet.kthvalue(x, 2).values,
    "mode": lambda x: refnet.mode(x).values,
    "quantile": lambda x: refnet.quantile(x, 0.4),
}


@pytest.mark.parametrize("name", PICK)
def test_the_derivative_is_that_of_the_entry_picked(name: str) -> None:
    x = refnet.tensor([1.5, 0.25, -1.0, 2.0], dtype=refnet.float64)
    v = refnet.tensor([1.0, 10.0, 100.0, 1000.0], dtype=refnet.float64)
    _, derivative = jvp(PICK[name], x, v)
    h = 1e-6
    difference = (PICK[name](x + h * v) - PICK[name](x - h * v)) / (2 * h)
    assert refnet.allclose(derivative, difference, rtol=1e-6)


@pytest.mark.parametrize("name", PICK)
def test_ties_are_refused(name: str) -> None:
    x = refnet.tensor([1.0, -1.0, 1.0, -1.0])
    with pytest.raises(refnet.NotAnalyticError):
        jvp(PICK[name], x, refnet.tensor([1.0, 2.0, 3.0, 4.0]))
