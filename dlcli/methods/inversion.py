"""Feature inversion: which pictures a layer cannot tell from a given one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dlcli.core.errors import RunFailed
from dlcli.methods import feature_maps
from dlcli.methods.partial_pass import PartialPass
from dlcli.ops.variation import total_variation

NOISE = 0.03  # of the first picture, on the scale 0 to 1
MEMORY = 10  # pairs of steps and slopes that L-BFGS holds


@dataclass(frozen=True)
class Inverted:
    """A picture made from what a layer puts out.

    Args:
        x: what the network sees.
        relative_error: ‖Φ(x) − Φ(x₀)‖ / ‖Φ(x₀)‖.
        start_error: of the noise it began with.
    Shapes:
        x (1, C, H, W)

    """

    x: Tensor
    relative_error: float
    start_error: float


def invert(
    module: nn.Module,
    x0: Tensor,
    layer: str,
    *,
    mean: Sequence[float],
    std: Sequence[float],
    steps: int = 70,
    alpha: float = 6.0,
    weight_alpha: float = 1e-3,
    beta: float = 2.0,
    weight_variation: float = 1e-2,
    seed: int = 0,
    on_step: Callable[[int, float], None] | None = None,
) -> Inverted:
    """Return a picture that a layer answers as it answers ``x0``, starting from noise.

    Minimized is ‖Φ(x) − Φ(x₀)‖² / ‖Φ(x₀)‖² + λ_α R_α(x) + λ_V R_Vβ(x).

    Source: Mahendran and Vedaldi 2015, equation 2 and sections 3.2 and 3.3. Differs: L-BFGS in place of gradient
    descent with momentum; the numbers moved are those of the picture's Fourier transform, the slow waves faster than
    the fast ones (Olah, Mordvintsev and Schubert 2017), which needs tens of steps where pixels need hundreds;
    R_α and R_Vβ are means over the pixels, of twice the distance from the mean color and of the scale 0 to 1, so that
    λ_α and λ_V mean the same at every size and for every network.

    Args:
        module: in evaluation mode; its weights may be random (He, Wang and Hopcroft 2016).
        x0: one picture.
        layer: name of a layer.
        mean: by which the network's pictures are normalized.
        std: likewise.
        steps: of L-BFGS.
        alpha: power of R_α = mean |2(pixel − mean)|^α, which keeps colors in range.
        weight_alpha: λ_α.
        beta: of R_Vβ, which keeps the picture smooth.
        weight_variation: λ_V.
        seed: of the noise.
        on_step: called with the step and the relative error before it.

    Shapes:
        x0 (1, C, H, W)

    Raises:
        RunFailed: the layer puts out only zeros, or the error is no number.

    """
    scale = torch.tensor(std, device=x0.device, dtype=x0.dtype).view(1, -1, 1, 1)
    with feature_maps.weights_fixed(module):
        with torch.no_grad():
            run = PartialPass(module, [layer], x0)
            target = run(x0)[layer].clone()
        norm = float(target.norm())
        if not 0 < norm < float("inf"):
            what = "only zeros" if norm == 0 else "numbers that are NaN or infinite"
            raise RunFailed(f"layer {layer} puts out {what} for this picture; there is nothing to invert")
        waves, drawn = _waves(x0, seed)
        errors: list[float] = []

        def loss() -> Tensor:
            optimizer.zero_grad()
            apart = drawn(waves)
            error = (run(apart / scale)[layer] - target).square().sum() / norm**2
            value = float(error.detach()) ** 0.5
            if value != value or value == float("inf"):
                text = f"layer {layer}: the error is NaN or infinite after {len(errors)} steps"
                raise RunFailed(text, "greater weights of the priors hold it back: --weight-variation, weight_alpha")
            if on_step is not None:
                on_step(len(errors), value)
            errors.append(value)
            total = error + weight_alpha * (2 * apart).abs().pow(alpha).mean()
            if weight_variation:
                total = total + weight_variation * total_variation(apart, beta) / apart.numel()
            total.backward()
            return total

        optimizer = torch.optim.LBFGS(
            [waves], max_iter=steps, max_eval=steps, history_size=MEMORY, tolerance_grad=0.0, tolerance_change=0.0
        )
        with torch.enable_grad():
            optimizer.step(loss)
        with torch.no_grad():
            # To the bytes of a picture and back, so that the error told is that of the picture written.
            center = torch.tensor(mean, device=x0.device, dtype=x0.dtype).view(1, -1, 1, 1)
            pixels = ((drawn(waves) + center).clamp(0, 1) * 255).round() / 255
            x = (pixels - center) / scale
            last = float((run(x)[layer] - target).norm()) / norm
    if last != last:
        raise RunFailed(f"layer {layer}: the picture found is no number after {steps} steps")
    return Inverted(x, last, errors[0])


def _waves(x0: Tensor, seed: int) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """Return numbers to move, and the function that makes a picture, less its mean, of them."""
    height, width = x0.shape[2:]
    down = torch.fft.fftfreq(height)[:, None]
    across = torch.fft.rfftfreq(width)[None]
    slow = 1 / (down.square() + across.square()).sqrt().clamp(min=1 / max(height, width))
    slow = (slow / slow.square().mean().sqrt()).to(x0.device)
    noise = NOISE * torch.randn(x0.shape, generator=torch.Generator().manual_seed(seed))
    start = torch.view_as_real(torch.fft.rfft2(noise, norm="ortho")).to(x0.device).requires_grad_()

    def drawn(waves: Tensor) -> Tensor:
        return torch.fft.irfft2(torch.view_as_complex(waves) * slow, s=(height, width), norm="ortho")

    return start, drawn
