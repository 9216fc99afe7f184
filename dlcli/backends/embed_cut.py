"""What cuts the lines of ``dlcli embed tokenize``: rules of ours, merges, a model of SentencePiece, NLTK's Punkt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dlcli.backends import embed_stream
from dlcli.core.errors import DataError, MissingError, ModelError, UsageError
from dlcli.core.schemas.embed_text import TokenizeRecipe
from dlcli.data import nltk_data
from dlcli.methods import bpe_apply
from dlcli.ops import sentences, tokens

WITH_MODEL = ("bpe", "sentencepiece")
PUNKT = "tokenizers/punkt_tab/english"
# Lines in, the tokens of each out; a sentence counts as a token here.
Cut = Callable[[list[str]], list[list[str]]]


def check_model(by: str, model: str | None) -> None:
    """Refuse a missing model, and one that would not be used.

    Raises:
        UsageError: naming what is needed.

    """
    if model is None and by in WITH_MODEL:
        what = "the codes of embed bpe fit or subword-nmt" if by == "bpe" else "a .model of SentencePiece"
        raise UsageError(f"--by {by} needs {what}", "give it with -m FILE", key="--model")
    if model is not None and by not in WITH_MODEL:
        raise UsageError(f"-m {model}: --by {by} takes no model", f"--by {' or '.join(WITH_MODEL)} does", key="--model")


def cutter(recipe: TokenizeRecipe, model: str | None) -> tuple[str, Cut]:
    """Return the engine's name and the function that cuts lines.

    Raises:
        ModelError: the model is missing, broken or of another kind.
        MissingError: NLTK's data is asked for and not there.

    """
    engine, cut = _engine(recipe, model)
    if recipe.lower and recipe.by in ("word", "sentence"):  # capitals tell where sentences begin
        return engine, lambda lines: [[token.lower() for token in found] for found in cut(lines)]
    if recipe.lower:
        return engine, lambda lines: cut([line.lower() for line in lines])
    return engine, cut


def _engine(recipe: TokenizeRecipe, model: str | None) -> tuple[str, Cut]:
    match recipe.by:
        case "sentence":
            return _sentences(recipe.sentences)
        case "bpe":
            encoder = bpe_apply.Encoder(embed_stream.read_codes(str(model)), escape=False)
            return "byte pairs", lambda lines: [encoder.tokens(line.split()) for line in lines]
        case "sentencepiece":
            return "sentencepiece", _sentencepiece(str(model))
        case "word":
            name = "rules of the Penn Treebank"
        case _:
            name = recipe.by
    one = tokens.tokenizer(recipe.by)
    return name, lambda lines: [one(line) for line in lines]


def _sentences(wanted: str) -> tuple[str, Cut]:
    folder = nltk_data.find(PUNKT) if wanted != "rules" else None
    if folder is None:
        get = "python -m nltk.downloader punkt_tab gets it"
        if wanted == "punkt":
            raise MissingError("NLTK's data punkt_tab is not installed", f"{get}; --sentences rules needs none")
        better = "" if wanted == "rules" else f"; NLTK's punkt_tab, trained on newspapers, knows more of them: {get}"
        return f"rules and a list of English abbreviations{better}", lambda lines: [
            list(sentences.split(line)) for line in lines
        ]
    from nltk.tokenize.punkt import PunktTokenizer

    try:
        punkt = PunktTokenizer("english")
    except Exception as error:  # whatever broken data makes of it
        raise DataError(f"NLTK's data in {folder} is broken: {error}", "--sentences rules needs none") from error
    return f"NLTK's punkt_tab in {folder}", lambda lines: [
        [" ".join(s.split()) for s in punkt.tokenize(line)] for line in lines
    ]


def _sentencepiece(path: str) -> Cut:
    data = embed_stream.read_model(path)
    from sentencepiece import SentencePieceProcessor

    processor: Any = SentencePieceProcessor()
    try:
        loaded = bool(data) and processor.LoadFromSerializedProto(data)
    except (RuntimeError, ValueError, OSError):
        loaded = False
    if not loaded:
        raise ModelError(f"{path} is no model of SentencePiece, or it is broken", "--by bpe reads files of merges")
    return lambda lines: processor.encode(lines, out_type=str, num_threads=1)
