"""Fitting: text and a method → word vectors in a file, or a run directory with them and a report."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlcli.backends import embed_fit_learn as learning
from dlcli.backends import embed_fit_page
from dlcli.core import bundle, events, files, make, memory, report
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.errors import Exit, Stopped, UsageError
from dlcli.core.output import STDOUT, Output
from dlcli.core.run import Run
from dlcli.data import corpus as corpora
from dlcli.data import text as text_files
from dlcli.data import vectors as vector_files
from dlcli.data.corpus import Corpus
from dlcli.ops.word_vectors import WordVectors
from dlcli.ui import progress, tables
from dlcli.ui.console import say

METRICS = ("loss", "words_per_s", "vocabulary", "coverage", "peak_memory_mb")


@dataclass(frozen=True)
class Options:
    """What was asked for beside the recipe."""

    out: str | None = None
    force: bool = False
    dry_run: bool = False
    fail_under: Sequence[str] = field(default_factory=list)
    fail_over: Sequence[str] = field(default_factory=list)
    stamp: str | None = None
    depfile: str | None = None

    @property
    def file(self) -> str | None:
        """The file that alone is written, or None for a run directory."""
        ending = Path((self.out or "").removesuffix(".gz")).suffix.lower()
        named = ending in vector_files.ENDINGS and not os.path.isdir(self.out or "")
        return self.out if named or self.out == STDOUT else None


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
        events.notes(reporter, told(text, kept))
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
    report.check(metrics, options.fail_under, options.fail_over)
    if options.depfile:
        read = [place for place in text_files.places(data.texts) if place != STDOUT]
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


def told(text: Corpus, kept: dict[bytes, int]) -> Iterator[str]:
    """Say what was read and what is kept of it."""
    if text.copied:
        size = f"{text.copied / 2**20:,.1f} MiB" if text.copied >= 2**20 else f"{text.copied / 2**10:,.1f} KiB"
        yield f"the text was copied word by word to a temporary file of {size}, which goes when the command ends"
    share, many = sum(kept.values()) / text.words, "s" * (text.sentences != 1)
    yield (
        f"{text.words:,} words in {text.sentences:,} sentence{many}; {len(kept):,} of {len(text.counts):,} different "
        f"words are kept, {share:.1%} of the text"
    )


class Place:
    """Where a fit goes: a file, or a run that is made once training begins; and what is told on the way."""

    def __init__(
        self, options: Options, output: Output, resolved: recipes.Resolved, name: str, reporter: events.Reporters,
        stack: contextlib.ExitStack,
    ):  # fmt: skip
        self.options, self.output, self.resolved, self.name = options, output, resolved, name
        self.reporter, self.stack = reporter, stack
        self.run: Run | None = None
        self.history: list[dict[str, Any]] = []
        self.begun = self.written = False

    @property
    def out(self) -> str:
        """What is made, as a user would type it."""
        return str(self.run.path) if self.run is not None else str(self.options.file)

    @property
    def target(self) -> str:
        """The file that is there once all is done."""
        return str(self.run.report) if self.run is not None else str(self.options.file)

    def reading(self, size: int, words: int) -> None:
        """Say how far the text is read."""
        self.reporter.emit(events.Note(f"read {size / 2**20:,.0f} MiB: {words:,} words"))

    def begin(self, epochs: int = 0, steps: int = 0, counted: str = "word") -> None:
        """Make the run, if there is to be one; a fit refused before this leaves nothing behind.

        Args:
            epochs: passes there will be; 0: nothing is learnt step by step.
            steps: of each pass.
            counted: what a step is.

        """
        if self.options.file is None:
            run = runs.create(self.options.out, "embed", self.name, force=self.options.force, resumable=False)
            self.stack.enter_context(runs.locked(run))
            if run.recipe.exists():  # another fit has begun and ended there meanwhile
                raise UsageError(f"--out {run.path} holds another run", "choose another folder", key="--out")
            files.write_text(run.recipe, self.resolved.text())
            files.write_json(run.env, runs.environment(sys.argv[1:], self.resolved.recipe.device.name, self.name))
            progress.log_to(self.reporter, run.log)
            say(f"run: {run.path}", self.output.quiet)
            self.run = run
        self.begun = True
        if epochs:
            self.reporter.emit(events.Started(self.out, epochs, steps, counted=counted))

    def epoch(self, record: dict[str, Any]) -> None:
        """Keep the record of an epoch."""
        self.history.append(record)
        if self.run is not None:
            lines = "".join(json.dumps(tables.finite(r)) + "\n" for r in self.history)
            files.write_text(self.run.metrics, lines, durable=False)

    def write(self, found: WordVectors, doc: dict[str, Any], learned: learning.Learned, started_s: float) -> None:
        """Write the vectors, and of a run the report; ``doc`` is completed."""
        self.reporter.emit(events.Finished(doc["metrics"], learned.seconds))
        if self.run is None:
            events.notes(self.reporter, vector_files.write(str(self.options.file), found))
            doc["files"] = {} if self.options.file == STDOUT else {"vectors": str(self.options.file)}
        else:
            run = self.run
            if not self.history:
                files.write_text(run.metrics, "")
            self._write_bundle(run, found, doc)
            self.written = True
            written = embed_fit_page.write(run, self.resolved, self.name, found, doc, self.history, self.reporter.notes)
            doc |= {"model": str(run.model), "files": {"run": str(run.path), "model": str(run.model), **written}}
        doc["notes"] = [note.text for note in self.reporter.notes]
        doc["seconds"] = round(time.monotonic() - started_s, 3)
        if self.run is not None:
            files.write_json(self.run.report, json.loads(tables.as_json(doc)))

    def _write_bundle(self, run: Run, found: WordVectors, doc: dict[str, Any]) -> None:
        recipe = self.resolved.recipe
        model, data = recipes.plain(recipe.model), recipe.data
        made = bundle.Bundle(
            kind="vectors",
            task="embed",
            model={"name": model.pop("name"), "args": model},
            facts={"words": len(found), "dim": found.dim, "min_count": data.min_count, "text_words": doc["words"]},
            preprocessing=[{"name": "words", "by": data.by, "lower": data.lower}],
            recipe=self.name,
            recipe_digest=recipes.digest(recipe),
            versions=files.read_json(run.env)["versions"],
            metrics=doc["metrics"],
        )
        vector_files.write_bundle(run.model, found, made)

    @contextlib.contextmanager
    def stoppable(self) -> Iterator[None]:
        """End a fit that a signal stops with a word on what is left of it; it cannot be continued."""
        caught: list[int] = []

        def stop(number: int, _: Any) -> None:
            caught.append(number)
            raise KeyboardInterrupt

        before = signal.signal(signal.SIGTERM, stop) if threading.current_thread() is threading.main_thread() else None
        try:
            yield
        except KeyboardInterrupt:
            code = Exit.TERMINATED if caught else Exit.INTERRUPTED
            when = f"after epoch {len(self.history)}" if self.history else "before an epoch was done"
            what = f"stopped {when}; a fit cannot be continued, no vectors were written"
            if self.written and self.run is not None:
                what = f"stopped after the fit; the vectors are in {self.run.path}, its report is not finished"
            elif not self.begun:
                what = "stopped while the text was read; nothing was written"
            raise Stopped(code, what, "fit it again") from None
        finally:
            if before is not None:
                signal.signal(signal.SIGTERM, before)


def _show_plan(
    text: Corpus, kept: dict[bytes, int], resolved: recipes.Resolved, name: str, options: Options, output: Output
) -> None:
    """Say what would happen; nothing is written."""
    recipe = resolved.recipe
    writes = [Path(options.file)] if options.file else _run_files(Run(runs.planned(options.out, "embed", name)))
    named = (options.stamp, options.depfile, output.events)
    writes += [Path(p) for p in named if p and p != STDOUT]
    said = {k: v for k, v in recipes.plain(recipe.model).items() if k != "name" and v is not None}
    size = 2 * len(kept) * recipe.model.dim * 4
    rows = [
        {"what": "recipe", "value": name},
        *({"what": "text", "value": line} for line in told(text, kept)),
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
