"""The part-of-speech taggers behind one face: NLTK's when its data is present, our rules, our own perceptron."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from dlcli.core.errors import MissingError

# What a tagger is asked: tags for the words of one sentence.
Tagging = Callable[[Sequence[str]], list[str]]
NLTK_DATA = "averaged_perceptron_tagger_eng"
CLOSERS = frozenset(('"', "''", "'", ")", "]", "”", "’"))
FETCH = f"python -m nltk.downloader {NLTK_DATA}"


@dataclass(frozen=True)
class Tagger:
    """A tagger and its name.

    Args:
        name: what is said of it: engine, and whose.
        tag: words of a sentence → Penn Treebank tags.
        better: what better data would give, in a line; empty when there is nothing to say.

    """

    name: str
    tag: Tagging
    better: str = ""


def open_(engine: str, there: bool = True) -> Tagger:
    """Return a tagger that needs no file of the user's.

    Args:
        engine: ``auto`` (NLTK's when its data is present, else rules), ``nltk`` or ``rules``.
        there: whether NLTK's data may be present; without it NLTK, whose import takes seconds, is left alone.

    Raises:
        MissingError: NLTK's was asked for and its data is absent.

    """
    if engine != "rules":
        found = _nltk() if there else None
        if found is not None:
            version, trained = found
            return Tagger(f"nltk (averaged perceptron of NLTK {version})", trained)
        if engine == "nltk":
            raise MissingError(
                f"NLTK's tagger needs its data {NLTK_DATA!r}, which is not on this machine",
                f"{FETCH} gets it; --engine rules needs none",
            )
    from dlcli.methods import tagger_rules

    better = f"NLTK's trained tagger is used once its data is there: {FETCH} gets it"
    return Tagger("rules (dlcli's own, untrained)", tagger_rules.tag, better if engine == "auto" else "")


def _nltk() -> tuple[str, Tagging] | None:
    import nltk
    from nltk.tag.perceptron import PerceptronTagger

    try:
        held = PerceptronTagger(lang="eng")
    except LookupError:
        return None
    except Exception as error:  # there, but broken, which data can be in every way
        raise MissingError(
            f"NLTK's data {NLTK_DATA!r} cannot be read: {error!r}",
            f"{FETCH} gets it anew; --engine rules needs none",
        ) from error
    return nltk.__version__, lambda words: [tag for _, tag in held.tag(list(words))]


def sentences_of(tokens: Iterable[str]) -> Iterator[list[str]]:
    """Yield the sentences of a line that is tokens already: each ends after ``.``, ``!`` or ``?`` and what closes."""
    held: list[str] = []
    ended = False
    for token in tokens:
        if ended and token not in CLOSERS:
            yield held
            held, ended = [], False
        held.append(token)
        ended = ended or token in (".", "!", "?")
    if held:
        yield held
