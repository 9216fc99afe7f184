"""Where the results of ``dlcli visualize`` go: pictures, numbers, the report, the table or document."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from dlcli.core import bundle, files, make, report
from dlcli.core.errors import DataError, DlcliError, RunFailed, UsageError
from dlcli.core.files import shown
from dlcli.core.output import STDOUT, Output
from dlcli.core.recipe import Resolved
from dlcli.ui import map_sheet, tables
from dlcli.ui.console import result, say

if TYPE_CHECKING:  # it needs torch, which visualize kernel does not
    from dlcli.tasks.open import Opened

Row = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where the results go, and what may be fetched.

    Args:
        out: a ``.png`` or ``.npy``, a folder, ``-`` (the PNG on stdout), or None.
        raw: a ``.npy`` for the numbers, or None.
        stamp: see ``core/make``.
        depfile: likewise.
        download: published weights may be fetched.
        plain: a ``.png`` for the picture that was made, with nothing drawn around it, or None.

    """

    out: str | None = None
    raw: str | None = None
    stamp: str | None = None
    depfile: str | None = None
    download: bool = False
    plain: str | None = None


@dataclass(frozen=True)
class Made:
    """What a verb made of one picture, or of the network alone.

    Args:
        input: the picture's name, or what was looked at.
        picture: for people; None where none is written (``Writer.draws``).
        raw: name → numbers; one array is written as ``.npy``, several as ``.npz``.
        facts: for JSON and the table: plain data; nested values stay out of the table.
        plain: name → a picture that was made, with nothing drawn around it; a folder takes them all.
        error: why this is not what was asked for; it is written all the same, and counts as nothing made.
        rows: the table instead of the facts, such as a row a layer; empty: the facts are one row.

    """

    input: str
    picture: Image.Image | None
    raw: dict[str, np.ndarray] = field(default_factory=dict)
    facts: Row = field(default_factory=dict)
    plain: dict[str, Image.Image] = field(default_factory=dict)
    error: DlcliError | None = None
    rows: list[Row] = field(default_factory=list)


class Writer:
    """Writes what a verb makes, as it is made, and the report at the end.

    Args:
        verb: its name.
        resolved: the recipe.
        output: how to speak.
        place: where results go.
        read: files and folders that are read.
        several: more than one result may come, so that a folder is needed.
        figures: the result is a table; without ``--out`` no picture is written.

    Raises:
        UsageError: a place that cannot take these results, or one that is read.
        DataError: it cannot be written.

    """

    def __init__(
        self, verb: str, resolved: Resolved, output: Output, place: Place, read: Sequence[str], *, several: bool,
        figures: bool = False,
    ):  # fmt: skip
        self.verb, self.resolved, self.output, self.place = verb, resolved, output, place
        self.draws = not figures or place.out is not None
        self.read = [*map(str, resolved.files), *bundle.files_of(getattr(resolved.recipe, "model", "")), *read]
        self.items: list[Row] = []
        self.files: dict[str, str] = {}
        self.made = 0
        self.rows: list[Row] = []
        self.folder = self._folder(several)
        make.check(place.stamp, place.depfile, place.out)
        make.refuse_inputs(self.read, place.out, place.stamp, place.depfile)
        make.refuse_input(place.raw, self.read, "--raw")
        make.refuse_input(place.plain, self.read, "--picture")
        places = {"--out": place.out, "--raw": place.raw, "--picture": place.plain}
        make.refuse_same({**places, "--stamp": place.stamp, "--depfile": place.depfile})

    def _folder(self, several: bool) -> Path | None:
        out, raw = self.place.out, self.place.raw
        if out == "" or raw == "":
            raise UsageError(f"{'--out' if out == '' else '--raw'} '' names no file", key="--out")
        if out == STDOUT and self.output.machine:
            raise UsageError("-o - puts the picture on stdout, where --json prints too", "give -o a file", key="--out")
        if raw is not None and Path(raw).suffix.lower() not in (".npy", ".npz"):
            raise UsageError(f"--raw {raw}: numbers are written as .npy, or .npz where there are several", key="--raw")
        if self.place.plain is not None and Path(self.place.plain).suffix.lower() != ".png":
            text = f"--picture {self.place.plain}: the picture keeps every value only as a .png"
            raise UsageError(text, key="--picture")
        suffix = Path(out or "").suffix.lower()
        folder = out not in (None, STDOUT) and (os.path.isdir(out) or out.endswith(os.sep) or not suffix)
        if out not in (None, STDOUT) and not folder and suffix not in (".png", ".npy", ".npz"):
            text = f"--out {out}: the format is told by the ending; allowed: .png, .npy, .npz, or a folder"
            raise UsageError(text, key="--out")
        if several and not folder and self.draws:
            raise UsageError("several pictures make several files; -o must name a folder", "-o maps/", key="--out")
        if several and raw is not None:
            raise UsageError("--raw takes the numbers of one picture; a folder holds them all", "-o maps/", key="--raw")
        if several and self.place.plain is not None:
            text = "--picture takes what is made of one picture; a folder holds them all"
            raise UsageError(text, "-o made/", key="--picture")
        for path in (None if folder else out, raw, self.place.plain):
            if path not in (None, STDOUT):
                make.check_writable(path)
        if folder and not os.path.isdir(out):
            make.check_writable(out.rstrip(os.sep) or out)
        return self._checked(Path(out)) if folder else None

    def _checked(self, folder: Path) -> Path:
        """Return the folder, unless it is a file, or holds a picture that is read and whose name its result would take.

        Raises:
            UsageError: it does.

        """
        if os.path.lexists(folder) and not os.path.isdir(folder):
            raise UsageError(f"--out {folder} is no folder, and no .png or .npy either", "-o maps/", key="--out")
        for name in self.read if os.path.isdir(folder) else ():
            taken = folder / f"{Path(name).stem}.png"
            if os.path.isfile(name) and os.path.isfile(taken) and os.path.samefile(name, taken):
                what = f"--out {folder} is where {shown(name)} lies, which is read; it would be lost"
                raise UsageError(what, "choose another folder", key="--out")
        return folder

    def add(self, made: Made) -> None:
        """Write one result."""
        self.made += made.error is None
        self.rows += made.rows
        item = {"input": made.input, **made.facts}
        picture = map_sheet.png(made.picture) if made.picture is not None else b""
        paths = self._paths(made) if self.draws else {}
        for path in paths.values():
            make.refuse_input(str(path), self.read)
        contents = {  # all of them before any is written: numbers that do not fit their file must not leave half
            role: picture if role == "picture" or path == STDOUT else self._content(made, role, path)
            for role, path in paths.items()
        }
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
            content = contents[role]
            files.write_with(path, lambda file, content=content: file.write(content) and None)
            item.setdefault("files", {})[role] = str(path)
            self.files[role if self.folder is None else f"{role}/{Path(path).stem}"] = str(path)
            say(f"written: {shown(path)}", self.output.quiet)
        if made.error is not None:
            self._wrong(item, made.error)
        else:
            self._item(item)

    @staticmethod
    def _content(made: Made, role: str, path: str | Path) -> bytes:
        """Return the content of a file that is no sheet."""
        if role == "raw":
            return _raw_bytes(made.raw, path)
        return map_sheet.png(next(iter(made.plain.values())) if role == "plain" else made.plain[role])

    @staticmethod
    def numbers(raw: dict[str, np.ndarray]) -> tuple[bytes, str]:
        """Return numbers as the content of a file and its ending."""
        ending = ".npy" if len(raw) == 1 else ".npz"
        return _raw_bytes(raw, f"numbers{ending}"), ending

    def put(self, name: str, content: bytes) -> str:
        """Write a further file of the folder, such as a page; return its path."""
        path = self.folder / name
        make.refuse_input(str(path), self.read)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise files.writing_failed(path.parent, error) from error
        files.write_with(path, lambda file: file.write(content) and None)
        return str(path)

    def note(self, item: Row) -> None:
        """Count a result whose files were written with ``put``."""
        self.made += 1
        self.files |= {f"{role}/{Path(item['input']).stem}": path for role, path in item.get("files", {}).items()}
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
            plain = {role: self.folder / f"{name}-{role}.png" for role in made.plain}
            return {"picture": self.folder / f"{name}.png", **raw, **plain}
        out = self.place.out or f"{stem}-{self.verb}.png"
        if self.place.out is None:
            make.check_writable(out)
            make.refuse_input(out, self.read)
        paths: dict[str, str | Path] = {"raw" if Path(out).suffix.lower() in (".npy", ".npz") else "picture": out}
        if self.place.raw is not None:
            if "raw" in paths:
                raise UsageError("--out and --raw would both hold the numbers", "give -o a .png", key="--raw")
            paths["raw"] = self.place.raw
        if self.place.plain is not None:
            if len(made.plain) != 1:
                text = f"--picture takes one picture, and {len(made.plain)} were made: {', '.join(made.plain)}"
                raise UsageError(text, "a folder takes them all: -o made/", key="--picture")
            paths["plain"] = self.place.plain
        if "raw" in paths and not made.raw:
            raise UsageError(f"visualize {self.verb} has no numbers to write, only a picture", key="--raw")
        return paths

    def failed(self, name: str, error: DlcliError) -> None:
        """Note that nothing could be made of a picture."""
        self._wrong({"input": name}, error)

    def _wrong(self, item: Row, error: DlcliError) -> None:
        name = item["input"]
        record = {"code": int(error.code), "message": error.message, "hint": error.hint}
        named = "" if error.message.startswith(shown(name)) else f"{shown(name)}: "
        say(f"{named}{error.message}", self.output.quiet)
        if error.hint:
            say(f"  {error.hint}", self.output.quiet)
        self._item({**item, "error": record})

    def _item(self, item: Row) -> None:
        self.items.append(item)
        if self.output.jsonl:
            result(json.dumps(tables.finite(item), ensure_ascii=False))

    def finish(
        self, started_s: float, opened: Opened | None, metrics: dict[str, float] | None = None,
        rows: Sequence[Row] | None = None, check: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        """Print the table or document, write report, depfile and stamp.

        Args:
            started_s: by the clock of ``time.monotonic``.
            opened: the model; None: there is none.
            metrics: name → value.
            rows: of the table; None: one for each item.
            check: raises when a bound is missed; runs before the stamp is written.

        Raises:
            DataError: no picture could be read.
            RunFailed: nothing could be made of any.

        """
        stamp = {"stamp": opened.stamp} if opened is not None and opened.stamp else {}
        if self.folder is not None and self.files:
            self.files["report"] = str(self.folder / "report.json")
        doc = report.document(
            f"visualize {self.verb}", model=opened.argument if opened is not None else None,
            seconds=time.monotonic() - started_s, metrics=metrics or {}, files=self.files, items=self.items,
            settings=self.resolved.recipe.model_dump(mode="json", exclude={"schema_version"}), **stamp,
        )  # fmt: skip
        target = self.place.stamp or self.place.out or next(iter(self.files.values()), "")
        if target and target != STDOUT:
            make.write_depfile(self.place.depfile, target, self.read)
        if "report" in self.files:
            files.write_text(self.files["report"], tables.as_json(doc) + "\n")
        if not self.output.jsonl and self.place.out != STDOUT:
            each = self.rows or [
                {k: v for k, v in i.items() if not isinstance(v, dict | list)} for i in self.items if "error" not in i
            ]
            tables.show(doc, [("", each if rows is None else rows)], self.output)
        wrong = [i for i in self.items if "error" in i]
        if wrong and not self.made:
            unread = all(i["error"]["code"] == DataError.code for i in wrong)
            what = "none of the pictures could be read" if unread else "nothing could be made of any picture"
            if not unread and self.files:
                what = "what was asked for was not reached; what was reached is written"
            elif len(wrong) == 1:
                what = "the picture could not be read" if unread else "nothing could be made of the picture"
            raise (DataError if unread else RunFailed)(what)
        if wrong:
            say(f"nothing could be made of {len(wrong)} of {len(self.items)} pictures", self.output.quiet)
        if check is not None:
            check()
        make.write_stamp(self.place.stamp, opened.argument if opened is not None else self.verb)


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
