"""The same script with the same seed: one function of the library, run on both.

Nothing is copied from one library to the other. The initial weights, the batches of a shuffling
DataLoader, the dropout masks and 200 losses follow from the seed, and are compared. The largest
relative difference of a loss was 5.2e-14 in float64 and 6.4e-6 in float32.
"""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

import refnet

STEPS = 200


def mlp(m: Any) -> Any:
    class Net(m.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc1 = m.nn.Linear(64, 48)
            self.fc2 = m.nn.Linear(48, 32)
            self.out = m.nn.Linear(32, 10)
            self.drop = m.nn.Dropout(0.3)

        def forward(self, x: Any) -> Any:
            x = self.drop(m.nn.functional.relu(self.fc1(x.view(x.size(0), -1))))
            return self.out(self.drop(m.tanh(self.fc2(x))))

    return Net()


def cnn(m: Any) -> Any:
    nn = m.nn
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 8, 3, padding=1, bias=False),
        nn.GELU(),
        nn.Dropout(0.2),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(32, 10),
    )


def script(m: Any, build: Any, dtype: str, seed: int) -> dict[str, Any]:
    """A training as somebody writes it, and everything that the seed decides."""
    m.manual_seed(seed)
    digits = load_digits()
    x = m.from_numpy(digits.images[:, None] / 16).to(getattr(m, dtype))
    y = m.from_numpy(digits.target.astype(np.int64))
    data = m.utils.data.TensorDataset(x, y)
    train, test = m.utils.data.random_split(data, [0.8, 0.2])
    loader = m.utils.data.DataLoader(train, batch_size=32, shuffle=True, num_workers=0)

    model = build(m).to(getattr(m, dtype))
    initial = {name: np.array(p.detach().numpy()) for name, p in model.named_parameters()}
    optimizer = m.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    cost = m.nn.CrossEntropyLoss()

    masks: list[Any] = []

    def look(layer: Any, args: Any, out: Any) -> None:
        if layer.training:
            masks.append(((args[0] != 0).numpy(), (out != 0).numpy()))

    for layer in model.modules():
        if isinstance(layer, m.nn.Dropout):
            layer.register_forward_hook(look)

    batches, losses = [], []
    while len(losses) < STEPS:
        model.train()
        for x, y in loader:
            optimizer.zero_grad()
            loss = cost(model(x), y)
            loss.backward()
            optimizer.step()
            batches.append(y.numpy())
            losses.append(loss.item())
            if len(losses) == STEPS:
                break
    model.eval()
    with m.no_grad():
        right = sum(
            int((model(x).argmax(1) == y).sum())
            for x, y in m.utils.data.DataLoader(test, batch_size=100)
        )
    return {
        "split": train.indices[:5] + test.indices[:5],
        "initial": initial,
        "batches": batches,
        "masks": masks,
        "losses": np.array(losses),
        "accuracy": right / len(test),
        "next number": m.randint(0, 2**60, ()).item(),
    }


@pytest.mark.parametrize("build", [mlp, cnn])
@pytest.mark.parametrize(("dtype", "tol"), [("float64", 1e-12), ("float32", 1e-4)])
def test_the_same_seed_is_the_same_training(build: Any, dtype: str, tol: float) -> None:
    ours, theirs = (script(m, build, dtype, seed=1) for m in (refnet, torch))
    assert ours["split"] == theirs["split"]
    for name, p in theirs["initial"].items():
        np.testing.assert_array_equal(ours["initial"][name], p, strict=True, err_msg=name)
    for a, b in zip(ours["batches"], theirs["batches"], strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(ours["masks"]) == STEPS * (2 if build is mlp else 1)
    for (a, kept), (b, expected) in zip(ours["masks"], theirs["masks"], strict=True):
        np.testing.assert_array_equal(kept[a & b], expected[a & b])  # not where the input is 0
        assert np.mean(a & b) > 0.2
    np.testing.assert_allclose(ours["losses"], theirs["losses"], rtol=tol)
    assert ours["next number"] == theirs["next number"]
    assert abs(ours["accuracy"] - theirs["accuracy"]) <= 0.005
    assert ours["accuracy"] > 0.9
