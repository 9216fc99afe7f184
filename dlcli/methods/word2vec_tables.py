"""The two tables of word2vec on a device, and how a block of text moves them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from dlcli.methods import word2vec_steps as steps
from dlcli.methods.word2vec_blocks import Block, noise
from dlcli.methods.word2vec_settings import Settings

CELLS = 1 << 20  # places and candidates laid out at a time
STEPS = 16  # at least, of a thread in a block
LOOKED = 8  # the loss of each eighth batch is computed


class Tables:
    """Vectors of words as they foretell (``inputs``) and as they are foretold (``outputs``).

    Both start as gensim's: drawn evenly from ±1/dim, and zero. ``inputs`` has one row more, of zeros: empty places.

    Args:
        counts: how often each word occurs.
        settings: what is learnt.
        device: where.
        seed: of the first vectors.
        threads: that learn at the same time, on the CPU.
    Shapes:
        counts (V,)

    """

    def __init__(self, counts: np.ndarray, settings: Settings, device: torch.device, seed: int, threads: int = 1):
        self.settings, self.device, self.size = settings, device, len(counts)
        self.threads = threads if device.type == "cpu" else 1
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
        kept = torch.float32 if device.type == "mps" else torch.float64
        self.sum, self.pairs = torch.zeros(2, dtype=kept, device=device).unbind()
        self.adding = threading.Lock()

    def vectors(self) -> np.ndarray:
        """Return the vectors that are kept, (V, dim) float32."""
        return self.inputs[: self.size].cpu().numpy()

    def looked(self) -> tuple[float, float]:
        """Return the loss and the pairs it is the sum of since the last call; waits for the device."""
        with self.adding:
            found = self.sum.item(), self.pairs.item()
            self.sum.zero_()
            self.pairs.zero_()
        return found

    def learn(
        self, block: Block, rng: np.random.Generator, rate: Callable[[float], float],
        told: Callable[[float], None] = lambda _: None,
    ) -> int:  # fmt: skip
        """Take the steps of a block, its centers in an order that is drawn.

        In the order of the text the gradients of a batch would add up, since neighbors share their neighbors, and the
        last pages would weigh most in the end. Threads take a part of the centers each and move the same tables, as in
        word2vec: products this small are no quicker for several threads at one of them, which wait for each other.

        Args:
            block: some text.
            rng: what order and negatives are drawn from.
            rate: the learning rate when a share of the block is done, from 0 to 1.
            told: the share that is done, in the calling thread, before each of its steps.

        Returns:
            the pairs of the block.

        """
        near = block.left + block.right
        order = rng.permutation(np.flatnonzero(near))
        seeds = rng.integers(2**62, size=self.threads).tolist()
        if not len(order):
            return 0
        width = int(max(block.left.max(), block.right.max()))
        step = self.settings.centers(self.size, self.device.type, width)
        text = _Text(*(self._sent(a) for a in (block.tokens, block.left, block.right)), width, step)
        parts = np.array_split(order, min(self.threads, max(1, len(order) // (STEPS * step))))
        places = [self._sent(part) for part in parts]
        if len(parts) == 1:
            self._learn(text, places[0], seeds[0], rate, told)
        else:
            with ThreadPoolExecutor(len(parts) - 1) as pool:
                others = [
                    pool.submit(self._learn, text, p, s, rate) for p, s in zip(places[1:], seeds[1:], strict=False)
                ]
                self._learn(text, places[0], seeds[0], rate, told)
            for other in others:
                other.result()
        return int(near.sum())

    def _learn(
        self, text: _Text, places: Tensor, seed: int, rate: Callable[[float], float],
        told: Callable[[float], None] = lambda _: None,
    ) -> None:  # fmt: skip
        """Take the steps of some centers."""
        generator = torch.Generator(self.draws_on).manual_seed(seed)
        step = text.step
        portion = max(1, CELLS // (2 * text.width + 1 + self.settings.negatives) // step) * step
        for first in range(0, len(places), portion):
            part = places[first : first + portion]
            context, inside = contexts(text.tokens, text.left[part], text.right[part], part, text.width, self.size)
            laid = self._laid(text.tokens[part], context, inside, generator)
            for start in range(0, len(part), step):
                done = (first + start) / len(places)
                told(done)
                self._step(laid.rows(start, start + step), rate(done), (first + start) // step % LOOKED == 0)

    def _sent(self, array: np.ndarray) -> Tensor:
        tensor = torch.from_numpy(array)
        if self.device.type != "cuda":
            return tensor.to(self.device)
        return tensor.pin_memory().to(self.device, non_blocking=True)

    def _laid(self, centers: Tensor, context: Tensor, inside: Tensor, generator: torch.Generator) -> Laid:
        share = back = candidates = counted = None
        if self.settings.kind == "cbow":
            one = inside / inside.sum(1, keepdim=True)
            # word2vec and gensim give each neighbor the whole error where it is a mean, and its part where it is a sum
            share, back = (one, inside) if self.settings.mean else (inside, one)
        if self.settings.loss == "negative":
            candidates = self.candidates(centers, generator)
            counted = (candidates != centers[:, None]).to(inside.dtype)
            counted[:, 0] = 1
        return Laid(centers, context, inside, share, back, candidates, counted)

    def candidates(self, centers: Tensor, generator: torch.Generator) -> Tensor:
        """Return each center and the words drawn against it.

        Shapes:
            (n,) -> (n, 1 + negatives)
        """
        size = (len(centers), self.settings.negatives)
        even = torch.rand(size, dtype=torch.float64, generator=generator, device=self.draws_on)
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
            with self.adding:
                self.sum += step.loss
                self.pairs += at.inside.sum() if self.settings.kind == "skipgram" else len(at.centers)


class _Text(NamedTuple):
    """A block on the device, the most neighbors to a side, and the centers of a step."""

    tokens: Tensor
    left: Tensor
    right: Tensor
    width: int
    step: int


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
