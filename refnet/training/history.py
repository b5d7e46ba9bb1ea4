"""What a training leaves behind: the losses of every epoch, and the scores at the end."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from refnet.training.errors import typed
from refnet.training.twin import Differences


@dataclass(frozen=True)
class Epoch:
    """The mean loss over the training part, as the epoch met it; epoch 0 is the untrained model.

    val_loss is None without a validation part, twin_loss and differences (the largest ones up to
    here) without a twin, gradients (the length of each layer's) if nobody asked for them. steps and
    seconds count from the beginning; lr is the rate at the end.
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
        """The epoch as JSON, in one line."""
        found = {name: value for name, value in asdict(self).items() if value is not None}
        if self.differences is not None:
            found["differences"] = self.differences.largest
        return json.dumps(found, ensure_ascii=False)

    @classmethod
    def of(cls, state: dict[str, Any]) -> "Epoch":
        """The epoch that asdict made this of."""
        differences = state.get("differences")
        if differences is not None:
            differences = typed(Differences, differences)
        return typed(cls, {**state, "differences": differences})


@dataclass
class History:
    """The epochs, the number of steps, and the scores on the test part; layers has the type of each
    layer by its name, "model" for the model itself.

    stopped_early is the epoch with the lowest loss on the validation part, if it was followed by so
    many worse ones that the training stopped.
    """

    epochs: list[Epoch] = field(default_factory=list)
    steps: int = 0
    stopped_early: int | None = None
    score: dict[str, float] = field(default_factory=dict)
    twin_score: dict[str, float] | None = None
    layers: dict[str, str] = field(default_factory=dict)
