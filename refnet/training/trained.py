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
        model: the network itself, for rows on the scale of the training part, with the state dict
            of the checkpoint
        task: the task that it was trained for, with the parts of the data
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

    It has the weights with the lowest validation loss if the training used `--val`, and otherwise
    the last ones. The training data are loaded again, since they determine the scale of the inputs
    and the classes.

    Args:
        path: the checkpoint

    Returns:
        A module for rows of data on their own scale: the columns of own.csv without the last, 64
        pixels from 0 to 16 for digits, the numbers of the characters for text. Output k of a
        classifier belongs to the k-th class in increasing order.

    Raises:
        InputError: if the file is not such a checkpoint, or if the data are missing or have changed

    Example:
        A checkpoint of `refnet train --data digits --checkpoint run.safetensors`, used for five
        rows::

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
