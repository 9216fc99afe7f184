"""dlcli visualize patches: what its options do, what is written, and what it says when something is amiss."""

import io
import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from visual_bundles import lenet
from visual_toys import photo

from dlcli.backends import visualize_patches
from dlcli.core.errors import ModelError
from dlcli.data.images import apply
from dlcli.tasks.open import open_model

NET = ("-m", "torchvision:resnet18@random", "--size-px", "64")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Return a folder of nine small pictures cut from three photographs."""
    folder = tmp_path_factory.mktemp("pictures")
    for name in ("chelsea", "coffee", "astronaut"):
        with Image.open(photo(name, folder)) as file:
            whole = file.convert("RGB")
        (folder / f"{name}.png").unlink()
        for k in range(3):
            whole.crop((100 * k, 50, 100 * k + 150, 200)).save(folder / f"{name}{k}.png")
    return folder


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """Return a LeNet with random weights."""
    return lenet(tmp_path_factory.mktemp("lenet") / "model")


def test_it_finds_the_places_a_plain_loop_finds(run_inprocess, tmp_path, bundle):
    words = ("digits", "-m", bundle, "--layer", "features.3", "--channels", "0,3-5", "--top", "5", "--json")
    done = run_inprocess("visualize", "patches", *words, "-o", tmp_path / "p.png", "--raw", tmp_path / "p.npz")
    assert done.code == 0, done.stderr
    (item,) = done.json()["items"]
    assert (item["input"], item["layer"], item["pictures"], item["channels_of_layer"]) == (
        "digits", "features.3", 1797, 16,
    )  # fmt: skip
    opened = open_model(str(bundle))
    from dlcli.data.builtin import digits

    x = torch.from_numpy(np.stack([apply(Image.fromarray(a), opened.preprocessing) for a in digits.load()[0]]))
    with torch.inference_mode():
        maps = opened.module.features[:4](x)[:, [0, 3, 4, 5]].flatten(2).numpy()
    best, place = maps.max(2), maps.argmax(2)
    for n, channel in enumerate(item["channels"]):
        order = np.lexsort((np.arange(1797), -best[:, n]))[:5]
        assert channel["channel"] == (0, 3, 4, 5)[n]
        assert [p["input"] for p in channel["patches"]] == [f"digits/{i:04d}" for i in order]
        assert [p["row"] * 10 + p["column"] for p in channel["patches"]] == place[order, n].tolist()
        np.testing.assert_allclose([p["activation"] for p in channel["patches"]], best[order, n], rtol=1e-5)
        for p in channel["patches"]:
            assert p["box"] == [max(0, 2 * p["column"] - 2), max(0, 2 * p["row"] - 2), *(
                min(28, 2 * p[k] + 12) for k in ("column", "row")
            )]  # fmt: skip
    with np.load(tmp_path / "p.npz") as file:
        raw = dict(file)
    assert raw["channel"].tolist() == [0, 3, 4, 5]
    assert {k: raw[k].shape for k in ("activation", "picture", "row", "column", "box")} == {
        **dict.fromkeys(("activation", "picture", "row", "column"), (4, 5)), "box": (4, 5, 4),
    }  # fmt: skip
    with Image.open(tmp_path / "p.png") as sheet:
        assert sheet.width > 1000


def test_options_have_an_effect(run_inprocess, pictures, tmp_path):
    def made(*words):
        done = run_inprocess("visualize", "patches", pictures, *NET, *words, "--json", "-o", tmp_path / "p.png")
        assert done.code == 0, done.stderr
        return done.json()["items"][0]

    plain = made()
    assert plain["layer"] == "layer1.0"  # 27 of 64 pixels
    assert plain["receptive_field_px"] == [27, 27]
    assert [len(c["patches"]) for c in plain["channels"]] == [9] * 16
    assert len({p["input"] for p in plain["channels"][0]["patches"]}) == 9
    several = made("--per-picture", "3", "--top", "4", "--channels", "7")
    assert [len(c["patches"]) for c in several["channels"]] == [4]
    assert len({p["input"] for p in several["channels"][0]["patches"]}) < 4
    assert len(made("--channels", "all", "--top", "1")["channels"]) == 64
    assert made("--layer", "layer4", "--top", "1")["channels"][0]["patches"][0]["box"] == [0, 0, 64, 64]
    assert made("--set", "batch=2")["channels"][3]["patches"][0]["input"] == plain["channels"][3]["patches"][0]["input"]
    other = made("--seed", "1")
    assert other["channels"] != plain["channels"]
    wide = made("--size-px", "64x96", "--layer", "conv1", "--top", "1", "--channels", "0-63")["channels"]
    boxes = np.array([c["patches"][0]["box"] for c in wide])
    assert boxes[:, [0, 2]].max() > 64 >= boxes[:, [1, 3]].max()


def test_the_sheet_is_stamped_and_the_same_each_time(run_inprocess, pictures, tmp_path):
    for name in ("a.png", "b.png"):
        done = run_inprocess("visualize", "patches", pictures, *NET, "-o", tmp_path / name, "--channels", "0-3")
        assert done.code == 0
        assert "random weights, seed 0" in done.stderr
        assert done.stdout.splitlines()[0].split("\t") == ["channel", "input", "activation", "row", "column"]
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_broken_picture_costs_a_record(run_inprocess, pictures, tmp_path):
    folder = shutil.copytree(pictures, tmp_path / "some")
    (folder / "broken.png").write_bytes(b"nothing")
    done = run_inprocess("visualize", "patches", folder, *NET, "--json", "-o", tmp_path / "p.png", "--top", "2")
    assert done.code == 0
    broken, made = done.json()["items"]
    assert broken["input"].endswith("broken.png")
    assert broken["error"]["code"] == 3
    assert made["pictures"] == 9
    for path in folder.iterdir():
        path.write_bytes(b"")
    done = run_inprocess("visualize", "patches", folder, *NET, "-o", tmp_path / "q.png")
    assert done.code == 3
    assert "none of the pictures could be read" in done.stderr
    assert not (tmp_path / "q.png").exists()


def test_weights_that_are_no_numbers_end_with_1(run_inprocess, pictures, tmp_path):
    broken = lenet(tmp_path / "broken", lambda net: net.features[0].weight.fill_(float("nan")))
    done = run_inprocess("visualize", "patches", pictures, "-m", broken, "--json", "-o", tmp_path / "p.png")
    assert done.code == 1
    assert [i["input"] for i in done.json()["items"]] == [str(p) for p in sorted(pictures.iterdir())]
    assert "no finite numbers" in done.json()["items"][0]["error"]["message"]
    assert not (tmp_path / "p.png").exists()


def test_a_list_comes_on_stdin(run_inprocess, pictures, tmp_path, monkeypatch):
    names = "".join(f"{p}\n" for p in sorted(pictures.iterdir())[:3]).encode()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(names), isatty=lambda: False))
    done = run_inprocess("visualize", "patches", *NET, "--top", "1", "--channels", "0", "--jsonl")
    assert done.code == 0, done.stderr
    (item,) = map(json.loads, done.stdout.splitlines())
    assert (item["input"], item["pictures"]) == ("stdin", 3)
    assert (tmp_path / "stdin-patches.png").exists()


@pytest.mark.parametrize(
    ("words", "code", "match"),
    [
        (("--layer", "layer9"), 2, "the network has no layer 'layer9'"),
        (("--layer", "layer*.0"), 2, "means 7 layers"),
        (("--channels", "64"), 2, "there is no channel 64; the layer has 64, numbered from 0 to 63"),
        (("--channels", "5-3"), 2, "the range 5-3 runs backwards; write 3-5"),
        (("--channels", "x"), 2, "'x' is no channel"),
        (("--top", "0"), 2, "top"),
        (("digits",), 2, "digits is a data set; it stands alone"),
    ],
    ids=lambda v: "-".join(v) if isinstance(v, tuple) else None,
)  # fmt: skip
def test_what_is_wrong_is_told(run_inprocess, pictures, tmp_path, words, code, match):
    done = run_inprocess("visualize", "patches", pictures, *NET, *words, "-o", tmp_path / "p.png")
    assert (done.code, match in done.stderr) == (code, True), done.stderr
    assert not (tmp_path / "p.png").exists()


def test_missing_data_is_told(run_inprocess, tmp_path):
    (tmp_path / "empty").mkdir()
    done = run_inprocess("visualize", "patches", tmp_path / "empty", *NET)
    assert (done.code, "no pictures below" in done.stderr) == (3, True)
    done = run_inprocess("visualize", "patches", "nothing.png", *NET)
    assert (done.code, "no such file" in done.stderr) == (3, True)
    (tmp_path / "digits").mkdir()
    done = run_inprocess("visualize", "patches", "digits", *NET)
    assert (done.code, "builtin:digits" in done.stderr) == (2, True)


def test_the_list_of_layers_says_which_is_looked_at(run_inprocess):
    done = run_inprocess("visualize", "patches", *NET, "--list-layers", "--json")
    assert done.code == 0
    assert done.json()["chosen"] == "layer1.0"


def test_how_far_it_is_is_told_but_not_to_the_quiet(run_inprocess, pictures, tmp_path, monkeypatch):
    monkeypatch.setattr("dlcli.backends.visualize_patches.TOLD_S", 0)
    words = ("visualize", "patches", pictures, *NET, "--set", "batch=3", "--channels", "0", "-o", tmp_path / "p.png")
    done = run_inprocess(*words)
    assert [line for line in done.stderr.splitlines() if " of 9 " in line] == ["3 of 9 pictures", "6 of 9 pictures"]
    assert run_inprocess(*words, "-q").stderr == ""


def test_an_exported_file_has_no_layers(held_onnx):
    with pytest.raises(ModelError, match="has no layers to look at"):
        visualize_patches._units(held_onnx, None)


@pytest.fixture
def held_onnx():
    """Return a network that is one piece, as an exported one is."""
    return SimpleNamespace(module=torch.nn.ReLU(), opened=SimpleNamespace(argument="net.onnx"))
