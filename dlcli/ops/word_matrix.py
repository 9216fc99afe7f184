"""An embedding matrix: a row for each word of a vocabulary, from word vectors or made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dlcli.ops.word_vectors import WordVectors

ALWAYS_ZEROS, ALWAYS_MEAN = ("pad",), ("unk", "oov")  # parts of the names of special words


@dataclass(frozen=True)
class Matrix:
    """What was made.

    Args:
        vectors: the special words, then the vocabulary in its order, float32.
        sources: of each row where it comes from: ``vector``, ``lower`` (that of the word in lower case), ``zeros``,
            ``normal`` or ``mean``.

    """

    vectors: WordVectors
    sources: list[str]

    def coverage(self, counts: Mapping[str, int | None], special: Sequence[str]) -> dict[str, float]:
        """Return the share of words that have a vector and, if counts are known, of the tokens; special ones apart."""
        rows = [(w, s in ("vector", "lower")) for w, s in zip(self.vectors.words, self.sources, strict=True)]
        rows = [row for row in rows if row[0] not in special]
        found = {"coverage": sum(has for _, has in rows) / max(1, len(rows))}
        tokens = [(counts[word] or 0, has) for word, has in rows]
        total = sum(count for count, _ in tokens)
        if total:
            found["token_coverage"] = sum(count for count, has in tokens if has) / total
        return found


def build(
    vectors: WordVectors,
    vocabulary: Mapping[str, int | None],
    *,
    special: Sequence[str] = (),
    missing: str = "normal",
    lower: bool = False,
    seed: int = 0,
) -> Matrix:
    """Return the embedding matrix of a vocabulary.

    Args:
        vectors: what is known.
        vocabulary: word → count or None, in the order of the rows.
        special: words whose rows come first; one with ``pad`` in its name is zeros, with ``unk`` or ``oov`` the mean of
            all vectors, any other as a word of the vocabulary.
        missing: what a word without a vector gets: ``zeros``, ``normal`` (drawn around the mean of the vectors that
            were found, each column with their spread) or ``mean``.
        lower: a word without a vector takes that of its lower case, if there is one.
        seed: of the draws.

    """
    words = list(dict.fromkeys([*special, *vocabulary]))
    index = vectors.index
    rows = np.full(len(words), -1, np.int64)
    sources = [""] * len(words)
    for place, word in enumerate(words):
        name = word.lower() if place < len(special) else ""
        if any(part in name for part in ALWAYS_ZEROS):
            sources[place] = "zeros"
        elif any(part in name for part in ALWAYS_MEAN):
            sources[place] = "mean"
        elif word in index:
            rows[place], sources[place] = index[word], "vector"
        elif lower and word.lower() in index:
            rows[place], sources[place] = index[word.lower()], "lower"
        else:
            sources[place] = missing
    table = np.zeros((len(words), vectors.dim), np.float32)
    known = np.flatnonzero(rows >= 0)
    table[known] = vectors.vectors[rows[known]]
    kinds = np.array(sources)
    table[kinds == "mean"] = _mean(vectors)
    drawn = np.flatnonzero(kinds == "normal")
    if len(drawn):
        basis = table[known] if len(known) else np.asarray(vectors.vectors[:10000])
        noise = np.random.default_rng(seed).standard_normal((len(drawn), vectors.dim))
        table[drawn] = basis.mean(axis=0, dtype=np.float64) + noise * basis.std(axis=0, dtype=np.float64)
    given = [vocabulary.get(word) for word in words]
    counts = None if all(count is None for count in given) else np.array([count or 0 for count in given], np.int64)
    return Matrix(WordVectors(words, table, counts), sources)


def _mean(vectors: WordVectors) -> np.ndarray:
    """Return the mean of all rows, in blocks, so a mapped table is not copied."""
    total = np.zeros(vectors.dim)
    for start in range(0, len(vectors), 8192):
        total += np.asarray(vectors.vectors[start : start + 8192]).sum(axis=0, dtype=np.float64)
    return total / len(vectors)
