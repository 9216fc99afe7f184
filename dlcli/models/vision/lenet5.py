"""LeNet-5."""

from __future__ import annotations

from torch import Tensor, nn

from dlcli.core.errors import ModelError
from dlcli.models.layers import activation as make_activation


class LeNet5(nn.Module):
    """Two 5×5 convolutions with subsampling, then 120, 84 and K units.

    Source: LeCun, Bottou, Bengio & Haffner 1998, section II.B. Differs: C3 sees all six maps of S2, subsampling has no
    weights, and the output is a linear layer instead of radial basis functions; 28×28 pictures are padded by 2 to the
    paper's 32×32, which gives 61,706 weights for 10 classes of gray pictures.

    Args:
        channels: of the picture.
        size_px: (height, width), each at least 12.
        classes: K.
        activation: after each layer; the paper's is tanh.
        pool: ``average`` as in the paper, or ``max``.
        dropout: share of units dropped before the last two layers.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)

    """

    def __init__(
        self,
        channels: int,
        size_px: tuple[int, int],
        classes: int,
        *,
        activation: str = "tanh",
        pool: str = "average",
        dropout: float = 0.0,
    ):
        super().__init__()
        if min(size_px) < 12:
            raise ModelError(f"lenet5 needs pictures of at least 12×12 pixels, not {size_px[0]}×{size_px[1]}")
        pooling = nn.AvgPool2d if pool == "average" else nn.MaxPool2d
        self.features = nn.Sequential(
            nn.Conv2d(channels, 6, 5, padding=2),  # (B, 6, H, W)
            make_activation(activation),
            pooling(2),
            nn.Conv2d(6, 16, 5),
            make_activation(activation),
            pooling(2),  # (B, 16, (H/2 − 4)/2, (W/2 − 4)/2)
            nn.Flatten(),
        )
        height, width = ((s // 2 - 4) // 2 for s in size_px)
        self.classifier = nn.Sequential(
            nn.Linear(16 * height * width, 120),
            make_activation(activation),
            *([nn.Dropout(dropout)] if dropout else []),
            nn.Linear(120, 84),
            make_activation(activation),
            *([nn.Dropout(dropout)] if dropout else []),
        )
        self.head = nn.Linear(84, classes)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self.head(self.classifier(self.features(pictures)))
