"""Questions to a table of word vectors: neighbors, analogies, the odd one out, similarity, near spellings."""

from __future__ import annotations

import difflib
import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import numpy as np

from dlcli.ops.word_vectors import WordVectors

BLOCK = 1024  # rows at a time for several questions: they stay in the processor's cache
ALONE = 32768  # and for one
MOST_SCORES = 1 << 24  # words asked about × words of the table held at once (64 MiB)
# Keeps 3CosMul's quotient finite. The paper says 0.001, gensim 1e-6; with gensim's the counts of evaluate are the same.
EPSILON = np.float32(1e-6)
Found = list[tuple[str, float]]


def usable(vectors: WordVectors) -> np.ndarray:
    """Return which rows have a direction: not zero, no NaN, not infinite.

    Shapes: (words,) bool.
    """
    return np.isfinite(vectors.norms) & (vectors.norms > 0)


def unit(vectors: WordVectors, rows: Sequence[int] | np.ndarray) -> np.ndarray:
    """Return rows of length 1; a row without a direction becomes zeros.

    Shapes: (len(rows), dim) float32.
    """
    held = np.asarray(vectors.vectors[np.asarray(rows, np.int64)], np.float64)
    with np.errstate(all="ignore"):
        lengths = np.sqrt(np.einsum("nd,nd->n", held, held))
        good = np.isfinite(lengths) & (lengths > 0)
        return np.where(good[:, None], held / np.where(good, lengths, 1)[:, None], 0).astype(np.float32)


def cosines(vectors: WordVectors, targets: np.ndarray) -> np.ndarray:
    """Return the cosine of each target with every word; −inf for words without a direction.

    Args:
        vectors: the table.
        targets: unit vectors.

    Shapes: targets (k, dim) float32 → (k, words) float32.

    """
    found = np.empty((len(targets), len(vectors)), np.float32)
    norms, turned = vectors.norms, np.ascontiguousarray(targets.T)
    step = ALONE if len(targets) == 1 else BLOCK

    def span(first: int, last: int) -> None:
        for start in range(first, last, step):
            part = slice(start, min(start + step, last))
            with np.errstate(all="ignore"):
                if len(targets) == 1:
                    np.dot(vectors.vectors[part], targets[0], out=found[0, part])
                else:
                    found[:, part] = (vectors.vectors[part] @ turned).T
                found[:, part] /= norms[part]

    spans = max(1, min(_cores(), len(vectors) // ALONE))
    edges = np.linspace(0, len(vectors), spans + 1).astype(int).tolist()
    with single_blas(), ThreadPoolExecutor(spans) as pool:
        list(pool.map(span, edges[:-1], edges[1:]))
    bad = ~usable(vectors)
    if bad.any():
        found[:, bad] = -np.inf
    return found


def single_blas() -> Any:
    """Keep matrix products to one thread each, in a ``with``.

    A product of a block and a vector is bound by memory: threads of BLAS that wait for each other at each block made it
    ten times slower on a busy machine than threads of our own that do not.
    """
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="blas")


def _cores() -> int:
    """Return how many processor cores may be used: those of this process, or what OMP_NUM_THREADS says."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    said = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(there, int(said))) if said.isdecimal() else there


def best(scores: np.ndarray, top: int, left_out: Sequence[int] = ()) -> np.ndarray:
    """Return the rows of the greatest scores, greatest first; of equal ones the earlier row.

    Args:
        scores: one a word; −inf is never answered. Changed where rows are left out.
        top: how many.
        left_out: rows that are no answer.

    """
    scores[list(left_out)] = -np.inf
    top = min(top, len(scores))
    if not top:
        return np.empty(0, np.int64)
    bound = np.partition(scores, len(scores) - top)[len(scores) - top]
    rows = np.flatnonzero((scores >= bound) & (scores > -np.inf))
    return rows[np.lexsort((rows, -scores[rows]))][:top]


def chunk_of(vectors: WordVectors, most: int = 64) -> int:
    """Return how many questions are answered at once so that their scores stay small."""
    return max(1, min(most, MOST_SCORES // max(1, len(vectors))))


def neighbors(vectors: WordVectors, rows: Sequence[int], top: int) -> list[Found]:
    """Return the words nearest to each of some words by cosine, nearest first, the word itself left out.

    Args:
        vectors: the table.
        rows: of the words asked about; ``chunk_of`` says how many at most.
        top: answers a word.

    """
    scores = cosines(vectors, unit(vectors, rows))
    return [_named(vectors, s, best(s, top, [row])) for s, row in zip(scores, rows, strict=True)]


def analogies(
    vectors: WordVectors, rows: Sequence[tuple[int, int, int]], top: int, method: str, *, keep: bool = False
) -> list[Found]:
    """Answer a is to b as c is to what.

    The three words are no answers unless ``keep``: without that rule the answer is often b or c itself, so it flatters
    the method (Linzen 2016).

    Source: 3CosAdd: Mikolov, Yih, Zweig 2013, argmax cos(x, b − a + c) of unit vectors. 3CosMul: Levy, Goldberg 2014,
    argmax s(x,b)·s(x,c) / (s(x,a) + ε) with s = (1 + cos)/2.

    Args:
        vectors: the table.
        rows: a, b, c of each question.
        top: answers a question.
        method: ``3cosadd``, whose scores are cosines, or ``3cosmul``, whose scores only rank.
        keep: let a, b and c be answers too.

    """
    distinct = sorted({row for question in rows for row in question})
    held = dict(zip(distinct, unit(vectors, distinct), strict=True))
    if method == "3cosadd":
        targets = np.array([held[b] - held[a] + held[c] for a, b, c in rows])
        lengths = np.linalg.norm(targets, axis=1, keepdims=True)
        scores = cosines(vectors, targets / np.where(lengths > 0, lengths, 1))
        scores[lengths[:, 0] == 0] = -np.inf  # b − a + c is nothing, and nothing is near to it
    else:
        table = cosines(vectors, np.array([held[row] for row in distinct]))
        near = dict(zip(distinct, (1 + table) / 2, strict=True))
        with np.errstate(invalid="ignore"):  # of words without a direction, which are no answers
            scores = np.array([near[b] * near[c] / (near[a] + EPSILON) for a, b, c in rows])
        scores[:, ~usable(vectors)] = -np.inf
    return [_named(vectors, s, best(s, top, () if keep else q)) for s, q in zip(scores, rows, strict=True)]


def _named(vectors: WordVectors, scores: np.ndarray, rows: np.ndarray) -> Found:
    return [(vectors.words[row], float(scores[row])) for row in rows.tolist()]


def centrality(vectors: WordVectors, rows: Sequence[int]) -> np.ndarray:
    """Return the cosine of each word with the mean of the unit vectors of all; the least is the odd one out.

    Shapes: (len(rows),) float64; NaN where the unit vectors cancel each other.
    """
    held = unit(vectors, rows).astype(np.float64)
    mean = held.mean(0)
    length = float(np.linalg.norm(mean))
    return held @ mean / length if length > 1e-9 else np.full(len(rows), np.nan)


def similarities(vectors: WordVectors, first: Sequence[int], second: Sequence[int]) -> np.ndarray:
    """Return the cosines of pairs of words.

    Shapes: (pairs,) float64.
    """
    a, b = (unit(vectors, rows).astype(np.float64) for rows in (first, second))
    return np.clip(np.einsum("nd,nd->n", a, b), -1, 1)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Return the cosine of two vectors; NaN when one has no direction."""
    length = float(np.linalg.norm(a)) * float(np.linalg.norm(b))
    return float(np.clip(a @ b / length, -1, 1)) if length > 0 and np.isfinite(length) else float("nan")


def near_spellings(word: str, vectors: WordVectors, count: int = 3) -> list[str]:
    """Return known words spelled like an unknown one, best first; of equal ones the earlier in the table.

    A table has hundreds of thousands of words, which difflib would take a minute over. So other cases and all
    spellings one edit away are looked up; only if they do not suffice, the 5,000 earliest words of about the same
    length, begin and letters are compared.

    Args:
        word: the unknown one.
        vectors: the table.
        count: at most.

    """
    known = vectors.index
    bare = word.strip(".,;:!?\"'()[]")
    found = dict.fromkeys(
        w for w in (word.lower(), word.capitalize(), word.upper(), word.title(), bare, bare.lower()) if w in known
    )
    if 2 <= len(word) <= 40:
        found |= dict.fromkeys(sorted({w for w in _edits(word) if w in known}, key=known.__getitem__))
        if len(found) < count:
            found |= dict.fromkeys(_alike(word, vectors, count))
    return [w for w in found if w != word][:count]


def _edits(word: str) -> set[str]:
    """Return the spellings one deletion, exchange, replacement or insertion away, also of the word in lower case."""
    letters = sorted(set("abcdefghijklmnopqrstuvwxyz'-") | set(word.lower()))
    made: set[str] = set()
    for base in {word, word.lower()}:
        for at in range(len(base) + 1):
            head, tail = base[:at], base[at:]
            made.update(head + letter + tail for letter in letters)
            if tail:
                made.add(head + tail[1:])
                made.update(head + letter + tail[1:] for letter in letters)
            if len(tail) > 1:
                made.add(head + tail[1] + tail[0] + tail[2:])
    return made


def _alike(word: str, vectors: WordVectors, count: int) -> list[str]:
    low, high, first = len(word) - 2, len(word) + 2, {word[0].lower(), word[0].upper()}
    wanted, needed = Counter(word.lower()), len(word) - max(1, len(word) // 3)
    near = (w for w in vectors.words if w[:1] in first and low <= len(w) <= high)
    close = (w for w in near if sum((wanted & Counter(w.lower())).values()) >= needed)
    return difflib.get_close_matches(word, list(islice(close, 5000)), count, 0.7)
