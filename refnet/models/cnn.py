"""A convolutional network: its layers share their weights among all positions of the image.

    y[o, i, j] = b[o] + Σ_{c, k, l} W[o, c, k, l] x[c, i + k, j + l]

Every output pixel is a small linear classifier of its window, and all windows have the same
classifier. Written as a matrix, the layer repeats the few numbers of W and is 0 elsewhere. So the
gradient of a weight is the sum over all its positions, and a shifted image gives a shifted output.
Pooling keeps the largest answer of each neighbourhood, and the last layer is the notes' linear
classifier.

Source:
    LeCun et al. 1998, "Gradient-based learning applied to document recognition"
"""

from typing import Any


def build(m: Any, channels: int = 1, size: int = 8, classes: int = 10, width: int = 16) -> Any:
    """Builds the network with the library m, which is refnet or torch.

    Args:
        m: the library
        channels: the channels of the image
        size: its height and width, a multiple of 4
        classes: the number of classes
        width: the channels of the first layer

    Shape:
        x: (N, channels, size, size)
        logits: (N, classes)
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
