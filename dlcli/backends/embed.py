"""Fitting: text and a method → word vectors in a file, or a run directory with them and a report."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dlcli.backends import embed_fit_learn as learning
from dlcli.backends.embed_fit_place import Options, Place
from dlcli.core import bundle, events, files, make, memory, report
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.errors import UsageError
from dlcli.core.output import STDOUT, Output
from dlcli.core.run import Run
from dlcli.data import corpus as corpora
from dlcli.data import text as text_files
from dlcli.data import vectors as vector_files
from dlcli.data.corpus import Corpus
from dlcli.ops.word_vectors import WordVectors
from dlcli.ui import progress, tables
from dlcli.ui.console import say

SIGNS = (b",", b".", b";", b":", b"!", b"?", b'"', b")")
GLUED = 0.04  # share of words ending in a sign from which text seems uncut; cut text has some too, such as Mr.
METRICS = ("loss", "words_per_s", "vocabulary", "coverage", "peak_memory_mb")


def fit(resolved: recipes.Resolved, output: Output, options: Options) -> None:
    """Run ``dlcli embed fit``.

    Effects: writes a file of vectors, or makes a run directory; prints figures; ends with the checks asked for.
    """
    started_s, recipe = time.monotonic(), resolved.recipe
    _check(options, output, resolved)
    name = resolved.name if resolved.name not in ("embed", "stdin") else recipe.model.name
    reporter = events.Reporters() if options.dry_run else progress.reporter(output)
    events.notes(reporter, resolved.notes)
    with contextlib.ExitStack() as stack:
        stack.enter_context(progress.until_end(reporter))
        place = Place(options, output, resolved, name, reporter, stack)
        stack.enter_context(place.stoppable())
        data = recipe.data
        text = stack.enter_context(
            corpora.prepared(data.texts, data.by, data.lower, keep=not options.dry_run, on_read=place.reading)
        )
        without = learning.dropped(recipe.model, text.counts)
        kept = corpora.kept(text, data.min_count, data.most, without)
        events.notes(reporter, told(text, kept, data.by))
        if options.dry_run:
            _show_plan(text, kept, resolved, name, options, output)
            return
        try:
            learned = learning.learn(recipe, text, kept, without, place)
        except UsageError as error:
            raise resolved.located(error) from None
        counts = list(kept.values())
        found = WordVectors([word.decode() for word in kept], learned.vectors, learning.as_counts(counts))
        metrics = _metrics(text, counts, learned)
        doc = report.document(
            "embed fit", data=" ".join(data.texts), metrics=metrics, recipe=name, method=recipe.model.name,
            engine=learned.engine, dim=found.dim, words=text.words, sentences=text.sentences,
            different_words=len(text.counts), copied_bytes=text.copied, fit_s=round(learned.seconds, 3),
        )  # fmt: skip
        place.write(found, doc, learned, started_s)
    rows = [{"metric": k, "value": v} for k, v in metrics.items()]
    if options.out != STDOUT:
        tables.show(doc, [(f"{recipe.model.name}: {learned.seconds:.2f} s", rows)], output)
    if place.run is not None:
        say(f"report: {place.run.page}", output.quiet or output.json)
    elif options.out != STDOUT:
        say(f"written: {files.shown(place.out)}", output.quiet or output.json)
    report.check(metrics, options.fail_under, options.fail_over)
    if options.depfile:
        read = [word for word in text_files.places(data.texts) if word != STDOUT]
        make.write_depfile(options.depfile, options.stamp or place.target, [*map(str, resolved.files), *read])
    make.write_stamp(options.stamp, place.out)


def _check(options: Options, output: Output, resolved: recipes.Resolved) -> None:
    """Refuse what could not be done in the end, before the work."""
    recipe = resolved.recipe
    make.check(options.stamp, options.depfile, options.out or "run")
    read = [*map(str, resolved.files), *text_files.places(recipe.data.texts)]
    resolved.refuse_stdin(*read)
    make.refuse_inputs(read, options.file, options.stamp, options.depfile)
    make.refuse_input(output.events, read, "--events")
    report.check_asked(options.fail_under, options.fail_over, [m for m in METRICS if m != "loss" or _has_loss(recipe)])
    if options.out == STDOUT and (output.json or output.streams):
        raise UsageError("-o - and --json or --events - would both write on stdout", "give -o a file", key="--out")
    if options.file is None:
        runs.check_free(options.out, force=options.force, resumable=False)
    elif options.out != STDOUT:
        make.check_writable(options.out)


def _has_loss(recipe: Any) -> bool:
    return recipe.model.name != "svd"


def _metrics(text: Corpus, counts: Sequence[int], learned: learning.Learned) -> dict[str, float]:
    loss = {} if learned.loss is None else {"loss": learned.loss}
    return {
        **loss,
        "words_per_s": round(learned.words_per_s),
        "vocabulary": len(counts),
        "coverage": sum(counts) / text.words,
        "peak_memory_mb": round(memory.peak_bytes() / 1e6, 1),
    }


def told(text: Corpus, kept: dict[bytes, int], by: str) -> Iterator[str]:
    """Say what was read and what is kept of it, and whether its words seem not to be cut from their signs."""
    if text.copied:
        size = f"{text.copied / 2**20:,.1f} MiB" if text.copied >= 2**20 else f"{text.copied / 2**10:,.1f} KiB"
        yield f"the text was copied word by word to a temporary file of {size}, which goes when the command ends"
    share, many = sum(kept.values()) / text.words, "s" * (text.sentences != 1)
    yield (
        f"{text.words:,} words in {text.sentences:,} sentence{many}; {len(kept):,} of {len(text.counts):,} different "
        f"words are kept, {share:.1%} of the text"
    )
    if by == "whitespace":
        glued = {word: count for word, count in text.counts.items() if len(word) > 2 and word.endswith(SIGNS)}
        part = sum(glued.values()) / text.words
        if part > GLUED:
            most = max(glued, key=lambda word: (glued[word], word)).decode(errors="replace")
            yield f"{part:.1%} of the words end in a sign, such as {most!r}; --by word cuts signs off"


def _show_plan(
    text: Corpus, kept: dict[bytes, int], resolved: recipes.Resolved, name: str, options: Options, output: Output
) -> None:
    """Say what would happen; nothing is written."""
    recipe = resolved.recipe
    writes = [Path(options.file)] if options.file else _run_files(Run(runs.planned(options.out, "embed", name)))
    named = (options.stamp, options.depfile, output.events)
    writes += [Path(p) for p in named if p and p != STDOUT]
    model = {k: v for k, v in recipes.plain(recipe.model).items() if k != "name" and v not in (None, [])}
    said = ", ".join(f"{k} {' '.join(v) if isinstance(v, list) else v}" for k, v in model.items())
    size = 2 * len(kept) * recipe.model.dim * 4
    rows = [
        {"what": "recipe", "value": name},
        *({"what": "text", "value": line} for line in told(text, kept, recipe.data.by)),
        {"what": "method", "value": f"{recipe.model.name}: {said}"},
        {"what": "engine", "value": recipe.engine_used},
        {"what": "memory", "value": f"{size / 2**20:.1f} MiB for two tables of vectors"},
        *({"what": "would write", "value": str(p)} for p in writes),
    ]
    doc = report.document(
        "embed fit --dry-run", data=" ".join(recipe.data.texts), plan=rows, files={p.name: str(p) for p in writes}
    )
    tables.show(doc, [("", rows)], output)


def _run_files(run: Run) -> list[Path]:
    model = [run.model / vector_files.BUNDLE_FILE, run.model / bundle.FILE]
    return [run.recipe, run.env, run.metrics, run.log, *model, run.report, run.page, run.plots]
