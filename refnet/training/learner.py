"""A model that learns in one library: with its cost, optimizer, schedule and batches."""

import itertools
from typing import Any

from refnet.ops.rule import Array
from refnet.training import choices
from refnet.training.settings import Settings
from refnet.training.tasks import Task
from refnet.training.watch import Watch


class Learner:
    """The model of a task, its cost, its optimizer and its batches, in one library.

    Not a line here asks which library it is: refnet or torch. The initial weights, the order
    of the batches and whatever a layer draws come from the library's own default generator,
    which starts with the seed.
    """

    def __init__(self, library: Any, task: Task, settings: Settings) -> None:
        self.library = library
        library.manual_seed(settings.seed)
        self.model = task.build(library.nn).to(getattr(library, settings.dtype))
        self.cost = getattr(library.nn, task.cost)()
        self.optimizer = choices.optimizer(
            library, settings.optimizer, self.model.parameters(), settings.lr
        )
        self.watch = Watch(self.model)
        self.clip = settings.clip
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

    def _take(self) -> list[Any]:
        """The batches of the next step."""
        return list(itertools.islice(self.batches, self.accumulate))

    def step(self) -> dict[str, list[Array]]:
        """Take the next batches, forward and backward, and make one step downhill.

        Returns the output, the loss, the gradients and the changed parameters. Raises
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
                outputs.append(output.detach().numpy())
                losses.append(part.detach().numpy())
            self.watch.backward()
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

    def evaluate(self, x: Array, y: Array) -> tuple[Array, float]:
        """The outputs for x, and their loss, without recording and without dropout."""
        self.model.eval()
        with self.library.no_grad():
            output = self.model(self.library.from_numpy(x))
            loss = self.cost(output, self.library.from_numpy(y))
        return output.numpy(), float(loss.item())

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
            "epoch": {"generator": self.started, "total": self.total},
        }

    def restore(self, state: dict[str, Any], done: int) -> None:
        """Go to where state() was called, after so many steps of its epoch."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
        for i, kept in state["optimizer"]["state"].items():
            # Once more as it was: load_state_dict casts NAdam's numbers to the parameters' dtype.
            self.optimizer.state[parameters[i]].update(kept)
        self.rates.load_state_dict(state["schedule"])
        self.library.set_rng_state(state["epoch"]["generator"])
        self.begin_epoch()
        self.total = state["epoch"]["total"]
        for _ in range(done):
            if not self._take():
                raise ValueError(f"an epoch has {self.steps_per_epoch} steps, {done} are done")
        self.library.set_rng_state(state["generator"])
