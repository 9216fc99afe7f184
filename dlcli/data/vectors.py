"""Word vectors in files: the formats of word2vec, GloVe, fastText and NumPy, told apart by looking; and bundles."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from dlcli.core import bundle, files
from dlcli.core.bundle import Bundle
from dlcli.core.errors import DataError, ModelError, UsageError
from dlcli.core.nearest import nearest
from dlcli.data import (
    text,
    vectors_arrays,
    vectors_binary,
    vectors_looks,
    vectors_npz,
    vectors_safetensors,
    vectors_text,
)
from dlcli.data.vectors_looks import FORMATS
from dlcli.ops.word_vectors import WordVectors

HEAD = 1 << 20
BUNDLE_FILE = "vectors.safetensors"
ENDINGS = {
    ".txt": "word2vec", ".vec": "word2vec", ".glove": "glove", ".bin": "word2vec-binary", ".npz": "npz",
    ".safetensors": "safetensors",
}  # fmt: skip
MAPPED = ("npz", "safetensors")
TEXTS = ("word2vec", "glove")


@dataclass(frozen=True)
class Found:
    """What a file of word vectors holds.

    Args:
        vectors: the words and their vectors.
        form: one of ``FORMATS``.
        packed: whether it was packed.

    """

    vectors: WordVectors
    form: str
    packed: bool


def read(argument: str, *, most: int | None = None) -> WordVectors:
    """Return the vectors of a file, or of a run or bundle of ``embed fit``; see ``open_``."""
    return open_(argument, most=most).vectors


def open_(argument: str, *, most: int | None = None) -> Found:
    """Open word vectors of any format that is known, packed or not; the format is told by looking at the bytes.

    ``.safetensors`` and ``.npz`` are mapped where they lie, so opening costs the words alone.

    Args:
        argument: a file, ``-`` for stdin, or the directory of a run or bundle.
        most: words to read at most, the first ones; None: all.

    Raises:
        ModelError: missing, broken, cut off, or no word vectors; says where and what it is.

    """
    place = argument if argument == text.STDIN else _place(argument)
    name = "stdin" if place == text.STDIN else files.shown(place)
    with _opened(place) as file:
        packed = isinstance(file, gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile)
        head = file.read(HEAD)
        while b"\n" not in head and len(head) < vectors_text.LONGEST and (more := file.read(HEAD)):
            head += more  # a first line of a hundred thousand numbers: how many there are is told by a whole line
        form = vectors_looks.form_of(head, name)
        if form in TEXTS:
            found = WordVectors(*vectors_text.read(head, file, name, form, most))
        elif form == "word2vec-binary":
            found = WordVectors(*vectors_binary.read(head, file, name, most))
        else:
            if packed or place == text.STDIN or not os.path.isfile(place):
                buffer = np.frombuffer(head + file.read(), np.uint8)
            else:
                buffer = np.memmap(place, np.uint8, "r")
            found = vectors_arrays.read(buffer, form, name, most)
    return Found(_distinct(found), form, packed)


def _place(argument: str) -> str:
    """Return the file of an argument: the one in a bundle, once its checksum has been compared."""
    path = Path(argument)
    directory = bundle.locate(path) if argument else None
    if directory is not None:
        held = bundle.read(directory)
        if held.kind != "vectors":
            raise bundle.of_another_kind(argument, held, "word vectors")
        file = directory / BUNDLE_FILE
        if not file.is_file():
            raise ModelError(f"{file} is missing; the bundle is not complete", "fit the vectors anew")
        if bundle.sha256(file) != held.files.get(BUNDLE_FILE):
            text_ = f"{file} is not the file this bundle was written with: its SHA-256 differs"
            raise ModelError(text_, "fit the vectors anew")
        return str(file)
    if argument and path.is_dir():
        text_ = f"{argument} is a folder that holds no word vectors"
        raise ModelError(text_, "give a file of vectors, or a finished run of dlcli embed fit")
    if not argument or not os.path.exists(argument):
        folder = os.path.dirname(argument) or "."
        there = os.listdir(folder) if os.path.isdir(folder) and os.access(folder, os.R_OK) else []
        text_ = f"there is no file {argument!r}{nearest(os.path.basename(argument), there)}"
        raise ModelError(text_, "dlcli embed fit TEXT -o vectors.txt makes word vectors")
    return argument


@contextmanager
def _opened(place: str) -> Iterator[BinaryIO]:
    try:
        with text.opened(place) as file:
            yield file
    except DataError as error:
        raise ModelError(error.message, "give a file of word vectors, or - for stdin") from error
    except zlib.error as error:
        raise ModelError(f"{files.shown(place)} is packed and broken: {error}", "fetch or make it anew") from error


def _distinct(found: WordVectors) -> WordVectors:
    """Keep the first row of each word."""
    index = dict(zip(found.words, range(len(found)), strict=True))
    if len(index) == len(found):
        vars(found)["index"] = index  # is made here anyway, so nobody need make it again
        return found
    first: dict[str, int] = {}
    for row, word in enumerate(found.words):
        first.setdefault(word, row)
    again = next(word for row, word in enumerate(found.words) if first[word] != row)
    kept = np.fromiter(first.values(), np.int64, len(first))
    note = f"{len(found) - len(first)} words stand there more than once, such as {again!r}; the first vector counts"
    beside: dict[str, Any] = {
        key: None if (held := getattr(found, key)) is None else held[kept] for key in ("counts", "lengths")
    }
    return WordVectors(list(first), found.vectors[kept], **beside, notes=(*found.notes, note))


def form_for(path: str, form: str | None = None) -> tuple[str, bool]:
    """Return the format a file will have, and whether it will be packed.

    Args:
        path: its name, or ``-`` for stdout.
        form: one of ``FORMATS``, or None: told by the ending.

    Raises:
        UsageError: no such format, or an ending that tells none.

    """
    packed = path.endswith(".gz")
    ending = Path(path.removesuffix(".gz")).suffix.lower()
    if form is not None and form not in FORMATS:
        raise UsageError(f"{form!r} is no format of word vectors; allowed: {', '.join(FORMATS)}", key="--to")
    found = form or ENDINGS.get(ending) or ("word2vec" if path == "-" else None)
    if found is None:
        allowed = f"{', '.join(ENDINGS)}, each also with .gz"
        raise UsageError(f"{path}: the ending tells no format; endings that do: {allowed}", "or say --to FORMAT")
    return found, packed


def write(path: str, vectors: WordVectors, form: str | None = None) -> tuple[str, ...]:
    """Write vectors atomically; the format by ``form`` or the name's ending, packed when it ends in .gz.

    The same vectors give the same bytes. Numbers read back as they are from every format.

    Args:
        path: the file, or ``-`` for stdout.
        vectors: what to write.
        form: one of ``FORMATS``, or None.

    Returns:
        What the user should know, such as words other programs cannot read.

    Raises:
        UsageError: the ending tells no format.
        DataError: a word that the format cannot hold, or the folder cannot be written.
        RunFailed: disk full.

    """
    form, packed = form_for(path, form)
    if path == "-":
        sys.stdout.flush()
        _write(sys.stdout.buffer, vectors, form)
        sys.stdout.buffer.flush()
    else:
        with files.replacing(path) as file:
            if packed:  # without name and time: the same vectors are the same bytes
                with gzip.GzipFile("", "wb", 6, file, mtime=0) as inner:
                    _write(inner, vectors, form)  # type: ignore[arg-type]
            else:
                _write(file, vectors, form)
    if form not in TEXTS:
        return ()
    blank = [word for word in vectors.words if not word or any(sign in word for sign in " \t\r\v\f")]
    if not blank:
        return ()
    return (f"{len(blank)} words hold blanks, such as {blank[0]!r}: dlcli reads them back, other programs may not",)


def _write(file: BinaryIO, vectors: WordVectors, form: str) -> None:
    match form:
        case "word2vec" | "glove":
            vectors_text.write(file, vectors, first_line=form == "word2vec")
        case "word2vec-binary":
            vectors_binary.write(file, vectors)
        case "safetensors":
            vectors_safetensors.write(file, vectors)
        case "npz":  # a zip archive is patched where it was begun, which a stream does not allow
            held = io.BytesIO()
            vectors_npz.write(file if file.seekable() and not isinstance(file, gzip.GzipFile) else held, vectors)
            file.write(held.getbuffer())


def write_bundle(directory: Path, vectors: WordVectors, described: Bundle) -> None:
    """Write vectors as a bundle: the numbers first, then ``bundle.yaml`` with their checksum.

    Args:
        directory: of the bundle; made if it is missing.
        vectors: what was learnt.
        described: what ``bundle.yaml`` says, of kind ``vectors``.

    Effects: replaces what a former end of the same run left there.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.writing_failed(directory, error) from error
    path = directory / BUNDLE_FILE
    write(str(path), vectors)
    bundle.write(directory, replace(described, files={BUNDLE_FILE: bundle.sha256(path)}))
