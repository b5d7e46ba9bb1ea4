"""A number that is not finite is found where it arose first."""

import math
from typing import Any

import pytest

import refnet
from refnet import nn
from refnet.training import data, loop, tasks
from refnet.training.errors import TrainingError
from refnet.training.watch import Watch


class Bad(nn.Module):
    """y = x except for the first entry, which is `value` and has the gradient 0."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value

    def forward(self, x: Any) -> Any:
        return refnet.where(refnet.arange(x.shape[-1]) == 0, self.value, x)


class Pair(nn.Module):
    """Several outputs, of which some are not floating-point tensors."""

    def forward(self, x: Any) -> Any:
        return {"y": (x / 0, 3), "n": x.long()}


def looked_at(*layers: nn.Module) -> tuple[nn.Sequential, Watch]:
    model = nn.Sequential(*layers)
    watch = Watch(model)
    watch.start()
    return model, watch


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_the_first_layer_is_named(value: float) -> None:
    model, watch = looked_at(nn.Linear(3, 3), nn.Sequential(nn.Tanh(), Bad(value)), nn.ReLU())
    with pytest.raises(TrainingError, match=r"^the output of layer 1\.1 \(Bad\) is no longer fin"):
        watch.forward(model(refnet.ones(2, 3)).sum() * math.nan)


def test_outputs_of_any_kind() -> None:
    model, watch = looked_at(nn.Linear(3, 3), Pair())
    model(refnet.ones(2, 3))
    with pytest.raises(TrainingError, match=r"^the output of layer 1 \(Pair\)"):
        watch.forward(refnet.tensor(math.nan))


def test_a_model_of_one_layer_and_the_cost() -> None:
    model = nn.Linear(3, 3)
    watch = Watch(model)
    watch.start()
    model(refnet.ones(3) * math.inf)
    with pytest.raises(TrainingError, match=r"^the output of the model \(Linear\)"):
        watch.forward(refnet.tensor(math.nan))
    watch.start()
    model(refnet.ones(3))
    with pytest.raises(TrainingError, match=r"^the loss is no longer finite, though the model's"):
        watch.forward(refnet.tensor(math.inf))


def test_the_last_gradient_arose_first() -> None:
    model, watch = looked_at(nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 1))
    loss = model(refnet.ones(2, 2)).sum()
    watch.forward(loss)
    loss.backward()
    watch.backward()
    model[0].weight.grad[0, 0] = math.nan
    model[1].weight.grad[0, 0] = math.inf
    with pytest.raises(TrainingError, match=r"^the gradient of weight in layer 1 is no longer"):
        watch.backward()


def test_a_parameter_after_the_step() -> None:
    model, watch = looked_at(nn.Linear(2, 2), nn.Linear(2, 2))
    watch.step()
    with refnet.no_grad():
        model[1].bias[0] = math.inf
    with pytest.raises(TrainingError, match=r"^bias in layer 1 is no longer finite after the opt"):
        watch.step()


def test_nothing_is_kept_after_the_forward_pass() -> None:
    model, watch = looked_at(nn.Linear(2, 2), nn.Tanh())
    loss = model(refnet.ones(2, 2)).sum()
    assert len(watch._outputs) == 2
    watch.forward(loss)
    assert watch._outputs == []


def test_the_training_says_when() -> None:
    task = tasks.prepare("cascade", data.load("digits"), seed=0)
    settings = loop.Settings(epochs=2, batch_size=300, lr=0.5, seed=0)
    run = loop.Run(task, settings)
    run.begin()
    for _ in range(5):
        run.step()
    with refnet.no_grad():
        run.ours.model[2].bias[0] = math.nan
    with pytest.raises(TrainingError) as stopped:
        run.step()
    assert str(stopped.value) == (
        "cascade: step 6 (epoch 2): the output of layer 2 (Linear) is no longer finite; try a "
        "smaller learning rate than 0.5"
    )
