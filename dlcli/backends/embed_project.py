"""dlcli embed project: word vectors as a map."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlcli.backends import embed_answers, embed_project_words
from dlcli.backends.embed_project_words import Chosen
from dlcli.core import files, make, report
from dlcli.core.errors import DataError, UsageError
from dlcli.core.output import STDOUT, Output
from dlcli.core.recipe import Resolved
from dlcli.methods import projection
from dlcli.ui import tables, word_map, word_map_page
from dlcli.ui.console import say
from dlcli.ui.word_map import WordMap

Row = dict[str, Any]
FORMATS = (".png", ".html", ".csv", ".tsv", ".json")
IN_FOLDER = ("map.png", "map.html", "map.csv")
NEIGHBORS, MOST_COMPARED = 6, 4000  # told of each word; words that are all compared with each other
MOST_DRAWN = {"pca": 100_000, "tsne": 20_000}


@dataclass(frozen=True)
class Place:
    """Where the map goes.

    Args:
        out: a file whose ending tells the format, or a folder; None or ``-``: stdout, as a table.
        stamp: what make wants written last.
        depfile: what make wants written of what was read.

    """

    out: str | None = None
    stamp: str | None = None
    depfile: str | None = None


def project(argument: str, resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli embed project``; prints or writes the map, and what ``--stamp`` and ``--depfile`` ask."""
    started_s = time.monotonic()
    recipe = resolved.recipe
    paths = _paths(place.out)
    _refuse_read(paths, (argument, recipe.words, recipe.groups))
    make.check(place.stamp, place.depfile, place.out)
    used = [f for f in (*map(str, resolved.files), argument, recipe.words, recipe.groups) if f is not None]
    make.refuse_inputs(used, None, place.stamp, place.depfile)
    embed_project_words.check_stdin(argument, recipe, resolved)
    held = embed_answers.open_(argument, output)
    chosen = embed_project_words.choose(held, argument, recipe, lambda line: say(line, output.quiet))
    _check_count(len(chosen.words), recipe.method, argument)
    drawn, plane = _drawn(argument, chosen, recipe, output)
    metrics = {"variance_share": sum(plane.shares)} if plane.shares else {"divergence": plane.divergence}
    doc = report.document(
        "embed project", model=argument, metrics=metrics, seconds=time.monotonic() - started_s,
        files={path.suffix[1:]: str(path) for path in paths}, method=recipe.method, perplexity=plane.perplexity,
        groups=list(drawn.groups), items=_items(drawn),
    )  # fmt: skip
    read = [*map(str, resolved.files), argument, *(f for f in chosen.read if f != STDOUT)]
    if paths:  # not before there is a map to put there
        try:
            paths[0].parent.mkdir(exist_ok=True)
        except OSError as error:
            raise files.writing_failed(paths[0].parent, error) from error
    make.write_depfile(place.depfile, place.stamp or str(paths[0] if paths else None), read)
    for path in paths:
        for note in _write(path, drawn, doc):
            say(note, output.quiet)
    if not paths or output.machine:
        tables.show(doc, [("", [{k: v for k, v in i.items() if k != "input"} for i in _items(drawn)])], output)
    say("".join(f"written: {path}\n" for path in paths).rstrip("\n"), output.quiet or not paths)
    make.write_stamp(place.stamp, argument)


def _paths(out: str | None) -> list[Path]:
    """Return the files to write, made sure that they can be.

    Raises:
        UsageError: an ending that tells no format.
        DataError: the folder cannot be written.

    """
    if out in (None, STDOUT):
        return []
    if not out:
        raise UsageError("--out '' names no file", key="--out")
    path = Path(out)
    if path.suffix.lower() in FORMATS and not path.is_dir():
        make.check_writable(out)
        return [path]
    if path.suffix and not path.is_dir() and not out.endswith(os.sep):
        allowed = f"{', '.join(FORMATS)}, or a folder"
        raise UsageError(f"--out {out}: the format is told by the ending; allowed: {allowed}", key="--out")
    if not path.is_dir():
        make.check_writable(out.rstrip(os.sep) or out)
        return [path / name for name in IN_FOLDER]
    for name in IN_FOLDER:
        make.check_writable(str(path / name))
    return [path / name for name in IN_FOLDER]


def _refuse_read(paths: Sequence[Path], read: Sequence[str | None]) -> None:
    for path in paths:
        if any(word and os.path.exists(word) and path.exists() and path.samefile(word) for word in read):
            raise UsageError(
                f"--out {path} is a file that is read; it would be lost", "choose another file", key="--out"
            )


def _check_count(count: int, method: str, argument: str) -> None:
    least, most = projection.LEAST[method], MOST_DRAWN[method]
    if count < 2:
        raise DataError(f"a map needs two words or more; of {argument} there is {count}", "draw more words")
    if count < least:
        raise DataError(f"t-SNE needs {least} words or more, and there are {count}", "draw more words, or --method pca")
    if count > most:
        text = f"{count:,} words are too many for a map by {method}; at most {most:,}"
        raise UsageError(text, "--top 1000", key="top")


def _drawn(argument: str, chosen: Chosen, recipe: Any, output: Output) -> tuple[WordMap, projection.Plane]:
    """Return the map, and the plane of its points."""
    units = projection.unit_rows(chosen.vectors)
    vectors = units if recipe.normalize else np.asarray(chosen.vectors, np.float64)
    if (vectors == vectors[0]).all():
        same = (chosen.vectors == chosen.vectors[0]).all()
        text = f"the vectors of these {len(vectors):,} words are all the same{'' if same else ' but for their lengths'}"
        raise DataError(f"{text}; they make no map", "draw other words" if same else "--no-normalize keeps the lengths")
    plane = projection.pca(vectors) if recipe.method == "pca" else _tsne(vectors, recipe, output)
    if recipe.method == "pca" and plane.shares[1] < 1e-9:
        say("these vectors lie on one line, so the map is a line too", output.quiet)
    groups, group_of = chosen.groups, chosen.group_of
    if recipe.clusters is not None:
        groups, group_of = _clusters(vectors, chosen.words, recipe)
    name = os.path.basename(argument.rstrip(os.sep)) or argument
    about = f"{chosen.words[chosen.focus]!r} and its nearest words" if chosen.focus >= 0 else f"{len(units):,} words"
    compared = len(units) <= MOST_COMPARED
    drawn = WordMap(
        title=f"{about} of {name}, {'PCA' if plane.shares else 't-SNE'}",
        about=_about(plane, recipe),
        words=chosen.words,
        points=plane.points,
        axes=_captions(plane),
        facts=_facts(plane, argument, chosen, recipe, compared),
        groups=groups,
        group_of=group_of,
        near=projection.nearest(units, NEIGHBORS) if compared else None,
        focus=chosen.focus,
    )
    return drawn, plane


def _tsne(vectors: np.ndarray, recipe: Any, output: Output) -> projection.Plane:
    plane = projection.tsne(vectors, recipe.perplexity, recipe.seed)
    if plane.perplexity is not None and plane.perplexity < recipe.perplexity:
        text = f"perplexity {recipe.perplexity:g} is for more words; with {len(vectors)} it is {plane.perplexity:.3g}"
        say(text, output.quiet)
    return plane


def _captions(plane: projection.Plane) -> tuple[str, str]:
    if not plane.shares:
        return "", ""
    first, second = (f"{share:.1%}" for share in plane.shares)
    return f"first component, {first} of the variance", f"second component, {second} of the variance"


def _about(plane: projection.Plane, recipe: Any) -> str:
    if plane.shares:
        said = f"Principal components: the two axes hold {sum(plane.shares):.1%} of the variance of the vectors."
    else:
        said = "t-SNE: words that are near stay near; how far apart groups lie, and how large they are, says little."
    if recipe.clusters is not None:
        said += f" Colors: {recipe.clusters} clusters by k-means, named by their most central words."
    return said


def _facts(
    plane: projection.Plane, argument: str, chosen: Chosen, recipe: Any, compared: bool
) -> list[tuple[str, str]]:
    told = [("vectors", f"{argument}: {chosen.total:,} words, {chosen.vectors.shape[1]} numbers each")]
    told.append(("lengths", "all made equal first" if recipe.normalize else "as they are"))
    if plane.perplexity is not None:
        told.append(
            ("t-SNE", f"perplexity {plane.perplexity:.3g}, seed {recipe.seed}, divergence {plane.divergence:.3f}")
        )
    if not compared:
        told.append(("neighbors", f"not told where there are more than {MOST_COMPARED:,} words"))
    return told


def _clusters(vectors: np.ndarray, words: Sequence[str], recipe: Any) -> tuple[list[str], np.ndarray]:
    if recipe.clusters > len(words):
        text = f"{recipe.clusters} clusters of {len(words)} words"
        raise UsageError(f"{text}: at most one a word", "fewer clusters", key="clusters")
    found = projection.clusters(vectors, recipe.clusters, recipe.seed)
    names = []
    for group in range(int(found.max()) + 1):
        central = projection.central(vectors, found, group, 3)
        names.append(", ".join(words[k] for k in central) + (" …" if (found == group).sum() > 3 else ""))
    return names, found


def _items(drawn: WordMap) -> list[Row]:
    return [
        {
            "input": word, "word": word, "x": float(x), "y": float(y),
            **({"group": drawn.groups[g] if g >= 0 else None} if drawn.groups else {}),
        }
        for word, (x, y), g in zip(drawn.words, drawn.points, drawn.group_of.tolist(), strict=True)
    ]  # fmt: skip


def _write(path: Path, drawn: WordMap, doc: Row) -> Iterator[str]:
    """Write one file; yield what should be known of it."""
    writers: dict[str, Callable[[], str]] = {
        ".html": lambda: word_map_page.html(drawn),
        ".json": lambda: tables.as_json(doc) + "\n",
        ".csv": lambda: tables.exact_csv([{k: v for k, v in i.items() if k != "input"} for i in _items(drawn)], ","),
        ".tsv": lambda: tables.exact_csv([{k: v for k, v in i.items() if k != "input"} for i in _items(drawn)], "\t"),
    }
    suffix = path.suffix.lower()
    if suffix == ".png":
        content, labeled = word_map.png(drawn)
        files.write_with(path, lambda file: file.write(content) and None)
        if labeled < len(drawn.words):
            yield f"{path}: {labeled:,} of {len(drawn.words):,} words have room for their label; a .html shows all"
        lacking = word_map.without_glyphs(drawn.words)
        if lacking:
            yield f"{path}: the font has no sign for {lacking}, drawn as boxes; a .html shows them"
    else:
        files.write_text(path, writers[suffix]())
