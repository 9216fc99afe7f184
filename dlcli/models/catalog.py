"""Classifiers by name: our own, torchvision's, timm's, and ``imagenet``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from dlcli.core import names
from dlcli.core.errors import DeviceError, DlcliError, ModelError, UsageError
from dlcli.core.nearest import nearest
from dlcli.models import library, own

LONGEST = 200  # letters of arguments in a message
FILES_OF_TIMM = ("pretrained", "checkpoint", "cache_dir", "scriptable")  # arguments that would read weights or files
LITE0 = "tf_efficientnet_lite0"


@dataclass(frozen=True)
class Needs:
    """What a network asks of its pictures, and how its published weights saw theirs.

    Args:
        size_px: (height, width) it is made for.
        channels: 1 or 3, or None when any will do.
        mean: of the published weights' pictures, on the scale 0–1.
        std: likewise.
        filter: of their resizing.
        keep: share of the shorter side that was kept when they were scored.

    """

    size_px: tuple[int, int] = (28, 28)
    channels: int | None = None
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    std: tuple[float, ...] = (0.229, 0.224, 0.225)
    filter: str = "bilinear"
    keep: float = 1.0


def family(name: str) -> str:
    """Return ``own``, ``torchvision`` or ``timm`` for a network's name.

    Raises:
        UsageError: no such name.

    """
    if name in names.OWN_MODELS:
        return "own"
    if name.startswith("timm:") or name == names.IMAGENET:
        return "timm"
    if name.removeprefix("torchvision:") in names.TORCHVISION_CLASSIFIERS:
        return "torchvision"
    known = (*names.OWN_MODELS, names.IMAGENET, *names.TORCHVISION_CLASSIFIERS)
    raise UsageError(
        f"no network is called {name!r}{nearest(name.removeprefix('torchvision:'), known, 3)}",
        "dlcli describe --list all shows them",
        key="model.name",
    )


def timm_name(name: str) -> str:
    """Return timm's name of a network.

    Raises:
        UsageError: timm has no such network.

    """
    import timm

    asked = LITE0 if name == names.IMAGENET else name.removeprefix("timm:")
    if not timm.is_model(asked):
        known = timm.list_models()
        raise UsageError(
            f"timm has no network called {asked!r}{nearest(asked, known, 3)}",
            "dlcli describe --list timm shows timm's names",
            key="model.name",
        )
    return asked


def needs(name: str) -> Needs:
    """Return what a network asks of its pictures."""
    match family(name):
        case "own":
            side = own.typical(name).size_px
            return Needs((side, side))
        case "torchvision":
            return _torchvision_needs(name.removeprefix("torchvision:"))
    if name == names.IMAGENET:
        return Needs((224, 224), 3, (127 / 255,) * 3, (128 / 255,) * 3, "bicubic", 0.875)
    import timm

    config = timm.get_pretrained_cfg(timm_name(name)).to_dict()
    filter_name = "bicubic" if config.get("interpolation") == "bicubic" else "bilinear"
    channels, height, width = config["input_size"]
    return Needs(
        (height, width), channels, tuple(config["mean"]), tuple(config["std"]), filter_name, config["crop_pct"]
    )


def _torchvision_needs(name: str) -> Needs:
    from torchvision import models

    preset = models.get_model_weights(name).DEFAULT.transforms()
    size = preset.crop_size[0]
    filter_name = "bicubic" if preset.interpolation.value == "bicubic" else "bilinear"
    keep = size / preset.resize_size[0]
    return Needs((size, size), 3, tuple(preset.mean), tuple(preset.std), filter_name, keep)


def build(
    name: str, *, channels: int, size_px: tuple[int, int], classes: int, args: dict[str, Any] | None = None
) -> nn.Module:
    """Return a network with random weights whose head has the data's classes.

    Args:
        name: own network, torchvision name, ``timm:NAME`` or ``imagenet``.
        channels: of the pictures.
        size_px: (height, width) of the pictures.
        classes: K.
        args: arguments of the network.

    Raises:
        UsageError: arguments the network does not take.
        DeviceError: it does not fit into memory.
        ModelError: the pictures do not suit it.

    """
    args = dict(args or {})
    kind = family(name)
    try:
        match kind:
            case "own":
                return own.maker(name)(channels=channels, size_px=size_px, classes=classes, **args)
            case "torchvision":
                return library.torchvision(name.removeprefix("torchvision:"), channels, size_px, classes, args)
            case _:
                return _timm(name, channels, size_px, classes, args)
    except DlcliError:
        raise
    except Exception as error:  # constructors fail in as many ways as there are libraries
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if "allocate" in why:
            raise DeviceError(
                f"{name} with these arguments does not fit into memory", "make it smaller: fewer layers or channels"
            ) from error
        said = str(args) if len(str(args)) <= LONGEST else f"{str(args)[:LONGEST]}…"
        why = f"argument {why}" if isinstance(error, KeyError) else why
        raise UsageError(
            f"model {name} does not take args {said} with pictures of {size_px[0]}×{size_px[1]}: {why}",
            key="model.args",
        ) from error


def skeleton(name: str, **shape: Any) -> nn.Module:
    """Return a network without weights, on the meta device where it can be built there.

    Args:
        name: as for ``build``.
        shape: the further arguments of ``build``.
    """
    try:
        with torch.device("meta"):
            return build(name, **shape)
    except UsageError:  # RegNet's constructor reads numbers out of tensors, which meta tensors do not have
        return build(name, **shape)


def _timm(name: str, channels: int, size_px: tuple[int, int], classes: int, args: dict[str, Any]) -> nn.Module:
    import timm

    known = timm_name(name)
    for key in args:
        if key.startswith(FILES_OF_TIMM):
            raise UsageError(
                f"model.args.{key} is not taken: weights come from model.weights, as published ones or .safetensors",
                key=f"model.args.{key}",
            )
    config = timm.get_pretrained_cfg(known).to_dict()
    if config.get("fixed_input_size") and tuple(config["input_size"][1:]) != size_px:
        args = {"img_size": size_px, **args}
    return timm.create_model(known, pretrained=False, num_classes=classes, in_chans=channels, **args)


def head(module: nn.Module) -> str:
    """Return the name of the layer that gives the class scores: the last linear or convolutional one.

    Raises:
        ModelError: there is none.

    """
    config = getattr(module, "default_cfg", None) or {}
    named = config.get("classifier") if isinstance(config, dict) else None
    layers = {n: m for n, m in module.named_modules() if isinstance(m, nn.Linear | nn.Conv2d)}
    if isinstance(named, str) and named in layers:
        return named
    if hasattr(module, "head") and isinstance(module.head, nn.Linear):
        return "head"
    if not layers:
        raise ModelError("the network has no linear or convolutional layer to take for its head")
    return list(layers)[-1]
