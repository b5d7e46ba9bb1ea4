"""From the options of `refnet train` to the tasks that are trained, and their settings."""

import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from refnet.training import checkpoint, choices, tasks
from refnet.training.data import BUILT_IN, Dataset, load
from refnet.training.errors import InputError, shown, unknown
from refnet.training.settings import Settings

ALL = "all"
"""The name for all models, one after another."""
Given = Mapping[str, Any]
"""The options by the names of Settings; None for an option that was not given."""


class Job(NamedTuple):
    """One training: its task and settings, and where its data come from."""

    task: tasks.Task
    settings: Settings
    source: str

    def origin(self, twin: bool) -> checkpoint.Origin:
        """Returns the origin that its checkpoint records."""
        fingerprint = zlib.crc32("\0".join(self.task.names).encode("utf-8", "surrogatepass"))
        for array in self.task.parts:
            fingerprint = zlib.crc32(array.reshape(-1).view("u1").data, fingerprint)
        return checkpoint.Origin(self.task.model, self.source, fingerprint, twin)


def prepare(model: str | None, data: str | None, given: Given) -> list[Job]:
    """Returns the trainings that the options ask for. Raises InputError for invalid options."""
    return [_job(name, source, given) for name, source in _models_and_data(model, data)]


def _models_and_data(model: str | None, data: str | None) -> list[tuple[str, str]]:
    """Returns the pairs (model, data) that the two options ask for."""
    if model is not None:
        if model not in (*tasks.MODELS, ALL):
            raise unknown("model", model, tasks.MODELS, f", or {ALL}")
        names = tasks.MODELS if model == ALL else [model]
        return [(name, data or tasks.MODELS[name].data) for name in names]
    if data is None:
        return [(name, tasks.MODELS[name].data) for name in tasks.DEMO]
    loaded = load(data)
    own = [name for name, usual in tasks.MODELS.items() if usual.data == data]
    return [(own[0] if own else _suited(loaded), data)]


def _suited(data: Dataset) -> str:
    """Returns the first model for data of this kind; for numbers the targets decide."""
    if data.kind != "numbers":
        return next(name for name, usual in tasks.MODELS.items() if usual.reads == data.kind)
    try:
        classes = len(tasks.class_labels("cascade", data))
    except InputError:
        return "linear-regression"
    return "logistic-regression" if classes == 2 else "cascade"


def _job(model: str, source: str, given: Given) -> Job:
    usual = tasks.MODELS[model]
    settings = Settings(
        usual.epochs, usual.batch_size, usual.lr, seed=0,
        optimizer=usual.optimizer, schedule=usual.schedule,
    )  # fmt: skip
    settings = replace(settings, **{k: v for k, v in given.items() if v is not None})
    settings.check()
    if given["patience"] is not None and not settings.val:
        raise InputError("--patience needs --val SHARE, the part whose loss it waits for")
    if given["lr"] is None and settings.optimizer != usual.optimizer:
        settings = replace(settings, lr=choices.usual_lr(settings.optimizer))
    return _with_data(model, source, settings)


def _with_data(model: str, source: str, settings: Settings) -> Job:
    data = load(source)
    task = tasks.prepare(model, data, settings.seed, settings.dtype, settings.val)
    return Job(task, settings, _absolute(source))


def _absolute(source: str) -> str:
    return source if source in BUILT_IN else str(Path(source).resolve())


def resume(
    path: Path, model: str | None, data: str | None, twin: bool, given: Given
) -> tuple[Job, bool, dict[str, Any]]:
    """Returns the training of a checkpoint, whether it has a twin, and its state.

    Only the number of epochs can be changed. Raises InputError for options that differ from those
    at the beginning of the training, and for data that have changed.
    """
    origin, settings, state = checkpoint.read(path)
    if origin.model not in tasks.MODELS:
        raise InputError(
            f"{path} is of the model {shown(origin.model)}, which refnet does not have"
        )
    asked = {"model": model, "data": data and _absolute(data), **given}
    begun = {"model": origin.model, "data": origin.source, **vars(settings)}
    for name, value in asked.items():
        if value not in (None, begun[name]) and name != "epochs":
            raise InputError(
                f"{path} was started with --{name.replace('_', '-')} {begun[name]}, "
                f"and cannot continue with {value}"
            )
    if twin and not origin.twin:
        raise InputError(f"{path} was started without --twin, and cannot continue with it")
    epochs = settings.epochs if given["epochs"] is None else given["epochs"]
    if epochs != settings.epochs and settings.schedule in choices.FIXED_LENGTH:
        raise InputError(
            f"the schedule {settings.schedule} of {path} is made for {settings.epochs} epochs, "
            f"and cannot continue to {epochs}"
        )
    settings = replace(settings, epochs=epochs)
    settings.check()
    job = _with_data(origin.model, origin.source, settings)
    if job.origin(origin.twin) != origin:
        raise InputError(f"the data {origin.source} are not those that {path} was started with")
    return job, origin.twin, state
