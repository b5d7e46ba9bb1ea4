"""A training that is stopped or killed at any moment, and resumed, ends with the same bits."""

import copy
import dataclasses
import io
import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Captured

import refnet
from refnet.cli import commands
from refnet.training import checkpoint, choices, data, jobs, loop, tasks
from refnet.training.errors import InputError, StoppedError, TrainingError

pytestmark = pytest.mark.usefixtures("elsewhere")
CHECKPOINT = ["--checkpoint", "c.safetensors"]
GIVEN = dict.fromkeys(loop.Settings.__dataclass_fields__)


def bits(x: Any) -> Any:
    """Everything in a checkpoint as bits, except for the times."""
    if isinstance(x, refnet.Tensor):
        return str(x.dtype), tuple(x.shape), x.stride(), x.numpy().tobytes()
    if isinstance(x, dict):
        return {key: bits(value) for key, value in x.items() if key != "seconds"}
    return [bits(value) for value in x] if isinstance(x, (list, tuple)) else x


def lines(path: Path) -> list[Any]:
    return bits([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])


# --- within one process: after every step, whatever is chosen -------------------------------------


def job(**options: Any) -> jobs.Job:
    """A small training with an incomplete last batch."""
    given = {**GIVEN, "epochs": 3, "batch_size": 100, "val": 0.2, "patience": 2, **options}
    return jobs.prepare("logistic-regression", None, given)[0]


@pytest.mark.parametrize(
    ("optimizer", "schedule"),
    [
        *((optimizer, "constant") for optimizer in choices.OPTIMIZERS),
        *(("sgd", s) for s in choices.SCHEDULES),
    ],
)
def test_going_on_after_any_step(optimizer: str, schedule: str) -> None:
    task, settings, _ = job(optimizer=optimizer, schedule=schedule)
    check_each_step(task, settings)


def test_going_on_with_accumulated_gradients() -> None:
    task, settings, _ = job(accumulate=2, clip=0.05)
    assert loop.Run(task, settings).ours.steps_per_epoch == 2  # of 364 rows in batches of 100
    check_each_step(task, settings)


def test_accumulated_gradients_are_those_of_one_batch() -> None:
    """Also where the last batch is smaller; the order of the rows is the same."""
    task, settings, _ = job(dtype="float64", batch_size=30, accumulate=4)
    many = loop.Run(task, settings)
    one = loop.Run(task, dataclasses.replace(settings, batch_size=120, accumulate=1))
    refnet.manual_seed(0)
    many.ours.begin_epoch()
    a = [many.ours.step() for _ in range(4)]
    refnet.manual_seed(0)
    one.ours.begin_epoch()
    b = [one.ours.step() for _ in range(4)]
    for x, y in zip(a, b, strict=True):
        for p, q in zip(x["gradient"], y["gradient"], strict=True):
            np.testing.assert_allclose(p, q, rtol=1e-12, atol=1e-15)
    assert many.ours.total == pytest.approx(one.ours.total, rel=1e-12)


def check_each_step(task: tasks.Task, settings: loop.Settings) -> None:
    """A run that is saved, deleted and loaded after every step has the same result."""
    whole = loop.Run(task, settings)
    whole.begin()
    expected = [bits(whole.state())]
    while not whole.finished():
        whole.step()
        expected.append(bits(whole.state()))
    run = loop.Run(task, settings)
    run.begin()
    for state in expected[1:]:
        refnet.save(run.state(), "c")
        run = loop.Run(task, settings)
        run.restore(refnet.load("c"))
        run.step()
        assert bits(run.state()) == state
    assert run.finished()


def test_going_on_with_dropout() -> None:
    """A model whose layers draw from the generator that also shuffles."""
    task, settings, _ = job()

    def build(m: Any) -> Any:
        nn = m.nn
        return nn.Sequential(
            nn.Linear(30, 8), nn.BatchNorm1d(8), nn.Dropout(0.4), nn.Linear(8, 1), nn.Sigmoid()
        )

    check_each_step(dataclasses.replace(task, build=build), settings)


@pytest.mark.parametrize(
    ("model", "source", "rows"),
    [
        ("cnn", "digits", 60),
        ("fpn", "digit-scenes", 12),
        ("language-model", "documentation", 12),
    ],
)
def test_going_on_with_every_kind_of_data(model: str, source: str, rows: int) -> None:
    """Models with buffers, several outputs or characters, and the norms of the gradients."""
    whole = data.load(source)
    few = whole._replace(x=whole.x[:rows], y=whole.y[:rows], test=0)
    usual = tasks.MODELS[model]
    settings = loop.Settings(
        2, max(2, rows // 3), usual.lr, 0, optimizer=usual.optimizer, schedule="cosine",
        gradients=True,
    )  # fmt: skip
    check_each_step(tasks.prepare(model, few, 0), settings)


# --- real processes, killed -----------------------------------------------------------------------

COMMAND = ["train", "--data", "digits", "--epochs", "6", "--batch-size", "64", "--val", "0.1"]


def environment() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(refnet.__file__).resolve().parents[1])}


def start(*options: str, program: str = "") -> "subprocess.Popen[str]":
    """Runs the command in a process, after `program`."""
    code = f"import sys\n{program}\nfrom refnet.cli import main\nsys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", code, *COMMAND, *CHECKPOINT, "--checkpoint-every", "1", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip


def finish(process: "subprocess.Popen[str]") -> tuple[int, str]:
    _, error = process.communicate(timeout=300)
    return process.returncode, error


@pytest.fixture(scope="module")
def never_stopped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """The last checkpoint and the metrics of a training that is not stopped."""
    folder = tmp_path_factory.mktemp("never-stopped")
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert commands.run([*COMMAND, *CHECKPOINT]) == 0
    finally:
        os.chdir(before)
    return bits(refnet.load(folder / "c.safetensors")), lines(folder / "runs/cascade.jsonl")


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGKILL to a process")
def test_killed_at_random_moments(elsewhere: Path, never_stopped: Any) -> None:
    rng, kills = np.random.default_rng(), 0
    options: tuple[str, ...] = ()
    while True:
        process, seen = start(*options), stamp()
        while process.poll() is None and stamp() == seen:
            time.sleep(0.005)  # until a checkpoint is written
        time.sleep(float(rng.uniform(0, 0.4)))
        process.send_signal(signal.SIGKILL)
        code, error = finish(process)
        if code == 0:
            break
        assert code == -signal.SIGKILL, error
        kills += 1
        options = ("--resume",)
    assert kills
    assert_same_end(never_stopped)


def stamp() -> int | None:
    path = Path("c.safetensors")
    return path.stat().st_mtime_ns if path.exists() else None


def assert_same_end(never_stopped: Any) -> None:
    assert bits(refnet.load("c.safetensors")) == never_stopped[0]
    assert lines(Path("runs/cascade.jsonl")) == never_stopped[1]
    assert [p.name for p in Path().iterdir() if p.name.endswith(".partial")] == []


# The process kills itself in the n-th write: before the first byte, half way, before fsync,
# before the renaming, or just after it.
KILLERS = {
    "open": "Path.open = fatal(Path.open)",
    "write": """
class Half:
    def __init__(self, file): self.file = file
    def __enter__(self): return self
    def __exit__(self, *e): self.file.close()
    def write(self, data):
        self.file.write(data[: len(data) // 2]); self.file.flush(); die_at_last()
        return self.file.write(data[len(data) // 2 :])
    def __getattr__(self, name): return getattr(self.file, name)
whole = Path.open
def half(self, mode="r", *a, **k):
    file = whole(self, mode, *a, **k)
    return Half(file) if mode == "wb" else file
Path.open = half
""",
    "fsync": "os.fsync = fatal(os.fsync)",
    "rename": "Path.replace = fatal(Path.replace)",
    "renamed": "Path.replace = fatal(Path.replace, after=True)",
}
DEATH = """
import os, signal
from pathlib import Path
count = 0
def die_at_last():
    global count
    count += 1
    if count == {n}: os.kill(os.getpid(), signal.SIGKILL)
def fatal(f, after=False):
    def g(*args, **options):
        if str(args[0]).endswith(".partial") or isinstance(args[0], int):
            if not after: die_at_last()
        result = f(*args, **options)
        if after: die_at_last()
        return result
    return g
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGKILL to a process")
@pytest.mark.parametrize(("moment", "n"), [("rename", 1), *((moment, 30) for moment in KILLERS)])
def test_killed_while_a_checkpoint_is_written(never_stopped: Any, moment: str, n: int) -> None:
    program = DEATH.format(n=n) + KILLERS[moment]
    code, error = finish(start("--resume", program=program))
    assert code == -signal.SIGKILL, error
    assert finish(start("--resume")) == (0, "")
    assert_same_end(never_stopped)


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a process")
def test_ctrl_c_saves_and_says_how_to_go_on(elsewhere: Path, never_stopped: Any) -> None:
    process = start("--out", "my runs")
    while process.poll() is None and stamp() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    code, error = finish(process)
    assert code == 130
    assert error.startswith("refnet: interrupted in epoch ")
    command = error.strip().rpartition("continue with: refnet ")[2]
    assert command == "train --checkpoint c.safetensors --resume --out 'my runs'"
    assert commands.run(shlex.split(command)) == 0
    Path("my runs").rename("runs")
    assert_same_end(never_stopped)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal to a process")
@pytest.mark.parametrize(
    ("number", "said"), [("SIGTERM", "terminated"), ("SIGHUP", "hung up")], ids=["TERM", "HUP"]
)
def test_other_signals_save_as_ctrl_c_does(never_stopped: Any, number: str, said: str) -> None:
    process = start()
    while process.poll() is None and stamp() is None:
        time.sleep(0.005)
    process.send_signal(getattr(signal, number))
    code, error = finish(process)
    assert code == 128 + getattr(signal, number)
    assert error.startswith(f"refnet: {said} in epoch ")
    assert finish(start("--resume")) == (0, "")
    assert_same_end(never_stopped)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no SIGHUP on this system")
def test_nohup_is_respected() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with checkpoint.Checkpoint(Path("c"), job().origin(False), checkpoint.Every()):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_second_training_with_the_same_checkpoint_stops(
    elsewhere: Path, capsys: Captured
) -> None:
    command = ["train", "--data", "diabetes", "--epochs", "1", *CHECKPOINT]
    with checkpoint.claimed(Path("c.safetensors"), False):
        Path("link").symlink_to("c.safetensors")
        for options in (CHECKPOINT, ["--checkpoint", "link"]):
            assert commands.run([*command[:-2], *options]) == 2
            assert "another process is training with the checkpoint" in capsys.readouterr().err
    assert [p.name for p in elsewhere.iterdir()] == ["link"]
    assert commands.run(command) == 0


@pytest.mark.skipif(os.name != "posix", reason="only POSIX tells which processes live")
@pytest.mark.parametrize("resume", [False, True])
def test_only_temporary_files_of_dead_processes_are_deleted(elsewhere: Path, resume: bool) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    names = [f".c.safetensors.{pid}.1.0.partial" for pid in (ended.pid, os.getpid())]
    names += [f".c.safetensors.x.{ended.pid}.1.0.partial", ".c.safetensors.partial"]
    for name in names:
        Path(name).touch()
    with checkpoint.claimed(Path("c.safetensors"), resume):
        pass
    assert sorted(p.name for p in elsewhere.iterdir()) == sorted(names[1:])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
@pytest.mark.parametrize("resume", [[], ["--resume"]], ids=["anew", "resume"])
def test_a_checkpoint_that_is_not_a_plain_file(capsys: Captured, resume: list[str]) -> None:
    os.mkfifo("c.safetensors")
    assert commands.run(["train", "--data", "diabetes", *CHECKPOINT, *resume]) == 2
    assert capsys.readouterr().err == (
        "refnet: cannot write the checkpoint c.safetensors: it is not a plain file\n"
    )


def test_a_dangling_link_is_refused_before_training(elsewhere: Path, capsys: Captured) -> None:
    Path("c.safetensors").symlink_to("nowhere/x")
    assert commands.run(["train", "--data", "diabetes", *CHECKPOINT]) == 2
    assert capsys.readouterr().out == ""
    assert [p.name for p in elsewhere.iterdir()] == ["c.safetensors"]


def test_a_folder_that_is_removed_meanwhile(capsys: Captured) -> None:
    task, settings, _ = training = job(val=0.0, patience=None)
    Path("folder").mkdir()
    kept = checkpoint.Checkpoint(
        Path("folder/c"), training.origin(False), checkpoint.Every(steps=1)
    )
    run = loop.Run(task, settings)
    kept.write(run)
    shutil.rmtree("folder")
    with pytest.raises(TrainingError, match="step 0: cannot write the checkpoint folder/c: "):
        kept.write(run)


def test_another_machine_is_a_warning(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["train", "--data", "diabetes", *CHECKPOINT]
    assert commands.run([*command, "--epochs", "1"]) == 0
    assert commands.run([*command, "--epochs", "2", "--resume"]) == 0
    assert "warning" not in capsys.readouterr().out
    monkeypatch.setattr(refnet, "get_num_threads", lambda: 7)
    assert commands.run([*command, "--epochs", "3", "--resume"]) == 0
    assert "this is 7 threads, " in capsys.readouterr().out


def test_a_second_ctrl_c_does_not_wait() -> None:
    kept = checkpoint.Checkpoint(Path("c"), job().origin(False), checkpoint.Every())
    # Python's own handler: tests that a shell started in the background have none.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with kept:
            signal.raise_signal(signal.SIGINT)
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


# --- what is kept, when, and what it goes on with -------------------------------------------------


def test_when_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    task, settings, _ = training = job(val=0.0, patience=None)
    written: list[int] = []
    monkeypatch.setattr(refnet, "save", lambda obj, path: written.append(obj["steps"]))
    for every, expected in (
        (checkpoint.Every(), [0, 5, 10, 15]),
        (checkpoint.Every(steps=2), [0, 2, 4, 5, 7, 9, 10, 12, 14, 15]),
        (checkpoint.Every(seconds=1e-9), list(range(16))),
    ):
        written.clear()
        kept = checkpoint.Checkpoint(Path("c"), training.origin(False), every)
        loop.finish(loop.Run(task, settings), [kept])
        assert written == expected


def test_more_epochs_and_a_finished_training(capsys: Captured) -> None:
    short = ["train", "--data", "diabetes", *CHECKPOINT]
    assert commands.run([*short, "--epochs", "2"]) == 0
    two = refnet.load("c.safetensors")
    capsys.readouterr()
    assert commands.run([*short, "--resume"]) == 0  # nothing left to do
    shown = capsys.readouterr().out
    assert (
        "\nnothing is left to train: the training ended after epoch 2; to train further, give "
        "--epochs more than 2\n"
    ) in shown
    assert "going on" not in shown
    assert "--twin" not in shown, "a training that was started without it cannot continue with it"
    assert bits(refnet.load("c.safetensors")) == bits(two)
    assert commands.run([*short, "--resume", "--epochs", "4"]) == 0
    four = refnet.load("c.safetensors")
    Path("c.safetensors").unlink()
    assert commands.run([*short, "--resume", "--epochs", "4"]) == 0  # without a checkpoint
    assert bits(refnet.load("c.safetensors")) == bits(four)
    shown = capsys.readouterr().out
    assert "continuing in epoch 3, after step 24" in shown
    assert "c.safetensors does not exist yet: starting from the beginning" in shown


def test_a_schedule_that_is_laid_out_for_the_epochs(capsys: Captured) -> None:
    command = ["train", "--data", "diabetes", "--epochs", "2", "--schedule", "cosine"]
    assert commands.run([*command, *CHECKPOINT]) == 0
    assert lines(Path("runs/linear-regression.jsonl"))[3]["lr"] == pytest.approx(0, abs=1e-12)
    capsys.readouterr()
    assert commands.run(["train", *CHECKPOINT, "--resume"]) == 0
    finished = "nothing is left to train: the training ended after epoch 2\n"
    assert finished in capsys.readouterr().out
    assert commands.run(["train", *CHECKPOINT, "--resume", "--epochs", "3"]) == 2
    assert capsys.readouterr().err == (
        "refnet: the schedule cosine of c.safetensors is made for 2 epochs, and cannot continue "
        "to 3\n"
    )


def test_early_stopping_takes_the_best_weights(capsys: Captured) -> None:
    command = ["train", "--data", "breast-cancer", "--val", "0.2", "--patience", "2", "--lr", "5"]
    assert commands.run([*command, "--epochs", "200", *CHECKPOINT]) == 0
    last = lines(Path("runs/logistic-regression.jsonl"))
    losses, best = [line["val_loss"] for line in last[1:-1]], last[-1]["stopped_early"]
    assert best == int(np.argmin(losses)) == len(losses) - 3
    assert (
        f"lowest after epoch {best}; the model has the weights of that epoch"
        in capsys.readouterr().out
    )
    state = refnet.load("c.safetensors")
    task = tasks.prepare("logistic-regression", data.load("breast-cancer"), 0, val=0.2)
    model = task.build(refnet)
    model.load_state_dict(state["best"])
    outputs = model(refnet.from_numpy(task.parts.x_test)).detach().numpy()
    assert task.score(outputs) == last[-1]["test"]


BAD = [
    ([], "c.safetensors exists: continue from it with --resume, or remove it"),
    (["--resume", "--lr", "3"], "was started with --lr 0.005, and cannot continue with 3.0"),
    (["--resume", "--model", "cascade"], "was started with --model linear-regression, and cannot"),
    (
        ["--resume", "--data", "digits"],
        "was started with --data diabetes, and cannot continue with",
    ),
    (["--resume", "--twin"], "was started without --twin, and cannot continue with it"),
]


@pytest.mark.parametrize(("options", "message"), BAD, ids=[" ".join(o) for o, _ in BAD])
def test_other_options(capsys: Captured, options: list[str], message: str) -> None:
    assert commands.run(["train", "--data", "diabetes", "--epochs", "1", *CHECKPOINT]) == 0
    before = Path("c.safetensors").read_bytes()
    capsys.readouterr()
    assert commands.run(["train", *CHECKPOINT, *options]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("refnet: c.safetensors ")
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert Path("c.safetensors").read_bytes() == before


BAD_FILES = {
    "empty": (b"", "is damaged, or not a safetensors file"),
    "pickle": (b"\x80\x02}q\x00.", "holds pickles"),
    "damaged": (b"", "its checksum is not that of its contents"),
    "other": (b"", "is not a checkpoint of refnet train"),
    "form": (b"", "is of form 99, this refnet reads 1"),
    "misshapen": (b"", "does not fit the training that it was written for"),
    "misnamed": (b"", "does not fit the training that it was written for"),
    "data": (b"", "the data diabetes are not those that c.safetensors was started with"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_files_that_cannot_be_gone_on_from(capsys: Captured, kind: str) -> None:
    assert commands.run(["train", "--data", "diabetes", "--epochs", "1", *CHECKPOINT]) == 0
    path, (content, message) = Path("c.safetensors"), BAD_FILES[kind]
    state = refnet.load(path)
    if kind == "damaged":
        whole = bytearray(path.read_bytes())
        whole[-1] ^= 1
        path.write_bytes(whole)
    elif content or kind == "empty":
        path.write_bytes(content)
    else:
        if kind == "other":
            state = state["model"]
        elif kind == "form":
            state["form"] = 99
        elif kind == "misshapen":
            state["model"]["weight"] = refnet.zeros(2, 10)
        elif kind == "misnamed":
            state["model"]["W"] = state["model"].pop("weight")
        else:
            state["origin"]["fingerprint"] += 1
        refnet.save(state, path)
    before = path.read_bytes()
    capsys.readouterr()
    assert commands.run(["train", *CHECKPOINT, "--resume"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert path.read_bytes() == before


STRANGE: list[Any] = [None, True, -1, 7, 10**19, 0.5, float("nan"), "x", "", [], {}, [[1]]]
STRANGE += [refnet.zeros(0), refnet.full((3,), 2.0), refnet.ones(2, dtype=refnet.int64)]


def places(x: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths (keys and indices) to everything inside x."""
    items = x.items() if isinstance(x, dict) else enumerate(x) if isinstance(x, list) else ()
    for key, value in items:
        yield (*at, key)
        yield from places(value, (*at, key))


def changed(state: Any, at: tuple[Any, ...], value: Any) -> Any:
    """The state with another value in one place."""
    state = copy.deepcopy(state)
    inside = state
    for key in at[:-1]:
        inside = inside[key]
    inside[at[-1]] = value
    return state


def test_any_field_changed_is_one_line_or_another_training(capsys: Captured) -> None:
    """No traceback, though the checksum is right. Each run of the test draws 40 other changes."""
    options = ["--optimizer", "adam", "--schedule", "cosine", "--val", "0.2", "--epochs", "2"]
    assert commands.run(["train", "--data", "diabetes", *options, *CHECKPOINT]) == 0
    path = Path("c.safetensors")
    state = refnet.load(path)
    state["settings"]["epochs"] = 3
    everywhere, rng = list(places(state)), random.Random()
    for _ in range(40):
        at, value = rng.choice(everywhere), rng.choice(STRANGE)
        if at == ("settings", "epochs"):
            continue  # another number of epochs may be valid, and train for long
        refnet.save(changed(state, at, value), path)
        capsys.readouterr()
        code = commands.run(["train", *CHECKPOINT, "--resume"])
        error = capsys.readouterr().err
        assert code in (0, 1, 2), (at, value)
        assert error.count("\n") == (code != 0), (at, value, error)


def test_any_byte_changed_is_one_line(capsys: Captured) -> None:
    assert commands.run(["train", "--data", "diabetes", "--epochs", "1", *CHECKPOINT]) == 0
    path = Path("c.safetensors")
    whole, rng = path.read_bytes(), random.Random()
    for _ in range(100):
        data = bytearray(whole)
        at = rng.randrange(len(data))
        damage = rng.choice(["bit", "byte", "cut", "insert"])
        if damage == "bit":
            data[at] ^= 1 << rng.randrange(8)
        elif damage == "byte":
            data[at] = (data[at] + rng.randrange(1, 256)) % 256
        elif damage == "cut":
            del data[at:]
        else:
            data[at:at] = rng.randbytes(rng.randrange(1, 9))
        with pytest.raises(RuntimeError) as refused:
            refnet.load(io.BytesIO(data))
        assert "\n" not in str(refused.value)
        path.write_bytes(data)
        with pytest.raises(InputError):
            checkpoint.read(path)


def test_own_data_that_changed(elsewhere: Path, capsys: Captured) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 3))
    np.savez("own.npz", x=x, y=x[:, 0])
    command = ["train", "--model", "linear-regression", "--data", "own.npz", "--epochs", "1"]
    assert commands.run([*command, *CHECKPOINT]) == 0
    assert commands.run([*command, *CHECKPOINT, "--resume"]) == 0
    np.savez("own.npz", x=x, y=x[:, 1])
    capsys.readouterr()
    assert commands.run(["train", *CHECKPOINT, "--resume"]) == 2
    assert "own.npz are not those that c.safetensors was started with" in capsys.readouterr().err


def test_every() -> None:
    assert checkpoint.Every.parse("200") == checkpoint.Every(steps=200)
    assert checkpoint.Every.parse("1.5s") == checkpoint.Every(seconds=1.5)
    for text in ("0", "-1", "s", "1m", "0s", "nans", "1.5"):
        with pytest.raises(ValueError, match=rf"{text}|invalid"):
            checkpoint.Every.parse(text)


def test_stopped_error_is_raised_with_the_checkpoint_written() -> None:
    task, settings, _ = training = job()
    run = loop.Run(task, settings)
    kept = checkpoint.Checkpoint(Path("c"), training.origin(False), checkpoint.Every())
    with kept:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(StoppedError, match=r"after step 0; continue with: .* --checkpoint c"):
            loop.finish(run, [kept])
    assert refnet.load("c")["steps"] == 0
    with pytest.raises(InputError, match="does not fit"):
        kept.restore(run, {**refnet.load("c"), "done": 99})
