"""The settings of a training, and what they may be."""

import math
from dataclasses import dataclass

from refnet.training import choices
from refnet.training.errors import InputError, unknown

DTYPES = ("float32", "float64")
HALVES = ("float16", "half", "bfloat16")


@dataclass(frozen=True)
class Settings:
    """How long, in which portions, how fast and by which rule, from which seed, how precisely.

    val is the share of the rows to train on that is kept for validation, and patience how many
    epochs its loss may be no better than before until the training stops. A step takes the gradient
    of so many batches (accumulate), shortened to the length clip if it is longer and clip is not 0. With
    gradients, the length of each layer's gradient is written down.
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
        """Raise InputError for the first that cannot be."""
        if self.dtype in HALVES:
            expected = " or ".join(DTYPES)
            raise InputError(
                f"refnet train does not support --dtype {self.dtype}: expected {expected}"
            )
        if self.dtype not in DTYPES:
            raise unknown("dtype", self.dtype, DTYPES)
        choices.check(self.optimizer, self.schedule)
        if self.epochs < 0:
            raise InputError(f"--epochs must not be negative, got {self.epochs}")
        if self.batch_size <= 0:
            raise InputError(f"--batch-size must be positive, got {self.batch_size}")
        if not (math.isfinite(self.lr) and self.lr > 0):
            raise InputError(f"--lr must be a positive number, got {self.lr}")
        if not 0 <= self.seed < 2**32:
            raise InputError(f"--seed must be at least 0 and below 2³², got {self.seed}")
        if not 0 <= self.val < 1:
            raise InputError(f"--val must be at least 0 and below 1, got {self.val}")
        if self.patience <= 0:
            raise InputError(f"--patience must be positive, got {self.patience}")
        if self.accumulate <= 0:
            raise InputError(f"--accumulate must be positive, got {self.accumulate}")
        if not self.clip >= 0:
            raise InputError(f"--clip must not be negative, got {self.clip}")
