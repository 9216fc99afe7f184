"""Similarity of words, of pairs in a file, and of texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from dlcli.backends import embed_answers as asking
from dlcli.backends.embed_answers import Answers, Item, Lookup
from dlcli.core import files
from dlcli.core.errors import DataError, UsageError
from dlcli.core.output import Output
from dlcli.data import text, word_questions
from dlcli.methods import sentence_vectors, word_queries
from dlcli.ops import tokens
from dlcli.ops.word_vectors import WordVectors

AT_ONCE = 4096  # pairs


def similarity(argument: str, words: Sequence[str], pairs: str | None, recipe: Any, output: Output) -> None:
    """Run ``dlcli embed similarity``.

    Effects: prints a cosine a pair; a pair with an unknown word costs one error record.
    """
    if recipe.files:
        _texts(argument, words, pairs, recipe, output)
        return
    if pairs is not None and words:
        raise UsageError("give words or --pairs FILE, not both", key="--pairs")
    if pairs is None:
        given = asking.words_or_stdin(words, argument, "two words such as cat dog")
        if given is not None and len(given) < 2:
            raise UsageError("similarity needs two words or more; one is given", key="WORD")
        pairs = text.STDIN if given is None else None
    else:
        given = None
    if pairs == text.STDIN and argument == text.STDIN:
        raise UsageError("vectors and pairs cannot both come on stdin", "give the vectors as a file", key="VECTORS")
    vectors = asking.open_(argument, output)
    lookup, answers = Lookup(vectors), Answers("embed similarity", argument, output)
    wanted: Iterable[tuple[str, ...]] = combinations(given, 2) if given is not None else _pairs(str(pairs))
    for portion in asking.chunks(wanted, AT_ONCE, pairs == text.STDIN):
        rows = [lookup.rows(pair) if len(pair) == 2 else _no_pair(pair) for pair in portion]
        known = [row for row in rows if isinstance(row, list)]
        found = word_queries.similarities(vectors, [r[0] for r in known], [r[1] for r in known])
        told = iter(found.tolist())
        for pair, row in zip(portion, rows, strict=True):
            asked = " ".join(pair)
            if isinstance(row, dict):
                answers.add(asking.failed(asked, row))
            else:
                answers.add({"input": asked, "first": pair[0], "second": pair[1], "cosine": next(told)})
    answers.finish(_row, data=pairs)


def _row(item: Item) -> list[Item]:
    return [{k: item[k] for k in ("first", "second", "cosine")}]


def _no_pair(cells: Sequence[str]) -> Item:
    return asking.error("", f"{' '.join(cells)!r} is no pair: give two words a line")["error"]


def _pairs(place: str) -> Iterator[tuple[str, ...]]:
    """Yield the first two cells of each line; fewer where a line has fewer."""
    empty = True
    for line in text.lines(place):
        if line.strip() and not line.startswith("#"):
            empty = False
            yield tuple(word_questions.cut(line.strip())[:2])
    if empty:
        name = "stdin" if place == text.STDIN else files.shown(place)
        raise DataError(f"{name} holds no pair", "give two words a line")


def _texts(argument: str, words: Sequence[str], pairs: str | None, recipe: Any, output: Output) -> None:
    if pairs is not None:
        raise UsageError("--files compares whole texts, --pairs words; give one of them", key="--pairs")
    if len(words) < 2:
        raise UsageError(f"--files compares two texts or more; {len(words)} are given", key="FILE")
    places = text.places(words)
    if argument == text.STDIN and text.STDIN in places:
        raise UsageError("vectors and a text cannot both come on stdin", "give the vectors as a file", key="VECTORS")
    vectors = asking.open_(argument, output)
    good = sentence_vectors.finite(vectors)
    answers = Answers("embed similarity", argument, output)
    held = [_mean(vectors, word, place, recipe, good) for word, place in zip(words, places, strict=True)]
    for (first, a, _), (second, b, _) in combinations(held, 2):
        cosine = word_queries.cosine(a, b)
        asked = f"{first} {second}"
        if cosine == cosine:
            answers.add({"input": asked, "first": first, "second": second, "cosine": cosine})
        else:
            answers.add(asking.error(asked, "the mean of the words of a text is zero, so nothing is near to it"))
    covered = [about for *_, about in held]
    shown = [f"{c['file']}: {c['known']:,} of {c['words']:,} words are known" for c in covered]
    asking.say_each(shown, output.quiet)
    answers.finish(_row, data=" ".join(words), texts=covered)


def _mean(vectors: WordVectors, word: str, place: str, recipe: Any, good: Any) -> tuple[str, Any, Item]:
    counts: Counter[str] = Counter()
    cut = tokens.tokenizer(recipe.by, recipe.lower)
    for line in text.lines(place):
        counts.update(cut(line))
    known, rows = sentence_vectors.known_rows(vectors, counts, good)
    mean = sentence_vectors.mean(vectors, rows, [counts[w] for w in known])
    name = "stdin" if place == text.STDIN else files.shown(word)
    if mean is None:
        raise DataError(
            f"{name}: none of its {counts.total():,} words has a vector",
            "--lower and --by word cut text as many vectors were learnt from",
        )
    return word, mean, {"file": word, "words": counts.total(), "known": sum(counts[w] for w in known)}
