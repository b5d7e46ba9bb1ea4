"""The architectures of refnet.models are PyTorch's networks when they are built on PyTorch."""

from collections.abc import Callable
from typing import Any

import pytest

from parity_tests.cases import Input, ints, randn
from parity_tests.networks import assert_equal_networks
from refnet import models

MODELS: list[tuple[str, Callable[[Any], Any], Input]] = [
    ("autoencoder", lambda m: models.autoencoder.build(m, 9, 4), randn(5, 9)),
    ("cnn", lambda m: models.cnn.build(m, width=3), randn(2, 1, 8, 8)),
    ("cnn", lambda m: models.cnn.build(m, 3, 12, 4, width=2), randn(3, 3, 12, 12)),
    *(
        (f"resnet {kind}", lambda m, kind=kind: models.resnet.build(m, 1, 5, (1, 2), 4, kind), x)
        for kind in models.resnet.KINDS
        for x in [randn(2, 1, 8, 8)]
    ),
    (
        "resnet without shortcuts",
        lambda m: models.resnet.build(m, 1, 5, (1, 1), 4, shortcuts=False),
        randn(2, 1, 8, 8),
    ),
    ("densenet", lambda m: models.densenet.build(m, 1, 5, (2, 3), 3), randn(2, 1, 8, 8)),
    *(
        (
            f"unet {way}",
            lambda m, way=way: models.unet.build(m, 3, 2, 2, 4, way),
            randn(2, 3, 8, 12),
        )
        for way in models.unet.UPWARDS
    ),
    ("fpn", lambda m: models.fpn.build(m, 3, 2, (1, 2, 1), 4, 6), randn(2, 3, 8, 12)),
    *(
        (f"recurrent {c}", lambda m, c=c: models.recurrent.build(m, 4, 3, 5, c), randn(2, 6, 4))
        for c in models.recurrent.CELLS
    ),
    *(
        (
            f"language_model {c}",
            lambda m, c=c: models.language_model.build(m, 9, 6, 4, 2, c),
            ints(3, 5, high=9),
        )
        for c in models.recurrent.CELLS
    ),
    ("transformer", lambda m: models.transformer.build(m, 9, 7, 8, 2), ints(3, 5, high=9)),
]


@pytest.mark.parametrize(
    ("make", "x"), [row[1:] for row in MODELS], ids=[name for name, *_ in MODELS]
)
def test_an_architecture_is_the_same_network_on_both(make: Callable[[Any], Any], x: Input) -> None:
    assert_equal_networks(make, [x])
