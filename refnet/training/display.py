"""The display on the terminal: the training of a model, and the summary at the end."""

from collections.abc import Iterable, Sequence

from rich.console import Console, ConsoleOptions
from rich.markup import escape
from rich.segment import Segment
from rich.table import Table

from refnet.training.choices import FIXED_LENGTH, MOMENTUM, OPTIMIZERS
from refnet.training.errors import printable
from refnet.training.history import Epoch, History
from refnet.training.loop import Run
from refnet.training.measures import measures
from refnet.training.progress import Bar
from refnet.training.tasks import Task
from refnet.training.twin import KINDS, Differences

COLOURS = {"agrees": "cyan", "drifts": "yellow", "differs": "bold magenta"}
"""The colours of the verdicts, which people who do not see red or green can tell apart."""
GET_THE_TWIN = 'pip install "refnet[twin]"'


def say(console: Console, line: str) -> None:
    """Prints the line as it is, except for control characters."""
    console.print(printable(line), markup=False, highlight=False, soft_wrap=True)


class Progressing:
    """One line for each epoch and a progress bar over the steps, as a context manager."""

    def __init__(self, console: Console, run: Run) -> None:
        self.console = console
        task, settings = run.task, run.settings
        parts = task.parts
        console.print(f"\n[bold]{task.model}[/] on [bold]{escape(task.data)}[/]", highlight=False)
        parameters = sum(p.numel() for p in run.ours.model.parameters())
        kept = f", {len(parts.x_val)} to validate" if len(parts.x_val) else ""
        momentum = f", momentum {MOMENTUM}" if settings.optimizer == "sgd" else ""
        changing = f", schedule {settings.schedule}" if settings.schedule != "constant" else ""
        many = f" × {settings.accumulate}" if settings.accumulate > 1 else ""
        clipped = f", gradient norm at most {settings.clip:g}" if settings.clip else ""
        self._say(
            f"{task.shape} · {parameters:,} parameters · {task.cost.name}",
            f"{len(parts.x_train)} rows to train{kept}, {len(parts.x_test)} to test"
            + (f" · {task.note}" if task.note else ""),
            f"{OPTIMIZERS[settings.optimizer]}, learning rate {settings.lr:g}{momentum}{changing}, "
            f"batch {settings.batch_size}{many}{clipped}, seed {settings.seed}, {settings.dtype}",
        )
        validation = "  validation" if len(parts.x_val) else ""
        if run.theirs is not None:
            self._say(
                f"twin: PyTorch {run.theirs.library.__version__}, from the same seed, in lockstep",
                "",
                f"{'':{34 + len(validation)}}largest difference so far",
                f"epoch  loss refnet{validation}  loss PyTorch    outputs  gradients  parameters",
            )
        else:
            self._say("", f"epoch        loss{validation}")
        steps = settings.epochs * run.ours.steps_per_epoch
        self.bar = Bar(console, task.model, steps, "steps")

    def _say(self, *lines: str) -> None:
        for line in lines:
            say(self.console, line)

    def __enter__(self) -> "Progressing":
        self.bar.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self.bar.__exit__(*exc)

    def begin(self, run: Run) -> None:
        """Prints where the run continues, unless it begins."""
        if run.history.epochs:
            self._line(run.history.epochs[-1])
            self._say(_standing(run))
            self.bar.update(run.history.steps)

    def step(self, run: Run, closed: Epoch | None) -> None:
        """Advances the bar by a step, and prints the line of an epoch that ended."""
        self.bar.update(run.history.steps)
        if closed is not None:
            self._line(closed)

    def end(self, run: Run) -> None:
        """Prints why the run ended early, if it did, and the sample of the model."""
        best = run.history.stopped_early
        if best is not None:
            self._say(
                f"stopped: the loss on the validation part was lowest after epoch {best}; "
                "the model has the weights of that epoch"
            )
        if run.task.sample is not None:
            written = run.task.sample(run.ours.model).splitlines()
            self._say("", "what it writes:", *(f"    {line}" for line in written))

    def _line(self, epoch: Epoch) -> None:
        """Prints the line of an epoch."""
        line = f"{epoch.number:5}  {epoch.loss:11.7f}"
        if epoch.val_loss is not None:
            line += f"  {epoch.val_loss:10.7f}"
        if epoch.differences is not None:
            line += f"  {epoch.twin_loss:12.7f}"
            if epoch.number:
                kinds = (("output", 9), ("gradient", 9), ("parameter", 10))
                for kind, width in kinds:
                    line += f"  {_small(epoch.differences.largest[kind]):>{width}}"
        self._say(line)


def _standing(run: Run) -> str:
    """Returns where a resumed run continues, or that it is over and how to train further."""
    if not run.finished():
        return f"continuing in epoch {run.epoch}, after step {run.history.steps}"
    settings = run.settings
    finished = f"nothing is left to train: the training ended after epoch {run.epoch - 1}"
    if run.history.stopped_early is not None or settings.schedule in FIXED_LENGTH:
        return finished
    return f"{finished}; to train further, give --epochs more than {settings.epochs}"


def _table() -> Table:
    return Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)


class _InFull:
    """A table with its full width: in a narrow terminal its lines wrap and lose no digits."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterable[Segment]:
        return console.render(self.table, options.update(width=10_000))


def _print(console: Console, title: str, table: Table) -> None:
    console.print(f"\n[bold]{title}[/]", highlight=False, soft_wrap=True)
    console.print(_InFull(table), soft_wrap=True)


def _small(value: float) -> str:
    return f"{value:.1e}" if value else "0"


def summary(console: Console, done: Sequence[tuple[Task, History]], dtype: str) -> None:
    """Prints one table for all models: the scores on the test part and the agreement of twins."""
    twins = any(history.twin_score is not None for _, history in done)
    table = _table()
    table.add_column("model")
    table.add_column("data")
    table.add_column("refnet")
    if twins:
        table.add_column("PyTorch")
    for task, history in done:
        cells = [task.model, escape(task.data), measures(history.score)]
        if history.twin_score is not None:
            cells.append(measures(history.twin_score))
        table.add_row(*cells)
    _print(console, "On the test part", table)
    if twins:
        agreement(console, done, dtype)


def agreement(console: Console, done: Sequence[tuple[Task, History]], dtype: str) -> None:
    """Prints the largest differences from the twin, relative to the largest entry of each kind."""
    table = _table()
    table.add_column("model")
    for heading in ("steps", "outputs", "losses", "gradients", "parameters", "buffers"):
        table.add_column(heading, justify="right")
    table.add_column("verdict")
    for task, history in done:
        differences = last_differences(history)
        cells = [_small(differences.relative(kind)) for kind in KINDS]
        verdict = twin_verdict(history)
        told = f"[{COLOURS[verdict]}]{verdict}[/]"
        if differences.parted is not None:
            told += f" from step {differences.parted:,}"
        table.add_row(task.model, f"{history.steps:,}", *cells, told)
    title = f"Largest difference in any step, relative to the largest entry ({dtype})"
    _print(console, title, table)


def twin_verdict(history: History) -> str:
    """Returns the verdict on the twins after a training with a twin."""
    assert history.twin_score is not None
    return last_differences(history).verdict(history.score, history.twin_score)


def last_differences(history: History) -> Differences:
    """Returns the differences at the end of a training with a twin."""
    differences = history.epochs[-1].differences
    assert differences is not None
    return differences
