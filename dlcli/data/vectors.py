"""Word vectors in files: the formats of word2vec, GloVe, fastText and NumPy, told apart by looking; and bundles."""

from __future__ import annotations

from dlcli.ops.word_vectors import WordVectors

FORMATS = ("word2vec", "word2vec-binary", "glove", "npz", "safetensors")  # fastText's .vec is word2vec text


def read(argument: str) -> WordVectors:
    """Return the vectors of a file, or of a run or bundle of ``embed fit``."""
    raise NotImplementedError


def write(path: str, vectors: WordVectors, form: str | None = None) -> None:
    """Write vectors atomically; the format by ``form`` or the name's ending, packed when it ends in .gz."""
    raise NotImplementedError
