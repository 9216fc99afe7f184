"""Options that the verbs of dlcli visualize share, and how they become a recipe."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlcli.cli import options
from dlcli.core.errors import UsageError

if TYPE_CHECKING:
    from dlcli.core.recipe import Resolved

NETWORK, FILES = "Network", "Files"
Pictures = Annotated[
    list[str] | None, typer.Argument(metavar="[INPUT]...", help="Files, folders, globs; - reads a list or a picture.")
]
Model = Annotated[
    str | None,
    typer.Option(
        "-m", "--model", metavar="MODEL", rich_help_panel=NETWORK,
        help="Run, bundle, imagenet, torchvision:NAME, timm:NAME (model).",
    ),
]  # fmt: skip
Layer = Annotated[
    str | None,
    typer.Option("--layer", metavar="NAME", help="Name or pattern of a layer (layer).", rich_help_panel=NETWORK),
]
ListLayers = Annotated[
    bool,
    typer.Option("--list-layers", help="List layers, shapes, receptive fields; stop.", rich_help_panel=NETWORK),
]
SizePx = Annotated[
    str | None,
    typer.Option("--size-px", metavar="N|HxW", help="Size of the pictures (size_px).", rich_help_panel=NETWORK),
]
Fit = Annotated[
    str | None,
    typer.Option(
        "--fit", metavar="crop|pad|stretch", help="How they get it (fit).", rich_help_panel=NETWORK
    ),
]  # fmt: skip
Seed = Annotated[
    str | None, typer.Option("--seed", metavar="N", help="Of random weights and draws (seed).", rich_help_panel=NETWORK)
]
Device = Annotated[
    str | None,
    typer.Option("--device", metavar="NAME", help="auto, cpu, cuda, cuda:N or mps.", rich_help_panel=NETWORK),
]
Download = Annotated[
    bool,
    typer.Option("--download", help="Fetch published weights not on disk.", rich_help_panel=NETWORK),
]
Class = Annotated[
    list[str] | None, typer.Option("--class", metavar="CLASS", help="Name or number; repeatable (classes).")
]
Top = Annotated[str | None, typer.Option("--top", metavar="N", help="The N likeliest classes (top).")]
Out = Annotated[
    str | None,
    typer.Option("-o", "--out", metavar="PATH", help="A .png or .npy, a folder, or - (PNG).", rich_help_panel=FILES),
]
Raw = Annotated[
    str | None, typer.Option("--raw", metavar="FILE", help="Write the numbers as .npy.", rich_help_panel=FILES)
]


def resolve(verb: str, recipe: str | None, sets: Sequence[str] | None, named: dict[str, tuple[str, Any]]) -> Resolved:
    """Turn the words of a visualize verb into a checked recipe.

    Args:
        verb: such as ``gradcam``.
        recipe: name, file or None.
        sets: words ``KEY=VALUE``.
        named: recipe key → (option, value or None); a list becomes a list, None and an empty list are left out.

    Raises:
        RecipeError: everything wrong with the recipe.

    """
    from dlcli.core import recipe as recipes
    from dlcli.core import shipped

    shipped.check_command(recipe, "visualize")
    _check_verb(verb, recipe)
    typed = {key: (option, listed(v) if isinstance(v, list) else v) for key, (option, v) in named.items() if v != []}
    return recipes.resolve(recipe, list(sets or []), options.given(typed), command=f"visualize-{verb}")


def network(model: str | None, seed: str | None, device: str | None) -> dict[str, tuple[str, Any]]:
    """Return the named options of every verb that asks a network."""
    return {"model": ("--model", model), "seed": ("--seed", seed), "device.name": ("--device", device)}


def shape(size_px: str | None, fit: str | None) -> dict[str, tuple[str, Any]]:
    """Return the named options of every verb that shows it pictures."""
    return {"size_px": ("--size-px", size_px), "fit": ("--fit", fit)}


def asked(classes: list[str] | None, top: str | None) -> dict[str, tuple[str, Any]]:
    """Return the named options of every verb that asks about classes."""
    return {"classes": ("--class", classes or None), "top": ("--top", top)}


def listed(words: Sequence[str]) -> str:
    """Return words as a list in YAML."""
    return json.dumps(list(words), ensure_ascii=False)


def _check_verb(verb: str, recipe: str | None) -> None:
    """Refuse a shipped recipe of another verb: its name begins with the verb it is for."""
    from dlcli.core import shipped

    if not (recipe or "").startswith("visualize/") or recipe not in shipped.recipe_files():
        return
    right = shipped.visualize_verb(recipe)
    if right != verb:
        text = f"{recipe} is a recipe of dlcli visualize {right}, not of {verb}"
        raise UsageError(text, f"dlcli visualize {right} -r {recipe}", key="--recipe")
