"""Pictures and networks for the tests of `visualize`."""

import numpy as np
import torch
from PIL import Image
from skimage import data
from torch import nn


def photo(name, folder):
    """Write a picture of scikit-image (chelsea, coffee, astronaut, brick, ...) and return its path."""
    path = folder / f"{name}.png"
    Image.fromarray(np.asarray(getattr(data, name)())).save(path)
    return path


class Toy(nn.Module):
    """A small convolutional classifier whose ReLUs are modules in place, one of them used twice, or functions."""

    def __init__(self, functional=False, classes=4):
        super().__init__()
        torch.manual_seed(0)
        self.functional = functional
        self.conv1, self.conv2 = nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.Conv2d(8, 16, 3, padding=1)
        self.conv3 = nn.Conv2d(16, 16, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.fc = nn.Linear(16, classes)

    def forward(self, x):
        relu = torch.nn.functional.relu if self.functional else self.relu
        x = relu(self.conv1(x))
        x = relu(self.conv2(x))
        x = relu(self.conv3(x))
        return self.fc(x.mean((2, 3)))
