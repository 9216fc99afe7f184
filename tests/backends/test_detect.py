"""``dlcli detect``: boxes, pictures, stage counts, and what a bad picture or model costs."""

import csv
import json
import re
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import yaml
from cascade_toys import SIDE, as_xml, scene, trained
from PIL import Image

from dlcli.core.bundle import Bundle
from dlcli.methods import cascade_store
from dlcli.ops.boxes import overlap

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"
PLACES = [(10, 20, 24), (80, 50, 40)]
ABOUT = Bundle(kind="cascade", task="detect", model={"name": "cascade"}, facts={}, preprocessing=[])


def valid(doc, kind):
    jsonschema.Draft202012Validator(json.loads((SCHEMAS / f"{kind}.json").read_text())).validate(doc)


@pytest.fixture(scope="module")
def held():
    return trained().cascade


@pytest.fixture
def here(tmp_path, held):
    """m/ is a model, a.png has two toys, none.png none, broken.png is no picture."""
    (tmp_path / "m").mkdir()
    cascade_store.write(tmp_path / "m", held, ABOUT)
    scene(np.random.default_rng(100), PLACES).convert("RGB").save(tmp_path / "a.png")
    scene(np.random.default_rng(100), []).save(tmp_path / "none.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n")
    return tmp_path


def test_json(here, run_inprocess, held):
    done = run_inprocess("detect", "a.png", "none.png", "-m", "m", "--step", 1, "--json")
    assert done.code == 0, done.stderr
    doc = done.json()
    valid(doc, "document")
    boxes = [tuple(b[k] for k in ("x", "y", "width", "height")) for b in doc["items"][0]["boxes"]]
    for x, y, side in PLACES:
        assert max(overlap(b, (x, y, side, side)) for b in boxes) > 0.5
    assert [len(i["stages"]) for i in doc["items"]] == [len(held.stages) + 1] * 2
    assert doc["windows"] == sum(i["stages"][0]["windows_in"] for i in doc["items"])
    for rows in (doc["stages"], *(i["stages"] for i in doc["items"])):
        assert [r["windows_in"] for r in rows[1:]] == [r["windows_out"] for r in rows[:-1]]
        assert all(r["windows_out"] <= r["windows_in"] for r in rows)
    assert doc["metrics"] == {"windows_per_s": doc["windows_per_s"]}
    assert doc["windows_per_s"] > 0


def test_a_line_a_picture_and_an_error_record_for_a_bad_one(here, run_inprocess):
    done = run_inprocess("--jsonl", "detect", "a.png", "broken.png", "gone.png", "none.png", "-m", "m")
    assert done.code == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        valid(line, "item")
    assert [line["input"] for line in lines] == ["a.png", "broken.png", "gone.png", "none.png"]
    assert [line.get("error", {}).get("code") for line in lines] == [None, 3, 3, None]
    assert "2 of 4 pictures could not be read" in done.stderr


def test_a_row_a_box(here, run_inprocess):
    done = run_inprocess("detect", "a.png", "-m", "m", "--step", 1)
    header, *rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert header == ["input", "x", "y", "width", "height", "score"]
    assert len(rows) >= 2
    assert all(row[0] == "a.png" and all(v.isdigit() for v in row[1:]) for row in rows)
    assert [int(r[5]) for r in rows] == sorted((int(r[5]) for r in rows), reverse=True)


def test_all_bad_is_exit_3(here, run_inprocess):
    done = run_inprocess("detect", "broken.png", "-m", "m")
    assert (done.code, done.stdout) == (3, "")
    assert "broken.png: broken picture" in done.stderr or "broken.png: not a picture" in done.stderr
    assert "Traceback" not in done.stderr


def test_pictures_with_boxes(here, run_inprocess):
    (here / "sub").mkdir()
    (here / "sub/a.png").write_bytes((here / "a.png").read_bytes())
    done = run_inprocess("detect", "a.png", "sub", "-m", "m", "--step", 1, "-o", "out", "--json")
    assert done.code == 0, done.stderr
    assert sorted(p.name for p in (here / "out").iterdir()) == ["a-2.png", "a.png"]
    box = done.json()["items"][0]["boxes"][0]
    with Image.open(here / "out/a.png") as drawn, Image.open(here / "a.png") as plain:
        assert drawn.size == plain.size
        changed = (np.asarray(drawn) != np.asarray(plain.convert("RGB"))).any(axis=2)
    assert changed[box["y"] + box["height"] // 2, box["x"]]
    assert changed.mean() < 0.5


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "jsonl"])
def test_files_of_boxes(here, run_inprocess, suffix):
    done = run_inprocess("detect", "a.png", "none.png", "-m", "m", "--step", 1, "-o", f"boxes.{suffix}")
    assert (done.code, done.stdout) == (0, "")
    text = (here / f"boxes.{suffix}").read_text()
    if suffix == "json":
        items = json.loads(text)["items"]
    elif suffix == "jsonl":
        items = [json.loads(line) for line in text.splitlines()]
    else:
        rows = list(csv.DictReader(text.splitlines(), delimiter="," if suffix == "csv" else "\t"))
        assert {r["input"] for r in rows} >= {"a.png"}
        return
    assert [i["input"] for i in items] == ["a.png", "none.png"]


def test_a_file_without_boxes_has_its_header(here, run_inprocess):
    Image.new("L", (40, 40), 9).save(here / "flat.png")
    assert run_inprocess("detect", "flat.png", "-m", "m", "-o", "b.csv").code == 0
    assert (here / "b.csv").read_text() == "input,x,y,width,height,score\n"


def test_options_have_an_effect(here, run_inprocess):
    def doc(*words):
        return run_inprocess("detect", "a.png", "-m", "m", "--json", *words).json()

    plain = doc()
    assert doc("--step", 1)["windows"] > 2 * plain["windows"]
    assert doc("--scale", "1.1")["windows"] > 1.5 * plain["windows"]
    assert all(b["height"] >= 35 for b in doc("--step", 1, "--smallest", 36)["items"][0]["boxes"])
    assert all(b["height"] <= 30 for b in doc("--step", 1, "--largest", 30)["items"][0]["boxes"])
    every = doc("--min-neighbors", 0)["items"][0]["boxes"]
    assert len(every) == plain["stages"][-1]["windows_out"]
    assert {b["score"] for b in every} == {1}
    assert doc("--set", "min_neighbors=0")["items"] == doc("--min-neighbors", 0)["items"]
    (here / "r.yaml").write_text("step: 1\n")
    assert doc("-r", "./r.yaml")["windows"] == doc("--step", 1)["windows"]


def test_stages_are_told_on_stderr(here, run_inprocess):
    assert "contrast" not in run_inprocess("detect", "a.png", "-m", "m").stderr
    told = run_inprocess("detect", "a.png", "-m", "m", "--stages").stderr
    assert re.search(r"^contrast +[\d,]+ +[\d,]+ +0\.\d{4}$", told, re.MULTILINE)
    assert re.search(r"1 picture, [\d,]+ windows, [\d,]+ a second", told)
    assert run_inprocess("detect", "a.png", "-m", "m", "--stages", "-q").stderr == ""


def test_a_list_and_a_picture_on_stdin(here, dlcli):
    done = dlcli("detect", "-", "-m", "m", "--jsonl", stdin="a.png\nnone.png\n")
    assert [json.loads(line)["input"] for line in done.stdout.splitlines()] == ["a.png", "none.png"]
    done = dlcli("detect", "-", "-m", "m", "--jsonl", stdin=(here / "a.png").read_bytes())
    assert json.loads(done.stdout)["input"] == "stdin"
    assert json.loads(done.stdout)["width"] == 160


def test_opencvs_xml(here, run_inprocess, held):
    (here / "ours.xml").write_bytes(as_xml(held))
    doc = run_inprocess("detect", "a.png", "-m", "ours.xml", "--step", 1, "--json").json()
    boxes = [tuple(b[k] for k in ("x", "y", "width", "height")) for b in doc["items"][0]["boxes"]]
    assert max(overlap(b, (80, 50, 40, 40)) for b in boxes) > 0.5


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["a.png"], 2, "which model? give -m MODEL"),
        (["a.png", "-m", "imagenet"], 4, "not built yet: dlcli detect opens cascades"),
        (["a.png", "-m", "net"], 4, "net holds a network; detecting with it is not built yet"),
        (["a.png", "-m", "nosuch"], 6, "no cascade called nosuch"),
        (["a.png", "-m", "a.png"], 6, "a.png is no cascade"),
        (["a.png", "-m", "bad.xml"], 6, "bad.xml is not valid XML"),
        (["a.png", "-m", "tampered"], 6, "its SHA-256 differs"),
        (["a.png", "-m", "m", "--scale", "1"], 2, "scale"),
        (["a.png", "-m", "m", "--step", "x"], 2, "step"),
        (["a.png", "-m", "m", "-o", "x.png"], 2, "must be a folder for pictures with boxes"),
        (["a.png", "-m", "m", "-o", "a.png/x"], 3, "cannot make the folder"),
        (["nosuch/*.png", "-m", "m"], 3, "no picture matches"),
    ],
)
def test_what_goes_wrong_is_told(here, run_inprocess, held, words, code, said):
    for name in ("net", "tampered"):
        (here / name).mkdir()
        cascade_store.write(here / name, held, ABOUT)
    plain = yaml.safe_load((here / "net/bundle.yaml").read_text())
    (here / "net/bundle.yaml").write_text(yaml.safe_dump({**plain, "kind": "network"}))
    path = here / "tampered/cascade.json"
    path.write_text(path.read_text().replace("0.", "1.", 1))
    (here / "bad.xml").write_text("<opencv_storage>")
    done = run_inprocess("detect", *words)
    assert (done.code, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_hostile_pictures_cost_a_record_each(here, run_inprocess):
    (here / "pics").mkdir()
    (here / "pics/empty.png").write_bytes(b"")
    (here / "pics/text.jpg").write_text("no picture")
    Image.new("L", (1, 1)).save(here / "pics/one.png")
    Image.new("1", (300, SIDE)).save(here / "pics/bits.png")
    Image.new("RGBA", (40, 40), (10, 20, 30, 0)).save(here / "pics/clear.png")
    head = (here / "a.png").read_bytes()
    (here / "pics/bomb.png").write_bytes(head[:16] + (60_000).to_bytes(4, "big") * 2 + head[24:])
    lines = run_inprocess("detect", "pics", "-m", "m", "--jsonl").stdout.splitlines()
    bad = {Path(json.loads(line)["input"]).name for line in lines if "error" in json.loads(line)}
    assert bad == {"empty.png", "text.jpg", "bomb.png"}
    assert len(lines) == 6


def test_make(here, run_inprocess):
    assert run_inprocess("detect", "a.png", "-m", "m", "-o", "b.csv", "--depfile", "b.d", "--stamp", "b.ok").code == 0
    rule = (here / "b.d").read_text().splitlines()[0]
    assert rule == "b.ok: m/cascade.json m/bundle.yaml a.png"
    assert (here / "b.ok").exists()


def test_detecting_needs_no_torch(here, dlcli):
    stub = here / "stub/torch"
    stub.mkdir(parents=True)
    (stub / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')\n")
    import dlcli as package

    root = Path(package.__file__).resolve().parent.parent
    assert dlcli("detect", "a.png", "-m", "m", env={"PYTHONPATH": f"{stub.parent}:{root}"}).code == 0


def test_an_input_is_not_drawn_over(here, run_inprocess):
    before = {p.name: p.read_bytes() for p in here.glob("*.png")}
    (here / "link").symlink_to(here)
    (here / "a.csv").write_bytes(before["a.png"])
    for words, target in (
        (["a.png", "-o", "."], "a.png"),
        (["none.png", "a.png", "-o", "link"], "link/none.png"),
        (["a.csv", "-o", "a.csv"], "a.csv"),
        (["a.png", "-o", "m/cascade.json"], "m/cascade.json"),
    ):
        done = run_inprocess("detect", *words, "-m", "m")
        assert (done.code, done.stdout) == (2, "")
        assert f"--out: {target} would be written over" in done.stderr
        assert "choose another folder" in done.stderr
    assert {p.name: p.read_bytes() for p in here.glob("*.png")} == before


def test_a_bare_name_is_looked_for_where_opencv_has_its_own(here, run_inprocess, held, monkeypatch):
    (here / "share").mkdir()
    (here / "share/haarcascade_x.xml").write_bytes(as_xml(held))
    monkeypatch.setattr(cascade_store, "SHARED", (str(here / "nosuch"), str(here / "share")))
    done = run_inprocess("detect", "none.png", "-m", "haarcascade_x.xml", "--depfile", "d", "--stamp", "s")
    assert done.code == 0
    assert f"haarcascade_x.xml is read from {here}/share/haarcascade_x.xml" in done.stderr
    assert f"{here}/share/haarcascade_x.xml" in (here / "d").read_text()
    assert run_inprocess("boost", "cascade", "report", "haarcascade_x.xml").code == 0
    for word in ("haarcascade_y.xml", "./haarcascade_x.xml"):
        done = run_inprocess("detect", "none.png", "-m", word)
        assert done.code == 6
        assert "apt install opencv-data" in done.stderr


def test_a_closed_stdin(here, run_inprocess, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    done = run_inprocess("detect", "-", "-m", "m")
    assert (done.code, "stdin is closed" in done.stderr) == (3, True)
    assert run_inprocess("detect", "-m", "m").code == 2


def test_a_model_of_tables_is_told(here, run_inprocess, table_run):
    model = table_run / "model"
    done = run_inprocess("detect", "a.png", "-m", model)
    assert (done.code, f"dlcli boost predict TABLE -m {model}" in done.stderr) == (6, True), done.stderr
