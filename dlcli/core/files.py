"""Atomic writes: a reader sees the old file or the new one, never half of either."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from dlcli.core.errors import DataError, RunFailed


@contextlib.contextmanager
def replacing(path: str | os.PathLike, *, durable: bool = True) -> Iterator[BinaryIO]:
    """Open a temporary file beside ``path`` that replaces it when the block ends well.

    Args:
        path: the file to write.
        durable: also fsync the file and its folder, so the new content survives a power cut.

    Raises:
        RunFailed: disk full.
        DataError: the folder cannot be written.
    Effects: on any error the old file stays as it was and the temporary file is removed.

    """
    path = Path(path)
    if os.path.exists(path) and not path.is_file() and not path.is_dir():  # /dev/null, a pipe: nothing to replace
        try:
            with path.open("wb") as file:
                yield file
        except OSError as error:
            raise writing_failed(path, error) from error
        return
    temporary = path.parent / f".{path.name}.{os.getpid()}.tmp"
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        os.replace(temporary, path)
        if durable:
            _sync_folder(path.parent)
    except OSError as error:
        _remove(temporary)
        raise writing_failed(path, error) from error
    except BaseException:
        _remove(temporary)
        raise


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # its folder may be no folder at all
        path.unlink()


def default_mode() -> int:
    """Return the permissions a new file gets here."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def writing_failed(path: Path, error: OSError) -> DataError | RunFailed:
    """Return the error to raise when ``path`` could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):  # full, or beyond what this user or process may take
        return RunFailed(f"no space left to write {path}", "free some space; what was there before is intact")
    return DataError(f"cannot write {path}: {error.strerror or error}", "choose a folder you can write to")


def shown(name: str | os.PathLike) -> str:
    """Return a file name as it stands in a message: what a terminal would obey or cannot print is spelled out."""
    name = os.fspath(name)
    if name.isprintable():
        return name
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # some file systems cannot sync a folder; the replace itself is atomic
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_text(path: str | os.PathLike, text: str, *, durable: bool = True) -> None:
    """Write a UTF-8 text file atomically.

    A byte of a file name that is no UTF-8 stands as ``\\udc..``, which JSON reads back as that very name.
    """
    with replacing(path, durable=durable) as file:
        file.write(text.encode(errors="backslashreplace"))


def write_json(path: str | os.PathLike, value: Any) -> None:
    """Write a JSON file atomically, indented, with a final newline."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_with(path: str | os.PathLike, writer: Callable[[BinaryIO], None]) -> None:
    """Write a file atomically through a function that fills an open binary file."""
    with replacing(path) as file:
        writer(file)


def read_json(path: str | os.PathLike) -> Any:
    """Read a JSON file.

    Raises:
        DataError: missing, unreadable or not JSON.

    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise DataError(f"{path} is not valid JSON: {error}") from error
