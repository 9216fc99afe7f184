"""The network a picture classifier starts from: its weights, its head, and what of it is trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import nn

from dlcli.models import catalog, freezing, rates, weights
from dlcli.models.initialization import initialize


@dataclass
class Start:
    """A network ready to be trained.

    Args:
        module: the network.
        head: name of the layer that gives the class scores.
        license_note: of published weights.
        notes: what is worth saying.

    """

    module: nn.Module
    head: str
    license_note: str = ""
    notes: list[str] = field(default_factory=list)


def start(
    model: Any, args: dict[str, Any], facts: dict[str, Any], seed: int, download: weights.Announce | None = None
) -> Start:
    """Return the network of a recipe's ``model`` section with its starting weights, frozen as it says.

    Args:
        model: the section.
        args: the network's arguments.
        facts: classes, channels and size.
        seed: of an initialization by name.
        download: see ``models/weights.published``.

    Raises:
        ModelError: weights are missing or do not fit.
        UsageError: ``model.freeze``, ``trunk_lr``, ``layer_decay`` or ``batch_norm`` does not suit the network.
    Effects: draws from torch's default generator.

    """
    module = network(model.name, args, facts)
    initialize(module, model.init, seed)
    made = Start(module, "", notes=list(getattr(module, "notes", ())))
    if model.init.name in ("zero", "constant"):
        alike = f"model.init: {model.init.name} starts all units of a layer alike, so they get the same gradients"
        made.notes.append(f"{alike} and stay alike: it learns little; he_normal breaks the symmetry")
    new_head = model.weights == "published"
    if model.weights == "published":
        original = published_network(model.name, facts)
        tensors, made.license_note = weights.published(model.name, original, download)
        weights.load(module, tensors, f"the published weights of {model.name}", new_head=True)
        made.notes.append(f"weights: {made.license_note}")
    elif model.weights != "none":
        tensors = weights.from_file(model.weights)
        own, head = module.state_dict(), weights.head_names(module)
        new_head = any(k in tensors and tensors[k].shape != own[k].shape for k in head)
        fresh = weights.load(module, tensors, model.weights, new_head=new_head)
        said = "; the head is new" if new_head else ""
        more = [k for k in fresh if k not in head]
        said += f"; of auxiliary heads, {', '.join(more)} do not fit and start anew" if more else ""
        made.notes.append(f"weights from {model.weights}{said}")
    made.head = catalog.head(module)
    if new_head:
        # Some networks' own start of a head is made for 1000 classes and drowns few ones in noise.
        module.get_submodule(made.head).reset_parameters()
    freezing.freeze(module, made.head, model.freeze, model.batch_norm)
    made.notes += _said(module, made.head, model)
    return made


def _said(module: nn.Module, head: str, model: Any) -> list[str]:
    """Return what is trained, in words; refuses factors without an effect."""
    found = rates.described(rates.groups(module, head, model.trunk_lr, model.layer_decay))
    notes = [found] if found else []
    if model.freeze == "none" and model.batch_norm == "auto":
        return notes
    trained = sum(p.numel() for p in module.parameters() if p.requires_grad)
    if model.freeze in ("features", "all-but-last"):
        what = "features frozen" if model.freeze == "features" else "all but the last layer frozen"
        return [f"{what}; {trained:,} weights of the head {head} are trained"]
    of = sum(p.numel() for p in module.parameters())
    norm = "" if model.batch_norm == "auto" else f", batch_norm: {model.batch_norm}"
    return [f"freeze: {model.freeze}{norm}; {trained:,} of {of:,} weights are trained, the head {head} too", *notes]


def network(name: str, args: dict[str, Any], facts: dict[str, Any]) -> nn.Module:
    """Return the network a bundle or recipe describes, with random weights."""
    return catalog.build(
        name,
        channels=facts["channels"],
        size_px=tuple(facts["size_px"]),
        classes=len(facts["classes"]),
        args=args,
    )


def published_network(name: str, facts: dict[str, Any]) -> nn.Module:
    """Return the network as its published weights know it: with ImageNet's 1000 classes."""
    return catalog.skeleton(name, channels=facts["channels"], size_px=tuple(facts["size_px"]), classes=1000)
