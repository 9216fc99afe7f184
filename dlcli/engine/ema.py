"""The exponential moving average of the weights."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn


class Ema:
    """Keeps s ← d·s + (1−d)·w for every floating-point weight and buffer; other buffers are copied.

    Source: Polyak & Juditsky 1992; early steps use min(d, (1+t)/(10+t)), so that the random start is forgotten.

    Args:
        module: the network.
        decay: d in (0, 1).

    """

    def __init__(self, module: nn.Module, decay: float):
        self.decay, self.steps = decay, 0
        self.shadow = {k: v.detach().clone() for k, v in module.state_dict().items()}
        self._floating = [k for k, v in self.shadow.items() if v.is_floating_point()]
        self._other = [k for k, v in self.shadow.items() if not v.is_floating_point()]

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        """Take the weights after an optimizer step in."""
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        self.steps += 1
        now = module.state_dict()
        torch._foreach_lerp_([self.shadow[k] for k in self._floating], [now[k] for k in self._floating], 1 - decay)
        for k in self._other:
            self.shadow[k].copy_(now[k])

    @contextlib.contextmanager
    def applied(self, module: nn.Module) -> Iterator[None]:
        """Put the averaged weights into the network for the length of the block."""
        kept = {k: v.detach().clone() for k, v in module.state_dict().items()}
        module.load_state_dict(self.shadow)
        try:
            yield
        finally:
            module.load_state_dict(kept)

    def state(self) -> dict[str, Tensor | int | dict]:
        """Return what a checkpoint holds."""
        return {"steps": self.steps, "shadow": self.shadow}

    def load(self, state: dict) -> None:
        """Take a checkpoint's state."""
        self.steps = state["steps"]
        for k, v in state["shadow"].items():
            self.shadow[k].copy_(v)
