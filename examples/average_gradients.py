"""The gradient of a batch is the mean of the gradients of its examples.

C(θ) = (1/N) Σ_n C_n(θ), so ∇C = (1/N) Σ_n ∇C_n: the notes average the gradients because the cost is
an average. A mini-batch of B examples has the same expectation and a variance of about σ²/B, with
σ² the variance of a single example's gradient. This is the meaning of "stochastic". With batch norm
the statement does not hold, because an example's cost depends on the others in its batch.
"""

import numpy as np

import refnet
from examples import common
from refnet import nn
from refnet.ops.rule import Array


def network(norm: bool) -> nn.Sequential:
    """64 → 32 → 10, with or without batch norm."""
    layers = [
        nn.Linear(64, 32),
        *([nn.BatchNorm1d(32)] if norm else []),
        nn.Tanh(),
        nn.Linear(32, 10),
    ]
    return nn.Sequential(*layers)


def gradient(model: nn.Module, x: Array, y: Array) -> Array:
    """∇C of the mean cross entropy of these examples, all parameters in a row."""
    model.zero_grad()
    nn.functional.cross_entropy(model(refnet.from_numpy(x)), refnet.from_numpy(y)).backward()
    return np.concatenate(
        [p.grad.numpy().ravel() for p in model.parameters() if p.grad is not None]
    )


def main(out: common.Path, quick: bool, seed: int = 0) -> dict[str, float]:
    """Compares batch and mean in float64, and draws the mini-batch gradient's spread against B."""
    x, y, *_ = common.digits(seed)
    n = 64 if quick else 512
    x, y = x[:n].astype(np.float64), y[:n]
    refnet.manual_seed(seed)
    model = network(norm=False).double()
    single = np.array([gradient(model, x[i : i + 1], y[i : i + 1]) for i in range(n)])
    whole = gradient(model, x, y)
    normed = network(norm=True).double()
    pairs = np.array([gradient(normed, x[i : i + 2], y[i : i + 2]) for i in range(0, n, 2)])
    scale = np.abs(whole).max()
    found = {
        "mean of the examples' gradients": float(np.abs(single.mean(0) - whole).max() / scale),
        "with batch norm, mean of pairs'": float(
            np.abs(pairs.mean(0) - gradient(normed, x, y)).max() / scale
        ),
    }
    print(f"difference from the gradient of all {n}, in units of its largest entry")
    for name, value in found.items():
        print(f"{name:<32} {value:.1e}")

    rng = np.random.default_rng(seed)
    sizes = 2 ** np.arange(0, int(np.log2(n)))
    spread = []
    for size in sizes:
        means = [single[rng.choice(n, size, replace=False)].mean(0) for _ in range(200)]
        spread.append(float(np.mean(np.sum((np.array(means) - whole) ** 2, 1))))
    variance = float(np.sum(single.var(0, ddof=1)))
    figure, axes = common.figure(6, 4)
    panel = axes[0, 0]
    panel.loglog(sizes, spread, "o", color=common.BLUE, label="measured, 200 mini-batches each")
    panel.loglog(
        sizes, variance / sizes * (1 - sizes / n), color=common.ORANGE, label="σ²/B (1 − B/N)"
    )
    panel.set(xlabel="B, examples in a mini-batch", ylabel="mean ‖mini-batch gradient − ∇C‖²")
    panel.legend(frameon=False)
    panel.set_title("A mini-batch sees a similar function", fontsize=11)
    common.save(figure, out, "average-gradients")
    return found


if __name__ == "__main__":
    given = common.arguments(__doc__)
    main(given.out, given.quick, given.seed)
