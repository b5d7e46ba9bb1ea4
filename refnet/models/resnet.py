"""Residual networks: each block computes a change of its input.

    y = x + f(x),   ∂C/∂x = ∂C/∂y + f′(x)ᵀ ∂C/∂y

The shortcut passes the cotangent back unchanged for every f, so the first of a hundred layers
learns as easily as the last. If f changes the number of channels or the size, the shortcut is a 1 ×
1 convolution. Four kinds of f:

    basic           3×3, 3×3                               (He et al. 2016a)
    bottleneck      1×1 to a quarter, 3×3, 1×1 back        (He et al. 2016a)
    preactivation   norm and ReLU before each convolution  (He et al. 2016b)
    multi           several f in parallel, y = x + Σᵢ fᵢ(x) (Xie et al. 2017)

With preactivation, the shortcut contains only sums from the first block to the last. multi is the
notes' "multi connections".

Source:
    He et al. 2016a, "Deep residual learning for image recognition"; 2016b, "Identity mappings in
    deep residual networks"; Xie et al. 2017, "Aggregated residual transformations"
"""

from collections.abc import Sequence
from typing import Any

KINDS = ("basic", "bottleneck", "preactivation", "multi")
BRANCHES = 2  # of a multi block


def build(
    m: Any,
    channels: int = 3,
    classes: int = 10,
    blocks: Sequence[int] = (2, 2, 2),
    width: int = 16,
    kind: str = "basic",
    shortcuts: bool = True,
) -> Any:
    """Builds the network with the library m, which is refnet or torch.

    Args:
        m: the library
        channels: the channels of the image
        classes: the number of classes
        blocks: the number of blocks in each stage; each stage after the first halves the size and
            doubles the width
        width: the channels of the first stage
        kind: "basic", "bottleneck", "preactivation" or "multi"
        shortcuts: False gives the plain network y = f(x) of the same layers, for comparison

    Shape:
        x: (N, channels, H, W)
        logits: (N, classes)

    Raises:
        ValueError: for an unknown kind
    """
    if kind not in KINDS:
        raise ValueError(f"resnet.build(): expected kind {' or '.join(KINDS)}, got {kind!r}")
    nn = m.nn
    norm_first = kind == "preactivation"

    def conv(c_in: int, c_out: int, size: int, stride: int = 1) -> list[Any]:
        """Returns a convolution with its norm and ReLU, in the order of the kind."""
        layer = nn.Conv2d(c_in, c_out, size, stride, padding=size // 2, bias=False)
        return (
            [nn.BatchNorm2d(c_in), nn.ReLU(), layer]
            if norm_first
            else [layer, nn.BatchNorm2d(c_out), nn.ReLU()]
        )

    def branch(c_in: int, c_out: int, stride: int) -> Any:
        if kind == "bottleneck":
            inner = c_out // 4
            layers = conv(c_in, inner, 1) + conv(inner, inner, 3, stride) + conv(inner, c_out, 1)
        else:
            layers = conv(c_in, c_out, 3, stride) + conv(c_out, c_out, 3)
        # The last ReLU of a block comes after the sum.
        return nn.Sequential(*(layers if norm_first else layers[:-1]))

    class Block(nn.Module):
        def __init__(self, c_in: int, c_out: int, stride: int) -> None:
            super().__init__()
            count = BRANCHES if kind == "multi" else 1
            self.branches = nn.ModuleList([branch(c_in, c_out, stride) for _ in range(count)])
            self.shortcut = (
                nn.Identity()
                if c_in == c_out and stride == 1
                else nn.Conv2d(c_in, c_out, 1, stride, bias=False)
            )

        def forward(self, x: Any) -> Any:
            y = sum(f(x) for f in self.branches)
            if shortcuts:
                y = y + self.shortcut(x)
            return y if norm_first else m.relu(y)

    layers: list[Any] = [nn.Conv2d(channels, width, 3, padding=1, bias=False)]
    if not norm_first:
        layers += [nn.BatchNorm2d(width), nn.ReLU()]
    c_in = width
    for stage, count in enumerate(blocks):
        c_out = width * 2**stage
        for i in range(count):
            layers.append(Block(c_in, c_out, 2 if stage and not i else 1))
            c_in = c_out
    if norm_first:
        layers += [nn.BatchNorm2d(c_in), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c_in, classes))
