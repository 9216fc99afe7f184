"""Where a fit of word vectors goes: a file alone, or a run directory; and how it ends when a signal stops it."""

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
from typing import TYPE_CHECKING, Any

from dlcli.backends import embed_fit_page
from dlcli.core import bundle, events, files
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.errors import Exit, Stopped, UsageError
from dlcli.core.output import STDOUT, Output
from dlcli.core.run import Run
from dlcli.data import vectors as vector_files
from dlcli.ops.word_vectors import WordVectors
from dlcli.ui import progress, tables
from dlcli.ui.console import say

if TYPE_CHECKING:
    from dlcli.backends.embed_fit_learn import Learned


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

    def write(self, found: WordVectors, doc: dict[str, Any], learned: Learned, started_s: float) -> None:
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
