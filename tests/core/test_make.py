"""Stamps and depfiles, read by make itself."""

import os
import subprocess
from pathlib import Path

import pytest

from dlcli.core import make
from dlcli.core.errors import DataError, UsageError

ODD = [
    "a b", "a$b", "$(a)b", "a#b", "a%b", "a:b", "a::b", "a;b", "a|b", "a*b", "a[b]", "a?b", "~a", "a=b", "a&b", "a\\b",
    "a\\ b", "a\\#b", "a\\", "a ", " a", "a\tb", "a(1).png", "a (2)b", "a'b", 'a"b', "-a", "@a", ".PHONY", "é",
    "a,b", "a!b",
]  # fmt: skip


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Run make in an empty folder whose makefile builds ``target`` from what its depfile says; True when it did."""
    monkeypatch.chdir(tmp_path)

    def call(target="stamp"):
        name = target.replace("$", "$$").replace("#", "\\#").replace(" ", "\\ ").replace(":", "\\:").replace("%", "\\%")
        Path("Makefile").write_text(f"{name}:\n\t@echo made\n\t@touch '$@'\n-include x.d\n")
        done = subprocess.run(["make", target], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        os.utime(target, (1.5e9, 1.5e9))  # what is touched at 1.6e9 is newer, and not in the future
        return "made" in done.stdout

    return call


def touch(path, time_s):
    Path(path).touch()
    os.utime(path, (time_s, time_s))


@pytest.mark.parametrize("name", ODD)
def test_make_reads_every_name(name, built):
    Path("in").mkdir()
    touch(f"in/{name}", 1e9)
    make.write_depfile("x.d", "stamp", [f"in/{name}"])
    assert built()
    assert not built()
    touch(f"in/{name}", 1.6e9)
    assert built()
    os.remove(f"in/{name}")
    assert built()  # a deleted file is a change, and no error


@pytest.mark.parametrize("target", ["a b", "a$b", "a#b", "a:b", "a%b", "out/stamp"])
def test_make_reads_the_target(target, built):
    Path("out").mkdir()
    touch("source", 1e9)
    make.write_depfile("x.d", target, ["source"])
    assert built(target)
    assert not built(target)
    touch("source", 1.6e9)
    assert built(target)


@pytest.mark.parametrize("folder", ["photos", "photos/", "my photos (copy)"])
def test_a_new_file_anywhere_in_a_folder_is_a_change(folder, built):
    os.makedirs(f"{folder}/cats/black")
    os.makedirs(f"{folder}/.cache")
    for path, *_ in os.walk(folder, topdown=False):
        touch(path, 1e9)
    make.write_depfile("x.d", "stamp", [folder, "."])
    assert built()
    assert not built()
    Path(f"{folder}/.cache/x").touch()
    assert not built()
    Path(f"{folder}/cats/black/new.png").touch()
    touch(f"{folder}/cats/black", 1.6e9)
    assert built()


def test_what_make_cannot_read_and_what_is_gone_are_left_out(built):
    Path("a\nb").touch()
    Path("a(b)").touch()
    make.write_depfile("x.d", "stamp", ["a\nb", "a(b)", "gone.yaml", "Makefile", "Makefile"])
    assert Path("x.d").read_text() == "stamp: \n"
    touch("Makefile", 1e9)
    make.write_depfile("x.d", "stamp", ["Makefile", "Makefile"])
    assert Path("x.d").read_text() == "stamp: Makefile\n\nMakefile:\n"


def test_a_name_that_is_no_text_is_written_as_it_is(built):
    name = os.fsdecode(b"caf\xe9")
    touch(name, 1e9)
    make.write_depfile("x.d", "stamp", [name])
    assert b"stamp: caf\xe9\n" in Path("x.d").read_bytes()
    assert built()


def test_nothing_is_written_unasked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make.write_stamp(None, "x")
    make.write_depfile(None, "x", [])
    assert os.listdir() == []
    make.write_stamp("stamp", "runs/1")
    assert Path("stamp").read_text() == "runs/1\n"


def test_files_that_could_not_be_written_are_refused_before_the_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in ("", "-"):
        with pytest.raises(UsageError, match="names no file"):
            make.check(path, None)
    with pytest.raises(DataError, match="is a folder"):
        make.check(str(tmp_path), None)
    with pytest.raises(DataError, match="the folder nosuch is missing"):
        make.check("s", "nosuch/x.d")
    for out in (None, "-"):
        with pytest.raises(UsageError, match="a rule needs a target"):
            make.check(None, "x.d", out)
    make.check(None, "x.d", "out.csv")
    make.check("/dev/null", None)


def test_nothing_is_written_twice_or_onto_what_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a").write_text("read")
    with pytest.raises(UsageError, match="--out and --stamp are both x"):
        make.check("x", None, "x")
    with pytest.raises(UsageError, match="--stamp and --depfile are both"):
        make.check("./x", "x", "y")
    make.check("/dev/null", "/dev/null", "-")
    with pytest.raises(UsageError, match="--depfile a is a file that is read"):
        make.refuse_inputs(["a", "-"], "b", "c", "a")
