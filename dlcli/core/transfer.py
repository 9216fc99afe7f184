"""The course's rule for transfer learning: what to train, by how much data there is and how like the old data it is."""

from __future__ import annotations

from typing import Any, NamedTuple

SMALL, LARGE = 100, 1000  # training pictures a class, on average


class Advice(NamedTuple):
    """What the rule says of a data set.

    Args:
        size: ``small``, ``medium`` or ``large``.
        pictures: in the training part.
        per_class: on average.
        fewest: of the class with the fewest.
        does: what the recipe trains, in words.
        similar: what to do where the pictures are like those the weights were trained on.
        different: what to do where they are not.

    """

    size: str
    pictures: int
    per_class: float
    fewest: int
    does: str
    similar: str
    different: str

    def lines(self) -> list[str]:
        """Return it as lines for people."""
        bounds = f"small: fewer than {SMALL} a class, large: {LARGE:,} or more"
        return [
            f"transfer: {self.pictures:,} training pictures, {self.per_class:,.0f} a class (fewest {self.fewest:,}): "
            f"{self.size} ({bounds}); this recipe trains {self.does}",
            f"for pictures like those the weights were trained on: {self.similar}",
            f"for other ones: {self.different}; which they are cannot be told from their number",
        ]


_RULE = {
    "small": (
        "features of the last layer (model.freeze=features)",
        "features of an earlier layer; nearest here: train the last stages too (model.freeze=all-but-…, "
        "model.trunk_lr=0.1)",
    ),
    "medium": (
        "the last layers (model.freeze=all-but-…, model.trunk_lr=0.1)",
        "all layers at a lower rate (model.freeze=none model.trunk_lr=0.1 or model.layer_decay=0.75)",
    ),
    "large": (
        "the last layers or all (model.freeze=all-but-… or none, model.trunk_lr=0.1)",
        "all layers (model.freeze=none), or from scratch (model.weights=none)",
    ),
}


def advice(counts: list[int], freeze: str) -> Advice:
    """Return what the rule says.

    The bounds of the sizes are ours; sources only say small and large. ImageNet itself has 732 to 1,300 a class.

    Source: the course's table; behind it Yosinski et al. 2014 (features grow special with depth) and Kornblith et al.
    2019 (what fine-tuning gains over a new head grows with the number of pictures a class). Both find it gradual; a
    table has steps.

    Args:
        counts: training pictures of each class.
        freeze: ``model.freeze`` of the recipe.

    """
    present = [c for c in counts if c]
    per_class = sum(present) / max(1, len(present))
    size = "small" if per_class < SMALL else "large" if per_class >= LARGE else "medium"
    return Advice(size, sum(present), per_class, min(present, default=0), _trained(freeze), *_RULE[size])


def _trained(freeze: str) -> str:
    match freeze:
        case "none":
            return "all layers"
        case "features" | "all-but-last":
            return "the last layer only"
    if freeze.startswith("all-but-"):
        return f"{freeze.removeprefix('all-but-')} and the last layer"
    return f"all but {freeze}"


def advised(model: Any, counts: list[int]) -> Advice | None:
    """Return the advice for a recipe's ``model`` section, or None where it starts from random weights."""
    return None if model.weights == "none" else advice(counts, model.freeze)
