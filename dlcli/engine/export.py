"""From a network to a graph that runs without its code, and the proof that both answer the same."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram

from dlcli.core.errors import ModelError, RunFailed

TOLERANCE = 1e-4  # of a class score, over the largest score where that is above 1
INPUT, OUTPUT = "pictures", "scores"
PORTIONS = (1, 3)  # batch sizes of the parity run; the rest comes as one more


class Parity(NamedTuple):
    """How far the exported file answers like the network.

    Args:
        pictures: how many were shown to both.
        max_difference: the largest difference of a class score.
        largest_score: the largest absolute score, to judge the difference by.
        tolerance: what was allowed.

    """

    pictures: int
    max_difference: float
    largest_score: float
    tolerance: float


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what exporters print, log and warn of for their own developers off the terminal."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            with contextlib.redirect_stderr(io.StringIO()):
                yield
    finally:
        logging.disable(before)


def capture(
    module: nn.Module, channels: int, size_px: tuple[int, int], *, dynamic_size: bool = False
) -> ExportedProgram:
    """Return the graph of a network in evaluation mode; parts used in training only are not in it.

    The batch is a free dimension. Traces of the source code, which name folders of this machine, are taken out.

    Args:
        module: the network, on the CPU.
        channels: of the pictures.
        size_px: (height, width) of the pictures.
        dynamic_size: leave height and width free too.

    Raises:
        ModelError: the network does something that cannot be captured, or needs the size it was built for.

    """
    height, width = size_px
    free: dict[int, Any] = {0: Dim("batch")}
    if dynamic_size:
        free |= {2: Dim.DYNAMIC, 3: Dim.DYNAMIC}
        width += 32  # with equal sides the exporter could take them for one dimension
    module.eval()
    example = torch.zeros(2, channels, height, width)  # of one picture the exporter makes a fixed batch
    try:
        with quiet(), torch.no_grad():
            program = torch.export.export(module, (example,), dynamic_shapes=(free,))
    except Exception as error:  # the tracer fails in the ways of all the code it walks through
        if dynamic_size:
            raise ModelError(
                f"this network needs pictures of {height}×{size_px[1]}: with height and width left free it cannot be "
                f"captured ({_first_line(error)})",
                "leave --dynamic-size out: pictures of other sizes are resized by the stored preprocessing",
            ) from error
        raise ModelError(f"this network cannot be captured: {_first_line(error)}") from error
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)
    return program


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__


@torch.inference_mode()
def parity(network: nn.Module, written: nn.Module, pictures: Tensor) -> Parity:
    """Show the same pictures to a network and to the file written of it.

    They are shown in batches of different sizes, one picture alone among them, so a fixed batch does not pass.

    Args:
        network: the original, in evaluation mode.
        written: the file, opened.
        pictures: preprocessed.
    Shapes:
        pictures (B, C, H, W)

    Raises:
        RunFailed: a score differs by more than ``TOLERANCE``, or is no number.

    """
    sizes = [*PORTIONS, len(pictures) - sum(PORTIONS)]
    batches = pictures.split(sizes)
    wanted = torch.cat([network(b) for b in batches]).double()
    found = torch.cat([written(b) for b in batches]).double()
    if not torch.isfinite(wanted).all():
        raise RunFailed("the network's own class scores are no finite numbers", "was it trained? look at its report")
    if found.shape != wanted.shape:
        raise RunFailed(f"the exported file answers in shape {tuple(found.shape)}, the network {tuple(wanted.shape)}")
    largest = float(wanted.abs().max())
    difference = float((found - wanted).abs().max())
    tolerance = TOLERANCE * max(1.0, largest)
    if not difference <= tolerance:  # not a number fails too
        raise RunFailed(
            f"the exported file does not answer like the network: class scores differ by {difference:.3g} on "
            f"{len(pictures)} pictures, allowed: {tolerance:.3g}; it was not kept",
            "try the other --format",
        )
    return Parity(len(pictures), difference, largest, tolerance)
