"""The recipe of ``dlcli embed fit``: what is read, how it learns, where it runs."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.core import sources
from dlcli.core.schemas.base import Conflict, Section
from dlcli.core.schemas.shared import Count, NotNegative, Positive, Share

VERSION = Field(1, alias="schema", description="version of the recipe format")
Weighting = Literal["raw", "log", "ppmi", "pearson"]
Power = Annotated[float, Field(ge=-5, le=5)]
Dim = Annotated[int, Field(ge=1, le=100_000)]
Window = Annotated[int, Field(ge=1, le=10_000)]
Rate = Annotated[float, Field(gt=0, le=100)]  # from a rate without bound gensim's tables are read beyond their ends
_WINDOW = "words to each side; that of each word is drawn from 1 to it, so near words count more"


class Text(Section):
    """What is learnt from."""

    train: str | Annotated[list[str], Field(min_length=1)] = Field(
        description="text files, packed or not, a builtin, or - for stdin; a sentence a line"
    )
    by: Literal["whitespace", "word", "char"] = Field(
        "whitespace", description="what a word is; word: by NLTK's rules; char: each sign but blanks"
    )
    lower: bool = Field(False, description="make everything lower case")
    min_count: Count = Field(5, description="words that occur less often are left out")
    most: Count | None = Field(None, description="words kept, the most frequent ones; null: all")

    @field_validator("train")
    @classmethod
    def _known(cls, value: Any) -> Any:
        for word in [value] if isinstance(value, str) else value:
            sources.parse_corpus(word)
        return value

    @property
    def texts(self) -> list[str]:
        """The words for text as a list."""
        return [self.train] if isinstance(self.train, str) else list(self.train)


class _Word2vec(Section):
    dim: Dim = Field(100, description="numbers in a vector")
    window: Window = Field(5, description=_WINDOW)
    loss: Literal["negative", "softmax"] = Field(
        "negative", description="negative: against drawn words; softmax: against the whole vocabulary, if it is small"
    )
    negatives: Annotated[int, Field(ge=1, le=1_000)] = Field(5, description="words drawn for each pair (negative)")
    ns_exponent: Power = Field(0.75, description="words are drawn by count to this power (negative)")
    sample: NotNegative = Field(1e-3, description="words above this share of the text are left out at random; 0: none")
    epochs: Count = Field(5, description="passes over the text")
    lr: Rate = Field(0.025, description="learning rate at the start; falls linearly")
    lr_end: Rate = Field(1e-4, description="learning rate at the end")
    batch: Count | None = Field(None, description="pairs a step (torch); null: chosen by the size of the vocabulary")

    @model_validator(mode="after")
    def _falls(self) -> Any:
        if self.lr_end > self.lr:
            raise Conflict(f"the learning rate must not rise, from {self.lr:g} to {self.lr_end:g}", "lr", "lr_end")
        return self

    @model_validator(mode="after")
    def _draws(self) -> Any:
        for key in ("negatives", "ns_exponent") if self.loss == "softmax" else ():
            if getattr(self, key) != type(self).model_fields[key].default:
                raise Conflict(f"{key} is for loss negative; softmax looks at every word and draws none", key, "loss")
        return self


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
    dim: Dim = Field(100, description="numbers in a vector")
    window: Window = Field(10, description="words to each side that count as neighbors, each by 1/distance")
    c_max: Positive = Field(100.0, description="counts from here on weigh 1; rarer ones (c/c_max)^alpha")
    alpha: Positive = Field(0.75, description="power of the weights")
    epochs: Count = Field(15, description="passes over the co-occurrence entries")
    lr: Rate = Field(0.05, description="learning rate of AdaGrad")
    start: Literal["spectral", "random"] = Field(
        "spectral", description="spectral: from singular vectors of positive mutual information; random: as published"
    )
    batch: Count | None = Field(None, description="entries a step; null: chosen by their number")


class Svd(Section):
    """Co-occurrence counts, weighted and reduced by singular value decomposition."""

    name: Literal["svd"] = "svd"
    dim: Dim = Field(100, description="numbers in a vector")
    window: Window = Field(5, description="words to each side that count as neighbors")
    ramp: bool = Field(False, description="near neighbors count more: window at distance 1, down to 1")
    direction: Literal["both", "left", "right"] = Field("both", description="sides that are looked at")
    cap: Positive | None = Field(None, description="greater counts are cut to this; null: none is")
    drop: list[str] = Field(
        [], description="words left out: a word, english (a list of stop words), a file (with / or .txt)"
    )
    weighting: Weighting = Field("ppmi", description="raw, log(1+c), positive mutual information, or correlation")
    smooth: Annotated[float, Field(gt=0, le=1)] = Field(
        1.0, description="power of the neighbors' counts (ppmi); with 0.75 rare neighbors weigh less"
    )
    shift: Annotated[float, Field(ge=1, allow_inf_nan=False)] = Field(
        1.0, description="negatives whose logarithm is taken off (ppmi); 1: nothing is"
    )
    power: Share | Literal[1] = Field(0.5, description="singular values are taken to this power; 0: left out")

    @model_validator(mode="after")
    def _of_ppmi(self) -> Any:
        if self.weighting != "ppmi" and (self.smooth != 1 or self.shift != 1):
            raise Conflict(f"smooth and shift change weighting ppmi only, not {self.weighting}", "smooth", "shift")
        return self


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
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = Field(0, description="seed of every draw")
    data: Text
    model: Embedding = Skipgram()
    engine: Literal["auto", "gensim", "torch"] = Field(
        "auto", description="of skipgram and cbow; auto: gensim, but torch for softmax and on a GPU"
    )
    threads: Annotated[int, Field(ge=0, le=1_024)] = Field(
        0, description="processor threads; 0: all cores. With 1 the same seed gives the same bytes"
    )
    device: EmbedDevice = EmbedDevice()

    @model_validator(mode="after")
    def _can_run(self) -> EmbedRecipe:
        name, device = self.model.name, self.device.name
        if not isinstance(self.model, _Word2vec):
            if self.engine != "auto":
                raise Conflict(f"{name} has no engines; {self.engine} learns skipgram and cbow", "engine")
            if device not in ("auto", "cpu"):
                raise Conflict(f"{name} runs on the processor, not on {device}", "device.name")
        elif self.engine == "gensim":
            if self.model.loss == "softmax":
                text = "gensim learns by negative sampling alone; softmax over the whole vocabulary is engine torch"
                raise Conflict(text, "engine", "model.loss")
            if device not in ("auto", "cpu"):
                text = f"gensim runs on the processor, not on {device}; engine torch can"
                raise Conflict(text, "device.name", "engine")
        if self.engine_used == "gensim" and isinstance(self.model, _Word2vec) and self.model.batch is not None:
            raise Conflict("gensim takes pair by pair; batch is of engine torch", "model.batch", "engine")
        return self

    @property
    def engine_used(self) -> str:
        """What learns: ``gensim`` or ``torch``; ``numpy`` for the methods that need neither."""
        if not isinstance(self.model, _Word2vec):
            return "numpy"
        if self.engine != "auto":
            return self.engine
        return "torch" if self.model.loss == "softmax" or self.device.name not in ("auto", "cpu") else "gensim"
