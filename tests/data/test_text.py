"""Text as a stream: packed and plain files, marks, line ends, and what is no text."""

import bz2
import gzip
import io
import lzma
import os
import sys

import pytest

from dlcli.core.errors import DataError, UsageError
from dlcli.data import text

TEXT = "Über alles\nzweite Zeile\n\nlast"
LINES = ["Über alles", "zweite Zeile", "", "last"]


class Stdin(io.TextIOWrapper):
    """A stdin of bytes."""

    def __init__(self, data, terminal=False):
        super().__init__(io.BytesIO(data), encoding="ascii")
        self._terminal = terminal

    def isatty(self):
        return self._terminal


@pytest.fixture
def written(tmp_path):
    def write(data, name="a.txt"):
        (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(tmp_path / name)

    return write


def read(place):
    return list(text.lines(place))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_packed_files_are_found_by_their_first_bytes(pack, written, monkeypatch):
    place = written(pack(TEXT.encode()), "a.dat")
    assert read(place) == LINES
    assert "".join(text.blocks(place)) == TEXT
    assert text.is_packed(place) is (pack is not bytes)
    monkeypatch.setattr(sys, "stdin", Stdin(pack(TEXT.encode())))
    assert read("-") == LINES


def test_only_a_line_feed_ends_a_line(written):
    signs = "a\rb\x0bc\x0cd\x1ce\x85f\u2028g\u2029h\0i\r"
    assert read(written(f"{signs}\n{signs}")) == [signs, signs]


def test_a_mark_at_the_start_is_dropped_there_and_nowhere_else(written):
    place = written("\ufeffone\n\ufefftwo\n")
    assert read(place) == ["one", "\ufefftwo"]
    assert "".join(text.blocks(place)) == "\ufeffone\n\ufefftwo\n"


def test_an_empty_file_has_no_lines(written):
    assert read(written("")) == []
    assert read(written("\n")) == [""]
    assert read(written(gzip.compress(b""))) == []


@pytest.mark.parametrize("size", [2, 3, 7, 1 << 20])
def test_the_size_of_what_is_read_at_once_does_not_matter(size, written, monkeypatch):
    monkeypatch.setattr(text, "_CHUNK", size)
    whole = "ä\n\nöß😀 x\r\n" * 20 + "end"
    place = written(whole)
    assert "".join(text.blocks(place)) == whole
    assert read(place) == whole.split("\n")
    assert [line for batch in text.batches(place) for line in batch] == whole.split("\n")


def test_a_line_longer_than_what_is_read_at_once(written):
    long = "word " * 500_000
    assert read(written(f"a\n{long}\nb\n")) == ["a", long, "b"]


@pytest.mark.parametrize("size", [3, 1 << 20])
def test_bytes_that_are_no_utf8_are_named_and_the_lines_before_them_read(size, written, monkeypatch):
    monkeypatch.setattr(text, "_CHUNK", size)
    place = written(b"one\ntwo\nthr\xe9e\nfour\n")
    found = []
    with pytest.raises(DataError, match=r"a\.txt:3: byte 4 of the line is 0xe9, which is not UTF-8") as error:
        found.extend(text.lines(place))
    assert "iconv -f latin1" in error.value.hint
    assert found == ["one", "two"]
    with pytest.raises(DataError, match=r"b\.txt:1: byte 3 "):
        read(written(b"ab\xff", "b.txt"))


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be"])
def test_utf16_is_named(codec, written):
    mark = b"\xfe\xff" if codec == "utf-16-be" else b""
    with pytest.raises(DataError, match="is UTF-16, not UTF-8") as error:
        read(written(mark + "text\n".encode(codec)))
    assert "iconv -f utf-16" in error.value.hint


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_file_that_breaks_off_or_is_broken(pack, written):
    data = pack(os.urandom(3000).hex().encode())
    with pytest.raises(DataError, match="is packed and breaks off or is broken"):
        read(written(data[:-40]))
    middle = len(data) // 2
    broken = data[:middle] + bytes(b ^ 0xFF for b in data[middle : middle + 20]) + data[middle + 20 :]
    with pytest.raises(DataError, match=r"a\.txt"):
        read(written(broken))


def test_what_cannot_be_read(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="No such file or directory"):
        read(str(tmp_path / "nosuch.txt"))
    with pytest.raises(DataError, match="Is a directory"):
        read(str(tmp_path))
    with pytest.raises(DataError, match="No such file"):
        text.is_packed(str(tmp_path / "nosuch.txt"))

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refused)
    with pytest.raises(DataError, match=r"cannot read a\.txt: Permission denied"):
        read("a.txt")


def test_words_for_text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (found,) = text.places(["lee"])
    assert found.endswith("lee_background.cor")
    assert sum(1 for _ in text.lines(found)) == 300
    assert text.places(["a.txt", "./b", "-"]) == ["a.txt", "./b", "-"]
    with pytest.raises(UsageError, match="no builtin corpus is called 'leee'.*nearest: lee"):
        text.places(["leee"])
    with pytest.raises(UsageError, match="named twice"):
        text.places(["-", "-"])
    assert [*text.all_lines(["lee"])][:1] == [next(text.lines(found))]


def test_without_words_it_is_stdin_unless_that_is_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Stdin(b""))
    assert text.asked(None) == text.asked([]) == ["-"]
    assert text.asked(["a.txt"]) == ["a.txt"]
    monkeypatch.setattr(sys, "stdin", Stdin(b"", terminal=True))
    with pytest.raises(UsageError, match="which text"):
        text.asked(None)
    assert text.asked(["-"]) == ["-"]


def test_a_closed_stdin(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(DataError, match="stdin is closed"):
        read("-")


def test_messages_about_stdin(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Stdin(b"ok\n\xff"))
    with pytest.raises(DataError, match="^stdin:2: byte 1 ") as error:
        read("-")
    assert "pipe it through iconv" in error.value.hint
    monkeypatch.setattr(sys, "stdin", Stdin(b"\xff\xfea\0"))
    with pytest.raises(DataError, match="^stdin is UTF-16"):
        read("-")


def test_stdin_and_pipes_can_be_read_twice(written, tmp_path, monkeypatch):
    place = written("file\n")
    packed = gzip.compress(b"piped\nlines")
    monkeypatch.setattr(sys, "stdin", Stdin(packed))
    with text.readable_twice([place, "-", place]) as paths:
        assert paths[place] == place
        copy = paths["-"]
        for _ in range(2):
            assert "".join(text.blocks("-", copy)) == "piped\nlines"
    assert not os.path.exists(copy)
    monkeypatch.setattr(sys, "stdin", Stdin(b"a\n\xff"))
    with text.readable_twice(["-"]) as paths, pytest.raises(DataError, match="^stdin:2: byte 1 "):
        list(text.blocks("-", paths["-"]))
    with pytest.raises(DataError, match="Is a directory"), text.readable_twice([str(tmp_path)]):
        pass
