"""Data arguments to parts: formats found, splits seeded, stratified, by picture."""

import numpy as np
import pytest
from PIL import Image

from dlcli.core.errors import DataError
from dlcli.core.sources import Source, parse
from dlcli.data import build
from dlcli.data.pictures import Names


def pictures(folder, counts, shade=0):
    for name, count in counts.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for k in range(count):
            Image.new("L", (6, 6), (shade + 7 * k) % 255).save(folder / name / f"{k}.png")
    return folder


def test_split_is_a_stratified_partition():
    labels = np.repeat([0, 1, 2], [100, 50, 10])
    groups = build.split(labels, [0.2, 0.1], seed=3)
    assert np.array_equal(np.sort(np.concatenate(groups)), np.arange(160))
    assert [np.bincount(labels[g]).tolist() for g in groups] == [[70, 35, 7], [20, 10, 2], [10, 5, 1]]


def test_split_depends_on_the_seed_alone():
    labels = np.random.default_rng(0).integers(0, 4, 200)
    one, two, other = (build.split(labels, [0.2, 0.2], s) for s in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[1], other[1])


def test_a_class_of_one_picture_stays_in_training():
    groups = build.split(np.array([0, 0, 0, 0, 0, 1]), [0.4, 0.4], 0)
    assert 5 in groups[0]
    assert len(build.split(np.array([0]), [0.4, 0.4], 0)[0]) == 1


def test_digits_are_split_by_share():
    parts = build.parts(parse("digits"), 0.16, 0.2, 0)
    assert len(parts.train) + len(parts.val) + len(parts.test) == 1797
    assert len(parts.test) == pytest.approx(0.2 * 1797, abs=5)
    index = [set(p.index.tolist()) for p in (parts.train, parts.val, parts.test)]
    assert not index[0] & index[1]
    assert not index[0] & index[2]
    assert not index[1] & index[2]


def test_folder_without_parts(tmp_path):
    pictures(tmp_path / "p", {"cat": 10, "dog": 10})
    parts = build.parts(parse(f"{tmp_path}/p"), 0.2, 0.2, 0)
    assert parts.classes == ["cat", "dog"]
    assert [len(p) for p in (parts.train, parts.val, parts.test)] == [12, 4, 4]


def test_parts_inside_a_folder_win_and_are_said(tmp_path):
    pictures(tmp_path / "p/train", {"a": 8, "b": 8})
    pictures(tmp_path / "p/valid", {"a": 3})
    pictures(tmp_path / "p/test", {"a": 2, "c": 1})
    parts = build.parts(parse(f"{tmp_path}/p"), 0.5, 0.4, 0)
    assert [len(p) for p in (parts.train, parts.val, parts.test)] == [16, 3, 3]
    assert parts.classes == ["a", "b", "c"]
    text = " ".join(parts.notes)
    assert "parts given by" in text
    assert "no training picture of c" in text


def test_validation_is_taken_from_training_when_only_test_is_given(tmp_path):
    pictures(tmp_path / "p/train", {"a": 10, "b": 10})
    pictures(tmp_path / "p/test", {"a": 2, "b": 2})
    parts = build.parts(parse(f"{tmp_path}/p"), 0.2, 0.4, 0)
    assert [len(p) for p in (parts.train, parts.val, parts.test)] == [16, 4, 4]
    assert all("/train/" in parts.val.name(i) for i in range(4))


def test_data_of_its_own_with_other_classes(tmp_path):
    pictures(tmp_path / "p", {"a": 6, "b": 6})
    pictures(tmp_path / "q", {"b": 3, "aa": 2})
    parts = build.parts(parse(f"{tmp_path}/p"), 0.0, parse(f"{tmp_path}/q"), 0)
    assert parts.classes == ["a", "aa", "b"]
    assert parts.test.counts() == {"a": 0, "aa": 2, "b": 3}
    assert parts.train.counts() == {"a": 6, "aa": 0, "b": 6}
    assert len(parts.val) == 0


def test_csv_with_columns_found_quotes_and_parts(tmp_path):
    pictures(tmp_path, {"x": 6})
    rows = "".join(f'"x/{k}.png","two, words",{p}\n' for k, p in enumerate(["train"] * 3 + ["test"]))
    rows += "x/4.png,one,train\nx/5.png,one,val\n"
    (tmp_path / "l.csv").write_text("filename,species,split\n" + rows)
    parts = build.parts(parse(f"{tmp_path}/l.csv"), 0.1, 0.1, 0)
    assert parts.classes == ["one", "two, words"]
    assert [len(p) for p in (parts.train, parts.val, parts.test)] == [4, 1, 1]
    assert np.asarray(parts.train.read(0)).shape == (6, 6)


def test_tsv_with_named_columns_and_root(tmp_path):
    pictures(tmp_path / "pics", {"x": 4})
    (tmp_path / "l.tsv").write_text("where\tkind\n" + "".join(f"x/{k}.png\tk{k % 2}\n" for k in range(4)))
    source = Source("csv", f"{tmp_path}/l.tsv", {"picture": "where", "target": "kind", "root": f"{tmp_path}/pics"})
    assert build.find(source).pictures.classes == ["k0", "k1"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "has no rows"),
        ("picture,label\n", "has no rows"),
        ("a,b\n1,2\n", "which column holds the picture"),
        ("picture,what\nx.png,2\n", "which column holds the target"),
        ("picture,label\nx.png\n", ":2: 1 fields, but the header has 2"),
        ("picture,label\nx.png,\n", ":2: label is empty"),
        ("picture,label,part\nx.png,a,some\n", ":2: part 'some' is not allowed"),
    ],
)
def test_csv_errors_name_the_row(tmp_path, text, match):
    (tmp_path / "l.csv").write_text(text)
    with pytest.raises(DataError, match=match):
        build.find(parse(f"{tmp_path}/l.csv"))


def test_asked_for_a_column_that_is_not_there(tmp_path):
    (tmp_path / "l.csv").write_text("picture,species\nx.png,a\n")
    with pytest.raises(DataError, match="no column 'specie'; there are picture, species; nearest: species"):
        build.find(Source("csv", f"{tmp_path}/l.csv", {"target": "specie"}))


def test_folder_errors(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        build.find(parse(f"{tmp_path}/none"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="holds no class folders"):
        build.find(parse(f"{tmp_path}/empty"))
    Image.new("L", (3, 3)).save(tmp_path / "empty" / "loose.png")
    with pytest.raises(DataError, match="1 picture but no class folders"):
        build.find(parse(f"{tmp_path}/empty"))
    pictures(tmp_path / "one", {"only": 5})
    with pytest.raises(DataError, match="holds 1 class .only.; a classifier needs two"):
        build.parts(parse(f"{tmp_path}/one"), 0.2, 0.2, 0)


def test_links_back_hidden_files_and_other_files(tmp_path):
    root = pictures(tmp_path / "p", {"a": 3, "b": 3})
    (root / "a" / "loop").symlink_to(root / "a")
    (root / ".hidden").mkdir()
    (root / "a" / ".x.png").write_bytes(b"no")
    (root / "a" / "notes.txt").write_text("no")
    found = build.find(parse(f"{root}/"))
    assert (len(found.pictures), found.pictures.classes) == (6, ["a", "b"])


def test_names_hold_any_file_name():
    names = ["a", "", "ü/日本", "bad\udcff.png", "x" * 500]
    held = Names(names)
    assert [held[k] for k in range(len(held))] == names


def test_fingerprint_sees_labels_and_names(tmp_path):
    pictures(tmp_path / "p", {"a": 6, "b": 6})
    before = build.fingerprint(build.parts(parse(f"{tmp_path}/p"), 0.2, 0.2, 0))
    assert before == build.fingerprint(build.parts(parse(f"{tmp_path}/p"), 0.2, 0.2, 0))
    (tmp_path / "p/a/0.png").rename(tmp_path / "p/b/9.png")
    assert before != build.fingerprint(build.parts(parse(f"{tmp_path}/p"), 0.2, 0.2, 0))
