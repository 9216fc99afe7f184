"""torchvision's classifiers, and what recipes may ask of them beyond their own arguments."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from torch import nn

from dlcli.core.errors import ModelError
from dlcli.models.vision.squeeze_excite import SqueezeExcite

INCEPTION_V3_AUXILIARY_PX = 299  # its auxiliary head has a 5×5 convolution on what is left of the picture there
LEAST_MOMENTUM, TORCH_MOMENTUM = 0.01, 0.1


def torchvision(name: str, channels: int, size_px: tuple[int, int], classes: int, args: dict[str, Any]) -> nn.Module:
    """Return one of torchvision's classifiers with random weights.

    Args:
        name: torchvision's.
        channels: of the pictures.
        size_px: (height, width) of the pictures.
        classes: K, of auxiliary heads as well.
        args: torchvision's own, ``head_width`` (AlexNet, VGG) and ``se_reduction`` (residual networks).

    Raises:
        ModelError: the pictures do not suit it.

    """
    from torchvision import models

    if channels != 3:
        raise ModelError(f"{name} takes color pictures (3 channels), not {channels}", "set data.image.channels=3")
    args = dict(args)
    head_width, reduction = args.pop("head_width", None), args.pop("se_reduction", 0)
    if name in ("googlenet", "inception_v3"):
        args = {"aux_logits": False, "init_weights": True, **args}
        if name == "inception_v3" and args["aux_logits"] and min(size_px) < INCEPTION_V3_AUXILIARY_PX:
            raise ModelError(
                f"inception_v3 with aux_logits takes pictures of at least {INCEPTION_V3_AUXILIARY_PX} px, "
                f"not {size_px[0]}×{size_px[1]}",
                "set data.image.size_px=299, or leave model.args.aux_logits out",
            )
    if name.startswith("vit_"):
        if size_px[0] != size_px[1]:
            raise ModelError(f"{name} takes square pictures, not {size_px[0]}×{size_px[1]}")
        args = {"image_size": size_px[0], **args}
    if name == "maxvit_t":
        args = {"input_size": size_px, **args}
    module = models.get_model(name, weights=None, num_classes=classes, **args)
    if name.startswith(("efficientnet", "mnasnet")):
        _begin_for_few(module)
    if head_width is not None:
        _cut_head(module, head_width)
    if reduction:
        _squeeze(module, reduction)
    return module


def _begin_for_few(module: nn.Module) -> None:
    """Make a start that suits few classes and few steps.

    The head's own start is made for 1000 classes and drowns few ones in noise. MNASNet's running statistics move by
    0.0003 a step: a network of some hundred steps would be scored with statistics it never had.

    Effects: the head is drawn anew; the momentum of batch normalization is torch's 0.1 where it was below 0.01.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            layer.reset_parameters()
        elif isinstance(layer, nn.BatchNorm2d) and layer.momentum is not None and layer.momentum < LEAST_MOMENTUM:
            layer.momentum = TORCH_MOMENTUM


def _cut_head(module: nn.Module, width: int) -> None:
    """Give the dense layers of AlexNet and VGG another number of units.

    Effects: the dense layers are new and begin as torch's do.
    """
    head = module.get_submodule("classifier")
    dense = [n for n, layer in head.named_children() if isinstance(layer, nn.Linear)]
    for name in dense:
        old = head.get_submodule(name)
        inputs = old.in_features if name == dense[0] else width
        setattr(head, name, nn.Linear(inputs, old.out_features if name == dense[-1] else width))


def _squeeze(module: nn.Module, reduction: int) -> None:
    """Put squeeze-and-excitation at the end of each residual branch, before the sum.

    Source: Hu, Shen & Sun 2018, figure 3.
    """
    from torchvision.models.resnet import BasicBlock, Bottleneck

    for block in list(module.modules()):
        if isinstance(block, BasicBlock | Bottleneck):
            last = "bn2" if isinstance(block, BasicBlock) else "bn3"
            norm = block.get_submodule(last)
            layers = OrderedDict(norm=norm, se=SqueezeExcite(norm.num_features, reduction))
            setattr(block, last, nn.Sequential(layers))
