"""A trained network, rebuilt from the checkpoint of `refnet train`."""

import os
from pathlib import Path
from typing import Any

import numpy as np

import refnet
from refnet import nn
from refnet.engine.tensor import Tensor
from refnet.training import jobs
from refnet.training.errors import InputError
from refnet.training.settings import Settings
from refnet.training.tasks import Task


class Trained(nn.Module):
    """A trained network for rows of data on their own scale.

    Attributes:
        model: the network itself, for rows on the scale of the training part; its state dict is
            that of the checkpoint
        task: what it was trained for, with the data in parts
    """

    def __init__(self, task: Task, model: nn.Module) -> None:
        super().__init__()
        self.task = task
        self.model = model

    def forward(self, x: Any) -> Any:
        """Computes the network's outputs for an array or tensor x with rows as the data have them.

        x is put on the scale of the training part first, so no gradient reaches it.
        """
        rows = x.detach().numpy() if isinstance(x, Tensor) else np.asarray(x)
        return self.model(refnet.from_numpy(self.task.inputs(rows)))


def load_model(path: str | os.PathLike[str]) -> Trained:
    """Rebuilds the network of a checkpoint that `refnet train --checkpoint` wrote, in eval mode.

    It has the weights with the lowest loss on the validation part, with `--val`, else the last ones.
    The data that it was trained on are loaded again: the scale of the inputs and the classes are
    theirs.

    Args:
        path: the checkpoint

    Returns:
        A module that takes rows of data as they are before training: for own.csv its columns but the
        last, for digits 64 pixels from 0 to 16, for text the numbers of the characters. A
        classifier's output k belongs to the k-th of the classes in increasing order.

    Raises:
        InputError: if the file is not such a checkpoint, or the data are gone or have changed

    Example:
        model = load_model("run.safetensors")
        classes = model(data.load("digits").x[:5]).argmax(1)
    """
    file = Path(path)
    job, _, state = jobs.resume(
        file, None, None, False, dict.fromkeys(Settings.__dataclass_fields__)
    )
    model = job.task.build(refnet).to(getattr(refnet, job.settings.dtype))
    try:
        model.load_state_dict(state["model"] if state["best"] is None else state["best"])
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
        why = " ".join(str(error).split())
        raise InputError(f"{file} does not fit the model {job.task.model}: {why}") from error
    return Trained(job.task, model).eval()
