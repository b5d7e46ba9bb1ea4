"""`refnet train`: its options, and what is printed at the end."""

import contextlib
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

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
from refnet.training.errors import InputError, StoppedError, TrainingError, shown
from refnet.training.history import History
from refnet.training.metrics import Metrics
from refnet.training.twin import find_torch

RUNS = Path("runs")
GRADIENTS = "-gradients.png"


def _number(option: str, kind: Callable[[str], Any], what: str) -> Callable[[str], Any]:
    """The parser of an option's value, whose error names what was given."""

    def parse(text: str) -> Any:
        try:
            return kind(text)
        except ValueError as error:
            raise InputError(f"{option} must be {what}, got {shown(text)}") from error

    return parse


BY_MODEL = "[dim]\\[default: the model's][/]"


def models() -> str:
    """The models with their defaults, for the help: one line for each."""
    lines = [f"{'model':21}{'data':15}{'epochs':>6}{'batch':>6}  {'rate':6} optimizer"]
    for name, m in tasks.MODELS.items():
        how = m.optimizer if m.schedule == "constant" else f"{m.optimizer}, {m.schedule}"
        lines.append(f"{name:21}{m.data:15}{m.epochs:6}{m.batch_size:6}  {m.lr:<6g} {how}")
    return "\n".join(lines)


def train(
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The model to train, one of the list above. Left out: the one that suits --data "
            "(for a table linear-regression, for two classes logistic-regression, for more "
            "cascade), or the first three, one after another. "
            f"{jobs.ALL}: every model, each on its own data.",
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|PATH",
            help=f"What to train on: {', '.join(BUILT_IN)}; or your own. Numbers: FILE.npz with "
            "the arrays x (rows, features) and y (rows), or FILE.csv with the target in the last "
            "column and a header or none. Pictures: a FOLDER with the files of MNIST, or of CIFAR's "
            f"binary version. Text: FILE.txt. {BY_MODEL}",
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            parser=_number("--epochs", int, "a whole number"),
            metavar="N",
            help=f"How many times to go through all the rows to train on. {BY_MODEL}",
        ),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(
            parser=_number("--batch-size", int, "a whole number"),
            metavar="N",
            help=f"The number of rows from which a step takes its gradient. {BY_MODEL}",
        ),
    ] = None,
    lr: Annotated[
        float | None,
        typer.Option(
            parser=_number("--lr", float, "a number"),
            metavar="RATE",
            help="The learning rate, by which the gradient is multiplied in a step. "
            "[dim]\\[default: the model's, or that of the "
            "optimizer if you choose one][/]",
        ),
    ] = None,
    optimizer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The rule by which the weights are changed in a step: "
            f"{', '.join(choices.OPTIMIZERS)}; sgd has momentum {choices.MOMENTUM}. {BY_MODEL}",
        ),
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"How the learning rate changes: constant, {', '.join(choices.SCHEDULES)}. "
            f"{BY_MODEL}",
        ),
    ] = None,
    accumulate: Annotated[
        int | None,
        typer.Option(
            parser=_number("--accumulate", int, "a whole number"),
            metavar="N",
            help="Add up the gradients of this many batches before each step. [dim]\\[default: 1][/]",
        ),
    ] = None,
    clip: Annotated[
        float | None,
        typer.Option(
            parser=_number("--clip", float, "a number"),
            metavar="LENGTH",
            help="Shorten the gradient to this length if it is longer, the gradients of all "
            "parameters taken as one vector. [dim]\\[default: never][/]",
        ),
    ] = None,
    val: Annotated[
        float | None,
        typer.Option(
            parser=_number("--val", float, "a number"),
            metavar="SHARE",
            help="Keep this share of the rows to train on, 0.1 for a tenth, for validation; stop "
            "when their loss gets no better, and take the weights with which it was lowest. "
            "[dim]\\[default: 0, none][/]",
        ),
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(
            parser=_number("--patience", int, "a whole number"),
            metavar="N",
            help="With --val: epochs without a lower loss before the training stops. [dim]\\[default: 10][/]",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            parser=_number("--seed", int, "a whole number"),
            metavar="N",
            help="Decides the initial weights, the test rows and the batches. "
            "[dim]\\[default: 0][/]",
        ),
    ] = None,
    twin: Annotated[
        bool,
        typer.Option(
            "--twin",
            metavar="",
            help="Train the same network in PyTorch beside it: same seed, same batches, and every "
            "output, loss, gradient and parameter compared after every step.",
        ),
    ] = False,
    gradients: Annotated[
        bool,
        typer.Option(
            "--gradients",
            metavar="",
            help="Write down the length of each layer's gradient, epoch by epoch, and draw it: "
            "where it vanishes, and where it explodes.",
        ),
    ] = False,
    dtype: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The precision of all numbers: float32, or float64, with which the differences "
            "that --twin shows fall to 1e-14. "
            "[dim]\\[default: float32][/]",
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER",
            help="The folder for the metrics, as JSON lines, and the plots, as PNG.",
        ),
    ] = RUNS,
    checkpoint_path: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint",
            metavar="FILE",
            help="Write all that is needed to continue the training to this file, in the format "
            "safetensors, after every epoch and after Ctrl-C.",
        ),
    ] = None,
    every: Annotated[
        checkpoint.Every | None,
        typer.Option(
            "--checkpoint-every",
            parser=_number(
                "--checkpoint-every", checkpoint.Every.of, "steps, 200, or seconds, 30s"
            ),
            metavar="N|Ns",
            help="Write the checkpoint also after this many steps, 200, or seconds, 30s. "
            "[dim]\\[default: 60s][/]",
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            metavar="",
            help="Continue the training in the file --checkpoint, as if it had never stopped; "
            "start it if there is no such file.",
        ),
    ] = False,
) -> None:
    """What the options ask for, one training after another."""
    given = {
        "epochs": epochs, "batch_size": batch_size, "lr": lr, "seed": seed, "dtype": dtype,
        "optimizer": optimizer, "schedule": schedule, "val": val, "patience": patience,
        "accumulate": accumulate, "clip": clip, "gradients": gradients or None,
    }  # fmt: skip
    if every is not None and checkpoint_path is None:
        raise InputError("--checkpoint-every needs --checkpoint FILE, the file to write")
    every = every or checkpoint.Every(seconds=60.0)
    with checkpoint.claimed(checkpoint_path, resume):
        _train_all(
            progress.console(), model, data, given, twin, out, checkpoint_path, every, resume
        )


def _train_all(
    console: Console,
    model: str | None,
    data: str | None,
    given: jobs.Given,
    twin: bool,
    out: Path,
    checkpoint_path: Path | None,
    every: checkpoint.Every,
    resume: bool,
) -> None:
    """Trains what is asked for, one after another, and reports; of several, one that fails stops no other."""
    state = None
    if resume and checkpoint_path is not None and checkpoint_path.exists():
        job, twin, state = jobs.resume(checkpoint_path, model, data, twin, given)
        wanted = [job]
    else:
        wanted = jobs.prepare(model, data, given)
        if checkpoint_path is not None and len(wanted) > 1:
            raise InputError("--checkpoint is for one training: choose it with --model or --data")
        if resume:
            display.say(console, f"{checkpoint_path} is not there yet: from the beginning")
    torch = find_torch() if twin else None
    if state is not None and twin and torch is None:
        raise InputError(f"{checkpoint_path} has a twin; to go on: {display.GET_THE_TWIN}")
    if twin and torch is None:
        display.say(
            console,
            "PyTorch is not installed, so there is no twin: refnet trains alone. "
            f"To get the twin: {display.GET_THE_TWIN}",
        )
    if torch is not None:
        # Batches this small gain nothing from threads, and PyTorch's workers, which wait busily for
        # more work, take the processor from NumPy's: with two threads the demo takes twice as long.
        torch.set_num_threads(1)
    if state is not None:
        for line in checkpoint.differences(state):
            display.say(console, f"warning: {line}")
    names = [
        f"{job.task.model}{suffix}" for job in wanted for suffix in (".png", ".jsonl", GRADIENTS)
    ]
    checkpoint.require_apart(checkpoint_path, [out / name for name in names])
    folder = plots.Folder(out, names)
    if state is None and model is None and data is not None and data not in BUILT_IN:
        display.say(console, f"{wanted[0].task.model} suits {data}; --model takes another")
    written: list[Path] = []
    done: list[tuple[tasks.Task, History]] = []
    failed: list[str] = []
    try:
        for job in wanted:
            kept = None
            if checkpoint_path is not None:
                origin = job.origin(torch is not None)
                again = [] if out == RUNS else ["--out", str(out)]
                kept = checkpoint.Checkpoint(checkpoint_path, origin, every, again)
            task = job.task
            try:
                history = _train(console, job, torch, folder, kept, state)
            except TrainingError as error:
                if len(wanted) == 1:
                    raise
                display.say(console, f"{error}; the other models go on")
                failed.append(task.model)
                continue
            drawn = plots.draw(task, history, job.settings.dtype)
            written.append(folder.save(drawn, f"{task.model}.png"))
            if job.settings.gradients:
                drawn = gradient_plot.draw(task, history)
                written.append(folder.save(drawn, f"{task.model}{GRADIENTS}"))
            done.append((task, history))
    except KeyboardInterrupt as error:
        saved = f"; written so far: {', '.join(map(str, written))}" if written else ""
        raise StoppedError(f"interrupted while training {job.task.model}{saved}") from error
    finally:  # what is done is shown, whatever came next
        folder.discard_if_empty()
        if done:
            display.summary(console, done, wanted[-1].settings.dtype)
    _report(console, done, written, torch, wanted[-1].settings.dtype, hint=state is None)
    if failed:
        raise TrainingError(f"{', '.join(failed)} could not be trained to the end; see above")


def _train(
    console: Console,
    job: jobs.Job,
    torch: Any,
    folder: plots.Folder,
    kept: checkpoint.Checkpoint | None,
    state: dict[str, Any] | None,
) -> History:
    """One training, looked at by the display, the metrics and the checkpoint."""
    with kept or contextlib.nullcontext():
        run = loop.Run(job.task, job.settings, torch)
        if state is not None and kept is not None:
            kept.restore(run, state)
        metrics = Metrics(folder, f"{job.task.model}.jsonl")
        with display.Progressing(console, run) as shown:
            observers: list[loop.Observer] = [shown, metrics]
            if kept is not None:
                observers.append(kept)
            try:
                return loop.go_on(run, observers)
            except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
                if state is None or kept is None:
                    raise
                raise kept.misfit(error) from error


def _report(
    console: Console,
    done: Sequence[tuple[tasks.Task, History]],
    written: Sequence[Path],
    torch: Any,
    dtype: str,
    hint: bool,
) -> None:
    """The last lines: where the plots are, and whether the twins agree; without twins, maybe a hint.

    Raises TrainingError if they do not.
    """
    for path in written:
        display.say(console, f"plot: {path}")
    if torch is None:
        if hint:
            get = f" (it needs PyTorch: {display.GET_THE_TWIN})"
            get = get if importlib.util.find_spec("torch") is None else ""
            twin = f"Add --twin to see PyTorch train the identical network beside it{get}."
            display.say(console, twin)
        return
    verdicts = {task.model: display.verdict_on(history) for task, history in done}
    drifting = [model for model, verdict in verdicts.items() if verdict == "drifts"]
    if drifting:
        display.say(
            console,
            f"{', '.join(drifting)}: the same at first, then the rounding of {dtype} grew to more "
            "than half of the digits; both learnt about as much. "
            "--dtype float64 makes rounding smaller, and nothing else.",
        )
    apart = [model for model, verdict in verdicts.items() if verdict == "differs"]
    if apart:
        raise TrainingError(
            f"{', '.join(apart)}: refnet and PyTorch came apart by more than half the digits of "
            f"{dtype}; is it rounding, or an error? --dtype float64 makes only rounding smaller"
        )
