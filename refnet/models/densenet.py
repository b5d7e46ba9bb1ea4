"""Dense blocks: the input of each layer is the outputs of all layers before it.

    xˡ = fˡ([x⁰, x¹, …, xˡ⁻¹])

[ ] is concatenation along the channels.

A residual block adds, a dense block concatenates. Each fˡ adds only a few new channels (the growth
rate), since later layers still see the old ones. In the reverse pass every xˡ gets a cotangent from
each later layer, so each layer is one step away from the last one. Between two blocks a transition
halves the channels and the size.

Source:
    Huang et al. 2017, "Densely connected convolutional networks"
"""

from collections.abc import Sequence
from typing import Any


def build(
    m: Any,
    channels: int = 3,
    classes: int = 10,
    blocks: Sequence[int] = (3, 3),
    growth: int = 8,
) -> Any:
    """Builds the network with the library m, which is refnet or torch.

    Args:
        m: the library
        channels: the channels of the image
        classes: the number of classes
        blocks: the number of layers in each dense block
        growth: the number of channels that each layer adds

    Shape:
        x: (N, channels, H, W)
        logits: (N, classes)
    """
    nn = m.nn

    class DenseBlock(nn.Module):
        def __init__(self, c_in: int, count: int) -> None:
            super().__init__()
            self.layers = nn.ModuleList(
                [
                    nn.Sequential(
                        nn.BatchNorm2d(c_in + i * growth),
                        nn.ReLU(),
                        nn.Conv2d(c_in + i * growth, growth, 3, padding=1, bias=False),
                    )
                    for i in range(count)
                ]
            )

        def forward(self, x: Any) -> Any:
            for f in self.layers:
                x = m.cat([x, f(x)], 1)
            return x

    c = 2 * growth
    layers: list[Any] = [nn.Conv2d(channels, c, 3, padding=1, bias=False)]
    for i, count in enumerate(blocks):
        if i:
            half = c // 2
            layers += [nn.BatchNorm2d(c), nn.ReLU(), nn.Conv2d(c, half, 1, bias=False)]
            layers.append(nn.AvgPool2d(2))
            c = half
        layers.append(DenseBlock(c, count))
        c += count * growth
    layers += [nn.BatchNorm2d(c), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, classes))
