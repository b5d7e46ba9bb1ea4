r"""A convolutional network: layers whose weights are shared among all places of the image.

    y[o, i, j] = b[o] + Σ_{c, k, l} W[o, c, k, l] x[c, i + k, j + l]

Every output pixel is a small linear classifier of the window it sees, and all windows have the same
one. As a matrix, the layer has W's few numbers in many places and 0 elsewhere; so a weight's
gradient is the sum over all its places, and a shifted image gives a shifted output. Pooling then
keeps the strongest answer of each neighbourhood, and the last layer is the notes' linear
classifier.

Source: LeCun et al. 1998, "Gradient-based learning applied to document recognition".
"""

from typing import Any


def build(m: Any, channels: int = 1, size: int = 8, classes: int = 10, width: int = 16) -> Any:
    """The network on the library m, which is refnet or torch.

    Shape:
        x: (N, channels, size, size), size a multiple of 4; the logits: (N, classes)
    """
    nn = m.nn
    return nn.Sequential(
        nn.Conv2d(channels, width, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(width, 2 * width, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(2 * width * (size // 4) ** 2, classes),
    )
