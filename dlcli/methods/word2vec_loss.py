"""The loss of word2vec on a few pairs of the text: what gensim's own sum of several threads does not tell."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

PAIRS = 2_000


class Probe:
    """Pairs of a text with the negatives drawn once, so that losses of the same training can be compared.

    Mean over the pairs of -ln σ(v·u) - Σ ln σ(-v·u_n) (Mikolov et al. 2013): untrained, (1 + negatives)·ln 2. The
    pairs are drawn as training draws them: sub-sampled, the window of each word drawn too.

    Args:
        sentences: word ids of some sentences of the text; read until there are pairs enough.
        counts: how often each word occurs.
        skipgram: a word foretells one neighbor; else all its neighbors foretell the word.
        window: words to each side; that of each word is drawn from 1 to it.
        negatives: words drawn for each pair.
        ns_exponent: they are drawn by count to this power.
        sample: share of the text above which a word is left out at random; 0: none is.
        mean: CBOW takes the mean of the neighbors, else their sum.
        seed: of all draws.
    Shapes:
        counts (n,)

    """

    def __init__(
        self, sentences: Iterable[np.ndarray], counts: np.ndarray, *, skipgram: bool, window: int, negatives: int,
        ns_exponent: float, sample: float, mean: bool = True, seed: int = 0,
    ):  # fmt: skip
        rng = np.random.default_rng(seed)
        targets, contexts = _pairs(sentences, _chances(counts, sample), window, skipgram, rng)
        chosen = rng.permutation(len(targets))[:PAIRS]
        self.targets, self.contexts, self.mean = targets[chosen], contexts[chosen], mean
        weights = np.asarray(counts, np.float64) ** ns_exponent
        self.drawn = rng.choice(len(counts), (len(chosen), negatives), p=weights / weights.sum())

    def __len__(self) -> int:
        return len(self.targets)

    def loss(self, inputs: np.ndarray, outputs: np.ndarray) -> float:
        """Return the mean loss of a pair; nan when there are none.

        Args:
            inputs: vectors of the words that foretell.
            outputs: vectors of the words foretold.
        Shapes:
            both (n, dim)

        """
        if not len(self):
            return float("nan")
        given = self.contexts >= 0
        v = np.einsum("pcd,pc->pd", inputs[np.maximum(self.contexts, 0)], given.astype(np.float32))
        if self.mean:
            v /= given.sum(axis=1, keepdims=True)
        right = np.einsum("pd,pd->p", v, outputs[self.targets])
        wrong = np.einsum("pd,pnd->pn", v, outputs[self.drawn])
        counted = self.drawn != self.targets[:, None]  # a word is not drawn against itself
        each = np.logaddexp(0, -right.astype(np.float64)) + (np.logaddexp(0, wrong.astype(np.float64)) * counted).sum(1)
        return float(each.mean())


def _chances(counts: np.ndarray, sample: float) -> np.ndarray:
    """Return the chance of each word to be kept: √(t/f) + t/f of its frequency f, as in word2vec's code."""
    share = np.asarray(counts, np.float64) / np.sum(counts)
    return np.minimum(1.0, np.sqrt(sample / share) + sample / share) if sample else np.ones(len(share))


def _pairs(
    sentences: Iterable[np.ndarray], chances: np.ndarray, window: int, skipgram: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return targets (p,) and contexts (p, 1) or (p, 2·window), filled up with -1."""
    targets: list[int] = []
    contexts: list[list[int]] = []
    for sentence in sentences:
        left = sentence[rng.random(len(sentence)) < chances[sentence]].tolist()
        for at, word in enumerate(left):
            reach = int(rng.integers(1, window + 1))
            around = left[max(0, at - reach) : at] + left[at + 1 : at + 1 + reach]
            if skipgram:
                targets += [word] * len(around)
                contexts += [[other] for other in around]
            elif around:
                targets.append(word)
                contexts.append(around + [-1] * (2 * window - len(around)))
        if len(targets) >= 20 * PAIRS:
            break
    width = 1 if skipgram else 2 * window
    return np.array(targets, np.int64), np.array(contexts, np.int64).reshape(len(targets), width)
