"""A model that learns in one library: with its cost, optimizer, schedule and batches."""

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
"""How many rows are evaluated at once."""


class Learner:
    """The model of a task, its cost, its optimizer and its batches, in one library.

    Not a line here asks which library it is: refnet or torch. The initial weights, the order
    of the batches and whatever a layer draws come from the library's own default generator,
    which starts with the seed.
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
        """Shuffle the rows."""
        self.started = self.library.get_rng_state()
        self.batches = iter(self.loader)
        self.total = 0.0  # of the losses of the epoch's rows
        self.squares: dict[str, float] = {}  # sums of the squared gradients of each layer

    def _take(self) -> list[Any]:
        """The batches of the next step."""
        return list(itertools.islice(self.batches, self.accumulate))

    def step(self) -> dict[str, list[Array]]:
        """Take the next batches, forward and backward, and make one step downhill.

        Returns the output, the loss, the gradients, the changed parameters and buffers. Raises
        TrainingError for the first tensor that is not finite.
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
        self.rates.after_step()
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
        except (RuntimeError, ValueError):  # some costs refuse NaN
            self.watch.explain()
            raise
        self.watch.forward(loss)
        return output, loss

    @property
    def lr(self) -> float:
        """The learning rate now."""
        return float(self.optimizer.param_groups[0]["lr"])

    def _portions(self, *rows: Array) -> Iterator[list[Any]]:
        """The rows in portions, as tensors, for looking on: without recording and without dropout."""
        self.model.eval()
        with self.library.no_grad():
            for i in range(0, len(rows[0]), PORTION):
                self.watch.start()  # so that only one portion's outputs are kept
                yield [self.library.from_numpy(r[i : i + PORTION]) for r in rows]

    def loss(self, x: Array, y: Array) -> float:
        """The mean loss over the rows."""
        total = sum(
            len(xs) * self.cost(self.model(xs), ys).item() for xs, ys in self._portions(x, y)
        )
        return float(total / len(x))

    def outputs(self, x: Array) -> list[Array]:
        """What the model puts out for the rows: one array, or each of a tuple's."""
        portions = [arrays(self.model(xs)) for (xs,) in self._portions(x)]
        return [np.concatenate(parts) for parts in zip(*portions, strict=True)]

    # --- the gradient, layer by layer ------------------------------------------------------------

    def _add_squares(self) -> None:
        for name, parameter in self.model.named_parameters():
            layer = name.rpartition(".")[0] or "model"
            square = float((parameter.grad.numpy().astype(np.float64) ** 2).sum())
            self.squares[layer] = self.squares.get(layer, 0.0) + square

    def gradient_norms(self, steps: int) -> dict[str, float]:
        """The length of each layer's gradient, in the order of the layers: √ of the mean square over
        the epoch's steps, before clipping."""
        return {layer: (square / steps) ** 0.5 for layer, square in self.squares.items()}

    def layers(self) -> dict[str, str]:
        """The type of each layer, by the names that gradient_norms gives them."""
        named = self.model.named_modules()
        return {name or "model": type(module).__name__ for name, module in named}

    def weights(self) -> dict[str, Any]:
        """A copy of the model's state."""
        return {name: x.clone() for name, x in self.model.state_dict().items()}

    # --- going on --------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on."""
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
        """Go to where state() was called, after so many steps of its epoch."""
        for weights in (state["best"], state["model"]):
            if weights is not None:
                self.model.load_state_dict(weights)
        self.optimizer.load_state_dict(state["optimizer"])
        parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
        for i, kept in state["optimizer"]["state"].items():
            # Once more as it was: load_state_dict casts NAdam's numbers to the parameters' dtype.
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
    """The arrays of a model's output, which is a tensor or a tuple of tensors."""
    tensors = output if isinstance(output, tuple) else (output,)
    return [x.detach().numpy() for x in tensors]
