"""The options of ``dlcli embed project`` as recipe keys."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict, Section, refuse_unused
from dlcli.core.schemas.embed import VERSION
from dlcli.core.schemas.shared import Count, Positive, Whole


class ProjectRecipe(Section):
    """How ``dlcli embed project`` draws its map."""

    schema_version: Literal[1] = VERSION
    method: Literal["pca", "tsne"] = Field(
        "pca", description="pca: the two directions of greatest spread; tsne: who is near stays near, far means little"
    )
    words: str | None = Field(None, description="words to draw, apart by commas, or a file of words")
    near: str | None = Field(None, description="draw this word and those nearest to it")
    top: Count | None = Field(
        None, description="words drawn, the first of the file or the nearest; null: 300, and 40 with near"
    )
    groups: str | None = Field(None, description="file of WORD<TAB>GROUP lines that says the colors")
    clusters: Count | None = Field(None, description="color by so many clusters of k-means")
    normalize: bool = Field(True, description="make all vectors equally long first, so that near means one direction")
    perplexity: Positive = Field(30.0, description="about how many neighbors count for a word (tsne)")
    seed: Whole = Field(0, description="of t-SNE and k-means")

    @model_validator(mode="after")
    def _one_of_each(self) -> Any:
        if self.words is not None and self.near is not None:
            raise Conflict("words are named or found near one, not both", "words", "near")
        if self.words is not None and self.top is not None:
            raise Conflict("top counts words that are not named", "words", "top")
        if self.groups is not None and self.clusters is not None:
            raise Conflict("the colors are by groups or by clusters, not both", "groups", "clusters")
        if self.method != "tsne":
            refuse_unused(self, "changes method tsne only, not pca", "perplexity")
            if self.clusters is None:
                refuse_unused(self, "is of tsne and clusters; pca draws nothing at random", "seed")
        return self
