"""`refnet train`: its options, the trainings that they ask for, and what is printed at the end."""

import contextlib
import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from rich.console import Console

from refnet.cli.options import flag, number, option
from refnet.training import (
    checkpoint,
    choices,
    display,
    gradient_plot,
    jobs,
    loop,
    plots,
    progress,
    tasks,
)
from refnet.training.data import BUILT_IN
from refnet.training.errors import InputError, StoppedError, TrainingError
from refnet.training.history import History
from refnet.training.metrics import Metrics
from refnet.training.twin import find_torch

RUNS = Path("runs")
GRADIENTS = "-gradients.png"
OUTPUTS = (".png", ".jsonl", GRADIENTS)

# --- options -------------------------------------------------------------------------------------

OF_MODEL = "the model's"
REAL = {"kind": float, "expected": "a number"}

Model = Annotated[
    str | None,
    option(
        "NAME",
        "The model to train, from the list above. By default the one that suits --data "
        "(linear-regression for a table, logistic-regression for two classes, cascade for more), "
        f"or the first three, one after another. {jobs.ALL}: every model, each on its own data.",
    ),
]
Data = Annotated[
    str | None,
    option(
        "NAME|PATH",
        f"The data to train on: {', '.join(BUILT_IN)}; or your own. Numbers: FILE.npz with the "
        "arrays x (rows, features) and y (rows), or FILE.csv with the target in the last column, "
        "with or without a header. Pictures: a FOLDER with the files of MNIST or of CIFAR's "
        "binary version. Text: FILE.txt.",
        default=OF_MODEL,
    ),
]
Epochs = Annotated[
    int | None,
    number("--epochs", "N", "The number of passes over all training rows.", default=OF_MODEL),
]
BatchSize = Annotated[
    int | None,
    number(
        "--batch-size", "N", "The number of rows from which a step takes its gradient.",
        default=OF_MODEL,
    ),
]  # fmt: skip
Rate = Annotated[
    float | None,
    number(
        "--lr", "RATE", "The learning rate, which scales the gradient in a step.", **REAL,
        default="the model's, or that of the optimizer if you choose one",
    ),
]  # fmt: skip
Optimizer = Annotated[
    str | None,
    option(
        "NAME",
        f"The rule that updates the weights in a step: {', '.join(choices.OPTIMIZERS)}. "
        f"sgd has momentum {choices.MOMENTUM}.",
        default=OF_MODEL,
    ),
]
Schedule = Annotated[
    str | None,
    option(
        "NAME",
        f"How the learning rate changes: constant, {', '.join(choices.SCHEDULES)}.",
        default=OF_MODEL,
    ),
]
Accumulate = Annotated[
    int | None,
    number(
        "--accumulate", "N", "Add up the gradients of this many batches before each step.",
        default="1",
    ),
]  # fmt: skip
Clip = Annotated[
    float | None,
    number(
        "--clip",
        "NORM",
        "Scale the gradient down to this norm if its norm is larger. The gradients of all "
        "parameters count as one vector.",
        **REAL,
        default="never",
    ),
]
Validation = Annotated[
    float | None,
    number(
        "--val",
        "SHARE",
        "Keep this share of the training rows for validation, such as 0.1. The training stops "
        "when their loss no longer improves, and takes the weights with the lowest loss.",
        **REAL,
        default="0, none",
    ),
]
Patience = Annotated[
    int | None,
    number(
        "--patience", "N",
        "With --val: epochs without a lower loss before the training stops.", default="10",
    ),
]  # fmt: skip
Seed = Annotated[
    int | None,
    number(
        "--seed", "N", "The seed of the initial weights, the test rows and the batches.",
        default="0",
    ),
]  # fmt: skip
Twin = Annotated[
    bool,
    flag(
        "--twin",
        "Train the same network in PyTorch beside it, from the same seed on the same batches, and "
        "compare every output, loss, gradient and parameter after every step.",
    ),
]
Gradients = Annotated[
    bool,
    flag(
        "--gradients",
        "Record and plot the norm of each layer's gradient in each epoch, which shows where "
        "gradients vanish or explode.",
    ),
]
Dtype = Annotated[
    str | None,
    option(
        "NAME",
        "The precision of all numbers: float32 or float64. In float64 the differences that --twin "
        "shows are as small as 1e-14.",
        default="float32",
    ),
]
Out = Annotated[
    Path, option("FOLDER", "The folder for the metrics, as JSON lines, and the plots, as PNG.")
]
CheckpointPath = Annotated[
    Path | None,
    number(
        "--checkpoint",
        "FILE",
        "Write everything that is needed to continue the training to this file, in the format "
        "safetensors, after every epoch and after Ctrl-C.",
        kind=Path,
    ),
]
Every = Annotated[
    checkpoint.Every | None,
    number(
        "--checkpoint-every",
        "N|Ns",
        "Also write the checkpoint after this many steps (200) or seconds (30s).",
        kind=checkpoint.Every.parse,
        expected="a number of steps (200) or seconds (30s)",
        default="60s",
    ),
]
Resume = Annotated[
    bool,
    flag(
        "--resume",
        "Continue the training in the file --checkpoint as if it had never stopped. Without that "
        "file, start from the beginning.",
    ),
]


def models() -> str:
    """Returns the models with their defaults for the help, one line each."""
    lines = [f"{'model':21}{'data':15}{'epochs':>6}{'batch':>6}  {'rate':6} optimizer"]
    for name, m in tasks.MODELS.items():
        how = m.optimizer if m.schedule == "constant" else f"{m.optimizer}, {m.schedule}"
        lines.append(f"{name:21}{m.data:15}{m.epochs:6}{m.batch_size:6}  {m.lr:<6g} {how}")
    return "\n".join(lines)


# --- the command ---------------------------------------------------------------------------------


class Plan(NamedTuple):
    """What is trained.

    Attributes:
        jobs: the trainings
        torch: the module torch if they have twins
        state: the checkpoint from which a training continues, or None
    """

    jobs: list[jobs.Job]
    torch: Any
    state: dict[str, Any] | None


def train(
    model: Model = None,
    data: Data = None,
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    lr: Rate = None,
    optimizer: Optimizer = None,
    schedule: Schedule = None,
    accumulate: Accumulate = None,
    clip: Clip = None,
    val: Validation = None,
    patience: Patience = None,
    seed: Seed = None,
    twin: Twin = False,
    gradients: Gradients = False,
    dtype: Dtype = None,
    out: Out = RUNS,
    checkpoint_path: CheckpointPath = None,
    every: Every = None,
    resume: Resume = False,
) -> None:
    """Runs the trainings that the options ask for, one after another."""
    given = {
        "epochs": epochs, "batch_size": batch_size, "lr": lr, "seed": seed, "dtype": dtype,
        "optimizer": optimizer, "schedule": schedule, "val": val, "patience": patience,
        "accumulate": accumulate, "clip": clip, "gradients": gradients or None,
    }  # fmt: skip
    if every is not None and checkpoint_path is None:
        raise InputError("--checkpoint-every needs --checkpoint FILE, the file to write")
    console = progress.console()
    with checkpoint.claimed(checkpoint_path, resume):
        plan = _plan(console, model, data, given, twin, checkpoint_path, resume)
        names = [f"{job.task.model}{end}" for job in plan.jobs for end in OUTPUTS]
        checkpoint.require_apart(checkpoint_path, [out / name for name in names])
        folder = plots.Folder(out, names)
        if plan.state is None and model is None and data is not None and data not in BUILT_IN:
            suited = plan.jobs[0].task.model
            display.say(console, f"{suited} suits {data}; --model takes another")
        kept = None
        if checkpoint_path is not None:
            origin = plan.jobs[0].origin(plan.torch is not None)
            again = [] if out == RUNS else ["--out", str(out)]
            every = every or checkpoint.Every(seconds=60.0)
            kept = checkpoint.Checkpoint(checkpoint_path, origin, every, again)
        _train_all(console, plan, folder, kept)


def _plan(
    console: Console,
    model: str | None,
    data: str | None,
    given: jobs.Given,
    twin: bool,
    path: Path | None,
    resume: bool,
) -> Plan:
    """Returns what the options ask for: the training of the checkpoint at `path`, or new ones."""
    state = None
    if resume and path is not None and path.exists():
        job, twin, state = jobs.resume(path, model, data, twin, given)
        wanted = [job]
    else:
        wanted = jobs.prepare(model, data, given)
        if path is not None and len(wanted) > 1:
            raise InputError("--checkpoint is for one training: choose it with --model or --data")
        if resume:
            display.say(console, f"{path} does not exist yet: starting from the beginning")
    torch = find_torch() if twin else None
    if twin and torch is None:
        if state is not None:
            raise InputError(f"{path} has a twin; to continue: {display.GET_THE_TWIN}")
        display.say(
            console,
            "PyTorch is not installed, so there is no twin: refnet trains alone. "
            f"To get the twin: {display.GET_THE_TWIN}",
        )
    if torch is not None:
        # Batches this small gain nothing from threads, and PyTorch's workers, which wait busily for
        # more work, take the processor from NumPy's: with two threads the demo takes twice as long.
        torch.set_num_threads(1)
    for line in checkpoint.differences(state) if state is not None else ():
        display.say(console, f"warning: {line}")
    return Plan(wanted, torch, state)


def _train_all(
    console: Console, plan: Plan, folder: plots.Folder, kept: checkpoint.Checkpoint | None
) -> None:
    """Runs the trainings and reports them. Of several, one that fails does not stop the others."""
    written: list[Path] = []
    done: list[tuple[tasks.Task, History]] = []
    failed: list[str] = []
    dtype = plan.jobs[-1].settings.dtype
    try:
        for job in plan.jobs:
            try:
                history = _train_one(console, job, plan, folder, kept)
            except TrainingError as error:
                if len(plan.jobs) == 1:
                    raise
                display.say(console, f"{error}; the other models continue")
                failed.append(job.task.model)
                continue
            written.extend(_plots(job, history, folder))
            done.append((job.task, history))
    except KeyboardInterrupt as error:
        saved = f"; written so far: {', '.join(map(str, written))}" if written else ""
        raise StoppedError(f"interrupted while training {job.task.model}{saved}") from error
    finally:  # whatever ends the loop, the finished trainings are shown
        folder.discard_if_empty()
        if done:
            display.summary(console, done, dtype)
    for path in written:
        display.say(console, f"plot: {path}")
    if plan.torch is not None:
        _judge(console, done, dtype)
    elif plan.state is None:
        get = f" (it needs PyTorch: {display.GET_THE_TWIN})"
        get = get if importlib.util.find_spec("torch") is None else ""
        twin = f"Add --twin to see PyTorch train the identical network beside it{get}."
        display.say(console, twin)
    if failed:
        raise TrainingError(f"{', '.join(failed)} could not be trained to the end; see above")


def _train_one(
    console: Console,
    job: jobs.Job,
    plan: Plan,
    folder: plots.Folder,
    kept: checkpoint.Checkpoint | None,
) -> History:
    """Runs one training, observed by the display, the metrics and the checkpoint."""
    with kept or contextlib.nullcontext():
        run = loop.Run(job.task, job.settings, plan.torch)
        if plan.state is not None and kept is not None:
            kept.restore(run, plan.state)
        metrics = Metrics(folder, f"{job.task.model}.jsonl")
        with display.Progressing(console, run) as shown:
            observers: list[loop.Observer] = [shown, metrics, *([kept] if kept else [])]
            try:
                return loop.finish(run, observers)
            except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
                if plan.state is None or kept is None:
                    raise
                raise kept.misfit(error) from error


def _plots(job: jobs.Job, history: History, folder: plots.Folder) -> Iterator[Path]:
    """Draws the plots of a training, and yields the file of each."""
    model = job.task.model
    yield folder.save(plots.draw(job.task, history, job.settings.dtype), f"{model}.png")
    if job.settings.gradients:
        yield folder.save(gradient_plot.draw(job.task, history), f"{model}{GRADIENTS}")


def _judge(console: Console, done: Sequence[tuple[tasks.Task, History]], dtype: str) -> None:
    """Says which twins drifted apart by rounding; TrainingError for twins that differ by more."""
    verdicts = {task.model: display.twin_verdict(history) for task, history in done}
    drifting = [model for model, verdict in verdicts.items() if verdict == "drifts"]
    if drifting:
        display.say(
            console,
            f"{', '.join(drifting)}: equal at first, then the rounding errors of {dtype} grew to "
            "more than half of the digits; the scores are about the same. --dtype float64 makes "
            "only rounding errors smaller.",
        )
    apart = [model for model, verdict in verdicts.items() if verdict == "differs"]
    if apart:
        raise TrainingError(
            f"{', '.join(apart)}: refnet and PyTorch differ in more than half of the digits of "
            f"{dtype}, by rounding or by an error: --dtype float64 makes only rounding errors "
            "smaller"
        )
