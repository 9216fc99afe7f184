"""How many analogy questions word vectors answer as expected, counted as gensim counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from dlcli.methods.word_queries import EPSILON, single_blas, unit, usable
from dlcli.ops.word_vectors import WordVectors

Question = tuple[str, str, str, str]
AT_ONCE = 1 << 15  # questions whose words are compared with the table together
MOST_SCORES = 1 << 24  # words of the questions × words of the table held at once (64 MiB)
COLUMNS = 1 << 14  # words of the table at once: the scores of a question stay in the processor's cache
LOOKED_AT = 5  # gensim looks at five answers for one that is no other case of a word of the question


@dataclass(frozen=True)
class Tally:
    """The questions of one section.

    Args:
        section: its name.
        correct: answered as expected.
        total: answered at all; with ``unknown="wrong"`` all questions.
        unknown: with a word that the table lacks.

    """

    section: str
    correct: int
    total: int
    unknown: int

    @property
    def accuracy(self) -> float:
        """Share of correct answers; NaN of none."""
        return self.correct / self.total if self.total else float("nan")


class Vocabulary:
    """The words that count, found in either case or as they stand.

    Of several cases of a word the first in the table stands for all, the most frequent one where words are in that
    order. A word without a direction counts as unknown.

    Args:
        vectors: the table.
        restrict: only the first so many words count, as questions and as answers; None: all.
        case_sensitive: do not look at words in upper case.

    """

    def __init__(self, vectors: WordVectors, restrict: int | None, case_sensitive: bool):
        self.fold: Callable[[str], str] = str if case_sensitive else str.upper
        count = len(vectors) if restrict is None else min(restrict, len(vectors))
        self.first: dict[str, int] = {}
        folded = map(self.fold, islice(vectors.words, count))
        # For each row the first row that is the same word in some case.
        self.group = np.fromiter((self.first.setdefault(w, n) for n, w in enumerate(folded)), np.int64, count)
        self.usable = usable(vectors)[:count]

    def row(self, word: str) -> int:
        """Return the row of a word, or −1."""
        row = self.first.get(self.fold(word), -1)
        return row if row >= 0 and self.usable[row] else -1

    @cached_property
    def others(self) -> dict[int, list[int]]:
        """First row → the rows of the word's other cases."""
        found: dict[int, list[int]] = {}
        for row in np.flatnonzero(self.group != np.arange(len(self.group))).tolist():
            if self.usable[row]:
                found.setdefault(int(self.group[row]), []).append(row)
        return found


def analogies(
    vectors: WordVectors,
    sections: Iterable[tuple[str, Sequence[Question]]],
    *,
    method: str = "3cosadd",
    restrict: int | None = 300_000,
    case_sensitive: bool = False,
    unknown: str = "skip",
) -> list[Tally]:
    """Count the analogy questions that are answered as expected.

    Counts equal those of gensim's ``evaluate_word_analogies`` (for 3CosMul: with ``most_similar_cosmul`` in it):
    the three words are no answers, nor, if case does not count, their other cases among the five best. Only words whose
    scores are equal to the last bits, such as two words with one vector, may be told apart otherwise; here the
    earlier in the table wins, in gensim the order of a partial sort.

    Source: Mikolov, Chen, Corrado, Dean 2013; for the methods see ``word_queries.analogies``.

    Args:
        vectors: the table.
        sections: name and questions (a, b, c, d) of each.
        method: ``3cosadd`` or ``3cosmul``.
        restrict: see ``Vocabulary``.
        case_sensitive: see ``Vocabulary``.
        unknown: ``skip`` questions with unknown words, or count them as ``wrong``.

    """
    held = Vocabulary(vectors, restrict, case_sensitive)
    asked = [(name, [[held.row(w) for w in q] for q in questions]) for name, questions in sections]
    rows = np.array([q for _, questions in asked for q in questions if min(q) >= 0], np.int64).reshape(-1, 4)
    right = np.zeros(len(rows), bool)
    for start in range(0, len(rows), AT_ONCE):
        right[start : start + AT_ONCE] = _right(vectors, held, rows[start : start + AT_ONCE], method)
    tallies, at = [], 0
    for name, questions in asked:
        known = sum(min(q) >= 0 for q in questions)
        total = known if unknown == "skip" else len(questions)
        tallies.append(Tally(name, int(right[at : at + known].sum()), total, len(questions) - known))
        at += known
    return tallies


def _right(vectors: WordVectors, held: Vocabulary, rows: np.ndarray, method: str) -> np.ndarray:
    """Return which questions are answered as expected.

    A question's scores are sums (or products) of three rows of one small matrix, words of questions × words of the
    table: far less work than a matrix product of all questions with the table, and the same for both methods.

    Shapes: rows (questions, 4) → (questions,) bool.
    """
    distinct, places = np.unique(rows[:, :3], return_inverse=True)
    asked = unit(vectors, distinct)
    masked = _masked(held, rows)
    top = np.full(len(rows), -np.inf, np.float32)
    answer = np.full(len(rows), -1, np.int64)
    columns = max(64, min(len(held.group), MOST_SCORES // max(1, len(distinct)), COLUMNS))
    for start in range(0, len(held.group), columns):
        stop = min(start + columns, len(held.group))
        with single_blas():
            near = asked @ unit(vectors, np.arange(start, stop)).T
        inside = (masked >= start) & (masked < stop)
        left_out = [(line[there] - start).tolist() for line, there in zip(masked, inside, strict=True)]
        bad = np.flatnonzero(~held.usable[start:stop])
        found, value = _answers(near, places.reshape(-1, 3), left_out, bad, method)
        better = value > top  # the earlier of equal ones stays
        top[better], answer[better] = value[better], found[better] + start
    right = (answer >= 0) & (held.group[answer] == rows[:, 3])
    others = (masked[:, 3:] >= 0).sum(1)
    for n in np.flatnonzero((others >= LOOKED_AT) | ((answer < 0) & (others > 0))).tolist():
        seen = _seen(vectors, rows[n], masked[n, 3:], method, float(top[n]))
        right[n] = right[n] if seen is None else held.group[seen] == rows[n, 3]
    return right


def _answers(
    near: np.ndarray, places: np.ndarray, left_out: list[list[int]], bad: np.ndarray, method: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the best answer of each question within a part of the table, and its score.

    Args:
        near: cosines of the questions' words with the words of the part.
        places: rows of ``near`` for a, b, c.
        left_out: columns that are no answer, of each question.
        bad: columns that are never one.
        method: ``3cosadd``, whose scores are cosines but for a factor of the question, or ``3cosmul``.

    """
    if method == "3cosadd":
        begin, finish = np.subtract, np.add
    else:
        begin, finish = np.divide, np.multiply
        near = (1 + near) / 2
    less = near if method == "3cosadd" else near + EPSILON
    found, value = np.empty(len(places), np.int64), np.empty(len(places), np.float32)
    first, scores = np.empty(near.shape[1], np.float32), np.empty(near.shape[1], np.float32)
    last = (-1, -1)
    for n, (a, b, c) in enumerate(places.tolist()):
        if (a, b) != last:  # test sets ask about a pair with all others in turn
            begin(near[b], less[a], out=first)
            first[bad] = -np.inf
            last = (a, b)
        finish(first, near[c], out=scores)
        for column in left_out[n]:
            scores[column] = -np.inf
        best = int(scores.argmax())
        found[n], value[n] = best, scores[best]
    return found, value


def _masked(held: Vocabulary, rows: np.ndarray) -> np.ndarray:
    """Return the rows that are no answers: a, b, c, then their other cases.

    Shapes: (questions, 3 + most other cases), −1 where there are fewer.
    """
    others = {row: held.others[row] for row in np.unique(rows[:, :3]).tolist() if row in held.others}
    if not others:
        return rows[:, :3]
    lists = [[o for row in set(q) for o in others.get(row, ())] for q in rows[:, :3].tolist()]
    found = np.full((len(rows), 3 + max(map(len, lists))), -1, np.int64)
    found[:, :3] = rows[:, :3]
    for line, other in zip(found, lists, strict=True):
        line[3 : 3 + len(other)] = other
    return found


def _seen(vectors: WordVectors, row: np.ndarray, others: np.ndarray, method: str, top: float) -> int | None:
    """Return the other case of a question's word that gensim takes for the answer, or None.

    It takes the last of the five best words when all five are other cases.
    """
    others = others[others >= 0]
    a, b, c = unit(vectors, row[:3]) @ unit(vectors, others).T
    if method == "3cosadd":
        scores = b - a + c
    else:
        a, b, c = ((1 + near) / 2 for near in (a, b, c))
        scores = b / (a + EPSILON) * c
    better = others[np.argsort(-scores, kind="stable")][: int((scores > top).sum())][:LOOKED_AT]
    return int(better[-1]) if len(better) == LOOKED_AT or top == -np.inf else None
