"""Training a cascade: stage by stage, each on the windows that fooled those before it.

Source: Viola and Jones 2001, table 2: a stage takes features until its false positives fall to the target while its
threshold is lowered so far that the faces of the validation part still pass.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcli.core.errors import DataError
from dlcli.methods import cascade as cascades
from dlcli.methods import haar
from dlcli.methods.cascade import Cascade
from dlcli.methods.cascade_mine import Supply
from dlcli.methods.cascade_run import passing
from dlcli.methods.haar import Features
from dlcli.methods.haar_boost import Boosting, Stump, Windows

MIN_STD = 1.0  # on the scale 0–255; a window of less is of one gray
FEWEST_FACES = 10
# A stage of two features has four sums of votes: one face missed by both, and everything passes. Where a stage of a
# given size misses the target, it is grown anew with more of the weight on the faces, and the best is kept.
HEAVIER = (0.8, 0.95)


@dataclass(frozen=True)
class Settings:
    """How a cascade is trained; ``core/schemas/cascade.py`` has the defaults and says what they mean."""

    seed: int
    stages: int
    sizes: tuple[int, ...]
    most_features: int
    detection: float
    false_positive: float
    features: int | None
    types: tuple[str, ...]
    negatives: int | None
    fewest_negatives: int
    contrast: float
    mirror: bool
    val: float
    passes: int


@dataclass(frozen=True)
class Fitted:
    """A trained cascade.

    Args:
        cascade: the stages.
        report: a record a stage.
        stopped: why there are no more stages.
        starved: it was for want of negatives.

    """

    cascade: Cascade
    report: list[dict[str, Any]]
    stopped: str
    starved: bool = False


@dataclass
class _Grown:
    """A stage as it grows: its stumps, and their votes on every part."""

    pool: Features
    stumps: list[Stump] = field(default_factory=list)
    votes: dict[str, np.ndarray] = field(default_factory=dict)
    threshold: float = 0.0


def fit(
    faces: np.ndarray, supply: Supply, settings: Settings, on_stage: Callable[[Fitted], None] | None = None
) -> Fitted:
    """Train a cascade.

    Args:
        faces: gray pictures of the object.
        supply: where the negatives come from.
        settings: how.
        on_stage: is given the cascade of the finished stages after each.

    Returns:
        the same cascade for the same seed.

    Raises:
        DataError: too few faces or negatives.

    Shapes:
        faces (N, H, W) uint8

    """
    rng = np.random.default_rng(settings.seed)
    faces = faces[haar.spread(faces) > MIN_STD * faces[0].size]
    if len(faces) < FEWEST_FACES:
        raise DataError(f"{len(faces)} faces with any contrast; at least {FEWEST_FACES} are needed")
    order = rng.permutation(len(faces))
    out = max(1, round(settings.val * len(faces)))
    train, val = _mirrored(faces[order[out:]], settings.mirror), _mirrored(faces[order[:out]], settings.mirror)
    train_supply, val_supply = supply.split(settings.val, rng)
    everything = haar.enumerate_all(*faces.shape[1:], settings.types)
    wanted = settings.negatives or max(1000, 2 * len(train))
    least_std = _least_contrast(np.concatenate([train, val]), settings)
    easy = np.empty((0, *faces.shape[1:]), dtype=np.uint8)  # negatives of earlier stages
    cascade: Cascade | None = None
    report: list[dict[str, Any]] = []
    stopped, starved = f"all {settings.stages} stages trained", False
    for number in range(settings.stages):
        started_s = time.monotonic()
        negatives, seen = train_supply.draw(cascade, wanted, rng, settings.passes)
        others, _ = val_supply.draw(cascade, max(1, round(wanted * settings.val)), rng, settings.passes)
        negatives, others = _with_contrast(negatives, least_std), _with_contrast(others, least_std)
        if len(negatives) < (settings.fewest_negatives if cascade else 2):
            if cascade is None:
                raise DataError(f"{len(negatives)} negatives with any contrast; at least 2 are needed")
            stopped = f"{len(negatives)} windows of the negatives are left; fewer than {settings.fewest_negatives}"
            starved = True
            break
        parts = {
            # Where few windows are left, those already told apart keep a stage from fitting the few by heart.
            "train": (train, np.concatenate([negatives, easy[: max(0, wanted // 2 - len(negatives))]])),
            "val": (val if cascade is None else val[passing(cascade, val).index], others),
        }
        easy = np.concatenate([negatives, easy])[:wanted]
        pool = everything
        if settings.features is not None and settings.features < len(everything):
            pool = everything.take(np.sort(rng.permutation(len(everything))[: settings.features]))
        size = settings.sizes[number] if number < len(settings.sizes) else None
        grown, rates = _stage(pool, parts, settings, size)
        for share in HEAVIER if size is not None and rates["false_positive_rate"] > settings.false_positive else ():
            other = _stage(pool, parts, settings, size, share)
            if other[1]["false_positive_rate"] < rates["false_positive_rate"]:
                grown, rates = other
        rate = rates["false_positive_rate"]
        missed = size is None and rate > settings.false_positive
        if missed:
            stopped = f"stage {number + 1} lets {rate:.2f} of the negatives pass with {len(grown.stumps)} features"
            if cascade is not None and rate > (1.0 + settings.false_positive) / 2.0:
                stopped += " and is left out"
                break
        cascade = _joined(cascade, grown, least_std)
        record = {
            "stage": number + 1,
            "features": len(grown.stumps),
            **rates,
            "negatives": len(negatives),
            "windows_seen": seen,
            "seconds": round(time.monotonic() - started_s, 3),
        }
        report.append(record)
        if on_stage is not None:
            on_stage(Fitted(cascade, list(report), ""))
        if missed:
            break
    return Fitted(cascade, report, stopped, starved)


def _mirrored(faces: np.ndarray, mirror: bool) -> np.ndarray:
    return np.concatenate([faces, faces[:, :, ::-1]]) if mirror else faces


def _with_contrast(windows: np.ndarray, least_std: float) -> np.ndarray:
    return windows[haar.spread(windows) > least_std * windows[0].size] if len(windows) else windows


def _least_contrast(faces: np.ndarray, settings: Settings) -> float:
    """Return the standard deviation that a window must have: somewhat less than all but the flattest faces have."""
    std = np.sort(haar.spread(faces) / faces[0].size)
    flattest = float(std[int(np.floor((1.0 - settings.detection) * len(std) + 1e-9))])
    return round(max(MIN_STD, settings.contrast * flattest), 6)


def _stage(
    pool: Features,
    parts: dict[str, tuple[np.ndarray, np.ndarray]],
    settings: Settings,
    size: int | None,
    share: float = 0.5,
) -> tuple[_Grown, dict[str, float | None]]:
    """Grow one stage.

    Args:
        pool: features to choose from.
        parts: faces and negatives for training and validation.
        settings: targets.
        size: features it gets; None: as many as the false-positive target takes.
        share: of the first weights that lies on the faces.

    """
    windows = {name: Windows.of(np.concatenate(both)) for name, both in parts.items()}
    faces = {name: len(both[0]) for name, both in parts.items()}
    positive = np.arange(len(windows["train"])) < faces["train"]
    boosting = Boosting(pool, windows["train"], positive, share)
    grown = _Grown(pool, votes={name: np.zeros(len(w)) for name, w in windows.items()})
    judged = "val" if len(windows["val"]) > faces["val"] else "train"  # where negatives are left to judge by
    most = settings.most_features if size is None else size
    rate = 1.0
    while len(grown.stumps) < most and not (size is None and rate <= settings.false_positive):
        stump = boosting.round()
        if stump.error >= 0.5 - 1e-9 and grown.stumps:
            break
        grown.stumps.append(stump)
        for name, held in windows.items():
            grown.votes[name] += stump.votes(pool, held)
        grown.threshold = _threshold(grown.votes["val"][: faces["val"]], settings.detection)
        rate = _passing(grown, judged, faces[judged])
    return grown, {
        "detection_rate": float((grown.votes["val"][: faces["val"]] >= grown.threshold).mean())
        if faces["val"]
        else None,
        "false_positive_rate": rate,
        "train_false_positive_rate": _passing(grown, "train", faces["train"]),
    }


def _passing(grown: _Grown, part: str, faces: int) -> float:
    return float((grown.votes[part][faces:] >= grown.threshold).mean())


def _threshold(votes: np.ndarray, detection: float) -> float:
    """Return the highest threshold, 0 at most, at which the wanted share of faces passes."""
    if not len(votes):
        return 0.0
    lost = int(np.floor((1.0 - detection) * len(votes) + 1e-9))
    # A little lower than the face's own votes: they are added in another order when a picture is searched.
    return min(0.0, float(np.sort(votes)[lost])) - 1e-6


def _joined(cascade: Cascade | None, grown: _Grown, least_std: float) -> Cascade:
    """Return the cascade with one stage more."""
    features = list(cascade.features) if cascade else []
    trees = []
    for stump in grown.stumps:
        rectangles = [(x, y, w, h, int(weight)) for x, y, w, h, weight in grown.pool.rectangles(stump.feature)]
        trees.append(([(0, -1, len(features), stump.threshold)], [stump.below, -stump.below]))
        features.append(rectangles)
    stages = [(s.threshold, [(t.nodes, t.leaves) for t in s.trees]) for s in cascade.stages] if cascade else []
    return cascades.build(
        window=grown.pool.window,
        features=features,
        stages=[*stages, (grown.threshold, trees)],
        border=0,
        min_std=least_std,
        about={"source": "dlcli boost cascade fit"},
    )


def scored(cascade: Cascade, faces: np.ndarray, others: np.ndarray) -> dict[str, float]:
    """Return detection rate, false-positive rate and accuracy on held-out windows."""
    found, wrong = len(passing(cascade, faces).index), len(passing(cascade, others).index)
    rates: dict[str, float] = {}
    if len(faces):
        rates["detection_rate"] = found / len(faces)
    if len(others):
        rates["false_positive_rate"] = wrong / len(others)
    if len(faces) and len(others):
        rates["accuracy"] = (found + len(others) - wrong) / (len(faces) + len(others))
    return rates


def types_of(words: Sequence[str]) -> tuple[str, ...]:
    """Return feature types in the order they are enumerated, each once."""
    return tuple(t for t in haar.TYPES if t in words)
