"""The public form of functions: the error for an argument that is not a tensor, and more."""

import inspect
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import refnet
from refnet import nn
from refnet.nn import functional as F

x = refnet.ones(3)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (
            lambda: refnet.relu(1.5),
            "relu(): argument 'input' (position 1) must be Tensor, not float",
        ),
        (
            lambda: F.linear(x, "w"),
            "linear(): argument 'weight' (position 2) must be Tensor, not str",
        ),
        (lambda: F.mse_loss(x, target=None), "argument 'target' (position 2) must be Tensor"),
        (
            lambda: F.conv2d(None, None),
            "argument 'input' (position 1) must be Tensor, not NoneType",
        ),
        (
            lambda: x.masked_fill_(3, 4),
            "masked_fill_(): argument 'mask' (position 2) must be Tensor, not int",
        ),
        (lambda: x.scatter_(0, 5, x), "scatter_(): argument 'index' (position 3) must be Tensor"),
        (lambda: x.view_as(3), "view_as(): argument 'other' (position 2) must be Tensor, not int"),
        (
            lambda: nn.Tanh()([1.0]),
            "tanh(): argument 'input' (position 1) must be Tensor, not list",
        ),
        (
            lambda: F.conv2d(nn.Linear(1, 1), x),
            "argument 'input' (position 1) must be Tensor, not Linear",
        ),
        (
            lambda: refnet.cartesian_prod(x, 1.5),
            "argument 'tensors' (position 1) must be tuple of Tensors, but has a float",
        ),
    ],
)
def test_what_is_no_tensor_is_named(call: Callable[[], Any], argument: str) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    assert argument in str(caught.value)


def test_other_attribute_errors_stay() -> None:
    with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'no_such_name'"):
        refnet.autograd.functional.vjp(lambda x: x.no_such_name, x)
    with pytest.raises(AttributeError, match="no_such_name"):
        F.gelu(x).no_such_name  # noqa: B018 - looking is the test

    def fail(a: Any, b: Any) -> Any:
        raise AttributeError

    with pytest.raises(AttributeError):
        F.triplet_margin_with_distance_loss(x, x, x, distance_function=fail)


def test_a_function_is_one_object_with_its_signature() -> None:
    assert refnet.exp is refnet.Tensor.exp
    assert refnet.conv1d is F.conv1d
    assert str(inspect.signature(F.relu)) == (
        "(input: refnet.Tensor, inplace: bool = False) -> refnet.Tensor"
    )
    for function in (refnet.exp, refnet.celu, F.celu, F.relu):
        assert pickle.loads(pickle.dumps(function)) is function


@pytest.mark.parametrize(
    "call",
    [
        lambda: F.mse_loss(x, x[:1]),
        lambda: nn.MSELoss()(x, x[:1]),
        lambda: x[:1].var(),
        lambda: F.softmax(x),
        lambda: nn.Softmax()(x),
    ],
)
def test_a_warning_points_at_who_calls(call: Callable[[], Any]) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    assert [w.filename for w in caught] == [__file__]
