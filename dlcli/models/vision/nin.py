"""Network in Network."""

from __future__ import annotations

from torch import Tensor, nn

from dlcli.core.errors import ModelError
from dlcli.models.vision.convolution import begin, convolution, scaled

# Each block: outputs of its three convolutions, kernel, stride and padding of the first; None: the number of classes.
CIFAR = (((192, 160, 96), 5, 1, 2), ((192, 192, 192), 5, 1, 2), ((192, 192, None), 3, 1, 1))
IMAGENET = (
    ((96, 96, 96), 11, 4, 0),
    ((256, 256, 256), 5, 1, 2),
    ((384, 384, 384), 3, 1, 1),
    ((1024, 1024, None), 3, 1, 1),
)
BLOCKS = {"cifar": CIFAR, "imagenet": IMAGENET}
SMALLEST_PX = {"cifar": 4, "imagenet": 39}


class Nin(nn.Module):
    """Convolutions with two 1×1 layers after each, and global averages of class maps instead of a dense head.

    Source: Lin, Chen & Yan 2014, section 3; layer sizes of the authors' published configurations for CIFAR-10 (966,986
    weights) and ImageNet (7,595,176). The paper's three-block figure is the CIFAR one, whose second pooling averages.
    Differs: no ReLU on the class maps, so that a score can be negative.

    Args:
        channels: of the picture.
        size_px: (height, width), each at least 4 (``cifar``) or 39 (``imagenet``).
        classes: K.
        variant: ``cifar`` for small pictures or ``imagenet``.
        width: multiplies all channels but the class maps'.
        dropout: share of values dropped after each pooling (``imagenet``: after the last).
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)

    """

    def __init__(
        self,
        channels: int,
        size_px: tuple[int, int],
        classes: int,
        *,
        variant: str = "cifar",
        width: float = 1.0,
        dropout: float = 0.5,
    ):
        super().__init__()
        least = SMALLEST_PX[variant]
        if min(size_px) < least:
            raise ModelError(
                f"nin ({variant}) needs pictures of at least {least}×{least} pixels, not {size_px[0]}×{size_px[1]}"
            )
        blocks = BLOCKS[variant]
        layers: list[nn.Module] = []
        inputs = channels
        for number, (outputs, kernel, stride, padding) in enumerate(blocks):
            sides = (kernel, 1, 1)
            for place, (full, side) in enumerate(zip(outputs, sides, strict=True)):
                if full is None:
                    break
                moves = {"stride": stride, "padding": padding} if place == 0 else {}
                layers.append(convolution(inputs, scaled(full, width), side, batch_norm=False, **moves))
                inputs = scaled(full, width)
            if number == len(blocks) - 1:
                break
            average = variant == "cifar" and number == 1
            pooling = nn.AvgPool2d if average else nn.MaxPool2d
            layers.append(pooling(3, 2, ceil_mode=True))
            if variant == "cifar" or number == len(blocks) - 2:
                layers.append(nn.Dropout(dropout))
        self.features = nn.Sequential(*layers)
        self.head = nn.Conv2d(inputs, classes, 1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        begin(self)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self.pool(self.head(self.features(pictures))).flatten(1)
