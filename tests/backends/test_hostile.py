"""Every command on broken data: an honest exit code, one reason a file, and no run lost to one bad picture."""

import json
import os
import shutil

import numpy as np
import pytest
from PIL import Image

TRAIN = ("classify/linear", "train.epochs=1", "data.workers=0")
COMMANDS = {
    "train": ("train", *TRAIN, "--out", "r", "--data"),
    "dry run": ("train", *TRAIN, "--dry-run", "--data"),
    "check": ("data", "check"),
    "preview": ("data", "preview", "-o", "sheet.png"),
    "preview with a recipe": ("data", "preview", "-o", "sheet.png", "-r", "classify/linear"),
    "convert to a folder": ("data", "convert"),
    "convert to a table": ("data", "convert"),
    "evaluate": ("evaluate", "good", "--set", "workers=0", "--data"),
    "predict": ("predict", "good", "--set", "workers=0"),
}
# What each command answers, in the order above.
EXITS = {
    "one bad": (0, 0, 3, 0, 0, 0, 0, 0, 0),
    "many bad": (3, 0, 3, 0, 0, 0, 0, 3, 0),
    "all bad": (3, 3, 3, 3, 3, 0, 0, 3, 3),
    "pipe": (0, 0, 3, 0, 0, 0, 0, 0, 0),
    "odd names": (0, 0, 0, 0, 0, 0, 0, 0, 0),
    "one class": (3, 3, 3, 0, 3, 0, 0, 0, 0),
    "one picture a class": (0, 0, 0, 0, 0, 0, 0, 0, 0),
    "nothing": (3, 3, 3, 3, 3, 3, 3, 3, 3),
    "gone": (3, 3, 3, 3, 3, 3, 3, 3, 3),
    "table with one gone": (0, 0, 3, 0, 0, 0, 0, 0, None),
    "table of nothing": (3, 3, 3, 3, 3, 3, 0, 3, None),
}


@pytest.fixture(scope="session")
def good(tmp_path_factory):
    """Return two classes of 60 tiny pictures."""
    root = tmp_path_factory.mktemp("hostile") / "good"
    rng = np.random.default_rng(2)
    for number, name in enumerate("ab"):
        (root / name).mkdir(parents=True)
        for k in range(60):
            pixels = rng.integers(0, 100, (6, 6), dtype=np.uint8) + 100 * number
            Image.fromarray(pixels).save(root / name / f"{k:02}.png")
    return root


@pytest.fixture(scope="session")
def model(good, tmp_path_factory):
    """Return the bundle of a network that knows these classes."""
    from dlcli.__main__ import run

    out = tmp_path_factory.mktemp("hostile_run") / "r"
    assert run(["train", *TRAIN, "--data", str(good), "--out", str(out), "-q", "--json"]) == 0
    return out / "model"


def spoilt(name, good, folder):
    """Make the data of a name below ``folder``; returns the word for it."""
    root = folder / "d"
    if name == "gone":
        return "d/"
    if name.startswith("table"):
        shutil.copytree(good, root)
        gone = "x.png,a\n" if "one" in name else "".join(f"x{k}.png,{'ab'[k % 2]}\n" for k in range(9))
        rows = "".join(f"d/{c}/{k:02}.png,{c}\n" for c in "ab" for k in range(60)) if "one" in name else ""
        (folder / "t.csv").write_text(f"picture,label\n{rows}{gone}")
        return "t.csv"
    if name == "nothing":
        root.mkdir()
        return "d/"
    shutil.copytree(good, root)
    bad = {"one bad": 1, "many bad": 20, "all bad": 60}.get(name, 0)
    for k in range(bad):
        (root / f"a/{k:02}.png").write_bytes(b"x" * (k % 3))
        if name == "all bad":
            (root / f"b/{k:02}.png").write_bytes(b"")
    if name == "pipe":
        os.mkfifo(root / "a/00a.png")
    if name == "odd names":
        for k, odd in enumerate(("new\nline.png", "-q.png", "tab\t.png", 'a,"b".png', "\x1b[31m.png", "ü\u202e.png")):
            (root / f"b/{k:02}.png").rename(root / "b" / odd)
    if name == "one class":
        shutil.rmtree(root / "b")
    if name == "one picture a class":
        for k in range(1, 60):
            (root / f"a/{k:02}.png").unlink()
            (root / f"b/{k:02}.png").unlink()
    return "d/"


@pytest.mark.parametrize(
    ("name", "command", "code"),
    [
        (name, command, code)
        for name, codes in EXITS.items()
        for command, code in zip(COMMANDS, codes, strict=True)
        if code is not None
    ],
)
def test_each_command_on_each_kind_of_broken_data(name, command, code, good, model, tmp_path, run_inprocess, recwarn):
    word = spoilt(name, good, tmp_path)
    shutil.copytree(model, tmp_path / "good")
    target = {"convert to a folder": ["folder:new"], "convert to a table": ["csv:new.csv"]}.get(command, [])
    result = run_inprocess(*COMMANDS[command], word, *target)
    assert result.code == code, result.stderr
    assert "unexpected error" not in result.stderr
    assert "Traceback" not in result.stderr
    assert not any("\x1b" in line for line in result.stderr.splitlines())
    assert [str(w.message) for w in recwarn] == []
    assert ("dlcli: " in result.stderr) == (code != 0)
    if name == "one bad" and command in ("train", "evaluate"):
        assert result.stderr.count("d/a/00.png") == 1
        assert "left out: d/a/00.png: not a picture (the file is empty)" in result.stderr


def test_evaluate_says_few_of_many_that_it_left_out(good, model, tmp_path, run_inprocess):
    word = spoilt("many bad", good, tmp_path)
    result = run_inprocess("evaluate", model, "--data", word, "--set", "workers=0")
    assert result.stderr.count("left out: ") == 10
    assert "… and 10 more" in result.stderr
    assert "20 of 120 pictures could not be read, more than one in a hundred" in result.stderr


def test_convert_leaves_out_what_cannot_be_read_and_says_so(good, tmp_path, run_inprocess):
    word = spoilt("table with one gone", good, tmp_path)
    (tmp_path / "d/a/01.png").unlink()
    (tmp_path / "d/a/01.png").mkdir()
    result = run_inprocess("data", "convert", word, "folder:new", "--json")
    assert result.code == 3
    assert "left out: d/a/01.png: is a folder" in result.stderr
    assert "2 of 121 pictures were left out, more than one in a hundred; the other 119 are in new" in result.stderr
    doc = result.json()
    assert (doc["pictures"], len(doc["left_out"])) == (119, 2)
    assert len(list((tmp_path / "new").rglob("*.png"))) == 119


def test_convert_where_nothing_can_be_made(good, tmp_path, run_inprocess):
    (tmp_path / "file").write_text("x")
    result = run_inprocess("data", "convert", good, "folder:file/new")
    assert (result.code, "cannot write file/new: Not a directory" in result.stderr) == (3, True)
    result = run_inprocess("data", "convert", good, f"folder:{'x' * 300}")
    assert (result.code, "File name too long" in result.stderr) == (3, True)


def test_preview_says_what_it_could_not_read(good, tmp_path, run_inprocess):
    word = spoilt("many bad", good, tmp_path)
    result = run_inprocess("data", "preview", word, "-o", "s.png", "--count", 120)
    assert (result.code, "20 of 120 pictures cannot be read" in result.stderr) == (0, True)


def test_data_check_names_a_broken_file_once(good, tmp_path, run_inprocess):
    result = run_inprocess("data", "check", spoilt("one bad", good, tmp_path), "--jsonl")
    (item,) = map(json.loads, result.stdout.splitlines())
    assert item == {"level": "error", "input": "d/a/00.png", "problem": "not a picture (the file is empty)"}


def test_names_that_are_no_utf8_survive_in_every_result(good, model, tmp_path, dlcli, run_inprocess):
    shutil.copytree(good, tmp_path / "d")
    (tmp_path / "d/a/00.png").rename(tmp_path / "d/a/\udcff.png")
    (tmp_path / "d/a/01.png").rename(tmp_path / "d/a/\udcfe.png")
    (tmp_path / "d/a/\udcfe.png").write_bytes(b"")
    printed = dlcli("predict", model, "d/", "--jsonl", env={"PYTHONIOENCODING": "utf-8:strict"}).stdout
    inputs = [json.loads(line)["input"] for line in printed.splitlines()]
    odd = [name for name in inputs if not name.isprintable()]
    assert odd == ["d/a/\udcfe.png", "d/a/\udcff.png"]
    for suffix in ("json", "csv"):
        result = run_inprocess("predict", model, "d/", "-o", f"p.{suffix}", "--set", "workers=0")
        assert result.code == 0, result.stderr
        assert r"d/a/\udcfe.png: not a picture" in result.stderr
    assert [item["input"] for item in json.loads((tmp_path / "p.json").read_text())["items"]] == inputs
    words = ("--out", "r", "--depfile", "r.d", "--stamp", "s", "--events", "e.jsonl")
    result = run_inprocess("train", *TRAIN, "--data", "d/", *words)
    assert result.code == 0, result.stderr
    assert json.loads((tmp_path / "r/report.json").read_text())["unreadable"][0]["input"] == "d/a/\udcfe.png"
    assert b"d/a/\xff.png" in (tmp_path / "r.d").read_bytes()
    table = run_inprocess("data", "convert", "d/", "csv:t.csv")
    assert (table.code, "is not UTF-8, as a table must be" in table.stderr) == (3, True)
