"""Our own averaged perceptron for parts of speech: learned from words with tags, kept as JSON.

A word's tag is the one with the greatest sum of weights of the features seen there: the word, its endings, its
neighbors and the tags just given. A mistake adds 1 to the weights of the right tag and takes 1 from those of the given
one; the weights kept are their means over all steps, which is what makes it hold on new text.
Source: Collins, "Discriminative training methods for hidden Markov models" (2002).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcli.core.errors import ModelError

KIND, VERSION = "dlcli-tagger", 1
Sentence = Sequence[tuple[str, str]]
# A word that has one tag in nearly all of many places gets it without being weighed.
SURE_COUNT, SURE_SHARE = 20, 0.97


@dataclass
class Perceptron:
    """A trained tagger.

    Args:
        tags: in the order in which a tie is decided.
        weights: feature → tag → weight.
        sure: words that always get one tag.
        facts: what is told of its training: words, sentences, epochs, seed.

    """

    tags: list[str]
    weights: dict[str, dict[str, float]]
    sure: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)

    def tag(self, words: Sequence[str]) -> list[str]:
        """Return a tag for each word of a sentence, left to right."""
        found: list[str] = []
        shapes = [_shape(w) for w in words]
        before, before2 = "^", "^^"
        for at, word in enumerate(words):
            tag = self.sure.get(word) or self.best(_features(words, shapes, at, before, before2))
            found.append(tag)
            before2, before = before, tag
        return found

    def best(self, features: Sequence[str]) -> str:
        """Return the tag with the greatest sum of weights; of equal ones the first in the alphabet."""
        scores = dict.fromkeys(self.tags, 0.0)
        for feature in features:
            for tag, weight in self.weights.get(feature, {}).items():
                scores[tag] += weight
        return max(self.tags, key=lambda tag: scores[tag])

    def plain(self) -> dict[str, Any]:
        """Return it as what its JSON file holds."""
        return {"kind": KIND, "version": VERSION, **vars(self)}


def _shape(word: str) -> str:
    """Return what numbers and capitals make of a word: figures and cases are told apart, letters are not."""
    if word.isdigit():
        return "year" if len(word) == 4 else "digits"
    if any(c.isdigit() for c in word):
        return "figure"
    if not any(c.isalpha() for c in word):
        return "mark"
    case = "lower" if word.islower() else "upper" if word.isupper() and len(word) > 1 else "title"
    return f"{case}-" if "-" in word else case


def _features(words: Sequence[str], shapes: Sequence[str], at: int, before: str, before2: str) -> list[str]:
    word = words[at].lower()
    last = words[at - 1].lower() if at else "^"
    last2 = words[at - 2].lower() if at > 1 else "^"
    following = words[at + 1].lower() if at + 1 < len(words) else "$"
    following2 = words[at + 2].lower() if at + 2 < len(words) else "$"
    return [
        "b", f"w {word}", f"s1 {word[-1:]}", f"s2 {word[-2:]}", f"s3 {word[-3:]}", f"p1 {word[:1]}",
        f"c {shapes[at]} {'first' if not at else ''}", f"t1 {before}", f"t2 {before2}", f"t12 {before2} {before}",
        f"t1w {before} {word}", f"w-1 {last}", f"s-1 {last[-3:]}", f"w-2 {last2}",
        f"w+1 {following}", f"s+1 {following[-3:]}", f"w+2 {following2}",
    ]  # fmt: skip


def train(
    sentences: Sequence[Sentence],
    *,
    epochs: int,
    seed: int,
    on_epoch: Callable[[int, float], object] = lambda *_: None,
) -> Perceptron:
    """Learn a tagger.

    Args:
        sentences: pairs (word, tag); at least one word.
        epochs: passes over them, in another order each.
        seed: of the orders; the same seed gives the same weights.
        on_epoch: told after each pass: its number, and the share of words tagged rightly while it ran.

    """
    tags = sorted({tag for sentence in sentences for _, tag in sentence})
    model = Perceptron(tags, {}, _sure(sentences))
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    model.weights = weights
    totals: dict[tuple[str, str], float] = defaultdict(float)
    since: dict[tuple[str, str], int] = {}
    step = 0

    def change(feature: str, tag: str, by: float) -> None:
        key, row = (feature, tag), weights[feature]
        held = row.get(tag, 0.0)
        totals[key] += (step - since.get(key, 0)) * held
        since[key] = step
        row[tag] = held + by

    for epoch in range(epochs):
        right = seen = 0
        for number in np.random.default_rng([seed, epoch]).permutation(len(sentences)):
            words = [word for word, _ in sentences[number]]
            shapes = [_shape(w) for w in words]
            before, before2 = "^", "^^"
            for at, (word, truth) in enumerate(sentences[number]):
                given = model.sure.get(word)
                if given is None:
                    features = _features(words, shapes, at, before, before2)
                    step += 1
                    given = model.best(features)
                    if given != truth:
                        for feature in features:
                            change(feature, truth, 1.0)
                            change(feature, given, -1.0)
                right += given == truth
                seen += 1
                before2, before = before, given
        on_epoch(epoch + 1, right / max(1, seen))
    model.weights = _means(weights, totals, since, max(1, step))
    words_seen = sum(map(len, sentences))
    model.facts = {"words": words_seen, "sentences": len(sentences), "epochs": epochs, "seed": seed}
    return model


def _sure(sentences: Sequence[Sentence]) -> dict[str, str]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for word, tag in sentence:
            counts[word][tag] += 1
    found = {}
    for word in sorted(counts):
        tag, most = max(counts[word].items(), key=lambda row: (row[1], row[0]))
        total = sum(counts[word].values())
        if total >= SURE_COUNT and most >= SURE_SHARE * total:
            found[word] = tag
    return found


def _means(
    weights: dict[str, dict[str, float]],
    totals: dict[tuple[str, str], float],
    since: dict[tuple[str, str], int],
    step: int,
) -> dict[str, dict[str, float]]:
    """Return each weight's mean over all steps; three decimals, zeros left out, in the order of the alphabet."""
    found: dict[str, dict[str, float]] = {}
    for feature in sorted(weights):
        row = {}
        for tag in sorted(weights[feature]):
            held = weights[feature][tag]
            mean = round((totals[feature, tag] + (step + 1 - since[feature, tag]) * held) / step, 3)
            if mean:
                row[tag] = mean
        if row:
            found[feature] = row
    return found


def opened(document: Any, name: str) -> Perceptron:
    """Return the tagger that a JSON document holds.

    Args:
        document: what the file holds.
        name: of the file, for messages.

    Raises:
        ModelError: it is something else, or broken.

    """
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise ModelError(f"{name} is no tagger of dlcli", "dlcli embed tag --train FILE -o model.json makes one")
    if document.get("version") != VERSION:
        raise ModelError(f"{name}: this dlcli reads version {VERSION} of taggers, not {document.get('version')!r}")
    wrong = next(_wrong(document), None)
    if wrong:
        raise ModelError(f"{name} is a broken tagger: {wrong}", "make it anew, or take a copy of it that is whole")
    keys = ("tags", "weights", "sure", "facts")
    return Perceptron(*(document[key] for key in keys))


def _wrong(document: dict[str, Any]) -> Iterator[str]:
    tags, weights, sure = (document.get(key) for key in ("tags", "weights", "sure"))
    if not isinstance(tags, list) or not tags or not all(isinstance(t, str) and t for t in tags):
        yield "tags must be a list of names"
        return
    known = set(tags)
    if not isinstance(sure, dict) or not all(isinstance(t, str) and t in known for t in sure.values()):
        yield "sure must give words a tag of its tags"
    if not isinstance(document.get("facts"), dict):
        yield "facts are missing"
    if not isinstance(weights, dict):
        yield "weights are missing"
        return
    for feature, row in weights.items():
        good = isinstance(row, dict) and all(
            tag in known and type(w) in (int, float) and -1e9 < w < 1e9 for tag, w in row.items()
        )
        if not good:
            yield f"the weights of {feature!r} must give numbers to tags of its tags"
            return
