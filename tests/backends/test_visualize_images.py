"""`dlcli visualize maximize` and `fool`: what they make, measure, report and refuse."""

import json

import numpy as np
import pytest
from PIL import Image
from visual_toys import photo

from dlcli.core.recipe import resolve
from dlcli.core.schemas.visualize_images import FoolRecipe, MaximizeRecipe

TINY = ("--size-px", "32x40", "--steps", "3", "-m", "torchvision:resnet18@random")


@pytest.fixture
def small(tmp_path):
    """A small picture of digits' kind of size, in color."""
    path = tmp_path / "small.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (30, 44, 3)).astype(np.uint8)).save(path)
    return path


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image)


def items(result):
    assert result.code == 0, result.stderr
    return result.json()["items"]


# maximize


def test_a_class_gets_a_sheet_numbers_a_picture_and_what_was_measured(run_inprocess, tmp_path):
    words = ("--class", "3", "-o", "x.png", "--raw", "x.npy", "--picture", "p.png", "--json")
    item = items(run_inprocess("visualize", "maximize", *TINY, *words))[0]
    assert (item["class"], item["number"]) == ("tiger shark", 3)
    assert {"probability", "probability_shifted", "score", "score_before"} <= set(item)
    history = item["made"][0]["history"]
    assert [h["step"] for h in history] == [0, 1, 2, 3]
    assert item["score"] > item["score_before"] == history[0]["score"]
    picture, raw = pixels("p.png"), np.load("x.npy")
    assert picture.shape == (32, 40, 3)
    mean, std = np.array([0.485, 0.456, 0.406])[:, None, None], np.array([0.229, 0.224, 0.225])[:, None, None]
    np.testing.assert_allclose(((raw * std + mean) * 255).transpose(1, 2, 0), picture, atol=0.01)
    assert pixels("x.png").shape[1] >= 336


def test_the_probability_is_that_of_the_pictures_bytes(run_inprocess, digits_run):
    item = items(run_inprocess("visualize", "maximize", "-m", digits_run, "--class", "3", "--steps", "30",
                               "--picture", "p.png", "-o", "x.png", "--json"))[0]  # fmt: skip
    assert pixels("p.png").ndim == 2
    answer = items(run_inprocess("predict", digits_run, "p.png", "--json"))[0]
    assert answer["label"] == "3"
    assert answer["probability"] == pytest.approx(item["probability"], abs=2e-4)
    assert item["probability"] > item["made"][0]["history"][0]["probability"] + 0.03
    assert 0 <= item["probability_shifted"] <= 1


def test_the_same_seed_makes_the_same_bytes_and_another_makes_others(run_inprocess):
    def made(seed):
        words = ("--class", "3", "--seed", seed, "-m", "torchvision:resnet18@random", "--steps", "2", "--size-px", "32")
        assert run_inprocess("visualize", "maximize", *words, "-o", "x.png", "--picture", "p.png").code == 0
        return pixels("p.png").astype(int)

    first = made(1)
    assert np.array_equal(first, made(1))
    assert not np.array_equal(first, made(2))


def test_several_classes_and_channels_make_a_sheet_and_a_folder_takes_each(run_inprocess, tmp_path):
    item = items(run_inprocess("visualize", "maximize", *TINY, "--class", "1", "--class", "2", "-o", "f", "--json"))[0]
    assert [m["number"] for m in item["made"]] == [1, 2]
    names = sorted(p.name for p in (tmp_path / "f").iterdir())
    assert names == [
        "maximize-class-1.png", "maximize-class-2.png", "maximize.npz", "maximize.png", "report.json"
    ]  # fmt: skip
    words = ("--layer", "layer2", "--channel", "0", "--channel", "5", "-o", "x.png", "--raw", "x.npz", "--json")
    item = items(run_inprocess("visualize", "maximize", *TINY, *words))[0]
    assert [m["channel"] for m in item["made"]] == ["channel 0 of layer2", "channel 5 of layer2"]
    assert all(m["score"] > m["score_before"] for m in item["made"])
    assert "probability" not in item
    assert sorted(np.load("x.npz")) == ["layer2-0", "layer2-5"]
    refused = run_inprocess("visualize", "maximize", *TINY, "--class", "1", "--class", "2", "-o", "y.png",
                            "--picture", "p.png")  # fmt: skip
    assert refused.code == 2
    assert "--picture takes one picture, and 2 were made" in refused.stderr


def test_the_channel_of_a_linear_layer_is_the_class(run_inprocess):
    words = ("-o", "x.png", "--raw", "x.npy", "--json")
    one = items(run_inprocess("visualize", "maximize", *TINY, "--layer", "fc", "--channel", "3", *words))[0]
    a = np.load("x.npy")
    other = items(run_inprocess("visualize", "maximize", *TINY, "--class", "3", *words))[0]
    assert one["score"] == pytest.approx(other["score"], abs=1e-3)
    np.testing.assert_allclose(a, np.load("x.npy"), atol=1e-5)


def test_a_vision_transformers_tokens_are_climbed(run_inprocess):
    words = ("-m", "timm:vit_tiny_patch16_224@random", "--steps", "2", "--layer", "blocks.1", "--channel", "7")
    item = items(run_inprocess("visualize", "maximize", *words, "-o", "x.png", "--json"))[0]
    assert item["score"] > item["score_before"]


def test_a_start_picture_is_where_it_begins_and_is_never_overwritten(run_inprocess, small):
    rows, columns = np.mgrid[:30, :44] * 4
    Image.fromarray(np.stack([rows, columns, rows + 90], 2).astype(np.uint8)).save(small)
    words = ("--class", "3", "--set", "lr=1e-6", "--l2", "0", "--set", "moves.jitter=0", "--tv", "0")
    item = items(
        run_inprocess("visualize", "maximize", small, *TINY, *words, "-o", "x.png", "--picture", "p.png", "--json")
    )[0]
    assert item["input"] == str(small)
    made = pixels("p.png").astype(int)
    with Image.open(small) as image:
        start = np.asarray(image.resize((40, 32), box=(3.25, 0, 40.75, 30))).astype(int)
    assert np.abs(made - start).mean() < 24  # the network's own crop is a little smaller
    before = small.read_bytes()
    for option in ("-o", "--picture"):
        refused = run_inprocess("visualize", "maximize", small, *TINY, "--class", "3", option, small)
        assert refused.code == 2
        assert small.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((), "what shall rise?"),
        (("--class", "no such thing"), "no class 'no such thing'"),
        (("--class", "1000"), "a number from 0 to 999"),
        (("--class", "1", "--layer", "layer1", "--channel", "1"), "not both"),
        (("--layer", "layer1"), "which of its channels"),
        (("--channel", "1"), "channels are a layer's"),
        (("--layer", "layer9", "--channel", "1"), "no layer 'layer9'"),
        (("--layer", "layer*", "--channel", "1"), "means 61 layers"),
        (("--layer", "layer1", "--channel", "64"), "no channel 64; it has 64, from 0 to 63"),
        (("--layer", "layer1", "--channel", "1", "--set", "objective=probability"), "a channel has no probability"),
        (("--class", "1", "--set", "priors.blur_every=2"), "no effect while blur_px is 0"),
        (("--class", "1", "--clip-pixels", "1.5"), "priors.clip_pixels"),
        (("--class", "1", "--fit", "pad"), "--fit is of a start picture"),
        (
            ("--class", "1", "--set", "views=2", "--set", "moves={jitter: 0, scale: 0, turn_deg: 0}"),
            "all views are the same",
        ),
    ],
    ids=lambda v: "-".join(v[:4]).replace(" ", "_") if isinstance(v, tuple) else None,
)
def test_wrong_words_of_maximize_are_told(words, text, run_inprocess):
    words = ("-m", "torchvision:resnet18@random", "--size-px", "32", *words, "-o", "x.png")
    result = run_inprocess("visualize", "maximize", *words)
    assert result.code == 2, result.stderr
    assert text in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--set", "objective=probability"), ("--set", "optimizer=ascent"), ("--image", "pixel"), ("--set", "lr=0.2"),
        ("--set", "views=2"), ("--set", "spread=0.2"), ("--set", "moves.scale=0"), ("--set", "moves.turn_deg=0"),
        ("--set", "moves.jitter=0"), ("--l2", "0.1"), ("--tv", "0"), ("--blur", "1.5"), ("--clip-pixels", "0.3"),
        ("--clip-gradients", "0.5"), ("--blur", "1.5", "--set", "priors.blur_every=1"), ("--steps", "5"),
    ],
    ids="=".join,
)  # fmt: skip
def test_each_key_changes_the_picture(words, run_inprocess, digits_run):
    def made(*more):
        result = run_inprocess("visualize", "maximize", "-m", digits_run, "--class", "3", "--steps", "4", *more,
                               "-o", "x.npy")  # fmt: skip
        assert result.code == 0, result.stderr
        return np.load("x.npy")

    other = made("--blur", "1.5") if "priors.blur_every=1" in words else made()
    assert not np.array_equal(other, made(*words))


def test_weights_that_are_no_numbers_end_it_with_the_reason(run_inprocess, digits_run, tmp_path):
    broken = with_nan(digits_run, tmp_path)
    result = run_inprocess("visualize", "maximize", "-m", broken, "--class", "3", "-o", "x.png")
    assert result.code == 1
    assert "the score is no number" in result.stderr
    assert not (tmp_path / "x.png").exists()
    photo("chelsea", tmp_path)
    result = run_inprocess("visualize", "fool", "chelsea.png", "-m", broken, "--to", "3", "-o", "x.png")
    assert result.code == 1
    assert "answers nothing" in result.stderr


def with_nan(run, folder):
    import shutil

    from safetensors.torch import load_file, save_file

    from dlcli.core import bundle

    directory = shutil.copytree(bundle.locate(run), folder / "broken")
    tensors = load_file(directory / "model.safetensors")
    name = next(n for n in tensors if n.endswith("weight"))
    tensors[name].view(-1)[0] = float("nan")
    save_file(tensors, directory / "model.safetensors")
    text = (directory / "bundle.yaml").read_text()
    old = next(line.split()[-1].strip("'\"") for line in text.splitlines() if "sha256" in line)
    (directory / "bundle.yaml").write_text(text.replace(old, bundle.sha256(directory / "model.safetensors")))
    return directory


def test_random_weights_stand_on_the_picture(run_inprocess):
    result = run_inprocess("visualize", "maximize", *TINY, "--class", "3", "-o", "x.png", "--json")
    assert result.json()["stamp"] == "random weights, seed 0"


# fool


def test_a_file_is_written_that_fools_predict(run_inprocess, digits_run, small):
    words = ("--to", "7", "--epsilon", "200", "--goal", "0.5", "-o", "x.png", "--picture", "p.png", "--raw", "x.npy")
    item = items(run_inprocess("visualize", "fool", small, "-m", digits_run, *words, "--json"))[0]
    assert item["reached"]
    answer = items(run_inprocess("predict", digits_run, "p.png", "--json"))[0]
    assert answer["label"] == "7" == item["top_after"][0]["label"]
    assert answer["probability"] == pytest.approx(item["probability"], abs=1e-5)
    before, after = (pixels(p).astype(int) for p in (small, "p.png"))
    assert after.shape == before.shape
    change = after - before
    np.testing.assert_array_equal(np.load("x.npy"), change.transpose(2, 0, 1))
    assert np.abs(change).max() == item["linf_255"] == round(item["linf"] * 255)
    assert item["l2"] == pytest.approx(np.linalg.norm(change / 255), rel=1e-4)
    assert item["changed_pixels"] == (change != 0).any(2).sum()
    assert item["top_before"] == items(run_inprocess("predict", digits_run, small, "--json"))[0]["top"]


def test_what_is_not_reached_is_written_told_and_no_success(run_inprocess, digits_run, small, tmp_path):
    words = (
        "visualize",
        "fool",
        small,
        "-m",
        digits_run,
        "--to",
        "7",
        "--epsilon",
        "1",
        "--goal",
        "0.9999",
        "--steps",
        "2",
    )
    result = run_inprocess(*words, "-o", "f", "--json")
    assert result.code == 1
    item = result.json()["items"][0]
    assert item["error"]["code"] == 1
    assert "within 1/255, not more than 0.9999" in item["error"]["message"]
    assert item["linf_255"] == 1
    assert not item["reached"]
    assert sorted(p.name for p in (tmp_path / "f").iterdir()) == [
        "report.json", "small-fooled.png", "small.npy", "small.png"
    ]  # fmt: skip
    assert json.loads((tmp_path / "f/report.json").read_text())["items"] == [item]


def test_a_bad_picture_of_several_costs_a_record(run_inprocess, digits_run, small, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"")
    result = run_inprocess("visualize", "fool", small, "bad.png", "-m", digits_run, "--to", "7", "--epsilon", "90",
                           "--goal", "0.16", "-o", "f", "--jsonl")  # fmt: skip
    assert result.code == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [r["input"] for r in rows] == [str(small), "bad.png"]
    assert rows[1]["error"]["code"] == 3
    assert (tmp_path / "f/small-fooled.png").exists()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((), "which class shall the network see?"),
        (("--to", "cat"), "no class 'cat'"),
        (("--to", "7", "--epsilon", "0"), "epsilon"),
        (("--to", "7", "--goal", "1"), "goal"),
        (("--to", "7", "--picture", "p.jpg"), "only as a .png"),
        (("--to", "7", "--picture", "x.png"), "x.png"),
    ],
    ids=lambda v: "-".join(v) if isinstance(v, tuple) else None,
)
def test_wrong_words_of_fool_are_told(words, text, run_inprocess, digits_run, small):
    result = run_inprocess("visualize", "fool", small, "-m", digits_run, *words, "-o", "x.png")
    assert result.code == 2, result.stderr
    assert text in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("momentum=0",),
        ("step_size=1",),
        ("epsilon=1", "steps=1", "step_size=0.6", "random_start=true"),
        ("epsilon=1", "steps=1", "step_size=0.6", "random_start=true", "seed=1"),
    ],
    ids="-".join,
)
def test_each_key_of_fool_changes_the_picture(words, run_inprocess, digits_run, small):
    def made(*more):
        sets = [w for m in ("goal=0.999999", "epsilon=3", "steps=4", *more) for w in ("--set", m)]
        run_inprocess("visualize", "fool", small, "-m", digits_run, "--to", "7", *sets, "-o", "x.npy")
        return np.load("x.npy")

    assert not np.array_equal(made(*words[:-1]), made(*words))


def test_the_difference_is_amplified_as_asked(run_inprocess, digits_run, small):
    def sheet(*more):
        words = ("visualize", "fool", small, "-m", digits_run, "--to", "7", "--epsilon", "90", "--goal", "0.16")
        assert run_inprocess(*words, *more, "-o", "x.png").code == 0
        return pixels("x.png")

    assert not np.array_equal(sheet("--set", "amplify=2"), sheet("--set", "amplify=1"))


# Recipes


@pytest.mark.parametrize("name", ["maximize-all-priors", "maximize-pixels"])
def test_shipped_recipes_of_maximize_run(name, run_inprocess, digits_run):
    words = ("-m", digits_run, "--class", "3", "--steps", "2", "-r", f"visualize/{name}", "-o", "x.png")
    assert run_inprocess("visualize", "maximize", *words).code == 0


def test_all_priors_means_all():
    recipe = resolve("visualize/maximize-all-priors", command="visualize-maximize").recipe
    assert isinstance(recipe, MaximizeRecipe)
    held = recipe.priors
    assert min(held.l2, held.blur_px, held.clip_pixels, held.clip_gradients, held.tv) > 0


def test_shipped_recipes_of_fool_run(run_inprocess, digits_run, small):
    recipe = resolve("visualize/fool-pgd", command="visualize-fool").recipe
    assert isinstance(recipe, FoolRecipe)
    words = ("-m", digits_run, "--to", "7", "--goal", "0.16", "--epsilon", "90", "-r", "visualize/fool-pgd")
    assert run_inprocess("visualize", "fool", small, *words, "-o", "x.png").code == 0
