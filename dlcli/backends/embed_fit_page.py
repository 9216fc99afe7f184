"""The report page of a fit of word vectors: which words are frequent, and which stand near which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcli.core import events, files
from dlcli.core import recipe as recipes
from dlcli.core.run import Run
from dlcli.ops.word_vectors import WordVectors
from dlcli.ui import embed_page
from dlcli.ui.embed_page import VectorReport

FREQUENT = 30  # words listed
SHOWN, NEAREST = 12, 8  # words with their neighbors, and how many of those
BLOCK = 16_384  # rows at a time


def write(
    run: Run, resolved: recipes.Resolved, name: str, found: WordVectors, doc: dict[str, Any],
    history: list[dict[str, Any]], notes: Sequence[events.Note],
) -> dict[str, str]:  # fmt: skip
    """Write the page and its figures; returns role → path."""
    recipe, counts = resolved.recipe, found.counts
    model = recipes.plain(recipe.model)
    content = VectorReport(
        title=name,
        run=str(run.path),
        summary=[
            ("text", f"{doc['data']}: {doc['words']:,} words in {doc['sentences']:,} sentences"),
            ("words", f"{len(found):,} of {doc['different_words']:,} different ones, {found.dim} numbers each"),
            ("method", f"{model.pop('name')} by {doc['engine']}"),
            ("time", f"{doc['fit_s']:.2f} s of learning"),
        ],
        metrics=doc["metrics"],
        history=history,
        neighbors=nearest_rows(found),
        frequent=[
            {"word": word, "count": int(count), "share": float(count / doc["words"])}
            for word, count in zip(found.words[:FREQUENT], [] if counts is None else counts, strict=False)
        ],
        settings=[(k, str(v)) for k, v in model.items() if v is not None],
        environment=files.read_json(run.env),
        recipe=resolved.text(),
        notes=[note.text for note in notes],
    )
    return embed_page.write(content, run.page, run.plots)


def nearest_rows(found: WordVectors) -> list[dict[str, Any]]:
    """Return some frequent words that mean something, each with its nearest neighbors."""
    rows = telling(found.words)
    most = min(NEAREST + 1, len(found))
    asked = np.stack([np.asarray(found.vectors[row], np.float32) / max(found.norms[row], 1e-12) for row in rows])
    best = np.zeros((len(rows), 0), np.float32)
    where = np.zeros((len(rows), 0), np.int64)
    for start in range(0, len(found), BLOCK):
        block = np.asarray(found.vectors[start : start + BLOCK], np.float32)
        cosines = asked @ (block / np.maximum(found.norms[start : start + len(block)], 1e-12)[:, None]).T
        best = np.hstack([best, cosines])
        where = np.hstack([where, np.broadcast_to(np.arange(start, start + len(block)), cosines.shape)])
        order = np.argsort(-best, axis=1, kind="stable")[:, :most]
        best, where = np.take_along_axis(best, order, 1), np.take_along_axis(where, order, 1)
    told = []
    for row, near, cosines in zip(rows, where.tolist(), best.tolist(), strict=True):
        others = [f"{found.words[n]} {c:.2f}" for n, c in zip(near, cosines, strict=True) if n != row][:NEAREST]
        count = None if found.counts is None else int(found.counts[row])
        told.append({"word": found.words[row], "count": count, "nearest": ", ".join(others)})
    return told


def telling(words: Sequence[str]) -> list[int]:
    """Return the rows of some frequent words: of four letters or more, past the most frequent of a large vocabulary."""
    past = min(100, len(words) // 20)
    rows = [row for row in range(past, min(len(words), past + 2_000)) if len(words[row]) > 3 and words[row].isalpha()]
    if len(rows) < SHOWN // 2:  # another alphabet, or words that are no words
        rows = list(range(past, min(len(words), past + 2_000)))
    step = max(1, min(len(rows) // SHOWN, 8))
    return rows[: SHOWN * step : step]
