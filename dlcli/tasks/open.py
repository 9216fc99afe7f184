"""The only opener of a model argument, and the writer of what it opens."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from dlcli.core import bundle, exported, files, names
from dlcli.core.bundle import Bundle
from dlcli.core.errors import MissingError, ModelError
from dlcli.core.nearest import nearest
from dlcli.data import images
from dlcli.models import catalog, own, weights

TASK_COMMANDS = {"detect": "detect", "segment": "segment", "translate": "translate", "stylize": "stylize apply"}


@dataclass(frozen=True)
class Opened:
    """A network ready to use.

    Args:
        argument: the words that named it.
        task: what it was trained for.
        module: in evaluation mode, on the CPU.
        facts: classes, size, channels and the like.
        preprocessing: the steps from a picture to its input.
        directory: the bundle's directory, or None.
        stamp: what every output must say of it, such as that its weights are random.
        described: what ``bundle.yaml`` says, or would say.

    """

    argument: str
    task: str
    module: nn.Module
    facts: dict[str, Any]
    preprocessing: list[dict[str, Any]]
    directory: Path | None = None
    stamp: str = ""
    described: Bundle | None = None

    @property
    def classes(self) -> list[str]:
        """Class names by number."""
        return self.facts["classes"]


def open_model(
    argument: str, *, weightless: bool = False, seed: int = 0, download: weights.Announce | None = None
) -> Opened:
    """Open a model argument.

    Args:
        argument: a run or bundle directory, an exported ``.onnx`` or ``.pt2``, ``imagenet``, ``torchvision:NAME`` or
            ``timm:NAME``; a library's name may end in ``@random`` or ``@FILE.safetensors``.
        weightless: the weights do not matter (``describe``): build the network on the meta device.
        seed: of ``@random``.
        download: see ``models/weights.published``.

    Raises:
        ModelError: missing, broken, or published weights that are not on disk.
        MissingError: a kind of model that cannot be opened yet.

    """
    path = Path(argument)
    directory = bundle.locate(path)
    if directory is not None:
        return _from_bundle(argument, directory, weightless)
    if format := exported.format_of(path):
        from dlcli.tasks.open_exported import open_exported

        return open_exported(argument, path, format, weightless=weightless)
    if path.exists():
        raise _not_a_bundle(argument, path)
    name, at, source = argument.partition("@")
    if name.startswith("hf:"):
        raise MissingError(f"{argument}: transformers models cannot be opened yet")
    if _names_a_network(name, weightless):
        return _from_library(argument, name, source if at else "", weightless, seed, download)
    known = [names.IMAGENET, *names.OWN_MODELS, *(f"torchvision:{n}" for n in names.TORCHVISION_CLASSIFIERS)]
    raise ModelError(
        f"{argument!r} is no run, no bundle and no model name{nearest(argument, known, 3)}",
        "give a run directory (dlcli runs ls), imagenet, torchvision:NAME or timm:NAME",
    )


def _names_a_network(name: str, weightless: bool) -> bool:
    library = name.startswith(("torchvision:", "timm:")) or name == names.IMAGENET
    return library or (weightless and (name in names.OWN_MODELS or name in names.TORCHVISION_CLASSIFIERS))


def _not_a_bundle(argument: str, path: Path) -> ModelError:
    if path.is_dir() and (path / "checkpoints").is_dir():
        return ModelError(
            f"the run {argument} has not finished: it has no model yet", f"dlcli train --resume {argument} finishes it"
        )
    return ModelError(f"{argument} holds no model ({bundle.FILE} is missing)", "dlcli runs ls lists the runs here")


def _from_bundle(argument: str, directory: Path, weightless: bool) -> Opened:
    held = bundle.read(directory)
    if held.kind != "network":
        raise bundle.of_another_kind(argument, held, "a network")
    if held.task in TASK_COMMANDS:
        raise ModelError(
            f"{argument} was trained to {held.task}", f"use dlcli {TASK_COMMANDS[held.task]} -m {argument}"
        )
    file = bundle.check_weights(directory, held)
    facts = held.facts
    try:
        module = (catalog.skeleton if weightless else catalog.build)(
            held.model["name"],
            channels=facts["channels"],
            size_px=tuple(facts["size_px"]),
            classes=len(facts["classes"]),
            args=held.model["args"],
        )
    except (KeyError, TypeError) as error:
        raise ModelError(f"{directory / bundle.FILE} is broken: {error!r}") from error
    if not weightless:
        try:
            module.load_state_dict(load_file(file))
        except Exception as error:  # safetensors raises its own type, torch a RuntimeError
            raise ModelError(f"{file} does not fit the network: {str(error).splitlines()[0]}") from error
    return Opened(argument, held.task, module.eval(), facts, held.preprocessing, directory, "", held)


def _from_library(
    argument: str, name: str, source: str, weightless: bool, seed: int, download: weights.Announce | None
) -> Opened:
    needs = catalog.needs(name)
    classes = imagenet_classes()
    channels = needs.channels or 3
    args: dict[str, Any] = {}
    if name in names.OWN_MODELS:
        typical = own.typical(name)
        channels = typical.channels
        classes = [str(d) for d in range(typical.classes)] if typical.classes != len(classes) else classes
        args = own_defaults(name)
    facts = {
        "classes": classes, "size_px": list(needs.size_px), "channels": channels, "fit": "crop",
        "filter": needs.filter, "mean": list(needs.mean), "std": list(needs.std), "answer": "softmax",
    }  # fmt: skip
    preprocessing = images.steps(
        channels=channels,
        size_px=needs.size_px,
        fit="crop",
        mean=facts["mean"],
        std=facts["std"],
        filter=needs.filter,
        keep=needs.keep,
    )
    stamp = license_note = ""
    torch.manual_seed(seed)
    make = catalog.skeleton if weightless else catalog.build
    module = make(name, channels=channels, size_px=needs.size_px, classes=len(classes), args=args)
    if not weightless and source == "random":
        stamp = f"random weights, seed {seed}"
    elif not weightless:
        if source:
            tensors = weights.from_file(source)
        else:
            tensors, license_note = weights.published(name, module, download)
        weights.load(module, tensors, argument, new_head=False)
    described = Bundle(
        "network", "classify", {"name": name, "args": args}, facts, preprocessing, license_note=license_note
    )
    return Opened(argument, "classify", module.eval(), facts, preprocessing, None, stamp, described)


def own_defaults(name: str) -> dict[str, Any]:
    """Return the arguments one of our networks has when a recipe says nothing."""
    from dlcli.core.schemas.models import ARGS

    return ARGS[name]().model_dump()


def imagenet_classes() -> list[str]:
    """Return the 1000 class names of ImageNet in their order, as torchvision carries them."""
    from torchvision.models import ResNet18_Weights

    return list(ResNet18_Weights.DEFAULT.meta["categories"])


def write_bundle(directory: Path, module: nn.Module, described: Bundle) -> None:
    """Write a network as a bundle: the weights first, then ``bundle.yaml`` with their checksum.

    Effects: makes the directory; replaces what a former end of the same run left there.
    """
    from dataclasses import replace

    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.writing_failed(directory, error) from error
    path = directory / bundle.WEIGHTS
    with files.replacing(path) as file:
        try:
            save_file({k: v.detach().cpu().contiguous() for k, v in module.state_dict().items()}, file.name)
        except SafetensorError as error:  # its own type, whatever the system said
            number = re.search(r"os error (\d+)", str(error))
            raise OSError(int(number[1]) if number else errno.EIO, str(error)) from error
        os.chmod(file.name, files.default_mode())  # safetensors makes a file of its own that only its owner can read
    bundle.write(directory, replace(described, weights_sha256=bundle.sha256(path)))
