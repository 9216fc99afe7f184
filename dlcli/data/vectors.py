"""Word vectors in files: the formats of word2vec, GloVe, fastText and NumPy, told apart by looking; and bundles."""

from __future__ import annotations

import numpy as np

from dlcli.core import files
from dlcli.core.errors import ModelError
from dlcli.data import text
from dlcli.ops.word_vectors import WordVectors

FORMATS = ("word2vec", "word2vec-binary", "glove", "npz", "safetensors")  # fastText's .vec is word2vec text


def read(argument: str, *, most: int | None = None) -> WordVectors:
    """Return the vectors of a file, or of a run or bundle of ``embed fit``."""
    with text.opened(argument) as file:
        count, dim = map(int, next(file).split())
        words, rows = [], []
        for line in file:
            if len(words) == most:
                break
            cells = line.split(b" ")
            words.append(cells[0].decode(errors="surrogateescape"))
            rows.append(np.array(cells[1 : dim + 1], dtype=np.float32))
    if len(words) != count and most is None:
        raise ModelError(f"{argument}: the first line promises {count} words, there are {len(words)}")
    return WordVectors(words, np.array(rows, np.float32).reshape(len(words), dim))


def write(path: str, vectors: WordVectors, form: str | None = None) -> None:
    """Write vectors atomically; the format by ``form`` or the name's ending, packed when it ends in .gz."""
    with files.replacing(path) as file:
        file.write(f"{len(vectors)} {vectors.dim}\n".encode())
        for word, row in zip(vectors.words, vectors.vectors, strict=True):
            file.write(word.encode(errors="surrogateescape") + b" " + " ".join(map(str, row)).encode() + b"\n")
