"""Watching a network learn: norms of gradients and activations by layer, and what they say about its health."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from torch import Tensor, nn

RECORDS = 200  # steps looked at in a run, evenly spread: a look costs about a tenth of a step
VANISHED = 1e-3  # first layer's gradient by the last one's, root mean squares, below which little is learnt in front
EXPLODED = 1e3  # norm of the whole gradient, or that by the median of the looks before, that is too much
EARLIER = 3  # looks before one that its norm is compared with
DEAD = 0.5  # share of a layer's units that were never active in the second half of the looks
_WEIGHTED = (nn.Linear, nn.modules.conv._ConvNd)
_RECTIFIERS = (nn.ReLU, nn.ReLU6)


@dataclass
class _Layer:
    """What was seen of a layer in the present step."""

    squares: float = 0.0
    numbers: int = 0


@dataclass
class Watch:
    """Looks at some steps of a run; the training itself does not change by a bit.

    Hooks take the outputs of linear and convolutional layers (their root mean square) and of ReLUs (which units,
    or channels, were active for any sample). Gradients are those the optimizer gets, before clipping.

    Args:
        module: the network.
        steps: of the whole run.
        write: takes a record a look: ``{"step", "norm", "layers": {name: {"gradient", "weight", "activation"}},
            "active": {name: bits}, "units": {name: count}}``.

    """

    module: nn.Module
    steps: int
    write: Callable[[dict[str, Any]], None]
    looking: bool = False
    _seen: dict[str, _Layer] = field(default_factory=dict)
    _gradients: dict[str, tuple[float, float]] = field(default_factory=dict)
    _active: dict[str, Tensor] = field(default_factory=dict)
    _calls: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.every = max(1, self.steps // RECORDS)
        self._layers = {n: m for n, m in self.module.named_modules() if isinstance(m, _WEIGHTED)}
        self.module.register_forward_pre_hook(self._forget_calls)
        for name, layer in self.module.named_modules():
            if isinstance(layer, _WEIGHTED):
                layer.register_forward_hook(self._weighted(name))
            elif isinstance(layer, _RECTIFIERS):
                layer.register_forward_hook(self._rectified(name))

    def begin(self, step: int) -> None:
        """Say which step is about to be taken."""
        self.looking = step % self.every == 0 or step == self.steps - 1
        self._seen, self._gradients, self._active, self._calls = {}, {}, {}, {}

    def gradients(self, parameters: Iterable[Tensor]) -> None:
        """Take the gradients an optimizer is about to step by: summed and unscaled, before they are clipped."""
        if not self.looking:
            return
        stepped = {id(p) for p in parameters}
        for name, layer in self._layers.items():
            if id(layer.weight) in stepped and layer.weight.grad is not None:
                self._gradients[name] = _root_mean_square(layer.weight.grad), _root_mean_square(layer.weight)

    def end(self, step: int, *, scaled: bool = False) -> None:
        """Write what was seen of the step; call it once every optimizer has stepped.

        Args:
            step: its number, from 0.
            scaled: the loss was scaled for 16 bits; a step whose gradient overflowed is then no step, and no look.

        """
        if not self.looking:
            return
        self.looking = False
        layers = {}
        for name in (n for n in self._layers if n in self._gradients):
            gradient, weight = self._gradients[name]
            seen = self._seen.get(name)
            activation = math.sqrt(seen.squares / seen.numbers) if seen and seen.numbers else None
            layers[name] = {"gradient": gradient, "weight": weight, "activation": activation}
        norm = math.sqrt(sum(v["gradient"] ** 2 * self._layers[n].weight.numel() for n, v in layers.items()))
        if scaled and not math.isfinite(norm):
            return
        active = {n: _bits(a) for n, a in self._active.items()}
        units = {n: len(a) for n, a in self._active.items()}
        self.write({"step": step + 1, "norm": norm, "layers": layers, "active": active, "units": units})

    def _forget_calls(self, *_: Any) -> None:
        self._calls = {}

    def _weighted(self, name: str) -> Callable[..., None]:
        def look(layer: nn.Module, _: Any, output: Any) -> None:
            if self.looking and layer.training and isinstance(output, Tensor):
                seen = self._seen.setdefault(name, _Layer())
                seen.squares += float(output.detach().float().square().sum())
                seen.numbers += output.numel()

        return look

    def _rectified(self, name: str) -> Callable[..., None]:
        def look(layer: nn.Module, _: Any, output: Any) -> None:
            if not (
                self.looking and layer.training and isinstance(output, Tensor) and output.dim() > 1 and len(output)
            ):
                return
            # Many networks use one ReLU in several places: each use is a layer of its own.
            use = self._calls[name] = self._calls.get(name, 0) + 1
            key = name if use == 1 else f"{name} (use {use})"
            # (B, C, H, W) → channels; (B, …, D) of a linear layer → units
            others = [d for d in range(output.dim()) if d != (1 if output.dim() == 4 else output.dim() - 1)]
            active = (output.detach() > 0).amax(dim=others)
            before = self._active.get(key)
            self._active[key] = active if before is None else before | active

        return look


def _bits(active: Tensor) -> str:
    """Return which units were active as a hexadecimal number, unit 0 its lowest bit."""
    return f"{sum(1 << i for i in active.nonzero().flatten().tolist()):x}"


def _root_mean_square(x: Tensor) -> float:
    return float(x.detach().float().square().mean().sqrt())


def verdict(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what the looks say, in words and figures.

    A layer's root mean square does not grow with its size, so layers can be compared; medians over the looks are,
    so that a single odd batch says nothing.

    Args:
        records: what ``Watch.write`` was given, in order.

    Returns:
        ``verdicts``: a list of ``{"name": vanishing|exploding|dead_relu|fine, "text"}``; ``layers``: a row a layer of
        its median figures; ``ratio``: first by last layer's gradient, or None.

    """
    rows = _layers(records)
    found: list[dict[str, str]] = []
    ratio = None
    if len(rows) > 1 and rows[-1]["gradient"] > 0:
        first, last = rows[0], rows[-1]
        ratio = first["gradient"] / last["gradient"]
        if ratio < VANISHED:
            text = (
                f"vanishing gradients: those of the first layer, {first['layer']}, are {ratio:.1e} of those of the "
                f"last, {last['layer']} (below {VANISHED:g}); try ReLU instead of sigmoid or tanh, He's or Xavier's "
                "initialization, batch normalization, or shortcuts"
            )
            found.append({"name": "vanishing", "text": text})
    found += _explosion(records)
    found += _dead(records)
    if not found:
        found = [{"name": "fine", "text": _fine(rows, ratio, records)}]
    return {"verdicts": found, "ratio": ratio, "layers": rows}


def _fine(rows: list[dict[str, Any]], ratio: float | None, records: Sequence[dict[str, Any]]) -> str:
    if not rows:
        return "no layer with a gradient was seen"
    told = "" if ratio is None else f"; the first layer's gradients are {ratio:.2g} times the last one's"
    relus = ", and no layer of ReLUs is dead" if any(r["units"] for r in records) else "; no layer of ReLUs was seen"
    return f"none vanishes or explodes{relus}{told}"


def _layers(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    names = list(dict.fromkeys(n for r in records for n in r["layers"]))
    rows = []
    for name in names:
        looks = [r["layers"][name] for r in records if name in r["layers"]]
        row: dict[str, Any] = {"layer": name}
        for key in ("gradient", "weight", "activation"):
            values = [v[key] for v in looks if v[key] is not None and math.isfinite(v[key])]
            row[key] = median(values) if values else math.nan
        rows.append(row)
    return rows


def _explosion(records: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    if not records:
        return []
    bad = [r["step"] for r in records if not _sound(r)]
    if bad:
        where = f"the gradient is no number at step {bad[0]}"
    else:
        norms = [r["norm"] for r in records]
        usual = [median(norms[:i]) if i >= EARLIER else math.inf for i in range(len(norms))]
        too_large = [i for i, n in enumerate(norms) if n > EXPLODED or n > EXPLODED * usual[i] > 0]
        if not too_large:
            return []
        first = too_large[0]
        before = f" (median before: {usual[first]:.3g})" if math.isfinite(usual[first]) else ""
        where = f"the norm of the whole gradient is {norms[first]:.3g} at step {records[first]['step']}{before}"
    text = f"exploding gradients: {where}; lower --lr, set train.clip_norm=1, or initialize smaller"
    return [{"name": "exploding", "text": text}]


def _sound(record: dict[str, Any]) -> bool:
    """Say whether the gradient was a number; a record that was written to a file has null otherwise."""
    return record["norm"] is not None and math.isfinite(record["norm"])


def _dead(records: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    records = [r for r in records if _sound(r)]  # no unit is active once values are no numbers
    late = records[len(records) // 2 :]
    shares = {}
    for name in dict.fromkeys(n for r in late for n in r["units"]):
        units = max(r["units"].get(name, 0) for r in late)
        alive = 0
        for r in late:
            alive |= int(r["active"].get(name, "0"), 16)
        if units and 1 - alive.bit_count() / units > DEAD:
            shares[name] = 1 - alive.bit_count() / units
    if not shares:
        return []
    worst = max(shares, key=lambda n: shares[n])
    text = (
        f"dead ReLUs: {shares[worst]:.0%} of the units of {worst} were never active in the second half of the looks"
        + (f"; so it is in {len(shares) - 1} more with over {DEAD:.0%}" if len(shares) > 1 else "")
        + "; lower --lr, try leaky_relu, or initialize anew"
    )
    return [{"name": "dead_relu", "text": text}]
