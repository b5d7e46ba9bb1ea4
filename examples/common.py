"""What the examples share: the digits, a training loop, and saving a figure."""

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import refnet
from refnet import nn
from refnet.kernels.threads import one_thread
from refnet.studies import data
from refnet.training import progress
from refnet.training.figures import (  # noqa: F401 - for the examples
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    figure,
)
from refnet.training.plots import Folder


def arguments(doc: str | None) -> argparse.Namespace:
    """--out, --seed and --quick, with the program's docstring as its help."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("runs"), help="where the picture goes")
    parser.add_argument("--seed", type=int, default=0, help="the seed of all random numbers")
    parser.add_argument("--quick", action="store_true", help="train briefly, for a test")
    return parser.parse_args()


def digits(seed: int = 0) -> tuple[Any, Any, Any, Any]:
    """scikit-learn's 1,797 digits of 8 × 8 pixels: x and y to train on, x and y to test on.

    x: (N, 64) in [0, 1], float32; y: (N,) integers
    """
    from sklearn.datasets import load_digits

    found = load_digits()
    order = np.random.default_rng(seed).permutation(len(found.target))
    x, y = (found.data[order] / 16).astype(np.float32), found.target[order]
    return x[:1200], y[:1200], x[1200:], y[1200:]


def train(
    model: Any, cost: Any, x: Any, y: Any, epochs: int, lr: float = 0.1, what: str = "training"
) -> None:
    """Stochastic gradient descent with momentum, in batches of 32; on one thread.

    With several threads sums have another order, and the rounding differences grow in training.
    """
    x, y = refnet.from_numpy(x), refnet.from_numpy(y)
    bar = partial(progress.track, what=what, total=epochs, console=progress.console())
    with one_thread():
        data.train(model, cost, x, y, epochs=epochs, lr=lr, track=bar)


@refnet.no_grad()
def apply(model: nn.Module, x: Any) -> Any:
    """The model's outputs as an array."""
    return model(refnet.from_numpy(x)).numpy()


def accuracy(logits: Any, y: Any) -> float:
    """The share of the examples whose largest logit is the right one's, in percent."""
    return 100 * float(np.mean(logits.argmax(1) == y))


def save(made: Figure, folder: Path, name: str) -> Path:
    """Writes the figure to folder/name.png, and prints the path."""
    path = Folder(folder).save(made, f"{name}.png")
    print(f"plot: {path}")
    return path
