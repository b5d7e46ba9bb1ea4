"""What the examples share: the digits, a plain training loop, a figure that is written."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from rich.progress import track

import refnet
from refnet import nn

BLUE, ORANGE, GREEN, GREY = "#1f6f8b", "#d97b29", "#2f7d4f", "#6b7280"


def arguments(doc: str | None) -> argparse.Namespace:
    """--out and --quick, with the program's docstring as its help."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("runs"), help="where the picture goes")
    parser.add_argument("--quick", action="store_true", help="train briefly, for a test")
    return parser.parse_args()


def digits(seed: int = 0) -> tuple[Any, Any, Any, Any]:
    """scikit-learn's 1,797 digits of 8 × 8 pixels: x and y to train on, x and y to test on.

    x: (N, 64) in [0, 1], float32; y: (N,) integers
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    order = np.random.default_rng(seed).permutation(len(data.target))
    x, y = (data.data[order] / 16).astype(np.float32), data.target[order]
    return x[:1200], y[:1200], x[1200:], y[1200:]


def batches(n: int, size: int) -> Iterator[Any]:
    """The numbers below n in random order, in portions; drawn from refnet's generator."""
    yield from refnet.randperm(n).split(size)


def train(
    model: Any, cost: Any, x: Any, y: Any, epochs: int, lr: float = 0.1, what: str = "training"
) -> None:
    """Stochastic gradient descent with momentum, in batches of 32."""
    optimizer = refnet.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    x, y = refnet.from_numpy(x), refnet.from_numpy(y)
    model.train()
    for _ in track(range(epochs), description=what, transient=True):
        for rows in batches(len(x), 32):
            optimizer.zero_grad()
            cost(model(x[rows]), y[rows]).backward()
            optimizer.step()
    model.eval()


@refnet.no_grad()
def apply(model: nn.Module, x: Any) -> Any:
    """The model's outputs as an array."""
    return model(refnet.from_numpy(x)).numpy()


def accuracy(logits: Any, y: Any) -> float:
    """The share of the examples whose largest logit is the right one's, in percent."""
    return 100 * float(np.mean(logits.argmax(1) == y))


def figure(width: float, height: float, columns: int = 1, rows: int = 1) -> tuple[Figure, Any]:
    """A figure with its axes in an array (rows, columns)."""
    made = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(made)
    axes = made.subplots(rows, columns, squeeze=False)
    for panel in axes.flat:
        panel.spines[["top", "right"]].set_visible(False)
    return made, axes


def save(made: Figure, folder: Path, name: str) -> Path:
    """Write the figure as folder/name.png, and say so."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    made.savefig(path, dpi=120)
    print(f"plot: {path}")
    return path
