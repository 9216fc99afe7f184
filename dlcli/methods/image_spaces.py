"""The numbers behind a picture that is made by climbing: its pixels, or its spectrum with the colors taken apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

# Axes of natural colors: light, yellow–blue, red–green (Ruderman et al. 1998, section 3, found these for the logarithm
# of cone responses), and the spread along each relative to the first, measured on photographs brought to logits.
_COLOR_AXES = ((1.0, 1.0, 1.0), (1.0, 1.0, -2.0), (1.0, -1.0, 0.0))
_COLOR_SPREADS = (1.0, 0.31, 0.31)


class Pixels:
    """A picture as it is: one number a pixel and channel, 0 where it is as gray as the network's mean.

    Args:
        gray: the network's mean, one number a channel, on the scale 0–1.
        size_px: (height, width).

    """

    def __init__(self, gray: Sequence[float], size_px: tuple[int, int], device: torch.device | None = None):
        self.gray = torch.tensor(gray, device=device).view(1, -1, 1, 1)
        self.size_px = size_px

    def start(self, spread: float, generator: torch.Generator) -> Tensor:
        """Return noise of a spread on the scale 0–1.

        Shapes:
            -> (1, C, H, W)
        """
        return spread * _noise((1, self.gray.shape[1], *self.size_px), generator).to(self.gray.device)

    def canvas(self, numbers: Tensor) -> Tensor:
        """Return the numbers laid out as a picture, without bounds; priors act here."""
        return numbers

    def numbers(self, canvas: Tensor) -> Tensor:
        """Return ``canvas`` backwards."""
        return canvas

    def picture(self, canvas: Tensor) -> Tensor:
        """Return the picture, on the scale 0–1.

        Shapes:
            (1, C, H, W) -> (1, C, H, W)
        """
        return canvas + self.gray

    def undo(self, picture: Tensor) -> Tensor:
        """Return ``picture`` backwards."""
        return picture - self.gray

    def bounded(self, canvas: Tensor) -> Tensor:
        """Return a canvas brought back to where its picture is one: 0 to 1."""
        return torch.minimum(torch.maximum(canvas, -self.gray), 1 - self.gray)


class Fourier(Pixels):
    """A picture by its spectrum: waves of equal spread after division by their frequency, colors along natural axes.

    A step of equal length in these numbers makes a natural amount of each wave and hue, where a step in pixels makes
    the most of the finest waves.

    Source: Olah, Mordvintsev & Schubert 2017, "Preconditioning and parameterization". Differs: the color axes are those
    of Ruderman et al. 1998; a canvas of standard normal numbers has spread 1, whatever its size.

    Args:
        gray: the network's mean, one number a channel, on the scale 0–1; 0 on the canvas is this color.
        size_px: (height, width).

    """

    def __init__(self, gray: Sequence[float], size_px: tuple[int, int], device: torch.device | None = None):
        super().__init__(gray, size_px, device)
        height, width = size_px
        f = torch.hypot(torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width)[None])
        scale = 1 / f.clamp(min=1 / max(height, width))
        # Columns of a half spectrum stand for two waves each, but the first and, where the width is even, the last.
        twice = torch.full((width // 2 + 1,), 2.0)
        twice[0] = 1
        if width % 2 == 0:
            twice[-1] = 1
        scale = scale * (height * width / (scale.square() * twice).sum()).sqrt()
        self.scale = scale.to(self.gray.device)
        axes = torch.eye(len(gray))
        if len(gray) == 3:
            unit = torch.tensor(_COLOR_AXES) / torch.tensor(_COLOR_AXES).norm(dim=1, keepdim=True)
            spreads = torch.tensor(_COLOR_SPREADS)
            axes = unit.T * spreads * math.sqrt(3) / spreads.norm()
        self.axes = axes.to(self.gray.device)
        self.middle = torch.logit(self.gray.clamp(0.02, 0.98))

    def start(self, spread: float, generator: torch.Generator) -> Tensor:
        """Return noise of a spread in logits.

        Shapes:
            -> (1, C, H, W/2 + 1, 2): real and imaginary parts
        """
        return self.numbers(spread * super().start(1.0, generator))

    def canvas(self, numbers: Tensor) -> Tensor:
        """Return the numbers laid out as a picture, without bounds; priors act here.

        Shapes:
            (1, C, H, W/2 + 1, 2) -> (1, C, H, W)
        """
        waves = torch.view_as_complex(numbers) * self.scale
        plain = torch.fft.irfft2(waves, s=self.size_px, norm="ortho")
        return torch.einsum("dc,bchw->bdhw", self.axes, plain)

    def numbers(self, canvas: Tensor) -> Tensor:
        """Return ``canvas`` backwards."""
        plain = torch.einsum("cd,bdhw->bchw", torch.linalg.inv(self.axes), canvas)
        return torch.view_as_real(torch.fft.rfft2(plain, norm="ortho") / self.scale).contiguous()

    def picture(self, canvas: Tensor) -> Tensor:
        """Return the picture, on the scale 0–1."""
        return torch.sigmoid(canvas + self.middle)

    def undo(self, picture: Tensor) -> Tensor:
        """Return ``picture`` backwards; what is nearer to black or white than 1/510 is moved that far away."""
        return torch.logit(picture.clamp(1 / 510, 1 - 1 / 510)) - self.middle

    def bounded(self, canvas: Tensor) -> Tensor:
        """Return the canvas: whatever stands on it is a picture."""
        return canvas


SPACES = {"pixel": Pixels, "fourier": Fourier}


def _noise(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=generator)
