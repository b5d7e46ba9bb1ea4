"""The inputs and the score of each model, and what the command shows of it."""

import json
import platform
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Captured

import refnet
from refnet.cli import commands
from refnet.training import data, gradient_plot, jobs, loop, plots, tasks
from refnet.training.errors import InputError
from refnet.training.learner import arrays
from refnet.training.tasks.scenes import intersection_over_union
from refnet.training.tasks.text import SAMPLE
from refnet.training.twin import KINDS, Differences

pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.fixture(scope="module")
def loaded() -> dict[str, data.Dataset]:
    """The first rows of each of the data."""
    found = {}
    for name in {tasks.MODELS[model].data for model in tasks.MODELS}:
        whole = data.load(name)
        found[name] = whole._replace(x=whole.x[:80], y=whole.y[:80], test=0)
    return found


@pytest.mark.parametrize("model", tasks.MODELS)
def test_every_model_learns_something(loaded: dict[str, data.Dataset], model: str) -> None:
    usual = tasks.MODELS[model]
    task = tasks.prepare(model, loaded[usual.data], seed=0, val=0.1)
    settings = loop.Settings(2, 8, usual.lr, 0, optimizer=usual.optimizer)
    history = loop.train(task, settings)
    assert history.epochs[-1].loss < history.epochs[0].loss
    assert next(iter(history.score)) in ("accuracy", "R²")
    assert all(np.isfinite(list(history.score.values())))


def saying(task: tasks.Task, y: Any) -> list[Any]:
    """The outputs of a model that predicts y with certainty."""
    if y.dtype != np.int64:
        return [y]
    model = task.build(refnet).double()
    axis = 1 if y.ndim == 3 else -1  # the dimension of the classes
    outputs = []
    for output in arrays(model(refnet.from_numpy(task.parts.x_test[:1]))):
        few = (
            y[:, :: y.shape[1] // output.shape[2], :: y.shape[2] // output.shape[3]]
            if y.ndim == 3
            else y
        )
        outputs.append(50 * np.moveaxis(np.eye(output.shape[axis])[few], -1, axis))
    return outputs


@pytest.mark.parametrize("model", tasks.MODELS)
def test_what_is_right_has_the_full_score(loaded: dict[str, data.Dataset], model: str) -> None:
    """The right outputs of another row have not."""
    task = tasks.prepare(model, loaded[tasks.MODELS[model].data], seed=0, dtype="float64")
    y = task.parts.y_test
    right, wrong = (task.score(*saying(task, truth)) for truth in (y, np.roll(y, 1, 0)))
    for name in right:
        if name in ("RMSE", "bits per character"):
            assert right[name] < 1e-9
            assert wrong[name] > 0.1
        else:
            assert right[name] == pytest.approx(1)
            assert wrong[name] < 0.999


def test_pictures_keep_their_form(loaded: dict[str, data.Dataset]) -> None:
    """cnn gets the picture; lstm gets its rows from top to bottom, each from left to right."""
    digits = loaded["digits"]
    plain = tasks.prepare("cnn", digits, seed=0, dtype="float64").parts
    rows = tasks.prepare("lstm", digits, seed=0, dtype="float64").parts
    assert plain.x_train.shape == (64, 1, 8, 8)
    raw = data.split(digits, 0).x_train
    np.testing.assert_allclose(
        plain.x_train.reshape(64, 64) * raw.std() + raw.mean(), raw, atol=1e-12, rtol=1e-12
    )
    np.testing.assert_array_equal(rows.x_train, plain.x_train[:, 0])


def test_a_reader_reads_all_channels_of_a_row() -> None:
    x = np.arange(20 * 2 * 4 * 4).reshape(20, -1)
    coloured = data.Dataset("d", x, np.arange(20.0) % 2, kind="images", shape=(2, 4, 4))
    plain = tasks.prepare("cnn", coloured, seed=0, dtype="float64").parts
    rows = tasks.prepare("gru", coloured, seed=0, dtype="float64").parts
    assert rows.x_test.shape == (4, 4, 8)
    np.testing.assert_array_equal(rows.x_test[:, 1, :4], plain.x_test[:, 0, 1])
    np.testing.assert_array_equal(rows.x_test[:, 1, 4:], plain.x_test[:, 1, 1])
    assert abs(plain.x_train.mean((0, 2, 3))).max() < 1e-12
    assert abs(plain.x_train.std((0, 2, 3)) - 1).max() < 1e-12


def test_a_pyramid_is_judged_at_every_size(loaded: dict[str, data.Dataset]) -> None:
    task = tasks.prepare("fpn", loaded["digit-scenes"], seed=0, dtype="float64")
    refnet.manual_seed(0)
    outputs = task.build(refnet).double()(refnet.from_numpy(task.parts.x_test))
    y = task.parts.y_test
    expected = []
    for output, step in zip(arrays(outputs), (1, 2, 4), strict=True):
        z = output - output.max(1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(1, keepdims=True))
        few = y[:, ::step, ::step]
        expected.append(-np.take_along_axis(log_p, few[:, None], 1).mean())
    loss = task.cost.make(refnet)(outputs, refnet.from_numpy(y))
    assert loss.item() == pytest.approx(np.mean(expected), rel=1e-12)


def test_intersection_over_union() -> None:
    found, truth = np.array([[0, 0, 1, 1]]), np.array([[0, 1, 1, 1]])
    assert intersection_over_union(found, truth, 3) == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_bits_per_character(loaded: dict[str, data.Dataset]) -> None:
    """Equal probabilities cost log₂ of the number of characters."""
    task = tasks.prepare("language-model", loaded["documentation"], seed=0)
    characters = len(loaded["documentation"].names)
    score = task.score(np.zeros((*task.parts.y_test.shape, characters), np.float32))
    assert score["bits per character"] == pytest.approx(np.log2(characters))


def test_what_a_language_model_writes() -> None:
    """A model that has learnt a sequence of period three continues it."""
    letters = np.tile([0, 1, 2], 2000)
    x, y = letters[:-1][:5120].reshape(-1, 64), letters[1:][:5120].reshape(-1, 64)
    text = data.Dataset("abc", x, y, kind="text", names=("a", "b", "c"))
    task = tasks.prepare("language-model", text, seed=0)
    run = loop.Run(task, loop.Settings(8, 8, 0.02, 0, optimizer="adam"))
    assert loop.finish(run).score["accuracy"] > 0.97
    assert task.sample is not None
    written = task.sample(run.ours.model)
    assert len(written) == SAMPLE
    assert sum(p in written[i : i + 3] for i in range(0, 60, 3) for p in ("abc", "bca", "cab")) > 18
    assert task.sample(run.ours.model) == written


WRONG = [
    ("cnn", "diabetes", "cnn reads images, diabetes holds numbers: take digits, or a folder of MN"),
    ("unet", "digits", "unet reads scenes, digits holds images: take photographs or digit-scenes"),
    ("lstm", "documentation", "lstm reads images, documentation holds text"),
    ("transformer", "digits", "reads text, digits holds images: take documentation, or a .txt"),
    ("cascade", "digit-scenes", "cascade reads numbers, digit-scenes holds scenes: take diabetes"),
]


@pytest.mark.parametrize(("model", "source", "message"), WRONG)
def test_data_of_another_kind(
    loaded: dict[str, data.Dataset], model: str, source: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        tasks.prepare(model, loaded[source], seed=0)


# --- the gradients, layer by layer ---------------------------------------------------------------


def test_the_lengths_of_the_gradients() -> None:
    """They are root mean squares over two steps, by layer, before clipping."""
    task = tasks.prepare("cascade", data.load("digits"), seed=0, dtype="float64")
    settings = loop.Settings(1, 720, 0.5, 0, "float64", gradients=True)
    run = loop.Run(task, settings)
    run.begin()
    squares = np.zeros(3)
    for _ in range(2):
        gradients = run.ours.step()["gradient"]
        squares += [
            (w**2).sum() + (b**2).sum()
            for w, b in zip(gradients[::2], gradients[1::2], strict=True)
        ]
    norms = run.ours.gradient_norms(2)
    assert list(norms) == ["0", "2", "4"]
    np.testing.assert_allclose(list(norms.values()), np.sqrt(squares / 2), rtol=1e-12)
    clipped = loop.Run(task, loop.Settings(1, 720, 0.5, 0, "float64", gradients=True, clip=1e-9))
    clipped.begin()
    clipped.step()
    assert sum(clipped.ours.squares.values()) > 1e-6


def metrics(model: str) -> list[Any]:
    text = Path(f"runs/{model}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_the_command_writes_and_draws_them(elsewhere: Path, capsys: Captured) -> None:
    command = ["train", "--data", "diabetes", "--epochs", "2", "--gradients"]
    assert commands.run([*command, "--checkpoint", "c"]) == 0
    assert "runs/linear-regression-gradients.png" in capsys.readouterr().out
    assert (elsewhere / "runs/linear-regression-gradients.png").read_bytes()[:4] == b"\x89PNG"
    lines = metrics("linear-regression")
    assert "gradients" not in lines[1]
    assert [list(line["gradients"]) for line in lines[2:4]] == [["model"], ["model"]]
    assert commands.run(["train", "--checkpoint", "c", "--resume", "--epochs", "3"]) == 0
    lines = metrics("linear-regression")
    assert "gradients" in lines[4]


@pytest.mark.parametrize(
    ("norms", "finding"),
    [
        (
            {"0": 1.0, "1": 4.0},
            "in epoch 1 the gradient's norm in the first layer, 0, is 0.25 times that in the last, 1",
        ),
        ({"0": 0.0, "1": 4.0}, "in epoch 1 the gradient of 0 is exactly 0"),
        ({"0": 1.0, "1": 0.0}, "in epoch 1 the gradient of 1 is exactly 0"),
        (None, "no steps, no gradients"),
    ],
)
def test_the_title_says_what_was_found(norms: Any, finding: str) -> None:
    task = tasks.prepare("cascade", data.load("digits"), seed=0)
    epochs = [loop.Epoch(0, 1.0), loop.Epoch(1, 1.0, gradients=norms)]
    history = loop.History(epochs)
    assert gradient_plot.finding(history) == finding
    assert finding in gradient_plot.draw(task, history)._suptitle.get_text()


def test_the_layers_have_types_and_norms_a_curve_of_their_own() -> None:
    task = tasks.prepare("resnet", data.load("digits"), seed=0)
    run = loop.Run(task, loop.Settings(epochs=2, batch_size=512, lr=0.01, seed=0, gradients=True))
    figure = gradient_plot.draw(task, loop.finish(run))
    (axes, _) = figure.axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[:2] == ["0 Conv2d", "1 BatchNorm2d"]
    assert names[-1] == "8 Linear"
    curves = [line for line in axes.lines if len(line.get_xdata())]
    assert len(curves) == 2 * 2, "for each epoch one of the weights and one of the norms"
    for line in curves:
        of_norms = ["Norm" in names[int(y)] for y in line.get_ydata()]
        assert len(of_norms) > 1
        assert len(set(of_norms)) == 1
    kinds = [text.get_text() for text in figure.legends[0].get_texts()]
    assert kinds == ["weights and biases", "scale and shift of a norm"]
    finding = gradient_plot.finding(run.history)
    assert "in the first layer, 0 Conv2d, is" in finding
    assert "in the last, 8 Linear" in finding


def differences(number: int, largest: float) -> Differences:
    return Differences({**dict.fromkeys(KINDS, largest), "loss": largest / 2}, steps=number)


def test_the_picture_of_a_training_says_which_part_each_curve_is_of() -> None:
    task = tasks.prepare("cascade", data.load("digits"), seed=0)
    # The losses of the second epoch are closer to each other than those of the first.
    epochs = [
        loop.Epoch(i, 3.0 - i, val_loss=3.5 - i, twin_loss=3.0 - i + 0.5 ** (i + 1),
                   differences=differences(i, 1e-6 * i))
        for i in range(3)
    ]  # fmt: skip
    score = {"accuracy": 0.5, "accuracy at 1/2": 0.5, "IoU": 0.1}
    history = loop.History(epochs, score=score, twin_score=score, stopped_early=1)
    figure = plots.draw(task, history, "float32")
    losses, apart = figure.axes
    legend = losses.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [
        "PyTorch, training part", "refnet, training part", "refnet, validation part",
        "weights taken from here",
    ]  # fmt: skip
    assert not legend.get_title().get_text(), "a training curve is not of the test part"
    title = figure._suptitle.get_text()
    assert "on the test part: accuracy 50.0 %, accuracy at 1/2 50.0 %, IoU 0.100" in title
    assert losses.get_ylabel() == "binary cross entropy\n(mean over an epoch)"
    assert "so far" in apart.get_title()
    curves = [
        line for line in apart.lines if len(line.get_xdata()) == 2 and line.get_marker() != "None"
    ]
    assert len(curves) == 4
    assert len({line.get_marker() for line in curves}) == 4, "not by colour alone"
    for line in curves:
        assert (np.diff(line.get_ydata()) >= 0).all(), "the largest so far never falls"


def test_a_training_without_twin_names_its_parts() -> None:
    task = tasks.prepare("cascade", data.load("digits"), seed=0)
    history = loop.History([loop.Epoch(0, 1.0), loop.Epoch(1, 0.5)], score={"accuracy": 0.25})
    figure = plots.draw(task, history, "float32")
    (label,) = figure.axes[0].get_legend().get_texts()
    assert label.get_text() == "training part"
    assert figure._suptitle.get_text().endswith("on the test part: accuracy 25.0 %")


# --- the command ---------------------------------------------------------------------------------


def cifar(folder: Path) -> None:
    """A folder with files of CIFAR-10 that hold random pictures."""
    rng = np.random.default_rng(0)
    folder.mkdir()
    for name, n in (("data_batch_1.bin", 60), ("test_batch.bin", 20)):
        rows = rng.integers(256, size=(n, 3073))
        rows[:, 0] = np.arange(n) % 10
        (folder / name).write_bytes(rows.astype(np.uint8).tobytes())


def test_a_folder_of_pictures_and_a_text(elsewhere: Path, capsys: Captured) -> None:
    cifar(elsewhere / "own")
    (elsewhere / "own.txt").write_text("to be, or not to be: " * 60, encoding="utf-8")
    assert commands.run(["train", "--model", "cnn", "--data", "own", "--epochs", "1"]) == 0
    assert "3×32×32 → 10 classes" in capsys.readouterr().out
    command = ["train", "--model", "transformer", "--data", "own.txt", "--epochs", "2"]
    assert commands.run([*command, "--checkpoint", "c"]) == 0
    shown = capsys.readouterr().out
    assert "bits per character" in shown
    assert "what it writes:" in shown
    assert commands.run(["train", "--checkpoint", "c", "--resume"]) == 0
    (elsewhere / "own.txt").write_text("to be, or not to be? " * 60, encoding="utf-8")
    assert commands.run(["train", "--checkpoint", "c", "--resume"]) == 2
    assert "are not those that c was started with" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "model"),
    [
        ("digits", "cascade"),
        ("photographs", "unet"),
        ("documentation", "language-model"),
    ],
)
def test_data_name_their_model(source: str, model: str) -> None:
    given = dict.fromkeys(loop.Settings.__dataclass_fields__)
    assert [job.task.model for job in jobs.prepare(None, source, given)] == [model]


def test_all_is_every_model_on_its_own_data() -> None:
    given = dict.fromkeys(loop.Settings.__dataclass_fields__)
    wanted = jobs.prepare(jobs.ALL, None, given)
    assert [job.task.model for job in wanted] == list(tasks.MODELS)
    for job in wanted:
        usual = tasks.MODELS[job.task.model]
        assert (job.source, job.settings.schedule) == (usual.data, usual.schedule)
    with pytest.raises(InputError, match="linear-regression reads numbers, documentation holds"):
        jobs.prepare(jobs.ALL, "documentation", given)


def test_own_pictures_and_text_have_a_model_that_suits_them(elsewhere: Path) -> None:
    cifar(elsewhere / "own")
    (elsewhere / "own.txt").write_text("to be, or not to be: " * 60, encoding="utf-8")
    given = dict.fromkeys(loop.Settings.__dataclass_fields__)
    assert [job.task.model for job in jobs.prepare(None, "own", given)] == ["cnn"]
    assert [job.task.model for job in jobs.prepare(None, "own.txt", given)] == ["language-model"]


def test_the_first_line_of_the_metrics() -> None:
    """It is enough to repeat the training, and a resumed run writes it too."""
    command = ["train", "--data", "diabetes", "--epochs", "2", "--seed", "3", "--checkpoint", "c"]
    assert commands.run(command) == 0
    first, *epochs, last = metrics("linear-regression")
    assert list(first) == ["model", "data", "settings", "versions"]
    assert (first["model"], first["data"]) == ("linear-regression", "diabetes")
    assert first["settings"]["seed"] == 3
    assert first["versions"] == {
        "refnet": refnet.__version__,
        "NumPy": np.__version__,
        "Python": platform.python_version(),
    }
    settings = loop.Settings(**first["settings"])
    history = loop.train(tasks.prepare(first["model"], data.load(first["data"]), 3), settings)
    assert [line["loss"] for line in epochs] == [epoch.loss for epoch in history.epochs]
    assert last == {"test": history.score}
    assert commands.run(["train", "--checkpoint", "c", "--resume", "--epochs", "3"]) == 0
    again, *epochs, _ = metrics("linear-regression")
    assert again == {**first, "settings": {**first["settings"], "epochs": 3}}
    assert [line["number"] for line in epochs] == [0, 1, 2, 3]
