"""Files of text as a parser wants them: unpacked, decoded, without BOM, with one kind of line end."""

from __future__ import annotations

import codecs
import gzip
import os
import shutil
import stat
import sys
import tempfile
import weakref
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dlcli.core.errors import DataError
from dlcli.core.files import shown

BLOCK = 1 << 18
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KNOWN = {
    b"PK\x03\x04": "a zip file or spreadsheet; save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an Excel file; save the sheet as CSV",
    b"BZh": "packed by bzip2; unpack it, or pack it with gzip",
    b"\xfd7zXZ": "packed by xz; unpack it, or pack it with gzip",
    b"\x28\xb5\x2f\xfd": "packed by zstd; unpack it, or pack it with gzip",
    b"SQLite format 3": "an SQLite database; write a table of it as CSV",
    b"\x89HDF": "an HDF5 file; write its table as CSV or Parquet",
    b"\x93NUMPY": "a NumPy file; write it as CSV or Parquet",
}


@dataclass(frozen=True)
class Content:
    """The bytes of a file or of stdin, which can be read from the start any number of times.

    Args:
        name: what messages call it.
        opened: gives the stream, at its start.
        encoding: ``utf-8`` or ``utf-16``.
        packed: it is a gzip file.

    """

    name: str
    opened: Callable[[], BinaryIO]
    encoding: str = "utf-8"
    packed: bool = False


def content(path: str) -> Content:
    """Open a file, or stdin (``-``, kept in a temporary file, for it is read more than once).

    Raises:
        DataError: missing, a folder, a pipe, unreadable, empty, or of a kind that is no table.

    """
    name = "stdin" if path == "-" else shown(path)
    opened = _stdin() if path == "-" else _file(path, name)
    with opened() as file:
        start = file.read(16)
    packed = start.startswith(b"\x1f\x8b")
    if packed:
        plain = opened

        def opened() -> BinaryIO:
            return _Unpacked(plain(), name)

        with opened() as file:
            start = file.read(16)
    for magic, what in _KNOWN.items():
        if start.startswith(magic):
            raise DataError(f"{name} is no text table: {what.partition('; ')[0]}", what.partition("; ")[2])
    if not start:
        raise DataError(f"{name} is empty", "a table has a row of column names and rows below it")
    return Content(name, opened, "utf-16" if start.startswith(_UTF16) else "utf-8", packed)


class _Unpacked(gzip.GzipFile):
    """A gzip file that closes what it reads from and says what is wrong in a sentence."""

    def __init__(self, file: BinaryIO, name: str):
        super().__init__(fileobj=file, mode="rb")
        self._held, self._shown = file, name

    def read(self, size: int | None = -1) -> bytes:
        try:
            return super().read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{self._shown}: the gzip file is broken ({error})") from error

    def close(self) -> None:
        super().close()
        self._held.close()


def _file(path: str, name: str) -> Callable[[], BinaryIO]:
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {name}: {getattr(error, 'strerror', None) or error}") from error
    if stat.S_ISDIR(mode):
        raise DataError(f"{name} is a folder, not a table", "name the file in it")
    if not stat.S_ISREG(mode):
        raise DataError(f"{name} is a pipe or device, not a file", "write it to a file, or pass it on stdin: -")

    def opened() -> BinaryIO:
        try:
            return Path(path).open("rb")
        except OSError as error:
            raise DataError(f"cannot read {name}: {error.strerror or error}") from error

    return opened


def _stdin() -> Callable[[], BinaryIO]:
    if sys.stdin is None:
        raise DataError("stdin is closed; nothing can be read from -")
    held = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the table may be read again
    try:
        shutil.copyfileobj(getattr(sys.stdin, "buffer", sys.stdin), held)
    except OSError as error:
        raise DataError(f"cannot read stdin: {error.strerror or error}") from error
    held.flush()

    def opened() -> BinaryIO:
        held.seek(0)
        return os.fdopen(os.dup(held.fileno()), "rb")

    weakref.finalize(opened, held.close)
    return opened


class Lines:
    """A text file in blocks of whole lines: UTF-8 bytes that were checked, lines ended by ``\\n``.

    Args:
        file: what is read.
        raw: its stream; closed with this.

    Raises:
        DataError: from ``block``: not the encoding it should be, or NUL bytes, with the place.

    """

    def __init__(self, file: Content, raw: BinaryIO):
        self.name, self._raw = file.name, raw
        self._decoder = codecs.getincrementaldecoder("utf-16")() if file.encoding == "utf-16" else None
        self._rest = b""
        self._offset = self._line = 0  # of the first byte not yet given out
        self._first, self._ended = True, False

    def close(self) -> None:
        """Close the stream."""
        self._raw.close()

    def block(self) -> bytes:
        """Return the next whole lines, or nothing at the end."""
        while not self._ended:
            data = self._raw.read(BLOCK)
            self._ended = not data
            if self._first and data.startswith(codecs.BOM_UTF8):
                data, self._offset = data[3:], 3
            self._first = False
            data = self._rest + (self._utf8(data) if self._decoder else data)
            if self._ended:
                return self._checked(data)
            cut = data.rfind(b"\n") + 1
            if not cut and len(data) > 1 and b"\r" in data[:-1]:  # lines that end with \r alone
                cut = data.rfind(b"\r", 0, len(data) - 1) + 1
            self._rest = data[cut:]
            if cut:
                return self._checked(data[:cut])
        return b""

    def _utf8(self, data: bytes) -> bytes:
        try:
            return self._decoder.decode(data, final=self._ended).encode()
        except UnicodeError as error:
            raise DataError(
                f"{self.name} is not the UTF-16 text its first bytes promise", "save it as UTF-8"
            ) from error

    def _checked(self, data: bytes) -> bytes:
        if not data.isascii():
            try:
                data.decode()
            except UnicodeDecodeError as error:
                line = self._line + data.count(b"\n", 0, error.start) + 1
                raise DataError(
                    f"{self.name}: not UTF-8 text: byte 0x{data[error.start]:02x} at position "
                    f"{self._offset + error.start:,} (line {line})",
                    "save it as UTF-8; iconv -f latin1 -t utf-8 turns the usual other encoding into it",
                ) from error
        if b"\0" in data:
            at = data.index(b"\0")
            line = self._line + data.count(b"\n", 0, at) + 1
            raise DataError(f"{self.name} is no text table: a NUL byte at position {self._offset + at:,} (line {line})")
        self._offset += len(data)
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self._line += data.count(b"\n")
        return data if not data or data.endswith(b"\n") else data + b"\n"


def head(file: Content, most: int = 1 << 24) -> str:
    """Return the beginning of a text file: a block, and more only when that holds no two lines."""
    lines = Lines(file, file.opened())
    try:
        found = lines.block()
        while found.count(b"\n") < 2 and len(found) < most and (more := lines.block()):
            found += more
    finally:
        lines.close()
    if not found.strip():
        raise DataError(f"{file.name} is empty", "a table has a row of column names and rows below it")
    return found.decode()
