"""The options of ``dlcli embed convert`` and ``matrix`` as recipe keys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict, Section
from dlcli.core.schemas.embed import VERSION
from dlcli.core.schemas.shared import Count, Whole


class ConvertRecipe(Section):
    """How ``dlcli embed convert`` writes word vectors."""

    schema_version: Literal[1] = VERSION
    to: Literal["word2vec", "word2vec-binary", "glove", "npz", "safetensors"] | None = Field(
        None, description="format to write; null: by the ending of the file, word2vec on stdout"
    )
    most: Count | None = Field(None, description="words kept, the first ones; null: all")
    normalize: bool = Field(False, description="make every vector one long, so that a product is a cosine")


class MatrixRecipe(Section):
    """How ``dlcli embed matrix`` makes a row for each word of a vocabulary."""

    schema_version: Literal[1] = VERSION
    seed: Whole = Field(0, description="seed of the draws")
    words: str | None = Field(None, description="the vocabulary: a file of words or of words and counts a line, or -")
    text: str | None = Field(None, description="a text with blanks between its tokens, whose words are counted, or -")
    min_count: Count = Field(1, description="rarer words get no row; needs counts")
    most: Count | None = Field(None, description="words that get a row, the first, of a text the most frequent ones")
    special: list[Annotated[str, Field(min_length=1)]] = Field(
        [], description="words of the first rows; with pad in their name zeros, with unk or oov the mean of all vectors"
    )
    missing: Literal["normal", "zeros", "mean"] = Field(
        "normal", description="a word without a vector: drawn like those found, zeros, or the mean of all vectors"
    )
    lower: bool = Field(False, description="a word without a vector takes that of its lower case")

    @model_validator(mode="after")
    def _one_vocabulary(self) -> MatrixRecipe:
        if self.words is not None and self.text is not None:
            raise Conflict("words and text are two vocabularies; give one of them", "words", "text")
        if self.seed and self.missing != "normal":
            raise Conflict(f"missing {self.missing} draws nothing; seed is for normal", "seed", "missing")
        return self
