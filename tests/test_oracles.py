"""check_pullback accepts right pullbacks and reports wrong ones. It needs NumPy only."""

from typing import Any

import numpy as np
import pytest

import refnet
from refnet import ops
from refnet.ops.rule import refuse_kink
from refnet.testing import check_pullback


def tanh(x: Any, spoil: Any = lambda dx: dx) -> Any:
    y = np.tanh(x)
    return y, lambda dy: (spoil(dy * (1 - y * y)),)


X = np.random.default_rng(1).standard_normal((4, 4))


def relu(x: Any) -> Any:
    refuse_kink("relu", x, x.real == 0)
    positive = x.real > 0
    return x * positive, lambda dy: (dy * positive,)


def test_check_pullback_passes_what_is_right() -> None:
    assert check_pullback(tanh, [X]).error < 1e-13
    assert not check_pullback(relu, [np.array([0.0, 1.0, -1.0])]).analytic
    assert check_pullback(ops.linear, [X, X[:2], None]).analytic
    assert check_pullback(ops.matmul, [X, X]).error < 1e-13


def in_place(x: Any) -> Any:
    y = np.tanh(x)

    def pullback(dy: Any) -> Any:
        dy *= 1 - y * y
        return (dy,)

    return y, pullback


def spends_what_it_saved(x: Any) -> Any:
    y = np.tanh(x)
    saved = 1 - y * y

    def pullback(dy: Any) -> Any:
        np.multiply(saved, dy, out=saved)
        return (saved.copy(),)

    return y, pullback


def forgets_the_direction(x: Any) -> Any:
    y = np.tanh(x)
    return y, lambda dy: (dy * (1 - y.real * y.real),)


def relu_with_slope_two_at_zero(x: Any) -> Any:
    y, _ = relu(x)
    return y, lambda dy: (dy * np.where(x.real == 0, 2.0, x.real > 0),)


def widens(x: Any) -> Any:
    y = x * np.float64(2)
    return y, lambda dy: (dy * 2,)


def differs_for_large_cotangents(x: Any) -> Any:
    y = np.tanh(x)
    return y, lambda dy: (dy * (1 - y * y) if np.abs(dy).max() < 3 else dy,)


def drops_the_imaginary_part(x: Any) -> Any:
    y = np.tanh(x)
    return y, lambda dy: (dy.real * (1 - y * y),)


@pytest.mark.parametrize(
    ("rule", "x", "said"),
    [
        (lambda x: tanh(x, lambda dx: dx * 1.001), X, "it is 1.001 times"),
        (lambda x: tanh(x, lambda dx: dx[0]), X, "has shape (4,), expected (4, 4)"),
        (lambda x: tanh(x, lambda dx: dx.astype(np.float32)), X, "is float32, expected float64"),
        (lambda x: tanh(x, lambda dx: None), X, "is None, expected an array"),
        (lambda x: (np.tanh(x), lambda dy: dy), X, "returns a tuple of 1 entries"),
        (lambda x: np.tanh(x), X, "a rule returns (value, pullback)"),
        (in_place, X, "in place"),
        (spends_what_it_saved, X, "called twice"),
        (forgets_the_direction, X, "the pullback's own derivative is wrong"),
        (relu_with_slope_two_at_zero, np.array([0.0, 1.0]), "at index (0,) expected between"),
        (
            differs_for_large_cotangents,
            X,
            "not linear in its cotangent: input 0, pullback(dy + 2.0 dz)",
        ),
        (drops_the_imaginary_part, X, "not linear in its cotangent: input 0, pullback(dy + 1j dz)"),
        (widens, X, "float32 inputs give a float64 value"),
        (lambda x: (np.abs(x), lambda dy: (dy * np.sign(x),)), X, "not an analytic continuation"),
    ],
)
def test_check_pullback_says_what_is_wrong(rule: Any, x: Any, said: str) -> None:
    with pytest.raises(AssertionError) as raised:
        check_pullback(rule, [x])
    assert said in str(raised.value)


def test_check_pullback_names_the_input() -> None:
    def outer(left: Any, right: Any) -> Any:
        return np.outer(left, right), lambda dy: (dy @ right, dy @ left)

    with pytest.raises(AssertionError, match=r"input 1 \(right\)"):
        check_pullback(outer, [X[0], X[1]])


def test_a_shape_stands_for_normal_values() -> None:
    for inputs in ([(3, 4)], (3, 4), ((3, 4),), X):
        assert check_pullback(tanh, inputs).analytic
        with pytest.raises(AssertionError, match=r"it is 1\.001 times"):
            check_pullback(lambda x: tanh(x, lambda dx: dx * 1.001), inputs)


@pytest.mark.parametrize(
    ("rule", "inputs", "said"),
    [
        (refnet.nn.Tanh, [X], "got the class Tanh; refnet.testing.parity.assert_parity compares"),
        (refnet.nn.Tanh(), [X], "that returns (value, pullback), got Tanh"),
        (None, [X], "expected a rule, a function on arrays that returns (value, pullback)"),
        (tanh, [np.arange(4)], "expected a floating-point input, whose gradient can be checked"),
        (tanh, [], "got no array"),
        (tanh, [3, 5], "a shape is a tuple: [(3, 5)]"),
        (tanh, [np.array([1.0, np.nan])], "input 0 (x): expected finite numbers, got NaN"),
        (tanh, [np.array([1.0, np.inf])], "assert_parity compares with PyTorch there"),
        (ops.cat, [(X, X)], "a rule takes arrays, got a tuple"),
        (tanh, ["x"], "input 0: expected an array"),
        (tanh, [X + 1j], "of dtype complex128"),
    ],
)
def test_what_cannot_be_checked_is_said_in_one_line(rule: Any, inputs: Any, said: str) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        check_pullback(rule, inputs)
    assert said in str(raised.value)
    assert str(raised.value).startswith("check_pullback(): ")
    assert "\n" not in str(raised.value)


def test_a_constant_input_has_to_be_there() -> None:
    with pytest.raises(ValueError, match="constant: expected positions of 1 inputs, got 7"):
        check_pullback(tanh, [X], constant=[7])
