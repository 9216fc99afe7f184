"""The two tables of word2vec on a device, and how a block of text moves them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from dlcli.methods import word2vec_steps as steps
from dlcli.methods.word2vec_blocks import Block, noise

CELLS = 1 << 20  # places and candidates laid out at a time
ROWS_BYTES = {"cpu": 2 << 20, "cuda": 256 << 20}  # rows of a batch: on the CPU they stay in its cache
LOGITS_BYTES = 32 << 20
FEWEST = 16
LOOKED = 8  # the loss of each eighth batch is computed


@dataclass(frozen=True)
class Settings:
    """What is learnt, and how.

    Args:
        kind: skipgram or cbow.
        loss: negative or softmax.
        dim: numbers of a vector.
        window: most neighbors to a side.
        negatives: words drawn for a center.
        ns_exponent: they are drawn by count to this power.
        mean: CBOW takes the mean of the neighbors, else their sum.
        batch: pairs of a step, or None for what suits the vocabulary and the device.

    """

    kind: Literal["skipgram", "cbow"] = "skipgram"
    loss: Literal["negative", "softmax"] = "negative"
    dim: int = 100
    window: int = 5
    negatives: int = 5
    ns_exponent: float = 0.75
    mean: bool = True
    batch: int | None = None

    def centers(self, size: int, device: str = "cpu", width: int | None = None) -> int:
        """Return how many centers a step has.

        Rows that stand in a batch several times are moved by the sum of their gradients at the same old place, which
        overshoots where a batch is large against the vocabulary: with 2,048 centers and 9,000 words skip-gram runs off,
        with a sixteenth of the vocabulary the vectors are as good as those of single pairs.

        Args:
            size: words of the vocabulary.
            device: its kind.
            width: neighbors to a side there are, if fewer than the window.

        """
        if self.batch is not None:
            pairs = self.window + 1 if self.kind == "skipgram" else 1  # of a center, on average
            return max(1, round(self.batch / pairs))
        width = self.window if width is None else width
        rows = (2 * width + 1 + self.negatives) * self.dim * 4
        most = ROWS_BYTES.get(device, ROWS_BYTES["cuda"]) // rows
        if self.loss == "softmax":
            most = min(most, LOGITS_BYTES // (4 * size))
        return max(1, min(most, max(FEWEST, size // 16)))

    def untrained(self, size: int) -> float:
        """Return the loss of a pair before training: all scores are 0."""
        return math.log(size) if self.loss == "softmax" else (1 + self.negatives) * math.log(2)

    def bytes_needed(self, size: int, device: str = "cpu") -> int:
        """Return the memory of the tables, and for softmax that of a step; the rest is small."""
        tables, centers = 2 * size * self.dim, self.centers(size, device)
        step = size * (self.dim + 3 * centers) if self.loss == "softmax" else 0
        return 4 * (tables + step)


class Tables:
    """Vectors of words as they foretell (``inputs``) and as they are foretold (``outputs``).

    Both start as gensim's: drawn evenly from ±1/dim, and zero. ``inputs`` has one row more, of zeros: empty places.

    Args:
        counts: how often each word occurs.
        settings: what is learnt.
        device: where.
        seed: of the first vectors.
    Shapes:
        counts (V,)

    """

    def __init__(self, counts: np.ndarray, settings: Settings, device: torch.device, seed: int):
        self.settings, self.device, self.size = settings, device, len(counts)
        self.inputs = torch.zeros(self.size + 1, settings.dim)
        rng = np.random.default_rng(seed)
        for start in range(0, self.size, 8192):  # no second copy of a large table
            rows = self.inputs[start : min(start + 8192, self.size)]
            rows.copy_(torch.from_numpy((rng.random(rows.shape, np.float32) * 2 - 1) / settings.dim))
        self.inputs = self.inputs.to(device)
        self.outputs = torch.zeros(self.size, settings.dim, device=device)
        # float64, in which a rare word of many has its share too; Apple's GPUs do not know it
        self.draws_on = torch.device("cpu") if device.type == "mps" else device
        self.rising = torch.from_numpy(noise(counts, settings.ns_exponent)).to(self.draws_on)
        self.generator = torch.Generator(self.draws_on)
        kept = torch.float32 if device.type == "mps" else torch.float64
        self.sum, self.pairs = torch.zeros(2, dtype=kept, device=device).unbind()

    def vectors(self) -> np.ndarray:
        """Return the vectors that are kept, (V, dim) float32."""
        return self.inputs[: self.size].cpu().numpy()

    def looked(self) -> tuple[float, float]:
        """Return the loss and the pairs it is the sum of since the last call; waits for the device."""
        found = self.sum.item(), self.pairs.item()
        self.sum.zero_()
        self.pairs.zero_()
        return found

    def learn(self, block: Block, rng: np.random.Generator, rate: Callable[[float], float]) -> int:
        """Take the steps of a block, its centers in an order that is drawn.

        In the order of the text the gradients of a batch would add up, since neighbors share their neighbors, and the
        last pages would weigh most in the end.

        Args:
            block: some text.
            rng: what order and negatives are drawn from.
            rate: told before each step how far the block is, from 0 to 1; returns the learning rate.

        Returns:
            the pairs of the block.

        """
        near = block.left + block.right
        order = rng.permutation(np.flatnonzero(near))
        self.generator.manual_seed(int(rng.integers(2**62)))
        if not len(order):
            return 0
        width = int(max(block.left.max(), block.right.max()))
        tokens, left, right, places = (self._sent(a) for a in (block.tokens, block.left, block.right, order))
        step = self.settings.centers(self.size, self.device.type, width)
        portion = max(1, CELLS // (2 * width + 1 + self.settings.negatives) // step) * step
        for first in range(0, len(order), portion):
            part = places[first : first + portion]
            context, inside = contexts(tokens, left[part], right[part], part, width, self.size)
            laid = self._laid(tokens[part], context, inside)
            for start in range(0, len(part), step):
                lr = rate((first + start) / len(order))
                self._step(laid.rows(start, start + step), lr, (first + start) // step % LOOKED == 0)
        return int(near.sum())

    def _sent(self, array: np.ndarray) -> Tensor:
        tensor = torch.from_numpy(array)
        if self.device.type != "cuda":
            return tensor.to(self.device)
        return tensor.pin_memory().to(self.device, non_blocking=True)

    def _laid(self, centers: Tensor, context: Tensor, inside: Tensor) -> Laid:
        share = back = candidates = counted = None
        if self.settings.kind == "cbow":
            one = inside / inside.sum(1, keepdim=True)
            # word2vec and gensim give each neighbor the whole error where it is a mean, and its part where it is a sum
            share, back = (one, inside) if self.settings.mean else (inside, one)
        if self.settings.loss == "negative":
            candidates = self.candidates(centers)
            counted = (candidates != centers[:, None]).to(inside.dtype)
            counted[:, 0] = 1
        return Laid(centers, context, inside, share, back, candidates, counted)

    def candidates(self, centers: Tensor) -> Tensor:
        """Return each center and the words drawn against it.

        Shapes:
            (n,) -> (n, 1 + negatives)
        """
        size = (len(centers), self.settings.negatives)
        even = torch.rand(size, dtype=torch.float64, generator=self.generator, device=self.draws_on)
        words = torch.searchsorted(self.rising, even, right=True).to(self.device)
        return torch.cat([centers[:, None], words], 1)

    def _step(self, at: Laid, lr: float, look: bool) -> None:
        """Move the rows of a batch; ``index_add_`` is twice as fast without a factor, so the gradients bring it."""
        how = {"rate": -lr, "loss": look}
        if self.settings.loss == "negative":
            given, foretold = at.context.flatten(), at.candidates.flatten()
            near = self.inputs.index_select(0, given).view(*at.context.shape, -1)
            rows = self.outputs.index_select(0, foretold).view(*at.candidates.shape, -1)
            if self.settings.kind == "skipgram":
                step = steps.skipgram_negative(near, rows, at.inside, at.counted, **how)
            else:
                step = steps.cbow_negative(near, rows, at.share, at.back, at.counted, **how)
            self.outputs.index_add_(0, foretold, step.foretold.flatten(0, 1))
        else:
            if self.settings.kind == "skipgram":
                given, targets = at.centers, at.context.clamp(max=self.size - 1)
                step = steps.skipgram_softmax(self.inputs[given], self.outputs, targets, at.inside, **how)
            else:
                given = at.context.flatten()
                near = self.inputs.index_select(0, given).view(*at.context.shape, -1)
                step = steps.cbow_softmax(near, self.outputs, at.share, at.back, at.centers, **how)
            self.outputs += step.foretold
        self.inputs.index_add_(0, given, step.given.view(len(given), -1))
        if step.loss is not None:
            self.sum += step.loss
            self.pairs += at.inside.sum() if self.settings.kind == "skipgram" else len(at.centers)


class Laid(NamedTuple):
    """Centers laid out for steps.

    Args:
        centers: words.
        context: their neighbors; V where a place is empty.
        inside: 1 where a place holds a neighbor.
        share: of each place in the mean or sum of CBOW, or None.
        back: of its error that goes to each place, or None.
        candidates: each center and the words drawn against it, or None.
        counted: 0 for a drawn word that is the center, or None.

    """

    centers: Tensor
    context: Tensor
    inside: Tensor
    share: Tensor | None
    back: Tensor | None
    candidates: Tensor | None
    counted: Tensor | None

    def rows(self, start: int, stop: int) -> Laid:
        """Return some of the centers, as views."""
        return Laid(*(None if t is None else t[start:stop] for t in self))


def contexts(
    tokens: Tensor, left: Tensor, right: Tensor, places: Tensor, width: int, empty: int
) -> tuple[Tensor, Tensor]:
    """Return the neighbors of words, from the left to the right, and where there are any.

    Args:
        tokens: words of the text.
        left: neighbors before each center.
        right: neighbors after it.
        places: where the centers stand.
        width: most neighbors to a side.
        empty: stands where a place is empty.
    Shapes:
        tokens (n,); left, right, places (m,) -> (m, 2·width) int64, (m, 2·width) float32

    """
    offset = torch.arange(-width, width + 1, device=tokens.device)
    offset = offset[offset != 0]
    inside = (offset >= -left[:, None]) & (offset <= right[:, None])
    at = (places[:, None] + offset).clamp_(0, len(tokens) - 1)
    return torch.where(inside, tokens[at], empty), inside.float()
