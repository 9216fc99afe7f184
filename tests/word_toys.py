"""Small tables of word vectors, and gensim's own for comparing."""

import functools
import io
import os
import random

import gensim
import numpy as np
from gensim.models import KeyedVectors, Word2Vec

from dlcli.ops.word_vectors import WordVectors

INSTALLED = os.path.join(os.path.dirname(gensim.__file__), "test", "test_data")

WORDS = ["man", "king", "woman", "queen", "girl", "frog"]
SMALL = WordVectors(
    WORDS,
    np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 1, 1, 0], [0.1, 0, 1, 0], [0, 0, 0.1, 2]], np.float32),
)


class Multiplying(KeyedVectors):
    """gensim's table whose evaluation asks by 3CosMul: its own argument for that has no effect."""

    def most_similar(self, positive=None, negative=None, topn=10, restrict_vocab=None, **_):
        return self.most_similar_cosmul(positive, negative, topn, restrict_vocab)


def stdin_of(content):
    """Return a stand-in for stdin that holds text or bytes."""
    return io.TextIOWrapper(io.BytesIO(content if isinstance(content, bytes) else content.encode()))


def keyed(vectors, kind=KeyedVectors):
    held = kind(vectors.dim)
    held.add_vectors(list(vectors.words), np.array(vectors.vectors))
    return held


def plain(kv):
    return WordVectors(list(kv.index_to_key), np.array(kv.vectors))


@functools.cache
def lee():
    """Return vectors learnt from gensim's Lee corpus, words in both cases."""
    model = Word2Vec(
        corpus_file=os.path.join(INSTALLED, "lee_background.cor"), vector_size=20, workers=1, min_count=2, epochs=3,
        seed=1,
    )  # fmt: skip
    return plain(model.wv)


@functools.cache
def shipped(name):
    return plain(KeyedVectors.load_word2vec_format(os.path.join(INSTALLED, name), encoding="latin1"))


def made(size=400, dim=16, seed=0):
    """Return vectors of words of which many differ in case alone."""
    rng = np.random.default_rng(seed)
    draw = random.Random(seed)
    stems = [f"w{n}" for n in range(size // 4)] + ["ab", "cd"]
    words = [cased for s in stems for cased in (s, s.upper(), s.title())]
    words += ["Ab", "aB", "AB", "cD"]
    words = list(dict.fromkeys(words))
    draw.shuffle(words)
    centers = {w.lower(): rng.normal(size=dim) for w in words}
    rows = [centers[w.lower()] + 0.4 * rng.normal(size=dim) for w in words]
    return WordVectors(words, np.array(rows, np.float32) * rng.uniform(0.5, 3, (len(words), 1)).astype(np.float32))


def made_questions(vectors, count=600, seed=0):
    """Return the text of a file of questions, the answers often those that 3CosAdd gives, unknown words among them."""
    draw = random.Random(seed)
    words = [*vectors.words, "nosuch"]
    held = np.asarray(vectors.vectors) / np.linalg.norm(vectors.vectors, axis=1, keepdims=True)
    index = {w: n for n, w in enumerate(vectors.words)}
    lines = []
    for number in range(count):
        if number % 150 == 0:
            lines.append(f": section {number}")
        a, b, c = draw.choices(words, k=3)
        if number % 11 == 0:
            c = a
        d = draw.choice(words)
        if number % 3 and all(w in index for w in (a, b, c)):
            scores = held @ (held[index[b]] - held[index[a]] + held[index[c]])
            d = vectors.words[int(np.argsort(-scores)[draw.randint(0, 4)])]
        lines.append(" ".join(w if draw.random() < 0.7 else w.swapcase() for w in (a, b, c, d)))
    return "\n".join([*lines, "no question", ": empty", ""])
