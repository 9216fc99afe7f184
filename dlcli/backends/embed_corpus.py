"""Text as sentences of word ids, read twice: once to count the words, once to number them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from dlcli.core.errors import DataError, UsageError
from dlcli.core.output import Output
from dlcli.data import text
from dlcli.methods import stopwords
from dlcli.ops import tokens

ENGLISH = "english"
GAP, RARE = -1, -2


def drop_list(items: Sequence[str]) -> frozenset[str]:
    """Return the words that a list such as ``[english, names.txt, foo]`` stands for, all lower case.

    Raises:
        DataError: a file of words that cannot be read.

    """
    found: set[str] = set()
    for item in items:
        if item == ENGLISH:
            found.update(stopwords.english("sklearn"))
        elif "/" in item or item.endswith(".txt"):
            found.update(word.lower() for line in text.lines(item) for word in line.split())
        else:
            found.add(item.lower())
    return frozenset(found)


def refuse_items(output: Output, out: str | None) -> None:
    """Refuse ``--jsonl`` where the table goes to a file: no item is left to print.

    Raises:
        UsageError: both are asked for.

    """
    if output.jsonl and out not in (None, "-"):
        raise UsageError(
            f"--jsonl prints items; with --out {out} there are none", "leave one of them out", key="--jsonl"
        )


class Corpus:
    """Sentences of some text, a line each.

    Files are read again for each pass; where stdin or a pipe is among them, all is held as a number a token, 4 bytes
    each.

    Args:
        words: words for text.
        cut: cuts a line into tokens.
        drop: words left out, lower case.

    """

    def __init__(self, words: Sequence[str], cut: Callable[[str], list[str]], drop: frozenset[str] = frozenset()):
        self.places = text.places(words)
        self._cut, self._drop = cut, drop
        once = any(place == text.STDIN or not os.path.isfile(place) for place in self.places)
        self._held: list[np.ndarray] | None = [] if once else None
        self._types: dict[str, int] = {}
        self.sentences, self.tokens = 0, 0

    def cut_lines(self) -> Iterator[list[str]]:
        """Yield the tokens of each line, those that are dropped too."""
        for place in self.places:
            for line in text.lines(place):
                yield self._cut(line)

    def kept_lines(self) -> Iterator[list[str]]:
        """Yield the tokens of each line but those dropped; without ``count`` before it reads as they come."""
        if self._held:
            names = list(self._types)
            for held in self._held:
                yield [w for k in held.tolist() if (w := names[k]).lower() not in self._drop]
            return
        for line in self.cut_lines():
            yield [w for w in line if w.lower() not in self._drop] if self._drop else line

    def count(self) -> Counter[str]:
        """Read it and return how often each word occurs, those that are dropped left out.

        Raises:
            DataError: it cannot be read, or has no word.

        """
        found: Counter[str] = Counter()
        for line in self.cut_lines():
            found.update(line)
            self.sentences += 1
            if self._held is not None:
                types = self._types
                self._held.append(np.array([types.setdefault(t, len(types)) for t in line], np.int32))
        self.tokens = found.total()
        if not found:
            names = ", ".join("stdin" if p == text.STDIN else p for p in self.places)
            raise DataError(f"no word in {names}", "give text that is not empty")
        self._all = list(found)
        kept = Counter({w: n for w, n in found.items() if w.lower() not in self._drop}) if self._drop else found
        if not kept:
            raise DataError(f"every one of the {len(found):,} words is on the drop list", "drop fewer words")
        return kept

    def ids(self, index: dict[str, int], *, gaps: bool) -> Iterator[np.ndarray]:
        """Yield each sentence as numbers of its words; call ``count`` before.

        Args:
            index: word → number; other words are left out.
            gaps: a dropped word stands as -1 and keeps its place.
        Shapes:
            each (n,) int32

        """
        numbers = dict(index)
        if gaps and self._drop:
            numbers |= {w: GAP for w in self._all if w.lower() in self._drop}
        if self._held is not None:
            new = np.array([numbers.get(w, RARE) for w in self._types], np.int32)
            for held in self._held:
                sentence = new[held]
                yield sentence[sentence > RARE]
            return
        for line in self.cut_lines():
            yield np.array([numbers[t] for t in line if t in numbers], np.int32)


class Told(Corpus):
    """Sentences that are told instead of read."""

    def __init__(self, lines: Sequence[str], cut: Callable[[str], list[str]], drop: frozenset[str] = frozenset()):
        super().__init__([], cut, drop)
        self._text = lines

    def cut_lines(self) -> Iterator[list[str]]:
        """Yield the tokens of each line."""
        yield from map(self._cut, self._text)


def vocabulary(counts: Counter[str], min_count: int, most: int | None) -> dict[str, int]:
    """Return word → count of the words kept, by falling count.

    Raises:
        DataError: none is left.

    """
    kept = tokens.vocabulary(counts, min_count, most)
    if not kept:
        word, count = max(counts.items(), key=lambda row: row[1])
        raise DataError(
            f"no word occurs {min_count:,} times; the most frequent of {len(counts):,}, {word!r}, does {count:,} times",
            "lower --min-count, or give more text",
        )
    return kept
