"""A model in training in one library, with its cost, optimizer, schedule and batches."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from refnet.ops.rule import Array
from refnet.training import choices
from refnet.training.settings import Settings
from refnet.training.tasks import Task
from refnet.training.watch import Watch

PORTION = 1000
"""The number of rows that are evaluated at once."""


class Learner:
    """The model of a task, its cost, its optimizer and its batches, in one library.

    No line asks whether the library is refnet or torch. The initial weights, the order of the
    batches and the random numbers of layers come from the library's own default generator, which
    starts from the seed.

    Args:
        library: refnet or torch
        task: the model and its data
        settings: how it is trained
    """

    def __init__(self, library: Any, task: Task, settings: Settings) -> None:
        self.library = library
        library.manual_seed(settings.seed)
        self.model = task.build(library).to(getattr(library, settings.dtype))
        self.cost = task.cost.make(library)
        self.optimizer = choices.optimizer(
            library, settings.optimizer, self.model.parameters(), settings.lr
        )
        self.watch = Watch(self.model)
        self.clip = settings.clip
        self.gradients = settings.gradients
        data, parts = library.utils.data, task.parts
        rows = data.TensorDataset(*map(library.from_numpy, (parts.x_train, parts.y_train)))
        order = data.BatchSampler(data.RandomSampler(rows), settings.batch_size, False)
        self.loader = data.DataLoader(rows, batch_size=None, sampler=order)  # a batch at once
        self.accumulate = settings.accumulate
        self.steps_per_epoch = -(-len(self.loader) // self.accumulate)
        self.rates = choices.Rates(
            library, settings.schedule, self.optimizer, settings.lr, settings.epochs,
            self.steps_per_epoch,
        )  # fmt: skip
        self.begin_epoch()

    # --- learning --------------------------------------------------------------------------------

    def begin_epoch(self) -> None:
        """Shuffles the rows and resets the sums of the epoch."""
        self.started = self.library.get_rng_state()
        self.batches = iter(self.loader)
        self.total = 0.0  # of the losses of the epoch's rows
        self.squares: dict[str, float] = {}  # sums of the squared gradients of each layer

    def _take(self) -> list[Any]:
        """Returns the batches of the next step."""
        return list(itertools.islice(self.batches, self.accumulate))

    def step(self) -> dict[str, list[Array]]:
        """Makes one step of the optimizer with the next batches.

        Returns the outputs, losses, gradients, updated parameters and buffers. Raises TrainingError
        for the first tensor that is not finite.
        """
        batches = self._take()
        rows = sum(len(x) for x, _ in batches)
        parameters = list(self.model.parameters())
        seen: dict[str, list[Array]] = {}

        def closure() -> float:
            self.optimizer.zero_grad()
            outputs, losses = [], []
            for x, y in batches:
                output, loss = self._forward(x, y)
                # The gradients add up to that of the mean over the rows of all batches.
                part = loss * (len(x) / rows)
                part.backward()
                outputs += arrays(output)
                losses.append(part.detach().numpy())
            self.watch.backward()
            if self.gradients:
                self._add_squares()
            if self.clip:
                self.library.nn.utils.clip_grad_norm_(parameters, self.clip)
            seen.update(output=outputs, loss=losses)
            return float(sum(losses))

        self.model.train()
        loss = self.optimizer.step(closure)
        self.watch.step()
        self.rates.end_step()
        self.total += rows * loss
        seen["gradient"] = [p.grad.numpy() for p in parameters]
        seen["parameter"] = [p.detach().numpy() for p in parameters]
        seen["buffer"] = [b.numpy() for b in self.model.buffers() if b.is_floating_point()]
        return seen

    def _forward(self, x: Any, y: Any) -> tuple[Any, Any]:
        self.watch.start()
        output = self.model(x)
        try:
            loss = self.cost(output, y)
        except (RuntimeError, ValueError):  # some costs reject NaN
            self.watch.explain()
            raise
        self.watch.forward(loss)
        return output, loss

    @property
    def lr(self) -> float:
        """The current learning rate."""
        return float(self.optimizer.param_groups[0]["lr"])

    def _portions(self, *rows: Array) -> Iterator[list[Any]]:
        """Yields the rows in portions, as tensors, for evaluation without recording or dropout."""
        self.model.eval()
        with self.library.no_grad():
            for i in range(0, len(rows[0]), PORTION):
                self.watch.start()  # so that only one portion's outputs are kept
                yield [self.library.from_numpy(r[i : i + PORTION]) for r in rows]

    def loss(self, x: Array, y: Array) -> float:
        """Returns the mean loss over the rows."""
        total = sum(
            len(xs) * self.cost(self.model(xs), ys).item() for xs, ys in self._portions(x, y)
        )
        return float(total / len(x))

    def outputs(self, x: Array) -> list[Array]:
        """Returns the outputs of the model for the rows: one array, or one for each of a tuple."""
        portions = [arrays(self.model(xs)) for (xs,) in self._portions(x)]
        return [np.concatenate(parts) for parts in zip(*portions, strict=True)]

    # --- the gradient, layer by layer ------------------------------------------------------------

    def _add_squares(self) -> None:
        for name, parameter in self.model.named_parameters():
            layer = name.rpartition(".")[0] or "model"
            square = float((parameter.grad.numpy().astype(np.float64) ** 2).sum())
            self.squares[layer] = self.squares.get(layer, 0.0) + square

    def gradient_norms(self, steps: int) -> dict[str, float]:
        """Returns the norm of each layer's gradient, in the order of the layers.

        It is the root of the mean square over the steps of the epoch, before clipping.
        """
        return {layer: (square / steps) ** 0.5 for layer, square in self.squares.items()}

    def layers(self) -> dict[str, str]:
        """Returns the type of each layer by the names in gradient_norms."""
        named = self.model.named_modules()
        return {name or "model": type(module).__name__ for name, module in named}

    def weights(self) -> dict[str, Any]:
        """Returns a copy of the model's state."""
        return {name: x.clone() for name, x in self.model.state_dict().items()}

    # --- checkpoints -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Returns everything that the next step depends on."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.rates.state_dict(),
            "generator": self.library.get_rng_state(),
            "epoch": {
                "generator": self.started,
                "total": self.total,
                "squares": self.squares,
            },
        }

    def restore(self, state: dict[str, Any], done: int) -> None:
        """Restores a state that state() returned after `done` steps of its epoch."""
        for weights in (state["best"], state["model"]):
            if weights is not None:
                self.model.load_state_dict(weights)
        self.optimizer.load_state_dict(state["optimizer"])
        parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
        for i, kept in state["optimizer"]["state"].items():
            # Again without a cast: load_state_dict casts NAdam's numbers to the parameters' dtype.
            self.optimizer.state[parameters[i]].update(kept)
        self.rates.load_state_dict(state["schedule"])
        self.library.set_rng_state(state["epoch"]["generator"])
        self.begin_epoch()
        self.total = state["epoch"]["total"]
        self.squares = dict(state["epoch"]["squares"])
        for _ in range(done):
            if not self._take():
                raise ValueError(f"an epoch has {self.steps_per_epoch} steps, {done} are done")
        self.library.set_rng_state(state["generator"])


def arrays(output: Any) -> list[Array]:
    """Returns the arrays of a model's output, which is a tensor or a tuple of tensors."""
    tensors = output if isinstance(output, tuple) else (output,)
    return [x.detach().numpy() for x in tensors]
