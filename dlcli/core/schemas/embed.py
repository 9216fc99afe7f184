"""The recipe of ``dlcli embed fit``: what is read, how it learns, where it runs."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator

from dlcli.core import sources
from dlcli.core.schemas.base import Section
from dlcli.core.schemas.shared import Count, NotNegative, Positive, Share, Whole

VERSION = Field(1, alias="schema", description="version of the recipe format")
Weighting = Literal["raw", "log", "ppmi", "pearson"]


class Text(Section):
    """What is learnt from."""

    train: str | list[str] = Field(
        description="text files, packed or not, a builtin, or - for stdin; a sentence a line"
    )
    by: Literal["whitespace", "word", "char"] = Field("whitespace", description="what a token is; word: NLTK's rules")
    lower: bool = Field(False, description="make everything lower case")
    min_count: Count = Field(5, description="rarer words are left out")
    most: Count | None = Field(None, description="words kept, the most frequent ones; null: all")

    @field_validator("train")
    @classmethod
    def _known(cls, value: Any) -> Any:
        for word in [value] if isinstance(value, str) else value:
            sources.parse_corpus(word)
        return value


class _Word2vec(Section):
    dim: Count = Field(100, description="numbers in a vector")
    window: Count = Field(5, description="words to each side that count as neighbors")
    loss: Literal["negative", "softmax"] = Field(
        "negative", description="negative: against drawn words; softmax: against the whole vocabulary, if it is small"
    )
    negatives: Count = Field(5, description="words drawn for each pair (negative)")
    ns_exponent: float = Field(0.75, description="words are drawn by count to this power (negative)")
    sample: NotNegative = Field(1e-3, description="frequent words above this share are left out at random; 0: none")
    epochs: Count = Field(5, description="passes over the text")
    lr: Positive = Field(0.025, description="learning rate at the start; falls linearly")
    lr_end: Positive = Field(1e-4, description="learning rate at the end")
    batch: Count | None = Field(None, description="pairs a step (torch); null: chosen by the size of the vocabulary")


class Skipgram(_Word2vec):
    """word2vec: a word foretells its neighbors."""

    name: Literal["skipgram"] = "skipgram"


class Cbow(_Word2vec):
    """word2vec: the neighbors foretell their word."""

    name: Literal["cbow"] = "cbow"
    mean: bool = Field(True, description="mean of the neighbors' vectors; false: their sum")


class Glove(Section):
    """GloVe: weighted least squares on the logarithms of co-occurrence counts."""

    name: Literal["glove"] = "glove"
    dim: Count = Field(100, description="numbers in a vector")
    window: Count = Field(10, description="words to each side that count as neighbors, each by 1/distance")
    c_max: Positive = Field(100.0, description="counts from here on weigh 1; rarer ones (c/c_max)^alpha")
    alpha: Positive = Field(0.75, description="power of the weights")
    epochs: Count = Field(25, description="passes over the co-occurrence entries")
    lr: Positive = Field(0.05, description="learning rate of AdaGrad")
    batch: Count | None = Field(None, description="entries a step; null: chosen by their number")


class Svd(Section):
    """Co-occurrence counts, weighted and reduced by singular value decomposition."""

    name: Literal["svd"] = "svd"
    dim: Count = Field(100, description="numbers in a vector")
    window: Count = Field(5, description="words to each side that count as neighbors")
    ramp: bool = Field(False, description="near neighbors count more: window at distance 1, down to 1")
    direction: Literal["both", "left", "right"] = Field("both", description="sides that are looked at")
    cap: Positive | None = Field(None, description="greater counts are cut to this; null: none is")
    drop: list[str] = Field([], description="function words left out; english: the list of stopwords")
    weighting: Weighting = Field("ppmi", description="raw, log(1+c), positive mutual information, or correlation")
    power: Share | Literal[1] = Field(0.5, description="singular values are taken to this power; 0: left out")


Embedding = Skipgram | Cbow | Glove | Svd


class EmbedDevice(Section):
    """Where the torch engine runs."""

    name: Annotated[str, Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")] = Field(
        "auto", description="auto, cpu, cuda[:N], mps"
    )


class EmbedRecipe(Section):
    """How ``dlcli embed fit`` learns word vectors."""

    asks: ClassVar[str] = "text such as corpus.txt, - for stdin, or the builtin lee"

    schema_version: Literal[1] = VERSION
    task: Literal["embed"] = "embed"
    seed: Whole = Field(0, description="seed of every draw")
    data: Text
    model: Embedding = Skipgram()
    engine: Literal["auto", "gensim", "torch"] = Field(
        "auto", description="skipgram and cbow: gensim, or torch for softmax, a GPU, or when asked"
    )
    threads: Whole = Field(0, description="processor threads; 0: all cores. With 1 the same seed gives the same bytes")
    device: EmbedDevice = EmbedDevice()
