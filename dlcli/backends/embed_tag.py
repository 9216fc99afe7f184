"""dlcli embed tag: parts of speech, and learning and scoring a tagger of one's own."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dlcli.backends.embed_words import Answer, Place, Work, cutter, open_tagger, stream
from dlcli.core import files, make, report
from dlcli.core.errors import DataError, ModelError, UsageError
from dlcli.core.nearest import nearest
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.data import text
from dlcli.methods import tagger_perceptron
from dlcli.methods.tagger import Tagger
from dlcli.ui import tables
from dlcli.ui.console import say

Sentence = list[tuple[str, str]]
Record = dict[str, Any]


@dataclass(frozen=True)
class Checks:
    """Bounds on the scores of ``--test``.

    Args:
        under: words ``metric=x`` of ``--fail-under``.
        over: of ``--fail-over``.

    """

    under: Sequence[str] = field(default_factory=list)
    over: Sequence[str] = field(default_factory=list)


METRICS = ("accuracy", "word_accuracy")


def tag(words: Sequence[str], resolved: Resolved, output: Output, place: Place, checks: Checks) -> None:
    """Run ``dlcli embed tag``: tag text, or learn a tagger, or score one.

    Effects: prints or writes tagged lines; or writes a tagger; or prints scores.
    """
    recipe = resolved.recipe
    if recipe.test is None and (checks.under or checks.over):
        raise UsageError("--fail-under and --fail-over look at the scores of --test", "give --test FILE too")
    report.check_asked(checks.under, checks.over, METRICS)
    if recipe.train is None and recipe.test is None:
        _tag(words, resolved, output, place)
        return
    if words:
        option = "--train" if recipe.train is not None else "--test"
        raise UsageError(
            f"{words[0]}: with {option} no text is tagged", f"leave {words[0]} out, or {option}", key="TEXT"
        )
    if (recipe.train, recipe.test).count(text.STDIN) + (resolved.stdin is not None) > 1:
        raise UsageError("stdin can be read once", "give the other as a file")
    started_s = time.monotonic()
    if recipe.train is None and place.out is not None:
        raise UsageError("--out: --test prints its scores; nothing is written", "leave --out out", key="--out")
    if recipe.train is not None:
        if place.out in (None, text.STDIN):
            raise UsageError("where to? --train writes the tagger to a file", "add -o model.json", key="--out")
        make.check_writable(place.out)
    make.check(place.stamp, place.depfile, place.out)
    used = [f for f in (*map(str, resolved.files), recipe.train, recipe.test, recipe.model) if f is not None]
    make.refuse_inputs(used, place.out, place.stamp, place.depfile)
    held, facts = _learned(recipe, output) if recipe.train is not None else (_opened(recipe), {})
    scores = _scores(held, recipe.test) if recipe.test is not None else {"metrics": {}, "rows": [], "mistakes": []}
    metrics = scores["metrics"]
    written = {} if recipe.train is None else {"model": str(place.out)}
    doc = report.document(
        "embed tag", model=recipe.model, data=recipe.train or recipe.test, metrics=metrics, files=written,
        seconds=time.monotonic() - started_s, engine=held.name, training=facts, mistakes=scores["mistakes"],
    )  # fmt: skip
    read = [*map(str, resolved.files), *(f for f in (recipe.train, recipe.test, recipe.model) if f not in (None, "-"))]
    make.write_depfile(place.depfile, place.stamp or str(place.out), read)
    if recipe.train is not None:
        files.write_text(str(place.out), json.dumps(facts.pop("model"), ensure_ascii=False, indent=1) + "\n")
        say(f"written: {place.out}", output.quiet)
    say(f"engine: {held.name}", output.quiet)
    tables.show(doc, [("", scores["rows"]), ("most frequent mistakes", scores["mistakes"])], output)
    report.check(metrics, checks.under, checks.over)
    make.write_stamp(place.stamp, held.name)


def _tag(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    recipe = resolved.recipe
    if place.out is not None and place.out.lower().endswith(".json"):
        raise UsageError(f"--out {place.out}: only a tagger is written as .json", "add --train FILE", key="--out")
    held = _opened(recipe)
    cut = cutter(recipe.by)

    def answer(line: str) -> Answer:
        found: list[str] = []
        tags: list[str] = []
        for sentence in cut(line):
            found += sentence
            tags += held.tag(sentence)
        pairs = zip(found, tags, strict=True)
        if recipe.format == "tab":
            shown = "".join(f"{word}\t{tag_}\n" for word, tag_ in pairs)
        else:
            shown = " ".join(f"{word}/{tag_}" for word, tag_ in pairs)
        return Answer(f"{shown}\n", {"words": found, "tags": tags})

    stream(Work("tag", held.name, answer, held.better, model=recipe.model), words, resolved, output, place)


def _opened(recipe: Record) -> Tagger:
    """Return the tagger that a recipe asks for."""
    if recipe.model is None:
        return open_tagger(recipe.engine)
    name = files.shown(recipe.model)
    try:
        with open(recipe.model, encoding="utf-8") as file:
            document = json.load(file)
    except OSError as error:
        near = nearest(recipe.model, os.listdir(".")) if isinstance(error, FileNotFoundError) else ""
        raise ModelError(f"cannot read the tagger {name}: {error.strerror or error}{near}") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(
            f"{name} is no tagger of dlcli: not JSON", "dlcli embed tag --train FILE -o model.json makes one"
        ) from error
    model = tagger_perceptron.opened(document, name)
    return Tagger(f"perceptron ({name})", model.tag)


def _learned(recipe: Record, output: Output) -> tuple[Tagger, Record]:
    sentences = list(tagged(recipe.train))

    def on_epoch(number: int, accuracy: float) -> None:
        say(f"epoch {number}/{recipe.epochs}: {accuracy:.2%} tagged rightly on the way", output.quiet)

    model = tagger_perceptron.train(sentences, epochs=recipe.epochs, seed=recipe.seed, on_epoch=on_epoch)
    facts = {**model.facts, "tags": len(model.tags), "features": len(model.weights), "model": model.plain()}
    return Tagger("perceptron (dlcli's own, averaged)", model.tag), facts


def _scores(held: Tagger, where: str) -> Record:
    """Return metrics, a table of them, and the most frequent mistakes of a tagger on a tagged file."""
    right = words = right_words = total = 0
    mistakes: Counter[tuple[str, str]] = Counter()
    for sentence in tagged(where):
        given = held.tag([word for word, _ in sentence])
        for (word, truth), tag_ in zip(sentence, given, strict=True):
            is_word = any(c.isalnum() for c in word)
            total, words = total + 1, words + is_word
            right, right_words = right + (tag_ == truth), right_words + (is_word and tag_ == truth)
            if tag_ != truth:
                mistakes[truth, tag_] += 1
    metrics = {"accuracy": right / total, "word_accuracy": right_words / words if words else 0.0}
    rows = [
        {"metric": "accuracy", "value": metrics["accuracy"], "of": total},
        {"metric": "word_accuracy", "value": metrics["word_accuracy"], "of": words},
    ]
    listed = [{"truth": t, "given": g, "times": n} for (t, g), n in mistakes.most_common(10)]
    return {"metrics": metrics, "rows": rows, "mistakes": listed}


def tagged(where: str) -> Iterator[Sentence]:
    """Yield the sentences of a tagged file: a line of ``word/TAG``, or a line each ``word<TAB>TAG`` until an empty one.

    Raises:
        DataError: a word without a tag (names file and line), or no words at all.

    """
    held: Sentence = []
    some = False
    name = text.shown(where)
    for number, line in enumerate(text.lines(where), 1):
        line = line.rstrip("\r")
        if "\t" in line:
            held.append(_pair(*line.partition("\t")[::2], f"{name}:{number}", line))
            some = True
            continue
        if held:
            yield held
            held = []
        sentence = [_pair(*token.rpartition("/")[::2], f"{name}:{number}", token) for token in line.split()]
        if sentence:
            some = True
            yield sentence
    if held:
        yield held
    if not some:
        raise DataError(f"{name} has no tagged words", "give lines such as: The/DT cat/NN sat/VBD ./.")


def _pair(word: str, tag_: str, place: str, written: str) -> tuple[str, str]:
    if not word or not tag_ or tag_ != tag_.strip() or "\t" in tag_:
        shown = files.shown(written if len(written) <= 60 else written[:60] + "…")
        raise DataError(f"{place}: {shown!r} is no word with a tag", "each is written word/TAG, such as cat/NN")
    return word, tag_
