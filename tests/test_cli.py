"""The command: what it does, and that bad input ends in one line and leaves nothing behind."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from conftest import Captured

import refnet
from refnet import cli
from refnet.cli import commands
from refnet.training import loop, plots, tasks
from refnet.training.errors import InputError

pytestmark = pytest.mark.usefixtures("elsewhere")


def own_csv(path: Path, rows: int = 40) -> Path:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 3))
    y = (x @ [1.0, -2.0, 0.5] > 0).astype(int)
    lines = [f"{a},{b},{c},{t}" for (a, b, c), t in zip(x, y, strict=True)]
    path.write_text("\n".join(["a,b,c,class", *lines]), encoding="utf-8")
    return path


# --- what it does --------------------------------------------------------------------------------


def test_train_one_model(elsewhere: Path, capsys: Captured) -> None:
    assert commands.run(["train", "--data", "breast-cancer", "--epochs", "3"]) == 0
    shown = capsys.readouterr()
    assert "logistic-regression on breast-cancer" in shown.out
    assert "30 → 1, sigmoid" in shown.out
    assert "accuracy" in shown.out
    assert "--twin" in shown.out
    assert shown.err == ""
    assert sorted(p.name for p in (elsewhere / "runs").iterdir()) == [
        "logistic-regression.jsonl",
        "logistic-regression.png",
    ]
    assert (elsewhere / "runs/logistic-regression.png").read_bytes().startswith(b"\x89PNG")


def test_all_three_learn(elsewhere: Path, capsys: Captured) -> None:
    """With the defaults of the command."""
    assert commands.run(["train", "--out", "plots"]) == 0
    lines = capsys.readouterr().out.splitlines()
    scores = {
        model: next(line for line in lines if line.startswith(f"{model} ") and " on " not in line)
        for model in ("linear-regression", "logistic-regression", "cascade")
    }
    assert float(scores["linear-regression"].split("R²")[1].split(",")[0]) > 0.4
    assert float(scores["logistic-regression"].split("accuracy")[1].split("%")[0]) > 95
    assert float(scores["cascade"].split("accuracy")[1].split("%")[0]) > 95
    assert len(list((elsewhere / "plots").iterdir())) == 6


@pytest.mark.parametrize("model", ["linear-regression", "logistic-regression", "cascade"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_own_csv(elsewhere: Path, model: str, dtype: str) -> None:
    path = own_csv(elsewhere / "own [1].csv")
    assert commands.run(["train", "--model", model, "--data", str(path), "--dtype", dtype,
                    "--epochs", "2", "--batch-size", "1000", "--lr", "0.1"]) == 0  # fmt: skip


@pytest.mark.parametrize(
    ("targets", "model"),
    [
        ([0.5, 1.0, 2.0], "linear-regression"),
        ([1.0, 2.0], "logistic-regression"),
        ([-1, 0, 4], "cascade"),
        (range(30), "linear-regression"),  # too few rows of each number for classes
        ([7], "linear-regression"),
    ],
)
def test_the_targets_decide_the_model(
    elsewhere: Path, capsys: Captured, targets: Any, model: str
) -> None:
    y = np.resize(list(targets), 60)
    np.savez(elsewhere / "own.npz", x=np.random.default_rng(0).normal(size=(60, 2)), y=y)
    assert commands.run(["train", "--data", "own.npz", "--epochs", "1", "--lr", "0.01"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{model} suits own.npz; --model takes another\n\n{model} on own.npz\n")


def test_own_npz(elsewhere: Path, capsys: Captured) -> None:
    x = np.random.default_rng(0).normal(size=(30, 2))
    np.savez(elsewhere / "own.npz", x=x, y=x[:, 0] * 3 + 1)
    command = ["train", "--model", "linear-regression", "--data", "own.npz"]
    assert commands.run([*command, "--lr", ".1", "--epochs", "100"]) == 0
    assert "R² 1.000" in capsys.readouterr().out


def test_the_seed_decides_everything(capsys: Captured) -> None:
    shown = []
    for seed in ("5", "5", "6"):
        assert commands.run(["train", "--data", "diabetes", "--epochs", "2", "--seed", seed]) == 0
        shown.append(capsys.readouterr().out.replace("seed 6", "seed 5"))
    assert shown[0] == shown[1] != shown[2]


def test_no_epochs_shows_the_untrained_model(elsewhere: Path, capsys: Captured) -> None:
    assert commands.run(["train", "--data", "digits", "--epochs", "0"]) == 0
    assert "    0    0.7" in capsys.readouterr().out
    assert (elsewhere / "runs/cascade.png").exists()


def test_without_pytorch_it_trains_and_says_how_to_get_the_twin(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "torch" else find_spec(name)
    )
    assert commands.run(["train", "--twin", "--data", "diabetes", "--epochs", "1"]) == 0
    shown = capsys.readouterr().out
    assert "PyTorch is not installed" in shown
    assert 'pip install "refnet[twin]"' in shown
    assert "R²" in shown


def test_help_and_version(capsys: Captured) -> None:
    assert commands.run([]) == 0
    assert "train" in capsys.readouterr().out
    assert commands.run(["landscape"]) == 0
    assert "saddles" in capsys.readouterr().out
    assert commands.run(["train", "--help"]) == 0
    shown = capsys.readouterr().out
    for option in (
        "model", "data", "epochs", "batch-size", "lr", "optimizer", "schedule", "val", "patience",
        "seed", "twin", "dtype", "out", "accumulate", "clip", "checkpoint", "checkpoint-every", "resume",
        "gradients",
    ):  # fmt: skip
        assert f"--{option}" in shown
    for name, usual in tasks.MODELS.items():  # each in a line of its own, with its defaults
        assert re.search(rf"^ +{name} +{usual.data} +{usual.epochs} ", shown, re.MULTILINE)
    assert commands.run(["verify", "-h"]) == 0
    assert "--report" in capsys.readouterr().out
    assert commands.run(["--version"]) == 0
    assert capsys.readouterr().out == f"refnet {refnet.__version__}\n"


def parameters(command: Any, path: str = "refnet") -> Iterator[tuple[str, Any]]:
    """Every option and argument of a command and of the commands below it."""
    for parameter in command.params:
        yield f"{path} {' '.join(parameter.opts)}", parameter
    for name, below in getattr(command, "commands", {}).items():
        yield from parameters(below, f"{path} {name}")


def test_every_option_has_a_help_that_says_something() -> None:
    """More than three words besides the default, and a name for the value."""
    found = dict(parameters(typer.main.get_command(commands.app)))
    assert {"refnet --version", "refnet train --lr", "refnet explain name"} <= found.keys()
    assert len(found) > 60
    for path, parameter in found.items():
        words = str(parameter.help).partition("[dim]")[0].split()
        assert len(words) > 3, path
        assert parameter.metavar is not None, path


def test_python_m_refnet() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "refnet", "train", "--epochs", "-1"],
        capture_output=True, text=True, check=False, env={"PYTHONPATH": _root()},
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "refnet: --epochs must not be negative, got -1\n"


def _root() -> str:
    return str(Path(refnet.__file__).resolve().parents[1])


def test_a_terminal_without_the_symbols() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "refnet", "train", "--data", "diabetes", "--epochs", "1"],
        capture_output=True, text=True, check=False,
        env={"PYTHONPATH": _root(), "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "10 ? 1" in done.stdout


# --- what it refuses -----------------------------------------------------------------------------

BAD = [
    (["train", "--model", "gan"], "unknown model 'gan': expected linear-regression, "),
    (["train", "--data", "mnist"], "unknown data 'mnist': expected diabetes, "),
    (["train", "--data", "none.csv"], "cannot read none.csv: No such file or directory"),
    (
        ["train", "--model", "cascada"],
        "unknown model 'cascada': did you mean cascade? Expected lin",
    ),
    (["train", "--model", "linear"], "unknown model 'linear': did you mean linear-regression? Exp"),
    (
        ["train", "--data", "Breast_Cancer"],
        "'Breast_Cancer': did you mean breast-cancer? Expected ",
    ),
    (
        ["train", "--optimizer", "AdamV"],
        "unknown optimizer 'AdamV': did you mean adam? Expected sg",
    ),
    (
        ["train", "--optimizer", "SGD"],
        "unknown optimizer 'SGD': did you mean sgd? Expected sgd, ad",
    ),
    (["train", "--schedule", "onecycle"], "'onecycle': did you mean one-cycle? Expected constant"),
    (["train", "--dtype", "float"], "'float': did you mean float32? Expected float32, float64"),
    (["train", "--model", "cascade", "--data", "diabetes"], "diabetes has 214 classes in 442 rows"),
    (["train", "--model", "logistic-regression", "--data", "digits"], "digits has 10"),
    (["train", "--epochs", "-1"], "--epochs must not be negative, got -1"),
    (["train", "--epochs", "many"], "--epochs"),
    (["train", "--epochs", "2.5"], "--epochs"),
    (["train", "--batch-size", "0"], "--batch-size must be positive, got 0"),
    (["train", "--batch-size", "-3"], "--batch-size must be positive, got -3"),
    (["train", "--lr", "0"], "--lr must be a positive number, got 0.0"),
    (["train", "--lr", "-1"], "--lr must be a positive number, got -1.0"),
    (["train", "--lr", "nan"], "--lr must be a positive number, got nan"),
    (["train", "--lr", "inf"], "--lr must be a positive number, got inf"),
    (["train", "--seed", "-1"], "--seed must be at least 0"),
    (["train", "--seed", "4294967296"], "--seed must be at least 0"),
    *(
        (
            ["train", "--dtype", d],
            f"refnet train does not support --dtype {d}: expected float32 or flo",
        )
        for d in ("float16", "bfloat16", "half")
    ),
    (["train", "--dtype", "float46"], "unknown dtype 'float46': expected float32, float64"),
    (["train", "--model", "alexnet"], "unknown model 'alexnet': expected linear-regression, "),
    (["train", "--model", "newton"], "unknown model 'newton': expected linear-regression, "),
    (
        ["train", "--model", "resnet18"],
        "unknown model 'resnet18': did you mean resnet? Expected lin",
    ),
    (["train", "--model", "regression"], "did you mean linear-regression? Expected linear-regre"),
    (["train", "--data", "iris"], "unknown data 'iris': expected diabetes, "),
    (
        ["train", "--data", "cancer"],
        "unknown data 'cancer': did you mean breast-cancer? Expected d",
    ),
    (["train", "--optimizer", "adma"], "unknown optimizer 'adma': did you mean adam? Expected sgd"),
    (["train", "--schedule", "none"], "unknown schedule 'none': expected constant, step, "),
    (
        ["train", "--modl", "cnn"],
        "No such option: --modl (Possible options: --model); see refnet --help",
    ),
    (["train", "--shuffle"], "No such option: --shuffle; see refnet --help"),
    (["train", "--out", "own.csv"], "cannot write to the output folder own.csv: File exists"),
    (["train", "--out", "own.csv/x"], "cannot write to the output folder own.csv/x: Not a dir"),
    (["train", "--out", "/proc/refnet"], "cannot write to the output folder /proc/refnet: "),
    (["train", "--optimizer", "newton"], "unknown optimizer 'newton': expected sgd"),
    (["train", "--schedule", "sunny"], "unknown schedule 'sunny': expected constant, step, "),
    (["train", "--val", "1"], "--val must be at least 0 and below 1, got 1.0"),
    (["train", "--val", "0.999"], "--val 0.999 leaves none of the 354 rows to train on"),
    (["train", "--val", "half"], "--val must be a number, got 'half'"),
    (["train", "--patience", "0"], "--patience must be positive, got 0"),
    (
        ["train", "--patience", "5"],
        "--patience needs --val SHARE, the part whose loss it waits for",
    ),
    (["train", "--patience", "5", "--val", "0"], "--patience needs --val SHARE"),
    (
        ["train", "--checkpoint-every", "9"],
        "--checkpoint-every needs --checkpoint FILE, the file to",
    ),
    (["train", "--accumulate", "0"], "--accumulate must be positive, got 0"),
    (["train", "--clip", "-1"], "--clip must not be negative, got -1.0"),
    (["train", "--clip", "nan"], "--clip must not be negative, got nan"),
    (["train", "--checkpoint", "c"], "--checkpoint is for one training: choose it with --model"),
    (
        ["train", "--checkpoint", "no/c"],
        "cannot write the checkpoint no/c: No such file or directory",
    ),
    (["train", "--checkpoint", "c" * 300], "File name too long"),
    (["train", "--checkpoint", "own.csv/c"], "own.csv/c: Not a directory"),
    (
        ["train", "--data", "diabetes", "--out", ".", "--checkpoint", "./linear-regression.png"],
        "has the name of an output: give it another",
    ),
    (["train", "--model", "all", "--resume", "--checkpoint", "own.csv"], "own.csv is damaged"),
    (["train", "--checkpoint", "."], "the checkpoint . is a folder"),
    (
        ["train", "--checkpoint-every", "1m"],
        "--checkpoint-every must be a number of steps (200) or seconds",
    ),
    (["train", "--resume"], "--resume needs --checkpoint FILE, the file to continue from"),
    (["train", "--depth", "3"], "No such option: --depth"),
    (["train", "surplus"], "surplus"),
    (["learn"], "No such command 'learn'"),
]


@pytest.mark.parametrize(("command", "message"), BAD, ids=[" ".join(c) for c, _ in BAD])
def test_bad_input(elsewhere: Path, capsys: Captured, command: list[str], message: str) -> None:
    own_csv(elsewhere / "own.csv")
    assert commands.run(command) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("refnet: ")
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert [p.name for p in elsewhere.iterdir()] == ["own.csv"]


def test_bad_data_file(elsewhere: Path, capsys: Captured) -> None:
    (elsewhere / "bad.csv").write_text("a,b\n1,2\n3,nan\n", encoding="utf-8")
    assert commands.run(["train", "--model", "cascade", "--data", "bad.csv"]) == 2
    assert capsys.readouterr().err == (
        "refnet: bad.csv: line 3, column 2 (b) holds 'nan', expected a finite number\n"
    )
    assert not (elsewhere / "runs").exists()


def test_too_high_a_learning_rate(elsewhere: Path, capsys: Captured) -> None:
    assert commands.run(["train", "--data", "diabetes", "--lr", "100"]) == 1
    error = capsys.readouterr().err
    assert error == (
        "refnet: linear-regression: step 8 (epoch 1): the loss is no longer finite, though the "
        "model's output is; try a smaller learning rate than 100\n"
    )
    assert [p.name for p in elsewhere.rglob("*.*")] == ["linear-regression.jsonl"]


def test_without_the_packages_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.delitem(sys.modules, "refnet.cli.commands")
    monkeypatch.delattr(cli, "commands")
    monkeypatch.setitem(sys.modules, "typer", None)  # type: ignore[arg-type]
    assert cli.main() == 2
    assert capsys.readouterr().err == (
        "refnet: the command line needs typer, which is not installed; "
        'get it with: pip install "refnet[cli]"\n'
    )


# --- interruptions, and files that are whole or not there ----------------------------------------


def test_ctrl_c_names_what_is_finished(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    whole = loop.finish

    def interrupted(run: loop.Run, observers: Any) -> Any:
        if run.task.model == "cascade":
            raise KeyboardInterrupt
        return whole(run, observers)

    monkeypatch.setattr(loop, "finish", interrupted)
    assert commands.run(["train", "--epochs", "1"]) == 130
    assert capsys.readouterr().err.startswith("refnet: interrupted while training cascade; written")
    assert sorted(p.name for p in (elsewhere / "runs").glob("*.png")) == [
        "linear-regression.png",
        "logistic-regression.png",
    ]


@pytest.fixture
def _ctrl_c_counts() -> Iterator[None]:
    """Restores Python's handler of SIGINT, which a shell makes background processes ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a process")
@pytest.mark.usefixtures("_ctrl_c_counts")
def test_a_real_ctrl_c(elsewhere: Path) -> None:
    command = [sys.executable, "-m", "refnet", "train", "--data", "diabetes", "--epochs", "1000000"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": _root()},
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("    2 "):
                break
        for _ in range(6):  # an exception that is raised in a finalizer is lost
            process.send_signal(signal.SIGINT)
            try:
                _, error = process.communicate(timeout=10)
                break
            except subprocess.TimeoutExpired:
                continue
    assert process.returncode == 130
    assert error.endswith("refnet: interrupted while training linear-regression\n")
    assert [p.name for p in elsewhere.rglob("*.*")] == ["linear-regression.jsonl"]


def test_an_output_that_cannot_be_written(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(loop, "finish", full)
    assert commands.run(["train"]) == 1
    assert capsys.readouterr().err == "refnet: stopped: No space left on device\n"
    assert not list(elsewhere.iterdir())


def test_a_failed_write_leaves_the_old_plot(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = plots.Folder(elsewhere / "a/b")
    (elsewhere / "a/b/p.png").write_bytes(b"old")

    class Full:
        def savefig(self, path: Path, **options: Any) -> None:
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match=r"cannot write .*p\.png: No space left on device"):
        folder.save(Full(), "p.png")  # type: ignore[arg-type]
    assert [p.name for p in (elsewhere / "a/b").iterdir()] == ["p.png"]
    assert (elsewhere / "a/b/p.png").read_bytes() == b"old"
    folder.discard_if_empty()
    assert (elsewhere / "a/b/p.png").exists()


@pytest.mark.skipif(
    os.name != "posix", reason="only POSIX has modes, and tells which processes live"
)
def test_every_output_keeps_its_mode_and_what_a_killed_process_left_is_deleted(
    elsewhere: Path,
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    stem = "runs/linear-regression"
    outputs = [Path(f"{stem}.png"), Path(f"{stem}.jsonl"), Path(f"{stem}-gradients.png"), Path("c")]
    Path("runs").mkdir()
    for path in outputs:
        path.touch(0o600)
        path.with_name(f".{path.name}.{ended.pid}.1.0.partial").touch()
    Path("c").unlink()
    command = ["train", "--data", "diabetes", "--gradients", "--checkpoint", "c", "--epochs"]
    assert commands.run([*command, "1"]) == 0
    Path("c").chmod(0o600)
    assert commands.run([*command, "2", "--resume"]) == 0
    assert sorted(p for p in elsewhere.rglob("*") if p.is_file()) == sorted(
        path.absolute() for path in outputs
    )
    for path in outputs:
        assert path.stat().st_size > 0
        assert path.stat().st_mode & 0o777 == 0o600, path


def test_metrics_that_cannot_be_written_leave_the_old_ones(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    command = ["train", "--data", "diabetes", "--epochs", "1"]
    assert commands.run(command) == 0
    path = Path("runs/linear-regression.jsonl")
    before = path.read_bytes()
    capsys.readouterr()

    def full(self: Path, *arguments: Any, **options: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert commands.run(command) == 2
    assert capsys.readouterr().err == f"refnet: cannot write {path}: No space left on device\n"
    assert path.read_bytes() == before


def test_a_folder_that_nothing_was_written_to_is_removed(elsewhere: Path) -> None:
    plots.Folder(elsewhere / "a/b").discard_if_empty()
    assert not list(elsewhere.iterdir())


# --- verify --------------------------------------------------------------------------------------


def test_verify_passes_the_pattern_on(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    calls = []

    def suite(pattern: str, *, report: Path | None) -> int:
        calls.append((pattern, report))
        return 5 if pattern == "zzz" else 0

    monkeypatch.setattr(commands, "run_suite", suite)
    assert commands.run(["verify"]) == 0
    assert commands.run(["verify", "softmax", "--report", "p.html"]) == 0
    assert commands.run(["verify", "zzz"]) == 2
    assert capsys.readouterr().err == "refnet: no name with a parity case fits 'zzz'\n"
    assert calls == [("", None), ("softmax", Path("p.html")), ("zzz", None)]


def test_verify_needs_a_checkout(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(refnet, "__file__", str(elsewhere / "refnet/__init__.py"))
    assert commands.run(["verify"]) == 2
    error = capsys.readouterr().err
    assert "source tree" in error
    assert error.count("\n") == 1


def test_verify_names_all_that_it_needs_at_once(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    packages = "PyTorch, pytest, pytest-xdist, hypothesis"
    install = "pip install -e '.[cli,test,twin]'\n"
    assert commands.run(["verify", "softmax"]) == 2
    error = capsys.readouterr().err
    assert error == f"refnet: refnet verify needs {packages}; in {_root()}: {install}"
    monkeypatch.setattr(refnet, "__file__", str(elsewhere / "refnet/__init__.py"))
    assert commands.run(["verify", "softmax"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"refnet: refnet verify needs a clone of the project, {packages}: ")
    assert error.endswith(install)
    assert error.count("\n") == 1
