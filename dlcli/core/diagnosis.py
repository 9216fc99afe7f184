"""Underfit, overfit or fine: what the curves of a training run say, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

LEAST_EPOCHS = 3
SKILL = 0.8  # share of the way from guessing to perfect below which the training part itself is not learnt
STILL = 0.02  # fall of the validation loss over the last fifth of the epochs that counts as still learning
RISE, NATS = (
    0.1,
    0.02,
)  # rise of the validation loss above its lowest that counts: a share, and nats
GAP, WIDE = 0.02, 0.15  # of accuracy between training and validation: counts when it doubles the errors; counts alone
ERRORS = 2.0  # standard errors of the validation accuracy that a gap must exceed
WILD = 10.0  # times the loss of guessing: no sound training goes there
NEARLY = 0.95  # accuracy from which more epochs are no advice

OVERFIT = "more data, augmentation (data.augment), dropout, weight decay or l1, a smaller network"
STOP = ", or train.early_stop"
LONGER = "more epochs (--resume RUN train.epochs=N), or a higher --lr"
SLOWER = "a lower --lr (--find-lr), warm-up (schedule.warmup_steps), or train.clip_norm=1"
STRONGER = "a larger network, a higher --lr (--find-lr), less regularization, or look at the labels (dlcli data check)"


def diagnose(
    history: Sequence[dict[str, Any]],
    guess: float,
    count: int = 1000,
    *,
    changed: bool = False,
    stops_early: bool = False,
) -> dict[str, str]:
    """Return a verdict on a run from its curves.

    Figures of the training part are taken while it learns, over the whole epoch and with dropout and augmentation, so
    they lag behind: a validation figure that is better than them is no sign of anything. Ng 2018 (Machine Learning
    Yearning, chapters 20-22) tells bias from variance the same way: by the training error first, then by the gap.

    Args:
        history: one record an epoch, with ``train/loss``, ``val/loss`` and both accuracies.
        guess: accuracy of always naming the most frequent class, 0–1.
        count: samples of the validation part.
        changed: training pictures were augmented, so their figures are of harder pictures.
        stops_early: early stopping is on, so it need not be advised.

    Returns:
        ``verdict`` (underfit, overfit, fine or unknown), ``why`` in figures, ``advice``.

    """
    keys = ("train/loss", "val/loss", "train/accuracy", "val/accuracy")
    rows = [r for r in history if all(isinstance(r.get(k), int | float) and math.isfinite(r[k]) for k in keys)]
    if len(rows) < LEAST_EPOCHS:
        epochs = f"{len(rows)} epoch{'s' * (len(rows) != 1)}"
        why = f"{epochs} with a validation part: too few to tell; {LEAST_EPOCHS} are needed"
        return {"verdict": "unknown", "why": why, "advice": "more epochs, and data.val above 0"}
    last = rows[-1]
    trained, held_out = last["train/accuracy"], last["val/accuracy"]
    lowest = min(rows, key=lambda r: r["val/loss"])
    told = f"accuracy {trained:.3f} in training, {held_out:.3f} in validation"
    note = " (training figures are of augmented pictures)" if changed else ""
    overfit = OVERFIT + ("" if stops_early else STOP)
    rise = last["val/loss"] / lowest["val/loss"] - 1 if lowest["val/loss"] > 0 else 0.0
    risen = last["val/loss"] - lowest["val/loss"] > NATS and rise > RISE
    if risen and last["train/loss"] < lowest["train/loss"]:
        why = (
            f"the validation loss is {rise:.0%} above its lowest (epoch {lowest['epoch']}) while the training loss "
            f"went on falling; {told}{note}"
        )
        return {"verdict": "overfit", "why": why, "advice": overfit}
    gap = trained - held_out
    sure = gap > ERRORS * math.sqrt(held_out * (1 - held_out) / max(1, count))
    if sure and (gap > WIDE or (gap > GAP and 1 - held_out > 2 * (1 - trained))):
        why = f"{told}: {'more than twice the errors' if 1 - held_out > 2 * (1 - trained) else 'a wide gap'}{note}"
        return {"verdict": "overfit", "why": why, "advice": overfit}
    best = max(trained, held_out)
    skill = (best - guess) / (1 - guess) if guess < 1 else 1.0
    before = rows[max(0, len(rows) - 1 - max(1, len(rows) // 5))]
    fall = 1 - last["val/loss"] / before["val/loss"] if before["val/loss"] > 0 else 0.0
    falling = lowest is last and fall > STILL
    if skill < SKILL:
        why = f"{told}; always naming the most frequent class gives {guess:.3f}{note}"
        losses = [r["train/loss"] for r in rows]
        if max(losses) > WILD * -math.log(max(guess, 1e-12)) or losses[-1] > 1.5 * min(losses):
            why = f"{why}; the training loss went up to {max(losses):.3g} and ended at {losses[-1]:.3g}"
            return {"verdict": "underfit", "why": why, "advice": SLOWER}
        if falling:
            why = f"{why}; the validation loss was still falling, by {fall:.0%} lately"
            return {"verdict": "underfit", "why": why, "advice": LONGER}
        return {"verdict": "underfit", "why": why, "advice": STRONGER}
    if falling and best < NEARLY:
        why = f"{told}; the validation loss was still falling, by {fall:.0%} lately{note}"
        return {"verdict": "underfit", "why": why, "advice": LONGER}
    return {"verdict": "fine", "why": f"{told}: no gap worth speaking of{note}", "advice": ""}
