"""The arithmetic of word2vec: losses of a batch of words and their gradients, written by hand.

A batch is N words of the text, the centers, each with its neighbors. Losses are sums over the batch, so gradients are
sums too, as word2vec takes a step a pair. ``rate`` multiplies the gradients: with minus the learning rate they are the
steps themselves, which saves a pass over them.

Shapes:
    N centers, W places around each, K candidates (the center itself first, then words drawn against it), V words of
    the vocabulary, D numbers of a vector.

"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Step(NamedTuple):
    """The summed loss, or None where it was not asked for, and the gradients in both arguments, times ``rate``."""

    loss: Tensor | None
    given: Tensor
    foretold: Tensor


def skipgram_negative(
    near: Tensor, candidates: Tensor, inside: Tensor, counted: Tensor, *, rate: float = 1.0, loss: bool = True
) -> Step:
    """Return −ln σ(u·v) of the rows v of each neighbor and u of its center, and −Σ ln σ(−u′·v) over the drawn words u′.

    As word2vec's code has it, the neighbor's is the vector that is kept and foretells the center. The words drawn for a
    center serve all its pairs, which makes the products small matrices instead of vectors.

    Source: T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean, "Distributed Representations of Words and Phrases
        and their Compositionality", 2013, equation 4; shared draws: S. Ji, N. Satish, S. Li, P. Dubey, "Parallelizing
        Word2Vec in Shared and Distributed Memory", 2016.

    Args:
        near: rows of the neighbors.
        candidates: rows of the candidates, of the other table.
        inside: 1 where a place holds a neighbor, 0 where it is empty.
        counted: 1 for the center and the drawn words, 0 for a drawn word that is the center itself: it is skipped.
        rate: what the gradients are multiplied by.
        loss: whether the loss is asked for.
    Shapes:
        near (N, W, D); candidates (N, K, D); inside (N, W); counted (N, K)

    """
    score = torch.bmm(candidates, near.transpose(1, 2))
    error, total = _error(score, counted[:, :, None] * inside[:, None], rate, loss)
    return Step(total, torch.bmm(error.transpose(1, 2), candidates), torch.bmm(error, near))


def cbow_negative(
    near: Tensor, candidates: Tensor, share: Tensor, back: Tensor, counted: Tensor,
    *, rate: float = 1.0, loss: bool = True,
) -> Step:  # fmt: skip
    """Return −ln σ(u·h) of each center's row u and h, its neighbors' rows times ``share``, and −Σ ln σ(−u′·h) as above.

    Args:
        near: rows of the neighbors.
        candidates: rows of the candidates, of the other table.
        share: weight of each place in h: 1 for the sum, 1/neighbors for the mean, 0 where it is empty.
        back: how much of the gradient in h each place receives; ``share`` gives the gradient of the loss.
        counted: as above.
        rate: what the gradients are multiplied by.
        loss: whether the loss is asked for.
    Shapes:
        near (N, W, D); candidates (N, K, D); share, back (N, W); counted (N, K)

    """
    hidden = torch.bmm(share[:, None], near)
    score = torch.bmm(candidates, hidden.transpose(1, 2))
    error, total = _error(score, counted[:, :, None], rate, loss)
    return Step(total, back[:, :, None] * torch.bmm(error.transpose(1, 2), candidates), error * hidden)


def _error(score: Tensor, weight: Tensor, rate: float, loss: bool) -> tuple[Tensor, Tensor | None]:
    """Return the derivative of the loss in each score, times the rate, and the loss; the first candidate is right."""
    total = None
    if loss:
        wrong = score.clone()
        wrong[:, 0].neg_()
        total = (torch.nn.functional.softplus(wrong) * weight).sum()
    error = score.sigmoid_()
    error[:, 0] -= 1
    return error.mul_(weight).mul_(rate), total


def skipgram_softmax(
    centers: Tensor, table: Tensor, targets: Tensor, inside: Tensor, *, rate: float = 1.0, loss: bool = True
) -> Step:
    """Return −ln softmax(U·v)[neighbor] summed over the neighbors of each center with row v, as skip-gram is taught.

    One softmax a center serves all its pairs.

    Source: T. Mikolov, K. Chen, G. Corrado, J. Dean, "Efficient Estimation of Word Representations in Vector Space",
        2013.

    Args:
        centers: rows of the centers.
        table: the other table U as a whole.
        targets: words of the neighbors; any word where a place is empty.
        inside: 1 where a place holds a neighbor, 0 where it is empty.
        rate: what the gradients are multiplied by.
        loss: whether the loss is asked for.
    Shapes:
        centers (N, D); table (V, D); targets (N, W) int64; inside (N, W)

    """
    log_p = torch.log_softmax(centers @ table.T, 1)
    total = -(log_p.gather(1, targets) * inside).sum() if loss else None
    error = log_p.exp_().mul_(inside.sum(1, keepdim=True)).scatter_add_(1, targets, -inside).mul_(rate)
    return Step(total, error @ table, error.T @ centers)


def cbow_softmax(
    near: Tensor, table: Tensor, share: Tensor, back: Tensor, targets: Tensor, *, rate: float = 1.0, loss: bool = True
) -> Step:
    """Return −ln softmax(U·h)[center] summed over the centers, h being their neighbors' rows times ``share``.

    Args:
        near: rows of the neighbors.
        table: the other table U as a whole.
        share: weight of each place in h, as for ``cbow_negative``.
        back: how much of the gradient in h each place receives.
        targets: the centers.
        rate: what the gradients are multiplied by.
        loss: whether the loss is asked for.
    Shapes:
        near (N, W, D); table (V, D); share, back (N, W); targets (N,) int64

    """
    hidden = torch.bmm(share[:, None], near)[:, 0]
    inside = torch.ones_like(targets, dtype=near.dtype)[:, None]
    total, given, foretold = skipgram_softmax(hidden, table, targets[:, None], inside, rate=rate, loss=loss)
    return Step(total, back[:, :, None] * given[:, None], foretold)
