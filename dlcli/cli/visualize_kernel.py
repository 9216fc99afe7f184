"""dlcli visualize: kernel."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli import visualize_options as own
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
KERNEL, MATRIX = "Kernel", "Matrix"


@app.command("kernel", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-kernel")
def kernel(
    inputs: own.Pictures = None,
    op: Annotated[
        list[str] | None,
        typer.Option(
            "--op",
            metavar="OP",
            help="In the order given: negative, gray:luma|mean, blur:SIGMA, box:SIZE, shift:DX,DY, sharpen[:AMOUNT], "
            "sobel[:x|y], laplacian, emboss, kernel, relu, maxpool:SIZE (ops).",
        ),
    ] = None,
    display: Annotated[
        str | None,
        typer.Option("--display", metavar="auto|clip|signed|stretch", help="How numbers become gray (display)."),
    ] = None,
    steps: Annotated[
        bool | None, typer.Option("--steps", help="A sheet of the picture and each step (steps).", show_default=False)
    ] = None,
    padding: Annotated[
        str | None, typer.Option("--padding", metavar="zero|edge|valid", help="Beyond the border (padding).")
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option("--kernel", metavar="ROWS", help="'1 0 -1; 1 0 -1; 1 0 -1' (kernel).", rich_help_panel=KERNEL),
    ] = None,
    divisor: Annotated[
        str | None, typer.Option("--divisor", metavar="X", help="Of its sums (divisor).", rich_help_panel=KERNEL)
    ] = None,
    stride: Annotated[
        str | None, typer.Option("--stride", metavar="N", help="Pixels it moves (stride).", rich_help_panel=KERNEL)
    ] = None,
    flip: Annotated[
        bool | None,
        typer.Option(
            "--flip", help="Convolve: turn it first; else correlate, as networks do (flip).", rich_help_panel=KERNEL
        ),
    ] = None,
    matrix: Annotated[
        str | None,
        typer.Option("--matrix", metavar="ROWS|FILE", help="Numbers, .csv, .npy (matrix).", rich_help_panel=MATRIX),
    ] = None,
    example: Annotated[
        str | None,
        typer.Option("--example", metavar="x|columns", help="Of the course (example).", rich_help_panel=MATRIX),
    ] = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: own.Out = None,
    raw: own.Raw = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Process pictures without a network: gray, blur, edges, any kernel; alone: each.

    \b
    dlcli visualize kernel cat.png --op gray:luma --op sobel -o edges.png
    dlcli visualize kernel cat.png --kernel "0 1 0; 1 -4 1; 0 1 0" -o k.png

    \b
    The course's convolution in numbers: --example x finds a diagonal stroke in an
    X: row 1 is 0.78 -0.11 0.11 0.33 0.56 -0.11 0.33 after the kernel, and after
    relu and maxpool:2 (ceil) 1.00 0.33 0.56 0.33. --example columns begins 2, 6;
    with --stride 2: 2, -4; with --padding zero the corner is -15.
    """
    named = {
        "ops": ("--op", op or None), "display": ("--display", display), "steps": ("--steps", steps),
        "padding": ("--padding", padding), "kernel": ("--kernel", weights), "divisor": ("--divisor", divisor),
        "stride": ("--stride", stride), "flip": ("--flip", flip), "matrix": ("--matrix", matrix),
        "example": ("--example", example),
    }  # fmt: skip
    resolved = own.resolve("kernel", recipe, set_, named)
    from dlcli.backends import visualize_kernel as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.kernel(inputs or [], resolved, output, backend.Place(out, raw, stamp, depfile))
