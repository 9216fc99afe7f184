"""dlcli visualize score, sanity, pointing: as a user runs them."""

import json

import numpy as np
import pytest
import torch
from judge_toys import BY_HAND, HUES, Hues, scene
from PIL import Image
from visual_toys import photo

from dlcli.backends import visualize as common
from dlcli.core.schemas.shared import Device
from dlcli.data import images
from dlcli.engine.device import open_device
from dlcli.tasks.open import Opened

FAST = ("--set", "steps=8", "--set", "percentiles=[50]")


@pytest.fixture
def hues(monkeypatch):
    """Let the command look at a network whose evidence is known, whatever model is named."""
    net = Hues().eval()

    def subject(recipe, *_):
        size = (96, 96) if recipe.size_px is None else tuple(map(int, recipe.size_px.split("x")))
        fit = recipe.fit or "crop"
        steps = images.steps(channels=3, size_px=size, fit=fit, mean=[0.4] * 3, std=[0.5] * 3, keep=0.875)
        facts = {"classes": HUES, "channels": 3, "size_px": [96, 96]}
        opened = Opened("hues", "classify", net, facts, steps)
        return common.Subject(opened, net, open_device(Device(name="cpu")), steps, size)

    monkeypatch.setattr(common, "subject", subject)
    return net


@pytest.fixture
def scenes(tmp_path):
    """Write 12 scenes and their boxes, as a table and in COCO's form; return what they show."""
    draw, shown = np.random.default_rng(3), []
    coco = {"images": [], "annotations": [], "categories": [{"id": 10 + k, "name": n} for k, n in enumerate(HUES)]}
    lines = ["input,x0,y0,x1,y1,class"]
    for number in range(12):
        pixels, hue, box = scene(draw, 128)
        name = f"s{number:02d}.png"
        Image.fromarray(pixels).save(tmp_path / name)
        shown.append((name, hue, box))
        coco["images"].append({"id": number, "file_name": name})
        x0, y0, x1, y1 = box
        coco["annotations"].append({"image_id": number, "category_id": 10 + hue, "bbox": [x0, y0, x1 - x0, y1 - y0]})
        lines.append(f"{name},{x0},{y0},{x1},{y1},{HUES[hue]}")
    (tmp_path / "coco.json").write_text(json.dumps(coco))
    (tmp_path / "boxes.csv").write_text("\n".join(lines))
    return shown


def visible(box, side=128, keep=0.875):
    cut = side * (1 - keep) / 2
    return all(cut + 8 < v < side - cut - 8 for v in box)


def test_gradcam_scores_above_what_knows_nothing_of_the_network(run_inprocess, hues, scenes):
    names = [n for n, _, box in scenes if visible(box)][:4]
    assert len(names) >= 3
    result = run_inprocess("visualize", "score", *names, "--json", *FAST)
    assert result.code == 0, result.stderr
    doc = result.json()
    for figure in ("insertion_wins", "deletion_wins", "road_wins"):
        assert doc["metrics"][f"gradcam/{figure}"] == 1, figure
    assert len(doc["items"]) == len(names)
    means = {}
    for item in doc["items"]:
        for method, figures in item["cases"][0]["methods"].items():
            for name, value in figures.items():
                means.setdefault(f"{method}/{name}", []).append(value)
    assert {k: pytest.approx(np.mean(v), abs=1e-6) for k, v in means.items()} == {
        k: v for k, v in doc["metrics"].items() if not k.endswith("_wins")
    }
    assert doc["files"] == {}


def test_the_table_has_a_row_for_each_method_and_nothing_is_written_unasked(run_inprocess, hues, scenes, tmp_path):
    before = sorted(p.name for p in tmp_path.iterdir())
    result = run_inprocess("visualize", "score", scenes[0][0], "--method", "saliency", "--metric", "average-drop")
    assert result.code == 0, result.stderr
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert rows[0] == ["method", "average_drop", "average_drop_wins", "increase"]
    assert [r[0] for r in rows[1:]] == ["saliency", "random", "edges"]
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_a_map_of_ones_own_is_scored_like_the_one_it_is(run_inprocess, hues, scenes, tmp_path):
    names = [n for n, _, _ in scenes[:2]]
    assert run_inprocess("visualize", "gradcam", *names, "-o", "maps").code == 0
    words = ("visualize", "score", *names, "--map", "maps", "--metric", "insertion", "--metric", "deletion")
    metrics = run_inprocess(*words, "--json", "--set", "steps=8").json()["metrics"]
    for figure in ("insertion", "deletion", "insertion_wins"):
        assert metrics[f"maps/{figure}"] == pytest.approx(metrics[f"gradcam/{figure}"], abs=1e-6)
    upside = tmp_path / "upside.npy"
    np.save(upside, -np.load(tmp_path / "maps" / "s00.npy"))
    one = ("visualize", "score", names[0], "--map", "upside.npy", "--set", "methods=[]", "--metric", "deletion")
    worse = run_inprocess(*one, "--json", "--set", "steps=8")
    assert worse.code == 0, worse.stderr
    assert worse.json()["metrics"]["upside.npy/deletion"] > metrics["gradcam/deletion"] + 0.1
    result = run_inprocess("visualize", "score", *names, "--map", "upside.npy")
    assert result.code == 2
    assert "of one picture" in result.stderr
    result = run_inprocess("visualize", "score", "s05.png", "--map", "maps")
    assert result.code == 3
    assert "s05.npy: no such file" in result.stderr


def test_bounds_end_with_7_before_the_stamp(run_inprocess, hues, scenes, tmp_path):
    words = ("visualize", "score", scenes[0][0], "--metric", "deletion", "--set", "steps=4", "--stamp", "done")
    result = run_inprocess(*words, "--fail-over", "gradcam/deletion=0.0001")
    assert result.code == 7
    assert "gradcam/deletion" in result.stderr
    assert not (tmp_path / "done").exists()
    assert run_inprocess(*words, "--fail-under", "gradcam/deletion=0.0001").code == 0
    assert (tmp_path / "done").exists()
    result = run_inprocess(*words, "--fail-under", "gradcam/road=1")
    assert result.code == 2
    assert "no metric is called 'gradcam/road'" in result.stderr


def test_pictures_are_drawn_where_asked(run_inprocess, hues, scenes, tmp_path):
    result = run_inprocess(
        "visualize", "score", "s00.png", "s01.png", "-o", "out", "--metric", "deletion", "--set", "steps=4"
    )
    assert result.code == 0, result.stderr
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "report.json", "s00.npz", "s00.png", "s01.npz", "s01.png"
    ]  # fmt: skip
    with Image.open(tmp_path / "out" / "s00.png") as image:
        assert image.width > 1000
    assert set(np.load(tmp_path / "out" / "s00.npz")) == {"gradcam", "random", "edges"}


def test_a_broken_and_a_plain_picture_cost_a_record_each(run_inprocess, hues, scenes, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no")
    Image.new("RGB", (96, 96), (90, 90, 90)).save(tmp_path / "plain.png")
    words = ("visualize", "score", "broken.png", "plain.png", "--metric", "average-drop", "--method", "saliency")
    result = run_inprocess(*words, "s00.png", "--json")
    assert result.code == 0, result.stderr
    items = result.json()["items"]
    assert [i.get("error", {}).get("code") for i in items] == [3, 1, None]
    assert run_inprocess(*words).code == 1
    assert run_inprocess("visualize", "score", "broken.png").code == 3


@pytest.mark.parametrize("verb", [("score",), ("sanity",), ("pointing", "--boxes", "boxes.csv")], ids=lambda v: v[0])
def test_a_network_of_nan_is_told(run_inprocess, hues, scenes, verb):
    with torch.no_grad():
        hues.fc.bias[0] = float("nan")
    result = run_inprocess("visualize", verb[0], "s00.png", *verb[1:])
    assert result.code == 1
    assert "NaN" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--metric", "road", "--set", "steps=3"), "only insertion and deletion go in steps"),
        (("--metric", "deletion", "--set", "blur_px=3"), "only insertion starts from a blurred picture"),
        (("--metric", "deletion", "--set", "noise=0.5"), "only road has it"),
        (("--method", "saliency", "--layer", "see"), "no method asked for looks at a layer"),
        (("--method", "gradcam", "--method", "gradcam"), "one of the methods stands twice"),
        (("--set", "methods=[]"), "there is nothing to score"),
        (("--class", "pink"), "no class 'pink'"),
        (("--layer", "none"), "no layer 'none'"),
        (("--set", "percentiles=[100]"), "percentiles"),
    ],
)
def test_what_cannot_be_is_refused(run_inprocess, hues, scenes, words, said):
    result = run_inprocess("visualize", "score", "s00.png", *words)
    assert result.code == 2
    assert said in result.stderr


@pytest.mark.parametrize("key", ["steps=5", "blur_px=2", "percentiles=[20]", "noise=0.2", "seed=1"])
def test_every_setting_of_score_has_an_effect(run_inprocess, hues, scenes, key):
    words = ("visualize", "score", "s00.png", "--json", *FAST)
    plain, other = (run_inprocess(*words, *more).json()["metrics"] for more in ((), ("--set", key)))
    assert plain != other
    assert plain == run_inprocess(*words).json()["metrics"]


def test_several_classes_are_cases_of_their_own(run_inprocess, hues, scenes):
    words = ("visualize", "score", "s00.png", "--json", "--metric", "average-drop", "--method", "saliency")
    cases = run_inprocess(*words, "--class", "red", "--class", "2").json()["items"][0]["cases"]
    assert [c["class"] for c in cases] == ["red", "blue"]
    assert len(run_inprocess(*words, "--top", "2").json()["items"][0]["cases"]) == 2


def test_sanity_of_a_network_whose_maps_depend_on_its_weights(run_inprocess, hues, scenes, tmp_path):
    before = {k: v.clone() for k, v in hues.state_dict().items()}
    names = [n for n, _, _ in scenes[:2]]
    result = run_inprocess("visualize", "sanity", *names, "--json", "-o", "out", "--set", "draws=3")
    assert result.code == 0, result.stderr
    doc = result.json()
    assert all(torch.equal(before[k], v) for k, v in hues.state_dict().items())
    for method in ("gradcam", "saliency"):
        assert doc["metrics"][f"{method}/spearman"] < 0.5
    first = doc["items"][0]
    assert [s["layers"] for s in first["stages"]] == [["fc"], ["see"]]
    ends = [i["stages"][-1]["gradcam"]["spearman"] for i in doc["items"]]
    assert doc["metrics"]["gradcam/spearman"] == pytest.approx(np.mean(ends))
    assert sorted(p.name for p in (tmp_path / "out").iterdir() if p.suffix == ".png") == [
        "s00.png", "s01.png", "sanity-mean.png"
    ]  # fmt: skip
    assert np.load(tmp_path / "out" / "s00.npz")["gradcam_spearman"].shape == (2,)


def test_a_network_that_ignores_its_weights_fails_sanity(run_inprocess, hues, scenes, monkeypatch):
    monkeypatch.setattr(
        hues, "forward", lambda x: x.square().mean((2, 3)) + 0 * hues.fc.weight.sum() * hues.see.bias.sum()
    )
    words = ("visualize", "sanity", "s00.png", "--method", "saliency")
    result = run_inprocess(*words)
    assert result.code == 0, result.stderr
    assert result.stdout.splitlines()[1].startswith("saliency\tfails\t1.0000")
    assert run_inprocess(*words, "--fail-over", "saliency/spearman=0.5").code == 7


@pytest.mark.parametrize(
    "more", [("--order", "independent"), ("--stages", "1"), ("--set", "weights=shuffled"), ("--seed", "4")]
)
def test_every_setting_of_sanity_has_an_effect(run_inprocess, hues, scenes, more):
    words = ("visualize", "sanity", "s00.png", "--json")
    plain, other = (run_inprocess(*words, *m).json()["items"][0]["stages"] for m in ((), more))
    assert plain != other
    assert plain == run_inprocess(*words).json()["items"][0]["stages"]


def test_the_bound_of_sanity_decides_the_verdict(run_inprocess, hues, scenes):
    words = ("visualize", "sanity", "s00.png", "--method", "saliency", "--set")
    verdicts = [run_inprocess(*words, f"bound={b}").stdout.splitlines()[1].split("\t")[1] for b in (1, -1)]
    assert verdicts == ["passes", "fails"]


def test_gradcam_wins_the_pointing_game_that_the_middle_loses(run_inprocess, hues, scenes):
    seen = sum(visible(box) for _, _, box in scenes)
    assert seen >= 4
    for boxes in ("coco.json", "boxes.csv"):
        result = run_inprocess("visualize", "pointing", "--boxes", boxes, "--fit", "stretch", "--json")
        assert result.code == 0, result.stderr
        metrics = result.json()["metrics"]
        assert metrics["gradcam/accuracy"] >= 0.9
        assert metrics["center/accuracy"] < 0.5
        assert metrics["gradcam/energy_inside"] > 2 * metrics["center/energy_inside"]
    cropped = run_inprocess("visualize", "pointing", "--boxes", boxes, "--json").json()
    hits = [i["cases"][0]["methods"]["gradcam"]["hit"] for i in cropped["items"] if "cases" in i]
    assert len(hits) >= seen
    assert np.mean(hits) >= 0.9


def test_a_point_is_told_in_pixels_of_the_file(run_inprocess, hues, tmp_path):
    pixels = np.full((200, 400, 3), 128, np.uint8)
    pixels[40:72, 250:282] = (255, 40, 40)
    Image.fromarray(pixels).save(tmp_path / "p.png")
    (tmp_path / "b.csv").write_text("input,x0,y0,x1,y1,class\np.png,250,40,282,72,red\n")
    words = ("visualize", "pointing", "p.png", "--boxes", "b.csv", "--json")
    for fit in ("crop", "pad", "stretch"):
        found = run_inprocess(*words, "--fit", fit, "--size-px", "96x96").json()["items"][0]["cases"][0]
        x, y = found["methods"]["gradcam"]["point_px"]
        assert 245 < x < 287, fit
        assert 35 < y < 77, fit
        assert found["methods"]["gradcam"]["hit"]
        assert not found["methods"]["center"]["hit"]
    near = run_inprocess(*words, "--set", "tolerance_px=120").json()["metrics"]
    assert near["center/accuracy"] == 1


def test_ask_answer_needs_no_class(run_inprocess, hues, tmp_path):
    pixels = np.full((96, 96, 3), 128, np.uint8)
    pixels[8:32, 8:32] = (40, 255, 40)
    Image.fromarray(pixels).save(tmp_path / "p.png")
    (tmp_path / "b.csv").write_text("input,x0,y0,x1,y1\np.png,8,8,32,32\n")
    result = run_inprocess("visualize", "pointing", "--boxes", "b.csv", "--ask", "answer", "--json")
    assert result.json()["items"][0]["cases"][0]["class"] == "green"
    result = run_inprocess("visualize", "pointing", "--boxes", "b.csv")
    assert result.code == 2
    assert "--ask answer" in result.stderr


def test_boxes_that_cannot_be_judged(run_inprocess, hues, tmp_path):
    Image.fromarray(scene(np.random.default_rng(0))[0]).resize((300, 96)).save(tmp_path / "p.png")
    Image.new("RGB", (9, 9)).save(tmp_path / "q.png")
    (tmp_path / "b.csv").write_text("input,x0,y0,x1,y1,class\np.png,0,0,20,96,red\n")
    result = run_inprocess("visualize", "pointing", "p.png", "q.png", "--boxes", "b.csv")
    assert result.code == 1
    assert "outside what the network sees" in result.stderr
    assert "1 of 2 pictures have no box" in result.stderr
    assert run_inprocess("visualize", "pointing", "p.png", "--boxes", "b.csv", "--fit", "pad").code == 0
    assert run_inprocess("visualize", "pointing", "q.png", "--boxes", "b.csv").code == 3
    assert run_inprocess("visualize", "pointing", "q.png").code == 2
    (tmp_path / "b.csv").write_text("input,x0,y0,x1,y1,class\np.png,0,0,20,96,pink\n")
    result = run_inprocess("visualize", "pointing", "--boxes", "b.csv")
    assert result.code == 2
    assert "no class 'pink'" in result.stderr


def test_a_gray_network_without_maps_has_saliency(run_inprocess, digits_run, tmp_path):
    draw = np.random.default_rng(0)
    Image.fromarray(draw.integers(0, 255, (28, 28), dtype=np.uint8)).save(tmp_path / "d.png")
    model = ("-m", str(digits_run))
    result = run_inprocess("visualize", "score", "d.png", *model, "--method", "saliency", "--json", *FAST)
    assert result.code == 0, result.stderr
    assert 0 < result.json()["metrics"]["saliency/insertion"] < 1
    result = run_inprocess("visualize", "sanity", "d.png", *model, "--method", "saliency", "--json")
    assert result.code == 0, result.stderr
    assert abs(result.json()["metrics"]["saliency/spearman"]) < 0.5
    result = run_inprocess("visualize", "score", "d.png", *model)
    assert result.code != 0
    assert "no map" in result.stderr


@pytest.mark.slow
def test_random_weights_are_stamped_and_pictures_need_not_be_square(run_inprocess, tmp_path):
    photo("chelsea", tmp_path)
    model = ("-m", "torchvision:resnet18@random", "--size-px", "64x96")
    result = run_inprocess("visualize", "sanity", "chelsea.png", *model, "-o", "s.png", "--stages", "2", "--json")
    assert result.code == 0, result.stderr
    doc = result.json()
    assert "random" in doc["stamp"]
    assert doc["items"][0]["stages"][0]["layers"] == ["fc"]
    assert len(doc["items"][0]["stages"][1]["layers"]) == 40
    assert (tmp_path / "s.png").exists()


@pytest.mark.slow
@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_the_top_fifth_lies_on_the_cat_and_on_the_cup(run_inprocess, tmp_path, fit):
    lines = ["input,x0,y0,x1,y1,class"]
    for name, (kind, box) in BY_HAND.items():
        photo(name, tmp_path)
        lines.append(f"{name}.png,{','.join(map(str, box))},{kind}")
    (tmp_path / "boxes.csv").write_text("\n".join(lines))
    result = run_inprocess("visualize", "pointing", "--boxes", "boxes.csv", "--fit", fit, "--json")
    assert result.code == 0, result.stderr
    for item in result.json()["items"]:
        assert item["cases"][0]["methods"]["gradcam"]["hit"]
        assert item["cases"][0]["methods"]["gradcam"]["top_fifth_inside"] >= 0.7
