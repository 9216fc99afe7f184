"""What the verbs of ``dlcli visualize`` share: the network, the pictures, the classes asked about, what is written."""

from __future__ import annotations

import glob
import io
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from dlcli.core import bundle, files, make, report
from dlcli.core.errors import DataError, DlcliError, RunFailed, UsageError
from dlcli.core.files import shown
from dlcli.core.nearest import nearest
from dlcli.core.output import STDOUT, Output
from dlcli.core.recipe import Resolved
from dlcli.core.schemas.describe import sides
from dlcli.data import images, inputs
from dlcli.engine.device import Device, device_error, open_device
from dlcli.engine.layers import layers as survey
from dlcli.methods import feature_maps
from dlcli.tasks.classify import probabilities
from dlcli.tasks.open import Opened, open_model
from dlcli.ui import map_sheet, tables
from dlcli.ui.console import result, say

Row = dict[str, Any]
LIKELIEST = 5


@dataclass(frozen=True)
class Place:
    """Where the results go, and what may be fetched.

    Args:
        out: a ``.png`` or ``.npy``, a folder, ``-`` (the PNG on stdout), or None.
        raw: a ``.npy`` for the numbers, or None.
        stamp: see ``core/make``.
        depfile: likewise.
        download: published weights may be fetched.

    """

    out: str | None = None
    raw: str | None = None
    stamp: str | None = None
    depfile: str | None = None
    download: bool = False


@dataclass(frozen=True)
class Subject:
    """A network that is looked at.

    Args:
        opened: the model.
        module: on its device, in evaluation mode.
        device: where it computes.
        preprocessing: the steps from a picture to its input, at the size asked for.
        size_px: (height, width) of the input.

    """

    opened: Opened
    module: nn.Module
    device: Device
    preprocessing: list[dict[str, Any]]
    size_px: tuple[int, int]

    @property
    def classes(self) -> list[str]:
        """Class names by number."""
        return self.opened.classes

    def probabilities(self, scores: Tensor) -> Tensor:
        """Return class probabilities, (B, K)."""
        return probabilities(scores.detach(), self.opened.facts.get("answer", "softmax"))


@dataclass(frozen=True)
class Seen:
    """A picture as the network sees it.

    Args:
        name: as typed.
        image: of the size of the input, RGB.
        x: the network's numbers, (1, C, H, W), on the device.

    """

    name: str
    image: np.ndarray
    x: Tensor


@dataclass(frozen=True)
class Made:
    """What a verb made of one picture, or of the network alone.

    Args:
        input: the picture's name, or what was looked at.
        picture: for people.
        raw: name → numbers; one array is written as ``.npy``, several as ``.npz``.
        facts: for JSON and the table: plain data; nested values stay out of the table.

    """

    input: str
    picture: Image.Image
    raw: dict[str, np.ndarray] = field(default_factory=dict)
    facts: Row = field(default_factory=dict)


def subject(recipe: Any, output: Output, place: Place) -> Subject:
    """Open the network of a recipe and say which it is.

    Raises:
        ModelError: missing or broken; UsageError: a size it cannot take is told when it runs.

    """
    device = open_device(_device(recipe))
    opened = open_model(recipe.model, seed=recipe.seed, download=say if place.download else None)
    if opened.stamp:
        say(f"{recipe.model}: {opened.stamp}", output.quiet)
    elif recipe.model == "imagenet":
        say("imagenet: EfficientNet-Lite0 with ImageNet weights (Apache-2.0)", output.quiet)
    steps, size = opened.preprocessing, tuple(opened.facts["size_px"])
    asked, fit = getattr(recipe, "size_px", None), getattr(recipe, "fit", None)
    if asked or fit:
        size = sides(asked) if asked else size
        own = next(s for s in steps if s["step"] == "resize")
        changed = {**own, "size_px": list(size), "fit": fit or own["fit"]}
        steps = [changed if s["step"] == "resize" else s for s in steps]
    return Subject(opened, device.ready(opened.module), device, steps, size)


def _device(recipe: Any) -> Any:
    from dlcli.core.schemas.shared import Device as Section

    return Section(name=recipe.device.name)


def given(words: Sequence[str]) -> tuple[list[str], dict[str, bytes]]:
    """Return the pictures that words name; without words they come from stdin where it is no terminal.

    Raises:
        UsageError: none were named.

    """
    if not words and sys.stdin is not None and not sys.stdin.isatty():
        words = [inputs.STDIN]
    if not words:
        raise UsageError("which pictures? give files, folders, a pattern, or - for a list or a picture on stdin")
    return inputs.expand(words)


def see(held: Subject, image: Image.Image, name: str = "") -> Seen:
    """Return a picture as the network sees it."""
    fitted = images.fitted(image, held.preprocessing)
    x = images.as_input(images.as_array(fitted), held.preprocessing)
    placed = held.device.place({"pictures": torch.from_numpy(x)[None]})["pictures"]
    return Seen(name, np.asarray(fitted.convert("RGB")), placed)


def read(name: str, held: dict[str, bytes]) -> Image.Image:
    """Return the picture of a name; see ``data/images.read``."""
    return images.read(held.get(name, name), name)


def as_picture(held: Subject, x: Tensor) -> np.ndarray:
    """Return a network's numbers as a picture: ``see`` backwards, cut to what bytes can hold.

    Shapes:
        x (1, C, H, W) -> (H, W, 3) uint8
    """
    mean, std = (torch.tensor(v, device=x.device).view(1, -1, 1, 1) for v in normalization(held))
    pixels = ((x.detach() * std + mean) * 255).round().clamp(0, 255).to(torch.uint8)
    return pixels[0].expand(3, -1, -1).permute(1, 2, 0).cpu().numpy()


def normalization(held: Subject) -> tuple[list[float], list[float]]:
    """Return mean and standard deviation that the network's pictures are normalized by, on the scale 0–1."""
    step = next((s for s in held.preprocessing if s["step"] == "normalize"), None)
    channels = held.opened.facts["channels"]
    return (step["mean"], step["std"]) if step else ([0.0] * channels, [1.0] * channels)


def asked_classes(held: Subject, recipe: Any, scores: Tensor) -> list[int]:
    """Return the numbers of the classes a recipe asks about: those named, the likeliest ``top``, or the answer.

    Args:
        held: the network.
        recipe: with ``classes`` and ``top``.
        scores: (1, K) of the picture.

    """
    if recipe.classes:
        return list(dict.fromkeys(class_number(held, word) for word in recipe.classes))
    return scores[0].topk(min(recipe.top or 1, scores.shape[1])).indices.tolist()


def class_number(held: Subject, word: str) -> int:
    """Return the number of a class from its name or number; a name that is a number wins.

    Raises:
        UsageError: no such class; names the nearest.

    """
    classes = held.classes
    if word in classes:
        return classes.index(word)
    lower = [c.lower() for c in classes]
    if word.lower() in lower:
        return lower.index(word.lower())
    if word.isdecimal() and int(word) < len(classes):
        return int(word)
    text = f"the network has no class {word!r}{nearest(word, classes, 3)}"
    raise UsageError(text, f"a name, or a number from 0 to {len(classes) - 1}", key="classes")


def layers_asked(held: Subject, recipe: Any, x: Tensor) -> list[str]:
    """Return the layers a recipe names, or the one chosen for it."""
    if recipe.layer is not None:
        return feature_maps.named(held.module, recipe.layer)
    return [feature_maps.last_map(held.module, x)]


def likeliest(held: Subject, scores: Tensor, count: int = LIKELIEST) -> list[Row]:
    """Return the likeliest classes of a picture, as ``predict`` lists them."""
    row = held.probabilities(scores)[0].cpu()
    best = row.topk(min(count, len(row)))
    return [
        {"label": held.classes[k], "probability": round(p, 6)} for p, k in zip(*map(Tensor.tolist, best), strict=True)
    ]


def each_picture(
    verb: str,
    words: Sequence[str],
    resolved: Resolved,
    output: Output,
    place: Place,
    work: Callable[[Subject, Seen], Made],
) -> None:
    """Run a verb that makes one thing of each picture.

    Args:
        verb: its name.
        words: pictures, as typed.
        resolved: the recipe.
        output: how to speak.
        place: where results go.
        work: makes one; a ``DlcliError`` but UsageError costs this picture an error record.

    Raises:
        DataError: no picture could be read.
        RunFailed: nothing could be made of any.

    """
    started_s = time.monotonic()
    names, held = given(words)
    writer = Writer(verb, resolved, output, place, [*names, *_places(words, names)], several=len(names) > 1)
    looked = subject(resolved.recipe, output, place)
    for name in names:
        try:
            made = work(looked, see(looked, read(name, held), name))
        except UsageError:
            raise
        except DlcliError as error:
            writer.failed(name, error)
        except RuntimeError as error:
            raise device_error(error) or error from None
        else:
            writer.add(made)
    writer.finish(started_s, looked)


def one_thing(verb: str, resolved: Resolved, output: Output, place: Place, work: Callable[[Subject], Made]) -> None:
    """Run a verb that asks the network alone; see ``each_picture``."""
    started_s = time.monotonic()
    writer = Writer(verb, resolved, output, place, [], several=False)
    looked = subject(resolved.recipe, output, place)
    try:
        writer.add(work(looked))
    except RuntimeError as error:
        raise device_error(error) or error from None
    writer.finish(started_s, looked)


def list_layers(verb: str, resolved: Resolved, output: Output, place: Place) -> None:
    """Print name, type, output and receptive field of each layer, and which one is looked at when none is named."""
    started_s = time.monotonic()
    looked = subject(resolved.recipe, output, place)
    channels = looked.opened.facts["channels"]
    try:
        chosen = feature_maps.last_map(
            looked.module, torch.zeros(1, channels, *looked.size_px, device=looked.device.torch)
        )
    except DlcliError:
        chosen = ""
    inner = survey(looked.module, (channels, *looked.size_px)).rows
    rows = [
        {
            "name": r["name"], "type": r["type"], "output": "×".join(map(str, r["output"])),
            "receptive_field_px": _extent(r), "stride_px": "×".join(map(str, r["stride_px"] or ())),
        }
        for r in inner
    ]  # fmt: skip
    doc = report.document(
        f"visualize {verb}", model=looked.opened.argument, seconds=time.monotonic() - started_s,
        chosen=chosen, items=[{"input": r["name"] or "network", **r} for r in inner],
    )  # fmt: skip
    tables.show(doc, [("", rows)], output)
    say(f"layer looked at when none is named: {chosen or 'none, there is no map'}", output.quiet)


def _extent(row: Row) -> str:
    size = row["receptive_field_px"]
    return "×".join(map(str, size)) if size else {"all": "whole picture"}.get(row["sees"], row["sees"])


def _places(words: Sequence[str], names: Sequence[str]) -> list[str]:
    folders = [word for word in words if os.path.isdir(word)]
    patterns = any(glob.has_magic(word) and not os.path.exists(word) for word in words)
    return [*folders, *dict.fromkeys(os.path.dirname(n) or "." for n in names if patterns)]


class Writer:
    """Writes what a verb makes, as it is made, and the report at the end.

    Args:
        verb: its name.
        resolved: the recipe.
        output: how to speak.
        place: where results go.
        read: files and folders that are read.
        several: more than one result may come, so that a folder is needed.

    Raises:
        UsageError: a place that cannot take these results, or one that is read.
        DataError: it cannot be written.

    """

    def __init__(
        self, verb: str, resolved: Resolved, output: Output, place: Place, read: Sequence[str], *, several: bool
    ):
        self.verb, self.resolved, self.output, self.place = verb, resolved, output, place
        self.read = [*map(str, resolved.files), *bundle.files_of(getattr(resolved.recipe, "model", "")), *read]
        self.items: list[Row] = []
        self.files: dict[str, str] = {}
        self.made = 0
        self.folder = self._folder(several)
        make.check(place.stamp, place.depfile, place.out)
        make.refuse_inputs(self.read, place.out, place.stamp, place.depfile)
        make.refuse_input(place.raw, self.read, "--raw")
        make.refuse_same({"--out": place.out, "--raw": place.raw, "--stamp": place.stamp, "--depfile": place.depfile})

    def _folder(self, several: bool) -> Path | None:
        out, raw = self.place.out, self.place.raw
        if out == "" or raw == "":
            raise UsageError(f"{'--out' if out == '' else '--raw'} '' names no file", key="--out")
        if out == STDOUT and self.output.machine:
            raise UsageError("-o - puts the picture on stdout, where --json prints too", "give -o a file", key="--out")
        if raw is not None and Path(raw).suffix.lower() not in (".npy", ".npz"):
            raise UsageError(f"--raw {raw}: numbers are written as .npy, or .npz where there are several", key="--raw")
        suffix = Path(out or "").suffix.lower()
        folder = out not in (None, STDOUT) and (os.path.isdir(out) or out.endswith(os.sep) or not suffix)
        if out not in (None, STDOUT) and not folder and suffix not in (".png", ".npy", ".npz"):
            text = f"--out {out}: the format is told by the ending; allowed: .png, .npy, .npz, or a folder"
            raise UsageError(text, key="--out")
        if several and not folder:
            raise UsageError("several pictures make several files; -o must name a folder", "-o maps/", key="--out")
        if several and raw is not None:
            raise UsageError("--raw takes the numbers of one picture; a folder holds them all", "-o maps/", key="--raw")
        for path in (None if folder else out, raw):
            if path not in (None, STDOUT):
                make.check_writable(path)
        if folder and not os.path.isdir(out):
            make.check_writable(out.rstrip(os.sep) or out)
        return Path(out) if folder else None

    def add(self, made: Made) -> None:
        """Write one result."""
        self.made += 1
        item = {"input": made.input, **made.facts}
        picture = map_sheet.png(made.picture)
        paths = self._paths(made)
        if self.folder is not None:
            try:
                self.folder.mkdir(exist_ok=True)
            except OSError as error:
                raise files.writing_failed(self.folder, error) from error
        for role, path in paths.items():
            if path == STDOUT:
                sys.stdout.buffer.write(picture)
                sys.stdout.buffer.flush()
                continue
            content = picture if role == "picture" else _raw_bytes(made.raw, path)
            files.write_with(path, lambda file, content=content: file.write(content) and None)
            item.setdefault("files", {})[role] = str(path)
            self.files[role if self.folder is None else f"{role}/{Path(path).stem}"] = str(path)
            say(f"written: {path}", self.output.quiet)
        self._item(item)

    def _paths(self, made: Made) -> dict[str, str | Path]:
        stem = Path(made.input).stem or self.verb
        if self.folder is not None:
            taken = {Path(p).stem for p in self.files.values()}
            name, number = stem, 1
            while name in taken:
                number += 1
                name = f"{stem}-{number}"
            raw = {"raw": self.folder / f"{name}.{'npy' if len(made.raw) == 1 else 'npz'}"} if made.raw else {}
            return {"picture": self.folder / f"{name}.png", **raw}
        out = self.place.out or f"{stem}-{self.verb}.png"
        if self.place.out is None:
            make.check_writable(out)
            make.refuse_input(out, self.read)
        paths: dict[str, str | Path] = {"raw" if Path(out).suffix.lower() in (".npy", ".npz") else "picture": out}
        if self.place.raw is not None:
            if "raw" in paths:
                raise UsageError("--out and --raw would both hold the numbers", "give -o a .png", key="--raw")
            paths["raw"] = self.place.raw
        if "raw" in paths and not made.raw:
            raise UsageError(f"visualize {self.verb} has no numbers to write, only a picture", key="--raw")
        return paths

    def failed(self, name: str, error: DlcliError) -> None:
        """Note that nothing could be made of a picture."""
        record = {"code": int(error.code), "message": error.message, "hint": error.hint}
        say(f"{shown(name)}: {error.message}", self.output.quiet and not self.output.machine)
        if error.hint:
            say(f"  {error.hint}", self.output.quiet)
        self._item({"input": name, "error": record})

    def _item(self, item: Row) -> None:
        self.items.append(item)
        if self.output.jsonl:
            result(json.dumps(tables.finite(item), ensure_ascii=False))

    def finish(self, started_s: float, looked: Subject | None, metrics: dict[str, float] | None = None) -> None:
        """Print the table or document, write report, depfile and stamp.

        Raises:
            DataError: no picture could be read.
            RunFailed: nothing could be made of any.

        """
        stamp = {"stamp": looked.opened.stamp} if looked is not None and looked.opened.stamp else {}
        if self.folder is not None and self.made:
            self.files["report"] = str(self.folder / "report.json")
        doc = report.document(
            f"visualize {self.verb}", model=looked.opened.argument if looked is not None else None,
            seconds=time.monotonic() - started_s, metrics=metrics or {}, files=self.files, items=self.items,
            settings=self.resolved.recipe.model_dump(mode="json", exclude={"schema_version"}), **stamp,
        )  # fmt: skip
        target = self.place.stamp or self.place.out or next(iter(self.files.values()), "")
        if target and target != STDOUT:
            make.write_depfile(self.place.depfile, target, self.read)
        if "report" in self.files:
            files.write_text(self.files["report"], tables.as_json(doc) + "\n")
        if not self.output.jsonl and self.place.out != STDOUT:
            rows = [
                {k: v for k, v in i.items() if not isinstance(v, dict | list)} for i in self.items if "error" not in i
            ]
            tables.show(doc, [("", rows)], self.output)
        wrong = [i for i in self.items if "error" in i]
        if wrong and not self.made:
            unread = all(i["error"]["code"] == DataError.code for i in wrong)
            what = "none of the pictures could be read" if unread else "nothing could be made of any picture"
            if len(wrong) == 1:
                what = "the picture could not be read" if unread else "nothing could be made of the picture"
            raise (DataError if unread else RunFailed)(what)
        if wrong:
            say(f"nothing could be made of {len(wrong)} of {len(self.items)} pictures", self.output.quiet)
        make.write_stamp(self.place.stamp, looked.opened.argument if looked is not None else self.verb)


def _raw_bytes(raw: dict[str, np.ndarray], path: str | Path) -> bytes:
    """Return numbers as the content of a ``.npz``, or of a ``.npy`` where one array is asked for."""
    held = io.BytesIO()
    if Path(path).suffix.lower() == ".npz":
        np.savez_compressed(held, **raw)
    elif len(raw) > 1:
        raise UsageError(f"{path}: several arrays ({', '.join(raw)}) need a .npz", key="--raw")
    else:
        np.save(held, next(iter(raw.values())), allow_pickle=False)
    return held.getvalue()
