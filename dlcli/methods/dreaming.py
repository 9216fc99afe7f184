"""DeepDream: a picture changed towards what a layer sees in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlcli.core.errors import RunFailed, UsageError
from dlcli.methods import feature_maps
from dlcli.methods.partial_pass import PartialPass

LEAST_PX = 32  # no octave is smaller, but the picture itself
GRID_PX = 32  # tiles begin at multiples of it, the stride of most networks, so that a map's cells stay where they are
PLACES = 4096  # of a map that are compared with a guide at a time


@dataclass(frozen=True)
class Wish:
    """What is made greater.

    Args:
        run: puts out the layers.
        mean: by which the network's pictures are normalized.
        std: likewise.
        channel: only this one; None: all.
        guides: layer → what it puts out at each place of another picture, (N, C); empty: there is none.

    """

    run: PartialPass
    mean: Tensor
    std: Tensor
    channel: int | None
    guides: dict[str, Tensor]

    def maps(self, pixels: Tensor) -> list[tuple[str, Tensor]]:
        """Return the maps of the layers, or their outputs where all of them counts and they are none."""
        found = []
        for name, output in self.run((pixels - self.mean) / self.std).items():
            grid = feature_maps.grid_of(output.shape, *pixels.shape[2:])
            if grid is None and (self.channel is not None or self.guides):
                shape = "×".join(map(str, output.shape[1:]))
                text = f"layer {name} puts out {shape}, which is no map of the picture; it has no channels and places"
                raise UsageError(text, "--list-layers shows those that are", key="layers")
            value = output if grid is None else feature_maps.as_map(output, grid)
            if self.channel is not None:
                if self.channel >= value.shape[1]:
                    text = f"layer {name} has no channel {self.channel}; it has {value.shape[1]}, counted from 0"
                    raise UsageError(text, "a smaller --channel", key="channel")
                value = value[:, self.channel : self.channel + 1]
            found.append((name, value))
        return found

    def gain(self, pixels: Tensor) -> Tensor:
        """Return what is made greater, such that layers of any size weigh alike.

        Half the sum of squares; of one channel its sum; with a guide the products with what is likest to each place.
        """
        total = pixels.new_zeros(())
        for name, value in self.maps(pixels):
            weight = pixels.shape[2] * pixels.shape[3] / value.numel()
            if self.guides:
                total = total + weight * _likeness(value, self.guides[name])
            else:
                total = total + weight * (value.sum() if self.channel is not None else value.square().sum() / 2)
        return total


def _likeness(value: Tensor, guide: Tensor) -> Tensor:
    places = value[0].flatten(1).T
    with torch.no_grad():
        likest = torch.cat([(part @ guide.T).argmax(1) for part in places.split(PLACES)])
    return (places * guide[likest]).sum()


@dataclass(frozen=True)
class Dreamt:
    """A picture that was dreamt, and how much more a layer sees in it.

    Args:
        pixels: from 0 to 1.
        norm_before: of what the layers put out for the picture.
        norm_after: the same for the dream.
        octaves: height and width of each size that was worked at.
    Shapes:
        pixels (1, C, H, W)

    """

    pixels: Tensor
    norm_before: float
    norm_after: float
    octaves: list[tuple[int, int]]


def wish(
    module: nn.Module,
    layers: Sequence[str],
    typical: Tensor,
    *,
    mean: Sequence[float],
    std: Sequence[float],
    channel: int | None = None,
    guide: Tensor | None = None,
) -> Wish:
    """Return what is to be made greater.

    Args:
        module: in evaluation mode.
        layers: names.
        typical: a picture at which the whole network runs, normalized.
        mean: by which the network's pictures are normalized.
        std: likewise.
        channel: only this one of each layer.
        guide: another picture, normalized, whose features are sought.

    Raises:
        UsageError: a layer without such a channel, or that puts out no map where one is needed.
        ModelError: a layer does not run.

    """
    with torch.no_grad():
        run = PartialPass(module, layers, typical)
        center, scale = (
            torch.tensor(v, device=typical.device, dtype=typical.dtype).view(1, -1, 1, 1) for v in (mean, std)
        )
        wished = Wish(run, center, scale, channel, {})
        if guide is None:
            wished.maps(typical * scale + center)
            return wished
        # Any name does to say that places are needed.
        pixels = guide * scale + center
        held = Wish(run, center, scale, channel, dict.fromkeys(layers, guide)).maps(pixels)
    return Wish(run, center, scale, channel, {name: value[0].flatten(1).T.clone() for name, value in held})


def dream(
    wished: Wish,
    pixels: Tensor,
    *,
    octaves: int = 4,
    octave_scale: float = 1.4,
    steps: int = 20,
    step_size: float = 0.01,
    smoothing: float = 1.0,
    jitter_px: int = 32,
    tile_px: int | None = None,
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
) -> Dreamt:
    """Return a picture changed, size by size, towards what layers see in it.

    From the smallest size to the picture's own, gradient ascent adds detail; what was added at a size is enlarged and
    carried into the next. Each step is as long, whatever the gradient: ``step_size`` times it over its mean magnitude.

    Source: Mordvintsev, Olah and Tyka 2015, with the guide of their notebook. Differs: the gradient's waves are
    weighted by (wave length)^``smoothing``, which does in one step what a Laplacian pyramid of the gradient does in
    later versions: without it fine noise drowns the shapes. Tiles overlap, and the mean is that of the whole picture,
    so that tiles show no seams and change nothing but the memory needed.

    Args:
        wished: what is made greater.
        pixels: the picture, 0 to 1.
        octaves: sizes worked at; fewer where the smallest would fall below 32 px.
        octave_scale: from one size to the next, above 1.
        steps: at each size.
        step_size: mean change of a pixel in a step, on the scale 0 to 1.
        smoothing: 0: the gradient as it is; 1: waves twice as long count twice as much.
        jitter_px: the picture is rolled by up to so much before each step, so that no grid of the network shows.
        tile_px: sides of the squares that a larger picture is worked on in; None: whole.
        seed: of the jitter.
        on_step: called with the octave and the step, from 0, before each.

    Shapes:
        pixels (1, C, H, W)

    Raises:
        RunFailed: the gradient is no number, or 0 throughout: the layer does not see this picture.

    """
    generator = torch.Generator().manual_seed(seed)
    sizes = _sizes(pixels.shape[2:], octaves, octave_scale)
    moved, added = False, torch.zeros_like(pixels)
    with feature_maps.weights_fixed(wished.run.module):
        before = norm(wished, pixels, tile_px)
        for number, size in enumerate(sizes):
            base = _resized(pixels, size)
            now = (base + _resized(added, size)).clamp(0, 1)
            for step in range(steps):
                if on_step is not None:
                    on_step(number, step)
                by = torch.randint(-jitter_px, jitter_px + 1, (2,), generator=generator).tolist()
                gradient = _gradient(wished, now.roll(by, (2, 3)), tile_px).roll([-n for n in by], (2, 3))
                gradient = _smooth(gradient, smoothing) if smoothing else gradient
                mean = float(gradient.abs().mean())
                if mean != mean or mean == float("inf"):
                    raise RunFailed(f"the gradient is NaN or infinite at size {size[1]}×{size[0]}, step {step + 1}")
                if mean > 0:
                    moved = True
                    now = (now + step_size / mean * gradient).clamp(0, 1)
            added = now - base
        if not moved:
            text = f"nothing to dream: {', '.join(wished.run.names)} does not change with this picture"
            raise RunFailed(text, "another --layer or --channel")
        found = (now * 255).round() / 255  # what is measured is what a file can hold
        return Dreamt(found, before, norm(wished, found, tile_px), sizes)


def norm(wished: Wish, pixels: Tensor, tile_px: int | None = None) -> float:
    """Return the L2 norm of what the layers put out, tile by tile where the picture is larger than one."""
    total = 0.0
    with torch.no_grad():
        for rows, columns in _squares(pixels.shape[2:], tile_px or max(pixels.shape[2:])):
            values = wished.maps(pixels[:, :, rows, columns])
            total += sum(float(value.double().square().sum()) for _, value in values)
    return total**0.5


def _sizes(whole: Sequence[int], octaves: int, scale: float) -> list[tuple[int, int]]:
    sizes = [(whole[0], whole[1])]
    for k in range(1, octaves):
        size = tuple(round(n / scale**k) for n in whole)
        if min(size) < LEAST_PX:
            break
        sizes.insert(0, (size[0], size[1]))
    return sizes


def _resized(x: Tensor, size: Sequence[int]) -> Tensor:
    if tuple(x.shape[2:]) == tuple(size):
        return x
    return F.interpolate(x, size=tuple(size), mode="bicubic", align_corners=False, antialias=True)


def _smooth(gradient: Tensor, power: float) -> Tensor:
    """Return a gradient whose long waves count more, up to a quarter of the longer side."""
    height, width = gradient.shape[2:]
    down, across = torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width)[None]
    far = (down.square() + across.square()).sqrt().clamp(min=4 / max(height, width)) ** -power
    return torch.fft.irfft2(torch.fft.rfft2(gradient) * far.to(gradient.device), s=(height, width))


def _gradient(wished: Wish, pixels: Tensor, tile_px: int | None) -> Tensor:
    """Return the gradient of the gain, from overlapping tiles where the picture is larger than one."""
    found = torch.zeros_like(pixels)
    for outer, inner in _tiles(pixels.shape[2:], tile_px):
        part = pixels[:, :, outer[0], outer[1]].detach().clone().requires_grad_()
        with torch.enable_grad():
            (gradient,) = torch.autograd.grad(wished.gain(part), part)
        rows, columns = (slice(i.start - o.start, i.stop - o.start) for i, o in zip(inner, outer, strict=True))
        found[:, :, inner[0], inner[1]] = gradient[:, :, rows, columns]
    return found


Square = tuple[slice, slice]


def _tiles(size: Sequence[int], tile_px: int | None) -> Iterator[tuple[Square, Square]]:
    """Yield squares to look at, and within each the part whose gradient is taken: each pixel's once."""
    if tile_px is None or max(size) <= tile_px:
        yield (slice(0, size[0]), slice(0, size[1])), (slice(0, size[0]), slice(0, size[1]))
        return
    margin = max(1, round(tile_px / 8 / GRID_PX)) * GRID_PX if tile_px > 3 * GRID_PX else tile_px // 4
    for rows, columns in _squares(size, tile_px - 2 * margin):
        # Moved inwards at the border, so that all are of one size, which some networks ask for.
        starts = (max(0, min(part.start - margin, n - tile_px)) for part, n in zip((rows, columns), size, strict=True))
        top, left = starts
        yield (slice(top, min(top + tile_px, size[0])), slice(left, min(left + tile_px, size[1]))), (rows, columns)


def _squares(size: Sequence[int], side_px: int) -> Iterator[Square]:
    for top in range(0, size[0], side_px):
        for left in range(0, size[1], side_px):
            yield slice(top, min(top + side_px, size[0])), slice(left, min(left + side_px, size[1]))
