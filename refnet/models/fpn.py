"""A feature pyramid on a residual backbone: the features of all sizes at every size.

    bottom up:  cˡ = stageˡ(cˡ⁻¹)
    top down:   pᴸ = lateralᴸ(cᴸ),  pˡ = lateralˡ(cˡ) + upsample(pˡ⁺¹)
    output:     yˡ = headˡ(pˡ)

c⁰ is the stem's output. Each cˡ from c² on has half the size of the one before. All yˡ have the
same number of channels.

Early stages of the backbone know the positions of things, late stages their classes. The lateral
1 × 1 convolutions give both the same number of channels, and the sums bring the classes down. A
detector then looks for small things in the large maps and for large things in the small ones.

Source:
    Lin et al. 2017, "Feature pyramid networks for object detection"
"""

from collections.abc import Sequence
from typing import Any

from refnet.models import resnet


def build(
    m: Any,
    channels: int = 3,
    classes: int = 2,
    blocks: Sequence[int] = (1, 1, 1),
    width: int = 8,
    pyramid: int = 16,
) -> Any:
    """Builds the network with the library m, which is refnet or torch.

    Args:
        m: the library
        channels: the channels of the image
        classes: the number of classes
        blocks: the number of blocks in each stage of the backbone, refnet.models.resnet
        width: the channels of its first stage
        pyramid: the channels of every pˡ

    Shape:
        x: (N, channels, H, W), H and W multiples of 2ᴸ⁻¹ for L stages
        logits: a tuple of yˡ, (N, classes, H/2ˡ⁻¹, W/2ˡ⁻¹), l = 1 … L
    """
    nn, F = m.nn, m.nn.functional

    class FeaturePyramid(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            layers = list(resnet.build(m, channels, classes, blocks, width))[:-3]  # no classifier
            first = len(layers) - sum(blocks)
            self.stem = nn.Sequential(*layers[:first])
            ends = [first + sum(blocks[: i + 1]) for i in range(len(blocks))]
            starts = [first, *ends[:-1]]
            self.stages = nn.ModuleList(
                [nn.Sequential(*layers[a:b]) for a, b in zip(starts, ends, strict=True)]
            )
            c = [width * 2**i for i in range(len(blocks))]
            self.lateral = nn.ModuleList([nn.Conv2d(k, pyramid, 1) for k in c])
            self.head = nn.ModuleList([nn.Conv2d(pyramid, classes, 3, padding=1) for _ in c])

        def forward(self, x: Any) -> Any:
            x = self.stem(x)
            c = []
            for stage in self.stages:
                x = stage(x)
                c.append(x)
            p = [self.lateral[-1](c[-1])]
            for lateral, cl in zip(reversed(self.lateral[:-1]), reversed(c[:-1]), strict=True):
                p.insert(0, lateral(cl) + F.interpolate(p[0], size=cl.shape[2:], mode="nearest"))
            return tuple(head(pl) for head, pl in zip(self.head, p, strict=True))

    return FeaturePyramid()
