"""Boxes from COCO's JSON and from tables."""

import json

import pytest

from dlcli.core.errors import DataError
from dlcli.data import box_files

COCO = {
    "images": [{"id": 7, "file_name": "a/x.png"}, {"id": 8, "file_name": "y.png"}],
    "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "cup"}],
    "annotations": [
        {"image_id": 7, "category_id": 1, "bbox": [10, 20, 30, 40]},
        {"image_id": 7, "category_id": 2, "bbox": [0, 0, 5.5, 6]},
        {"image_id": 7, "category_id": 1, "bbox": [1, 1, 2, 2], "iscrowd": 0},
        {"image_id": 8, "category_id": 1, "bbox": [0, 0, 9, 9], "iscrowd": 1},
    ],
}


def write(tmp_path, content, name="b.json"):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_coco(tmp_path):
    found = box_files.read(write(tmp_path, COCO))
    assert found.pictures == {"a/x.png": {"cat": [(10, 20, 40, 60), (1, 1, 3, 3)], "cup": [(0, 0, 5.5, 6)]}}
    assert found.names() == [str(tmp_path / "a/x.png")]


def test_table(tmp_path):
    text = 'input,x0,y0,x1,y1,class\n"p,1.png",1,2,3,4,tiger cat\n"p,1.png",1,2,3,5,\nq.png,0,0,1,1,3\n'
    found = box_files.read(write(tmp_path, text, "b.csv"))
    assert found.pictures == {
        "p,1.png": {"tiger cat": [(1, 2, 3, 4)], "": [(1, 2, 3, 5)]},
        "q.png": {"3": [(0, 0, 1, 1)]},
    }
    without = box_files.read(write(tmp_path, "input,x0,y0,x1,y1\nq.png,0,0,1,1\n", "c.csv"))
    assert without.of("q.png") == {"": [(0, 0, 1, 1)]}


@pytest.mark.parametrize(
    ("picture", "found"),
    [
        ("a/x.png", True),
        ("/data/a/x.png", True),
        ("x.png", True),
        ("b/x.png", True),
        ("z.png", False),
        ("ax.png", False),
    ],
)
def test_pictures_are_known_by_the_end_of_their_path(tmp_path, picture, found):
    assert bool(box_files.read(write(tmp_path, COCO)).of(picture)) is found


def test_one_name_in_two_folders_is_told_apart(tmp_path):
    text = "input,x0,y0,x1,y1\na/x.png,0,0,1,1\nb/x.png,0,0,2,2\n"
    held = box_files.read(write(tmp_path, text, "b.csv"))
    assert held.of("/data/b/x.png") == {"": [(0, 0, 2, 2)]}
    assert held.of("x.png") == {}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("b.txt", "x", "boxes are read from"),
        ("b.json", "{", "not JSON"),
        ("b.json", "[1]", "not COCO's JSON"),
        ("b.json", {"images": [], "annotations": []}, "holds no box"),
        ("b.json", {**COCO, "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]}]}, "image_id 1"),
        ("b.json", {**COCO, "annotations": [{"image_id": 7, "category_id": 9, "bbox": [0, 0, 1, 1]}]}, "category_id 9"),
        ("b.json", {**COCO, "annotations": [{"image_id": 7, "category_id": 1, "bbox": [0, 0, 1]}]}, "must be"),
        ("b.json", {**COCO, "annotations": [{"image_id": 7, "category_id": 1, "bbox": [0, 0, -1, 5]}]}, "no area"),
        ("b.json", {**COCO, "annotations": [{"image_id": 7, "category_id": 1, "bbox": [0, 0, None, 5]}]}, "no number"),
        ("b.json", {**COCO, "annotations": [3]}, "no mapping"),
        ("b.csv", "input,x0,y0\n", "no column x1, y1"),
        ("b.csv", "", "no column input"),
        ("b.csv", "input,x0,y0,x1,y1\na.png,1,2,nan,4\n", "line 2: 'nan' is no number"),
        ("b.csv", "input,x0,y0,x1,y1\na.png,1,2\n", "line 2: None is no number"),
        ("b.csv", "input,x0,y0,x1,y1\na.png,5,2,5,4\n", "no area"),
        ("b.csv", "input,x0,y0,x1,y1\n,1,2,5,4\n", "no picture is named"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, name, content, said):
    with pytest.raises(DataError, match=said):
        box_files.read(write(tmp_path, content, name))


def test_a_missing_file_and_one_of_other_bytes(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        box_files.read(str(tmp_path / "none.csv"))
    (tmp_path / "b.csv").write_bytes(b"input\xff")
    with pytest.raises(DataError, match="not UTF-8"):
        box_files.read(str(tmp_path / "b.csv"))
