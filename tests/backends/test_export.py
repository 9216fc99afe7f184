"""export, and what it wrote given to predict and evaluate, through the command line."""

import json
import shutil
import sys

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from dlcli.core.errors import RunFailed
from dlcli.engine import export as engine


@pytest.fixture(scope="module")
def files(digits_run, tmp_path_factory):
    """Return a folder with net.onnx and net.pt2 of the tiny run, and what export said of each."""
    from conftest import run_words

    folder = tmp_path_factory.mktemp("exported")
    for format in ("onnx", "pt2"):
        words = ("export", digits_run, "-o", f"net.{format}", "--data", "digits", "--depfile", f"{format}.d", "--json")
        done = run_words(words, folder)
        assert (done.code, done.stderr) == (0, f"written: net.{format}; it answers like the network on 40 pictures\n")
        (folder / f"{format}.json").write_text(done.stdout)
    return folder


@pytest.fixture
def pictures(tmp_path):
    rng = np.random.default_rng(0)
    for k, shape in enumerate([(9, 30), (40, 11), (16, 16), (25, 31, 3)]):
        Image.fromarray(rng.integers(0, 255, shape, dtype=np.uint8)).save(tmp_path / f"{k}.png")
    return [f"{k}.png" for k in range(4)]


@pytest.mark.parametrize("format", ["onnx", "pt2"])
def test_the_document_says_what_was_proved(files, digits_run, format):
    doc = json.loads((files / f"{format}.json").read_text())
    assert doc["files"] == {"model": f"net.{format}"}
    assert (doc["model"], doc["format"], doc["data"]) == (str(digits_run), format, "digits")
    assert doc["bytes"] == (files / f"net.{format}").stat().st_size
    assert (doc["input"], doc["free"]) == ({"channels": 1, "size_px": [16, 16]}, ["batch"])
    assert doc["opset"] is None if format == "pt2" else doc["opset"] >= 18
    assert doc["parity"]["pictures"] == 40
    assert 0 <= doc["parity"]["max_difference"] <= 1e-4 <= doc["parity"]["tolerance"]
    assert doc["parity"]["largest_score"] > 0.1
    rule = (files / f"{format}.d").read_text()
    assert rule.startswith(f"net.{format}: ")
    assert "model.safetensors" in rule


@pytest.mark.parametrize("format", ["onnx", "pt2"])
def test_predict_gives_the_same_document(files, digits_run, pictures, run_inprocess, format):
    own = run_inprocess("predict", digits_run, *pictures, "gone.png", "--json", "--top", 10).json()
    file = files / f"net.{format}"
    doc = run_inprocess("predict", file, *pictures, "gone.png", "--json", "--top", 10).json()
    assert doc.pop("model") == str(file)
    for other in (own, doc):
        other.pop("seconds")
        other.pop("model", None)
    for first, second in zip(own["items"], doc["items"], strict=True):
        for a, b in zip(first.get("top", ()), second.get("top", ()), strict=True):
            assert b["probability"] == pytest.approx(a.pop("probability"), abs=1e-5)
            b.pop("probability")
        first.pop("probability", None)
        second.pop("probability", None)
    assert doc == own


@pytest.mark.parametrize("format", ["onnx", "pt2"])
def test_evaluate_gives_the_same_figures(files, digits_run, run_inprocess, format):
    words = ("--data", "digits", "--part", "all", "--json")
    own = run_inprocess("evaluate", digits_run, *words).json()
    found = run_inprocess("evaluate", files / f"net.{format}", *words).json()
    assert found["metrics"] == pytest.approx(own["metrics"], abs=1e-5)
    for key in ("confusion", "samples", "unreadable", "data"):
        assert found[key] == own[key]
    alone = run_inprocess("evaluate", files / f"net.{format}")
    assert (alone.code, "is no run with data of its own; give --data" in alone.stderr) == (2, True)


def test_a_depfile_names_the_exported_file(files, pictures, run_inprocess, tmp_path):
    shutil.copy(files / "net.pt2", tmp_path / "net.pt2")
    assert run_inprocess("predict", "net.pt2", pictures[0], "-o", "p.csv", "--depfile", "p.d").code == 0
    assert "net.pt2" in (tmp_path / "p.d").read_text().split()


def test_the_file_alone_is_enough_for_onnxruntime(files, digits_run, pictures, run_inprocess, tmp_path):
    """What README tells others to do, without dlcli."""
    session = onnxruntime.InferenceSession(files / "net.onnx", providers=["CPUExecutionProvider"])
    about = json.loads(session.get_modelmeta().custom_metadata_map["dlcli"])
    steps = {s["step"]: s for s in about["preprocessing"]}
    height, width = steps["resize"]["size_px"]
    image = Image.open(tmp_path / "2.png").convert("L" if steps["color"]["channels"] == 1 else "RGB")
    assert (image.size, steps["resize"]["keep"]) == ((width, height), 1)
    x = np.asarray(image, np.float32).reshape(height, width, -1) / 255
    x = (x - np.float32(steps["normalize"]["mean"])) / np.float32(steps["normalize"]["std"])
    (scores,) = session.run(None, {"pictures": x.transpose(2, 0, 1)[None]})
    p = np.exp(scores - scores.max())
    p /= p.sum()
    item = json.loads(run_inprocess("predict", digits_run, "2.png", "--jsonl").stdout)
    assert about["facts"]["classes"][int(p.argmax())] == item["label"]
    assert float(p.max()) == pytest.approx(item["probability"], abs=1e-5)
    assert (about["facts"]["answer"], about["task"]) == ("softmax", "classify")


def test_random_weights_stay_stamped(pictures, run_inprocess, tmp_path):
    name = "torchvision:squeezenet1_1@random"
    done = run_inprocess("export", name, "-o", "s.pt2", "--dynamic-size", "--json")
    assert done.code == 0, done.stderr
    assert (done.json()["stamp"], done.json()["free"]) == ("random weights, seed 0", ["batch", "height", "width"])
    own = json.loads(run_inprocess("predict", name, pictures[3], "--jsonl").stdout)
    found = run_inprocess("predict", "s.pt2", pictures[3], "--jsonl")
    assert "random weights" in found.stderr
    assert json.loads(found.stdout)["stamp"] == own["stamp"] == "random weights, seed 0"
    assert json.loads(found.stdout)["label"] == own["label"]


def test_imagenet_from_its_pt2(run_inprocess, tmp_path):
    import skimage.data

    Image.fromarray(skimage.data.coffee()).save("coffee.png")
    done = run_inprocess("export", "imagenet", "-o", "lite0.pt2", "-q")
    assert (done.code, done.stderr) == (0, "")
    found = json.loads(run_inprocess("predict", "lite0.pt2", "coffee.png", "--jsonl").stdout)
    assert (found["label"], found["probability"]) == ("espresso", pytest.approx(0.95, abs=0.01))
    described = run_inprocess("describe", "lite0.pt2")
    assert (described.code, "is an exported graph of imagenet, without its layers" in described.stderr) == (6, True)
    again = run_inprocess("export", "lite0.pt2", "-o", "again.onnx")
    assert (again.code, "is exported already" in again.stderr) == (6, True)


# What goes wrong


def test_a_file_that_answers_otherwise_is_not_kept(digits_run, run_inprocess, monkeypatch, tmp_path):
    (tmp_path / "net.pt2").write_bytes(b"mine")

    def fails(*_):
        raise RunFailed("class scores differ by 3")

    monkeypatch.setattr(engine, "parity", fails)
    done = run_inprocess("export", digits_run, "-o", "net.pt2", "--stamp", "s")
    assert (done.code, done.stdout, "class scores differ by 3" in done.stderr) == (1, "", True)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"net.pt2": b"mine"}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["RUN"], 2, "--out"),
        (["RUN", "-o", "x.bin"], 2, "the ending says none of onnx, pt2"),
        (["RUN", "-o", "x.onnx", "--format", "pt2"], 2, "contradict each other"),
        (["RUN", "-o", "nosuch/x.pt2"], 3, "the folder nosuch is missing"),
        (["RUN", "-o", "x.pt2", "--data", ""], 2, "--data names no data"),
        (["RUN", "-o", "x.pt2", "--data", "nosuch/"], 3, "nosuch"),
        (["RUN", "-o", "x.pt2", "--dynamic-size"], 6, "needs pictures of 16×16"),
        (["nosuch", "-o", "x.pt2"], 6, "is no run, no bundle and no model name"),
        (["gone.onnx", "-o", "x.pt2"], 6, "is exported already"),
    ],
)
def test_what_cannot_be_exported(digits_run, run_inprocess, tmp_path, words, code, says):
    done = run_inprocess("export", *(digits_run if w == "RUN" else w for w in words))
    assert (done.code, done.stdout) == (code, "")
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_onnx_without_its_libraries_is_exit_4_and_pt2_needs_none(digits_run, run_inprocess, monkeypatch, tmp_path):
    for package in ("onnx", "onnxscript", "onnxruntime"):
        monkeypatch.setitem(sys.modules, package, None)
    done = run_inprocess("export", digits_run, "-o", "x.onnx")
    assert (done.code, list(tmp_path.iterdir())) == (4, [])
    assert "pip install 'dlcli-toolkit[export]'" in done.stderr
    assert run_inprocess("export", digits_run, "-o", "x.pt2").code == 0
    (tmp_path / "y.onnx").write_bytes(b"x")
    assert run_inprocess("predict", "y.onnx", "p.png").code == 4


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("gone.onnx", None, "no such file"),
        ("gone.pt2", None, "no such file"),
        ("e.onnx", b"", "it is empty"),
        ("e.pt2", b"", "it is empty"),
        ("t.onnx", b"just text", "is no ONNX file"),
        ("t.PT2", b"just text", "is no PT2 file"),
    ],
)
def test_files_that_are_none_of_ours(run_inprocess, pictures, tmp_path, name, data, says):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    done = run_inprocess("predict", name, pictures[0])
    assert (done.code, done.stdout) == (6, "")
    assert says in done.stderr


@pytest.mark.parametrize("format", ["onnx", "pt2"])
def test_a_description_that_does_not_fit_the_network(files, run_inprocess, pictures, tmp_path, format):
    said = {"a": '"classes": ["0", ', "b": '"classes": ["more", "0", '}
    data = (files / f"net.{format}").read_bytes()
    if format == "onnx":
        import onnx

        model = onnx.load_model_from_string(data)
        (prop,) = model.metadata_props
        prop.value = prop.value.replace(said["a"], said["b"])
        (tmp_path / "net.onnx").write_bytes(model.SerializeToString())
    else:
        from exported_toys import rezipped

        (tmp_path / "net.pt2").write_bytes(data)
        rezipped(
            tmp_path / "net.pt2",
            lambda name, held: held.replace(said["a"].encode(), said["b"].encode()) if "extra" in name else held,
        )
    done = run_inprocess("predict", f"net.{format}", pictures[0])
    assert done.code == 6
    assert "it has 11 classes and answers in shape (1, 10)" in done.stderr


@pytest.mark.parametrize("words", [["--device", "cuda"], ["--precision", "bf16"]])
def test_a_device_the_file_cannot_run_on_is_refused(files, run_inprocess, pictures, words):
    done = run_inprocess("predict", files / "net.onnx", pictures[0], *words)
    assert done.code == (5 if "cuda" in words else 2)
    assert ("computes on cpu only" if "cuda" in words else "has no effect on") in done.stderr
