"""Asking word vectors: neighbors, analogies, the odd one out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from dlcli.backends import embed_answers as asking
from dlcli.backends.embed_answers import Answers, Item, Lookup
from dlcli.core.errors import UsageError
from dlcli.core.output import Output
from dlcli.methods import word_queries


def neighbors(argument: str, words: Sequence[str], recipe: Any, output: Output) -> None:
    """Run ``dlcli embed neighbors``.

    Effects: prints the neighbors of each word; a word that is not known costs one error record.
    """
    given = asking.words_or_stdin(words, argument, "a word such as frog")
    vectors = asking.open_(argument, output)
    lookup, answers = Lookup(vectors), Answers("embed neighbors", argument, output)
    size = word_queries.chunk_of(vectors)
    for portion in asking.chunks(asking.asked_lines() if given is None else given, size, given is None):
        rows = [lookup.rows([word]) for word in portion]
        known = [row[0] for row in rows if isinstance(row, list)]
        found = iter(word_queries.neighbors(vectors, known, recipe.top) if known else [])
        for word, row in zip(portion, rows, strict=True):
            if isinstance(row, dict):
                answers.add(asking.failed(word, row))
            else:
                answers.add({"input": word, "neighbors": [{"word": w, "cosine": c} for w, c in next(found)]})
    answers.finish(
        lambda item: [{"word": item["input"], "neighbor": n["word"], "cosine": n["cosine"]} for n in item["neighbors"]]
    )


def analogy(argument: str, words: Sequence[str], recipe: Any, output: Output) -> None:
    """Run ``dlcli embed analogy``.

    Effects: prints the answers to each question.
    """
    given = asking.words_or_stdin(words, argument, "three words such as man king woman")
    if given is not None and len(given) != 3:
        raise UsageError(f"an analogy has three words, A is to B as C is to ?; {len(given)} are given", key="WORD")
    vectors = asking.open_(argument, output)
    lookup, answers = Lookup(vectors), Answers("embed analogy", argument, output)
    questions: Iterable[list[str]] = [given] if given is not None else (q.split() for q in asking.asked_lines())
    # 3CosMul holds the scores of each of the three words.
    size = max(1, word_queries.chunk_of(vectors) // (1 if recipe.method == "3cosadd" else 3))
    for portion in asking.chunks(questions, size, given is None):
        rows = [lookup.rows(q) if len(q) == 3 else _not_three(q) for q in portion]
        known = [(row[0], row[1], row[2]) for row in rows if isinstance(row, list)]
        found = iter(
            word_queries.analogies(vectors, known, recipe.top, recipe.method, keep=recipe.keep_inputs) if known else []
        )
        for question, row in zip(portion, rows, strict=True):
            asked = " ".join(question)
            if isinstance(row, dict):
                answers.add(asking.failed(asked, row))
            else:
                answers.add({"input": asked, "answers": [{"word": w, "score": s} for w, s in next(found)]})
    answers.finish(
        lambda item: [{"question": item["input"], "answer": a["word"], "score": a["score"]} for a in item["answers"]],
        method=recipe.method,
    )


def _not_three(question: Sequence[str]) -> Item:
    return asking.error("", f"{len(question)} words on a line; an analogy has three: A is to B as C is to ?")["error"]


def odd(argument: str, words: Sequence[str], output: Output) -> None:
    """Run ``dlcli embed odd``.

    Effects: prints each group of words, the odd one first; unknown words are left out where three are known.
    """
    given = asking.words_or_stdin(words, argument, "three words or more")
    if given is not None and len(given) < 3:
        raise UsageError(f"the odd one out needs three words or more; {len(given)} are given", key="WORD")
    vectors = asking.open_(argument, output)
    lookup, answers = Lookup(vectors), Answers("embed odd", argument, output)
    for group in [given] if given is not None else (line.split() for line in asking.asked_lines()):
        found = [(word, lookup.rows([word])) for word in group]
        known = [(word, rows[0]) for word, rows in found if isinstance(rows, list)]
        wrong = [rows for _, rows in found if isinstance(rows, dict)]
        asked = " ".join(group)
        if len(known) < 3:
            answers.add(asking.failed(asked, wrong[0]) if wrong else asking.error(asked, _too_few(group)))
            continue
        cosines = word_queries.centrality(vectors, [row for _, row in known])
        if np.isnan(cosines).any():
            answers.add(asking.error(asked, f"the vectors of {asked!r} cancel each other; none is the odd one"))
            continue
        ranked = sorted(zip(cosines.tolist(), (word for word, _ in known), strict=True), key=lambda row: row[0])
        item: Item = {"input": asked, "odd": ranked[0][1], "words": [{"word": w, "cosine": c} for c, w in ranked]}
        left_out = [word for word, rows in found if isinstance(rows, dict)]
        answers.add({**item, "left_out": left_out} if left_out else item)
        if not output.machine:
            asking.say_each([f"left out: {w['message']}{'; ' if w['hint'] else ''}{w['hint']}" for w in wrong])
    answers.finish(_odd_rows)


def _odd_rows(item: Item) -> list[Item]:
    return [
        {"words": item["input"], "word": w["word"], "cosine to the mean": w["cosine"], "odd": w["word"] == item["odd"]}
        for w in item["words"]
    ]


def _too_few(group: Sequence[str]) -> str:
    return f"{len(group)} words on a line; the odd one out needs three or more"
