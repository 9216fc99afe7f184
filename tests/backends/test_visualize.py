"""What the verbs of `visualize` share: places, classes, layers, pictures that fail, what is written."""

import io
import json
import os
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from visual_toys import photo

NET = ("-m", "torchvision:resnet18@random", "--size-px", "64")


@pytest.fixture
def cam(run_inprocess, tmp_path):
    """Run `visualize gradcam` on a small random network, in a folder that holds chelsea.png and coffee.png."""
    for name in ("chelsea", "coffee"):
        photo(name, tmp_path)
    return lambda *words: run_inprocess("visualize", "gradcam", *NET, *words)


def test_one_picture_without_a_place_is_named_after_both(cam):
    done = cam("chelsea.png")
    assert done.code == 0, done.stderr
    assert "written: chelsea-gradcam.png" in done.stderr
    assert np.asarray(Image.open("chelsea-gradcam.png")).shape[2:] == (3,)
    assert done.stdout.splitlines()[0].split("\t")[:4] == ["input", "class", "number", "probability"]


def test_random_weights_are_told_and_drawn(cam):
    done = cam("chelsea.png", "-o", "a.png", "--json")
    assert "random weights, seed 0" in done.stderr
    assert done.json()["stamp"] == "random weights, seed 0"
    again = cam("chelsea.png", "-o", "b.png", "--seed", "1", "--json")
    assert again.json()["stamp"] == "random weights, seed 1"
    assert Path("a.png").read_bytes() != Path("b.png").read_bytes()


@pytest.mark.parametrize("model", ["timm:test_vit@random", "torchvision:alexnet@random"])
def test_a_size_that_the_network_cannot_take(run_inprocess, tmp_path, model):
    photo("chelsea", tmp_path)
    done = run_inprocess("visualize", "saliency", "chelsea.png", "-m", model, "--size-px", "20")
    assert (done.code, done.stdout) == (2, "")
    assert "the network cannot take pictures of 20×20: " in done.stderr


def test_a_folder_gets_pictures_numbers_and_a_report(cam):
    done = cam("chelsea.png", "coffee.png", "-o", "maps", "--json")
    assert sorted(os.listdir("maps")) == ["chelsea.npy", "chelsea.png", "coffee.npy", "coffee.png", "report.json"]
    values = np.load("maps/chelsea.npy")
    assert (values.shape, float(values.min()), round(float(values.max()), 5)) == ((64, 64), 0.0, 1.0)
    report = json.loads(Path("maps/report.json").read_text())
    assert report == done.json()
    assert report["settings"]["methods"] == ["gradcam"]
    assert [i["input"] for i in report["items"]] == ["chelsea.png", "coffee.png"]
    assert report["files"]["picture/coffee"] == "maps/coffee.png"


def test_the_same_name_in_two_folders_is_kept_twice(cam):
    os.mkdir("other")
    Image.open("coffee.png").save("other/chelsea.png")
    assert cam("chelsea.png", "other/chelsea.png", "-o", "maps/").code == 0
    assert sorted(p for p in os.listdir("maps") if p.endswith(".png")) == ["chelsea-2.png", "chelsea.png"]


def test_numbers_alone_and_beside(cam):
    assert cam("chelsea.png", "-o", "a.npy").code == 0
    assert cam("chelsea.png", "-o", "a.png", "--raw", "b.npy").code == 0
    assert np.array_equal(np.load("a.npy"), np.load("b.npy"))
    assert cam("chelsea.png", "-o", "a.npz").code == 0
    assert list(np.load("a.npz")) == ["map"]


def test_the_picture_goes_down_a_pipe(cam, monkeypatch):
    held = io.TextIOWrapper(io.BytesIO(), write_through=True)
    monkeypatch.setattr(sys, "stdout", held)
    from dlcli.__main__ import run

    assert run(["visualize", "gradcam", *NET, "chelsea.png", "-o", "-"]) == 0
    assert Image.open(io.BytesIO(held.buffer.getvalue())).format == "PNG"


def test_a_picture_and_a_list_come_on_stdin(cam, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path("chelsea.png").read_bytes())))
    assert cam("-", "-o", "a.png").code == 0
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"chelsea.png\ncoffee.png\n")))
    done = cam("-", "-o", "maps/", "--jsonl")
    assert [json.loads(line)["input"] for line in done.stdout.splitlines()] == ["chelsea.png", "coffee.png"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path("chelsea.png").read_bytes())))
    assert cam().code == 0
    assert Path("stdin-gradcam.png").exists()


def test_one_bad_picture_costs_one_record(cam):
    Path("broken.png").write_bytes(b"\x89PNG nothing")
    done = cam("broken.png", "chelsea.png", "nosuch.png", "-o", "maps/", "--json")
    assert done.code == 0
    items = done.json()["items"]
    assert [("error" in i, i["input"]) for i in items] == [
        (True, "broken.png"),
        (False, "chelsea.png"),
        (True, "nosuch.png"),
    ]
    assert items[2]["error"] == {"code": 3, "message": "nosuch.png: no such file", "hint": ""}
    assert "nothing could be made of 2 of 3 pictures" in done.stderr
    done = cam("broken.png", "-o", "b.png")
    assert (done.code, os.path.exists("b.png")) == (3, False)
    assert done.stderr.splitlines()[-1] == "dlcli: the picture could not be read"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("chelsea.png --class nosuch", "the network has no class 'nosuch'"),
        ("chelsea.png --class 1000", "the network has no class '1000'"),
        ("chelsea.png --layer layer5", "the network has no layer 'layer5'"),
        ("chelsea.png --layer fc", "layer fc puts out 1000, which is no map of the picture"),
        ("chelsea.png coffee.png", "several pictures make several files; -o must name a folder"),
        ("chelsea.png -o x.jpg", "--out x.jpg: the format is told by the ending"),
        ("chelsea.png -o x.png --raw x.txt", "--raw x.txt: numbers are written as .npy"),
        ("chelsea.png -o x.npy --raw y.npy", "--out and --raw would both hold the numbers"),
        ("chelsea.png -o -  --json", "-o - puts the picture on stdout"),
        ("chelsea.png -o chelsea.png", "--out chelsea.png is a file that is read"),
        ("chelsea.png -o x.png --raw x.png", "--raw x.png: numbers are written as .npy"),
        ("chelsea.png --method gradcam --method gradcam", "a method stands twice"),
        ("chelsea.png --size-px 9x9x9", "must be N or HxW"),
        ("chelsea.png --opacity 2", "opacity"),
        ("chelsea.png -r visualize/kernel", "recipe"),
        ("chelsea.png --class 3 --top 2", "where classes are named it has no effect"),
        ("--list-layers -o x.png", "--list-layers prints the layers and writes nothing to --out"),
        ("chelsea.png -o /dev/null", "--out /dev/null is no folder"),
        ("chelsea.png -o .", "--out . is where chelsea.png lies, which is read; it would be lost"),
        ("chelsea.png --top 2 --raw a.npy -o a.png", "a.npy: several arrays (gradcam_"),
        ("chelsea.png -m ''", "-m '' names no model"),
    ],
)
def test_wrong_words_are_told(cam, words, said):
    before = Path("chelsea.png").read_bytes()
    done = cam(*shlex.split(words))
    assert done.code == 2, done.stderr
    assert said in done.stderr
    assert Path("chelsea.png").read_bytes() == before
    assert done.stdout == ""
    assert sorted(os.listdir()) == ["chelsea.png", "coffee.png"]


def test_classes_by_name_number_and_rank(cam):
    done = cam("chelsea.png", "--class", "tiger cat", "--class", "285", "--class", "TABBY", "-o", "a.npz", "--json")
    maps = done.json()["items"][0]["maps"]
    assert [(m["class"], m["number"]) for m in maps] == [("tiger cat", 282), ("Egyptian cat", 285), ("tabby", 281)]
    assert list(np.load("a.npz")) == ["gradcam_282", "gradcam_285", "gradcam_281"]
    item = cam("chelsea.png", "--top", "2", "-o", "a.npz", "--json").json()["items"][0]
    assert [m["class"] for m in item["maps"]] == [t["label"] for t in item["top"][:2]]


def test_each_class_has_a_row(cam):
    done = cam("chelsea.png", "--class", "tabby", "--class", "lynx", "-o", "a.png")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert (rows[0][:2], [r[1] for r in rows[1:]]) == (["input", "class"], ["tabby", "lynx"])


def test_weights_that_are_not_there(run_inprocess, tmp_path):
    photo("chelsea", tmp_path)
    done = run_inprocess("visualize", "gradcam", "chelsea.png", "-m", "torchvision:resnet34")
    assert (done.code, done.stdout) == (6, "")
    assert "-m torchvision:resnet34@random" in done.stderr


def test_a_picture_that_is_not_square(cam):
    done = cam("chelsea.png", "--size-px", "64x96", "-o", "a.npy")
    assert done.code == 0, done.stderr
    assert np.load("a.npy").shape == (64, 96)


@pytest.mark.parametrize("place", ["nosuch/a.png", "chelsea.png/a.png", "nosuch/maps/"])
def test_a_place_that_cannot_be_written(cam, place):
    done = cam("coffee.png", "-o", place)
    assert (done.code, done.stdout) == (3, ""), done.stderr
    assert f"cannot write {place.rstrip('/')}" in done.stderr


def test_make_is_told(cam):
    done = cam("chelsea.png", "-o", "a.png", "--stamp", "done", "--depfile", "a.d")
    assert done.code == 0, done.stderr
    assert Path("done").read_text() == "torchvision:resnet18@random\n"
    assert Path("a.d").read_text().startswith("done: chelsea.png\n")


def test_layers_are_listed_with_the_one_that_is_chosen(cam):
    done = cam("--list-layers", "--json")
    doc = done.json()
    assert doc["chosen"] == "layer4"
    first = doc["items"][0]
    assert (first["name"], first["type"], first["output"]) == ("conv1", "Conv2d", [64, 32, 32])
    assert (first["receptive_field_px"], first["stride_px"]) == ([7, 7], [2, 2])
    assert "layer looked at when none is named: layer4" in done.stderr
