"""The map of words as a picture and as a page."""

import base64
import hashlib
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from dlcli.ui import word_map, word_map_labels, word_map_page
from dlcli.ui.word_map import WordMap

HOSTILE = [
    "</script><script>alert(1)",
    '<b a="&">',
    "日本語",
    "a\u2028b",
    "\udcff",
    " ",
    "x" * 5000,
    "שלום",
    "\x1b[31m",
    "$x^2$",
]


def made(words=("frog", "toad", "car"), groups=(), group_of=None, points=None, **more):
    n = len(words)
    points = np.random.default_rng(0).normal(size=(n, 2)) if points is None else np.asarray(points, float)
    of = np.full(n, -1) if group_of is None else np.asarray(group_of)
    near = (np.array([[(k + 1) % n] for k in range(n)]), np.full((n, 1), 0.25))
    axes, facts = ("first", "second"), [("vectors", "vec.txt")]
    return WordMap(
        "A map", "How to read it.", list(words), points, axes, facts, list(groups), of, **{"near": near, **more}
    )


def picture(a_map):
    content, labeled = word_map.png(a_map)
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int), labeled


def count(pixels, color, tolerance=12):
    return int((np.abs(pixels - color).max(axis=-1) <= tolerance).sum())


# The picture


def test_points_have_the_colors_of_their_groups_and_words_their_labels():
    pixels, labeled = picture(made(groups=["animals", "things"], group_of=[0, 0, 1]))
    assert labeled == 3
    assert count(pixels, (0, 114, 178)) > 250
    assert count(pixels, (213, 94, 0)) > 150
    plain, _ = picture(made())
    assert count(plain, (0, 114, 178)) > 300
    assert count(plain, (213, 94, 0)) == 0


def test_the_same_map_gives_the_same_bytes():
    assert word_map.png(made()) == word_map.png(made())
    assert word_map_page.html(made()) == word_map_page.html(made())


@pytest.mark.parametrize(
    "points", [[(0, 0), (0, 0)], [(0, 0), (1, 0)], [(0, 0), (0, 1e-300)], [(0, 0), (1e200, 1e200)]]
)
def test_points_on_a_line_or_on_one_place(points):
    _, labeled = picture(made(["a", "b"], points=points))
    assert labeled == 2
    data = data_of(word_map_page.html(made(["a", "b"], points=points)))
    assert all(0 <= v <= 1000 for v in (*data["x"], *data["y"]))


def test_hostile_words_are_drawn():
    pixels, labeled = picture(made(HOSTILE, groups=HOSTILE, group_of=range(len(HOSTILE))))
    assert labeled == len(HOSTILE)
    assert pixels.shape[1] == 1875


def test_signs_that_the_font_lacks_are_known():
    assert word_map.without_glyphs(["frog", "é", "жаба"]) == ""
    assert word_map.without_glyphs(["日本", "a b", "日"]) == "日本"


def test_labels_lie_neither_on_each_other_nor_outside():
    rng = np.random.default_rng(1)
    size, high = np.array((400.0, 300.0)), 10.0
    points, widths = rng.uniform(0, 1, (300, 2)) * size, rng.uniform(5, 60, 300)
    placed = word_map_labels.place(points, widths, high, size, range(300))
    assert 40 < len(placed) < 300
    assert placed[0][0] == 0  # the first word has room
    shift = {"left": 0, "right": 1, "center": 0.5}
    boxes = []
    for k, x, y, side in placed:
        left = x - shift[side] * widths[k]
        boxes.append((left, y - high / 2, left + widths[k], y + high / 2))
    assert all(b[0] >= 0 and b[1] >= 0 and b[2] <= 400 and b[3] <= 300 for b in boxes)
    for k, a in enumerate(boxes):
        assert not any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for b in boxes[k + 1 :])
    again = word_map_labels.place(points, widths, high, size, [7, *range(300)], 7)
    assert 7 in [number for number, *_ in again]
    assert len({number for number, *_ in again}) == len(again)


def test_a_map_keeps_its_proportions():
    shown = word_map_labels.fit(np.array([[0.0, 0], [2, 0], [0, 1]]), np.array((400.0, 300.0)), 20)
    assert shown.tolist() == [[20, 60], [380, 60], [20, 240]]


# The page


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_the_page_needs_nothing_else_and_runs_one_script():
    page = word_map_page.html(made(HOSTILE, groups=["g"], group_of=[0] * 5 + [-1] * 5))
    assert re.findall(r"(?:[^-]src|href|action)\s*=\s*(\S+)", page) == ['"data:,">']
    assert not re.search(r"https?:|//[a-z]|@import|url\(", page)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy == f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert page.count("<script") == page.count("</script>") == 2


def test_the_page_holds_what_the_map_shows():
    data = data_of(word_map_page.html(made(HOSTILE, groups=["g"], group_of=[0] * 5 + [-1] * 5, focus=2)))
    assert data["words"] == [w.encode("utf-8", "replace").decode() for w in HOSTILE]
    assert data["group"] == [0] * 5 + [-1] * 5
    assert (data["groups"], data["focus"]) == (["g"], 2)
    assert data["near"][0] == [1]
    assert data["cosines"][0] == [0.25]
    assert max(max(data["x"]) - min(data["x"]), max(data["y"]) - min(data["y"])) == 1000
    assert len(data["shapes"]) == 7


def test_the_page_says_the_words_without_a_script_too():
    page = word_map_page.html(made(groups=["animals"], group_of=[0, 0, -1]))
    table = page[page.index("<details>") : page.index("</details>")]
    assert [w for w in ("frog", "toad", "car", "animals", "0.25") if w not in table] == []
    assert "no group" in page
    assert "<noscript>" in page


def test_elements_that_the_script_asks_for_are_there():
    page = word_map_page.html(made(groups=["animals"], group_of=[0, 0, 0]))
    for name in re.findall(r'getElementById\("(\w+)"\)', page):
        assert f'id="{name}"' in page
    assert page.count('class="legend"') == 1
    assert 'class="legend"' not in word_map_page.html(made())


def test_a_map_without_neighbors_has_no_table_of_many_words():
    many = made([f"w{k}" for k in range(2500)], near=None)
    page = word_map_page.html(many)
    assert "<details>" not in page
    assert data_of(page)["near"] is None
