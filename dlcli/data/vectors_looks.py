"""Which format a file of word vectors has, told by its first bytes; and what a file is that holds none."""

from __future__ import annotations

import re
from collections import Counter

from dlcli.core.errors import ModelError

FORMATS = ("word2vec", "word2vec-binary", "glove", "npz", "safetensors")  # fastText's .vec is word2vec text
FASTTEXT_MAGIC = (793712314).to_bytes(4, "little")
OTHERS = {
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"%PDF": "a PDF",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy array without words",
    b"PAR1": "a Parquet table",
    b"%%MatrixMarket": "a matrix without words",
    b"SQLite format 3": "a database",
    b"\x7fELF": "a program",
    b"\xff\xfe": "UTF-16 text, or no text at all",
    b"\xfe\xff": "UTF-16 text, or no text at all",
    b"(\xb5/\xfd": "packed with zstd",
    b"7z\xbc\xaf": "packed with 7z",
}
FORMS = "text of word2vec, GloVe or fastText, word2vec binary, .npz or .safetensors"
CONTROL = bytes(b for b in (*range(9), *range(14, 32), 11, 12, 127))
NUMBER = re.compile(rb"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?(nan|inf|infinity)", re.IGNORECASE)
WIDEST = 1_000_000  # numbers of a word that are believed
BOM = b"\xef\xbb\xbf"


def form_of(head: bytes, name: str) -> str:
    """Return the format of a file.

    Args:
        head: its first bytes, a megabyte if there is as much.
        name: what it is called in messages.

    Raises:
        ModelError: it is empty, or holds no word vectors; says what it is.

    """
    if not head.strip():
        raise ModelError(f"{name} is empty", f"give {FORMS}")
    if head.startswith(b"PK\x03\x04"):
        return "npz"
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 1 << 30:
        return "safetensors"
    if head.startswith(FASTTEXT_MAGIC):
        text = f"{name} is a model of fastText with its parts of words (.bin), which dlcli does not read"
        raise ModelError(text, "use the .vec file that fasttext writes beside it")
    if _is_pickle(head):
        text = f"{name} is a Python pickle, such as gensim's save() writes; opening one may run any program, so none is"
        raise ModelError(text, "in Python: KeyedVectors.load(FILE).save_word2vec_format('vectors.txt')")
    for magic, what in OTHERS.items():
        if head.startswith(magic):
            raise ModelError(f"{name} is {what}, not word vectors", f"give {FORMS}")
    if head[257:262] == b"ustar":
        raise ModelError(f"{name} is a tar archive", "unpack it and give the file of vectors in it")
    return _lines_form(head.removeprefix(BOM), name)


def _is_pickle(head: bytes) -> bool:
    return (head[:1] == b"\x80" and head[1:2] in b"\2\3\4\5") or re.match(rb"ccopy_reg\n|\(dp\d+\n", head) is not None


def _lines_form(head: bytes, name: str) -> str:
    sizes = header(head)
    if sizes is not None:
        below = head.partition(b"\n")[2]
        if _is_binary(below, sizes[1]):
            return "word2vec-binary"
        line = below.partition(b"\n")[0].rstrip()
        fields = line.split()
        one_number_a_word = len(fields) == 2 and NUMBER.fullmatch(fields[1])
        return "glove" if one_number_a_word and not _fits(line, sizes[1]) else "word2vec"
    if b"\0" in head:
        raise ModelError(f"{name} is no file of word vectors", f"give {FORMS}")
    dim = glove_dim(head)
    lines = [line.split() for line in _whole_lines(head)[:100]]
    good = sum(len(line) > dim and all(map(NUMBER.fullmatch, line[-dim:])) for line in lines)
    if 2 * good < len(lines):
        shown = b" ".join(lines[0])[:40].decode(errors="replace")
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
        text = f"{name} holds no word vectors: a line must be a word and its numbers; the first is {shown!r}"
        raise ModelError(text, "vectors are learnt from text with: dlcli embed fit TEXT")
    if dim == 1 and all(line[-1].isdigit() for line in lines):
        raise ModelError(f"{name} holds words with counts, not vectors", f"give {FORMS}")
    if len(lines) > 9 and all(len(line) == dim + 1 and NUMBER.fullmatch(line[0]) for line in lines):
        raise ModelError(f"{name} is a table of numbers without words", f"give {FORMS}")
    return "glove"


def header(head: bytes) -> tuple[int, int] | None:
    """Return the number of words and of numbers a word from a first line that says only these, or None."""
    fields = head.removeprefix(BOM)[:100].partition(b"\n")[0].split()
    if len(fields) != 2 or not all(re.fullmatch(rb"\d{1,18}", f) for f in fields):
        return None
    return int(fields[0]), int(fields[1])


def glove_dim(head: bytes) -> int:
    """Return how many numbers stand behind a word where no first line says it.

    It is what most lines have: some words hold spaces themselves, and a line may be broken.
    """
    found = Counter(len(fields) - 1 for line in _whole_lines(head) if len(fields := line.split()) > 1)
    return found.most_common(1)[0][0] if found else 1  # of equal ones the first


def _whole_lines(head: bytes) -> list[bytes]:
    lines = head.split(b"\n", 1000)
    return [line for line in (lines[:-1] or lines) if line.strip()]


def _fits(line: bytes, dim: int) -> bool:
    """Say whether a line is a word, which may be blank itself, and so many numbers."""
    fields = line.rsplit(b" ", dim)
    return len(fields) == dim + 1 and all(map(NUMBER.fullmatch, fields[1:]))


def _is_binary(below: bytes, dim: int) -> bool:
    """Say whether what follows the first line is numbers in binary.

    A float32 of common size has a byte that no text has in three cases of four; that a line of text can be read as
    numbers decides first, as a byte of a number may be a line end.
    """
    if _fits(below.partition(b"\n")[0].rstrip(), dim):
        return False
    start = below.find(b" ", 0, 4096) + 1
    numbers = below[start : start + 4 * dim]
    if not start or not numbers:
        return False
    odd = len(numbers) - len(numbers.translate(None, CONTROL + bytes(range(128, 256))))
    return b"\0" in numbers or odd > 0.2 * len(numbers)
