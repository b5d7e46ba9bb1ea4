"""Why deep networks? Because many of them are better than one, and dropout is many in one.

Networks that start from different seeds make different mistakes, and the mean of their
probabilities cancels many of them. Dropout trains 2ⁿ thinned networks that share their weights,
where n is the number of hidden units. In evaluation mode, the whole network gives nearly the mean
over many random masks.
"""

import numpy as np

import refnet
from examples import common
from refnet import nn
from refnet.ops.rule import Array

NETWORKS = 10
HIDDEN = 64


def network(dropout: float = 0.0) -> nn.Sequential:
    """64 → 64 → 64 → 10"""
    return nn.Sequential(
        nn.Linear(64, HIDDEN),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(HIDDEN, HIDDEN),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(HIDDEN, 10),
        nn.Softmax(1),
    )


class LogLoss(nn.Module):
    """−log p of the right class, where p are probabilities and not logits."""

    def forward(self, p: refnet.Tensor, y: refnet.Tensor) -> refnet.Tensor:
        """The mean over the examples."""
        return nn.functional.nll_loss((p + 1e-12).log(), y)


def main(out: common.Path, quick: bool, seed: int = 0) -> dict[str, float]:
    """Trains the networks, print and draw how accurate one, many and the thinned ones are."""
    x, y, x_test, y_test = common.digits(seed)
    x, y = x[:200], y[:200]  # few examples, to make the mistakes more random
    epochs = 3 if quick else 60
    outputs = []
    for i in range(3 if quick else NETWORKS):
        refnet.manual_seed(seed + i)
        model = network()
        common.train(model, LogLoss(), x, y, epochs, what=f"network {i + 1}")
        outputs.append(common.apply(model, x_test))
    alone = [common.accuracy(p, y_test) for p in outputs]
    together = [
        common.accuracy(np.mean(outputs[:n], 0), y_test) for n in range(1, len(outputs) + 1)
    ]

    refnet.manual_seed(seed)
    thinned = network(0.3)
    common.train(thinned, LogLoss(), x, y, 2 * epochs, what="with dropout")
    whole = common.accuracy(common.apply(thinned, x_test), y_test)
    thinned.train()  # the masks stay on: each pass is another thinned network
    draws: list[Array] = [common.apply(thinned, x_test) for _ in range(3 if quick else 50)]
    found = {
        "one network, mean": float(np.mean(alone)),
        f"{len(outputs)} networks averaged": together[-1],
        "one thinned network, mean": float(np.mean([common.accuracy(p, y_test) for p in draws])),
        f"{len(draws)} thinned networks averaged": common.accuracy(np.mean(draws, 0), y_test),
        "the network with dropout off": whole,
    }
    print("accuracy on digits not seen, 200 to train on")
    for name, value in found.items():
        print(f"{name:<32} {value:5.1f} %")

    figure, axes = common.figure(6.5, 4)
    panel = axes[0, 0]
    n = np.arange(1, len(outputs) + 1)
    panel.plot(n, together, "o-", color=common.BLUE, label="the first n averaged")
    panel.plot(n, alone, "x", color=common.ORANGE, label="the n-th alone")
    panel.axhline(whole, color=common.GREEN, ls="--", label="one network trained with dropout")
    panel.set(xlabel="n, networks", ylabel="accuracy on the test part, %")
    panel.xaxis.get_major_locator().set_params(integer=True)
    panel.set_ylim(min(*alone, whole) - 1.5)
    figure.legend(frameon=False, fontsize=9, loc="outside lower center", ncols=3)
    panel.set_title("Networks are better together than each alone", fontsize=11)
    common.save(figure, out, "ensemble")
    return found


if __name__ == "__main__":
    given = common.arguments(__doc__)
    main(given.out, given.quick, given.seed)
