"""What the README says is true.

Its commands run as written, except for options that shorten them. The commands, options, sessions,
extras, models, scores and paths that it names exist.

Its blocks of Python run in parity_tests/test_documents.py.
"""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from conftest import Captured

pytest.importorskip("matplotlib", reason="the plots are drawn with matplotlib, refnet[cli]")
pytest.importorskip("plotly", reason="the pages are made with plotly, refnet[landscape]")
pytest.importorskip("sklearn", reason="the digits come with scikit-learn, refnet[cli]")

from refnet.cli import commands
from refnet.studies import saddles
from refnet.training import data, jobs, load_model, tasks

pytestmark = pytest.mark.usefixtures("elsewhere")
ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ACCURACY = 0.97
"""Of the cascade on digits, by the README's table 97.5 %."""

SHORT = {
    "refnet landscape surface": "--network tanh --depths 2 --size 5 --epochs 2 --examples 16 --processes 1",
    "refnet landscape optimizers": "--most 5 --frames 2 --epochs 1 --seeds 1",
    "refnet landscape plateaus": "--starts 1 --examples 64 --large 64 --target 1.5 --width 4 --curves 2",
    "refnet landscape approximation": "--units 16 --trainings 1 --steps 5 --eps 0.25",
    "refnet landscape reverse": "--largest 16 --depth 3",
}
"""Options that shorten the studies, which take a minute or two."""
TRAIN = "refnet train"
CHECKPOINT = (
    f"{TRAIN} --data digits --optimizer adam --lr 0.01 --schedule cosine --val 0.1 "
    "--checkpoint run.safetensors"
)
RESUME = f"{TRAIN} --checkpoint run.safetensors --resume"
EVERY = f"{TRAIN} --model all --twin"
OWN = (
    f"{TRAIN} --data own.csv",
    f"{TRAIN} --model cnn --data FOLDER",
    f"{TRAIN} --model transformer --data FILE.txt",
)
SADDLES = "refnet landscape saddles"
VERIFY = "refnet verify softmax"
ELSEWHERE = {
    SADDLES: "takes a minute whatever the options; test_study_saddles.py is short",
    VERIFY: "needs PyTorch; tests/test_cli.py has what the command adds to pytest",
}
"""Commands of which only the arguments are tested here, and why."""
TOOLS = {"pip": "installs", "nox": "makes environments, and runs these tests"}
"""Programs that these tests do not run, and what they do."""
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
TEXT = re.sub(r"^```.*?^```$", "", README, flags=re.DOTALL | re.MULTILINE)
INLINE = re.findall(r"`([^`]+)`", TEXT)


def written() -> list[str]:
    """The commands in the README's blocks of shell, without comments; of a && b, both."""
    lines = [
        line.split(" #")[0] for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()
    ]
    return [part.strip() for line in lines for part in line.split("&&") if part.strip()]


def options(command: Any) -> Iterator[str]:
    """The options of a command and of all below it: --data, ..."""
    for parameter in command.params:
        yield from parameter.opts
    for below in getattr(command, "commands", {}).values():
        yield from options(below)


def run(command: str, more: str = "") -> int:
    return commands.run([*shlex.split(command)[1:], *shlex.split(more)])


def test_every_command_is_run_here_or_has_a_reason() -> None:
    run_here = {TRAIN, CHECKPOINT, RESUME, EVERY, *OWN, *SHORT}
    found = {c for c in written() if c.split(" ")[0] not in TOOLS}
    assert found == run_here | ELSEWHERE.keys()


def test_blocks_are_of_known_kinds() -> None:
    assert README.count("\n```") == 2 * len(BLOCKS)
    for kind, block in BLOCKS:
        assert kind in {"sh", "python", ""}
        words = {line.partition(" ")[0] for line in block.splitlines()}
        assert kind == "sh" or not words & {"refnet", "python", "pytest", *TOOLS}, block


def test_commands_that_take_long_take_these_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    monkeypatch.setattr(saddles, "run", lambda report, **given: called.append("saddles"))
    monkeypatch.setattr(commands, "run_suite", lambda pattern, report: called.append(pattern) or 0)
    assert run(SADDLES) == run(VERIFY) == 0
    assert called == ["saddles", "softmax"]


def test_sessions_and_extras_are_there() -> None:
    nox = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    sessions = re.findall(
        r"^@nox\.session\((?:name=\"([^\"]+)\")?.*\)\ndef (\w+)", nox, re.MULTILINE
    )
    known = {name or function for name, function in sessions}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {"nox": 0, "pip": 0}
    for command in [*written(), *INLINE]:
        words = shlex.split(command) if command.startswith(("nox ", "pip ")) else [""]
        if words[0] == "nox":
            asked = [w for w in command.partition(" -- ")[0].split()[1:] if w != "-s"]
            assert set(asked) <= known, command
            named["nox"] += len(asked)
        elif words[0] == "pip":
            wanted = words[-1]
            assert wanted == "nox" or re.fullmatch(r"(\.|refnet)\[[\w,]+\]", wanted), command
            extras = re.findall(r"\w+", wanted.partition("[")[2])
            assert set(extras) <= project["optional-dependencies"].keys(), command
            named["pip"] += len(extras)
    assert named["nox"] >= 5
    assert named["pip"] >= 3


def test_commands_and_options_in_the_text_are_there() -> None:
    root: Any = typer.main.get_command(commands.app)
    known = {*options(root), "--help"}
    found = [code for code in INLINE if code.startswith(("refnet ", "--"))]
    assert len(found) > 5
    for code in found:
        assert set(re.findall(r"--[\w-]+", code)) <= known, code
        if code.startswith("refnet "):
            assert code.split(" ")[1] in root.commands, code
    for name in re.findall(r"`refnet explain ([\w.]+)`", TEXT):
        assert run(f"refnet explain {name}") == 0, name


def test_paths_are_there() -> None:
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    linked = [path for path in links if not path.startswith("https://refnet.github.io/refnet/")]
    places = "docs|refnet|parity_tests|tests|examples|benchmarks"
    named = [code for code in INLINE if re.fullmatch(rf"({places})/[\w./]*|\w+\.(md|cff)", code)]
    assert len(linked) > 2
    assert len(named) > 15
    for path in [*linked, *named]:
        assert (ROOT / path).exists(), path


def scores() -> dict[str, tuple[str, str]]:
    """refnet's measure and score of each model, by the README's table."""
    lines = re.findall(
        r"^\| ([\w-]+)(?:, \w+)? \|[^|]*\| ([^|]*) \| ([\d.]+)(?: %)? \|", README, re.MULTILINE
    )
    return {model: (measure, score) for model, measure, score in lines}


def test_the_table_has_every_model() -> None:
    assert list(scores()) == list(tasks.MODELS)


def test_the_first_success(capsys: Captured) -> None:
    """The command without options: three networks, their scores, a plot and metrics of each."""
    assert run(TRAIN) == 0
    shown = capsys.readouterr().out
    for model in tasks.DEMO:
        assert f"plot: runs/{model}.png" in shown
        assert Path(f"runs/{model}.png").read_bytes().startswith(b"\x89PNG")
        assert Path(f"runs/{model}.jsonl").read_text(encoding="utf-8").startswith('{"model": ')
        measure, score = scores()[model]
        found = re.search(
            rf"^{model} +{tasks.MODELS[model].data} +{measure} ([\d.]+)", shown, re.MULTILINE
        )
        assert found is not None
        # On another processor a row or two may fall on the other side.
        assert float(found[1]) == pytest.approx(float(score), abs=0.02 if measure == "R²" else 1.8)


def test_the_checkpoint_learns_as_much_as_the_defaults_and_is_used(capsys: Captured) -> None:
    assert run(CHECKPOINT) == 0
    shown = capsys.readouterr().out
    found = re.search(r"accuracy (\d\d\.\d) %", shown)
    assert found is not None
    assert float(found[1]) > 100 * ACCURACY
    assert Path("runs/cascade.png").exists()
    assert run(RESUME) == 0
    assert "nothing is left to train" in capsys.readouterr().out
    model = load_model("run.safetensors")
    digits = data.load("digits")
    assert not model.training
    assert np.mean(model(digits.x).argmax(1).numpy() == digits.y) > ACCURACY


@pytest.mark.parametrize("model", tasks.MODELS)
def test_every_model_makes_a_step(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    """Also its plot, and it is loaded from its checkpoint. Without PyTorch --twin trains alone."""
    whole = data.load(tasks.MODELS[model].data)
    few = whole._replace(x=whole.x[-60:], y=whole.y[-60:], test=0)
    monkeypatch.setattr(jobs, "load", lambda source: few)
    short = "--epochs 1 --batch-size 60 --gradients --checkpoint c"
    assert run(EVERY.replace("--model all", f"--model {model}").replace(" --twin", ""), short) == 0
    assert "On the test part" in capsys.readouterr().out
    for file in (f"{model}.png", f"{model}-gradients.png", f"{model}.jsonl"):
        assert Path("runs", file).stat().st_size > 0
    trained = load_model("c")
    rows, task = trained.task.parts.x_train, trained.task
    kept = {rows[i].tobytes() for i in range(len(rows))}
    assert {x.tobytes() for x in task.inputs(few.x)} >= kept, "the rows that it was trained on"
    outputs = trained(few.x)
    assert len(outputs[0] if isinstance(outputs, tuple) else outputs) == 60


def test_data_of_your_own(capsys: Captured) -> None:
    rng = np.random.default_rng(0)
    rows = [f"{a:.3f},{b:.3f},{int(a > b)}" for a, b in rng.normal(size=(60, 2))]
    Path("own.csv").write_text("\n".join(["a,b,class", *rows]), encoding="utf-8")
    Path("FILE.txt").write_text("to be, or not to be: " * 60, encoding="utf-8")
    Path("FOLDER").mkdir()
    for part, n in (("train", 60), ("t10k", 20)):
        for kind, shape in (("images-idx3", (n, 12, 12)), ("labels-idx1", (n,))):
            header = bytes([0, 0, 8, len(shape)]) + b"".join(k.to_bytes(4, "big") for k in shape)
            values = rng.integers(256, size=shape) if len(shape) > 1 else np.arange(n) % 10
            Path(f"FOLDER/{part}-{kind}-ubyte").write_bytes(
                header + values.astype(np.uint8).tobytes()
            )
    for command, model in zip(OWN, ("logistic-regression", "cnn", "transformer"), strict=True):
        assert run(command, "--epochs 1") == 0
        shown = capsys.readouterr().out
        assert f"\n{model} on " in shown
        assert f"plot: runs/{model}.png" in shown


@pytest.mark.parametrize("command", SHORT, ids=lambda command: command.split(" ")[-1])
@pytest.mark.filterwarnings("ignore:.*:RuntimeWarning")  # a network this small may be degenerate
def test_a_study_prints_the_path_of_each_file(command: str, capsys: Captured) -> None:
    assert run(command, SHORT[command]) == 0
    shown = re.findall(r"^wrote (.*)$", capsys.readouterr().out, re.MULTILINE)
    files = [str(path) for path in Path("runs/landscape").rglob("*") if path.is_file()]
    assert sorted(set(shown)) == sorted(files)
    assert len(shown) == len(set(shown)) > 1
