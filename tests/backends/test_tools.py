"""predict, evaluate, describe, data through the command line."""

import csv
import io
import json
import shutil

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "digit.png"
    Image.effect_noise((20, 20), 60).save(path)
    return path


def test_predict_says_labels_and_probabilities(digits_run, picture, run_inprocess):
    done = run_inprocess("predict", digits_run, picture, picture, "--json", "--top", 3)
    assert done.code == 0, done.stderr
    items = done.json()["items"]
    assert [i["input"] for i in items] == [str(picture)] * 2
    assert items[0]["probability"] == items[0]["top"][0]["probability"] >= items[0]["top"][2]["probability"]
    everything = run_inprocess("predict", digits_run, picture, "--jsonl", "--top", 10)
    assert sum(t["probability"] for t in json.loads(everything.stdout)["top"]) == pytest.approx(1, abs=1e-4)


def test_predict_agrees_with_torch_by_hand(digits_run, picture, run_inprocess):
    import torch

    from dlcli.data import images
    from dlcli.tasks.open import open_model

    opened = open_model(str(digits_run))
    x = torch.from_numpy(images.apply(images.read(picture), opened.preprocessing))[None]
    with torch.no_grad():
        p = opened.module(x).softmax(1)[0]
    item = json.loads(run_inprocess("predict", digits_run, picture, "--jsonl").stdout)
    assert item["label"] == opened.classes[int(p.argmax())]
    assert item["probability"] == pytest.approx(float(p.max()), abs=1e-6)


def test_batch_one_and_many_agree(digits_run, tmp_path, run_inprocess):
    for k in range(9):
        Image.effect_noise((12 + k, 20), 30 + 9 * k).save(tmp_path / f"{k}.png")
    one, many = (run_inprocess("predict", digits_run, "*.png", "--json", "--batch", n).json()["items"] for n in (1, 8))
    assert [i["label"] for i in one] == [i["label"] for i in many]
    assert [i["probability"] for i in one] == pytest.approx([i["probability"] for i in many], abs=1e-5)


def test_a_bad_file_costs_one_record(digits_run, tmp_path, picture, run_inprocess):
    (tmp_path / "empty.png").write_bytes(b"")
    done = run_inprocess("predict", digits_run, "empty.png", picture, "gone.png", "--jsonl")
    assert done.code == 0
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert first["error"]["code"] == third["error"]["code"] == 3
    assert "the file is empty" in first["error"]["message"]
    assert "no such file" in third["error"]["message"]
    assert "label" in second
    assert run_inprocess("predict", digits_run, "empty.png").code == 3


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "json"])
def test_predict_writes_files(digits_run, tmp_path, picture, run_inprocess, suffix):
    odd = tmp_path / 'a, "b".png'
    shutil.copy(picture, odd)
    done = run_inprocess("predict", digits_run, odd, "-o", f"p.{suffix}")
    assert (done.code, done.stdout) == (0, "")
    text = (tmp_path / f"p.{suffix}").read_text()
    if suffix in ("csv", "tsv"):
        rows = list(csv.DictReader(io.StringIO(text), delimiter="," if suffix == "csv" else "\t"))
        assert rows[0]["input"] == str(odd)
    else:
        held = json.loads(text)
        assert (held["items"][0] if suffix == "json" else held)["input"] == str(odd)


def test_predict_reads_lists_and_pictures_from_stdin(digits_run, picture, dlcli):
    listed = dlcli("predict", digits_run, "-", "--jsonl", stdin=f"{picture}\n{picture}\n")
    assert [json.loads(x)["input"] for x in listed.stdout.splitlines()] == [str(picture)] * 2
    piped = dlcli("predict", digits_run, "-", "--jsonl", stdin=picture.read_bytes())
    assert json.loads(piped.stdout)["input"] == "stdin"
    assert json.loads(piped.stdout)["probability"] == json.loads(listed.stdout.splitlines()[0])["probability"]


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_more_devices_than_one_are_refused_not_ignored(digits_run, picture, run_inprocess, command):
    words = [picture] if command == "predict" else []
    done = run_inprocess(command, digits_run, *words, "--set", "device.count=2")
    assert (done.code, "only dlcli train runs on several devices" in done.stderr) == (4, True)


def test_random_weights_are_stamped(picture, run_inprocess):
    done = run_inprocess("predict", "torchvision:squeezenet1_1@random", picture, "--jsonl")
    assert json.loads(done.stdout)["stamp"] == "random weights, seed 0"
    assert "random weights" in done.stderr


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("runs/none", "is no run, no bundle"),
        ("torchvision:resnet18", "are not on disk"),
        ("torchvision:resnet81", "no network is called"),
        ("imagenett", "nearest: imagenet"),
    ],
)
def test_wrong_models(picture, run_inprocess, monkeypatch, tmp_path, model, says):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    done = run_inprocess("predict", model, picture)
    assert done.code in (2, 6)
    assert says in done.stderr


def test_tampered_weights_are_refused(digits_run, tmp_path, picture, run_inprocess):
    shutil.copytree(digits_run / "model", tmp_path / "m")
    weights = tmp_path / "m/model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(bytes(data))
    done = run_inprocess("predict", "m", picture)
    assert (done.code, "SHA-256 differs" in done.stderr) == (6, True)


def test_evaluate_scores_the_runs_own_test_part_as_training_did(digits_run, run_inprocess):
    report = json.loads((digits_run / "report.json").read_text())
    for words in ([], ["--data", "digits"]):
        got = run_inprocess("evaluate", digits_run, "--json", *words).json()
        assert got["samples"] == report["parts"]["test"]
        for name in ("accuracy", "top5_accuracy", "macro_f1", "log_loss", "calibration_error"):
            assert got["metrics"][name] == pytest.approx(report["metrics"][f"test/{name}"], abs=1e-6)
        assert got["confusion"]["counts"] == report["confusion"]


def test_evaluate_parts_checks_and_files(digits_run, tmp_path, run_inprocess):
    everything = run_inprocess("evaluate", digits_run, "--data", "digits", "--part", "all", "--json").json()
    assert everything["samples"] == 1797
    assert run_inprocess("evaluate", digits_run, "--fail-under", "accuracy=0.01").code == 0
    low = run_inprocess("evaluate", digits_run, "--fail-under", "accuracy=1.5", "--stamp", "s")
    assert (low.code, (tmp_path / "s").exists()) == (7, False)
    assert run_inprocess("evaluate", digits_run, "--fail-over", "log_loss=0").code == 7
    wrong = run_inprocess("evaluate", digits_run, "--fail-under", "acuracy=0.5")
    assert (wrong.code, "nearest: accuracy" in wrong.stderr) == (2, True)
    run_inprocess("evaluate", digits_run, "-o", "e", "--stamp", "s")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "e/predictions.csv").read_text())))
    report = json.loads((tmp_path / "e/report.json").read_text())
    hits = np.mean([r["label"] == r["prediction"] for r in rows])
    assert hits == pytest.approx(report["metrics"]["accuracy"])
    assert (tmp_path / "s").exists()


def test_evaluate_refuses_classes_the_model_does_not_know(digits_run, photo_folder, run_inprocess):
    done = run_inprocess("evaluate", digits_run, "--data", photo_folder)
    assert done.code == 6
    assert "does not know the classes blue_checks, green_rows, red_columns" in done.stderr


@pytest.mark.parametrize(
    ("model", "weights"), [("lenet5", 61706), ("torchvision:resnet18", 11689512), ("imagenet", 4652008)]
)
def test_describe(run_inprocess, model, weights):
    doc = run_inprocess("describe", model, "--json").json()
    assert doc["totals"]["weights"] == weights == sum(r["weights"] for r in doc["items"])


def test_describe_a_run_sizes_and_names(digits_run, run_inprocess):
    doc = run_inprocess("describe", digits_run, "--json").json()
    assert doc["totals"]["weights"] == 16 * 16 * 16 + 16 + 16 * 10 + 10
    assert run_inprocess("describe", "torchvision:resnet18", "--size-px", "64x96", "--json").json()["input"] == [
        3,
        64,
        96,
    ]
    assert run_inprocess("describe", "lenet5", "--size-px", "x").code == 2
    assert "lenet5" in run_inprocess("describe", "--list", "own").stdout


def test_data_check_finds_what_is_wrong(tmp_path, photo_folder, run_inprocess):
    assert run_inprocess("data", "check", photo_folder, "--json").json()["metrics"]["errors"] == 0
    bad = tmp_path / "bad"
    shutil.copytree(photo_folder, bad)
    (bad / "red_columns/01.png").write_bytes(b"x")
    shutil.copy(bad / "red_columns/02.png", bad / "green_rows/copy.png")
    shutil.copy(bad / "red_columns/03.png", bad / "red_columns/copy.png")
    (bad / "nothing").mkdir()
    done = run_inprocess("data", "check", "bad/", "--json")
    assert done.code == 3
    problems = " | ".join(f"{p['level']} {p['input']}: {p['problem']}" for p in json.loads(done.stdout)["items"])
    assert "error bad/red_columns/01.png: not a picture" in problems
    assert "labeled in two ways (green_rows, red_columns)" in problems
    assert "warning bad/red_columns/03.png: the same picture as bad/red_columns/copy.png" in problems
    assert "warning nothing: no picture in data" in problems


def test_data_check_of_one_class(tmp_path, run_inprocess):
    (tmp_path / "d/a").mkdir(parents=True)
    Image.new("L", (4, 4)).save(tmp_path / "d/a/x.png")
    done = run_inprocess("data", "check", "d/", "--json")
    assert done.code == 3
    problems = [p["problem"] for p in json.loads(done.stdout)["items"]]
    assert problems == ["only 1 picture in data", "the only class; two are needed"]


def test_data_check_across_parts(tmp_path, run_inprocess):
    for part in ("train", "test"):
        for name, shade in (("a", 10), ("b", 200)):
            (tmp_path / "d" / part / name).mkdir(parents=True)
            Image.new("L", (4, 4), shade).save(tmp_path / "d" / part / name / "x.png")
    done = run_inprocess("data", "check", "d/", "--json")
    assert "the same picture in train and test" in done.stdout


def test_convert_there_and_back(tmp_path, run_inprocess):
    from dlcli.core.sources import parse
    from dlcli.data import build

    assert run_inprocess("data", "convert", "digits", "folder:d").code == 0
    assert run_inprocess("data", "convert", "d/", "csv:t.csv").code == 0
    assert run_inprocess("data", "convert", "t.csv", "folder:e").code == 0
    original = build.find(parse("digits")).pictures
    back = build.find(parse("e/")).pictures

    def content(pictures):
        return sorted((pictures.labels[i], np.asarray(pictures.read(i)).tobytes()) for i in range(len(pictures)))

    assert content(original) == content(back)
    assert run_inprocess("data", "convert", "digits", "folder:d").code == 2
    assert run_inprocess("data", "convert", "digits", "zip:d").code == 2


def test_convert_keeps_parts(tmp_path, photo_folder, run_inprocess):
    for part in ("train", "test"):
        shutil.copytree(photo_folder, tmp_path / "d" / part)
    run_inprocess("data", "convert", "d/", "csv:t.csv")
    run_inprocess("data", "convert", "t.csv", "folder:e")
    assert sorted(p.name for p in (tmp_path / "e").iterdir()) == ["test", "train"]


def test_preview(tmp_path, run_inprocess):
    assert run_inprocess("data", "preview", "digits", "-o", "a.png", "--count", 9).code == 0
    words = ("data", "preview", "digits", "-r", "classify/lenet-digits", "--count", 9)
    for name, epoch in (("b", 0), ("c", 1), ("d", 0)):
        assert run_inprocess(*words, "-o", f"{name}.png", "--epoch", epoch).code == 0
    a, b, c, d = (np.asarray(Image.open(tmp_path / f"{n}.png")) for n in "abcd")
    assert a.std() > 10
    assert not np.array_equal(b, c)
    assert np.array_equal(b, d)
    assert run_inprocess("data", "preview", "digits", "-o", "a.jpg").code == 2


def test_stamp_and_depfile_of_predict_and_evaluate(digits_run, photo_folder, tmp_path, run_inprocess):
    shutil.copytree(photo_folder / "green_rows", tmp_path / "in")
    (tmp_path / "my.yaml").write_text("top: 2\n")
    done = run_inprocess(
        "predict", digits_run, "in", "-r", "my.yaml", "-o", "out.csv", "--depfile", "x.d", "--stamp", "s"
    )
    assert done.code == 0, done.stderr
    target, _, read = (tmp_path / "x.d").read_text().partition("\n")[0].partition(": ")
    model = {f"{digits_run}/model/{name}" for name in ("model.safetensors", "bundle.yaml")}
    assert target == "s"
    assert set(read.split()) == {"my.yaml", "in", *model, *(f"in/{n:02}.png" for n in range(12))}
    assert (tmp_path / "s").read_text() == f"{digits_run}\n"
    for words, first in ((("-o", "o.csv"), "o.csv: "), (("--stamp", "t"), "t: ")):
        assert run_inprocess("predict", digits_run, "in/0*.png", *words, "--depfile", "y.d").code == 0
        rule = (tmp_path / "y.d").read_text().splitlines()[0]
        assert rule.startswith(first)
        assert " in " in rule  # a new file there may match the pattern
        assert " in/11.png" not in rule
    assert run_inprocess("evaluate", digits_run, "-o", "e", "--depfile", "z.d").code == 0
    assert (tmp_path / "z.d").read_text().startswith("e/report.json: ")
    assert run_inprocess("evaluate", digits_run, "--depfile", "w.d").code == 2
    assert run_inprocess("predict", digits_run, "in", "--depfile", "w.d", "-o", "-").code == 2
    assert run_inprocess("predict", digits_run, "nosuch.png", "--stamp", "never").code == 3
    assert not {"w.d", "never"} & {p.name for p in tmp_path.iterdir()}


def test_depfile_of_evaluate_names_the_data(photo_folder, tmp_path, run_inprocess):
    shutil.copytree(photo_folder, tmp_path / "photos")
    small = ["data.image.size_px=8", "train.epochs=1", "data.workers=0"]
    assert run_inprocess("train", "classify/linear", "--data", "photos/", *small, "-o", "run").code == 0
    folders = {"photos/", *(f"photos/{p.name}" for p in photo_folder.iterdir())}
    for words, pictures in (([], 6), (["--data", "photos/", "--part", "all"], 36)):
        done = run_inprocess("evaluate", "run", *words, "--stamp", "s", "--depfile", "x.d")
        assert done.code == 0, done.stderr
        read = (tmp_path / "x.d").read_text().splitlines()[0].split()[1:]
        assert folders <= set(read)
        assert sum(name.endswith(".png") for name in read) == pictures
