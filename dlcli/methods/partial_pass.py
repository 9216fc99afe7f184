"""A network run as far as the layers that are looked at, and no further."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor, nn

from dlcli.core.errors import ModelError


class _Reached(Exception):
    """All layers have put out what was asked for."""


class PartialPass:
    """Runs a network until the last of some layers has put something out.

    What lies behind costs nothing and need not fit: of a network with a linear head the convolutions run at any size.
    Where a layer runs several times in a pass, its last output counts, as with ``feature_maps.outputs_of``; how often
    it runs is counted in a first, whole pass. No hook outlives a call.

    Args:
        module: the network.
        names: its layers.
        x: a batch at which the whole network runs.

    Raises:
        ModelError: a layer does not run, or puts out no tensor.

    """

    def __init__(self, module: nn.Module, names: Sequence[str], x: Tensor):
        self.module, self.names = module, list(dict.fromkeys(names))
        self.counts: dict[str, int] = {}
        self._run(x, self._count)
        for name in self.names:
            if name not in self.counts:
                text = f"layer {name} does not run on a picture, or puts out something else than numbers"
                raise ModelError(text, "--list-layers shows those that do")

    def __call__(self, x: Tensor) -> dict[str, Tensor]:
        """Return name → output of the layers."""
        held: dict[str, Tensor] = {}
        left = dict(self.counts)

        def keep(name: str, value: Tensor) -> None:
            left[name] -= 1
            if left[name] == 0:
                held[name] = value.clone()  # an in-place ReLU behind this layer, before the last one, would change it
                if len(held) == len(self.names):
                    raise _Reached

        self._run(x, keep)
        return held

    def _count(self, name: str, _: Tensor) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1

    def _run(self, x: Tensor, seen: Callable[[str, Tensor], None]) -> None:
        layers = dict(self.module.named_modules())

        def hook_of(name: str) -> Any:
            def hook(_: nn.Module, __: Any, output: Any) -> None:
                value = output[0] if isinstance(output, tuple | list) and output else output
                if isinstance(value, Tensor):
                    seen(name, value)

            return hook

        hooks = [layers[name].register_forward_hook(hook_of(name)) for name in self.names]
        try:
            self.module(x)
        except _Reached:
            pass
        finally:
            for hook in hooks:
                hook.remove()
