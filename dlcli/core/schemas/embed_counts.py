"""The options of ``dlcli embed vectorize``, ``cooccurrence`` and ``pairs`` as recipe keys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict, Section, refuse_unused
from dlcli.core.schemas.embed import VERSION, Weighting
from dlcli.core.schemas.shared import Count, Positive, Whole

By = Literal["whitespace", "word", "char"]
_BY = "what a token is; word: NLTK's rules"
_LOWER = "make everything lower case"
_DROP = "words left out, whatever their case; english: the list of stopwords; with / or .txt: a file, a word a line"


class VectorizeRecipe(Section):
    """How ``dlcli embed vectorize`` counts words in documents."""

    schema_version: Literal[1] = VERSION
    kind: Literal["onehot", "binary", "bow", "tfidf"] = Field(
        "tfidf",
        description="onehot: a row a token; else a row a document: binary 0 or 1, bow counts, tfidf weighted counts",
    )
    unit: Literal["line", "file"] = Field("line", description="what a document is")
    by: Literal["whitespace", "word", "char", "sklearn"] = Field(
        "whitespace",
        description=f"{_BY}; sklearn: runs of two or more letters or digits, as scikit-learn cuts by default",
    )
    lower: bool = Field(False, description=_LOWER)
    drop: list[str] = Field([], description=_DROP)
    ngrams: Annotated[str, Field(pattern=r"^[1-9]\d?(-[1-9]\d?)?$")] = Field(
        "1", description="tokens in a row that count as one term, N or N-M"
    )
    min_count: Count = Field(1, description="terms that occur fewer times in all are left out")
    min_df: Count = Field(1, description="terms that fewer documents have are left out")
    max_df: Annotated[float, Field(gt=0, le=1)] = Field(
        1.0, description="terms that a greater share of the documents has are left out"
    )
    most: Count | None = Field(None, description="terms kept, the most frequent ones; null: all")
    tfidf: Literal["course", "sklearn"] = Field(
        "course",
        description="course: count/length · ln(N/df); sklearn: count · (ln((1+N)/(1+df)) + 1), rows of length 1",
    )
    smooth: bool | None = Field(
        None, description="sklearn: the ones inside the logarithm; false: ln(N/df) + 1; null: true"
    )
    sublinear: bool = Field(False, description="tfidf: 1 + ln(count) instead of the count")
    norm: Literal["auto", "none", "l1", "l2"] = Field(
        "auto", description="rows scaled to length (l2) or sum (l1) 1; auto: l2 for sklearn's tfidf, else none"
    )

    @model_validator(mode="after")
    def _fits(self) -> VectorizeRecipe:
        low, high = self.grams
        if high < low:
            raise Conflict(f"{self.ngrams!r} ends before it begins", "ngrams")
        if self.kind != "tfidf":
            refuse_unused(self, f"changes kind tfidf only, not {self.kind}", "tfidf", "sublinear")
        if self.kind == "onehot":
            refuse_unused(self, "is not for kind onehot, where a row has one 1 for one token", "norm", "ngrams")
        if self.kind != "tfidf" or self.tfidf != "sklearn":
            refuse_unused(self, "changes tfidf sklearn only; the course's form has no ones to leave out", "smooth")
        return self

    @property
    def grams(self) -> tuple[int, int]:
        """Fewest and most tokens of a term."""
        low, _, high = self.ngrams.partition("-")
        return int(low), int(high or low)


class CooccurrenceRecipe(Section):
    """How ``dlcli embed cooccurrence`` looks at neighbors."""

    schema_version: Literal[1] = VERSION
    by: By = Field("whitespace", description=_BY)
    lower: bool = Field(False, description=_LOWER)
    min_count: Count = Field(1, description="rarer words are left out before windows are looked at")
    most: Count | None = Field(None, description="words kept, the most frequent ones; null: all")
    drop: list[str] = Field([], description=f"{_DROP}; they keep their place in the window")
    window: Annotated[int, Field(ge=1, le=10_000)] = Field(5, description="words to each side that count as neighbors")
    weights: Literal["flat", "ramp", "inverse"] = Field(
        "flat", description="of a neighbor at distance d: 1, window + 1 - d, or 1/d as GloVe has it"
    )
    direction: Literal["both", "left", "right"] = Field("both", description="sides that are looked at")
    cap: Positive | None = Field(None, description="greater counts are cut to this; null: none is")
    weighting: Weighting = Field("raw", description="raw, log(1+c), positive mutual information, or correlation")
    smooth: Annotated[float, Field(gt=0, le=1)] = Field(
        1.0, description="power of the neighbors' counts (ppmi); 0.75 makes rare neighbors weigh less"
    )
    shift: Annotated[float, Field(ge=1)] = Field(1.0, description="number whose logarithm is taken off (ppmi)")
    top: Whole | None = Field(None, description="pairs given, the strongest; 0: all; null: 20 printed, all in a file")

    @model_validator(mode="after")
    def _fits(self) -> CooccurrenceRecipe:
        if self.weighting != "ppmi":
            refuse_unused(self, f"changes weighting ppmi only, not {self.weighting}", "smooth", "shift")
        return self


class PairsRecipe(Section):
    """How ``dlcli embed pairs`` makes training pairs."""

    schema_version: Literal[1] = VERSION
    method: Literal["skipgram", "cbow"] = Field(
        "skipgram", description="skipgram: a word and one neighbor a line; cbow: a word and all of them"
    )
    by: By = Field("whitespace", description=_BY)
    lower: bool = Field(False, description=_LOWER)
    drop: list[str] = Field([], description=f"{_DROP}; their neighbors close up, as in word2vec")
    window: Count = Field(2, description="words to each side that count as neighbors")
    negatives: Whole = Field(0, description="words drawn for each pair that are no neighbors; 0: none")
    ns_exponent: Annotated[float, Field(allow_inf_nan=False)] = Field(
        0.75, description="words are drawn by count to this power (negatives)"
    )
    seed: Whole = Field(0, description="of the words drawn (negatives)")

    @model_validator(mode="after")
    def _fits(self) -> PairsRecipe:
        if not self.negatives:
            refuse_unused(self, "has an effect on drawn words only, and negatives is 0", "ns_exponent", "seed")
        return self
