"""Cascades on the command line: counted, trained, reported; and what they cost when something is wrong."""

import hashlib
import json
import os
import signal
from types import SimpleNamespace

import numpy as np
import pytest
import typer
from cascade_toys import as_xml, background, scene, toys, trained
from PIL import Image

from dlcli.backends import boost_cascade as backend
from dlcli.cli import boost_cascade
from dlcli.core.errors import DlcliError


@pytest.fixture
def boost(tmp_path, monkeypatch, capsys):
    """Run the verbs as the group ``boost`` mounts them."""
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.add_typer(boost_cascade.app, name="cascade")
    app.command("haar")(boost_cascade.haar)

    def call(*words):
        capsys.readouterr()
        code, error = 0, None
        try:
            typer.main.get_command(app)(list(map(str, words)), standalone_mode=False)
        except DlcliError as held:
            code, error = int(held.code), held
        out = capsys.readouterr()
        return SimpleNamespace(code=code, stdout=out.out, stderr=out.err, error=error, json=lambda: json.loads(out.out))

    return call


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """faces/ with 60 toys and a broken file, others/ with 8 backgrounds, one tiny and one broken picture."""
    root = tmp_path_factory.mktemp("cascade")
    (root / "faces").mkdir()
    (root / "others").mkdir()
    for k, picture in enumerate(toys(60)):
        Image.fromarray(picture).resize((20, 20)).save(root / f"faces/{k:03}.png")
    rng = np.random.default_rng(0)
    for k in range(8):
        Image.fromarray(background(rng)).save(root / f"others/{k}.png")
    Image.new("L", (5, 5)).save(root / "others/tiny.png")
    (root / "others/broken.png").write_bytes(b"\x89PNG\r\n")
    (root / "faces/broken.jpg").write_bytes(b"\xff\xd8\xff")
    np.save(root / "faces.npy", toys(60) / 255)
    return root


def small(folders, *more, faces="faces"):
    words = ["cascade", "fit", folders / faces, "--negatives", folders / "others", "--window", 16, "--stages", 3]
    return [*words, "--features", 2000, "--set", "most_features=20", "--set", "negatives=200", *more]


def test_counts(boost):
    doc = boost("haar", "--window", 24, "--count", "--json").json()
    assert doc["total"] == 162_336
    assert list(doc["counts"].values()) == [43_200, 43_200, 27_600, 27_600, 20_736]
    assert boost("haar", "--count", "--window", 19).stdout.splitlines()[-1] == "all\t63960"
    assert (boost("haar", "--window", 0).code, boost("haar", "--count", "--window", 10**9).code) == (2, 2)


def test_the_list_of_features(boost):
    rows = [json.loads(line) for line in boost("haar", "--window", 4, "--jsonl").stdout.splitlines()]
    counts = boost("haar", "--window", 4, "--count", "--json").json()["counts"]
    assert {name: sum(r["type"] == name for r in rows) for name in counts} == counts
    assert rows[0] == {"type": "edge-x", "x": 0, "y": 0, "cell_width": 1, "cell_height": 1}


def test_fit_writes_a_bundle_a_figure_and_scores(boost, folders, tmp_path):
    done = boost(*small(folders, "-o", "m", "--json"))
    assert done.code == 0, done.error
    doc = done.json()
    assert sorted(p.name for p in (tmp_path / "m").iterdir()) == ["bundle.yaml", "cascade.json", "features.png"]
    assert set(doc["metrics"]) == {"test/detection_rate", "test/false_positive_rate", "test/accuracy"}
    assert doc["metrics"]["test/accuracy"] > 0.8
    assert doc["held_out"] == {"faces": 12, "patches": 12}
    assert [r["features"] for r in doc["items"][:2]] == [2, 10]
    assert doc["left_out"] == 3
    assert "stage 1: 2 features, detection rate " in done.stderr
    assert "tiny.png: 5×5 pixels, smaller than the window" in done.stderr
    digest = hashlib.sha256((tmp_path / "m/cascade.json").read_bytes()).hexdigest()
    assert digest in (tmp_path / "m/bundle.yaml").read_text()
    with Image.open(tmp_path / "m/features.png") as figure:
        assert figure.width > 1000
        assert len(np.unique(np.asarray(figure.convert("L")))) > 50


def test_an_array_of_faces_and_a_file_that_make_reads(boost, folders, tmp_path):
    done = boost(*small(folders, "-o", "m", "--stamp", "s", "--depfile", "d", "-q", faces="faces.npy"))
    assert (done.code, done.stderr) == (0, "")
    assert str(folders / "faces.npy") in (tmp_path / "d").read_text()
    assert (tmp_path / "d").read_text().startswith("s: ")


def test_the_same_seed_gives_the_same_cascade(boost, folders, tmp_path):
    for out, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert boost(*small(folders, "-o", out, "--seed", seed, "--stages", 2)).code == 0
    texts = [(tmp_path / out / "cascade.json").read_text() for out in "abc"]
    assert texts[0] == texts[1] != texts[2]


def test_a_model_is_not_replaced_unasked(boost, folders):
    words = small(folders, "-o", "m", "--stage-sizes", "1", "--stages", "1")
    assert boost(*words).code == 0
    again = boost(*words)
    assert (again.code, "holds a model already" in again.error.message, "--force" in again.error.hint) == (
        2,
        True,
        True,
    )
    assert boost(*words, "--force").code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["cascade", "fit", "faces"], 2, "give --negatives"),
        (["cascade", "fit", "nosuch", "--negatives", "others"], 3, "nosuch does not exist"),
        (["cascade", "fit", "faces", "--negatives", "empty"], 3, "no pictures below empty"),
        (["cascade", "fit", "faces", "--negatives", "tiny"], 3, "no negative of 24×24 pixels or more"),
        (["cascade", "fit", "objects.npy", "--negatives", "others"], 3, "no array that can be read"),
        (["cascade", "fit", "flat.npy", "--negatives", "others"], 3, r"of shape \(4, 4\)"),
        (["cascade", "fit", "nan.npy", "--negatives", "others"], 3, "values run from nan"),
        (["cascade", "fit", "bomb.npy", "--negatives", "others"], 3, "no array that can be read"),
        (["cascade", "fit", "header.npy", "--negatives", "others"], 3, "no array that can be read"),
        (["cascade", "fit", "faces", "--negatives", "others", "-o", "faces"], 2, "--out faces: is faces"),
        (["cascade", "fit", "faces", "--negatives", "others", "-o", "others/m", "--force"], 2, "is in others"),
        (["cascade", "fit", "faces", "--negatives", "others", "-o", "."], 2, "is the current folder"),
        (["cascade", "fit", "faces", "--negatives", "others", "-o", ".."], 2, "holds the current folder"),
        (["cascade", "fit", "faces", "--negatives", "others", "-o", "one.png"], 2, "is a file"),
        (["cascade", "fit", "one.png", "--negatives", "others"], 3, "is a file; give a folder"),
        (["cascade", "fit", "faces", "--negatives", "others", "--window", "4"], 2, "window"),
        (["cascade", "fit", "faces", "--negatives", "others", "--set", "typs=[edge-x]"], 2, "types"),
        (["cascade", "fit", "faces", "--negatives", "others", "--set", "types=[]"], 2, "types"),
        (["cascade", "report", "nosuch"], 6, "no cascade called nosuch"),
        (["cascade", "report", "imagenet"], 4, "is a network"),
    ],
)
def test_what_goes_wrong_is_told(boost, folders, tmp_path, words, code, said):
    for name in ("faces", "others"):
        (tmp_path / name).symlink_to(folders / name)
    for name in ("empty", "tiny"):
        (tmp_path / name).mkdir()
    Image.new("L", (5, 5)).save(tmp_path / "tiny/t.png")
    Image.new("L", (5, 5)).save(tmp_path / "one.png")
    np.save(tmp_path / "objects.npy", np.array([{}, 1], dtype=object), allow_pickle=True)
    np.save(tmp_path / "flat.npy", np.zeros((4, 4)))
    np.save(tmp_path / "nan.npy", np.full((2, 9, 9), np.nan))
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (9000000, 900, 900), }".ljust(117) + b"\n"
    (tmp_path / "bomb.npy").write_bytes(b"\x93NUMPY\x01\x00v\x00" + header)
    (tmp_path / "header.npy").write_bytes(b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '|u1', (((".ljust(117) + b"\n")
    done = boost(*words)
    assert done.code == code, done.error
    assert done.stdout == ""
    import re

    assert re.search(said, done.error.message)


def test_report(boost, folders, tmp_path):
    fit = boost(*small(folders, "-o", "m", "--json")).json()
    doc = boost("cascade", "report", "m", "--json").json()
    assert doc["metrics"] == fit["metrics"]
    assert [r["features"] for r in doc["items"]] == [r["features"] for r in fit["items"]]
    assert doc["items"][0]["detection_rate"] == fit["items"][0]["detection_rate"]
    assert len(doc["features"]) == doc["total_features"] == sum(r["features"] for r in fit["items"])
    assert {f["type"] for f in doc["features"]} <= {"edge-x", "edge-y", "line-x", "line-y", "checker"}
    assert "stage\tfeatures\tthreshold" in boost("cascade", "report", "m").stdout
    lines = boost("cascade", "report", "m", "--jsonl").stdout.splitlines()
    assert [json.loads(line)["stage"] for line in lines] == [r["stage"] for r in doc["items"]]
    (tmp_path / "ours.xml").write_bytes(as_xml(trained(stages=1).cascade))
    assert boost("cascade", "report", "ours.xml", "--json").json()["source"] == "OpenCV XML"


def test_a_trained_cascade_rejects_most_windows_early(boost, folders, tmp_path, run_inprocess):
    """Nine tenths of the windows of a picture without toys are gone after two stages."""
    boost(*small(folders, "-o", "m", "--detection", "0.95"))
    scene(np.random.default_rng(77), []).save(tmp_path / "none.png")
    doc = run_inprocess("detect", "none.png", "-m", "m", "--json").json()
    assert doc["stages"][2]["windows_out"] < 0.1 * doc["windows"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_keeps_the_finished_stages(boost, folders, tmp_path, monkeypatch, number, code):
    """The first signal ends the training; a second one while it is scored costs the score alone."""
    plain, before = backend._line, signal.getsignal(number)

    def line(record):
        if record["stage"] == 2:
            os.kill(os.getpid(), number)
        return plain(record)

    monkeypatch.setattr(backend, "_line", line)
    done = boost(*small(folders, "-o", "m", "--detection", "0.95"))
    assert done.code == code
    assert done.error.message == "stopped in stage 3; the 2 finished stages are in m"
    assert signal.getsignal(number) == before
    doc = boost("cascade", "report", "m", "--json").json()
    assert len(doc["items"]) == 2
    assert "test/accuracy" in doc["metrics"]
    assert f"stopped: {signal.Signals(number).name} in stage 3" in (tmp_path / "m/bundle.yaml").read_text()


def test_a_second_signal_costs_the_score_alone(boost, folders, monkeypatch):
    def scored(*_):
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(backend.cascade_fit, "scored", scored)
    done = boost(*small(folders, "-o", "m", "--stages", 1))
    assert (done.code, done.error.message) == (130, "stopped after the last stage; the one finished stage is in m")
    assert boost("cascade", "report", "m", "--json").json()["metrics"] == {}


def test_a_signal_before_the_first_stage(boost, folders, tmp_path, monkeypatch):
    monkeypatch.setattr(backend.patches, "negatives", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    done = boost(*small(folders, "-o", "m"))
    assert (done.code, "nothing was saved" in done.error.message) == (143, True)
    assert not (tmp_path / "m").exists()


def test_advice_when_negatives_run_out(boost, folders, tmp_path):
    np.save(tmp_path / "few.npy", np.stack([background(np.random.default_rng(k))[:16, :16] for k in range(30)]))
    words = ["cascade", "fit", folders / "faces", "--negatives", "few.npy", "--window", 16, "--features", 2000]
    done = boost(*words, "-o", "m")
    assert done.code == 0
    assert "windows of the negatives are left; fewer than 10; give more negatives" in done.stderr
    assert "--stages 1 --stage-sizes 50" in done.stderr


def test_captions_say_which_side_is_a_face():
    row = {"threshold": -0.0123, "below": -1.0, "above": 1.0}
    assert backend._vote(row) == "face when\nwhite − black ≥ −0.012"
    assert backend._vote({**row, "below": 2.0}) == "face when\nwhite − black < −0.012"
