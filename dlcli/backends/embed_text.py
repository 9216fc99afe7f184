"""Tokenizing: text → tokens apart by spaces, a line for a line, with a vocabulary where one is asked for.

Text goes through as it comes, whatever its size. Only a minimum count needs two passes, one to count and one to write;
stdin and pipes are then copied to a temporary file first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from dlcli.backends import embed_cut
from dlcli.backends.embed_cut import Cut
from dlcli.backends.embed_stream import Item, Job
from dlcli.core import files, make
from dlcli.core.errors import DataError
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.core.schemas.embed_text import TokenizeRecipe
from dlcli.data import text
from dlcli.ops import tokens
from dlcli.ui.console import say

Numbered = tuple[str, int, list[str]]  # file, number of its first line here, lines


def tokenize(
    words: Sequence[str] | None,
    model: str | None,
    resolved: Resolved,
    output: Output,
    out: str | None,
    *,
    stamp: str | None = None,
    depfile: str | None = None,
) -> None:
    """Run ``dlcli embed tokenize``.

    Effects: prints or writes the tokens, and the files that are asked for.
    """
    recipe: TokenizeRecipe = resolved.recipe
    embed_cut.check_model(recipe.by, model)
    read = {"read": [recipe.vocab_in], "model": model, "stamp": stamp, "depfile": depfile}
    job = Job("embed tokenize", words, resolved, output, out, **read)
    job.writes(recipe.vocab_out, "--vocab-out")
    make.refuse_same({"--out": job.out, "--vocab-out": recipe.vocab_out, "--stamp": stamp, "--depfile": depfile})
    engine, cut = embed_cut.cutter(recipe, model)
    if recipe.by == "sentence":
        say(f"sentences: {engine}", output.quiet)
    pass_ = _Pass(recipe, job, engine, cut)
    if recipe.min_count == 1 or recipe.vocab_in is not None:
        pass_.known = None if recipe.vocab_in is None else read_vocabulary(recipe.vocab_in, recipe.min_count)
        job.run(pass_.parts({}), pass_.told)
    else:
        with text.readable_twice(job.places) as paths:
            kept = tokens.vocabulary(_counted(job.places, paths, cut), recipe.min_count)
            pass_.known = kept.keys()
            job.run(pass_.parts(paths), pass_.told)
    pass_.say_counts()


class _Pass:
    """The pass that writes, and what it counts on the way."""

    def __init__(self, recipe: TokenizeRecipe, job: Job, engine: str, cut: Cut):
        self._recipe, self._job, self._engine, self._cut = recipe, job, engine, cut
        self.known: Collection[str] | None = None
        self._lines = self._tokens = self._unknown = 0
        self._counts: Counter[str] = Counter()
        self._count_each = job.output.json or recipe.vocab_out is not None

    def parts(self, paths: dict[str, str]) -> Iterator[tuple[str, list[Item]]]:
        """Yield text and items, portion after portion as it is read."""
        by_sentence = self._recipe.by == "sentence"
        items_wanted = self._job.jsonl or self._job.collects
        for place, number, lines in self._read(paths):
            cut = self._cut(lines)
            self._lines += len(lines)
            self._tokens += sum(map(len, cut))
            if self.known is not None:
                cut = [self._replaced(found) for found in cut]
            if self._count_each:
                for found in cut:
                    self._counts.update(found)
            if items_wanted:
                told = zip(lines, cut, strict=True)
                yield "", [_item(place, n, line, found) for n, (line, found) in enumerate(told, number)]
            elif by_sentence:
                yield "".join(f"{sentence}\n" for found in cut for sentence in found), []
            else:
                yield "\n".join(map(" ".join, cut)) + "\n", []

    def _read(self, paths: dict[str, str]) -> Iterator[Numbered]:
        read = _lines(self._job.places, paths)
        return _paragraphs(read) if self._recipe.wrapped else read

    def _replaced(self, found: list[str]) -> list[str]:
        known, unk = self.known or (), self._recipe.unk
        kept = [t if t in known else unk for t in found]
        self._unknown += sum(t not in known for t in found)
        return kept

    def told(self) -> Item:
        """Write the vocabulary, if one is asked for, and return what the document says."""
        written = {}
        if self._recipe.vocab_out is not None:
            if self._unknown:  # the mark is no token of the text
                self._counts[self._recipe.unk] -= self._unknown
            kept = tokens.vocabulary(self._counts, 1)
            files.write_text(self._recipe.vocab_out, "".join(f"{token} {count}\n" for token, count in kept.items()))
            written["vocab_out"] = self._recipe.vocab_out
        share = {} if self.known is None else {"metrics": {"unknown_share": self._share()}}
        return {
            "by": self._recipe.by, "engine": self._engine, "lines": self._lines, "tokens": self._tokens,
            "distinct": sum(count > 0 for count in self._counts.values()), "unknown": self._unknown,
            "files": written, **share,
        }  # fmt: skip

    def _share(self) -> float:
        return self._unknown / self._tokens if self._tokens else 0.0

    def say_counts(self) -> None:
        """Say how many tokens were unknown."""
        quiet = self._job.output.quiet
        self._job.note_empty(self._lines)
        if self.known is not None:
            say(
                f"{self._unknown:,} of {self._tokens:,} tokens ({self._share():.2%}) are unknown and written "
                f"{self._recipe.unk}; vocabulary: {len(self.known):,}",
                quiet,
            )


def _item(place: str, number: int, line: str, found: list[str]) -> Item:
    return {"input": place, "line": number, "text": line, "tokens": found}


def _lines(places: Iterable[str], paths: dict[str, str]) -> Iterator[Numbered]:
    for place in places:
        number = 1
        for batch in text.batches(place, paths.get(place)):
            yield place, number, [line.removesuffix("\r") for line in batch] if "\r" in "".join(batch) else batch
            number += len(batch)


def _paragraphs(read: Iterable[Numbered]) -> Iterator[Numbered]:
    """Join lines up to an empty one, and never those of two files."""
    held: list[str] = []
    begun: tuple[str, int] = ("", 0)
    for place, first, lines in read:
        for number, line in enumerate(lines, first):
            if held and (place != begun[0] or not line.strip()):
                yield *begun, [" ".join(held)]
                held = []
            if line.strip():
                begun = begun if held else (place, number)
                held.append(line.strip())
    if held:
        yield *begun, [" ".join(held)]


def _counted(places: Iterable[str], paths: dict[str, str], cut: Cut) -> Counter[str]:
    counts: Counter[str] = Counter()
    for _, _, lines in _lines(places, paths):
        for found in cut(lines):
            counts.update(found)
    return counts


def read_vocabulary(path: str, min_count: int) -> set[str]:
    """Return the tokens of a vocabulary file that occur often enough.

    Args:
        path: a token a line, with its count after a space or tab, or without (it is then kept).
        min_count: the least count that is kept.

    Raises:
        DataError: it cannot be read, or holds no token.

    """
    found = set()
    for line in text.lines(path):
        token, *count = line.split()[:2] or [""]
        if token and (not count or not count[0].isdecimal() or int(count[0]) >= min_count):
            found.add(token)
    if not found:
        raise DataError(f"the vocabulary {path} holds no token that occurs {min_count} times or more")
    return found
