"""The main job with its twin: same start, and the same numbers after every step."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from refnet import commands
from refnet.training import data, loop, tasks
from refnet.training.errors import TrainingError
from refnet.training.twin import KINDS, Differences, find_torch, require_equal_start


def lockstep(model: str, dtype: str, epochs: int = 3) -> loop.History:
    defaults = tasks.DEFAULTS[model]
    task = tasks.prepare(model, data.load(defaults.data), seed=1, dtype=dtype)
    settings = loop.Settings(epochs, defaults.batch_size, defaults.lr, seed=1, dtype=dtype)
    return loop.train(task, settings, find_torch())


@pytest.mark.parametrize(("dtype", "worst"), [("float64", 1e-12), ("float32", 1e-4)])
@pytest.mark.parametrize("model", tasks.DEFAULTS)
def test_the_twins_agree_after_every_step(model: str, dtype: str, worst: float) -> None:
    history = lockstep(model, dtype)
    differences = history.epochs[-1].differences
    assert differences is not None
    assert differences.agree(dtype)
    assert differences.worst() <= worst
    assert all(size > 0 for size in differences.magnitude.values())
    assert history.twin_score == pytest.approx(history.score, rel=worst)
    assert history.epochs[-1].loss < history.epochs[0].loss


@pytest.mark.parametrize("factor", [1.001, 0.0])
def test_a_wrong_gradient_is_noticed(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    class Wrong(refnet.optim.SGD):
        def step(self, closure: Any = None) -> Any:
            for group in self.param_groups:
                for parameter in group["params"]:
                    parameter.grad = parameter.grad * factor
            return super().step(closure)

    monkeypatch.setattr(refnet.optim, "SGD", Wrong)
    differences = lockstep("logistic-regression", "float32", epochs=1).epochs[-1].differences
    assert differences is not None
    assert not differences.agree("float32")


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
    assert differences.agree("float64")
    differences.update(values(np.nan), values(1.0))
    differences.update(values(1.0), values(1.0))
    assert not differences.agree("float64")


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


def test_the_command_fails_if_the_twins_come_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Differences, "agree", lambda self, dtype: False)
    assert (
        commands.run(
            ["train", "--twin", "--data", "diabetes", "--epochs", "1", "--out", str(tmp_path)]
        )
        == 1
    )
    captured = capsys.readouterr()
    assert "differs" in captured.out
    assert captured.err.startswith("refnet: linear-regression: refnet and PyTorch came apart")
    assert captured.err.count("\n") == 1
