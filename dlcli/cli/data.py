"""dlcli data."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    context_settings=HELP,
    rich_markup_mode="rich",
    help="List, check, convert and preview data sets.\n\n\b\n"
    "dlcli data check photos/\ndlcli data convert digits folder:digits-png",
)
Word = Annotated[str, typer.Argument(metavar="DATA", help="A builtin, a path or KIND:WHERE[,key=value...].")]


@app.command("ls", context_settings=HELP)
def ls(json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """List builtin data sets, those of torchvision and the formats that can be read.

    \b
    dlcli data ls
    """
    from dlcli.backends import data as backend

    backend.ls(options.output(json=json, quiet=quiet))


@app.command("check", context_settings=HELP)
def check(
    data: Word,
    download: options.DownloadData = False,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Find broken, missing, mislabeled and duplicate pictures; exits 3 when there are any but mere duplicates.

    \b
    dlcli data check photos/
    dlcli data check csv:labels.csv,target=species
    dlcli data check torchvision:CIFAR10 --download
    """
    from dlcli.backends import data as backend

    backend.check(data, options.output(json=json, jsonl=jsonl, quiet=quiet), download=download)


@app.command("convert", context_settings=HELP)
def convert(
    data: Word,
    target: Annotated[str, typer.Argument(metavar="folder:DIR|csv:FILE", help="What to write, and where.")],
    download: options.DownloadData = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write a data set in another format; its parts become folders, or a column.

    \b
    dlcli data convert digits folder:digits-png
    dlcli data convert photos/ csv:photos.csv
    """
    from dlcli.backends import data as backend

    backend.convert(data, target, options.output(json=json, quiet=quiet), download=download)


@app.command("preview", context_settings=HELP)
def preview(
    data: Word,
    out: Annotated[str, typer.Option("-o", "--out", metavar="FILE.png", help="The contact sheet.")],
    recipe: Annotated[
        str | None,
        typer.Option("-r", "--recipe", metavar="NAME|FILE", help="Show pictures as this train recipe changes them."),
    ] = None,
    set_: options.Set = None,
    count: Annotated[int, typer.Option(metavar="N", min=1, max=400, help="Pictures on the sheet.")] = 36,
    epoch: Annotated[int, typer.Option(metavar="N", min=0, help="Epoch whose augmentation is drawn.")] = 0,
    download: options.DownloadData = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Draw a contact sheet of a data set, with a recipe as the network will see it.

    \b
    dlcli data preview photos/ -o sheet.png
    dlcli data preview digits -r classify/lenet-digits -o sheet.png
    dlcli data preview photos/ -r classify/resnet18-mixed -o sheet.png
    """
    from dlcli.backends import data as backend

    backend.preview(
        data, out, recipe, set_ or [], count, epoch, options.output(json=json, quiet=quiet), download=download
    )
