"""Tokens: text cut into words or signs, counted, and the vocabulary of those that are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

UNKNOWN = "<UNK>"


def tokenizer(by: str, lower: bool = False) -> Callable[[str], list[str]]:
    """Return the function that cuts one line.

    Args:
        by: ``whitespace`` (as files of tokens are written), ``word`` (NLTK's rules of the Penn Treebank, quotes left as
            they are) or ``char``.
        lower: make everything lower case first.

    """
    cut = {"whitespace": str.split, "word": words, "char": list}[by]
    return (lambda line: cut(line.lower())) if lower else cut


def words(line: str) -> list[str]:
    """Return the words and punctuation marks of a line."""
    from nltk.tokenize import NLTKWordTokenizer

    return [line[start:end] for start, end in NLTKWordTokenizer().span_tokenize(line)]


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
