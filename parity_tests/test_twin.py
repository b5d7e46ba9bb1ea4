"""The main job with its twin: same start, and the same numbers after every step."""

import dataclasses
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from refnet.cli import commands, train as training_commands
from refnet.training import choices, data, jobs, loop, tasks
from refnet.training.errors import TrainingError
from refnet.training.twin import KINDS, Differences, find_torch, require_equal_start


def lockstep(model: str, dtype: str, epochs: int = 3) -> loop.History:
    usual = tasks.MODELS[model]
    task = tasks.prepare(model, data.load(usual.data), seed=1, dtype=dtype)
    settings = loop.Settings(epochs, usual.batch_size, usual.lr, seed=1, dtype=dtype)
    return loop.train(task, settings, find_torch())


@pytest.mark.parametrize(("dtype", "worst"), [("float64", 1e-14), ("float32", 5e-6)])
@pytest.mark.parametrize("model", tasks.DEMO)
def test_the_twins_agree_after_every_step(model: str, dtype: str, worst: float) -> None:
    history = lockstep(model, dtype)
    differences = history.epochs[-1].differences
    assert differences is not None
    assert differences.parted is None
    assert differences.worst() <= worst
    buffers = differences.magnitude.pop("buffer")
    assert buffers == 0
    assert all(size > 0 for size in differences.magnitude.values())
    assert history.twin_score == pytest.approx(history.score, rel=worst)
    assert history.epochs[-1].loss < history.epochs[0].loss


@pytest.mark.parametrize("model", [m for m in tasks.MODELS if m not in tasks.DEMO])
def test_the_twins_of_every_model(model: str) -> None:
    """The first steps of each model, with its cost and optimizer, in float64; buffers too.

    The largest difference was 3.1e-13 (U-Net); most are below 1e-14.
    """
    usual = tasks.MODELS[model]
    whole = data.load(usual.data)
    few = whole._replace(x=whole.x[-60:], y=whole.y[-60:], test=0)
    task = tasks.prepare(model, few, seed=1, dtype="float64")
    settings = loop.Settings(
        1, 8, usual.lr, 1, "float64", usual.optimizer, schedule="cosine", gradients=True
    )
    history = loop.train(task, settings, torch)
    differences = history.epochs[-1].differences
    assert differences is not None
    if model == "transformer":
        # The keys' bias has the gradient 0. Adam divides its rounding error by itself: a step.
        differences.largest["parameter"] = 0.0
    assert differences.worst() <= 3e-12
    network = task.build(refnet)
    has_norms = any(isinstance(layer, refnet.nn.BatchNorm2d) for layer in network.modules())
    assert (differences.magnitude["buffer"] > 0) == has_norms
    assert history.twin_score == pytest.approx(history.score, rel=1e-11)


@pytest.mark.parametrize("factor", [1.001, 0.0])
def test_a_wrong_gradient_is_noticed(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    class Wrong(refnet.optim.SGD):
        def step(self, closure: Any) -> Any:
            loss = closure()
            for group in self.param_groups:
                for parameter in group["params"]:
                    parameter.grad = parameter.grad * factor
            super().step()
            return loss

    monkeypatch.setattr(refnet.optim, "SGD", Wrong)
    differences = lockstep("logistic-regression", "float32", epochs=1).epochs[-1].differences
    assert differences is not None
    assert differences.parted is not None
    assert differences.verdict({"R²": 0.5}, {"R²": 0.6}) == "differs"


def test_another_start_is_refused() -> None:
    refnet.manual_seed(0)
    ours = refnet.nn.Linear(3, 2)
    torch.manual_seed(1)
    with pytest.raises(TrainingError, match="starts from another weight"):
        require_equal_start(ours, torch.nn.Linear(3, 2))
    with pytest.raises(TrainingError, match="the twin's parameters are"):
        require_equal_start(ours, torch.nn.Linear(3, 2, bias=False))


def test_nan_is_no_agreement() -> None:
    def values(x: float) -> dict[str, list[Any]]:
        return {kind: [np.array([x, 1.0])] for kind in KINDS}

    differences = Differences()
    differences.update(values(1.0), values(1.0))
    assert differences.verdict({"R²": 1.0}, {"R²": 1.0}) == "agrees"
    differences.update(values(np.nan), values(1.0))
    differences.update(values(1.0), values(1.0))
    assert differences.parted == 2
    assert not differences.worst() < 1


def test_the_verdict() -> None:
    """Rounding errors grow slowly and do not change the score."""
    same, other = {"accuracy": 0.9, "bits": 3.0}, {"accuracy": 0.879, "bits": 3.0}
    for parted, twin, expected in (
        (None, other, "agrees"),
        (2, same, "drifts"),
        (2, {**same, "bits": 1.0}, "drifts"),
        (2, other, "differs"),
        (1, same, "differs"),
    ):
        assert Differences(parted=parted).verdict(same, twin) == expected


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [
        "train",
        "--twin",
        "--data",
        "breast-cancer",
        "--epochs",
        "2",
        "--out",
        str(tmp_path),
    ]
    assert commands.run(command) == 0
    shown = capsys.readouterr().out
    assert f"PyTorch {torch.__version__}" in shown
    assert re.search(r"^ +2 +0\.\d{7} +0\.\d{7}( +\d\.\de-\d\d){3}$", shown, re.MULTILINE)
    assert shown.count("accuracy") == 2
    assert "agrees" in shown
    assert (tmp_path / "logistic-regression.png").read_bytes().startswith(b"\x89PNG")


def test_the_command_for_all_models(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """refnet train --model all --twin of the README: a step of each, with summary and plots."""

    def few(source: str) -> data.Dataset:
        whole = data.load(source)
        return whole._replace(x=whole.x[-60:], y=whole.y[-60:], test=0)

    monkeypatch.setattr(jobs, "load", few)
    short = ["--epochs", "1", "--batch-size", "60", "--dtype", "float64", "--out", str(tmp_path)]
    assert commands.run(["train", "--model", "all", "--twin", *short]) == 0
    shown = capsys.readouterr().out
    agreement = shown.partition("Largest difference in any step")[2]
    for model in tasks.MODELS:
        assert re.search(rf"^{model} +1 .* agrees *$", agreement, re.MULTILINE), model
        assert (tmp_path / f"{model}.png").read_bytes().startswith(b"\x89PNG")
        assert (tmp_path / f"{model}.jsonl").exists()


def test_the_command_fails_if_the_twins_come_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Differences, "worst", lambda self: math.nan)
    assert (
        commands.run(
            ["train", "--twin", "--data", "diabetes", "--epochs", "1", "--out", str(tmp_path)]
        )
        == 1
    )
    captured = capsys.readouterr()
    assert "differs" in captured.out
    assert captured.err.startswith("refnet: linear-regression: refnet and PyTorch differ in")
    assert captured.err.count("\n") == 1


OPTIONS = [
    *(
        {"optimizer": name, "lr": choices.usual_lr(name)}
        for name in choices.OPTIMIZERS
        if name != "lbfgs"
    ),
    # With small batches, a line search that ends elsewhere because of rounding changes the whole
    # training.
    {"optimizer": "lbfgs", "lr": 1.0, "batch_size": 1000, "epochs": 8},
    *({"schedule": s} for s in choices.SCHEDULES),
    {"accumulate": 3},
    {"clip": 0.1},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_every_option_in_lockstep_and_taken_up_again(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    """Each library draws its own batches; both resume from one checkpoint without a difference."""
    task = tasks.prepare("logistic-regression", data.load("breast-cancer"), 1, "float64", val=0.2)
    settings = loop.Settings(
        **{"epochs": 3, "batch_size": 32, "lr": 0.05, "seed": 1, "dtype": "float64", **options}
    )
    whole = loop.Run(task, settings, torch)
    loop.finish(whole)
    differences = whole.history.epochs[-1].differences
    assert differences is not None
    # 9.1e-14 was measured for L-BFGS, 8.4e-16 for the others
    assert differences.worst() <= (1e-11 if options.get("optimizer") == "lbfgs" else 1e-14)
    assert whole.history.epochs[-1].loss < whole.history.epochs[0].loss
    run = loop.Run(task, settings, torch)
    run.begin()
    for _ in range(5):
        run.step()
    refnet.save(run.state(), tmp_path / "c")
    refnet.manual_seed(5)
    torch.manual_seed(5)
    run = loop.Run(task, settings, torch)
    run.restore(refnet.load(tmp_path / "c"))
    loop.finish(run)
    for ours, theirs in zip(run.learners, whole.learners, strict=True):
        for name, x in theirs.model.state_dict().items():
            assert np.array_equal(ours.model.state_dict()[name].numpy(), x.numpy())
    seconds = {"seconds": 0.0}
    assert [dataclasses.replace(e, **seconds) for e in run.history.epochs] == [
        dataclasses.replace(e, **seconds) for e in whole.history.epochs
    ]


def test_the_command_goes_on_with_the_twin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["train", "--data", "diabetes", "--twin", "--checkpoint", "c"]
    assert commands.run([*command, "--epochs", "1"]) == 0
    assert commands.run(["train", "--checkpoint", "c", "--resume", "--epochs", "2"]) == 0
    assert capsys.readouterr().out.count("agrees") == 2
    text = Path("runs/linear-regression.jsonl").read_text(encoding="utf-8")
    first, _, _, last, scores = map(json.loads, text.splitlines())
    assert first["versions"]["PyTorch"] == torch.__version__
    assert last["twin_loss"] == pytest.approx(last["loss"])
    assert list(scores) == ["test", "twin_test"]
    monkeypatch.setattr(training_commands, "find_torch", lambda: None)
    assert commands.run(["train", "--checkpoint", "c", "--resume"]) == 2
    assert "c has a twin; to continue: pip install" in capsys.readouterr().err
