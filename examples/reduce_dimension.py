"""Why deep networks? Because they reduce dimensions, and not only linearly.

Principal components are the best linear code: of all projections to k dimensions they lose the
least. An autoencoder with the same code size can follow a curved set of images. Both are fitted to
the digits, and compared by the mean squared error on digits that neither has seen.
"""

import numpy as np

import refnet
from examples import common
from refnet import nn
from refnet.ops.rule import Array

SIZES = (1, 2, 4, 8, 16)
"""The numbers in a code."""


def principal_components(x: Array, k: int) -> tuple[Array, Array]:
    """The mean, and the k directions of greatest variance as rows."""
    mean = x.mean(0)
    return mean, np.linalg.svd(x - mean, full_matrices=False)[2][:k]


def autoencoder(features: int, code: int, hidden: int = 128) -> nn.Sequential:
    """features → hidden → code → hidden → features"""
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.ReLU(),
        nn.Linear(hidden, code),
        nn.Linear(code, hidden),
        nn.ReLU(),
        nn.Linear(hidden, features),
    )


def main(out: common.Path, quick: bool, seed: int = 0) -> dict[str, list[float]]:
    """Fits both for several code sizes, print their errors, draw them and some digits."""
    x, _, x_test, _ = common.digits(seed)
    sizes = SIZES[1::2] if quick else SIZES
    errors: dict[str, list[float]] = {"principal components": [], "autoencoder": []}
    rebuilt = {}
    for k in sizes:
        mean, W = principal_components(x, k)
        linear = (x_test - mean) @ W.T @ W + mean
        refnet.manual_seed(seed)
        model = autoencoder(x.shape[1], k)
        common.train(model, nn.MSELoss(), x, x, 3 if quick else 120, lr=0.5, what=f"code of {k}")
        bent = common.apply(model, x_test)
        rebuilt[k] = linear, bent
        for name, y in zip(errors, rebuilt[k], strict=True):
            errors[name].append(float(np.mean((y - x_test) ** 2)))
    print("mean squared error on digits not seen (pixels from 0 to 1)")
    print(f"{'code':>5}  {'components':>10}  {'autoencoder':>11}")
    for k, a, b in zip(sizes, *errors.values(), strict=True):
        print(f"{k:>5}  {a:>10.4f}  {b:>11.4f}")

    figure, axes = common.figure(10, 4, 2)
    curve, images = axes[0]
    styles = ((common.ORANGE, "o-"), (common.BLUE, "s--"))
    for (name, values), (color, style) in zip(errors.items(), styles, strict=True):
        curve.plot(sizes, values, style, color=color, label=name)
    curve.set(xlabel="numbers in the code", ylabel="mean squared error per pixel", xscale="log")
    curve.set_xticks(sizes, [str(k) for k in sizes])
    curve.minorticks_off()
    curve.set_ylim(0)
    curve.legend(frameon=False)
    curve.set_title("A code that may bend loses less", fontsize=11)
    k = 8
    strips = [
        np.hstack([np.pad(image, 1) for image in a[:10].reshape(-1, 8, 8)])
        for a in (x_test, *rebuilt[k])
    ]
    images.imshow(np.vstack(strips), cmap="gray_r", vmin=0, vmax=1)
    images.set_yticks([4.5, 14.5, 24.5], ["digit", "components", "autoencoder"])
    images.set_xticks([])
    images.spines[:].set_visible(False)
    images.set_title(f"Digits not seen, from {k} numbers each", fontsize=11)
    common.save(figure, out, "reduce-dimension")
    return errors


if __name__ == "__main__":
    given = common.arguments(__doc__)
    main(given.out, given.quick, given.seed)
