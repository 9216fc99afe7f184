"""Text in blocks of whole lines, checked, and made lines of words between ASCII blanks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dlcli.core import files
from dlcli.core.errors import DataError
from dlcli.data import text
from dlcli.ops import tokens

BLOCK = 1 << 17  # bytes read at a time
LONG = 1 << 20  # bytes of a line from which it is cut between two words
ODD_BLANK = re.compile(r"[^\S \t\r\n\v\f]")  # blanks beyond ASCII's, which gensim does not cut at


def cleaner(by: str, lower: bool) -> Callable[[bytes], bytes]:
    """Return what makes lines of words between ASCII blanks of lines of text."""
    cut = tokens.tokenizer(by, lower)

    def clean(block: bytes) -> bytes:
        words = block.decode()
        if by == "whitespace":
            if not ODD_BLANK.search(words):
                return words.lower().encode() if lower else block
            words = words.lower() if lower else words
            return "\n".join(" ".join(line.split()) for line in words.split("\n")).encode()
        return "\n".join(" ".join(" ".join(cut(line)).split()) for line in words.split("\n")).encode()

    return clean


def blocks(place: str, by: str) -> Iterator[bytes]:
    """Yield a text in blocks of whole lines; of a line of more than a mebibyte, blocks of whole words.

    Raises:
        DataError: it cannot be read, is no UTF-8, holds a NUL byte, or a word of more than a mebibyte.

    """
    number, before, held = 1, 0, b""
    with text.opened(place) as file:
        while True:
            data = file.read(BLOCK)
            if number == 1 and not before and not held and data.startswith(b"\xef\xbb\xbf"):
                data = data[3:] or file.read(BLOCK)
            held += data
            end = held.rfind(b"\n") + 1 if data else len(held)
            if not end and len(held) >= LONG:
                end = _between_words(held, by, place, number)
            if end:
                block, held = held[:end], held[end:]
                _check(block, place, number, before)
                yield block
                lines = block.count(b"\n")
                number, before = number + lines, 0 if lines else before + end
            if not data:
                return


def _between_words(held: bytes, by: str, place: str, number: int) -> int:
    """Return where a part of a huge line may end."""
    end = max(held.rfind(blank) for blank in (b" ", b"\t", b"\r", b"\v", b"\f")) + 1
    if end:
        return end
    if by == "whitespace":
        raise DataError(
            f"{named(place)}:{number}: a word of more than {LONG:,} bytes; a text has blanks between its words",
            "--by word or --by char cut text that has none",
        )
    end = len(held) - 1
    while end > len(held) - 4 and held[end] & 0xC0 == 0x80:  # not inside a character
        end -= 1
    return end


def _check(block: bytes, place: str, number: int, before: int) -> None:
    """Refuse what is no text, naming line and byte; ``before`` bytes of the first line came in other blocks."""
    if not block.isascii():
        try:
            block.decode()
        except UnicodeDecodeError as error:
            begin = block.rfind(b"\n", 0, error.start) + 1
            number += block.count(b"\n", 0, error.start)
            before = 0 if begin else before
            raise text.not_utf8(place, number, block[begin:], error.start - begin, before) from None
    nul = block.find(b"\0")
    if nul >= 0:
        number += block.count(b"\n", 0, nul)
        raise DataError(
            f"{named(place)}:{number}: a NUL byte; this is no text, or it is UTF-16",
            f"iconv -f utf-16 -t utf-8, or tr -d '\\000' < {named(place)}",
        )


def named(place: str) -> str:
    """Return what a text is called in messages."""
    return "stdin" if place == text.STDIN else files.shown(place)
