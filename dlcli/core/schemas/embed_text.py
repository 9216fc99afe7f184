"""The options of ``dlcli embed tokenize`` and ``bpe`` as recipe keys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from dlcli.core.errors import UsageError
from dlcli.core.schemas.base import Conflict, Section, refuse_unused
from dlcli.core.schemas.embed import VERSION
from dlcli.core.schemas.shared import Count


def _without_space(text: str) -> str:
    if any(sign.isspace() for sign in text):
        raise ValueError(f"{text!r} holds white space, which stands between words")
    return text


class TokenizeRecipe(Section):
    """How ``dlcli embed tokenize`` cuts text."""

    schema_version: Literal[1] = VERSION
    by: Literal["word", "whitespace", "char", "sentence", "bpe", "sentencepiece"] = Field(
        "word", description="what a token is; word: Penn Treebank; char: white space is ▁; sentence: one a line"
    )
    lower: bool = Field(False, description="make everything lower case first")
    min_count: Count = Field(1, description="tokens that occur less often are replaced by unk; more than 1: two passes")
    unk: Annotated[str, Field(min_length=1), AfterValidator(_without_space)] = Field(
        "<UNK>", description="what unknown tokens are replaced by"
    )
    vocab_in: str | None = Field(None, description="file of known tokens, token and count a line; counts min_count")
    vocab_out: str | None = Field(None, description="file to write the kept tokens to, with their counts")
    sentences: Literal["auto", "rules", "punkt"] = Field(
        "auto", description="sentence: rules of ours, or NLTK's trained punkt_tab; auto: punkt when its data is there"
    )
    wrapped: bool = Field(False, description="sentence: lines up to an empty one are one paragraph")

    @model_validator(mode="after")
    def _fits(self) -> TokenizeRecipe:
        if self.by == "sentence":
            for key in ("vocab_in", "vocab_out"):
                if getattr(self, key) is not None:
                    raise Conflict(f"a vocabulary is of tokens, not of sentences: {key} goes with another by", key)
            if self.min_count > 1:
                raise Conflict("min_count is of tokens, not of sentences", "by", "min_count")
            refuse_unused(self, "is of tokens, not of sentences", "unk")
            return self
        if self.min_count == 1 and self.vocab_in is None:
            refuse_unused(self, "replaces unknown tokens: it goes with min_count above 1, or vocab_in", "unk")
        if self.wrapped:
            raise Conflict(f"wrapped goes with by=sentence; here it is {self.by}", "by", "wrapped")
        if self.sentences != "auto":
            raise Conflict(f"sentences goes with by=sentence; here it is {self.by}", "by", "sentences")
        return self


class BpeRecipe(Section):
    """How ``dlcli embed bpe`` learns and applies merges."""

    schema_version: Literal[1] = VERSION
    merges: Count | None = Field(
        None, description="fit, trace: merges to learn, null: 8000 and 10; encode: how many are applied, null: all"
    )
    min_count: Count = Field(2, description="fit, trace: pairs that occur less often are not merged")
    end_of_word: Annotated[str, AfterValidator(_without_space)] = Field(
        "</w>", description="fit, trace: glued to the last sign of each word; may be empty"
    )
    counts: bool = Field(False, description="fit, trace: each line is a word and how often it occurs")
    escape: bool = Field(
        True, description="encode, decode: write backslash, @@ and spaces so that all comes back; false: as subword-nmt"
    )

    def refuse_unused(self, verb: str) -> None:
        """Refuse keys that have no effect on a verb; see ``base.refuse_unused``.

        Raises:
            UsageError: naming the key.

        """
        learns = verb in ("fit", "trace")
        unused = ["escape"] if learns else ["min_count", "end_of_word", "counts", *["merges"] * (verb == "decode")]
        try:
            refuse_unused(self, f"has no effect on bpe {verb}", *unused)
        except Conflict as error:
            raise UsageError(f"{error.keys[0]} {error}", "leave it out", key=error.keys[0]) from None

    def learned(self, verb: Literal["fit", "trace"]) -> int:
        """Return how many merges are to be learnt."""
        return self.merges or {"fit": 8000, "trace": 10}[verb]
