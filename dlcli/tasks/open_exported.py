"""Opening what ``dlcli export`` wrote."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from dlcli.core import exported
from dlcli.core.errors import ModelError
from dlcli.core.files import shown
from dlcli.tasks.open import TASK_COMMANDS, Opened


def open_exported(argument: str, path: Path, format: str, *, weightless: bool = False) -> Opened:
    """Open an ONNX or PT2 file as a network.

    Args:
        argument: as typed.
        path: the file.
        format: ``onnx`` or ``pt2``.
        weightless: the network's own layers are wanted, which an exported file does not have.

    Raises:
        ModelError: missing, broken, foreign, or its parts do not fit each other.
        MissingError: the libraries to run ONNX are not installed.

    """
    if not path.is_file():
        raise ModelError(f"{shown(argument)}: {'is no file' if path.exists() else 'no such file'}")
    try:
        said, module = _read(path, format)
    except OSError as error:
        raise ModelError(f"cannot read {shown(argument)}: {error.strerror or error}") from error
    held, stamp = exported.read(said, path)
    if held.task in TASK_COMMANDS:
        raise ModelError(
            f"{shown(argument)} was trained to {held.task}", f"use dlcli {TASK_COMMANDS[held.task]} -m {argument}"
        )
    if weightless:
        name = held.model["name"]
        raise ModelError(
            f"{shown(argument)} is an exported graph of {name}, without its layers",
            "give the run or bundle it came from, or the network's name (dlcli describe --list all)",
        )
    opened = Opened(argument, held.task, module.eval(), held.facts, held.preprocessing, None, stamp, held)
    _try_out(opened, path)
    return opened


def _read(path: Path, format: str) -> tuple[str, nn.Module]:
    if format == "pt2":
        from dlcli.engine import pt2_file

        return pt2_file.read(path)
    from dlcli.engine import onnx_file

    said, data = onnx_file.read(path)
    return said, onnx_file.OnnxNet(data, str(path))


@torch.inference_mode()
def _try_out(opened: Opened, path: Path) -> None:
    """Show the file a blank picture: what does not fit its description must not answer real ones."""
    size = (opened.facts["channels"], *opened.facts["size_px"])
    try:
        scores = opened.module(torch.zeros(1, *size))
    except RuntimeError as error:
        text = str(error).splitlines()[0]
        raise ModelError(f"{shown(path)} cannot be run on a picture of {size}: {text}", exported.ANEW) from error
    shape = tuple(getattr(scores, "shape", ()))
    if shape != (1, len(opened.classes)):
        raise ModelError(
            f"{shown(path)} does not fit what it says of itself: it has {len(opened.classes)} classes and answers in "
            f"shape {shape}",
            exported.ANEW,
        )
