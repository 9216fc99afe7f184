"""dlcli visualize."""

from __future__ import annotations

import typer

from dlcli.cli import (
    visualize_all,
    visualize_attention,
    visualize_cams,
    visualize_curves,
    visualize_dreams,
    visualize_gradients,
    visualize_images,
    visualize_judge,
    visualize_kernel,
    visualize_layers,
    visualize_patches,
    visualize_pixels,
)
from dlcli.cli.options import HELP

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    context_settings=HELP,
    rich_markup_mode="rich",
    help="What a network has learnt, and why it answers.\n\n\b\n"
    "dlcli visualize gradcam cat.png -o cam.png\n"
    "dlcli visualize all cat.png -m runs/classify/transfer-1 -o page/",
)
for part in (
    *(visualize_kernel, visualize_layers, visualize_patches, visualize_pixels, visualize_cams, visualize_attention),
    *(visualize_images, visualize_dreams, visualize_gradients, visualize_curves, visualize_judge, visualize_all),
):
    app.add_typer(part.app)
