"""word2vec by gensim: what gensim alone would have learnt, and what is told meanwhile."""

import threading

import numpy as np
import pytest
from gensim.models import Word2Vec

from dlcli.core.errors import RunFailed
from dlcli.methods import word2vec_gensim

SETTINGS = {"dim": 12, "window": 3, "negatives": 4, "ns_exponent": 0.6, "sample": 1e-2, "lr": 0.05, "lr_end": 1e-3}


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """Return a file of words, how often each occurs (no two as often), the words and the sentences."""
    path = tmp_path_factory.mktemp("text") / "t.txt"
    rng = np.random.default_rng(1)
    counts = {f"w{n:02}": 40 + 3 * n for n in range(40)}
    words = rng.permutation([w for w, c in counts.items() for _ in range(c)]).tolist()
    lines = [" ".join(words[at : at + 11]) for at in range(0, len(words), 11)]
    path.write_text("\n".join(lines) + "\n")
    return str(path), dict(sorted(counts.items(), key=lambda row: -row[1])), len(words), len(lines)


@pytest.mark.parametrize("skipgram", [True, False])
@pytest.mark.parametrize("mean", [True, False])
def test_vectors_are_those_of_gensim_itself(text, skipgram, mean):
    path, counts, words, sentences = text
    ours = word2vec_gensim.fit(
        path, counts, words, sentences, skipgram=skipgram, mean=mean, epochs=2, seed=5, **SETTINGS
    )
    theirs = Word2Vec(
        corpus_file=path, vector_size=12, window=3, sg=int(skipgram), negative=4, ns_exponent=0.6, sample=1e-2,
        alpha=0.05, min_alpha=1e-3, min_count=1, cbow_mean=int(mean), seed=5, workers=1, epochs=2,
    )  # fmt: skip
    assert list(counts) == theirs.wv.index_to_key
    np.testing.assert_array_equal(ours, theirs.wv.vectors)


def test_progress_tells_epochs_and_where_the_threads_stand(text, monkeypatch):
    path, counts, words, sentences = text
    monkeypatch.setattr(word2vec_gensim, "POLL_S", 0.002)
    told, before = [], threading.excepthook
    word2vec_gensim.fit(
        path, counts, words, sentences, skipgram=True, epochs=15, threads=2, on_progress=told.append, **SETTINGS
    )
    ends = [p for p in told if p.ended]
    assert [p.epoch for p in ends] == list(range(1, 16))
    assert all(p.words == words for p in ends)
    assert ends[-1].lr == pytest.approx(1e-3)
    assert all(0 <= p.words <= words for p in told)
    assert all(p.seconds >= 0 for p in told)
    assert [t.shape for t in told[-1].tables] == [(40, 12)] * 2
    assert threading.excepthook is before


def test_a_thread_that_fails_is_told_and_not_waited_for(text, monkeypatch):
    path, counts, words, sentences = text

    def broken(self, *_, **__):
        raise ValueError("no such thing")

    monkeypatch.setattr(Word2Vec, "_do_train_epoch", broken)
    with pytest.raises(RunFailed, match="gensim failed: ValueError: no such thing"):
        word2vec_gensim.fit(path, counts, words, sentences, skipgram=True, epochs=1, **SETTINGS)


def test_the_greatest_rate_that_is_allowed_stays_finite(text):
    path, counts, words, sentences = text
    for skipgram in (True, False):
        vectors = word2vec_gensim.fit(
            path, counts, words, sentences, skipgram=skipgram, mean=False, epochs=3,
            **(SETTINGS | {"lr": 100.0, "lr_end": 100.0}),
        )  # fmt: skip
        assert np.isfinite(vectors).all()
