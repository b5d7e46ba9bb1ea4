"""The record of a training: the losses of every epoch, and the scores at the end."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from refnet.training.errors import typed
from refnet.training.twin import Differences


@dataclass(frozen=True)
class Epoch:
    """What is recorded of an epoch; epoch 0 is the untrained model.

    Attributes:
        number: the number of the epoch
        loss: the mean loss over the training part, each row's before its step
        val_loss: the mean loss over the validation part, or None
        twin_loss: the loss of the twin, or None
        differences: the largest differences from the twin so far, or None
        steps: the number of steps from the beginning
        lr: the learning rate at the end of the epoch
        seconds: the time from the beginning
        gradients: the norm of each layer's gradient, or None if it is not recorded
    """

    number: int
    loss: float
    val_loss: float | None = None
    twin_loss: float | None = None
    differences: Differences | None = None
    steps: int = 0
    lr: float = 0.0
    seconds: float = 0.0
    gradients: dict[str, float] | None = None

    def line(self) -> str:
        """Returns the epoch as one line of JSON."""
        found = {name: value for name, value in asdict(self).items() if value is not None}
        if self.differences is not None:
            found["differences"] = self.differences.largest
        return json.dumps(found, ensure_ascii=False)

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> "Epoch":
        """Returns the epoch of which asdict returned this state."""
        differences = state.get("differences")
        if differences is not None:
            differences = typed(Differences, differences)
        return typed(cls, {**state, "differences": differences})


@dataclass
class History:
    """The record of a training.

    Attributes:
        epochs: the epochs so far
        steps: the number of steps so far
        stopped_early: the epoch with the lowest validation loss, if the training stopped because no
            later epoch was better
        score: the scores on the test part
        twin_score: the scores of the twin, or None
        layers: the type of each layer by its name, "model" for the model itself
    """

    epochs: list[Epoch] = field(default_factory=list)
    steps: int = 0
    stopped_early: int | None = None
    score: dict[str, float] = field(default_factory=dict)
    twin_score: dict[str, float] | None = None
    layers: dict[str, str] = field(default_factory=dict)
