"""Building networks for tests of the zoo."""

import torch

from dlcli.core.schemas.models import ARGS
from dlcli.engine.layers import layers
from dlcli.models import catalog
from dlcli.tasks.open import own_defaults


def build(name, *, channels=3, size_px=224, classes=1000, **args):
    args = {**own_defaults(name), **args} if name in ARGS else args
    return catalog.build(name, channels=channels, size_px=(size_px, size_px), classes=classes, args=args)


def on_meta(name, **args):
    with torch.device("meta"):
        return build(name, **args)


def count(module):
    return sum(p.numel() for p in module.parameters())


def work(module, *shape):
    """Return the multiply-adds for one input, by default a color picture of 224 px."""
    return sum(r["multiply_adds"] for r in layers(module.eval(), shape or (3, 224, 224)).rows)
