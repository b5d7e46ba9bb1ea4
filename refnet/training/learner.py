"""A model that learns in one library: with its cost, optimizer, schedule and batches."""

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
        data, parts = library.utils.data, task.parts
        rows = data.TensorDataset(*map(library.from_numpy, (parts.x_train, parts.y_train)))
        order = data.BatchSampler(data.RandomSampler(rows), settings.batch_size, False)
        self.loader = data.DataLoader(rows, batch_size=None, sampler=order)  # a batch at once
        self.steps_per_epoch = len(self.loader)
        self.schedule = choices.SCHEDULES.get(settings.schedule)
        self.rates = None
        if self.schedule is not None:
            self.rates = self.schedule.make(
                library.optim.lr_scheduler,
                self.optimizer,
                settings.lr,
                settings.epochs,
                self.steps_per_epoch,
            )
        self.begin_epoch()

    # --- learning --------------------------------------------------------------------------------

    def begin_epoch(self) -> None:
        """Shuffle the rows."""
        self.started = self.library.get_rng_state()
        self.batches = iter(self.loader)
        self.total = 0.0  # of the losses of the epoch's rows

    def step(self) -> dict[str, list[Array]]:
        """Take the next batch, forward and backward, and make one step downhill.

        Returns the output, the loss, the gradients and the changed parameters. Raises
        TrainingError for the first tensor that is not finite.
        """
        x, y = next(self.batches)
        seen: dict[str, list[Array]] = {}

        def closure() -> Any:
            self.optimizer.zero_grad()
            self.watch.start()
            output = self.model(x)
            try:
                loss = self.cost(output, y)
            except (RuntimeError, ValueError):  # some costs refuse NaN
                self.watch.explain()
                raise
            self.watch.forward(loss)
            loss.backward()
            self.watch.backward()
            seen.update(output=[output.detach().numpy()], loss=[loss.detach().numpy()])
            return loss

        self.model.train()
        loss = self.optimizer.step(closure)
        self.watch.step()
        if self.rates is not None and self.schedule is not None and self.schedule.each == "step":
            self.rates.step()
        self.total += len(x) * float(loss.item())
        parameters = list(self.model.parameters())
        seen["gradient"] = [p.grad.numpy() for p in parameters]
        seen["parameter"] = [p.detach().numpy() for p in parameters]
        return seen

    def end_epoch(self, loss: float) -> None:
        """Let the schedule go on; loss is what it may look at."""
        if self.rates is not None and self.schedule is not None and self.schedule.each == "epoch":
            self.rates.step(*([loss] if self.schedule.losses else []))

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
            "schedule": None if self.rates is None else self.rates.state_dict(),
            "generator": self.library.get_rng_state(),
            "epoch": {"generator": self.started, "total": self.total},
        }

    def restore(self, state: dict[str, Any], done: int) -> None:
        """Go to where state() was called, after so many steps of its epoch."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.rates is not None:
            self.rates.load_state_dict(state["schedule"])
        self.library.set_rng_state(state["epoch"]["generator"])
        self.begin_epoch()
        self.total = state["epoch"]["total"]
        for _ in range(done):
            next(self.batches)
        self.library.set_rng_state(state["generator"])
