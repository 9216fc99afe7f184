"""The draws of word2vec on the text: blocks of sentences, thinned of frequent words, each word with its window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

BLOCK = 100_000  # words held at a time


class Block(NamedTuple):
    """Some sentences of a text, thinned.

    Args:
        tokens: words that were kept, in the order of the text.
        left: neighbors of each before it, in its sentence.
        right: neighbors after it.
        words: of the text, before it was thinned.
    Shapes:
        tokens int64, left and right int32 (n,)

    """

    tokens: np.ndarray
    left: np.ndarray
    right: np.ndarray
    words: int


def keep_chances(counts: np.ndarray, sample: float) -> np.ndarray:
    """Return the chance of each word to be kept: min(1, √(t/f) + t/f).

    The paper drops 1 − √(t/f) of a word's places; word2vec's code, and with it all published vectors, drops fewer.

    Source: T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean, "Distributed Representations of Words and Phrases
        and their Compositionality", 2013, section 2.3.

    Args:
        counts: how often each word occurs.
        sample: t, the share f of the text from about which on a word is thinned; 0: none is.
    Shapes:
        (V,) -> (V,) float32

    """
    if sample <= 0:
        return np.ones(len(counts), np.float32)
    ratio = sample * counts.sum() / np.maximum(counts, 1)
    return np.minimum(1.0, np.sqrt(ratio) + ratio).astype(np.float32)


def noise(counts: np.ndarray, exponent: float) -> np.ndarray:
    """Return the running shares of count^exponent, by which negatives are drawn; words that do not occur have none.

    Source: as for ``keep_chances``, section 2.2.

    Args:
        counts: how often each word occurs.
        exponent: 0.75 in word2vec; 0: all words alike; negative: rare words first.
    Shapes:
        (V,) -> (V,) float64, rising to 1

    """
    logs = np.where(counts > 0, exponent * np.log(np.maximum(counts, 1)), -np.inf)
    rising = np.cumsum(np.exp(logs - logs.max()))  # a power of its own could pass the largest float
    return rising / rising[-1]


def joined(sentences: Iterable[np.ndarray], size: int = BLOCK) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield sentences put together to at most ``size`` words, and their lengths; a longer sentence is cut."""
    held: list[np.ndarray] = []
    room = size
    for sentence in sentences:
        for start in range(0, len(sentence), size):
            part = sentence[start : start + size]
            if len(part) > room:
                yield np.concatenate(held), np.array([len(p) for p in held])
                held, room = [], size
            held.append(part)
            room -= len(part)
    if held:
        yield np.concatenate(held), np.array([len(p) for p in held])


def drawn(
    words: np.ndarray,
    lengths: np.ndarray,
    keep: np.ndarray,
    window: int,
    rng: np.random.Generator,
    *,
    dynamic: bool = True,
) -> Block:
    """Return sentences with frequent words left out, and the window of each word that stays.

    Words are left out first, so that those around them come nearer, as in word2vec.

    Args:
        words: of all sentences, one after the other.
        lengths: words of each sentence.
        keep: chance of each word of the vocabulary to be kept.
        window: most neighbors to a side.
        rng: what is drawn from.
        dynamic: the window of each word is drawn evenly from 1 … ``window``, so that near words count more.

    """
    kept = rng.random(len(words), np.float32) < keep[words]
    sentence = np.repeat(np.arange(len(lengths)), lengths)[kept]
    tokens = words[kept].astype(np.int64)
    sizes = np.bincount(sentence, minlength=len(lengths))
    ends = np.cumsum(sizes)
    place = np.arange(len(tokens))
    reach = rng.integers(1, window + 1, len(tokens)) if dynamic else window
    left = np.minimum(reach, place - (ends - sizes)[sentence]).astype(np.int32)
    right = np.minimum(reach, ends[sentence] - 1 - place).astype(np.int32)
    return Block(tokens, left, right, len(words))
