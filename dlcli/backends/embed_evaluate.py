"""Scoring word vectors on analogies and on pairs of words that people judged."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlcli.backends import embed_answers as asking
from dlcli.core import bundle, files, make, report
from dlcli.core.errors import DataError, MissingError, UsageError
from dlcli.core.output import Output
from dlcli.data import text, word_questions
from dlcli.data.word_questions import Section
from dlcli.methods import word_evaluation, word_pairs
from dlcli.methods.word_evaluation import Tally
from dlcli.methods.word_pairs import Correlation
from dlcli.ui import tables
from dlcli.ui.console import say

SYNTACTIC = "gram"  # sections of questions-words that ask for forms of words begin so; the others ask for meaning


@dataclass(frozen=True)
class Options:
    """What is asked for beside the recipe.

    Args:
        out: file for the document, or None.
        under: words of ``--fail-under``.
        over: words of ``--fail-over``.
        stamp: file to write last.
        depfile: file for the rule.
        recipes: recipe files read.

    """

    out: str | None
    under: Sequence[str]
    over: Sequence[str]
    stamp: str | None
    depfile: str | None
    recipes: Sequence[Path]


@dataclass(frozen=True)
class Sets:
    """The test sets.

    Args:
        sections: of the analogy questions, each with the name of its metric; empty: none are asked.
        pairs: name → judged pairs.
        places: files they came from.

    """

    sections: list[tuple[str, Section]]
    pairs: dict[str, list[tuple[str, str, float]]]
    places: list[str]

    @property
    def metrics(self) -> list[str]:
        """Names of the metrics there will be."""
        found = []
        if self.sections:
            found += ["analogies/accuracy", "analogies/oov"]
            if _has_forms(self.sections):
                found += ["analogies/semantic", "analogies/syntactic"]
            found += [f"analogies/{slug}" for slug, _ in self.sections]
        return found + [f"{name}/{figure}" for name in self.pairs for figure in ("pearson", "spearman", "oov")]


def evaluate(argument: str, recipe: Any, output: Output, wanted: Options) -> None:
    """Run ``dlcli embed evaluate``.

    Effects: prints figures; writes what ``--out``, ``--stamp`` and ``--depfile`` ask; raises when a check fails.

    Raises:
        MissingError: no set is given and gensim's are not there.
        DataError: no question and no pair has all its words in the table.

    """
    started_s = time.monotonic()
    report.check_asked(wanted.under, wanted.over)
    make.check(wanted.stamp, wanted.depfile, wanted.out)
    make.check_writable(wanted.out)
    sets = _sets(argument, recipe, output)
    read = [*map(str, wanted.recipes), *files_of(argument), *sets.places]
    make.refuse_inputs(read, wanted.out, wanted.stamp, wanted.depfile)
    report.check_asked(wanted.under, wanted.over, sets.metrics)
    vectors = asking.open_(argument, output)
    how = {"restrict": recipe.restrict, "case_sensitive": recipe.case_sensitive, "unknown": recipe.unknown}
    asked = [(s.name, s.questions) for _, s in sets.sections]
    tallies = word_evaluation.analogies(vectors, asked, method=recipe.method, **how) if asked else []
    judged = {name: word_pairs.pairs(vectors, rows, **how) for name, rows in sets.pairs.items()}
    asked_in_all = sum(len(questions) for _, questions in asked) + sum(c.pairs for c in judged.values())
    if asked_in_all == sum(t.unknown for t in tallies) + sum(c.unknown for c in judged.values()):
        raise DataError(
            f"no question and no pair has all its words among the {len(vectors):,} words of {argument}",
            "name sets of this language with --analogies FILE and --pairs FILE",
        )
    sections, totals = _rows(sets, tallies)
    pairs = [_pair_row(name, c) for name, c in judged.items()]
    doc = report.document(
        "embed evaluate", model=argument, data=" ".join(sets.places), metrics=_metrics(sets, tallies, judged),
        files={} if wanted.out is None else {"report": wanted.out}, seconds=time.monotonic() - started_s,
        words=len(vectors), dim=vectors.dim, method=recipe.method, sections=sections, totals=totals, pairs=pairs,
    )  # fmt: skip
    make.write_depfile(wanted.depfile, wanted.stamp or str(wanted.out), read)
    if wanted.out is not None:
        files.write_json(wanted.out, json.loads(tables.as_json(doc)))
    tables.show(doc, [("analogies", [*sections, *totals]), ("pairs of words", pairs)], output)
    report.check(doc["metrics"], wanted.under, wanted.over)
    make.write_stamp(wanted.stamp, argument)


def files_of(argument: str) -> list[str]:
    """Return the files that word vectors are read from, for make."""
    return [] if argument == text.STDIN else bundle.files_of(argument)


def _sets(argument: str, recipe: Any, output: Output) -> Sets:
    analogies, pairs = recipe.analogies, {_slug(word_questions.stem(p)): p for p in recipe.pairs}
    if len(pairs) < len(recipe.pairs):
        raise UsageError("two files of --pairs have one name and could not be told apart", key="--pairs")
    if "analogies" in pairs:
        text_ = "a file of --pairs cannot be called analogies: its figures could not be told apart"
        raise UsageError(text_, "give the file another name", key="--pairs")
    given = [p for p in (analogies, *recipe.pairs) if p is not None]
    if [argument, *given].count(text.STDIN) > 1:
        raise UsageError("- (stdin) is named twice; it can be read once", key="--pairs")
    if not given:
        found = {name: word_questions.installed(name) for name in word_questions.INSTALLED}
        there = {name: place for name, place in found.items() if place}
        if not there:
            raise MissingError(
                "gensim's test data is not installed, which holds questions-words, WordSim-353 and SimLex-999",
                "name sets of your own with --analogies FILE and --pairs FILE",
            )
        for name in found.keys() - there.keys():
            say(f"{name} is missing from the installed gensim and left out", output.quiet)
        analogies = there.pop("analogies", None)
        pairs, given = there, [p for p in found.values() if p]
    sections, skipped = ([], 0) if analogies is None else word_questions.questions(analogies)
    if skipped:
        say(f"{files.shown(str(analogies))}: {skipped} lines are no four words and are left out", output.quiet)
    judged = {}
    for name, place in pairs.items():
        judged[name], skipped = word_questions.pairs(place)
        if skipped:
            say(f"{files.shown(place)}: {skipped} lines are no pair with a number and are left out", output.quiet)
    return Sets(_named(sections), judged, given)


def _named(sections: list[Section]) -> list[tuple[str, Section]]:
    """Return the sections with a metric's name each; a name that is taken gets a number."""
    taken = {"accuracy", "oov", "semantic", "syntactic"}
    found = []
    for section in sections:
        slug, number = _slug(section.name), 2
        while slug in taken:
            slug, number = f"{_slug(section.name)}_{number}", number + 1
        taken.add(slug)
        found.append((slug, section))
    return found


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "set"


def _has_forms(sections: list[tuple[str, Section]]) -> bool:
    forms = [s.name.startswith(SYNTACTIC) for _, s in sections]
    return any(forms) and not all(forms)


def _sum(name: str, tallies: Sequence[Tally]) -> Tally:
    return Tally(name, *(sum(getattr(t, part) for t in tallies) for part in ("correct", "total", "unknown")))


def _sums(sets: Sets, tallies: list[Tally]) -> list[Tally]:
    """Return meaning, form (where there are both kinds) and all."""
    if not tallies:
        return []
    parts = [_sum("total", tallies)]
    if _has_forms(sets.sections):
        form = [t for t in tallies if t.section.startswith(SYNTACTIC)]
        meaning = [t for t in tallies if not t.section.startswith(SYNTACTIC)]
        parts = [_sum("semantic", meaning), _sum("syntactic", form), *parts]
    return parts


def _rows(sets: Sets, tallies: list[Tally]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    def row(t: Tally) -> dict[str, Any]:
        counts = {"correct": t.correct, "total": t.total, "unknown": t.unknown}
        return {"section": t.section, "accuracy": _figure(t.accuracy), **counts}

    return [row(t) for t in tallies], [row(t) for t in _sums(sets, tallies)]


def _figure(value: float) -> float | None:
    return None if value != value else value


def _pair_row(name: str, c: Correlation) -> dict[str, Any]:
    return {
        "set": name, "spearman": _figure(c.spearman), "pearson": _figure(c.pearson), "pairs": c.pairs,
        "unknown": c.unknown, "spearman p": _figure(c.spearman_p), "pearson p": _figure(c.pearson_p),
    }  # fmt: skip


def _metrics(sets: Sets, tallies: list[Tally], judged: dict[str, Correlation]) -> dict[str, float]:
    found: dict[str, float] = {}
    for total in _sums(sets, tallies):
        if total.section == "total":
            asked = sum(len(s.questions) for _, s in sets.sections)
            found = {"analogies/accuracy": total.accuracy, "analogies/oov": total.unknown / asked, **found}
        else:
            found[f"analogies/{total.section}"] = total.accuracy
    found |= {f"analogies/{slug}": t.accuracy for (slug, _), t in zip(sets.sections, tallies, strict=True)}
    for name, c in judged.items():
        found |= {f"{name}/pearson": c.pearson, f"{name}/spearman": c.spearman, f"{name}/oov": c.oov}
    return found
