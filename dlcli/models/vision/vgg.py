"""VGG A-LRN and C: the two configurations that torchvision does not have."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from dlcli.core.errors import ModelError
from dlcli.models.vision.convolution import begin, convolution, response_norm, scaled

CHANNELS = (64, 128, 256, 512, 512)
A = ((3,), (3,), (3, 3), (3, 3), (3, 3))
C = ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1))
SMALLEST_PX = 32
GRID = 7  # positions along each side that the dense head sees: 224 / 2⁵


class Vgg(nn.Module):
    """Stages of small convolutions with max-pooling after each, then two wide dense layers.

    Source: Simonyan & Zisserman 2015, table 1: 132,863,336 weights for A-LRN and 133,638,952 for C at 1000 classes.
    Differs: pictures of another size than 224 are brought to the head's 7×7 positions by averaging, as in torchvision,
    and the weights begin by He's rule, where the paper began deep networks with the layers of a shallow one.

    Args:
        channels: of the picture.
        size_px: (height, width), each at least 32.
        classes: K.
        stages: kernel sides of the convolutions of each of the five stages.
        lrn: local response normalization after the first convolution.
        width: multiplies the channels of every stage.
        head_width: units of the two dense layers.
        dropout: share of their units dropped in training.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)

    """

    def __init__(
        self,
        channels: int,
        size_px: tuple[int, int],
        classes: int,
        *,
        stages: Sequence[Sequence[int]],
        lrn: bool = False,
        width: float = 1.0,
        head_width: int = 4096,
        dropout: float = 0.5,
    ):
        super().__init__()
        if min(size_px) < SMALLEST_PX:
            raise ModelError(f"VGG needs pictures of at least 32×32 pixels, not {size_px[0]}×{size_px[1]}")
        layers: list[nn.Module] = []
        inputs = channels
        for kernels, full in zip(stages, CHANNELS, strict=True):
            outputs = scaled(full, width)
            for kernel in kernels:
                layers.append(convolution(inputs, outputs, kernel, batch_norm=False))
                if lrn and len(layers) == 1:
                    layers.append(response_norm())
                inputs = outputs
            layers.append(nn.MaxPool2d(2))  # (B, outputs, ⌊H/2⌋, ⌊W/2⌋)
        self.features = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(GRID), nn.Flatten())
        self.classifier = nn.Sequential(
            nn.Linear(inputs * GRID * GRID, head_width),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(head_width, head_width),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
        )
        self.head = nn.Linear(head_width, classes)
        begin(self)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self.head(self.classifier(self.features(pictures)))


def vgg_a_lrn(**arguments) -> Vgg:
    """Return configuration A-LRN: eleven layers, the first one normalized."""
    return Vgg(stages=A, lrn=True, **arguments)


def vgg_c(**arguments) -> Vgg:
    """Return configuration C: sixteen layers, three of them 1×1 convolutions."""
    return Vgg(stages=C, **arguments)
