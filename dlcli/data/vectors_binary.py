"""Word vectors as word2vec writes them in binary: a first line, then each word, a blank and its float32 numbers."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from dlcli.core.errors import DataError, ModelError
from dlcli.data.vectors_looks import WIDEST, header
from dlcli.data.vectors_rows import Rows, encoded
from dlcli.ops.word_vectors import WordVectors

BLOCK = 1 << 23
LONGEST = 1 << 16  # bytes of a word
AGAIN = "it may be cut off: fetch or make it anew"


def read(head: bytes, file: BinaryIO, name: str, most: int | None) -> tuple[list[str], np.ndarray]:
    """Return the words and vectors of a binary file.

    The numbers of a block are joined and copied once; they cannot be mapped, as words stand between them.

    Args:
        head: what has been read of the file already.
        file: the rest.
        name: what it is called in messages.
        most: rows to stop after, or None.

    Raises:
        ModelError: cut off, longer than its first line says, or no such numbers; names the byte.

    """
    count, dim = header(head) or (0, 0)
    if not count or not 0 < dim <= WIDEST:
        raise ModelError(f"{name}:1: the first line says {count} words of {dim} numbers", "make the file anew")
    done = head.index(b"\n") + 1
    rest, rows, size = head[done:], Rows(dim, most), 4 * dim
    wanted = count if most is None else min(count, most)
    while True:
        words, pieces, at = [], [], 0
        while len(rows) + len(words) < wanted:
            blank = rest.find(b" ", at, at + LONGEST)
            if blank < 0 or blank + 1 + size > len(rest):
                break
            words.append(rest[at:blank].lstrip(b"\n"))
            pieces.append(rest[blank + 1 : blank + 1 + size])
            at = blank + 1 + size
        if words:
            block = np.frombuffer(b"".join(pieces), "<f4").reshape(-1, dim)
            _check(block, words, name, len(rows))
            rows.add(words, block)
        rest, done = rest[at:], done + at
        if len(rows) == wanted:
            break
        more = file.read(BLOCK)
        if blank < 0 and len(rest) >= LONGEST:
            raise ModelError(f"{name}: byte {done}: no word ends here: it is not of word2vec, or broken", AGAIN)
        if not more:
            text = f"{name}: ends at byte {done + len(rest)}, in word {len(rows) + 1} of {count}"
            raise ModelError(text, AGAIN)
        rest += more
    if wanted == count and (rest + file.read(16)).strip(b"\n"):
        text = f"{name}: byte {done}: goes on after the {count} words that the first line says"
        raise ModelError(text, "make the file anew")
    return rows.done()


def _check(block: np.ndarray, words: list[bytes], name: str, before: int) -> None:
    bad = np.flatnonzero(~np.isfinite(block).all(axis=1))
    if len(bad):
        shown = words[bad[0]][:40].decode(errors="replace")
        text = f"{name}: word {before + int(bad[0]) + 1}, {shown!r}, has a number that is not finite"
        raise ModelError(text, "make the file anew; the numbers must be float32")


def write(file: BinaryIO, vectors: WordVectors) -> None:
    """Write vectors as word2vec does, a line end after each.

    Raises:
        DataError: a word with a blank in it, or that begins with a line end: the form has no place for these.

    """
    file.write(b"%d %d\n" % (len(vectors), vectors.dim))
    for start in range(0, len(vectors), 8192):
        words = encoded(vectors.words[start : start + 8192])
        for word in words:
            if b" " in word or word.startswith(b"\n") or len(word) >= LONGEST:
                shown = word[:40].decode(errors="replace")
                text = f"the word {shown!r} cannot stand in word2vec's binary form, in which a blank ends a word"
                raise DataError(text, "write .txt, .npz or .safetensors")
        block = np.ascontiguousarray(vectors.vectors[start : start + 8192], "<f4")
        file.write(b"".join(word + b" " + row.tobytes() + b"\n" for word, row in zip(words, block, strict=True)))
