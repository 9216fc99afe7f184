"""A linear classifier's weights in units of pixels, and whether a network is one."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from dlcli.core.errors import RunFailed, UsageError
from dlcli.methods.feature_maps import scores_of, weights_fixed

STRAIGHT = (
    *(nn.Linear, nn.Conv2d, nn.ConvTranspose2d, nn.modules.batchnorm._NormBase, nn.AvgPool2d, nn.AdaptiveAvgPool2d),
    *(nn.Dropout, nn.Identity, nn.Flatten, nn.Upsample),
)
TOLERANCE = 1e-2  # of the greatest score: rounding, even TF32's on a GPU, stays below, a bend far above
SCALES = (1.0, 100.0)
PORTION = 256  # pixels tried at a time where there are no gradients


@torch.no_grad()
def refuse_bent(module: nn.Module, shape: Sequence[int], device: torch.device) -> None:
    """Refuse a network whose class scores are no linear function (with an offset) of its input.

    Tried on drawn pictures: f(a) + f(b) − f(0) must be f(a + b), for small pictures and for large ones.

    Args:
        module: in evaluation mode.
        shape: of one input.
        device: where it lies.

    Raises:
        UsageError: it is none; names a layer that bends.
        RunFailed: scores that are no numbers.

    """
    generator = torch.Generator().manual_seed(0)
    zero = scores_of(module(torch.zeros(1, *shape, device=device)))
    for scale in SCALES:
        a, b = (torch.randn(1, *shape, generator=generator).to(device) * scale for _ in range(2))
        apart, both = [scores_of(module(x)) for x in (a, b)], scores_of(module(a + b))
        if not all(bool(torch.isfinite(s).all()) for s in (zero, both, *apart)):
            raise RunFailed("the class scores are no finite numbers; the network is broken")
        size = max(float(s.abs().max()) for s in (zero, both, *apart))
        if float((apart[0] + apart[1] - zero - both).abs().max()) > TOLERANCE * size:
            bend = next((n for n, m in module.named_modules() if not any(m.children()) and _bends(m)), "")
            told = f", for layer {bend} ({type(module.get_submodule(bend)).__name__}) lies between" if bend else ""
            raise UsageError(
                f"the class scores are no linear function of the pixels{told}; so no picture of weights tells a class",
                "dlcli visualize filters draws the first layer's weights, gradcam and saliency explain an answer",
                key="model",
            )


def _bends(layer: nn.Module) -> bool:
    return not isinstance(layer, STRAIGHT)


def pixel_weights(
    module: nn.Module, shape: Sequence[int], classes: Sequence[int], mean: Sequence[float], std: Sequence[float],
    device: torch.device,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Return weights and offsets of class scores as functions of pixels: score = Σ weights · pixels + offset.

    The network sees x = (p − mean) / std, so a pixel's weight is the network's divided by std, and the offset is the
    score of a black picture.

    Args:
        module: a network that ``refuse_bent`` let pass.
        shape: of one input, (C, H, W).
        classes: numbers of the classes.
        mean: of the normalization, one number a channel, on the scale of p.
        std: likewise.
        device: where the network lies.

    Returns:
        weights of pixels p of 0 (black) to 1, and the offsets.
    Shapes:
        -> (K, C, H, W) and (K,)

    """
    mean_, std_ = (torch.tensor(v, dtype=torch.float32, device=device).view(-1, 1, 1) for v in (mean, std))
    black = ((torch.zeros(tuple(shape), device=device) - mean_) / std_)[None].requires_grad_()
    with torch.enable_grad(), weights_fixed(module):
        scores = scores_of(module(black))[0]
        if not scores.requires_grad:
            return _by_impulses(module, black.detach(), list(classes)) / std_.cpu(), scores[list(classes)].cpu()
        rows = [torch.autograd.grad(scores[k], black, retain_graph=True)[0][0] for k in classes]
    return (torch.stack(rows) / std_).cpu(), scores.detach()[list(classes)].cpu()


@torch.no_grad()
def _by_impulses(module: nn.Module, black: Tensor, classes: list[int]) -> Tensor:
    """Return the weights of a network that gives no gradients, such as an exported file: what each pixel alone adds.

    Shapes:
        black (1, C, H, W) -> (K, C, H, W) on the CPU
    """
    pixels = black.numel()
    base = scores_of(module(black))[:, classes]
    found = []
    for start in range(0, pixels, PORTION):
        count = min(PORTION, pixels - start)
        impulses = torch.zeros(count, pixels, device=black.device)
        impulses[torch.arange(count), start + torch.arange(count)] = 1
        found.append((scores_of(module(black + impulses.view(-1, *black.shape[1:])))[:, classes] - base).cpu())
    return torch.cat(found).T.reshape(len(classes), *black.shape[1:])
