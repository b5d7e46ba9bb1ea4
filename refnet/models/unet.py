"""U-Net: a path down that finds the classes, and a path up that finds their positions.

    down:  d⁰ = f⁰(x),  dˡ = fˡ(pool(dˡ⁻¹))
    up:    uᴸ = dᴸ,     uˡ = gˡ([dˡ, up(uˡ⁺¹)])   (l = L − 1 … 0)
    y = W u⁰

y has a class for each pixel. Each step down halves the size and doubles the channels, so a pixel of
dᴸ sees much of the image but knows little about positions. The connections from dˡ to uˡ, the
arrows across the U in the notes, bring the positions back. `up` is a transposed convolution, or
bilinear interpolation and a 1 × 1 convolution.

Source:
    Ronneberger et al. 2015, "U-Net: convolutional networks for biomedical image segmentation"
"""

from typing import Any

UPWARDS = ("transposed", "bilinear")


def build(
    m: Any,
    channels: int = 3,
    classes: int = 2,
    depth: int = 2,
    width: int = 8,
    upwards: str = "transposed",
) -> Any:
    """Builds the network with the library m, which is refnet or torch.

    Args:
        m: the library
        channels: the channels of the image
        classes: the number of classes
        depth: L, the number of steps down
        width: the channels of d⁰
        upwards: "transposed" or "bilinear"

    Shape:
        x: (N, channels, H, W), H and W multiples of 2ᴸ
        logits: (N, classes, H, W)

    Raises:
        ValueError: for another value of upwards
    """
    if upwards not in UPWARDS:
        raise ValueError(f"unet.build(): expected upwards {' or '.join(UPWARDS)}, got {upwards!r}")
    nn = m.nn

    def twice(c_in: int, c_out: int) -> Any:
        """Returns f or g: two 3 × 3 convolutions."""
        layers: list[Any] = []
        for c in (c_in, c_out):
            layers += [
                nn.Conv2d(c, c_out, 3, padding=1, bias=False),
                nn.BatchNorm2d(c_out),
                nn.ReLU(),
            ]
        return nn.Sequential(*layers)

    def up(c_in: int, c_out: int) -> Any:
        if upwards == "transposed":
            return nn.ConvTranspose2d(c_in, c_out, 2, stride=2)
        return nn.Sequential(
            nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False),
            nn.Conv2d(c_in, c_out, 1),
        )

    class UNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            c = [width * 2**level for level in range(depth + 1)]
            self.down = nn.ModuleList(
                [twice(a, b) for a, b in zip([channels, *c], c, strict=False)]
            )
            self.pool = nn.MaxPool2d(2)
            self.up = nn.ModuleList([up(c[level + 1], c[level]) for level in range(depth)])
            self.join = nn.ModuleList([twice(2 * c[level], c[level]) for level in range(depth)])
            self.head = nn.Conv2d(width, classes, 1)

        def forward(self, x: Any) -> Any:
            d = [self.down[0](x)]
            for f in self.down[1:]:
                d.append(f(self.pool(d[-1])))
            u = d[-1]
            for level in reversed(range(depth)):
                u = self.join[level](m.cat([d[level], self.up[level](u)], 1))
            return self.head(u)

    return UNet()
