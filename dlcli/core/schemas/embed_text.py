"""The options of ``dlcli embed tokenize``, ``bpe`` and of the verbs about single words as recipe keys."""

from __future__ import annotations

from typing import Literal

from dlcli.core.schemas.base import Section
from dlcli.core.schemas.embed import VERSION


class TokenizeRecipe(Section):
    """How ``dlcli embed tokenize`` cuts text."""

    schema_version: Literal[1] = VERSION


class BpeRecipe(Section):
    """How ``dlcli embed bpe`` learns and applies merges."""

    schema_version: Literal[1] = VERSION


class WordsRecipe(Section):
    """How ``dlcli embed stem``, ``lemmatize``, ``stopwords`` and ``tag`` treat words."""

    schema_version: Literal[1] = VERSION
