"""NumPy's integers are taken as sizes and dimensions wherever PyTorch takes them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import refnet

i = np.int64
PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "LayerNorm": lambda m: m.nn.LayerNorm(i(3))(m.arange(6.0).reshape(2, 3)),
    "RMSNorm": lambda m: m.nn.RMSNorm(i(3))(m.arange(6.0).reshape(2, 3)),
    "GroupNorm": lambda m: m.nn.GroupNorm(i(1), i(3))(m.arange(6.0).reshape(2, 3)),
    "MaxPool1d": lambda m: m.nn.MaxPool1d(i(2))(m.arange(4.0).reshape(1, 4)),
    "MaxPool2d": lambda m: m.nn.MaxPool2d(i(2))(m.arange(16.0).reshape(1, 4, 4)),
    "AvgPool2d": lambda m: m.nn.AvgPool2d(i(2), divisor_override=i(3))(m.ones(1, 4, 4)),
    "PixelShuffle": lambda m: m.nn.PixelShuffle(i(2))(m.arange(4.0).reshape(4, 1, 1)),
    "PixelUnshuffle": lambda m: m.nn.PixelUnshuffle(i(2))(m.arange(4.0).reshape(1, 2, 2)),
    "TransformerEncoderLayer": lambda m: m.nn.TransformerEncoderLayer(i(4), i(2), i(4), dropout=0)(
        m.ones(2, 1, 4)
    ),
    "CrossEntropyLoss": lambda m: m.nn.CrossEntropyLoss(ignore_index=i(1))(
        m.eye(2), m.tensor([0, 1])
    ),
    "CTCLoss": lambda m: m.nn.CTCLoss(i(0))(
        m.zeros(3, 1, 2).log_softmax(2), m.tensor([[1]]), (i(3),), (i(1),)
    ),
    "Conv2d": lambda m: m.nn.Conv2d(i(1), i(2), i(3), i(1), i(1), i(1), i(1))(m.ones(1, 4, 4)),
    "LSTM": lambda m: m.nn.LSTM(i(3), i(2), i(2))(m.ones(2, 3))[0],
    "Unflatten": lambda m: m.nn.Unflatten(i(0), (2, 2))(m.arange(4.0)),
    "a bool is not one": lambda m: m.nn.CrossEntropyLoss(ignore_index=True)(
        m.eye(2), m.tensor([0, 1])
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_size_is_an_integer_of_numpy(name: str) -> None:
    values: list[Any] = []
    for library in (refnet, torch):
        library.manual_seed(0)
        try:
            values.append(PROGRAMS[name](library).detach().numpy())
        except TypeError as error:
            values.append(type(error))
    ours, theirs = values
    if theirs is TypeError:
        assert ours is TypeError
    else:
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
