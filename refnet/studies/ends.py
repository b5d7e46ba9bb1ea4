"""The ends of step and surface optimizers on a network: a part of the study of optimizers.

The network is 64-16-10 with tanh, on the digits, with batches of 32. All optimizers get the same
number of gradients, so entropy-SGD makes fewer steps and SAM half as many. η is the best of RATES
by the loss on a fifth of the training part after one training; then the network is trained on the
whole training part from several seeds. SWA is the average of SGD's points in the second half.

Flatness is measured on the training cost: the largest eigenvalue of its Hessian, by Lanczos, and
its trace, by Hutchinson's estimator. Both fall with the loss if the cross entropy is near 0, and
change with the scale of the weights (Dinh et al. 2017), so they compare ends of about the same
loss.
"""

from typing import Any

import numpy as np

import refnet
from refnet import nn
from refnet.landscape import Surface, spectrum
from refnet.ops.rule import Array
from refnet.optim.surface import SAM, EntropySGD
from refnet.optim.swa_utils import AveragedModel
from refnet.studies import steps
from refnet.studies.data import Examples, accuracy, batches, classes
from refnet.studies.paths import draw_network
from refnet.studies.report import Report

NAMES = ("SGD", "momentum", "RMSprop", "Adam", "Laplacian SGD", "SAM", "entropy-SGD", "SWA")
RATES = (1e-3, 1e-2, 1e-1, 3e-1, 1.0, 3.0, 10.0)
BATCH = 32
MEASURED = 400  # examples on which the flatness is measured


def run(report: Report, *, epochs: int, seeds: int, seed: int) -> dict[str, Any]:
    """Trains the network with each optimizer.

    Returns:
        For each optimizer its "rate" and lists over the seeds of "training loss", "test accuracy"
        (percent), "largest λ" and "trace"; and "noise", the gradients of mini-batches after an
        epoch.
    """
    digits = classes("digits", seed)
    n = len(digits.x) * 4 // 5
    part, held = digits.first(n), (digits.x[n:], digits.y[n:])
    found: dict[str, Any] = {}
    rows = []
    for name in report.track(NAMES, "training a network"):
        losses = {}
        for η in RATES:
            model = train(part, name, η, epochs, seed)
            losses[η] = mean_loss(model, *held)
        rate = min(losses, key=lambda η: losses[η] if np.isfinite(losses[η]) else np.inf)
        ends = [measure(train(digits, name, rate, epochs, seed + i), digits) for i in range(seeds)]
        found[name] = {"rate": rate} | {key: [e[key] for e in ends] for key in ends[0]}
        mean = {key: float(np.mean([e[key] for e in ends])) for key in ends[0]}
        spread = float(np.std([e["test accuracy"] for e in ends]))
        right = f"{mean['test accuracy']:.1f} ± {spread:.1f}"
        rows.append([name, rate, mean["training loss"], right, mean["largest λ"], mean["trace"]])
    report.table(
        f"The network's ends after {epochs} epochs, means over {seeds} seeds",
        ["optimizer", "η", "training loss", "test accuracy, %", "largest λ", "trace"],
        rows,
    )
    report.say(
        "\nThe ends differ in loss, and λ falls with the loss, so this does not compare flatness "
        "alone."
    )
    draw_network(report, found)
    return found | {"noise": gradients(train(part, "SGD", 0.1, 1, seed), digits)}


def build() -> nn.Module:
    """Returns a network with weights from refnet's generator."""
    return nn.Sequential(nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 10))


def train(data: Examples, name: str, η: float, epochs: int, seed: int) -> nn.Module:
    """Returns the trained network, for SWA the average; each gradient counts as a batch."""
    refnet.manual_seed(seed)
    model, cost = build(), nn.CrossEntropyLoss()
    optimizer = steps.ALL["SGD" if name == "SWA" else name](model.parameters(), η)
    mean = AveragedModel(model)
    total = epochs * -(-len(data.x) // BATCH)
    drawn = (rows for _ in range(epochs) for rows in batches(len(data.x), BATCH))
    taken, rows = 0, None

    def closure() -> Any:
        nonlocal taken, rows
        again = isinstance(optimizer, SAM) and taken % 2 == 1  # both gradients of one batch
        if not again:
            rows = next(drawn)
        taken += 1
        optimizer.zero_grad()
        loss = cost(model(data.x[rows]), data.y[rows])
        loss.backward()
        return loss

    a_step = {EntropySGD: steps.INNER, SAM: 2}.get(type(optimizer), 1)  # gradients
    with np.errstate(over="ignore", invalid="ignore"):
        while taken + a_step <= total:
            optimizer.step(closure)
            if name == "SWA" and taken > total // 2:
                mean.update_parameters(model)
    return mean.module if name == "SWA" else model


@refnet.no_grad()
def mean_loss(model: nn.Module, x: refnet.Tensor, y: refnet.Tensor) -> float:
    """Returns the mean cross entropy."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(nn.functional.cross_entropy(model(x), y).item())


def measure(model: nn.Module, data: Examples) -> dict[str, float]:
    """Measures the end of a training."""
    surface = Surface(model, nn.CrossEntropyLoss(), data.x[:MEASURED], data.y[:MEASURED])
    θ = surface.theta

    def product(v: Array) -> Array:
        return surface.hvp(θ, v)

    return {
        "training loss": mean_loss(model, data.x, data.y),
        "test accuracy": accuracy(model, data.x_test, data.y_test),
        "largest λ": float(spectrum.extremes(product, surface.size, steps=20)[0][-1]),
        "trace": spectrum.trace(product, surface.size, draws=20)[0],
    }


def gradients(model: nn.Module, data: Examples) -> Array:
    """Returns the gradients of the first layer's weights, one row for each batch of an epoch."""
    found = []
    (weight, *_) = model.parameters()
    for rows in batches(len(data.x), BATCH):
        loss = nn.functional.cross_entropy(model(data.x[rows]), data.y[rows])
        (g,) = refnet.autograd.grad(loss, [weight])
        assert g is not None
        found.append(g.numpy().ravel().astype(float))
    return np.array(found)
