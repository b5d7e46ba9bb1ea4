"""The settings of a training and their allowed values."""

import math
from dataclasses import dataclass

from refnet.training import choices
from refnet.training.errors import InputError, unknown

DTYPES = ("float32", "float64")
HALVES = ("float16", "half", "bfloat16")


@dataclass(frozen=True)
class Settings:
    """How a model is trained.

    Attributes:
        epochs: the number of passes over the training rows
        batch_size: the number of rows in a batch
        lr: the learning rate
        seed: the seed of the initial weights, the test rows and the batches
        dtype: the precision of all numbers
        optimizer: a key of choices.OPTIMIZERS
        schedule: "constant" or a key of choices.SCHEDULES
        val: the share of the training rows that is kept for validation
        patience: the number of epochs without a lower validation loss before the training stops
        accumulate: the number of batches whose gradients a step adds up
        clip: the norm to which a gradient of a larger norm is scaled down; 0 for never
        gradients: whether the norm of each layer's gradient is recorded
    """

    epochs: int
    batch_size: int
    lr: float
    seed: int
    dtype: str = "float32"
    optimizer: str = "sgd"
    schedule: str = "constant"
    val: float = 0.0
    patience: int = 10
    accumulate: int = 1
    clip: float = 0.0
    gradients: bool = False

    def check(self) -> None:
        """Raises InputError for the first setting that is not allowed."""
        if self.dtype in HALVES:
            expected = " or ".join(DTYPES)
            raise InputError(
                f"refnet train does not support --dtype {self.dtype}: expected {expected}"
            )
        if self.dtype not in DTYPES:
            raise unknown("dtype", self.dtype, DTYPES)
        choices.check(self.optimizer, self.schedule)
        for holds, expected, got in (
            (self.epochs >= 0, "--epochs must not be negative", self.epochs),
            (self.batch_size > 0, "--batch-size must be positive", self.batch_size),
            (0 < self.lr < math.inf, "--lr must be a positive number", self.lr),
            (0 <= self.seed < 2**32, "--seed must be at least 0 and below 2³²", self.seed),
            (0 <= self.val < 1, "--val must be at least 0 and below 1", self.val),
            (self.patience > 0, "--patience must be positive", self.patience),
            (self.accumulate > 0, "--accumulate must be positive", self.accumulate),
            (self.clip >= 0, "--clip must not be negative", self.clip),
        ):
            if not holds:
                raise InputError(f"{expected}, got {got}")
