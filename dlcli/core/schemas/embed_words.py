"""The options of ``dlcli embed stem``, ``lemmatize``, ``stopwords`` and ``tag`` as recipe keys."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict, Section, refuse_unused
from dlcli.core.schemas.embed import VERSION
from dlcli.core.schemas.shared import Count, Whole

Language = Literal[
    "arabic", "danish", "dutch", "english", "finnish", "french", "german", "hungarian", "italian", "norwegian",
    "portuguese", "romanian", "russian", "spanish", "swedish",
]  # fmt: skip


class _Words(Section):
    schema_version: Literal[1] = VERSION
    by: Literal["word", "whitespace"] = Field(
        "word",
        description="word: NLTK's rules; whitespace: for text that is tokens already",
    )


class StemRecipe(_Words):
    """How ``dlcli embed stem`` shortens words."""

    algorithm: Literal["porter", "snowball", "lancaster"] = Field(
        "porter", description="porter: NLTK's version; snowball: many languages; lancaster: cuts the most"
    )
    language: Language = Field("english", description="language (snowball)")

    @model_validator(mode="after")
    def _speaks_it(self) -> Any:
        if self.language != "english" and self.algorithm != "snowball":
            text = f"{self.algorithm} is for English only; for {self.language} the algorithm is snowball"
            raise Conflict(text, "algorithm", "language")
        return self


class LemmatizeRecipe(_Words):
    """How ``dlcli embed lemmatize`` finds dictionary forms."""

    engine: Literal["auto", "lemminflect", "wordnet"] = Field(
        "auto", description="auto: lemminflect, and WordNet for words it does not know, when NLTK's data is present"
    )
    pos: Literal["auto", "noun", "verb", "adj", "adv"] = Field(
        "auto", description="part of speech of every word; auto: each word's own, by the tagger"
    )
    tagger: Literal["auto", "nltk", "rules"] = Field(
        "auto", description="who says the parts of speech: NLTK's when its data is present, else rules"
    )

    @model_validator(mode="after")
    def _tags(self) -> Any:
        if self.pos != "auto":
            refuse_unused(self, f"tells parts of speech, and pos says all are {self.pos}", "tagger")
        return self


class StopwordsRecipe(_Words):
    """Which words ``dlcli embed stopwords`` leaves out."""

    source: str = Field("sklearn", description="sklearn (318), gensim (337), nltk if its data is present, or a file")
    invert: bool = Field(False, description="print the stop words of the text instead of the others")


class TagRecipe(_Words):
    """How ``dlcli embed tag`` finds parts of speech."""

    engine: Literal["auto", "nltk", "rules"] = Field(
        "auto", description="auto: NLTK's tagger when its data is present, else rules"
    )
    model: str | None = Field(None, description="tagger made by train, used instead of an engine")
    format: Literal["slash", "tab"] = Field(
        "slash", description="slash: word/TAG, a line for a line; tab: a word a line, an empty line after each line"
    )
    train: str | None = Field(None, description="file of word/TAG lines to learn a tagger from")
    test: str | None = Field(None, description="file of word/TAG lines to score the tagger on")
    epochs: Count = Field(8, description="passes over the file (train)")
    seed: Whole = Field(0, description="of the order of the sentences (train)")

    @model_validator(mode="after")
    def _one_tagger(self) -> Any:
        if self.model is not None and self.train is not None:
            raise Conflict("a tagger is learned or read, not both", "model", "train")
        if self.engine != "auto" and (self.model is not None or self.train is not None):
            raise Conflict("the engine is for tagging without a tagger of one's own", "engine", "model", "train")
        if self.train is None:
            refuse_unused(self, "is of learning a tagger: it goes with train", "epochs", "seed")
        if self.train is not None or self.test is not None:
            refuse_unused(self, "is of tagging text, not of train and test", "by", "format")
        return self
