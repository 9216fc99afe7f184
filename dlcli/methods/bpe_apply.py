r"""Merges applied: words cut into pieces, and pieces put together again, without loss.

A printed piece that goes on ends with ``@@``, as subword-nmt prints it: ``low@@ er``. So that any line comes back, four
things are written in another way: ``\`` is ``\\``, a line end is ``\n``, a word without signs (between two spaces) is
``\s``, and a last piece that ends with ``@@`` ends with ``@\a``. Text without a backslash, double spaces and ``@@``
looks exactly as subword-nmt prints it.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable
from dataclasses import dataclass

from dlcli.core.errors import ModelError
from dlcli.methods.bpe import CONTINUED, END, Pair, signs

_HEADER = "#version:"
_OWN_END = "end-of-word="
_CACHED_WORDS, _CACHED_LENGTH = 500_000, 100
_WRITTEN = {"\\": "\\\\", "\n": "\\n"}
_READ = {"\\": "\\", "n": "\n", "s": "", "a": "@"}
_ESCAPE = re.compile(r"\\([\\nsa])")


@dataclass(frozen=True)
class Codes:
    """Merges in the order in which they are applied.

    Args:
        merges: the pairs; of one that stands twice the first counts.
        end: mark of the end of a word; may be empty.
        glued: whether the mark is glued to the last sign of a word from the start (subword-nmt 0.2), or is a symbol of
            its own at first (0.1, files without a header).

    """

    merges: tuple[Pair, ...]
    end: str = END
    glued: bool = True

    def text(self) -> str:
        """Return the file; subword-nmt reads it when the end mark is its own, and refuses it otherwise."""
        own = "" if self.end == END else f" {_OWN_END}{self.end}"
        head = f"{_HEADER} 0.2{own}\n" if self.glued else ""
        return head + "".join(f"{first} {second}\n" for first, second in self.merges)


def parse(text: str, name: str) -> Codes:
    r"""Return the codes of a file of ours or of subword-nmt.

    Args:
        text: what is in it; lines may end with ``\r\n`` if all do.
        name: what to call it in messages.

    Raises:
        ModelError: another version, or a line that is not two symbols.

    """
    lines = text.removesuffix("\n").split("\n") if text else []
    if lines and all(line.endswith("\r") for line in lines):
        lines = [line[:-1] for line in lines]
    end, glued, first = END, False, 1
    if lines and lines[0].startswith(_HEADER):
        version, _, more = lines.pop(0)[len(_HEADER) :].strip().partition(" ")
        first, glued = 2, re.sub(r"(\.0+)*$", "", version) == "0.2"
        if not glued and version != "0.1":
            raise ModelError(f"{name} holds codes of version {version!r}; 0.1 and 0.2 are known")
        if more:
            if not more.startswith(_OWN_END):
                raise ModelError(f"{name}:1: {more!r} is not known in the first line of a file of codes")
            end = more.removeprefix(_OWN_END)
    pairs = []
    for number, line in enumerate(lines, first):
        pair = tuple(line.split(" "))
        if len(pair) != 2 or not all(pair):
            shown = line if len(line) <= 60 else f"{line[:60]}…"
            raise ModelError(
                f"{name}:{number}: {shown!r} is not two symbols apart by one space; this is no file of merges",
                "dlcli embed bpe fit TEXT -o FILE writes one",
            )
        pairs.append((pair[0], pair[1]))
    return Codes(tuple(pairs), end, glued)


class Encoder:
    """Cuts words by merges, each word once.

    Args:
        codes: the merges.
        most: only the first so many are applied; None: all.
        escape: write what would not come back in another way; without it the output is subword-nmt's on any text.

    """

    def __init__(self, codes: Codes, most: int | None = None, *, escape: bool = True):
        self._ranks: dict[Pair, int] = {}
        for rank, pair in enumerate(codes.merges[:most]):
            self._ranks.setdefault(pair, rank)
        self._codes, self._escape = codes, escape
        self._printed = _Printed(self)

    def pieces(self, word: str) -> list[str]:
        """Return the pieces of one word; put together they are the word."""
        if len(word) < 2:
            return [word] if word else []
        end = self._codes.end
        symbols = cut(signs(word, end) if self._codes.glued else [*word, end], self._ranks)
        last = symbols[-1][: len(symbols[-1]) - len(end)]
        return [*symbols[:-1], last] if last else symbols[:-1]

    def printed(self, word: str) -> str:
        """Return the pieces of one word as they are printed, apart by spaces."""
        pieces = self.pieces(word)
        if not self._escape:
            return f"{CONTINUED} ".join(pieces)
        if not word:
            return "\\s"
        if "\\" in word or "\n" in word:
            pieces = ["".join(_WRITTEN.get(sign, sign) for sign in piece) for piece in pieces]
        if pieces[-1].endswith(CONTINUED):
            pieces[-1] = pieces[-1][:-1] + "\\a"
        return f"{CONTINUED} ".join(pieces)

    def tokens(self, words: Iterable[str]) -> list[str]:
        """Return the printed pieces of words."""
        return " ".join(map(self._printed.__getitem__, words)).split(" ")

    def encode(self, line: str) -> str:
        r"""Return a line cut into pieces; ``decode`` gives it back.

        Words stand apart by single spaces. Spaces and ``\r`` at both ends of the line stay as they are.
        """
        begun = line.lstrip("\r ")
        body = begun.rstrip("\r ")
        words = body.split(" ") if self._escape else filter(None, body.split(" "))
        written = " ".join(map(self._printed.__getitem__, words)) if body else ""
        return line[: len(line) - len(begun)] + written + begun[len(body) :]


class _Printed(dict[str, str]):
    """Words and how they are printed; text repeats itself, so most are looked up."""

    def __init__(self, encoder: Encoder):
        super().__init__()
        self._encoder = encoder

    def __missing__(self, word: str) -> str:
        found = self._encoder.printed(word)
        if len(word) <= _CACHED_LENGTH:
            if len(self) >= _CACHED_WORDS:
                self.clear()
            self[word] = found
        return found


def decode(line: str, *, escape: bool = True) -> str:
    """Return the line that was cut into pieces; a last piece that says it goes on just ends.

    Args:
        line: pieces apart by spaces.
        escape: read what ``Encoder`` writes in another way; without it a backslash is a backslash.

    """
    whole = line.removesuffix(CONTINUED).replace(f"{CONTINUED} ", "")
    if not escape or "\\" not in whole:
        return whole
    return _ESCAPE.sub(lambda found: _READ[found[1]], whole)


def cut(symbols: list[str], ranks: dict[Pair, int]) -> list[str]:
    """Return symbols with the merges done: the first of them everywhere, then the first of what is left, and so on.

    Candidates wait in a heap by rank and place, so a word of a million signs costs little more than its length.
    """
    count = len(symbols)
    held: list[str | None] = list(symbols)
    left, right = list(range(-1, count - 1)), list(range(1, count + 1))
    heap = [(rank, at) for at in range(count - 1) if (rank := ranks.get((symbols[at], symbols[at + 1]))) is not None]
    heapq.heapify(heap)
    while heap:
        now = heap[0][0]
        done = []
        while heap and heap[0][0] == now:
            at = heapq.heappop(heap)[1]
            after = right[at]
            # What waits may have been merged away meanwhile.
            if held[at] is None or after == count or ranks.get((held[at], held[after])) != now:  # type: ignore[arg-type]
                continue
            held[at] += held[after]  # type: ignore[operator]
            held[after] = None
            right[at] = right[after]
            if right[at] < count:
                left[right[at]] = at
            done.append(at)
        # New pairs wait until the merge is done everywhere: one of them might come before it.
        for at in done:
            for first, second in ((left[at], at), (at, right[at])):
                if first >= 0 and second < count:
                    rank = ranks.get((held[first], held[second]))  # type: ignore[arg-type]
                    if rank is not None:
                        heapq.heappush(heap, (rank, first))
    return [symbol for symbol in held if symbol is not None]
