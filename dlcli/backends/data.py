"""Data sets as a user handles them: list, check, convert, preview."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dlcli.core import files, names, report, sources
from dlcli.core import recipe as recipes
from dlcli.core.errors import DataError, UsageError
from dlcli.core.files import shown, writing_failed
from dlcli.core.output import Output
from dlcli.data import build, images
from dlcli.data.build import Found
from dlcli.data.pictures import too_many
from dlcli.ui import sheet, tables
from dlcli.ui.console import result, say, say_each

FORMATS = (
    {"format": "folder", "write": "photos/", "about": "FOLDER/CLASS/picture, or FOLDER/{train,val,test}/CLASS/picture"},
    {
        "format": "csv",
        "write": "csv:labels.csv,picture=COL,target=COL",
        "about": "one picture file and one label a row; .csv, .tsv; a column part says train, val or test",
    },
)
SHORT = 5  # letters of a class name where two stand in one caption
TINY = 5  # a class with fewer training pictures is worth a word


def ls(output: Output) -> None:
    """Run ``dlcli data ls``."""
    builtins = [{"data": name, "about": about} for name, about in names.BUILTINS.items()]
    library = [{"data": f"torchvision:{name}", "about": row.about} for name, row in names.LIBRARY_SETS.items()]
    doc = report.document(
        "data ls", builtins=builtins, library=library, formats=list(FORMATS), items=[*builtins, *library]
    )
    listed = [("builtin", builtins), (f"in {names.LIBRARY_ROOT}/, or with --download", library)]
    tables.show(doc, [*listed, ("formats", list(FORMATS))], output)


def opened(word: str, output: Output, *, download: bool = False) -> Found:
    """Open a data argument as typed.

    Args:
        word: as typed.
        output: how much to say.
        download: fetch a library's data set that is not on disk.

    Raises:
        UsageError: not a data word.

    """
    try:
        return build.find(sources.parse(word), _announce(output) if download else None)
    except ValueError as error:
        raise UsageError(f"{word}: {error}", "dlcli data ls lists builtins and formats") from None


def _announce(output: Output) -> Callable[[str], None]:
    return lambda text: say(text, output.quiet)


def check(word: str, output: Output, *, download: bool = False) -> None:
    """Run ``dlcli data check``.

    Raises:
        DataError: pictures are broken, missing or labeled in two ways.

    """
    found = opened(word, output, download=download)
    for note in found.notes:
        say(note, output.quiet)
    problems, sizes, modes = _inspect(found)
    problems += _small_classes(found)
    errors = [p for p in problems if p["level"] == "error"]
    pictures = found.pictures
    counts = np.bincount(pictures.labels, minlength=len(pictures.classes))
    classes = [{"class": c, "pictures": int(n)} for c, n in zip(pictures.classes, counts, strict=True)]
    facts = {
        "pictures": len(pictures),
        "classes": len(pictures.classes),
        "parts": {p: len(i) for p, i in found.parts.items()},
        "smallest_px": list(min(sizes, default=(0, 0), key=lambda s: s[0] * s[1])),
        "largest_px": list(max(sizes, default=(0, 0), key=lambda s: s[0] * s[1])),
        "gray": modes["L"],
        "color": modes["RGB"],
    }
    doc = report.document(
        "data check", data=word, metrics={"errors": len(errors), "warnings": len(problems) - len(errors)},
        facts=facts, classes=classes, items=problems,
    )  # fmt: skip
    listed = [{"what": k, "value": v if isinstance(v, int) else json.dumps(v)} for k, v in facts.items()]
    tables.show(doc, [(word, listed), ("classes", classes), ("problems", problems)], output)
    if errors:
        what = "1 thing is" if len(errors) == 1 else f"{len(errors)} things are"
        raise DataError(f"{word}: {what} wrong with this data", "the list above names each")
    say(f"{word}: no picture is broken, missing or labeled in two ways", output.quiet or output.machine)


def _inspect(found: Found) -> tuple[list[dict[str, str]], set[tuple[int, int]], dict[str, int]]:
    """Read every picture once: what is broken, which are the same, how large they are."""
    problems: list[dict[str, str]] = []
    sizes: set[tuple[int, int]] = set()
    modes: dict[str, int] = defaultdict(int)
    same: dict[bytes, list[int]] = defaultdict(list)
    for i in range(len(found.pictures)):
        try:
            image = found.pictures.read(i)
        except DataError as error:
            name = found.pictures.names[i]
            problem = error.message.removeprefix(f"{shown(name)}: ")
            problems.append({"level": "error", "input": name, "problem": problem})
            continue
        sizes.add(image.size)
        modes[image.mode] += 1
        same[
            hashlib.blake2b(image.tobytes() + repr((image.size, image.mode)).encode(), digest_size=16).digest()
        ].append(i)
    for group in same.values():
        if len(group) > 1:
            problems.append(_same(found, group))
    return problems, sizes, modes


def _same(found: Found, group: list[int]) -> dict[str, str]:
    pictures = found.pictures
    classes = sorted({pictures.classes[pictures.labels[i]] for i in group})
    where = [p for p, index in found.parts.items() if np.isin(group, index).any()]
    others = ", ".join(pictures.names[i] for i in group[1:4]) + (
        f" and {len(group) - 4} more" if len(group) > 4 else ""
    )
    if len(classes) > 1:
        text, level = f"labeled in two ways ({', '.join(classes)}): the same picture as {others}", "error"
    elif len(where) > 1:
        text, level = f"the same picture in {' and '.join(where)}: {others}", "warning"
    else:
        text, level = f"the same picture as {others}", "warning"
    return {"level": level, "input": pictures.names[group[0]], "problem": text}


def _small_classes(found: Found) -> list[dict[str, str]]:
    pictures = found.pictures
    problems = []
    for name, index in (found.parts or {"data": np.arange(len(pictures))}).items():
        counts = np.bincount(pictures.labels[index], minlength=len(pictures.classes))
        for c, n in zip(pictures.classes, counts, strict=True):
            if n == 0 or (n < TINY and name in ("data", "train")):
                few = f"only {n} picture{'' if n == 1 else 's'}" if n else "no picture"
                problems.append({"level": "warning", "input": c, "problem": f"{few} in {name}"})
    if len(pictures.classes) < 2:
        problems.append({"level": "error", "input": pictures.classes[0], "problem": "the only class; two are needed"})
    return problems


def convert(word: str, target: str, output: Output, *, download: bool = False) -> None:
    """Run ``dlcli data convert``.

    Raises:
        UsageError: an unknown target, or one that exists.

    """
    kind, colon, where = target.partition(":")
    if not colon or kind not in ("folder", "csv") or not where:
        raise UsageError(f"target {target!r} is not allowed; allowed: folder:DIR, csv:FILE", key=target)
    goal = Path(where)
    try:
        taken = goal.exists() and not (goal.is_dir() and not any(goal.iterdir()))
    except OSError as error:
        raise writing_failed(goal, error) from error
    if taken:
        raise UsageError(f"{goal} exists already", "choose a new name; nothing is replaced", key=where)
    found = opened(word, output, download=download)
    for note in found.notes:
        say(note, output.quiet)
    try:
        bad = _to_folder(found, goal) if kind == "folder" else _to_csv(found, goal)
    except OSError as error:
        raise writing_failed(goal, error) from error
    say_each([f"left out: {reason}" for reason in bad], output.quiet)
    written = len(found.pictures) - len(bad)
    doc = report.document("data convert", data=word, files={kind: str(goal)}, pictures=written, left_out=bad)
    tables.show(doc, [("", [{"written": str(goal), "pictures": written, "format": kind}])], output)
    _enough(bad, len(found.pictures), f"the other {written} are in {goal}")


def _enough(bad: list[str], total: int, rest: str) -> None:
    """Refuse when more than one picture in a hundred was left out.

    Raises:
        DataError: too many.

    """
    if too_many(len(bad), total):
        raise DataError(
            f"{len(bad)} of {total} pictures were left out, more than one in a hundred; {rest}; the last: {bad[-1]}",
            "dlcli data check names each",
        )


def _part_of(found: Found) -> dict[int, str]:
    return {int(i): part for part, index in found.parts.items() for i in index}


def _to_folder(found: Found, goal: Path) -> list[str]:
    """Write FOLDER/[part/]CLASS/picture: files are copied as they are, arrays become PNG; say what was left out."""
    pictures, part = found.pictures, _part_of(found)
    for name in pictures.classes:
        if name in (".", "..") or "/" in name or name.startswith("."):
            raise DataError(f"the class {name!r} cannot be the name of a folder", "data convert can write csv:FILE")
    digits = len(str(max(1, len(pictures) - 1)))
    bad: list[str] = []
    made: set[Path] = set()
    for i in range(len(pictures)):
        name = pictures.classes[pictures.labels[i]]
        folder = goal / part[i] / name if i in part else goal / name
        if folder not in made:
            folder.mkdir(parents=True, exist_ok=True)
            made.add(folder)
        if pictures.arrays is not None:
            pictures.read(i).save(folder / f"{i:0{digits}}.png")
            continue
        source = pictures.names[i]
        try:
            file = images.open_file(source)
        except DataError as error:
            bad.append(error.message)
            continue
        # The number keeps two files of one name apart.
        with file, open(folder / f"{i:0{digits}}-{os.path.basename(source)}", "wb") as copy:
            shutil.copyfileobj(file, copy)
    return bad


def _to_csv(found: Found, goal: Path) -> list[str]:
    """Write picture,label[,part]; pictures that lie in memory are written beside the table; say what was left out."""
    pictures, part = found.pictures, _part_of(found)
    goal.parent.mkdir(parents=True, exist_ok=True)
    rows, bad = [], []
    beside = goal.with_suffix("")
    if pictures.arrays is not None:
        beside.mkdir()
    for i in range(len(pictures)):
        if pictures.arrays is not None:
            path = beside / f"{i:06}.png"
            pictures.read(i).save(path)
            picture = str(path.relative_to(goal.parent))
        else:
            picture = os.path.abspath(pictures.names[i])
        row = {"picture": picture, "label": pictures.classes[pictures.labels[i]]}
        if not _is_text(picture + row["label"]):
            bad.append(f"{shown(picture)}: the name of the file or its class is not UTF-8, as a table must be")
            continue
        rows.append({**row, "part": part.get(i, "train")} if part else row)
    files.write_text(goal, tables.as_csv(rows, ","))
    return bad


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def preview(
    word: str,
    out: str,
    recipe: str | None,
    sets: list[str],
    count: int,
    epoch: int,
    output: Output,
    *,
    download: bool = False,
) -> None:
    """Run ``dlcli data preview``.

    Raises:
        UsageError: the file is no PNG, or ``--set`` without ``--recipe``.

    """
    if Path(out).suffix.lower() != ".png":
        raise UsageError(f"--out {out}: a contact sheet is a .png file", key="--out")
    if sets and recipe is None:
        raise UsageError("--set changes keys of a recipe; give one with --recipe", key="--set")
    if recipe is None:
        found = opened(word, output, download=download)
        places = _spread(len(found.pictures), count)
        tiles = [(_tile(found.pictures, int(i)), found.pictures.classes[found.pictures.labels[i]]) for i in places]
    else:
        tiles = _augmented(word, recipe, sets, count, epoch, _announce(output) if download else None)
    unread = sum(t is None for t, _ in tiles)
    if unread == len(tiles):
        raise DataError(f"{word}: none of {unread} pictures can be read", "dlcli data check says why")
    if unread:
        say(f"{unread} of {len(tiles)} pictures cannot be read; dlcli data check says why", output.quiet)
    picture = sheet.contact_sheet([t for t, _ in tiles], [c for _, c in tiles])
    files.write_with(out, lambda file: picture.save(file, format="PNG"))
    doc = report.document("data preview", data=word, files={"sheet": out}, pictures=len(tiles))
    if output.json:
        result(tables.as_json(doc))
    else:
        say(f"written: {out} ({len(tiles)} pictures)", output.quiet)


def _spread(total: int, count: int) -> np.ndarray:
    return np.unique(np.linspace(0, total - 1, min(total, count)).astype(int))


def _tile(pictures: Any, i: int) -> np.ndarray | None:
    try:
        image = pictures.read(i)
    except DataError:
        return None
    image.thumbnail((160, 160))
    return np.asarray(image)


def _augmented(
    word: str, recipe: str, sets: list[str], count: int, epoch: int, download: Callable[[str], None] | None
) -> list[tuple[Any, str]]:
    """Return training pictures as the network gets them in an epoch, numbers brought back to bytes."""
    from dlcli.data.augment import Augmenter
    from dlcli.data.loader import Order, PictureBatches
    from dlcli.tasks import catalog

    resolved = recipes.resolve(recipe, sets, {"data.train": (word, word)}).recipe
    parts = build.from_recipe(resolved.data, resolved.seed, download)
    task = catalog.make(resolved)
    steps = task.preprocessing(task.prepare(parts.train))
    augmenter = Augmenter(resolved.data.augment, steps) if resolved.data.augment else None
    reader = PictureBatches(parts.train, steps, augmenter, resolved.seed)
    batch_size = resolved.train.batch if isinstance(resolved.train.batch, int) else len(parts.train)
    order = Order(len(parts.train), batch_size, resolved.seed, pairs=True)
    order.epoch = epoch
    partners = {i: partner for keys in order for _, i, partner in keys}
    normalize = steps[-1]
    tiles: list[tuple[Any, str]] = []
    for i in map(int, _spread(len(parts.train), count)):
        batch = reader[(epoch, i, partners.get(i, i))]
        label = parts.classes[parts.train.labels[i]]
        if "pictures" not in batch:
            tiles.append((None, label))
            continue
        if "share" in batch and (share := float(batch["share"])) < 1:
            label = _both(label, parts.classes[int(batch["labels2"])], share)
        x = batch["pictures"][0].numpy()
        shape = (-1, 1, 1)
        x = x * np.reshape(normalize["std"], shape) + np.reshape(normalize["mean"], shape)
        pixels = (x.clip(0, 1) * 255).round().astype(np.uint8)
        tiles.append((pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0), label))
    return tiles


def _both(one: str, other: str, share: float) -> str:
    """Return a caption with two labels and their shares, short enough that all of it can be read."""
    share = round(share, 1)
    return f"{one[:SHORT]} {share:.1f} + {other[:SHORT]} {1 - share:.1f}"
