"""dlcli describe."""

import csv
import json

import pytest
import torch

from dlcli.backends import describe as backend


def described(run_inprocess, *words):
    done = run_inprocess("describe", *words, "--json")
    assert done.code == 0, done.stderr
    return done.json()


def test_every_layer_says_what_it_sees(run_inprocess):
    doc = described(run_inprocess, "torchvision:resnet18")
    rows = {r["name"]: r for r in doc["items"]}
    assert rows["conv1"] == {
        "name": "conv1", "type": "Conv2d", "output": [64, 112, 112], "weights": 9408, "multiply_adds": 118013952,
        "activation_bytes": 4 * 64 * 112 * 112, "sees": "window", "receptive_field_px": [7, 7], "stride_px": [2, 2],
        "padding_px": [3, 3], "gated": False,
    }  # fmt: skip
    assert (rows["fc"]["sees"], rows["fc"]["receptive_field_px"]) == ("all", None)
    assert doc["totals"]["receptive_field_px"] == [435, 435]
    assert doc["totals"]["activation_bytes"] == sum(r["activation_bytes"] for r in doc["items"])
    assert 0 < doc["totals"]["peak_activation_bytes"] < doc["totals"]["activation_bytes"]


def test_the_table(run_inprocess):
    done = run_inprocess("describe", "lenet5")
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert lines[0] == [
        "name", "type", "output", "weights", "multiply_adds", "activation_bytes", "field_px", "stride_px", "padding_px",
    ]  # fmt: skip
    assert lines[1] == ["features.0", "Conv2d", "6×28×28", "156", "117600", "18816", "5", "1", "2"]
    assert lines[8][6:] == ["all", "", ""]
    assert ["largest receptive field", "16 px, then the whole picture"] in lines
    assert ["outputs of all layers", "58.6 KiB a picture"] in lines


@pytest.mark.parametrize("ending", ["csv", "tsv", "json"])
def test_the_layers_as_a_file(run_inprocess, tmp_path, ending):
    file = tmp_path / f"layers.{ending}"
    done = run_inprocess("describe", "lenet5", "-o", file)
    assert (done.code, done.stdout) == (0, "")
    assert f"written: {file}" in done.stderr
    if ending == "json":
        assert json.loads(file.read_text())["totals"]["weights"] == 61706
        return
    with file.open(newline="", encoding="utf-8") as held:
        rows = list(csv.DictReader(held, delimiter="," if ending == "csv" else "\t"))
    assert sum(int(r["weights"]) for r in rows) == 61706
    assert [r["field_px"] for r in rows if r["type"] == "Conv2d"] == ["5", "14"]


def test_a_file_of_another_kind_is_refused(run_inprocess):
    done = run_inprocess("describe", "lenet5", "-o", "layers.xlsx")
    assert done.code == 2
    assert "allowed: .csv, .tsv, .json" in done.stderr


def test_a_network_of_other_pictures_classes_and_arguments(run_inprocess):
    doc = described(
        run_inprocess, "lenet5", "--size-px", "32x40", "--channels", "3", "--classes", "4", "--set", "args.pool=max"
    )
    assert (doc["input"], doc["classes"]) == ([3, 32, 40], 4)
    assert {r["type"] for r in doc["items"]} >= {"MaxPool2d"}
    flat = 16 * 6 * 8
    assert doc["totals"]["weights"] == 5 * 5 * 3 * 6 + 6 + 2416 + flat * 120 + 120 + 10164 + 84 * 4 + 4
    doc = described(run_inprocess, "torchvision:resnet50", "--set", "args.width_per_group=32", "--classes", "2")
    assert doc["totals"]["weights"] < 12e6
    assert described(run_inprocess, "mlp", "--set", "args.hidden=[5]")["totals"]["weights"] == 784 * 5 + 5 + 60


def test_the_network_of_a_recipe(run_inprocess, tmp_path):
    recipe = tmp_path / "own.yaml"
    recipe.write_text(
        "task: classify\ndata: {image: {size_px: [16, 24], channels: 3}}\nmodel: {name: mlp, args: {hidden: [7]}}\n"
    )
    doc = described(run_inprocess, recipe)
    assert (doc["input"], doc["network"], doc["model"]) == ([3, 16, 24], "mlp", str(recipe))
    assert doc["items"][0]["output"] == [7]
    assert described(run_inprocess, recipe, "--set", "args.hidden=[9, 8]")["items"][0]["output"] == [9]
    assert described(run_inprocess, "classify/lenet")["network"] == "lenet5"


def test_stride_v1(run_inprocess):
    doc = described(run_inprocess, "resnet50", "--stride", "v1")
    assert doc["totals"]["receptive_field_px"] == [483, 483]
    assert run_inprocess("describe", "resnet18", "--stride", "v1").code == 6


@pytest.mark.parametrize(("words", "code", "text"), [
    (("lenet5", "--set", "args.poool=max"), 2, "nearest: args.pool"),
    (("lenet5", "--set", "args.pool=median"), 2, "args.pool=median"),
    (("lenet5", "--size-px", "0"), 2, "must be N or HxW"),
    (("lenet5", "--size-px", "8"), 6, "at least 12×12 pixels, not 8×8"),
    (("lenet5", "--classes", "0"), 2, "--classes 0"),
    (("resnet18", "--channels", "1"), 6, "takes color pictures"),
    (("resnet18", "--stride", "v2"), 2, "--stride v2"),
    (("vit_b_16", "--convolutional"), 6, "cannot be made convolutional"),
    (("nosuch.yaml",), 2, "recipe file nosuch.yaml does not exist"),
])  # fmt: skip
def test_what_is_wrong_is_said(run_inprocess, words, code, text):
    done = run_inprocess("describe", *words)
    assert (done.code, done.stdout) == (code, "")
    assert text in done.stderr


def test_a_trained_network_stays_what_it_is(run_inprocess, digits_run):
    for option in (("--classes", "3"), ("--channels", "3"), ("--set", "args.hidden=[3]")):
        done = run_inprocess("describe", digits_run, *option)
        assert done.code == 2
        assert "is a trained network" in done.stderr
    assert run_inprocess("describe", digits_run, "--size-px", "32x40").code == 6


def test_convolutional_proves_equal_scores(run_inprocess, digits_run):
    doc = described(run_inprocess, "lenet5", "--convolutional")
    assert doc["metrics"]["max_abs_difference"] < 1e-6
    assert doc["larger"] == {"input": [1, 48, 48], "scores": [10, 6, 6]}
    assert doc["converted"][0] == {
        "name": "classifier.0", "was": "linear 400 → 120", "became": "convolution 5×5, 16 → 120",
    }  # fmt: skip
    assert doc["stamp"] == "random weights, seed 0"
    assert doc["items"][-1]["output"] == [10, 1, 1]
    assert doc["totals"]["weights"] == 61706
    assert doc["totals"]["receptive_field_px"] == [32, 32]
    larger = described(run_inprocess, "lenet5", "--convolutional", "--size-px", "40x60")
    assert larger["items"][-1]["output"] == larger["larger"]["scores"] == [10, 4, 9]
    assert larger["metrics"] == doc["metrics"]
    built = described(run_inprocess, "lenet5", "--convolutional", "--set", "built_px=40", "--size-px", "60")
    assert built["larger"]["scores"] == [10, 6, 6]
    assert run_inprocess("describe", "lenet5", "--convolutional", "--size-px", "20").code == 6
    trained = described(run_inprocess, digits_run, "--convolutional")
    assert "stamp" not in trained
    assert trained["metrics"]["max_abs_score"] > 0


def test_a_wrong_conversion_fails(run_inprocess, monkeypatch):
    right = backend.converted

    def wrong(module, picture):
        done = right(module, picture)
        with torch.no_grad():
            done.module.get_submodule("head").bias.add_(0.01)
        return type(done)(done.module, done.rows, done.scores)

    monkeypatch.setattr(backend, "converted", wrong)
    done = run_inprocess("describe", "lenet5", "--convolutional")
    assert done.code == 7
    assert "the conversion is not exact" in done.stderr
