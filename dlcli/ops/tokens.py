"""Tokens: text cut into words or signs, counted, and the vocabulary of those that are kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from dlcli.ops import sentences

UNKNOWN = "<UNK>"
SPACE = "▁"  # stands for white space among the tokens of `char`, as SentencePiece writes it

# What is a token wherever it stands; a comma or colon between digits (3,500 or 10:30) is part of its number.
_APART = re.compile(r"(`+|\.{2,}|''|--|[«“‘„»”’\";@#$%&?!*()\[\]{}<>‒–—―]|[:,](?!\d))")
_CLOSERS = frozenset(["]", ")", "}", ">", '"', "'", "''", "»", "”", "’"])
_CLOSERS_ONLY = re.compile(r"[\])}>\"'»”’]+")
_LAST_PERIOD = re.compile(r"(.*[^.])\.('*)", re.DOTALL)
_OPENING = re.compile(r"(?<!\w)'(?!(?:re|ve|ll|m|t|s|d|n)\b)(?=\w)", re.IGNORECASE)
_CLITIC = re.compile(r"(.*[^'])('[sSmMdD]?)", re.DOTALL)
_LONG_CLITIC = re.compile(r"(.*[^'])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T)", re.DOTALL)
_TWO_WORDS = re.compile(
    r"\b(?:(can)(not)|(d)('ye)|(gim)(me)|(gon)(na)|(got)(ta)|(lem)(me)|(more)('n)|(wan)(na)(?=$))\b", re.IGNORECASE
)
_CACHED_CHUNKS, _CACHED_LENGTH = 200_000, 60


def tokenizer(by: str, lower: bool = False) -> Callable[[str], list[str]]:
    """Return the function that cuts one line.

    Args:
        by: ``whitespace`` (as files of tokens are written), ``word`` (see ``words``) or ``char`` (code points; white
            space is ``▁``, so that tokens can be written apart by spaces and the spaces still be told).
        lower: make everything lower case; words afterwards, for capitals tell where sentences begin.

    """
    cut = {"whitespace": str.split, "word": words, "char": characters}[by]
    if lower and by == "word":
        return lambda line: [word.lower() for word in words(line)]
    return (lambda line: cut(line.lower())) if lower else cut


def characters(line: str) -> list[str]:
    """Return the code points of a line, each white space as ``▁``."""
    return [SPACE if sign.isspace() else sign for sign in line]


def words(line: str) -> list[str]:
    """Return the words and punctuation marks of a line, sentence by sentence, each as it is written.

    The rules of the Penn Treebank as NLTK's ``word_tokenize`` has them: ``don't`` is ``do n't``, ``cannot`` is
    ``can not``, a period is a token at the end of a sentence only. Ours are written anew because importing NLTK takes
    seconds; quotes stay as they are, and of ``::`` both signs are tokens. Sentences end as ``ops/sentences.py`` says.

    Source: Marcus, Santorini and Marcinkiewicz 1993; R. MacIntyre's tokenizer 1995.
    """
    found: list[str] = []
    for sentence in sentences.split(line):
        chunks = sentence.split()
        last = len(chunks) - 1
        while last > 0 and _CLOSERS_ONLY.fullmatch(chunks[last]):
            last -= 1
        for number, chunk in enumerate(chunks):
            found += (_FINAL if number == last else _INNER)[chunk]
    return found


class _Cut(dict[str, tuple[str, ...]]):
    """Chunks between white space and their tokens; text repeats itself, so most are looked up."""

    def __init__(self, final: bool):
        super().__init__()
        self._final = final

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        found = tuple(_cut(chunk, self._final))
        if len(chunk) <= _CACHED_LENGTH:
            if len(self) >= _CACHED_CHUNKS:
                self.clear()
            self[chunk] = found
        return found


_INNER, _FINAL = _Cut(False), _Cut(True)


def _cut(chunk: str, final: bool) -> list[str]:
    """Return the tokens of a chunk; ``final``: only closing marks follow it in its sentence."""
    parts = [p for p in _APART.split(chunk) if p]
    if final:
        last = len(parts) - 1
        while last > 0 and parts[last] in _CLOSERS:
            last -= 1
        period = _LAST_PERIOD.fullmatch(parts[last]) if last >= 0 else None
        if period:
            parts[last : last + 1] = [p for p in (period[1], ".", period[2]) if p]
    found: list[str] = []
    for part in parts:
        if "'" in part and len(part) > 1:
            for piece in _OPENING.sub("' ", part).split(" "):
                found += _clitics(piece)
        else:
            found.append(part)
    return [word for piece in found for word in _two_words(piece)]


def _clitics(piece: str) -> list[str]:
    short = _CLITIC.fullmatch(piece)
    pieces = [short[1], short[2]] if short else [piece]
    found = []
    for part in pieces:
        long = _LONG_CLITIC.fullmatch(part)
        found += [long[1], long[2]] if long else [part]
    return found


def _two_words(piece: str) -> list[str]:
    if len(piece) < 5 or not _TWO_WORDS.search(piece):
        return [piece]
    return _TWO_WORDS.sub(lambda m: " {} {} ".format(*(g for g in m.groups() if g)), piece).split()


def count(lines: Iterable[Iterable[str]]) -> Counter[str]:
    """Return how often each token occurs."""
    found: Counter[str] = Counter()
    for line in lines:
        found.update(line)
    return found


def vocabulary(counts: Counter[str], min_count: int = 1, most: int | None = None) -> dict[str, int]:
    """Return token → count of those that are kept, by falling count, then by the token itself."""
    kept = sorted(((w, c) for w, c in counts.items() if c >= min_count), key=lambda row: (-row[1], row[0]))
    return dict(kept[:most])
