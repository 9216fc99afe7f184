"""``dlcli train`` with layers by hand and with each initialization."""

import math

import pytest
import torch
from safetensors.torch import load_file

from dlcli.core import recipe as recipes
from dlcli.tasks import catalog as tasks

HAND = """task: classify
data: {{train: digits, val: 0.16, test: 0.2, workers: 0, image: {image}}}
model:
  name: cnn
  args:
    layers:
      - {{name: conv, filters: 4, kernel: 3, groups: {groups}}}
      - {{name: norm}}
      - {{name: activation}}
      - {{name: pool, size: {size}}}
train: {{epochs: 1, batch: 256}}
"""


def hand(folder, image="{size_px: 8}", groups=1, size=2):
    (folder / "hand.yaml").write_text(HAND.format(image=image, groups=groups, size=size))


@pytest.mark.parametrize("words", [("recipes", "check", "hand.yaml"), ("train", "hand.yaml", "--dry-run")])
def test_sizes_that_do_not_fit_name_the_line_before_anything_runs(words, run_inprocess, tmp_path):
    hand(tmp_path, size=7)
    result = run_inprocess(*words)
    assert result.code == 2
    assert result.stderr.startswith(
        "dlcli: hand.yaml:10:9: model.args.layers.3: pool 7, stride 7: 6×6 arrives; a window of 7 does not fit; "
    )


def test_a_recipe_that_asks_for_data_is_checked_as_if_it_had_some(run_inprocess, tmp_path):
    hand(tmp_path, size=7)
    text = (tmp_path / "hand.yaml").read_text().replace("train: digits, ", "")
    (tmp_path / "hand.yaml").write_text(text)
    result = run_inprocess("recipes", "check", "hand.yaml")
    assert (result.code, "hand.yaml:10:9: model.args.layers.3: " in result.stderr) == (2, True)
    (tmp_path / "hand.yaml").write_text(text.replace("size: 7", "size: 2"))
    assert run_inprocess("recipes", "check", "hand.yaml").code == 0


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"groups": 2}, "7:9: model.args.layers.0: conv 4, kernel 3, stride 1: 8×8 arrives; 2 groups do not divide"),
        ({"image": "{}", "size": 40}, "10:9: model.args.layers.3: pool 40, "),
    ],
)
def test_what_only_the_data_tell_names_the_line_too(more, line, run_inprocess, tmp_path):
    hand(tmp_path, **more)
    assert run_inprocess("recipes", "check", "hand.yaml").code == 0
    result = run_inprocess("train", "hand.yaml", "--dry-run")
    assert result.code == 2
    assert result.stderr.startswith(f"dlcli: hand.yaml:{line}")


def test_border_pixels_left_out_are_said_once_and_in_the_plan(run_inprocess, tmp_path):
    hand(tmp_path, "{size_px: 9}")
    note = "border pixels are left out: layers.3 (pool 2, stride 2) 1 row and 1 column of 7×7"
    assert note in run_inprocess("train", "hand.yaml", "--dry-run").stdout
    result = run_inprocess("train", "hand.yaml")
    assert result.code == 0, result.stderr
    assert result.stderr.count("border pixels") == 1
    assert note in result.stderr
    # What was trained is opened again and answers.
    opened = run_inprocess("describe", result.run)
    assert "features.3\tMaxPool2d\t4×3×3" in opened.stdout
    assert run_inprocess("evaluate", result.run, "--data", "digits", "--json").code == 0


def test_the_digits_recipe_learns_them(run_inprocess):
    words = ("train.epochs=4", "--json", "--fail-under", "test/accuracy=0.95")
    result = run_inprocess("train", "classify/cnn-digits", *words)
    assert result.code == 0, result.stderr


FACTS = {"classes": [*"0123456789"], "counts": [1] * 10, "size_px": [16, 16], "channels": 1}


def started(*words):
    """Return the network of the recipe with its starting weights."""
    small = ("model.args.hidden=[300]", *words)
    return tasks.make(recipes.resolve("classify/mlp-digits", small).recipe).build(FACTS).features[0]


@pytest.mark.parametrize(
    ("words", "mean", "std"),
    [
        (["model.init=zero"], 0, 0),
        (["model.init.name=constant", "model.init.value=0.5"], 0.5, 0),
        (["model.init.name=normal", "model.init.std=0.01"], 0, 0.01),
        (["model.init={name: uniform, low: 0, high: 1}"], 0.5, math.sqrt(1 / 12)),
        (["model.init=xavier_normal"], 0, math.sqrt(2 / 556)),
        (["model.init=xavier_uniform", "model.init.gain=2"], 0, 2 * math.sqrt(2 / 556)),
        (["model.init=he_normal"], 0, math.sqrt(2 / 256)),
        (["model.init=he_uniform", "model.init.mode=fan_out"], 0, math.sqrt(2 / 300)),
        (["model.init=orthogonal"], 0, math.sqrt(1 / 300)),
    ],
)
def test_each_initialization_is_reached_from_a_recipe(words, mean, std):
    layer = started(*words)
    assert layer.weight.mean().item() == pytest.approx(mean, abs=0.02 * (std or 0.001))
    assert layer.weight.std().item() == pytest.approx(std, rel=0.02)
    assert not layer.bias.any()
    assert started(*words, "model.init.bias=default").bias.std() > 0.01


def test_the_seed_of_the_run_draws_the_start():
    one, again, other = (started("model.init=he_normal", *more).weight for more in ([], [], ["seed=1"]))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


@pytest.mark.parametrize("words", [["model.init=he_normal"], ["model.init.name=normal", "model.init.std=0.01"]])
def test_a_start_is_trained_from_on_the_command_line(words, run_inprocess):
    """With a step of almost no length the weights that are kept are those of the start."""
    small = ("train.batch=all", "optim.lr=1e-30", "optim.weight_decay=0", "data.augment=[]", "model.args.hidden=[300]")
    result = run_inprocess("train", "classify/mlp-digits", *small, *words, "--epochs", "1")
    assert result.code == 0, result.stderr
    held = load_file(result.run / "model/model.safetensors")["features.0.weight"]
    torch.testing.assert_close(held, started(*words).weight.detach(), atol=1e-20, rtol=0)
