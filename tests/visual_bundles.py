"""A small bundle for the tests of `visualize`, written without training."""

import torch

from dlcli.core.bundle import Bundle
from dlcli.data import images
from dlcli.models import catalog
from dlcli.tasks.open import own_defaults, write_bundle


def lenet(folder, change=None):
    """Write a LeNet for the digits with random weights, after ``change(module)``, and return its folder."""
    args = own_defaults("lenet5")
    torch.manual_seed(0)
    module = catalog.build("lenet5", channels=1, size_px=(28, 28), classes=10, args=args)
    if change is not None:
        with torch.no_grad():
            change(module)
    steps = images.steps(channels=1, size_px=(28, 28), fit="crop", mean=[0.3], std=[0.3])
    facts = {
        "classes": [str(k) for k in range(10)], "size_px": [28, 28], "channels": 1, "fit": "crop",
        "filter": "bilinear", "mean": [0.3], "std": [0.3], "answer": "softmax",
    }  # fmt: skip
    write_bundle(folder, module, Bundle("network", "classify", {"name": "lenet5", "args": args}, facts, steps))
    return folder
