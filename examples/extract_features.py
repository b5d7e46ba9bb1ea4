"""Why deep networks? Because they find features that serve another task.

Each digit lies somewhere in a frame of 14 × 14 pixels. A convolutional network learns to tell 0 to
4 apart. Its trunk is then frozen, and a linear classifier learns the digits 5 to 9, which the trunk
has never seen, from the trunk's outputs. The same classifier and a kernel machine learn them from
raw pixels. The trunk has learnt that a stroke is the same stroke at each position. (With the digits
in the middle of their frame this is not needed, and the kernel machine on raw pixels is the best.)
"""

import numpy as np

import refnet
from examples import common
from refnet import nn
from refnet.ops.rule import Array

COUNTS = (10, 20, 40, 80, 160, 320)
FRAME = 14


def framed(x: Array, rng: np.random.Generator) -> Array:
    """Each 8 × 8 image at a random place of an empty frame. (N, 64) -> (N, FRAME²)"""
    frames = np.zeros((len(x), FRAME, FRAME), x.dtype)
    for frame, image, (i, j) in zip(
        frames, x.reshape(-1, 8, 8), rng.integers(0, FRAME - 7, (len(x), 2)), strict=True
    ):
        frame[i : i + 8, j : j + 8] = image
    return frames.reshape(len(x), -1)


def trunk_of(classes: int) -> nn.Sequential:
    """Three convolutions, with max pooling, and a linear classifier."""
    return nn.Sequential(
        nn.Unflatten(1, (1, FRAME, FRAME)),
        nn.Conv2d(1, 16, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(64, classes),
    )


def probe(features: Array, y: Array, test: Array, epochs: int) -> Array:
    """The logits of a linear classifier trained on the features."""
    mean, std = features.mean(0), features.std(0) + 1e-6
    refnet.manual_seed(0)
    model = nn.Linear(features.shape[1], 5)
    optimizer = refnet.optim.SGD(model.parameters(), 0.02, momentum=0.9, weight_decay=0.01)
    x, t = refnet.from_numpy((features - mean) / std), refnet.from_numpy(y)
    for _ in range(epochs):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), t).backward()
        optimizer.step()
    return np.asarray(common.apply(model, (test - mean) / std))


def main(out: common.Path, quick: bool, seed: int = 0) -> dict[str, list[float]]:
    """Trains the trunk, then the three classifiers on growing numbers of examples."""
    from sklearn.svm import SVC

    x, y, x_test, y_test = common.digits(seed)
    rng = np.random.default_rng(seed)
    x, x_test = framed(x, rng), framed(x_test, rng)
    first, rest = y < 5, y >= 5
    refnet.manual_seed(seed)
    network = trunk_of(classes=5)
    common.train(
        network, nn.CrossEntropyLoss(), x[first], y[first], 2 if quick else 60, 0.02, "the trunk"
    )
    trunk = network[:-1]
    x, y, x_test, y_test = x[rest], y[rest] - 5, x_test[y_test >= 5], y_test[y_test >= 5] - 5
    features, features_test = common.apply(trunk, x), common.apply(trunk, x_test)

    epochs = 20 if quick else 400
    counts = COUNTS[3::2] if quick else COUNTS
    found: dict[str, list[float]] = {
        "frozen trunk, linear probe": [],
        "raw pixels, linear": [],
        "raw pixels, kernel machine": [],
    }
    for n in counts:
        logits = (
            probe(features[:n], y[:n], features_test, epochs),
            probe(x[:n], y[:n], x_test, epochs),
            np.eye(5)[SVC(C=10).fit(x[:n], y[:n]).predict(x_test)],
        )
        for values, p in zip(found.values(), logits, strict=True):
            values.append(common.accuracy(p, y_test))
    print("accuracy on the digits 5 to 9, which the trunk has not seen, %")
    print(f"{'examples':<28}" + "".join(f"{n:>7}" for n in counts))
    for name, values in found.items():
        print(f"{name:<28}" + "".join(f"{value:>7.1f}" for value in values))

    figure, axes = common.figure(6.5, 4)
    panel = axes[0, 0]
    styles = ((common.BLUE, "o-"), (common.ORANGE, "s--"), (common.GREEN, "^-."))
    for (name, values), (color, style) in zip(found.items(), styles, strict=True):
        panel.plot(counts, values, style, color=color, label=name)
    panel.set(
        xlabel="examples of the new digits", ylabel="accuracy on the test part, %", xscale="log"
    )
    panel.set_xticks(counts, [str(n) for n in counts])
    panel.minorticks_off()
    panel.legend(frameon=False, loc="upper left")
    panel.set_title("Features learnt on 0 to 4, used for 5 to 9", fontsize=11)
    common.save(figure, out, "extract-features")
    return found


if __name__ == "__main__":
    given = common.arguments(__doc__)
    main(given.out, given.quick, given.seed)
