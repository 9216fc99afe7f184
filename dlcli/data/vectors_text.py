"""Word vectors as text: a word and its numbers a line, with a first line (word2vec, fastText) or without (GloVe)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from dlcli.core.errors import DataError, ModelError
from dlcli.data.vectors_looks import BOM, NUMBER, WIDEST, glove_dim, header
from dlcli.data.vectors_rows import Rows, encoded
from dlcli.ops.word_vectors import WordVectors

BLOCK = 1 << 23
LONGEST = 1 << 26  # bytes of a line
# Part of a word may be a number (`Windows 95`), but one with as many digits as this is one of the vector.
STRAY = re.compile(rb"[-+]?\d*\.\d{3,}([eE][-+]?\d+)?|[-+]?\d+(\.\d+)?[eE][-+]?\d+")


def read(head: bytes, file: BinaryIO, name: str, form: str, most: int | None) -> tuple[list[str], np.ndarray]:
    """Return the words and vectors of a text.

    All numbers of a block are parsed by one call. They are those of Python's ``float`` rounded to float32.

    Args:
        head: what has been read of the file already.
        file: the rest.
        name: what it is called in messages.
        form: ``word2vec`` or ``glove``.
        most: rows to stop after, or None.

    Raises:
        ModelError: a line that is broken, or other rows than the first line says; names file and line.

    """
    head, line = head.removeprefix(BOM), 1
    promised, dim = None, glove_dim(head)
    said = "most lines have"
    if form == "word2vec":
        promised, dim = header(head) or (0, 0)
        said, line, head = "the first line says", 2, head.partition(b"\n")[2]
        if not 0 < dim <= WIDEST or not promised:
            raise ModelError(f"{name}:1: the first line says {promised} words of {dim} numbers", "make the file anew")
    rows = Rows(dim, most)
    for block in _blocks(head, file, name):
        lines = block.split(b"\n")
        if not lines[-1]:
            lines.pop()
        kept = lines if rows.left is None else lines[: rows.left]
        place = _Place(name, line, dim, said)
        rows.add(*_parsed(kept, place))
        if promised is not None and len(rows) > promised:
            extra = line + len(lines) - 1 - (len(rows) - promised - 1)
            text = f"{name}:{extra}: there are more rows than the {promised} that the first line says"
            raise ModelError(text, "correct the first line, or make the file anew")
        line += len(lines)
        if rows.left == 0:
            return rows.done()
    if promised is not None and len(rows) != promised:
        text = f"{name}:{line}: ends after {len(rows)} of the {promised} words that the first line says"
        raise ModelError(text, "it may be cut off: fetch or make it anew")
    return rows.done()


def _blocks(head: bytes, file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield whole lines, some megabytes at a time."""
    rest = head
    while True:
        cut = rest.rfind(b"\n") + 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
        if len(rest) > LONGEST:
            raise ModelError(f"{name} has a line of more than {LONGEST >> 20} MB: it is no text of word vectors")
        more = file.read(BLOCK)
        if not more:
            if rest:
                yield rest
            return
        rest += more


class _Place:
    """Where a block of lines stands, for messages."""

    def __init__(self, name: str, first: int, dim: int, said: str):
        self.name, self.first, self.dim, self.said = name, first, dim, said

    def wrong(self, offset: int, text: str) -> ModelError:
        return ModelError(f"{self.name}:{self.first + offset}: {text}", "correct the line, or make the file anew")

    def ragged(self, offset: int, found: int) -> ModelError:
        return self.wrong(offset, f"{found} numbers where {self.said} {self.dim}")


def _parsed(lines: list[bytes], place: _Place) -> tuple[list[bytes], np.ndarray]:
    words: list[bytes] = []
    numbers: list[bytes] = []
    for offset, raw in enumerate(lines):
        line = raw.rstrip()
        if line.count(b" ") == place.dim:
            word, _, rest = line.partition(b" ")
        elif not line:
            continue
        else:
            word, rest = _odd_line(line, offset, place)
        words.append(word)
        numbers.append(rest)
    if not words:
        return [], np.empty((0, place.dim), np.float32)
    try:
        # Latin-1, as a byte that is no number shall be told by its line below.
        held = io.BytesIO(b"\n".join(numbers))
        table = np.loadtxt(held, dtype=np.float32, comments=None, ndmin=2, encoding="latin1")
    except ValueError:
        table = None
    if table is None or table.shape != (len(words), place.dim) or not np.isfinite(table).all():
        table = _one_by_one(lines, place)
    return words, table


def _odd_line(line: bytes, offset: int, place: _Place) -> tuple[bytes, bytes]:
    """Cut a line with more blanks than numbers, or others: words with spaces, tabs, numbers set in columns."""
    fields = line.rsplit(b" ", place.dim)
    if len(fields) != place.dim + 1 or not all(fields[1:]) or any(b"\t" in f for f in fields[1:]):
        fields = line.rsplit(None, place.dim)
    if len(fields) != place.dim + 1:
        raise place.ragged(offset, max(0, len(fields) - 1))
    word = fields[0].rstrip(b" ") or fields[0]  # a blank may be a word itself
    parts = word.split()
    stray = next((k for k, part in enumerate(reversed(parts[1:])) if not STRAY.fullmatch(part)), len(parts) - 1)
    if stray > 0:
        raise place.ragged(offset, place.dim + stray)
    return word, b" ".join(fields[1:])


def _one_by_one(lines: list[bytes], place: _Place) -> np.ndarray:
    """Parse a block number by number, for a message that names the line of what is wrong.

    Raises:
        ModelError: not a number, or not a finite one.

    """
    rows = []
    for offset, raw in enumerate(lines):
        line = raw.rstrip()
        if not line:
            continue
        exact = line.count(b" ") == place.dim
        rest = line.partition(b" ")[2] if exact else _odd_line(line, offset, place)[1]
        fields = rest.split()
        for field in fields:
            if not NUMBER.fullmatch(field):
                shown = field[:30].decode(errors="replace")
                raise place.wrong(offset, f"{shown!r} is not a number")
        if len(fields) != place.dim:
            raise place.ragged(offset, len(fields))
        with np.errstate(over="ignore"):
            row = np.array([float(field) for field in fields]).astype(np.float32)
        if not np.isfinite(row).all():
            shown = fields[int(np.argmin(np.isfinite(row)))][:30].decode()
            raise place.wrong(offset, f"{shown} is no finite number of 32 bits")
        rows.append(row)
    return np.array(rows)


def write(file: BinaryIO, vectors: WordVectors, *, first_line: bool) -> None:
    """Write vectors as text whose numbers read back as they are.

    Raises:
        DataError: a word with a line end in it.

    """
    if first_line:
        file.write(b"%d %d\n" % (len(vectors), vectors.dim))
    row = " %.9g" * vectors.dim
    step = max(1, (1 << 20) // max(1, vectors.dim))
    for start in range(0, len(vectors), step):
        words = encoded(vectors.words[start : start + step])
        for word in words:
            if b"\n" in word:
                text = f"the word {word.decode(errors='replace')!r} holds a line end, which no text of word vectors can"
                raise DataError(text, "write .npz or .safetensors")
        block = shortest(vectors.vectors[start : start + step])
        pairs = zip(words, block.tolist(), strict=True)
        file.write(b"".join(word + (row % tuple(numbers)).encode() + b"\n" for word, numbers in pairs))


def shortest(block: np.ndarray) -> np.ndarray:
    """Return the float64 numbers with the fewest decimal digits that round to these float32 numbers.

    Nine digits tell any float32 from its neighbors, most need fewer. A quotient of two whole numbers that float64 holds
    exactly is the float64 number nearest to that decimal, so printing it gives these digits.

    Args:
        block: float32, any shape.

    """
    exact = np.asarray(block, np.float64).ravel()
    found = exact.copy()
    left = np.flatnonzero(exact)
    for digits in (6, 7, 8, 9):
        value = exact[left]
        places = digits - 1 - np.floor(np.log10(np.abs(value)))
        up, down = 10.0 ** np.clip(places, 0, 22), 10.0 ** np.clip(-places, 0, 22)
        with np.errstate(over="ignore"):
            tried = np.rint(value * up / down) / up * down
            good = tried.astype(np.float32) == value.astype(np.float32)
        found[left[good]] = tried[good]
        left = left[~good]
    return found.reshape(np.shape(block))
