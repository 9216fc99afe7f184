"""Byte pairs: merges learnt from text, text cut by them and put together again, merge after merge shown."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dlcli.backends import embed_stream
from dlcli.backends.embed_stream import Item, Job
from dlcli.core import report
from dlcli.core.errors import DataError
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.core.schemas.embed_text import BpeRecipe
from dlcli.data import text
from dlcli.methods import bpe, bpe_apply
from dlcli.ui import tables
from dlcli.ui.console import say

# The course's example.
EXAMPLE = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}
EXAMPLE_MERGES = 3
SHOWN_WORDS = 5
SAY_EVERY_S = 10.0


def fit(
    words: Sequence[str] | None,
    resolved: Resolved,
    output: Output,
    out: str | None,
    *,
    stamp: str | None = None,
    depfile: str | None = None,
) -> None:
    """Run ``dlcli embed bpe fit``.

    Effects: prints or writes the codes.
    """
    recipe: BpeRecipe = resolved.recipe
    job = Job("embed bpe fit", words, resolved, output, out, stamp=stamp, depfile=depfile)
    counts = word_counts(job.places, recipe.counts)
    total = sum(counts.values())
    say(f"{total:,} words, {len(counts):,} of them distinct", output.quiet)
    trainer = bpe.Trainer(counts, end=recipe.end_of_word, min_count=recipe.min_count)
    merges = list(_learnt(trainer, recipe.learned("fit"), output.quiet))
    asked = recipe.learned("fit")
    last = f"the last one of a pair that occurs {merges[-1].count:,} times" if merges else "none"
    say(f"{len(merges):,} merges in {time.monotonic() - job.started_s:.1f} s, {last}", output.quiet)
    if len(merges) < asked:
        say(
            f"no pair occurs {recipe.min_count} times any more, so these are fewer than the {asked:,} asked for",
            output.quiet,
        )
    codes = bpe_apply.Codes(tuple(m.pair for m in merges), recipe.end_of_word)
    items = [{"merge": n, "pair": list(m.pair), "count": m.count} for n, m in enumerate(merges, 1)]
    told = {"words": total, "distinct": len(counts), "merges": len(merges), "end_of_word": recipe.end_of_word}
    job.run([(codes.text(), items)], lambda: dict(told))


def _learnt(trainer: bpe.Trainer, most: int, quiet: bool) -> Iterator[bpe.Merge]:
    said_s = time.monotonic()
    for number in range(1, most + 1):
        merge = trainer.step()
        if merge is None:
            return
        yield merge
        if time.monotonic() - said_s >= SAY_EVERY_S:
            said_s = time.monotonic()
            say(f"merge {number:,} of {most:,}: {' + '.join(merge.pair)}, {merge.count:,} times", quiet)


def word_counts(places: Sequence[str], are_counts: bool) -> dict[str, int]:
    r"""Return word → count of all files; words stand apart by spaces, other white space is part of them.

    Args:
        places: the files, or ``-``.
        are_counts: each line is a word and its count.

    Raises:
        DataError: no words, or a line that is no word with its count.

    """
    found: Counter[str] = Counter()
    for place in places:
        number = 1
        for batch in text.batches(place):
            if are_counts:
                for at, line in enumerate(batch, number):
                    if line.strip():
                        word, count = _counted(line, f"{text.shown(place)}:{at}")
                        found[word] += count
            else:
                whole = " ".join(batch)
                if "\r" in whole:  # it ends lines there, and belongs to no word
                    whole = " ".join(line.strip("\r ") for line in batch)
                found.update(whole.split(" "))
            number += len(batch)
    found.pop("", None)
    if not found:
        raise DataError(f"there is no word in {' '.join(map(text.shown, places))}", "give a file with text")
    return found


def _counted(line: str, where: str) -> tuple[str, int]:
    word, _, count = line.strip("\r\t ").replace("\t", " ").rpartition(" ")
    word = word.strip(" ")
    if not word or " " in word or not count.isdecimal() or not int(count):
        shown = line if len(line) <= 60 else f"{line[:60]}…"
        raise DataError(
            f"{where}: {shown!r} is not a word and how often it occurs",
            "leave --counts out for text; lines for it look like: low 5",
        )
    return word, int(count)


def encode(
    words: Sequence[str] | None,
    model: str,
    resolved: Resolved,
    output: Output,
    out: str | None,
    *,
    stamp: str | None = None,
    depfile: str | None = None,
) -> None:
    """Run ``dlcli embed bpe encode``.

    Effects: prints or writes the pieces.
    """
    recipe: BpeRecipe = resolved.recipe
    job = Job("embed bpe encode", words, resolved, output, out, model=model, stamp=stamp, depfile=depfile)
    encoder = bpe_apply.Encoder(embed_stream.read_codes(model), recipe.merges, escape=recipe.escape)
    _through(job, encoder.encode, lambda line: {"tokens": line.split()})


def decode(
    words: Sequence[str] | None,
    resolved: Resolved,
    output: Output,
    out: str | None,
    *,
    stamp: str | None = None,
    depfile: str | None = None,
) -> None:
    """Run ``dlcli embed bpe decode``.

    Effects: prints or writes the text.
    """
    job = Job("embed bpe decode", words, resolved, output, out, stamp=stamp, depfile=depfile)
    escape = resolved.recipe.escape
    _through(job, lambda line: bpe_apply.decode(line, escape=escape), lambda line: {"text": line})


def _through(job: Job, change: Callable[[str], str], told: Callable[[str], Item]) -> None:
    """Change every line; line ends, byte-order marks and a missing last line end stay as they are."""
    lines = 0
    items_wanted = job.jsonl or job.collects

    def parts() -> Iterator[tuple[str, list[Item]]]:
        nonlocal lines
        for n, place in enumerate(job.places):
            number, block = 1, ""
            for at, block in enumerate(text.blocks(place)):
                mark = text.MARK if not at and block.startswith(text.MARK) else ""
                held = block.removeprefix(mark).split("\n")
                changed = list(map(change, held))
                count = len(held) - (not held[-1])  # behind the last line end there is no line
                items = []
                if items_wanted:
                    items = [{"input": place, "line": number + k, **told(changed[k])} for k in range(count)]
                number, lines = number + count, lines + count
                yield mark + "\n".join(changed), items
            if block and not block.endswith("\n") and n + 1 < len(job.places):
                yield "\n", []

    job.run(parts(), lambda: {"lines": lines})
    job.note_empty(lines)


def trace(words: Sequence[str] | None, resolved: Resolved, output: Output) -> None:
    """Run ``dlcli embed bpe trace``.

    Effects: prints a row a merge, and the vocabulary at the end.
    """
    started_s = time.monotonic()
    recipe: BpeRecipe = resolved.recipe
    end, most = recipe.end_of_word, recipe.learned("trace")
    if not text.nothing_comes(words):
        words = text.asked(words)
        resolved.refuse_stdin(*words)
        counts, data = word_counts(text.places(words), recipe.counts), " ".join(words)
    else:
        counts, data = EXAMPLE, ", ".join(f"{w} ×{c}" for w, c in EXAMPLE.items())
        say(f"no text is given; example: {data}", output.quiet)
        end = end if "end_of_word" in resolved.origins else ""
        most = recipe.merges or EXAMPLE_MERGES
    trainer = bpe.Trainer(counts, end=end, min_count=recipe.min_count)
    symbols = dict.fromkeys(sorted({symbol for word in trainer.words for symbol in word}))
    signs = len(symbols)
    rows: list[dict[str, Any]] = []
    for number, merge in enumerate(_learnt(trainer, most, output.quiet), 1):
        symbols["".join(merge.pair)] = None
        rows.append(_row(number, merge, trainer, len(symbols)))
    if len(rows) < most:
        say(f"no pair occurs {recipe.min_count} times any more after {len(rows)} merges", output.quiet)
    doc = report.document(
        "embed bpe trace", data=data, seconds=time.monotonic() - started_s, end_of_word=end, signs=signs,
        vocabulary=list(symbols), items=rows,
    )  # fmt: skip
    shown = [{"signs": signs, "symbols": len(symbols), "vocabulary": " ".join(symbols)}]
    tables.show(
        doc, [("merges", [{**row, "words": ", ".join(row["words"])} for row in rows]), ("vocabulary", shown)], output
    )


def _row(number: int, merge: bpe.Merge, trainer: bpe.Trainer, size: int) -> dict[str, Any]:
    changed = sorted(merge.changed, key=lambda n: -trainer.counts[n])
    words = [f"{' '.join(trainer.words[n])} ×{trainer.counts[n]}" for n in changed[:SHOWN_WORDS]]
    more = [f"… {len(changed) - SHOWN_WORDS:,} more"] if len(changed) > SHOWN_WORDS else []
    return {
        "merge": number,
        "pair": " ".join(merge.pair),
        "new": "".join(merge.pair),
        "count": merge.count,
        "words": [*words, *more],
        "vocabulary": size,
    }
