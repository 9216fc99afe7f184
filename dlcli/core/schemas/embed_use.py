"""The options of the verbs of ``dlcli embed`` that use word vectors, as recipe keys."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict, Section, refuse_unused
from dlcli.core.schemas.embed import VERSION
from dlcli.core.schemas.shared import Count

By = Literal["whitespace", "word", "char"]
Method = Literal["3cosadd", "3cosmul"]
_BY = "what a token is; word: NLTK's rules"
_LOWER = "make everything lower case"
_METHOD = "3cosadd: nearest to b − a + c; 3cosmul: product of the similarities"


class NeighborsRecipe(Section):
    """How many neighbors ``dlcli embed neighbors`` tells."""

    schema_version: Literal[1] = VERSION
    top: Count = Field(10, description="neighbors of a word")


class AnalogyRecipe(Section):
    """How ``dlcli embed analogy`` answers."""

    schema_version: Literal[1] = VERSION
    top: Count = Field(10, description="answers to a question")
    method: Method = Field("3cosadd", description=_METHOD)
    keep_inputs: bool = Field(False, description="let the three words be answers too")


class SimilarityRecipe(Section):
    """What ``dlcli embed similarity`` compares."""

    schema_version: Literal[1] = VERSION
    files: bool = Field(False, description="compare text files, each by the mean of its words")
    by: By = Field("whitespace", description=f"{_BY} (files)")
    lower: bool = Field(False, description=f"{_LOWER} (files)")

    @model_validator(mode="after")
    def _cuts(self) -> SimilarityRecipe:
        if not self.files:
            refuse_unused(self, "is of texts, which are cut into words: it goes with files", "by", "lower")
        return self


class EvaluateRecipe(Section):
    """How ``dlcli embed evaluate`` asks and counts."""

    schema_version: Literal[1] = VERSION
    analogies: str | None = Field(None, description="questions as in questions-words.txt; null: what gensim brings")
    pairs: list[str] = Field([], description="files of two words and a number a line; empty: what gensim brings")
    method: Method = Field("3cosadd", description=_METHOD)
    restrict: Count | None = Field(300_000, description="only the first so many words count; null: all")
    case_sensitive: bool = Field(False, description="do not compare words in upper case")
    unknown: Literal["skip", "wrong"] = Field(
        "skip", description="what has an unknown word is left out, or counts as wrong (of pairs: as cosine 0)"
    )


class EncodeRecipe(Section):
    """How ``dlcli embed encode`` makes a vector of a sentence."""

    schema_version: Literal[1] = VERSION
    weighting: Literal["mean", "tfidf"] = Field("mean", description="mean of the words, plain or by TF-IDF")
    idf: str | None = Field(None, description="text whose lines tell the IDF; null: the text encoded (tfidf)")
    normalize: bool = Field(False, description="make the length of each vector 1")
    by: By = Field("whitespace", description=_BY)
    lower: bool = Field(False, description=_LOWER)

    @model_validator(mode="after")
    def _used(self) -> EncodeRecipe:
        if self.idf is not None and self.weighting != "tfidf":
            raise Conflict("idf is used with weighting: tfidf alone", "idf", "weighting")
        return self
