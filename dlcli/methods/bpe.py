"""Byte-pair encoding: merges learnt from word counts, and words cut by them.

A symbol is a run of signs; the most frequent pair of neighbors becomes one symbol, again and again. Counts are kept up
to date by the words that change, and pairs wait in buckets by count, so a merge costs what it changes.

Source: Gage 1994; Sennrich, Haddow and Birch 2016. Order of merges, marks and files are those of subword-nmt 0.2.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

END = "</w>"
CONTINUED = "@@"
Pair = tuple[str, str]


@dataclass(frozen=True)
class Merge:
    """One step of learning.

    Args:
        pair: the two symbols that become one.
        count: how often they stood side by side.
        changed: numbers of the words that hold the new symbol, in ``Trainer.words``.

    """

    pair: Pair
    count: int
    changed: tuple[int, ...]


class Trainer:
    """Words on their way from single signs to symbols.

    Of pairs with the same count the greater one, sign by sign, comes first, as in subword-nmt.

    Args:
        counts: word → how often it occurs, each at least one sign long.
        end: mark glued to the last sign of every word, so that ``est</w>`` is not the ``est`` of ``estate``; may be
            empty.
        min_count: pairs that occur less often are never merged; 1 or more.

    """

    def __init__(self, counts: Mapping[str, int], *, end: str = END, min_count: int = 2):
        self.words = [signs(word, end) for word in counts]
        self.counts = list(counts.values())
        self._min_count = min_count
        self._pairs: dict[Pair, int] = {}
        self._where: dict[Pair, list[int]] = {}  # words that hold the pair, or held it once
        self._buckets: dict[int, list[Pair]] = {}  # count → pairs that had it when they were put there
        self._levels: list[int] = []  # heap of the counts of the buckets, negative
        self._level, self._ready = 0, list[Pair]()  # the highest bucket, sorted
        pairs, where = self._pairs, self._where
        for number, (word, count) in enumerate(zip(self.words, self.counts, strict=True)):
            for pair in pairwise(word):
                if pair in pairs:
                    pairs[pair] += count
                    if where[pair][-1] != number:
                        where[pair].append(number)
                else:
                    pairs[pair] = count
                    where[pair] = [number]
        for pair, count in pairs.items():
            self._put(pair, count)

    def step(self) -> Merge | None:
        """Merge the best pair everywhere; None when no pair is frequent enough."""
        best = self._best()
        if best is None:
            return None
        count = self._pairs.pop(best)
        first, second = best
        new = first + second
        where = self._where
        changes: dict[Pair, int] = {}
        changed = []
        for number in where.pop(best):
            word, times = self.words[number], self.counts[number]
            at, end = 0, len(word) - 1
            merged: list[str] | None = None  # the word anew, from its first merge on: a huge word costs its length
            # One occurrence after the other, from the left: each is an exact change of the word as it then stands, so
            # runs such as "aaaa" need no rule of their own.
            while at < end:
                if word[at] != first or word[at + 1] != second:
                    if merged is not None:
                        merged.append(word[at])
                    at += 1
                    continue
                if merged is None:
                    merged = word[:at]
                if merged:
                    old, fresh = (merged[-1], first), (merged[-1], new)
                    changes[old] = changes.get(old, 0) - times
                    changes[fresh] = changes.get(fresh, 0) + times
                    _add(where, fresh, number)
                if at + 1 < end:
                    old, fresh = (second, word[at + 2]), (new, word[at + 2])
                    changes[old] = changes.get(old, 0) - times
                    changes[fresh] = changes.get(fresh, 0) + times
                    _add(where, fresh, number)
                merged.append(new)
                at += 2
            if merged is not None:
                self.words[number] = merged + word[at:]
                changed.append(number)
        changes.pop(best, None)
        self._settle(changes)
        return Merge(best, count, tuple(changed))

    def _settle(self, changes: dict[Pair, int]) -> None:
        pairs = self._pairs
        for pair, change in changes.items():
            if change:
                count = pairs.get(pair, 0) + change
                if count:
                    pairs[pair] = count
                    self._put(pair, count)
                    continue
                pairs.pop(pair, None)
            if pair not in pairs:  # it came and went
                self._where.pop(pair, None)

    def _put(self, pair: Pair, count: int) -> None:
        if count < self._min_count:
            return
        if count == self._level:
            insort(self._ready, pair)
        elif count in self._buckets:
            self._buckets[count].append(pair)
        else:
            self._buckets[count] = [pair]
            heapq.heappush(self._levels, -count)

    def _best(self) -> Pair | None:
        """Return the pair to merge next; a bucket may hold pairs that have another count by now."""
        while True:
            if self._levels and -self._levels[0] > self._level:  # rare: one symbol made in two ways can grow
                if self._ready:
                    self._buckets[self._level] = self._ready
                    heapq.heappush(self._levels, -self._level)
                self._level = -heapq.heappop(self._levels)
                self._ready = sorted(self._buckets.pop(self._level))
            while self._ready:
                pair = self._ready.pop()
                if self._pairs.get(pair) == self._level:
                    return pair
            if not self._levels:
                return None
            self._level = 0


def _add(where: dict[Pair, list[int]], pair: Pair, number: int) -> None:
    held = where.get(pair)
    if held is None:
        where[pair] = [number]
    elif held[-1] != number:
        held.append(number)


def signs(word: str, end: str) -> list[str]:
    """Return the symbols a word begins as, the end mark glued to the last."""
    return [*word[:-1], word[-1] + end]
