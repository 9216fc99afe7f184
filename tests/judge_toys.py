"""A network whose evidence is known, scenes it looks at, and boxes drawn by hand around what photos show."""

import numpy as np
import torch
from torch import nn

# x0, y0, x1, y1 in scikit-image's pictures, and the class of ImageNet: the cat's head, the cup without its saucer.
BY_HAND = {"chelsea": ("tiger cat", (35, 0, 368, 300)), "coffee": ("espresso", (172, 17, 410, 310))}
HUES = ["red", "green", "blue"]


class Hues(nn.Module):
    """Answers which of three hues there is the most of: what speaks for a class is where its hue is."""

    def __init__(self):
        super().__init__()
        self.see = nn.Conv2d(3, 3, 8, stride=8)
        self.fc = nn.Linear(3, 3)
        with torch.no_grad():
            own = torch.eye(3) * 3 - 1
            self.see.weight.copy_(own[:, :, None, None].expand(3, 3, 8, 8) / 64)
            self.see.bias.zero_()
            self.fc.weight.copy_(torch.eye(3) * 30)
            self.fc.bias.zero_()

    def forward(self, x):
        return self.fc(torch.relu(self.see(x)).mean((2, 3)))


def scene(draw, side=96):
    """Return pixels (side, side, 3), a hue, and the box of the thing that has it; a fainter thing distracts."""
    hue, x0, y0, x1, y1 = int(draw.integers(3)), *(int(v) for v in draw.integers(side - 24, size=4))
    pixels = 0.5 + draw.normal(0, 0.02, (side, side, 3))
    pixels[y1 : y1 + 20, x1 : x1 + 20, (hue + 1) % 3] = 0.8
    pixels[y0 : y0 + 24, x0 : x0 + 24] = 0.2
    pixels[y0 : y0 + 24, x0 : x0 + 24, hue] = 1
    return (pixels.clip(0, 1) * 255).round().astype(np.uint8), hue, (x0, y0, x0 + 24, y0 + 24)
