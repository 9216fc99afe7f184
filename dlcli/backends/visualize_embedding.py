"""dlcli visualize embedding: what a network sees in pictures, or a layer's filters, as points of a plane."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from dlcli.backends import visualize as common
from dlcli.backends.visualize import Subject
from dlcli.backends.visualize_layers import blank
from dlcli.backends.visualize_writer import Made, Place, Writer
from dlcli.core import files, make
from dlcli.core.errors import DataError, RunFailed, UsageError
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.data import images, picture_words
from dlcli.data.loader import Order, PictureBatches, loader
from dlcli.data.pictures import Part
from dlcli.engine.device import device_error
from dlcli.engine.evaluate import evaluate
from dlcli.methods import feature_maps, layer_filters, projection
from dlcli.methods.layer_outputs import Features
from dlcli.models import catalog
from dlcli.ops import tile_values
from dlcli.ui import picture_map, tables
from dlcli.ui.console import say
from dlcli.ui.picture_map import PictureMap

Row = dict[str, Any]
SEVERAL = "pictures"  # what they are called that no one word names
AS_THUMBNAILS, THUMBNAIL_PX = 150, 96
MOST = {"pca": 20_000, "tsne": 10_000}  # the square of these is what a projection costs
TABLES = {".csv": ",", ".tsv": "\t"}


def before_head(module: torch.nn.Module, x: torch.Tensor) -> str:  # noqa: ARG001
    """Return in words the features taken when no layer is named; ``x`` is not needed."""
    return f"what {catalog.head(module)} is given"


def embedding(words: Sequence[str], resolved: Resolved, output: Output, place: Place, table: str | None = None) -> None:
    """Run ``dlcli visualize embedding``.

    Args:
        words: a data word, or pictures and folders; none where filters are looked at.
        resolved: the recipe.
        output: how to speak.
        place: where results go.
        table: ``.csv`` or ``.tsv`` for the coordinates, or None.

    """
    started_s = time.monotonic()
    recipe: Any = resolved.recipe
    if recipe.of == "filters" and words:
        raise UsageError("--of filters looks at the network alone and takes no pictures", "leave the pictures out")
    part, read = None, []
    if recipe.of == "features":
        part, read = _pictures(words, recipe, output, place)
    writer = Writer("embedding", resolved, output, place, read, several=False)
    _check_table(table, place, writer)
    held = common.subject(recipe, output, place)
    try:
        if part is None:
            made, bad = embedding_of(held, recipe), []
        else:
            made, bad = features_of(held, recipe, part, _name(words))
    except RuntimeError as error:
        raise device_error(error) or error from None
    for name, reason in bad:
        writer.failed(name, DataError(reason))
    writer.add(made)
    target = table or (str(writer.folder / f"{Path(made.input).stem}.csv") if writer.folder is not None else None)
    if target is not None:
        files.write_text(target, tables.exact_csv(made.facts["points"], TABLES[Path(target).suffix.lower()]))
        writer.files["table"] = target
        say(f"written: {target}", output.quiet)
    writer.finish(started_s, held.opened)


def _pictures(words: Sequence[str], recipe: Any, output: Output, place: Place) -> tuple[Part, list[str]]:
    """Return the pictures, and the files and folders read."""
    if not words:
        raise UsageError(
            "which pictures? give files, folders, or a data word such as digits", "--of filters needs no pictures"
        )
    found, said = picture_words.labeled(words, say if place.download else None)
    part = picture_words.some(found, recipe.max_pictures)
    if len(part) > MOST[recipe.method]:
        text = f"{len(part):,} pictures are too many for {recipe.method}; at most {MOST[recipe.method]:,}"
        raise UsageError(text, "--max-pictures 1000", key="max_pictures")
    if len(part) < projection.LEAST[recipe.method]:
        least = projection.LEAST[recipe.method]
        for i in range(len(part)):
            part.read(i)  # what is missing or no picture is to be told first
        raise DataError(f"{recipe.method} needs {least} pictures or more; there {_is(len(part))}", "name more pictures")
    taken = f"; {len(part):,} of them taken" if len(part) < len(found) else ""
    say(f"data: {said}{taken}", output.quiet)
    places = [p for word in words for p in picture_words.places(word)]
    return part, [*places, *(part.name(i) for i in range(len(part)))]


def _is(count: int) -> str:
    return "is 1" if count == 1 else f"are {count}"


def _name(words: Sequence[str]) -> str:
    return words[0].rstrip(os.sep) if len(words) == 1 and words[0] != "-" else SEVERAL


def _check_table(table: str | None, place: Place, writer: Writer) -> None:
    if table is None:
        return
    if Path(table).suffix.lower() not in TABLES:
        raise UsageError(f"--table {table}: the ending tells the format; allowed: .csv, .tsv", key="--table")
    make.check_writable(table)
    make.refuse_input(table, writer.read, "--table")
    make.refuse_same(
        {"--out": place.out, "--raw": place.raw, "--table": table, "--stamp": place.stamp, "--depfile": place.depfile}
    )


def features_of(held: Subject, recipe: Any, part: Part, name: str) -> tuple[Made, list[tuple[str, str]]]:
    """Return pictures as points by their features, and which could not be read and why.

    Only features are kept: pictures are read in batches, and once more, small, where thumbnails are drawn.

    Args:
        held: the network.
        recipe: of ``embedding``.
        part: the pictures.
        name: what they are called.

    Raises:
        DataError: too few could be read.
        RunFailed: features that are all the same or no numbers.

    """
    layer, given = _layer(held, recipe)
    batches = loader(PictureBatches(part, held.preprocessing), Order(len(part), recipe.batch, 0, shuffle=False))
    scored = evaluate(Features(layer, given=given), held.module, batches, held.device)
    if scored is None or len(scored.outputs.get("index", ())) < projection.LEAST[recipe.method]:
        bad = [] if scored is None else scored.bad
        read = len(part) - len(bad)
        why = f": {bad[0][1]}" if bad else ""
        raise DataError(f"{read} of {len(part)} pictures could be read, too few for a map{why}")
    index, features = scored.outputs["index"], scored.outputs["features"]
    what = f"{len(index):,} pictures" + (f" of {os.path.basename(name)}" if name != SEVERAL else "")
    size = features.shape[1]
    source = f"{size} features before {layer}" if given else f"{size} channels of {layer}, averaged over places"
    plane = _plane(features, recipe, f"the features of these {len(index):,} pictures")
    labels = part.labels_of(index)
    classes = part.pictures.classes
    present = [k for k in range(len(classes)) if (labels == k).any()]
    number = {k: n for n, k in enumerate(present)}
    thumbnails = []
    if (recipe.draw or ("thumbnails" if len(index) <= AS_THUMBNAILS else "dots")) == "thumbnails":
        thumbnails = [_thumbnail(part.read(int(i)), held.preprocessing) for i in index]
    drawn = PictureMap(
        _title(held, f"{what}, {_method(plane)} of the {source}"), _about(plane),
        plane.points, _captions(plane), [classes[k] for k in present],
        np.array([number.get(int(k), -1) for k in labels]), thumbnails,
    )  # fmt: skip
    rows = [
        {"input": part.name(int(i)), **({"class": classes[k] if k >= 0 else None} if present else {}), "x": x, "y": y}
        for i, k, (x, y) in zip(index, labels.tolist(), plane.points.tolist(), strict=True)
    ]
    facts = {
        "pictures": len(index), "layer": layer, "taken": "input" if given else "output, averaged over places",
        **_facts(features, plane, recipe), "classes": [classes[k] for k in present], "points": rows,
    }  # fmt: skip
    raw = {"points": plane.points, "features": features, "labels": labels}
    return Made(name, picture_map.picture(drawn), raw, facts), scored.bad


def _layer(held: Subject, recipe: Any) -> tuple[str, bool]:
    """Return the layer, and whether its input is meant: without a name, what the head is given."""
    if recipe.layer is None:
        return catalog.head(held.module), True
    found = feature_maps.named(held.module, recipe.layer)
    if len(found) > 1:
        some = ", ".join(found[:4]) + (" …" if len(found) > 4 else "")
        raise UsageError(f"{recipe.layer} means {len(found)} layers ({some}); one is looked at", key="layer")
    return found[0], False


def embedding_of(held: Subject, recipe: Any) -> Made:
    """Return the filters of a layer as points by their weights, as they are.

    Raises:
        UsageError: a layer without filters, or with too few.
        RunFailed: filters that are all the same.

    """
    name = layer_filters.chosen(held.module, recipe.layer)
    found = layer_filters.filters(held.module, name, blank(held))
    count = len(found.kernels)
    least, most = projection.LEAST[recipe.method], MOST[recipe.method]
    if not least <= count <= most:
        text = f"layer {name} has {count} filters; {recipe.method} draws {least} to {most:,}"
        raise UsageError(text, "another --layer", key="layer")
    vectors = found.kernels.reshape(count, -1)
    plane = _plane(vectors, recipe, f"the {count} filters of layer {name}")
    thumbnails: list[np.ndarray] = []
    if (recipe.draw or ("thumbnails" if count <= AS_THUMBNAILS else "dots")) == "thumbnails":
        tiles = layer_filters.tiles(found, "auto" if found.colors or found.kernels.shape[1] == 1 else "mean", count)
        pictures = tile_values.as_bytes(tiles.values, *tile_values.ends_of(tiles.values, signed=True, each=False))
        thumbnails = list(pictures if pictures.ndim == 4 else np.repeat(pictures[..., None], 3, axis=-1))
    shape = "×".join(map(str, found.weight.shape))
    drawn = PictureMap(
        _title(held, f"{count} filters of {name} ({shape}), {_method(plane)} of their weights"), _about(plane),
        plane.points, _captions(plane), [], np.full(count, -1), thumbnails,
    )  # fmt: skip
    rows = [{"filter": k, "x": x, "y": y} for k, (x, y) in enumerate(plane.points.tolist())]
    facts = {"filters": count, "layer": name, **_facts(vectors, plane, recipe), "points": rows}
    return Made(name, picture_map.picture(drawn), {"points": plane.points, "weights": found.weight}, facts)


def _plane(vectors: np.ndarray, recipe: Any, what: str) -> projection.Plane:
    if not np.isfinite(vectors).all():
        raise RunFailed(f"{what} are no finite numbers; the network is broken")
    if (vectors == vectors[0]).all():
        raise RunFailed(f"{what} are all the same; they make no map", "another --layer")
    if recipe.method == "pca":
        return projection.pca(vectors)
    return projection.tsne(vectors, recipe.perplexity, recipe.seed)


def _method(plane: projection.Plane) -> str:
    return "PCA" if plane.shares else "t-SNE"


def _title(held: Subject, words: str) -> str:
    return f"[{held.opened.stamp}] {words}" if held.opened.stamp else words


def _about(plane: projection.Plane) -> str:
    if plane.shares:
        return f"Principal components: the two axes hold {sum(plane.shares):.1%} of the variance."
    told = f"perplexity {plane.perplexity:.3g}, divergence {plane.divergence:.3f}"
    return f"t-SNE ({told}): who is near stays near; how far apart groups lie says little."


def _captions(plane: projection.Plane) -> tuple[str, str]:
    if not plane.shares:
        return "", ""
    first, second = (f"{share:.1%}" for share in plane.shares)
    return f"first component, {first} of the variance", f"second component, {second} of the variance"


def _facts(vectors: np.ndarray, plane: projection.Plane, recipe: Any) -> Row:
    told: Row = {"numbers": int(vectors.shape[1]), "method": recipe.method}
    if plane.shares:
        told |= {"variance_share": float(sum(plane.shares)), "variance_shares": list(plane.shares)}
    else:
        told |= {"perplexity": plane.perplexity, "divergence": plane.divergence}
    return told


def _thumbnail(image: Image.Image, preprocessing: list[Row]) -> np.ndarray:
    fitted = images.fitted(image, preprocessing).convert("RGB")
    fitted.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    return np.asarray(fitted)
