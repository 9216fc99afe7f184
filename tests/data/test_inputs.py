import io
import sys

import pytest
from PIL import Image

from dlcli.core.errors import DataError
from dlcli.data import inputs


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d/e").mkdir(parents=True)
    for name in ("a.png", "d/b.jpg", "d/e/c.png"):
        Image.new("L", (3, 3)).save(tmp_path / name)
    (tmp_path / "d/no.txt").write_text("x")
    return tmp_path


def stdin(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_files_folders_patterns_in_order(here):
    assert inputs.expand(["d", "a.png", "*.png", "gone.png"])[0] == [
        "d/b.jpg",
        "d/e/c.png",
        "a.png",
        "a.png",
        "gone.png",
    ]
    assert inputs.expand(["d/**/*"])[0] == ["d/b.jpg", "d/e/c.png"]


def test_a_list_on_stdin_by_lines_or_nul(here, monkeypatch):
    stdin(monkeypatch, b"a.png\r\n\nd/b.jpg\n")
    assert inputs.expand(["-"])[0] == ["a.png", "d/b.jpg"]
    stdin(monkeypatch, b"a.png\0d/new\nline.png\0")
    assert inputs.expand(["-"])[0] == ["a.png", "d/new\nline.png"]


def test_a_picture_on_stdin(here, monkeypatch):
    data = (here / "a.png").read_bytes()
    stdin(monkeypatch, data)
    assert inputs.expand(["-"]) == (["stdin"], {"stdin": data})


@pytest.mark.parametrize(
    ("words", "match"),
    [([], "no pictures were named"), (["x*.png"], "no picture matches"), (["t"], "no pictures below t")],
)
def test_nothing_found(here, words, match):
    (here / "t").mkdir()
    with pytest.raises(DataError, match=match):
        inputs.expand(words)
