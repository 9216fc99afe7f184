"""How the similarity of words goes with what people said of them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlcli.methods.word_evaluation import Vocabulary
from dlcli.methods.word_queries import unit
from dlcli.ops.word_vectors import WordVectors


@dataclass(frozen=True)
class Correlation:
    """How the cosines of pairs go with what people said.

    Args:
        pearson: correlation of the values, with ``pearson_p`` of no correlation, two-sided.
        spearman: correlation of the ranks, with ``spearman_p``.
        pairs: in the set.
        unknown: pairs with a word that the table lacks.

    """

    pearson: float
    pearson_p: float
    spearman: float
    spearman_p: float
    pairs: int
    unknown: int

    @property
    def oov(self) -> float:
        """Share of pairs with an unknown word."""
        return self.unknown / self.pairs if self.pairs else float("nan")


def pairs(
    vectors: WordVectors,
    judged: Sequence[tuple[str, str, float]],
    *,
    restrict: int | None = 300_000,
    case_sensitive: bool = False,
    unknown: str = "skip",
) -> Correlation:
    """Correlate the cosines of word pairs with people's judgments; equal to gensim's ``evaluate_word_pairs``.

    Source: WordSim-353: Finkelstein et al. 2002. SimLex-999: Hill, Reichart, Korhonen 2015.

    Args:
        vectors: the table.
        judged: two words and what people said.
        restrict: see ``Vocabulary``.
        case_sensitive: see ``Vocabulary``.
        unknown: ``skip`` pairs with unknown words, or take their cosine as 0 (``wrong``).

    Returns:
        NaN for the correlations of fewer than two pairs or of equal values.

    """
    held = Vocabulary(vectors, restrict, case_sensitive)
    rows = np.array([(held.row(a), held.row(b)) for a, b, _ in judged], np.int64).reshape(-1, 2)
    gold = np.array([value for *_, value in judged], np.float64)
    known = (rows >= 0).all(1)
    first, second = (unit(vectors, rows[known, side]) for side in (0, 1))
    cosine = np.zeros(len(rows))
    cosine[known] = np.einsum("nd,nd->n", first, second, dtype=np.float64)
    if unknown == "skip":
        gold, cosine = gold[known], cosine[known]
    return Correlation(*_correlations(gold, cosine), pairs=len(rows), unknown=int((~known).sum()))


def _correlations(gold: np.ndarray, cosine: np.ndarray) -> tuple[float, float, float, float]:
    from scipy import stats

    if len(gold) < 2 or np.ptp(gold) == 0 or np.ptp(cosine) == 0:
        return (float("nan"),) * 4
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nearly equal values: the figure is what it is, gensim's too
        pearson, spearman = stats.pearsonr(gold, cosine), stats.spearmanr(gold, cosine)
    return float(pearson[0]), float(pearson[1]), float(spearman[0]), float(spearman[1])
