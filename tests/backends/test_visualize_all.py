"""`visualize all`: one page a picture, offline, with what fits the network."""

import json
import re
import shlex
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from visual_toys import photo

NET = ("-m", "timm:test_resnet@random", "--size-px", "64")


@pytest.fixture
def look(run_inprocess, tmp_path):
    for name in ("chelsea", "coffee"):
        photo(name, tmp_path)
    return lambda *words: run_inprocess("visualize", "all", *words)


def test_a_page_holds_all_that_fits_and_says_what_does_not(look, run_inprocess):
    done = look(*NET, "chelsea.png", "-o", "page", "--json")
    assert done.code == 0, done.stderr
    item = done.json()["items"][0]
    assert item["left_out"].keys() == {"attention"}
    assert "no attention" in item["left_out"]["attention"]
    page = Path("page/index.html").read_text()
    assert "random weights, seed 0" in page
    assert "no attention" in page
    assert not re.search(r'(src|href)="(?!data:)', page)  # nothing is fetched, not even from beside it
    for verb in ("gradcam", "cam", "saliency", "filters", "activations", "guided-backprop"):
        assert f'aria-labelledby="{verb}"' in page
        assert np.asarray(Image.open(f"page/chelsea/{verb}.png")).shape[2] == 3
    assert np.load("page/chelsea/cam.npy").shape == (64, 64)
    assert json.loads(Path("page/report.json").read_text())["items"] == done.json()["items"]
    typed = [unescape(t) for t in re.findall(r"<pre>(.*?)</pre>", page)]
    again = run_inprocess(*shlex.split(typed[0])[1:], "-o", "again.png")  # what the page says makes the same picture
    assert again.code == 0, again.stderr
    assert Path("again.png").read_bytes() == Path("page/chelsea/gradcam.png").read_bytes()


def test_several_pictures_have_a_page_each_and_a_list(look):
    Path("broken.png").write_bytes(b"no picture")
    done = look(*NET, "chelsea.png", "coffee.png", "broken.png", "--part", "gradcam", "-o", "pages", "--json")
    assert done.code == 0, done.stderr
    links = re.findall(r'<a href="([^"]*)">', Path("pages/index.html").read_text())
    assert links == ["chelsea/index.html", "coffee/index.html"]
    assert all((Path("pages") / link).exists() for link in links)
    assert [("error" in i) for i in done.json()["items"]] == [False, False, True]
    assert "nothing could be made of 1 of 3 pictures" in done.stderr


def test_a_transformer_shows_its_attention_and_no_relu(look):
    words = ("--part", "attention", "--part", "deconvnet", "--part", "cam", "--part", "gradcam")
    done = look("-m", "timm:test_vit@random", "chelsea.png", *words, "-o", "page", "--json")
    assert done.code == 0, done.stderr
    item = done.json()["items"][0]
    assert item["left_out"].keys() >= {"deconvnet", "cam"}
    assert Path("page/chelsea/attention.png").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("chelsea.png --class nosuch -o page", "no class 'nosuch'"),
        ("chelsea.png --layer nosuch -o page", "no layer 'nosuch'"),
        ("chelsea.png --part nosuch -o page", "parts"),
        ("chelsea.png --part cam --part cam -o page", "a part stands twice"),
        ("chelsea.png -o page.html", "--out page.html: the page and its files need a folder"),
        ("chelsea.png -o -", "need a folder"),
    ],
)
def test_wrong_words_are_told(look, words, said):
    done = look(*NET, *words.split())
    assert (done.code, done.stdout) == (2, "")
    assert said in done.stderr
    assert not Path("page").exists()


def test_the_class_and_the_layer_asked_for_reach_the_sections(look):
    words = ("--class", "tabby", "--layer", "layer3", "--part", "gradcam", "--part", "saliency")
    done = look(*NET, "chelsea.png", *words, "-o", "page", "--json")
    assert done.code == 0, done.stderr
    page = Path("page/index.html").read_text()
    assert page.count("<dd>tabby</dd>") == 2
    assert "<dd>layer3</dd>" in page
