import errno
import os
import stat

import pytest

from dlcli.core import files
from dlcli.core.errors import DataError, RunFailed


def names(folder):
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_written_and_replaced(tmp_path, durable):
    path = tmp_path / "a.txt"
    for text in ("one\n", "é two"):
        files.write_text(path, text, durable=durable)
        assert path.read_text(encoding="utf-8") == text
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt("boom"), SystemExit("boom")])
@pytest.mark.parametrize("old", [True, False])
def test_an_error_inside_leaves_what_was_there_and_nothing_else(tmp_path, error, old):
    path = tmp_path / "a.txt"
    if old:
        path.write_text("old")

    def half_written():
        with files.replacing(path) as file:
            file.write(b"half of it")
            file.flush()
            assert not old or path.read_text() == "old"
            raise error

    with pytest.raises(type(error), match="boom"):
        half_written()
    assert names(tmp_path) == (["a.txt"] if old else [])
    assert not old or path.read_text() == "old"


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, RunFailed), (errno.EDQUOT, RunFailed), (errno.EIO, DataError)]
)
def test_a_full_disk_is_a_failed_run_and_leaves_what_was_there(tmp_path, monkeypatch, number, kind):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def full(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(kind, match=r"(no space left to write|cannot write) .*a\.txt"):
        files.write_text(path, "new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("where", ["file/below", "nosuch/a.txt", "n" * 300, "folder", ".", "long-" + "x" * 245])
def test_a_place_that_cannot_be_written_is_told(tmp_path, monkeypatch, where):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("old")
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match="cannot write "):
        files.write_text(where, "new")
    assert names(tmp_path) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "old"


def test_a_device_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    files.write_text(pipe, "hello")
    assert os.read(reader, 10) == b"hello"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert names(tmp_path) == ["pipe"]


def test_json_is_indented_and_read_back(tmp_path):
    files.write_json(tmp_path / "a.json", {"é": [1, None]})
    assert (tmp_path / "a.json").read_text(encoding="utf-8").startswith('{\n  "é"')
    assert files.read_json(tmp_path / "a.json") == {"é": [1, None]}
    files.write_with(tmp_path / "a.json", lambda file: file.write(b"{"))
    with pytest.raises(DataError, match="a.json is not valid JSON"):
        files.read_json(tmp_path / "a.json")
    with pytest.raises(DataError, match="cannot read .*b.json: No such file"):
        files.read_json(tmp_path / "b.json")
