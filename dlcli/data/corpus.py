"""A corpus to learn from: one file of words between blanks, a sentence a line, its words counted on the way.

A plain file of words is used where it lies. All else (stdin, packed files, several files, words still to be cut) is
written, as it streams by, to a temporary file without a name: it is gone when the process ends, however that comes.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dlcli.core import files
from dlcli.core.errors import DataError
from dlcli.data import corpus_blocks, text
from dlcli.ops import tokens

LONGEST = 10_000  # words of a sentence in gensim's files; longer ones are cut
PLACE = 1 << 14  # bytes read at each of some places
PACKED_NAMES = (".gz", ".bz2", ".xz", ".zst", ".lz4")  # gensim goes by the name and refuses these
TOLD_S = 10.0  # between two words about the reading

OnRead = Callable[[int, int], None]


@dataclass
class Corpus:
    """Text cut into words and counted.

    Args:
        path: file of UTF-8 words between ASCII blanks, a sentence a line.
        counts: word as bytes → how often it occurs.
        words: words in all.
        sentences: lines that hold a word; one of more than 10,000 words counts once for each 10,000.
        copied: bytes of the temporary file; 0 when the text's own file is used.
        name: of the text in messages.

    """

    path: str
    counts: Counter[bytes] = field(default_factory=Counter)
    words: int = 0
    sentences: int = 0
    copied: int = 0
    name: str = "the text"

    def add(self, block: bytes) -> None:
        """Count whole lines."""
        found = block.split()
        self.counts.update(found)
        self.words += len(found)
        lines = block.split(b"\n")
        self.sentences += sum(map(bool, map(bytes.strip, lines)))
        if max(map(len, lines)) >= 2 * LONGEST:
            self.sentences += sum((len(line.split()) - 1) // LONGEST for line in lines if len(line) >= 2 * LONGEST)

    def ids(self, index: Mapping[bytes, int]) -> Iterator[np.ndarray]:
        """Yield the sentences as numbers of words, read anew; words that ``index`` lacks are closed up.

        Shapes:
            each: (n,) int32, n from 1 to 10,000

        """
        with open(self.path, "rb", buffering=corpus_blocks.BLOCK) as file:
            for line in file:
                found = [i for i in map(index.get, line.split()) if i is not None]
                for start in range(0, len(found), LONGEST):
                    yield np.array(found[start : start + LONGEST], np.int32)

    def some(self, index: Mapping[bytes, int], places: int = 64) -> Iterator[np.ndarray]:
        """Yield sentences, as ``ids`` does, from places evenly spread over the text."""
        size = os.path.getsize(self.path)
        if size <= places * PLACE:
            yield from self.ids(index)
            return
        with open(self.path, "rb", buffering=0) as file:
            for start in sorted({size * n // places for n in range(places)}):
                file.seek(start)
                lines = file.read(PLACE).split(b"\n")
                if start + PLACE < size and len(lines) > 1:
                    lines.pop()  # cut off
                for line in lines[1:] if start and len(lines) > 1 else lines:
                    found = [i for i in map(index.get, line.split()) if i is not None]
                    if found:
                        yield np.array(found, np.int32)


@contextlib.contextmanager
def prepared(
    words: Sequence[str],
    by: str = "whitespace",
    lower: bool = False,
    *,
    keep: bool = True,
    on_read: OnRead | None = None,
) -> Iterator[Corpus]:
    """Count a corpus, and have it in one file of words while the block runs.

    Args:
        words: files, packed or not, a builtin, or ``-`` for stdin.
        by: what a word is: ``whitespace``, ``word`` or ``char``; blanks never are.
        lower: make everything lower case.
        keep: whether the words are to be read again; without, nothing is written and ``path`` may be empty.
        on_read: told every ten seconds how many bytes and words were read.

    Raises:
        DataError: no text, or it cannot be read.
        RunFailed: no space left for the temporary file.
    Effects: a temporary file as large as the text, where one is needed.

    """
    places, told = text.places(words), _Told(on_read)
    with contextlib.ExitStack() as stack:
        plain = len(places) == 1 and by == "whitespace" and not lower and _is_plain(places[0])
        corpus = _in_place(places[0], told) if plain else None
        if corpus is None:
            corpus = _copied(places, by, lower, told, stack if keep else None)
        corpus.name = corpus_blocks.named(places[0]) if len(places) == 1 else f"the text of {len(places)} files"
        yield corpus


class _Told:
    """Says now and then how far the reading has come."""

    def __init__(self, on_read: OnRead | None):
        self.on_read, self.at_s, self.bytes = on_read, time.monotonic(), 0

    def __call__(self, size: int, words: int) -> None:
        self.bytes += size
        if self.on_read is not None and time.monotonic() - self.at_s >= TOLD_S:
            self.at_s = time.monotonic()
            self.on_read(self.bytes, words)


def _is_plain(place: str) -> bool:
    """Say whether a file could be used as it is: no pipe, not packed, no byte-order mark, no name gensim refuses."""
    if place == text.STDIN or not os.path.isfile(place) or place.lower().endswith(PACKED_NAMES):
        return False
    with text.opened(place) as file:
        return not text.is_packed(place) and not file.read(3).startswith(b"\xef\xbb\xbf")


def _in_place(place: str, told: _Told) -> Corpus | None:
    """Count the words of a file of words; None when it must be copied: huge lines, or blanks that gensim overlooks."""
    corpus, ended = Corpus(place), True
    for block in corpus_blocks.blocks(place, "whitespace"):
        if not ended:
            return None
        ended = block.endswith(b"\n")
        corpus.add(block)
        told(len(block), corpus.words)
    return None if corpus_blocks.ODD_BLANK.search(b"\n".join(corpus.counts).decode()) else corpus


def _copied(places: Sequence[str], by: str, lower: bool, told: _Told, stack: contextlib.ExitStack | None) -> Corpus:
    """Count text on its way into a temporary file, or, without a stack, on its way to nowhere."""
    clean, corpus = corpus_blocks.cleaner(by, lower), Corpus("")
    if stack is None:
        for block in _cleaned(places, by, clean, told, corpus):
            corpus.add(block)
        return corpus
    folder = tempfile.gettempdir()
    try:
        # Linux gives a file that has no name a way to be opened again; elsewhere it keeps its name until the end.
        unnamed = os.path.isdir("/proc/self/fd")
        made = tempfile.TemporaryFile if unnamed else tempfile.NamedTemporaryFile
        file = stack.enter_context(made())
        for block in _cleaned(places, by, clean, told, corpus):
            corpus.add(block)
            file.write(block)
        file.flush()
        corpus.copied = file.tell()
    except OSError as error:
        failed = files.writing_failed(Path(folder, "…"), error)
        raise type(failed)(
            f"the temporary copy of the text: {failed.message}", "TMPDIR=FOLDER puts it elsewhere"
        ) from error
    corpus.path = f"/proc/self/fd/{file.fileno()}" if unnamed else str(file.name)
    return corpus


def _cleaned(
    places: Sequence[str], by: str, clean: Callable[[bytes], bytes], told: _Told, corpus: Corpus
) -> Iterator[bytes]:
    for place in places:
        for block in corpus_blocks.blocks(place, by):
            cleaned = clean(block)
            yield cleaned if cleaned.endswith(b"\n") else cleaned + b"\n"
            told(len(block), corpus.words)


def kept(corpus: Corpus, min_count: int, most: int | None = None, without: Collection[bytes] = ()) -> dict[bytes, int]:
    """Return the words that are learnt, by falling count; ``without`` those named.

    Raises:
        DataError: there are none, or only one, and what would keep more.

    """
    if not corpus.counts:
        raise DataError(f"{corpus.name} holds no word", "give text with words between blanks, a sentence a line")
    counts = corpus.counts
    if without:
        counts = Counter({word: count for word, count in counts.items() if word not in without})
        if not counts:
            raise DataError(f"every word of {corpus.name} is dropped (model.drop)", "drop fewer words")
    found = tokens.vocabulary(counts, min_count, most)  # type: ignore[arg-type]
    if len(found) > 1:
        return found  # type: ignore[return-value]
    top = counts.most_common(2)
    if len(top) == 1:
        word = files.shown(top[0][0].decode())
        raise DataError(
            f"{corpus.name} has one word, {word!r}, alone: it has no neighbors to learn from", "give more text"
        )
    if most == 1:
        raise DataError("data.most is 1: one word has no neighbors to learn from", "keep at least 2 words")
    least = top[1][1]
    left = sum(count >= least for count in counts.values())
    raise DataError(
        f"{'only one' if found else 'none'} of the {len(counts):,} different words of {corpus.name} occurs {min_count} "
        f"times or more (data.min_count); the most frequent, {files.shown(top[0][0].decode())!r}, occurs {top[0][1]:,} "
        f"time{'s' * (top[0][1] != 1)}",
        f"--min-count {least} keeps {left:,} words; more text makes better vectors",
    )
