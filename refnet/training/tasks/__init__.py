"""The tasks: each model of the lecture notes with its data, its cost and its scores.

`MODELS` is the table; `numbers`, `images`, `scenes` and `text` make the tasks for a kind of data.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from refnet import models
from refnet.training.data import Dataset, split
from refnet.training.errors import InputError
from refnet.training.tasks import images, numbers, scenes, text
from refnet.training.tasks.task import (
    Cost as Cost,
    Make,
    Task as Task,
    class_labels as class_labels,
)

DEMO = ("linear-regression", "logistic-regression", "cascade")
"""The models that are trained by default."""
READS = {
    "numbers": ("numbers", "images"),  # a picture is also a row of numbers
    "images": ("images",),
    "scenes": ("scenes",),
    "text": ("text",),
}
EXAMPLES = {
    "numbers": "diabetes, a .npz or a .csv file",
    "images": "digits, or a folder of MNIST or CIFAR",
    "scenes": "photographs or digit-scenes",
    "text": "documentation, or a .txt file",
}


class Model(NamedTuple):
    """A model of the command line: how its task is made, and its default data and settings."""

    make: Make
    reads: str
    data: str
    epochs: int
    batch_size: int
    lr: float
    optimizer: str = "sgd"
    schedule: str = "constant"


def _resnet(kind: str, epochs: int = 15, lr: float = 0.02) -> Model:
    make = images.classifier(
        lambda m, shape, classes: models.resnet.build(m, shape[0], classes, (1, 1, 1), 16, kind)
    )
    return Model(make, "images", "digits", epochs, batch_size=32, lr=lr, schedule="cosine")


def _unet(upwards: str, epochs: int = 15) -> Model:
    make = scenes.segmentation(
        lambda m, channels, classes: models.unet.build(m, channels, classes, upwards=upwards)
    )
    return Model(
        make, "scenes", "digit-scenes", epochs, 8, lr=0.005, optimizer="adam", schedule="cosine"
    )


def _reader(cell: str) -> Model:
    make = images.reader(
        lambda m, shape, classes: models.recurrent.build(m, shape[0] * shape[2], classes, cell=cell)
    )
    return Model(make, "images", "digits", epochs=20, batch_size=32, lr=0.05, schedule="cosine")


MODELS = {
    "linear-regression": Model(
        numbers.linear_regression, "numbers", "diabetes", epochs=20, batch_size=32, lr=0.005
    ),
    "logistic-regression": Model(
        numbers.logistic_regression, "numbers", "breast-cancer", epochs=20, batch_size=32, lr=0.05
    ),
    "cascade": Model(numbers.cascade, "numbers", "digits", epochs=30, batch_size=32, lr=1.0),
    "autoencoder": Model(
        numbers.autoencoder, "numbers", "digits", epochs=30, batch_size=32, lr=0.5,
        schedule="cosine",
    ),
    "cnn": Model(
        images.classifier(
            lambda m, shape, classes: models.cnn.build(m, shape[0], shape[1], classes)
        ),
        "images", "digits", epochs=15, batch_size=32, lr=0.02, schedule="cosine",
    ),
    "resnet": _resnet("basic"),
    "resnet-bottleneck": _resnet("bottleneck", epochs=20, lr=0.01),
    "resnet-preactivation": _resnet("preactivation"),
    "resnet-multi": _resnet("multi"),
    "densenet": Model(
        images.classifier(lambda m, shape, classes: models.densenet.build(m, shape[0], classes)),
        "images", "digits", epochs=15, batch_size=32, lr=0.02, schedule="cosine",
    ),
    "unet": _unet("transposed", epochs=25),
    "unet-bilinear": _unet("bilinear"),
    "fpn": Model(
        scenes.pyramid(lambda m, channels, classes: models.fpn.build(m, channels, classes)),
        "scenes", "digit-scenes", epochs=15, batch_size=16, lr=0.005, optimizer="adam",
        schedule="cosine",
    ),
    "rnn": _reader("RNN"),
    "lstm": _reader("LSTM"),
    "gru": _reader("GRU"),
    "language-model": Model(
        text.language_model(
            lambda m, characters, length: models.language_model.build(m, characters)
        ),
        "text", "documentation", epochs=8, batch_size=16, lr=0.01, optimizer="adam",
        schedule="cosine",
    ),
    "transformer": Model(
        text.language_model(
            lambda m, characters, length: models.transformer.build(m, characters, length)
        ),
        "text", "documentation", epochs=6, batch_size=16, lr=0.01, optimizer="adam",
        schedule="cosine",
    ),
}  # fmt: skip


def prepare(model: str, data: Dataset, seed: int, dtype: str = "float32", val: float = 0.0) -> Task:
    """Returns the task of training the model (a key of MODELS) on the data.

    Raises InputError if the model cannot read the data or predict the targets.
    """
    reads = MODELS[model].reads
    if data.kind not in READS[reads]:
        raise InputError(
            f"{model} reads {reads}, {data.name} holds {data.kind}: take {EXAMPLES[reads]}"
        )
    task = MODELS[model].make(model, data, split(data, seed, val), np.dtype(dtype))
    return replace(task, note=data.note, names=data.names)
